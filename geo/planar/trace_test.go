package planar_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"gridatlas/geo"
	"gridatlas/geo/planar"
	"gridatlas/geo/seedtest"
)

// The rings of polygons as lines make the map of the polygons: what runs along a
// half is what covers its face and not the one behind it. Loose lines over them are
// nodes more, and one end each.
func TestTrace(t *testing.T) {
	random := seedtest.New(t)
	ends := 0
	for range 1000 {
		bytes := make([]byte, 4+random.IntN(100))
		for i := range bytes {
			bytes[i] = byte(random.Uint32())
		}
		var shapes []geo.Shape // of one ring each, so that lines and polygons have equal numbers
		var lines [][]geo.Point
		for _, s := range polygons(bytes) {
			ring := s.Part(0).Points
			shapes = append(shapes, geo.PolygonShape(ring))
			lines = append(lines, append([]geo.Point{ring[len(ring)-1]}, ring...))
		}
		built, err := planar.Build(context.Background(), shapes)
		if err != nil {
			t.Fatal(err)
		}
		traced, err := planar.Trace(context.Background(), lines)
		if err != nil {
			t.Fatal(err)
		}
		if built.Edges() != traced.Edges() || built.Faces() != traced.Faces() {
			t.Fatalf("%v: %d edges and %d faces, want %d and %d", shapes, traced.Edges(), traced.Faces(), built.Edges(), built.Faces())
		}
		at := map[[2]geo.Point]planar.Half{}
		for h := range planar.Half(2 * traced.Edges()) {
			from, to := traced.Ends(h)
			at[[2]geo.Point{from, to}] = h
		}
		for h := range planar.Half(2 * built.Edges()) {
			from, to := built.Ends(h)
			same, ok := at[[2]geo.Point{from, to}]
			if !ok {
				t.Fatalf("%v: no edge %v-%v", shapes, from, to)
			}
			var want []int32
			for _, shape := range built.Cover(built.Face(h)) {
				if !slices.Contains(built.Cover(built.Face(h.Twin())), shape) {
					want = append(want, shape)
				}
			}
			if got := slices.Collect(traced.Along(same)); !slices.Equal(got, want) {
				t.Fatalf("%v: along %v-%v run %v, want %v", shapes, from, to, got, want)
			}
			if traced.Next(same) == same.Twin() {
				t.Fatalf("%v: a ring ends at %v", shapes, to)
			}
		}

		loose := []geo.Point{{X: -5, Y: int32(random.IntN(40))}, {X: 50, Y: int32(random.IntN(40))}}
		loosened, err := planar.Trace(context.Background(), append(lines, loose))
		if err != nil {
			t.Fatal(err)
		}
		for h := range planar.Half(2 * loosened.Edges()) {
			if _, to := loosened.Ends(h); loosened.Next(h) == h.Twin() {
				if !slices.Contains(loose, to) {
					t.Fatalf("%v with %v: a line ends at %v", shapes, loose, to)
				}
				ends++
			}
		}
	}
	if ends != 2*1000 {
		t.Errorf("%d ends of loose lines, want 2 each", ends)
	}
}

func TestTraceRefuses(t *testing.T) {
	wide := [][]geo.Point{{{X: -60e7}, {X: 60e7}}}
	if _, err := planar.Trace(context.Background(), wide); !errors.Is(err, planar.ErrTooWide) {
		t.Errorf("got %v", err)
	}
}
