package mvt_test

import (
	"math"
	"testing"

	"github.com/paulmach/orb"
	"github.com/twpayne/go-geos"

	"gridatlas/geo/seedtest"
	"gridatlas/tiles/mvt"
)

// TestSimple asks GEOS about rounded polygons as they are: those that are simple are
// valid and no two of their rings touch, and all others are not so.
func TestSimple(t *testing.T) {
	r := seedtest.New(t)
	c := geos.NewContext()
	var m mvt.Mender
	f := frame(4096)
	found := map[bool]int{}
	for range 6_000 {
		kind, s := polygon(r)
		switch r.IntN(4) {
		case 0:
			// A ring that turns one way in all corners, and may be more than once around.
			kind = "around"
			corners := 3 + r.IntN(7)
			around := 1 + r.IntN((corners-1)/2)
			ring := make([]place, corners)
			for i := range ring {
				angle := 2 * math.Pi * float64(around*i) / float64(corners)
				ring[i] = place{100 + 40*math.Cos(angle) + r.Float64(), 100 + 40*math.Sin(angle) + r.Float64()}
			}
			s = shapeOf([][]place{ring})
		case 1, 2:
			// Rings at random, small enough to touch now and then.
			kind = "board"
			var parts [][]place
			for range 1 + r.IntN(3) {
				parts = append(parts, star(r, place{100 + 12*r.Float64(), 100 + 12*r.Float64()}, 1, 6, 3+r.IntN(5)))
			}
			s = shapeOf(parts)
		}
		bytes := f.Polygons(&s)
		if len(bytes) == 0 || !f.Box().Meets(s.Box) || !f.Box().Holds(s.Box) {
			continue
		}
		polygons := geometry(readBack(t, mvt.Polygons, bytes))
		want := toGEOS(t, c, polygons).IsValid()
		var rings []*geos.Geom
		for _, polygon := range polygons {
			for _, ring := range polygon {
				rings = append(rings, toGEOS(t, c, orb.LineString(ring)))
			}
		}
		for i := range rings {
			for j := range i {
				want = want && rings[i].Distance(rings[j]) > 0
			}
		}
		if got := m.Simple(&s, zoom); got != want {
			t.Fatalf("%s: simple %v, want %v\n%s\n%v", kind, got, want, describe(s), polygons)
		}
		found[want]++
	}
	t.Logf("%d simple, %d not", found[true], found[false])
	if min(found[true], found[false]) < 300 {
		t.Error("too few of one kind")
	}
}

// TestBox holds that the box of a frame has the places that come into it, and no
// other, and that rounding once more changes nothing.
func TestBox(t *testing.T) {
	r := seedtest.New(t)
	for range 20_000 {
		z := uint8(r.IntN(mvt.MaxZoom + 1))
		x, y := r.Uint32N(1<<z), r.Uint32N(1<<z)
		var f mvt.Frame
		f.Reset(z, x, y, r.IntN(300))
		b := f.Box()
		p := b.Min
		for _, q := range []mvt.Point{b.Max, {X: b.Min.X, Y: b.Max.Y}, {X: r.Uint32(), Y: r.Uint32()}} {
			if r.IntN(2) == 0 {
				p = mvt.Point{X: q.X + uint32(r.IntN(5)) - 2, Y: q.Y + uint32(r.IntN(5)) - 2}
			}
		}
		s := mvt.Shape{Corners: []mvt.Point{p}, Parts: []mvt.Offset{0, 1}, Box: mvt.Box{Min: p, Max: p}}
		inside := b.Meets(s.Box)
		if got := len(f.Points(&s)) > 0; got != inside {
			t.Fatalf("zoom %d, %d, %d: %v is drawn %v, in the box %v: %v", z, x, y, p, got, b, inside)
		}
		if rounded := mvt.Round(p, z); rounded != mvt.Round(rounded, z) {
			t.Fatalf("zoom %d: %v rounds to %v, that to %v", z, p, rounded, mvt.Round(rounded, z))
		}
	}
}
