package osm_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"gridatlas/data/osm"
	"gridatlas/geo"
	"gridatlas/geo/crs"
	"gridatlas/geo/seedtest"
	"gridatlas/geo/valid"
)

// A shore is a map of square cells, '~' for water and anything else for land, the
// first row in the north. Cells are cellDegrees wide, about a kilometre; '=' is land
// with a street on it.
type shore []string

const cellDegrees = 0.01

// corner is a lattice corner of the cells: column and row from the south.
type corner struct{ x, y int }

func (s shore) wet(x, y int) bool { return s[len(s)-1-y][x] == '~' }

// coast returns a piece of coastline for every side of a cell between land, on its
// left, and water.
func (s shore) coast() (pieces [][]corner) {
	for y := range len(s) {
		for x := range len(s[0]) {
			if x > 0 && s.wet(x-1, y) != s.wet(x, y) {
				pieces = append(pieces, turned([]corner{{x, y}, {x, y + 1}}, s.wet(x-1, y)))
			}
			if y > 0 && s.wet(x, y-1) != s.wet(x, y) {
				pieces = append(pieces, turned([]corner{{x, y}, {x + 1, y}}, s.wet(x, y)))
			}
		}
	}
	return pieces
}

func turned(piece []corner, turn bool) []corner {
	if turn {
		slices.Reverse(piece)
	}
	return piece
}

// joined joins pieces end to start to longer ways, by chance.
func joined(r *rand.Rand, pieces [][]corner) (ways [][]corner) {
	r.Shuffle(len(pieces), func(i, j int) { pieces[i], pieces[j] = pieces[j], pieces[i] })
	for len(pieces) > 0 {
		way := slices.Clone(pieces[0])
		pieces = pieces[1:]
		for r.IntN(6) > 0 {
			next := slices.IndexFunc(pieces, func(p []corner) bool { return p[0] == way[len(way)-1] })
			if next < 0 {
				break
			}
			way = append(way, pieces[next][1:]...)
			pieces = slices.Delete(pieces, next, next+1)
		}
		ways = append(ways, way)
	}
	return ways
}

// window is the bounds of a file, in cells.
type window struct{ w, s, e, n float64 }

func (s shore) inner(margin float64) window {
	return window{margin, margin, float64(len(s[0])) - margin, float64(len(s)) - margin}
}

func lonOf(x float64) float64 { return 119 + x*cellDegrees }
func latOf(y float64) float64 { return 36 + y*cellDegrees }

// file writes the coast as OSM XML, with a street on every land cell of which the
// middle lies in the bounds. Nodes that keep refuses are missing.
func (s shore) file(bounds window, coast [][]corner, keep func(corner) bool) string {
	width := len(s[0]) + 1
	id := func(c corner) int { return c.y*width + c.x + 1 }
	var b strings.Builder
	fmt.Fprintf(&b, `<osm><bounds minlon="%.7f" minlat="%.7f" maxlon="%.7f" maxlat="%.7f"/>`, lonOf(bounds.w), latOf(bounds.s), lonOf(bounds.e), latOf(bounds.n))
	for y := range len(s) + 1 {
		for x := range width {
			if keep == nil || keep(corner{x, y}) {
				fmt.Fprintf(&b, `<node id="%d" lon="%.7f" lat="%.7f"/>`, id(corner{x, y}), lonOf(float64(x)), latOf(float64(y)))
			}
		}
	}
	for i, way := range coast {
		fmt.Fprintf(&b, `<way id="%d">`, i+1)
		for _, c := range way {
			fmt.Fprintf(&b, `<nd ref="%d"/>`, id(c))
		}
		b.WriteString(tagText("natural", "coastline") + `</way>`)
	}
	s.middles(bounds, func(x, y int) {
		if s.wet(x, y) {
			return
		}
		at := 1000000 + 2*(y*width+x)
		for i, shift := range [2]float64{0.4, 0.6} {
			fmt.Fprintf(&b, `<node id="%d" lon="%.7f" lat="%.7f"/>`, at+i, lonOf(float64(x)+shift), latOf(float64(y)+0.5))
		}
		fmt.Fprintf(&b, `<way id="%d"><nd ref="%d"/><nd ref="%d"/>%s</way>`, at, at, at+1, tagText("highway", "residential"))
	})
	b.WriteString(`</osm>`)
	return b.String()
}

// middles visits the cells of which the middle lies well inside the bounds.
func (s shore) middles(bounds window, visit func(x, y int)) {
	for y := range len(s) {
		for x := range len(s[0]) {
			if mx, my := float64(x)+0.5, float64(y)+0.5; bounds.w+0.2 < mx && mx < bounds.e-0.2 && bounds.s+0.2 < my && my < bounds.n-0.2 {
				visit(x, y)
			}
		}
	}
}

