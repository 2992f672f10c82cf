package resident

import (
	"cmp"
	"math"
	"slices"

	"gridatlas/geo"
	"gridatlas/geo/crs"
	"gridatlas/geo/snapshot"
)

// StartOf is where somebody begins to walk who says to be at a feature: in an area
// where people live, at the building nearest to the middle of its buildings, since the
// middle of the ground may be a park or a field far from any street; elsewhere where
// the feature is walked to. False: it is a city or a district, in which nobody is
// anywhere in particular.
func StartOf(s *snapshot.Snapshot, f geo.Feature) (geo.Point, bool) {
	switch f := f.(type) {
	case *geo.Place:
		if f.Kind != "street" && f.Kind != "community" {
			return geo.Point{}, false
		}
	case *geo.Grid:
	default:
		return PointOf(f), true
	}
	if at, ok := amongBuildings(s, f.Common().Shape); ok {
		return at, true
	}
	return PointOf(f), true
}

// amongBuildings is the building of an area that lies nearest to the median of its
// buildings in each direction, in whichever of its parts; false: it has none.
func amongBuildings(s *snapshot.Snapshot, area geo.Shape) (geo.Point, bool) {
	var centres []geo.Point
	var xs, ys []int32
	for f := range s.Layer(geo.Buildings).Search(area.Box()) {
		if centre := f.Common().Shape.Box().Centre(); area.Covers(centre) {
			centres, xs, ys = append(centres, centre), append(xs, centre.X), append(ys, centre.Y)
		}
	}
	if len(centres) == 0 {
		return geo.Point{}, false
	}
	slices.Sort(xs)
	slices.Sort(ys)
	middle := crs.NewLocal(geo.Point{X: xs[len(xs)/2], Y: ys[len(ys)/2]})
	far := func(p geo.Point) float64 { return math.Hypot(middle.XY(p)) }
	return slices.MinFunc(centres, func(a, b geo.Point) int {
		return cmp.Or(cmp.Compare(far(a), far(b)), cmp.Compare(a.X, b.X), cmp.Compare(a.Y, b.Y)) // whatever the order of the layer
	}), true
}
