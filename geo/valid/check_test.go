package valid_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/wkb"
	"github.com/twpayne/go-geos"

	"gridatlas/geo"
	"gridatlas/geo/seedtest"
	"gridatlas/geo/valid"
)

func ring(xy ...int32) []geo.Point {
	points := make([]geo.Point, 0, len(xy)/2)
	for i := 0; i < len(xy); i += 2 {
		points = append(points, geo.Point{X: xy[i], Y: xy[i+1]})
	}
	return points
}

func square(x, y, size int32) []geo.Point {
	return ring(x, y, x+size, y, x+size, y+size, x, y+size)
}

func outers(rings ...[]geo.Point) geo.Shape {
	var parts []geo.Part
	for _, r := range rings {
		parts = append(parts, geo.Part{Points: r})
	}
	return geo.MakeShape(geo.Polygons, parts)
}

func TestCheck(t *testing.T) {
	big := square(0, 0, 100)
	for _, test := range []struct {
		name  string
		shape geo.Shape
		want  []valid.Rule
		at    geo.Point
	}{
		{name: "no shape"},
		{name: "point", shape: geo.PointShape(geo.Point{X: 1, Y: 2})},
		{name: "square", shape: geo.PolygonShape(big)},
		{name: "triangle", shape: geo.PolygonShape(ring(0, 0, 5, 0, 0, 5))},
		{name: "corner on a straight side", shape: geo.PolygonShape(ring(0, 0, 5, 0, 10, 0, 0, 5))},
		{name: "hole", shape: geo.PolygonShape(big, square(10, 10, 10))},
		{name: "hole touches the border once", shape: geo.PolygonShape(big, ring(0, 50, 10, 40, 10, 60))},
		{name: "holes touch once", shape: geo.PolygonShape(big, square(10, 10, 10), square(20, 20, 10))},
		{name: "outer rings touch in a corner", shape: outers(square(0, 0, 10), square(10, 10, 10))},
		{name: "island in a hole", shape: geo.MakeShape(geo.Polygons, []geo.Part{
			{Points: big}, {Points: square(10, 10, 50), Hole: true}, {Points: square(20, 20, 5)},
		})},
		{name: "island touches its hole in all corners", shape: geo.MakeShape(geo.Polygons, []geo.Part{
			{Points: big}, {Points: square(10, 10, 50), Hole: true}, {Points: ring(35, 10, 60, 35, 35, 60, 10, 35)},
		})},
		{name: "across half the world", shape: geo.PolygonShape(ring(-180e7, -90e7, 180e7, -90e7, 180e7, 90e7, -180e7, 90e7))},

		{name: "outside the world", shape: geo.PolygonShape(ring(0, 0, 1, 0, 0, 90e7+1)), want: []valid.Rule{valid.OutsideWorld}, at: geo.Point{X: 0, Y: 90e7 + 1}},
		{name: "two corners", shape: geo.PolygonShape(ring(0, 0, 5, 5)), want: []valid.Rule{valid.TooFewCorners}},
		{name: "two places", shape: geo.PolygonShape(ring(0, 0, 5, 5, 0, 0, 5, 5)), want: []valid.Rule{valid.TooFewCorners}},
		{name: "repeated corner", shape: geo.PolygonShape(ring(0, 0, 5, 0, 5, 0, 0, 5)), want: []valid.Rule{valid.RepeatedCorner}, at: geo.Point{X: 5, Y: 0}},
		{name: "flat", shape: geo.PolygonShape(ring(0, 0, 5, 5, 9, 9)), want: []valid.Rule{valid.Spike, valid.ZeroArea}},
		{name: "spike", shape: geo.PolygonShape(ring(0, 0, 5, 0, 5, 5, 5, 9, 5, 5, 0, 5)), want: []valid.Rule{valid.Spike}, at: geo.Point{X: 5, Y: 9}},
		{name: "bow tie", shape: geo.PolygonShape(ring(0, 0, 10, 10, 10, 0, 0, 10)), want: []valid.Rule{valid.SelfCrossing}, at: geo.Point{X: 5, Y: 5}},
		{name: "comes back to a corner", shape: geo.PolygonShape(ring(0, 0, 10, 0, 5, 5, 10, 10, 0, 10, 5, 5)), want: []valid.Rule{valid.SelfTouch}, at: geo.Point{X: 5, Y: 5}},
		{name: "corner on its own side", shape: geo.PolygonShape(ring(0, 0, 10, 0, 10, 10, 5, 0, 0, 10)), want: []valid.Rule{valid.SelfTouch}, at: geo.Point{X: 5, Y: 0}},
		{name: "runs along itself", shape: geo.PolygonShape(ring(0, 0, 20, 0, 20, 10, 15, 10, 15, 0, 5, 0, 5, 10, 0, 10)), want: []valid.Rule{valid.SelfTouch, valid.SelfCrossing}},
		{name: "hole crosses the border", shape: geo.PolygonShape(big, square(90, 50, 20)), want: []valid.Rule{valid.RingsCross}},
		{name: "hole crosses the border in a corner of both", shape: geo.PolygonShape(ring(0, 0, 100, 0, 100, 50, 100, 100, 0, 100), ring(90, 45, 100, 50, 110, 60, 90, 60)), want: []valid.Rule{valid.RingsCross}},
		{name: "hole runs along the border", shape: geo.PolygonShape(big, square(0, 10, 10)), want: []valid.Rule{valid.SharedEdge}},
		{name: "hole equals the border", shape: geo.PolygonShape(big, big), want: []valid.Rule{valid.SharedEdge}},
		{name: "hole outside", shape: geo.PolygonShape(big, square(200, 0, 10)), want: []valid.Rule{valid.HoleOutside}, at: geo.Point{X: 200, Y: 10}},
		{name: "hole outside touches in a corner", shape: geo.PolygonShape(big, square(100, 100, 10)), want: []valid.Rule{valid.HoleOutside}},
		{name: "hole without an outer ring", shape: geo.MakeShape(geo.Polygons, []geo.Part{{Points: big, Hole: true}}), want: []valid.Rule{valid.HoleOutside}},
		{name: "nested holes", shape: geo.PolygonShape(big, square(10, 10, 50), square(20, 20, 5)), want: []valid.Rule{valid.NestedHoles}},
		{name: "outer rings side by side", shape: outers(square(0, 0, 10), square(10, 0, 10)), want: []valid.Rule{valid.SharedEdge}},
		{name: "outer rings cross", shape: outers(square(0, 0, 10), square(5, 5, 10)), want: []valid.Rule{valid.RingsCross}},
		{name: "outer ring in another", shape: outers(big, square(5, 5, 10)), want: []valid.Rule{valid.Overlap}},
		{name: "outer ring in another, all corners on it", shape: outers(ring(0, 0, 5, 0, 10, 0, 10, 5, 10, 10, 5, 10, 0, 10, 0, 5), ring(5, 0, 10, 5, 5, 10, 0, 5)), want: []valid.Rule{valid.Overlap}},
		{name: "hole touches the border twice", shape: geo.PolygonShape(big, ring(0, 50, 50, 40, 100, 50, 50, 60)), want: []valid.Rule{valid.Disconnected}},
		{name: "ring of holes", shape: geo.PolygonShape(big, ring(20, 20, 40, 20, 30, 25), ring(40, 20, 36, 32, 30, 40), ring(20, 20, 30, 40, 22, 35)), want: []valid.Rule{valid.Disconnected}},
		{name: "hole through a corner to the other side", shape: geo.PolygonShape(ring(0, 0, 100, 0, 100, 100, 50, 50, 0, 100), ring(50, 0, 50, 50, 40, 10)), want: []valid.Rule{valid.Disconnected}},

		{name: "line", shape: geo.LineShape(ring(0, 0, 5, 5))},
		{name: "line of one corner", shape: geo.LineShape(ring(3, 4)), want: []valid.Rule{valid.TooFewCorners}, at: geo.Point{X: 3, Y: 4}},
		{name: "line of one place", shape: geo.LineShape(ring(3, 4, 3, 4)), want: []valid.Rule{valid.RepeatedCorner, valid.TooFewCorners}},
		{name: "line crosses itself", shape: geo.LineShape(ring(0, 0, 10, 10, 10, 0, 0, 10))},
	} {
		t.Run(test.name, func(t *testing.T) {
			faults := valid.Check(test.shape)
			var rules []valid.Rule
			for _, fault := range faults {
				if !slices.Contains(rules, fault.Rule) {
					rules = append(rules, fault.Rule)
				}
			}
			if !slices.Equal(rules, test.want) {
				t.Fatalf("got %v, want %v", faults, test.want)
			}
			if test.at != (geo.Point{}) && faults[0].At != test.at {
				t.Errorf("fault at %v, want %v", faults[0].At, test.at)
			}
		})
	}
}

