package valid_test

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/wkb"
	"github.com/twpayne/go-geos"

	"gridatlas/geo"
	"gridatlas/geo/crs"
	"gridatlas/geo/seedtest"
	"gridatlas/geo/valid"
)

// Ground that two members share, holes of their union, what lies outside a parent
// and what of it is bare have the areas that GEOS overlay gives.
func TestCoverageAgreesWithGEOS(t *testing.T) {
	random := seedtest.New(t)
	context := geos.NewContext()
	total := map[valid.CoverageKind]float64{}
	for round := range 300 {
		// Triangles and stars on some 100 m of ground.
		var given valid.Coverage
		for range 2 + random.IntN(6) {
			given.Members = append(given.Members, randomStar(random, 3+random.IntN(20)))
		}
		if round%2 == 0 {
			given.Parent = randomStar(random, 3+random.IntN(20))
		}
		judge(t, context, given, total)
		if t.Failed() {
			t.Fatal(given)
		}
	}
	for _, kind := range []valid.CoverageKind{valid.Gap, valid.Overlapped, valid.Beyond} {
		if total[kind] < 10000 {
			t.Errorf("%.0f m2 of %s are too little to prove anything", total[kind], kind)
		}
	}
}

// randomStar is a polygon of n corners around a random middle near the equator.
func randomStar(random *rand.Rand, n int) geo.Shape {
	x, y := 5000*random.Float64(), 5000*random.Float64()
	points := make([]geo.Point, n)
	for i := range points {
		sin, cos := math.Sincos(2 * math.Pi * (float64(i) + 0.7*random.Float64()) / float64(n))
		radius := 1000 + 3000*random.Float64()
		points[i] = geo.Point{X: int32(x + radius*cos), Y: int32(y + radius*sin)}
	}
	return geo.PolygonShape(points)
}

func judge(t *testing.T, c *geos.Context, given valid.Coverage, total map[valid.CoverageKind]float64) {
	faults, err := valid.CheckCoverage(context.Background(), given)
	if err != nil {
		t.Fatal(err)
	}
	// At this place a lattice step measures the same everywhere.
	square := crs.Area(given.Members[0]) / (float64(areaOf(given.Members[0])) / 2)
	members := make([]*geos.Geom, len(given.Members))
	var perimeter float64
	for i, m := range given.Members {
		members[i] = toGEOS(t, c, m)
		perimeter += members[i].Length()
	}
	// Edges move by a step at most, and mostly to either side.
	most := 0.25 * perimeter * square
	union := members[0]
	for _, m := range members[1:] {
		union = union.Union(m)
	}
	found := func(what func(valid.CoverageFault) bool) (area float64) {
		for _, f := range faults {
			if what(f) {
				area += f.Area
			}
		}
		return area
	}
	compare := func(what string, got, want float64) {
		if math.Abs(got-want*square) > most {
			t.Errorf("%s: %.2f m2, GEOS has %.2f", what, got, want*square)
		}
	}
	for i := range members {
		for j := range i {
			both := found(func(f valid.CoverageFault) bool {
				return len(f.Members) > 1 && f.Kind != valid.Gap && slices.Contains(f.Members, i) && slices.Contains(f.Members, j)
			})
			compare("common to two members", both, members[i].Intersection(members[j]).Area())
		}
	}
	gaps := found(func(f valid.CoverageFault) bool { return f.Kind == valid.Gap })
	if given.Parent.IsZero() {
		holes := func(g *geos.Geom) float64 { return withoutHoles(t, c, g).Area() - g.Area() }
		// A bay with a mouth of a step is a gap or none, as its corners round: GEOS is
		// asked for the members a step wider and narrower too.
		want := holes(union)
		for _, step := range []float64{1, -1} {
			if other := holes(union.Buffer(step, 8)); math.Abs(gaps-other*square) < math.Abs(gaps-want*square) {
				want = other
			}
		}
		compare("gaps", gaps, want)
	} else {
		parent := toGEOS(t, c, given.Parent)
		compare("bare in the parent", gaps, parent.Difference(union).Area())
		compare("outside the parent", found(func(f valid.CoverageFault) bool { return f.Kind == valid.Beyond }), union.Difference(parent).Area())
	}
	for _, f := range faults {
		total[f.Kind] += f.Area
	}
}