// draw draws the cells inside the bounds.
func (s shore) draw(bounds window, wet func(x, y int) bool) shore {
	rows := map[int]string{}
	s.middles(bounds, func(x, y int) {
		rows[y] += map[bool]string{true: "~", false: "."}[wet(x, y)]
	})
	var drawn shore
	for y := len(s) - 1; y >= 0; y-- {
		if rows[y] != "" {
			drawn = append(drawn, rows[y])
		}
	}
	return drawn
}

// compare returns the cells inside the bounds as they are in what was read, and as
// they should be.
func (s shore) compare(bounds window, result *osm.Result) (got, want shore) {
	got = s.draw(bounds, func(x, y int) bool {
		p := crs.At(lonOf(float64(x)+0.45), latOf(float64(y)+0.55))
		return slices.ContainsFunc(result.Features, func(f geo.Feature) bool {
			land, ok := f.(*geo.LandArea)
			return ok && land.Kind == "water" && land.Shape.Covers(p)
		})
	})
	return got, s.draw(bounds, s.wet)
}

func (s shore) String() string { return "\n" + strings.Join(s, "\n") }

// coastOf are shores by name. The outer row of cells lies beyond the bounds.
var coastOf = map[string]shore{
	"open sea in the south": {
		"########",
		"########",
		"####~~##",
		"~~~~~~~~",
		"~~~~~~~~",
	},
	"bays and a headland": {
		"##########",
		"#~~####~~#",
		"#~~~##~~~#",
		"##~~##~~##",
		"~~~~##~~~~",
		"~~~~~~~~~~",
	},
	"the coast leaves the bounds and comes back": {
		"~~#####~~~",
		"~~#~~~#~~~",
		"###~~~####",
		"###~~~####",
		"~~#~~~~###",
		"~~####~###",
	},
	"islands, one with a lagoon": {
		"~~~~~~~~~~",
		"~~~~~~~~~~",
		"~~####~~~~",
		"~~#~~#~##~",
		"~~####~##~",
		"~~~~~~~~~~",
		"~~~~~~~~~~",
	},
	"an island in the bay of a coast": {
		"##########",
		"#~~~~~~~##",
		"#~##~~~~##",
		"#~##~~~~##",
		"##~~~~~~~~",
		"##~~~~~~~~",
	},
	"two seas": {
		"~~~##~~~",
		"~~~##~~~",
		"~~~##~~~",
		"~~~##~~~",
	},
	"islands that touch at a corner": {
		"~~~~~~~",
		"~~#~~~~",
		"~~~#~~~",
		"~~~~##~",
		"~~~~~~~",
	},
	"water in land alone": {
		"#######",
		"##~~###",
		"##~~~##",
		"#######",
	},
}

func TestSea(t *testing.T) {
	r := seedtest.New(t)
	for name, s := range coastOf {
		t.Run(name, func(t *testing.T) {
			for _, margin := range []float64{0.5, 1} { // 1: the coast runs along the bounds
				for range 20 {
					text := s.file(s.inner(margin), joined(r, s.coast()), nil)
					result := readText(t, text, osm.Options{})
					if got, want := s.compare(s.inner(margin), result); !slices.Equal(got, want) {
						t.Fatalf("bounds %v cells inside: got %v\nwant %v\n%s", margin, got, want, &result.Report)
					}
					checkSea(t, result)
					if n := result.Report.Coast.Total; n > 0 {
						t.Fatalf("%d faults\n%s", n, &result.Report)
					}
				}
			}
		})
	}
}

// checkSea holds that areas are valid, lie in the bounds and name their way.
func checkSea(t *testing.T, result *osm.Result) {
	t.Helper()
	for _, f := range result.Features {
		if land, ok := f.(*geo.LandArea); ok {
			if faults := valid.Check(land.Shape); len(faults) > 0 {
				t.Fatal(faults)
			}
			if !strings.HasPrefix(land.Source, "osm:way/") {
				t.Fatalf("source %q", land.Source)
			}
		}
	}
}

func randomShore(r *rand.Rand) shore {
	s := make(shore, 10)
	water := 0.2 + 0.6*r.Float64()
	for y := range s {
		row := make([]byte, 10)
		for x := range row {
			row[x] = '#'
			if r.Float64() < water {
				row[x] = '~'
			}
		}
		s[y] = string(row)
	}
	return s
}

// Any map of land and water comes back from its coastlines.
func TestSeaOfRandomShores(t *testing.T) {
	r := seedtest.New(t)
	for range 300 {
		s := randomShore(r)
		bounds := s.inner([]float64{0.5, 1, 1.25}[r.IntN(3)])
		result := readText(t, s.file(bounds, joined(r, s.coast()), nil), osm.Options{})
		got, want := s.compare(bounds, result)
		if !slices.Equal(got, want) {
			t.Fatalf("%v\ngot %v\nwant %v\n%s", s, got, want, &result.Report)
		}
		checkSea(t, result)
	}
}

