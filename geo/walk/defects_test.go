package walk_test

import (
	"errors"
	"math"
	"testing"

	"gridatlas/geo"
	"gridatlas/geo/crs"
	"gridatlas/geo/seedtest"
	draw "gridatlas/geo/street/streettest"
	"gridatlas/geo/valid"
	"gridatlas/geo/walk"
)

// Defects that users of other walking circle programs reported, in the order of
// the project's list of them, each in a small town. Elsewhere: 14 speed
// (BenchmarkCircleOutlines). Does not apply: 23, choosing sites is not done here.

// outlineOf returns the outline of one band at 1 m/s, and checks its rings.
func outlineOf(t *testing.T, town *draw.Town, x, y float64, minutes int) geo.Shape {
	t.Helper()
	c, err := prepare(town).Circle(t.Context(), walk.Query{Origin: draw.At(x, y), Minutes: []int{minutes}, At: noon, Outlines: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, fault := range valid.Check(c.Bands[0].Outline) {
		t.Errorf("%+v", fault)
	}
	return c.Bands[0].Outline
}

func covers(t *testing.T, outline geo.Shape, what string, x, y float64, want bool) {
	t.Helper()
	if got := outline.Covers(draw.At(x, y)); got != want {
		t.Errorf("%s: inside the outline is %v", what, got)
	}
}

func parts(outline geo.Shape) (shells, holes int) {
	for part := range outline.Parts() {
		if part.Hole {
			holes++
		} else {
			shells++
		}
	}
	return shells, holes
}

func TestDefect01_WaterAndParks(t *testing.T) {
	var town draw.Town
	town.Street(nil, -300, 0, 300, 0)
	draw.Add(&town, &geo.LandArea{Kind: "water"}, draw.Square(0, 60, 40))
	draw.Add(&town, &geo.LandArea{Kind: "green"}, draw.Square(0, -60, 40))
	outline := outlineOf(t, &town, 0, 0, 5)
	covers(t, outline, "in the pond", 0, 60, false)
	covers(t, outline, "in the park", 0, -60, true)
}

func TestDefect02_NothingFartherThanTheWalk(t *testing.T) {
	rng := seedtest.New(t)
	town := plan{side: 14, spacing: 90, missing: 0.3, houses: 1, walls: 20}.build(rng)
	origin := middles(town)[0]
	x, y := draw.XY(origin)
	for _, p := range outlineOf(t, town, x, y, 6).Points() {
		if d := crs.Distance(origin, p); d > 360+nearBorder {
			t.Errorf("%.1f m away after 360 m", d)
		}
	}
}

func TestDefect03_RingRoundAReservoir(t *testing.T) {
	var town draw.Town
	town.Street(nil, -200, -200, 200, -200, 200, 200, -200, 200, -200, -200)
	draw.Add(&town, &geo.LandArea{Kind: "water"}, draw.Square(0, 0, 180))
	outline := outlineOf(t, &town, 0, -200, 60)
	covers(t, outline, "in the reservoir", 0, 0, false)
	covers(t, outline, "on the far bank", 0, 200, true)
	if shells, holes := parts(outline); shells != 1 || holes != 1 {
		t.Errorf("%d shells, %d holes", shells, holes)
	}
}

func TestDefect04_NoSquareWhereNothingIsReached(t *testing.T) {
	var town draw.Town
	town.Street(nil, -300, 0, 300, 0)
	if outline := outlineOf(t, &town, 0, 100, 1); !outline.IsZero() {
		t.Errorf("100 m from the street, after 60 m: %v", outline.Points())
	}
}

func TestDefect05_NoSpikes(t *testing.T) {
	rng := seedtest.New(t)
	town := plan{side: 16, spacing: 90, missing: 0.3}.build(rng)
	const long, sharp = 25.0, 10 * math.Pi / 180
	corners := 0
	for _, at := range [][2]float64{{0, 0}, {200, 100}, {-150, 250}, {90, -300}} {
		for part := range outlineOf(t, town, at[0], at[1], 8).Parts() {
			n := len(part.Points)
			for i, p := range part.Points {
				local := crs.NewLocal(p)
				ax, ay := local.XY(part.Points[(i+n-1)%n])
				bx, by := local.XY(part.Points[(i+1)%n])
				turn := math.Abs(math.Atan2(ax*by-ay*bx, ax*bx+ay*by))
				if math.Hypot(ax, ay) > long && math.Hypot(bx, by) > long && turn < sharp {
					t.Errorf("a spike at %v", p)
				}
				corners++
			}
		}
	}
	if corners < 100 {
		t.Errorf("only %d corners were looked at", corners)
	}
}

func TestDefect06_NoSideIsMissing(t *testing.T) {
	var town draw.Town
	for k := -10.0; k <= 10; k++ {
		town.Street(nil, lattice(func(x float64) (float64, float64) { return x, 60 * k })...)
		town.Street(nil, lattice(func(y float64) (float64, float64) { return 60 * k, y })...)
	}
	outline := outlineOf(t, &town, 0, 0, 7)
	for _, way := range [][2]float64{{1, 0}, {-1, 0}, {0, 1}, {0, -1}} {
		covers(t, outline, "a little before the end", 410*way[0], 410*way[1], true)
		covers(t, outline, "a little beyond", 430*way[0], 430*way[1], false)
	}
	// Along the streets the reach is a square that stands on its corner.
	for _, way := range [][2]float64{{1, 1}, {-1, 1}, {1, -1}, {-1, -1}} {
		covers(t, outline, "slantwise", 180*way[0], 180*way[1], true)
		covers(t, outline, "slantwise and beyond", 240*way[0], 240*way[1], false)
	}
}

// lattice is a line of eleven hundred metres with a corner every sixty.
func lattice(at func(float64) (x, y float64)) []float64 {
	var path []float64
	for k := -10.0; k <= 10; k++ {
		x, y := at(60 * k)
		path = append(path, x, y)
	}
	return path
}

func TestDefect07_FarOriginIsAProblem(t *testing.T) {
	var town draw.Town
	town.Street(nil, -300, 0, 300, 0)
	_, err := prepare(&town).Circle(t.Context(), walk.Query{Origin: draw.At(0, 400), Minutes: []int{5}, At: noon})
	var far *walk.TooFar
	if !errors.As(err, &far) {
		t.Fatalf("400 m from the street: %v", err)
	}
	near(t, "metres", far.Metres, 400, 1)
}

func TestDefect08_IsolatedStepsAreNotJoined(t *testing.T) {
	var town draw.Town
	town.Street(nil, -600, 0, 600, 0)
	town.Street(func(s *geo.Street) { s.Steps = true }, -5, 30, 5, 30)
	covers(t, outlineOf(t, &town, 0, 31, 5), "along the street", 200, 0, true)
}

func TestDefect09_SquaresAreCrossed(t *testing.T) {
	var town draw.Town
	town.Street(nil, -150, -50, -50, -50, 50, -50, 50, 50, 150, 50)
	draw.Add(&town, &geo.LandArea{Kind: "square"}, draw.Square(0, 0, 50))
	b := booth(&town, 150, 50)
	got := minutesTo(t, prepare(&town), walk.Query{Origin: draw.At(-150, -50)})
	near(t, "metres", got[b]*60, 100+100*math.Sqrt2+100, 0.1)
}

func TestDefect10_ListAndRouteAgree(t *testing.T) {
	var town draw.Town
	crossTown(&town)
	m := prepare(&town)
	q := walk.Query{Origin: draw.At(0, 0), At: noon}
	for f, minutes := range minutesTo(t, m, q) {
		r, err := m.Route(t.Context(), q.Origin, f.Common().Shape.Points()[0], q)
		if err != nil {
			t.Fatal(err)
		}
		near(t, "minutes", r.Minutes, minutes, 1e-9)
	}
}

// TestDefect11_WithAndWithoutABridge: what a bridge is worth is what closing it in a
// supposition says, and that is the town in which it was never built.
func TestDefect11_WithAndWithoutABridge(t *testing.T) {
	times := func(bridge bool, change *walk.Change) float64 {
		var town draw.Town
		town.Street(nil, -100, 0, 0, 0, 0, 300, 200, 300, 200, 0, 300, 0)
		if bridge {
			town.Street(func(s *geo.Street) { s.Bridge = true }, 0, 0, 200, 0)
		}
		b := booth(&town, 300, 0)
		return minutesTo(t, prepare(&town), walk.Query{Origin: draw.At(-100, 0), Change: change})[b] * 60
	}
	near(t, "over it", times(true, nil), 400, 0.01)
	near(t, "without it", times(false, nil), 1000, 0.01)
	near(t, "closed", times(true, &walk.Change{Closures: []geo.Shape{draw.Square(100, 0, 10)}}), 1000, 0.01)
}

func TestDefect12_NoJumpOverARiver(t *testing.T) {
	var town draw.Town
	town.Street(nil, -300, 0, 300, 0)
	town.Street(nil, -300, 60, 300, 60)
	draw.Add(&town, &geo.LandArea{Kind: "water"}, geo.PolygonShape(draw.Path(-900, 20, 900, 20, 900, 40, -900, 40)))
	outline := outlineOf(t, &town, 0, 0, 4)
	covers(t, outline, "on this bank", 150, 10, true)
	covers(t, outline, "on the other bank", 0, 60, false)
	covers(t, outline, "in the river", 0, 30, false)
}

func TestDefect13_AllPiecesAreKept(t *testing.T) {
	var town draw.Town
	town.Street(nil, -100, 0, 0, 0)
	town.Street(func(s *geo.Street) { s.Bridge, s.Level = true, geo.Some(int32(1)) }, 0, 0, 400, 0)
	town.Street(nil, 400, 0, 500, 0)
	draw.Add(&town, &geo.LandArea{Kind: "water"}, geo.PolygonShape(draw.Path(5, -500, 395, -500, 395, 500, 5, 500)))
	outline := outlineOf(t, &town, -50, 0, 10)
	covers(t, outline, "on this bank", -50, 20, true)
	covers(t, outline, "on the far bank", 420, 20, true)
	covers(t, outline, "in the water", 200, 60, false)
}

func TestDefect15_TheStartIsInside(t *testing.T) {
	var town draw.Town
	town.Street(nil, -300, 0, 300, 0)
	for _, y := range []float64{0, 3, 25, 50, 59} {
		covers(t, outlineOf(t, &town, 0, y, 1), "the start", 0, y, true)
	}
}

func TestDefect16_PocketsAreHoles(t *testing.T) {
	var town draw.Town
	town.Street(nil, -100, -100, 100, -100, 100, 100, -100, 100, -100, -100)
	draw.Add(&town, &geo.Barrier{Kind: "wall"}, geo.LineShape(draw.Path(-40, -40, 40, -40, 40, 40, -40, 40, -40, -40)))
	outline := outlineOf(t, &town, 0, -100, 15)
	covers(t, outline, "within the walls", 0, 0, false)
	covers(t, outline, "outside the walls", 0, -60, true)
}

func TestDefect17_RoadsWithoutFootwayAreNotJoined(t *testing.T) {
	var town draw.Town
	town.Street(func(s *geo.Street) { s.Class, s.Foot = "motorway", "no" }, -300, 20, 300, 20)
	town.Street(nil, -300, 0, 300, 0)
	c, err := prepare(&town).Circle(t.Context(), walk.Query{Origin: draw.At(0, 15), Minutes: []int{5}, At: noon})
	if err != nil {
		t.Fatal(err)
	}
	near(t, "access leg", c.Origin.AccessMetres, 15, 0.1)
}

func TestDefect18_GatesCountOnFoot(t *testing.T) {
	for _, foot := range []string{"all", "none"} {
		var town draw.Town
		town.Street(nil, -100, 0, 0, 0)
		town.Street(nil, 0, 0, 300, 0)
		draw.Add(&town, &geo.Gate{Kind: "gate", Foot: foot}, draw.Dot(0, 0))
		covers(t, outlineOf(t, &town, -50, 0, 5), "behind a gate for "+foot, 150, 0, foot == "all")
	}
}

func TestDefect19_ShortLegsTakeTheirTime(t *testing.T) {
	var town draw.Town
	crossTown(&town)
	m := prepare(&town)
	c, err := m.Circle(t.Context(), walk.Query{Origin: draw.At(3, 4), Minutes: []int{60}, At: noon, Of: booths(t)})
	if err != nil {
		t.Fatal(err)
	}
	for _, place := range c.Reachable[0].Places {
		if place.Minutes*60 < place.Metres-0.01 {
			t.Errorf("%v m in %v minutes at 1 m/s", place.Metres, place.Minutes)
		}
	}
}

func TestDefect20_OneShortPath(t *testing.T) {
	var town draw.Town
	town.Street(nil, 0, 0, 0.5, 0)
	outline := outlineOf(t, &town, 0, 0, 1)
	near(t, "area", crs.Area(outline), math.Pi*60*60, 1200)
}

func TestDefect21_EveryHoleHasAShell(t *testing.T) {
	rng := seedtest.New(t)
	holes := 0
	for towns := 0; holes == 0 && towns < 20; towns++ { // not every town has one
		town := plan{side: 16, spacing: 90, missing: 0.45, houses: 1, walls: 150}.build(rng)
		for _, origin := range middles(town)[:6] {
			x, y := draw.XY(origin)
			_, n := parts(outlineOf(t, town, x, y, 12)) // valid: each within its shell
			holes += n
		}
	}
	if holes == 0 {
		t.Error("no holes to prove anything")
	}
}

func TestDefect22_StairsAreSlow(t *testing.T) {
	var town draw.Town
	town.Street(func(s *geo.Street) { s.Steps = true }, 0, 0, 100, 0)
	b := booth(&town, 100, 0)
	near(t, "minutes", minutesTo(t, prepare(&town), walk.Query{Origin: draw.At(0, 0)})[b], 200.0/60, 0.001)
}
