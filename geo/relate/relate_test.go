package relate_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/twpayne/go-geos"

	"gridatlas/geo"
	"gridatlas/geo/relate"
	"gridatlas/geo/seedtest"
	"gridatlas/geo/table"
)

// wkt writes a shape with lattice steps as coordinates.
func wkt(s geo.Shape) string {
	return string(table.AppendWKT(nil, s, func(dst []byte, p geo.Point) []byte { return fmt.Appendf(dst, "%d %d", p.X, p.Y) }))
}

// answers are the eight relations in a fixed order, one letter each.
func answers(r relate.Relation) string {
	return letters(r.Intersects(), r.Disjoint(), r.Within(), r.Contains(), r.Equals(), r.Touches(), r.Overlaps(), r.Crosses())
}

func letters(holds ...bool) string {
	text := ""
	for i, h := range holds {
		if h {
			text += string("idwcetox"[i])
		}
	}
	return text
}

func geosAnswers(a, b *geos.Geom) string {
	return letters(a.Intersects(b), a.Disjoint(b), a.Within(b), a.Contains(b), a.Equals(b), a.Touches(b), a.Overlaps(b), a.Crosses(b))
}

// Random shapes on a lattice so small that all ways to touch occur, against GEOS.
func TestAgainstGEOS(t *testing.T) {
	r := seedtest.New(t)
	met := map[string]int{}
	for range 30_000 {
		a, b := randomShape(r), randomShape(r)
		if r.IntN(10) == 0 {
			if b = begunElsewhere(r, a); r.IntN(2) == 0 {
				a, b = b, a
			}
		}
		if !a.Whole() || !b.Whole() {
			continue
		}
		ga, gb := geom(t, a), geom(t, b)
		if a.Kind() == geo.Polygons {
			// Polygons that hang together in single points are no fault here.
			reason := ga.IsValidReason()
			if err := relate.Check(a); (err == nil) != (ga.IsValid() || strings.HasPrefix(reason, "Interior is disconnected")) {
				t.Fatalf("%s: %v, but %s", wkt(a), err, reason)
			}
		}
		// GEOS rounds where a line crosses itself and then takes what lies along it for
		// apart, so such lines are no question for it.
		if !ga.IsValid() || !gb.IsValid() || !ga.IsSimple() || !gb.IsSimple() {
			continue
		}
		relation := relate.Of(a, relate.Prepare(b))
		got, want := answers(relation), geosAnswers(ga, gb)
		if got != want {
			t.Fatalf("%s\n%s\ngot %s, want %s", wkt(a), wkt(b), got, want)
		}
		met[fmt.Sprint(a.Kind(), " ", b.Kind(), " ", want)]++
	}
	if len(met) < 38 {
		t.Errorf("only %d situations: %v", len(met), met)
	}
}