func TestEveryRuleHasAText(t *testing.T) {
	for _, rule := range valid.AllRules {
		if rule == "" || strings.ToLower(string(rule)) != string(rule) {
			t.Errorf("rule %q", rule)
		}
	}
}

// Our answer and that of GEOS agree on small random shapes, where corners meet
// corners and sides all the time. Repeated corners are made impossible: GEOS
// allows them and we do not.
func TestCheckAgreesWithGEOS(t *testing.T) {
	random := seedtest.New(t)
	context := geos.NewContext()
	answers := map[bool]int{}
	for range 60000 {
		shape := randomPolygons(random)
		geometry := toGEOS(t, context, shape)
		want, got := geometry.IsValid(), len(valid.Check(shape)) == 0
		if want != got {
			t.Fatalf("GEOS says %s, we say %v\n%s", geometry.IsValidReason(), valid.Check(shape), geometry.ToWKT())
		}
		answers[want]++
	}
	t.Logf("%d valid, %d not", answers[true], answers[false])
	if answers[true] < 3000 || answers[false] < 3000 {
		t.Error("one of both answers is too rare to prove anything")
	}
}

// randomPolygons puts random rings together: few corners on a small board, so
// that valid shapes and every kind of fault occur often.
func randomPolygons(random *rand.Rand) geo.Shape {
	board := int32(4 + random.IntN(20))
	var parts []geo.Part
	for i := range 1 + random.IntN(3) {
		var points []geo.Point
		if i == 0 && random.IntN(2) == 0 {
			points = square(0, 0, board)
		} else {
			for len(points) < 3+random.IntN(4) {
				p := geo.Point{X: random.Int32N(board + 1), Y: random.Int32N(board + 1)}
				if n := len(points); n == 0 || points[n-1] != p && points[0] != p {
					points = append(points, p)
				}
			}
		}
		parts = append(parts, geo.Part{Points: points, Hole: i > 0 && random.IntN(3) > 0})
	}
	return geo.MakeShape(geo.Polygons, parts)
}

