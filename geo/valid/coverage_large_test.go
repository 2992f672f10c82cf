package valid_test

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/twpayne/go-geos"

	"gridatlas/geo"
	"gridatlas/geo/seedtest"
	"gridatlas/geo/valid"
	"gridatlas/geo/valid/dirty"
)

// drawnApart is a coverage of which each member was drawn by another hand: every
// corner lies up to 20 cm from where the neighbour has it.
func drawnApart(random *rand.Rand, columns, rows int) []geo.Shape {
	var members []geo.Shape
	for _, s := range dirty.Clean(random, columns, rows) {
		var parts []geo.Part
		for part := range s.Parts() {
			var points []geo.Point
			for _, p := range part.Points {
				points = append(points, geo.Point{X: p.X + random.Int32N(36) - 18, Y: p.Y + random.Int32N(36) - 18})
			}
			parts = append(parts, geo.Part{Points: points, Hole: part.Hole})
		}
		if m := geo.MakeShape(geo.Polygons, parts); len(valid.Check(m)) == 0 {
			members = append(members, m)
		}
	}
	return members
}

// Where every border was drawn twice, thousands of slivers are closed and nothing
// is left: a cluster of gaps and overlaps is no harder than one.
func TestMendWhatWasDrawnTwice(t *testing.T) {
	given := valid.Coverage{Members: drawnApart(seedtest.New(t), 12, 12)}
	mended, faults, err := valid.MendCoverage(context.Background(), given, size)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d members, %d faults", len(given.Members), len(faults))
	if len(faults) < 1000 {
		t.Error("too few faults to prove anything")
	}
	if left := checkMended(t, given, mended, faults, size); len(left) > 0 {
		t.Errorf("%d are left, the first %v", len(left), left[0])
	}
	// GEOS finds no overlap and no hole but what nobody had.
	c := geos.NewContext()
	var all []*geos.Geom
	sum := 0.0
	for _, m := range mended.Members {
		all = append(all, toGEOS(t, c, m))
		sum += float64(areaOf(m)) / 2
	}
	union := c.NewCollection(geos.TypeIDGeometryCollection, all).UnaryUnion()
	if math.Abs(union.Area()-sum) > 1e-9*sum || withoutHoles(t, c, union).Area() != union.Area() {
		t.Errorf("the members have %.0f square steps, their union %.0f, without holes %.0f", sum, union.Area(), withoutHoles(t, c, union).Area())
	}
}

// What strangers could send ends: by a limit, or when the caller says so.
func TestHostileCoverages(t *testing.T) {
	heap := make([]geo.Shape, 400)
	same := make([]geo.Shape, 400)
	for i := range heap {
		heap[i] = geo.PolygonShape(square(int32(i)*10, int32(i)*10, 100000))
		same[i] = heap[0]
	}
	stars := []geo.Shape{geo.PolygonShape(star(20000)), geo.PolygonShape(star(20000))}
	for i := range stars[1].Points() {
		stars[1].Points()[i].X += 1000
	}
	for _, test := range []struct {
		name    string
		members []geo.Shape
		within  time.Duration
		fails   string // empty: nothing
		faults  int
	}{
		{"400 times the same", same, time.Minute, "", 1},
		{"400 on one heap", heap, time.Minute, "too many polygons lie over one another", 0},
		{"thorns through thorns", stars, 300 * time.Millisecond, context.DeadlineExceeded.Error(), 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(context.Background(), test.within)
			defer cancel()
			start := time.Now()
			faults, err := valid.CheckCoverage(ctx, valid.Coverage{Members: test.members})
			took := time.Since(start)
			t.Logf("%d faults, %v in %v", len(faults), err, took)
			switch {
			case test.fails == "" && (err != nil || len(faults) != test.faults):
				t.Errorf("%d faults, %v", len(faults), err)
			case test.fails != "" && (err == nil || !strings.Contains(err.Error(), test.fails)):
				t.Errorf("got %v", err)
			case errors.Is(err, context.DeadlineExceeded) && took > test.within+10*time.Second:
				t.Errorf("noticed only after %v", took)
			}
		})
	}
}