func geom(t *testing.T, s geo.Shape) *geos.Geom {
	t.Helper()
	g, err := geos.NewGeomFromWKT(wkt(s))
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func randomShape(r *rand.Rand) geo.Shape {
	size := int32(3 + r.IntN(6))
	point := func() geo.Point { return geo.Point{X: r.Int32N(size), Y: r.Int32N(size)} }
	var parts []geo.Part
	switch kind := geo.AllKinds[1+r.IntN(3)]; kind {
	case geo.Points:
		for range 1 + r.IntN(3) {
			parts = append(parts, geo.Part{Points: []geo.Point{point()}})
		}
		return geo.MakeShape(kind, parts)
	case geo.Lines:
		for range 1 + r.IntN(2) {
			line := []geo.Point{point()}
			for len(line) < 2+r.IntN(4) {
				if p := point(); p != line[len(line)-1] {
					line = append(line, p)
				}
			}
			if r.IntN(5) == 0 && len(line) > 2 && line[0] != line[len(line)-1] {
				line = append(line, line[0])
			}
			parts = append(parts, geo.Part{Points: line})
		}
		return geo.MakeShape(kind, parts)
	}
	for range 1 + r.IntN(2) {
		if r.IntN(2) == 0 { // any few corners: GEOS says whether they are valid
			ring := make([]geo.Point, 3+r.IntN(3))
			for i := range ring {
				ring[i] = point()
			}
			parts = append(parts, geo.Part{Points: ring})
			continue
		}
		x, y, w, h := r.Int32N(size), r.Int32N(size), 1+r.Int32N(size), 1+r.Int32N(size)
		parts = append(parts, geo.Part{Points: rectangle(x, y, w, h)})
		if w > 1 && h > 1 && r.IntN(2) == 0 {
			if w > 2 && h > 2 && r.IntN(2) == 0 {
				parts = append(parts, geo.Part{Hole: true, Points: rectangle(x+1, y+1, w-2, h-2)})
			} else { // touches the border
				parts = append(parts, geo.Part{Hole: true, Points: []geo.Point{{X: x, Y: y}, {X: x + w - 1, Y: y + 1}, {X: x + 1, Y: y + h - 1}}})
			}
		}
	}
	return geo.MakeShape(geo.Polygons, parts)
}

// begunElsewhere returns the same points with rings that begin at another corner, or
// what fills a hole of a polygon.
func begunElsewhere(r *rand.Rand, s geo.Shape) geo.Shape {
	var parts []geo.Part
	for part := range s.Parts() {
		if part.Hole && r.IntN(2) == 0 {
			return geo.PolygonShape(part.Points)
		}
		if n := r.IntN(len(part.Points)); s.Kind() == geo.Polygons {
			part.Points = slices.Concat(part.Points[n:], part.Points[:n])
		}
		parts = append(parts, part)
	}
	return geo.MakeShape(s.Kind(), parts)
}

func rectangle(x, y, w, h int32) []geo.Point {
	return []geo.Point{{X: x, Y: y}, {X: x + w, Y: y}, {X: x + w, Y: y + h}, {X: x, Y: y + h}}
}

// What fills a hole lies outside, though no piece of its border does.
func TestHoleFilled(t *testing.T) {
	b := geo.PolygonShape(rectangle(0, 0, 9, 9), rectangle(1, 1, 3, 3))
	for want, a := range map[string]geo.Shape{
		"it": geo.PolygonShape(rectangle(1, 1, 3, 3)),
		"io": geo.MakeShape(geo.Polygons, []geo.Part{{Points: rectangle(1, 1, 3, 3)}, {Points: rectangle(6, 6, 1, 1)}}),
	} {
		if got := answers(relate.Of(a, relate.Prepare(b))); got != want || got != geosAnswers(geom(t, a), geom(t, b)) {
			t.Errorf("got %s, want %s", got, want)
		}
		if got := answers(relate.Of(b, relate.Prepare(a))); got != want {
			t.Errorf("the other way round: got %s, want %s", got, want)
		}
	}
}

// Shapes around the world, where products of differences do not fit 64 bits once
// they are subtracted.
func TestWholeWorld(t *testing.T) {
	w := geo.World
	world := geo.PolygonShape([]geo.Point{{X: w.W, Y: w.S}, {X: w.E, Y: w.S}, {X: w.E, Y: w.N}, {X: w.W, Y: w.N}})
	for _, s := range []geo.Shape{
		geo.PointShape(geo.Point{X: 119e7, Y: 36e7}), geo.LineShape([]geo.Point{{X: -170e7, Y: -80e7}, {X: 170e7, Y: 80e7}}),
		geo.PolygonShape(rectangle(1190000000, 360000000, 1000, 1000)),
	} {
		if got := answers(relate.Of(s, relate.Prepare(world))); got != "iw" {
			t.Errorf("%s: %s", wkt(s), got)
		}
	}
}

// Long borders, for which segments are found through a tree.
func TestLongBorders(t *testing.T) {
	comb := func(x int32) geo.Shape {
		ring := []geo.Point{{X: x, Y: 0}, {X: x + 2000, Y: 0}}
		for i := int32(2000); i > 0; i -= 10 {
			ring = append(ring, geo.Point{X: x + i, Y: 1000}, geo.Point{X: x + i - 5, Y: 10})
		}
		return geo.PolygonShape(ring)
	}
	a := comb(0)
	for x, want := range map[int32]string{0: "iwce", 3: "io", 5: "io", 2000: "it", 2001: "d"} {
		b := comb(x)
		if got := answers(relate.Of(a, relate.Prepare(b))); got != want || got != geosAnswers(geom(t, a), geom(t, b)) {
			t.Errorf("%d: got %s, want %s", x, got, want)
		}
	}
}

// A line that leaves the border of one part where that stands with a corner at the side of
// another, and goes on into this, lies within both together.
func TestFromPartToPart(t *testing.T) {
	ring := func(xy ...int32) (points []geo.Point) {
		for i := 0; i < len(xy); i += 2 {
			points = append(points, geo.Point{X: xy[i], Y: xy[i+1]})
		}
		return points
	}
	area := geo.MakeShape(geo.Polygons, []geo.Part{{Points: ring(1, 3, 5, 3, 5, 6, 1, 6)}, {Points: ring(1, 1, 4, 1, 2, 3)}})
	for name, line := range map[string][]geo.Point{"along": ring(3, 2, 1, 4), "inside": ring(2, 2, 2, 5), "back": ring(1, 4, 3, 2)} {
		if relation := relate.Of(geo.MakeShape(geo.Lines, []geo.Part{{Points: line}}), relate.Prepare(area)); !relation.Within() || relation.Crosses() {
			t.Errorf("%s: %+v", name, relation)
		}
	}
}
