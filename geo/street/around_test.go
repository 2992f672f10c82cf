package street_test

import (
	"math"
	"testing"

	"gridatlas/geo"
	"gridatlas/geo/crs"
	"gridatlas/geo/seedtest"
	"gridatlas/geo/street"
)

// TestAround: whoever has a leg of Reach to a box, in the metres where it begins, lies
// in the ground around it, however long the box is; little else does.
func TestAround(t *testing.T) {
	rng := seedtest.New(t)
	for range 20_000 {
		lat := rng.Float64()*120 - 60
		centre := crs.At(119.1, lat)
		high, wide := rng.Int32N(5_000_000), rng.Int32N(1_000_000) // up to 55 km north and south
		box := geo.Box{W: centre.X - wide, S: centre.Y - high, E: centre.X + wide, N: centre.Y + high}
		around := street.Around(box)
		corner := geo.Point{X: box.E, Y: []int32{box.S, box.N}[rng.IntN(2)]}
		for _, angle := range []float64{0, math.Pi / 2, -math.Pi / 2, rng.Float64()*math.Pi - math.Pi/2} {
			from := crs.NewLocal(corner).Point(street.Reach*math.Cos(angle), street.Reach*math.Sin(angle))
			x, y := crs.NewLocal(from).XY(corner)
			if leg := math.Hypot(x, y); leg <= street.Reach && !around.Holds(from) {
				t.Fatalf("%v joins %v by a leg of %.4f m, but lies outside %v", from, box, leg, around)
			}
		}
		// The farther end from the equator decides: ten kilometres are a hundredth of it.
		if dx, dy := crs.NewLocal(geo.Point{Y: max(box.N, -box.S)}).Steps(street.Reach * 1.01); around.E-box.E > dx || around.N-box.N > dy {
			t.Fatalf("%v is more than a hundredth too much around %v", around, box)
		}
	}
}
