package valid_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/twpayne/go-geos"

	"gridatlas/geo"
	"gridatlas/geo/crs"
	"gridatlas/geo/seedtest"
	"gridatlas/geo/valid"
	"gridatlas/geo/valid/dirty"
)

// Forty faults at random places and of random size, five seeds, in the demo city's
// grids and in made-up coverages with wiggly borders and enclaves: every one is
// found and nothing else, narrow ones are mended, wide ones reported and left.
func TestForty(t *testing.T) {
	first := seedtest.Of(t)
	grids := demoGrids(t)
	for seed := first; seed < first+5; seed++ {
		for _, ground := range []string{"demo", "made up"} {
			t.Run(fmt.Sprintf("%s seed %d", ground, seed), func(t *testing.T) {
				random := rand.New(rand.NewPCG(seed, 5))
				clean := grids
				if ground != "demo" {
					clean = dirty.Clean(random, 14, 14)
				}
				checkForty(t, dirty.Plant(random, clean, 40))
			})
		}
	}
}

const size = 0.5

func checkForty(t *testing.T, spoiled dirty.Coverage) {
	given := valid.Coverage{Members: spoiled.Members}
	found, err := valid.CheckCoverage(context.Background(), given)
	if err != nil {
		t.Fatal(err)
	}
	mended, faults, err := valid.MendCoverage(context.Background(), given, size)
	if err != nil {
		t.Fatal(err)
	}
	if len(faults) != len(found) {
		t.Errorf("mending lists %d faults, checking %d", len(faults), len(found))
	}
	left := checkMended(t, given, mended, faults, size)
	match(t, spoiled, faults)
	wide := 0
	for _, f := range spoiled.Faults {
		if f.Ground != nil && (!f.Narrow || f.Kind == dirty.Island) {
			wide++
			if !slices.ContainsFunc(left, func(g valid.CoverageFault) bool { return lies(g.At, f.Ground) && sameArea(g.Area, f.Ground) }) {
				t.Errorf("%v is not listed after mending", f)
			}
		}
	}
	t.Logf("%d planted, %d found, %d wide of them left", len(spoiled.Faults), len(faults), wide)
	// Members that no fault names are what they were.
	for m, shape := range mended.Members {
		named := slices.ContainsFunc(faults, func(f valid.CoverageFault) bool { return slices.Contains(f.Members, m) })
		if !named && !shape.Equal(spoiled.Members[m]) {
			t.Errorf("member %d was changed", m)
		}
	}
}

// match finds each planted fault among those found and each found among those
// planted.
func match(t *testing.T, spoiled dirty.Coverage, found []valid.CoverageFault) {
	t.Helper()
	context := geos.NewContext()
	explained := make([]bool, len(found))
	lacking := map[int]int{} // corners by member
	for _, planted := range spoiled.Faults {
		for _, m := range planted.Members[len(planted.Members)-1:] {
			lacking[m] += planted.Corners
		}
		if planted.Kind == dirty.Shifted {
			matchShift(t, context, spoiled, planted, found, explained)
		}
		if planted.Ground == nil {
			continue
		}
		// A sliver that is thinner than the lattice somewhere comes in pieces.
		var area float64
		pieces, narrow := 0, true
		for i, f := range found {
			if f.Shape.IsZero() || !lies(f.At, planted.Ground) || explained[i] {
				continue
			}
			explained[i] = true
			pieces++
			area += f.Area
			narrow = narrow && f.Width < size
			members, want := slices.Sorted(slices.Values(f.Members)), slices.Sorted(slices.Values(planted.Members))
			// A thin island would vanish, so it is kept.
			mended := f.Width < size && planted.Kind != dirty.Island
			if f.Kind != kinds[planted.Kind] || !slices.Equal(members, want) || f.Mended != mended {
				t.Errorf("%v was found as %v", planted, f)
			}
		}
		if pieces == 0 || narrow != planted.Narrow || !sameArea(area, planted.Ground) {
			t.Errorf("%v was found as %d pieces of %.2f m2, narrow %v", planted, pieces, area, narrow)
		}
	}
	for i, f := range found {
		if !explained[i] && f.Kind != valid.Unnoded {
			t.Errorf("%v was not planted", f)
		}
	}
	for m, n := range lacking {
		if n > 0 && !slices.ContainsFunc(found, func(f valid.CoverageFault) bool {
			return f.Kind == valid.Unnoded && f.Members[0] == m && len(f.Corners) >= n
		}) {
			t.Errorf("member %d lacks %d corners, which was not found", m, n)
		}
	}
}

var kinds = map[dirty.Kind]valid.CoverageKind{
	dirty.Gap: valid.Gap, dirty.Hole: valid.Gap, dirty.Missing: valid.Gap, dirty.Duplicate: valid.Duplicate,
	dirty.Overlap: valid.Overlapped, dirty.Spike: valid.Overlapped, dirty.Island: valid.Overlapped,
}

// lies reports whether a place lies in a ring, or a lattice step beside it.
func lies(p geo.Point, ring []geo.Point) bool {
	for dx := int32(-1); dx <= 1; dx++ {
		for dy := int32(-1); dy <= 1; dy++ {
			if geo.RingSide(ring, geo.Point{X: p.X + dx, Y: p.Y + dy}) != geo.Outside {
				return true
			}
		}
	}
	return false
}

// sameArea holds found ground against planted: crossings are rounded to the
// lattice, which moves edges by less than 1 cm.
func sameArea(area float64, ring []geo.Point) bool {
	return math.Abs(area-crs.Area(geo.PolygonShape(ring))) < 0.01*crs.Length(append(slices.Clone(ring), ring[0]))
}

// matchShift holds the gaps and overlaps that a shifted member leaves against what
// GEOS makes of it.
func matchShift(t *testing.T, context *geos.Context, spoiled dirty.Coverage, planted dirty.Fault, found []valid.CoverageFault, explained []bool) {
	t.Helper()
	m := planted.Members[0]
	after := spoiled.Members[m]
	near := planted.Before.Box().Union(after.Box())
	var gaps, overlaps, perimeter float64
	for i, f := range found {
		if f.Shape.IsZero() || !slices.Contains(f.Members, m) || !near.Covers(f.Shape.Box()) || explained[i] {
			continue
		}
		explained[i] = true
		switch f.Kind {
		case valid.Gap:
			gaps += f.Area
		case valid.Overlapped:
			overlaps += f.Area
		default:
			t.Errorf("the shift of %d was found as %v", m, f)
		}
		if f.Mended != (f.Width < size) || planted.Narrow && !f.Mended {
			t.Errorf("the shift of %d leaves %v", m, f)
		}
		for part := range f.Shape.Parts() {
			perimeter += crs.Length(part.Points)
		}
	}
	square := crs.Area(after) / (float64(areaOf(after)) / 2) // square metres a square step
	before, moved := toGEOS(t, context, planted.Before), toGEOS(t, context, after)
	wantGaps, wantOverlaps := before.Difference(moved).Area()*square, moved.Difference(before).Area()*square
	if most := 0.01 * perimeter; math.Abs(gaps-wantGaps) > most || math.Abs(overlaps-wantOverlaps) > most {
		t.Errorf("the shift of %d leaves gaps of %.2f and overlaps of %.2f m2, not %.2f and %.2f", m, gaps, overlaps, wantGaps, wantOverlaps)
	}
}