// withoutHoles fills the holes of polygons.
func withoutHoles(t *testing.T, c *geos.Context, g *geos.Geom) *geos.Geom {
	t.Helper()
	filled := c.NewEmptyPolygon()
	for i := range g.NumGeometries() {
		ring, err := wkb.Unmarshal(g.Geometry(i).ExteriorRing().ToWKB())
		if err != nil {
			t.Fatal(err)
		}
		raw, err := wkb.Marshal(orb.Polygon{orb.Ring(ring.(orb.LineString))})
		if err != nil {
			t.Fatal(err)
		}
		polygon, err := c.NewGeomFromWKB(raw)
		if err != nil {
			t.Fatal(err)
		}
		filled = filled.Union(polygon)
	}
	return filled
}

// The width of a gap is that of the largest circle by GEOS, and decides exactly
// what is closed.
func TestWidthAgreesWithGEOS(t *testing.T) {
	random := seedtest.New(t)
	c := geos.NewContext()
	for range 150 {
		hole := ragged(random)
		given := valid.Coverage{Members: []geo.Shape{geo.PolygonShape(square(-1e6, -1e6, 3e6), hole)}}
		faults, err := valid.CheckCoverage(context.Background(), given)
		if err != nil {
			t.Fatal(err)
		}
		if len(faults) != 1 {
			continue // a hole that is thinner than the lattice somewhere
		}
		local := crs.NewLocal(faults[0].Shape.Box().Centre())
		var ring orb.Ring
		for _, p := range append(slices.Clone(faults[0].Shape.Part(0).Points), faults[0].Shape.Part(0).Points[0]) {
			x, y := local.XY(p)
			ring = append(ring, orb.Point{x, y})
		}
		raw, err := wkb.Marshal(orb.Polygon{ring})
		if err != nil {
			t.Fatal(err)
		}
		polygon, err := c.NewGeomFromWKB(raw)
		if err != nil {
			t.Fatal(err)
		}
		want := 2 * polygon.MaximumInscribedCircle(0.0002).Length()
		if got := float64(faults[0].Width); math.Abs(got-want) > 0.01*want+0.003 {
			t.Fatalf("%v is %.4f m wide, GEOS has %.4f", hole, got, want)
		}
		for _, size := range []float64{want * 0.998, want*1.002 + 0.001} {
			_, faults, err := valid.MendCoverage(context.Background(), given, geo.Metres(size))
			if err != nil {
				t.Fatal(err)
			}
			if faults[0].Mended != (size > want) || faults[0].Mended != (faults[0].Width < geo.Metres(size)) {
				t.Fatalf("%v of %.4f m is mended under %.4f: %v, with a width of %.4f", hole, want, size, faults[0].Mended, float64(faults[0].Width))
			}
		}
	}
}

// ragged is a sliver of some 10 cm to 3 m along a wiggly line, or a star, or two
// slivers side by side that hang together at one end.
func ragged(random *rand.Rand) []geo.Point {
	switch random.IntN(8) {
	case 0, 1:
		return randomStar(random, 3+random.IntN(30)).Part(0).Points
	case 2:
		one, wall, other := 5+random.Int32N(100), 1+random.Int32N(50), 5+random.Int32N(400)
		long, end := 600+random.Int32N(3000), 5+random.Int32N(500)
		return ring(0, 0, long, 0, long, one, end, one, end, one+wall, long, one+wall, long, one+wall+other, 0, one+wall+other)
	}
	n := 2 + random.IntN(20)
	width := 10 + random.IntN(300)
	var there, back []geo.Point
	sin, cos := math.Sincos(2 * math.Pi * random.Float64())
	turned := func(x, y float64) geo.Point {
		return geo.Point{X: int32(x*cos - y*sin), Y: int32(x*sin + y*cos)}
	}
	for i := range n {
		x, y := 500*float64(i), 300*random.Float64()
		there = append(there, turned(x, y))
		back = append(back, turned(x, y+float64(width)*(0.5+random.Float64())))
	}
	slices.Reverse(back)
	ring := slices.Concat(there, back)
	if len(valid.Check(geo.PolygonShape(ring))) > 0 {
		return randomStar(random, 5).Part(0).Points
	}
	return ring
}
