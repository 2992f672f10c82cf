package resident_test

import (
	"testing"

	"gridatlas/api/resident"
	"gridatlas/geo"
	"gridatlas/geo/crs"
	"gridatlas/geo/snapshot"
)

// TestStartOf: people live in one corner of a community, whose other parts are a field
// with a lake, so that walks begin there, at a building.
func TestStartOf(t *testing.T) {
	local := crs.NewLocal(crs.At(119.1, 36.7))
	square := func(x, y, side float64) geo.Shape {
		return geo.PolygonShape([]geo.Point{local.Point(x, y), local.Point(x+side, y), local.Point(x+side, y+side), local.Point(x, y+side)})
	}
	community := &geo.Place{Base: geo.Base{ID: 1, Version: 1, Shape: square(0, 0, 3000)}, Kind: "community"}
	city := &geo.Place{Base: geo.Base{ID: 2, Version: 1, Shape: square(0, 0, 3000)}, Kind: "city"}
	empty := &geo.Grid{Base: geo.Base{ID: 3, Version: 1, Shape: square(2000, 2000, 500)}}
	b := snapshot.NewBuilder()
	for i, x := range []float64{50, 100, 160, 5000} { // the last lies outside
		b.Add(&geo.Building{Base: geo.Base{ID: int64(i + 1), Version: 1, Shape: square(x, 40, 20)}})
	}
	s := b.Build(geo.Head{Epoch: 1, Revision: 1})
	at, ok := resident.StartOf(s, community)
	if x, y := local.XY(at); !ok || x < 100 || x > 120 || y < 40 || y > 60 {
		t.Errorf("%.0f %.0f %t, want the middle building", x, y, ok)
	}
	if _, ok := resident.StartOf(s, city); ok {
		t.Error("a city is a start")
	}
	at, ok = resident.StartOf(s, empty)
	if x, y := local.XY(at); !ok || x < 2200 || x > 2300 || y < 2200 || y > 2300 {
		t.Errorf("%.0f %.0f %t, want the middle of the ground", x, y, ok)
	}
}