func toGEOS(t testing.TB, context *geos.Context, shape geo.Shape) *geos.Geom {
	t.Helper()
	var polygons orb.MultiPolygon
	for part := range shape.Parts() {
		var r orb.Ring
		for _, p := range append(slices.Clone(part.Points), part.Points[0]) {
			r = append(r, orb.Point{float64(p.X), float64(p.Y)})
		}
		if !part.Hole {
			polygons = append(polygons, nil)
		}
		polygons[len(polygons)-1] = append(polygons[len(polygons)-1], r)
	}
	raw, err := wkb.Marshal(polygons)
	if err != nil {
		t.Fatal(err)
	}
	geometry, err := context.NewGeomFromWKB(raw)
	if err != nil {
		t.Fatal(err)
	}
	return geometry
}

// Large rings that people and programs draw stay fast.
func TestCheckLargeRings(t *testing.T) {
	const n = 100_000
	comb := make([]geo.Point, 0, n)
	for i := range int32(n / 2) {
		comb = append(comb, geo.Point{X: 40 * i, Y: 1 + i%2*1e6}, geo.Point{X: 40*i + 20, Y: 1 + i%2*1e6})
	}
	comb = append(comb, geo.Point{X: 40 * n, Y: -10}, geo.Point{X: 0, Y: -10})
	spiral := make([]geo.Point, 0, n)
	var back []geo.Point
	for i := range int32(n / 2) {
		r := 100 * (i/4 + 1)
		corner := []geo.Point{{X: r, Y: r}, {X: -r, Y: r}, {X: -r, Y: -r}, {X: r + 100, Y: -r}}[i%4]
		spiral = append(spiral, corner)
		// The way back runs in the middle between two turns.
		r += 50
		back = append(back, []geo.Point{{X: r, Y: r}, {X: -r, Y: r}, {X: -r, Y: -r}, {X: r + 100, Y: -r}}[i%4])
	}
	slices.Reverse(back)
	spiral = append(spiral, back...)
	for name, points := range map[string][]geo.Point{"comb": comb, "spiral": spiral} {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			if faults := valid.Check(geo.PolygonShape(points)); len(faults) > 0 {
				t.Fatalf("%d corners: %v", len(points), faults[0])
			}
			t.Logf("%d corners in %v", len(points), time.Since(start))
			if took := time.Since(start); took > 10*time.Second { // some 0.1 s; only a quadratic search gets here
				t.Errorf("took %v", took)
			}
			points = slices.Clone(points)
			points[n/3], points[n/3+2] = points[n/3+2], points[n/3]
			if len(valid.Check(geo.PolygonShape(points))) == 0 {
				t.Error("two swapped corners were not noticed")
			}
		})
	}
}

// A hostile ring that goes through one place again and again ends early.
func TestCheckStopsAtOnePlace(t *testing.T) {
	points := star(100_000)
	for i := 1; i < len(points); i += 2 {
		points[i] = geo.Point{}
	}
	start := time.Now()
	faults := valid.Check(geo.PolygonShape(points))
	if took := time.Since(start); len(faults) == 0 || took > 10*time.Second { // all pairs would take minutes
		t.Errorf("%d faults in %v", len(faults), took)
	}
}

func BenchmarkCheck(b *testing.B) {
	for _, n := range []int{8, 1000, 100_000} {
		b.Run(fmt.Sprintf("%d corners", n), func(b *testing.B) {
			shape := geo.PolygonShape(coast(n))
			b.ReportAllocs()
			for b.Loop() {
				if faults := valid.Check(shape); len(faults) > 0 {
					b.Fatal(faults[0])
				}
			}
		})
	}
}

// coast is a simple ring of n corners and short ragged segments, as borders are.
func coast(n int) []geo.Point {
	points := make([]geo.Point, n)
	for i := range points {
		sin, cos := math.Sincos(2 * math.Pi * float64(i) / float64(n))
		radius := 5e8 * (1 + float64(i*7919%13)/float64(8*n)) // out and in by less than a segment's length
		points[i] = geo.Point{X: int32(radius * cos), Y: int32(radius * sin)}
	}
	return points
}

// star is a simple ring of n corners around a middle.
func star(n int) []geo.Point {
	points := make([]geo.Point, n)
	for i := range points {
		sin, cos := math.Sincos(2 * math.Pi * float64(i) / float64(n))
		radius := 1e7 * float64(1+i%2)
		points[i] = geo.Point{X: int32(radius * cos), Y: int32(radius * sin)}
	}
	return points
}