// A coast with a hole in it or with a way turned round drowns no land, and the
// report says so.
func TestDamagedCoastsDrownNothing(t *testing.T) {
	r := seedtest.New(t)
	kept, dropped := 0, 0
	check := func(s shore, coast [][]corner, what string) {
		bounds := s.inner(0.5)
		result := readText(t, s.file(bounds, coast, nil), osm.Options{})
		got, want := s.compare(bounds, result)
		for y := range got {
			for x := range got[y] {
				switch {
				case got[y][x] == '~' && want[y][x] != '~':
					t.Fatalf("%s: %v\ngot %v\nwant %v\n%s", what, s, got, want, &result.Report)
				case got[y][x] == '~':
					kept++
				case want[y][x] == '~':
					dropped++
				}
			}
		}
		if result.Report.Coast.Total == 0 {
			t.Fatalf("%s: %v\nno fault is reported\n%s", what, s, &result.Report)
		}
	}
	for range 300 {
		s := randomShore(r)
		inside := func(c corner) bool { return 1 <= c.x && c.x < len(s[0]) && 1 <= c.y && c.y < len(s) }
		coast := joined(r, s.coast())
		r.Shuffle(len(coast), func(i, j int) { coast[i], coast[j] = coast[j], coast[i] })
		for i, way := range coast {
			if inside(way[0]) && inside(way[len(way)-1]) && way[0] != way[len(way)-1] {
				check(s, slices.Delete(slices.Clone(coast), i, i+1), "a way is missing")
				turned := slices.Clone(coast)
				turned[i] = slices.Clone(way)
				slices.Reverse(turned[i])
				check(s, turned, "a way is turned round")
				break
			}
		}
	}
	for name, s := range coastOf {
		coast := s.coast()
		for i := range coast {
			slices.Reverse(coast[i])
		}
		check(s, coast, name+" with all ways turned round")
	}
	if kept == 0 || dropped == 0 {
		t.Errorf("%d cells of sea were kept and %d left dry: the test shows nothing", kept, dropped)
	}
}

// Files that were cut node by node lack what lies outside the bounds; the coast is
// led on to them.
func TestSeaOfCutFile(t *testing.T) {
	s := coastOf["the coast leaves the bounds and comes back"]
	coast := joined(rand.New(rand.NewPCG(1, 1)), s.coast())
	for _, test := range []struct {
		margin float64 // of the bounds, about a kilometre each
		faults bool
	}{{0.8, false}, {0.5, true}} { // the last node lies 200 m before the bounds, 500 m
		bounds := s.inner(test.margin)
		text := s.file(bounds, coast, func(c corner) bool {
			x, y := float64(c.x), float64(c.y)
			return bounds.w < x && x < bounds.e && bounds.s < y && y < bounds.n
		})
		result := readText(t, text, osm.Options{})
		got, want := s.compare(bounds, result)
		if faults := result.Report.Coast.Total > 0; faults != test.faults || !faults && !slices.Equal(got, want) {
			t.Errorf("bounds %v: got %v\nwant %v\n%s", test.margin, got, want, &result.Report)
		}
		if test.faults && strings.Contains(got.String(), "~") {
			t.Errorf("bounds %v: a sea was drawn: %v", test.margin, got)
		}
	}
}

func TestCoastFaultsAreNamed(t *testing.T) {
	s := coastOf["open sea in the south"]
	whole := [][]corner{{{0, 2}, {3, 2}, {4, 2}, {4, 3}, {6, 3}, {6, 2}, {8, 2}}}
	for _, test := range []struct {
		name, from, to string
		coast          [][]corner
		want           string
	}{
		{"no bounds", "<bounds", "<limits", whole, "osm:way/1: the file states no bounds to close its coastlines along"},
		{"bounds not on earth", `minlon="119`, `minlon="919`, whole, "the file states no bounds"},
		{"bounds of half the world", `minlon="119`, `minlon="-119`, whole, "spreads over more than 100 degrees"},
		{"a hole", "", "", [][]corner{whole[0][:3], whole[0][3:]}, "osm:way/2 at 119.0400000, 36.0300000: the coastline ends"},
		{"too long", `<nd ref="19"/>`, strings.Repeat(`<nd ref="19"/><nd ref="20"/>`, 50_001) + `<nd ref="19"/>`, whole, "osm:way/1: 100009 corners of coastlines lie in the bounds, more than 100000"},
		{"the wrong way", "", "", [][]corner{turned(slices.Clone(whole[0]), true)}, "osm:way/1 at 119.0750000, 36.0450000: the coastline runs the wrong way: 10 of 10 buildings and streets"},
	} {
		t.Run(test.name, func(t *testing.T) {
			text := strings.Replace(s.file(s.inner(0.5), test.coast, nil), test.from, test.to, 1)
			report := readText(t, text, osm.Options{}).Report
			if got := report.String(); !strings.Contains(got, test.want) || report.Coast.Total != 1 {
				t.Errorf("%q is not in the report\n%s", test.want, got)
			}
		})
	}
}
