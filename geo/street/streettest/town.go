// Package streettest draws small towns in metres for the tests of the walking
// packages.
package streettest

import (
	"gridatlas/geo"
	"gridatlas/geo/crs"
	"gridatlas/geo/snapshot"
)

// Home is the point from which towns are measured.
var Home = crs.At(119.1, 36.7)

var local = crs.NewLocal(Home)

// At returns the point so many metres east and north of Home.
func At(x, y float64) geo.Point { return local.Point(x, y) }

// XY returns the metres east and north of Home.
func XY(p geo.Point) (x, y float64) { return local.XY(p) }

// Path returns the points at pairs of metres east and north.
func Path(xy ...float64) []geo.Point {
	points := make([]geo.Point, 0, len(xy)/2)
	for i := 0; i+1 < len(xy); i += 2 {
		points = append(points, At(xy[i], xy[i+1]))
	}
	return points
}

// Town gathers features; the zero Town is empty. Ids count from 1 in each layer.
type Town struct {
	features []geo.Feature
	ids      map[geo.Layer]int64
}

// Add puts a feature with its shape into the town and gives it an id.
func Add[T geo.Feature](t *Town, f T, shape geo.Shape) T {
	if t.ids == nil {
		t.ids = map[geo.Layer]int64{}
	}
	t.ids[f.Layer()]++
	f.Common().ID = t.ids[f.Layer()]
	f.Common().Shape = shape
	t.features = append(t.features, f)
	return f
}

// Street adds a footpath along pairs of metres; change may be nil.
func (t *Town) Street(change func(*geo.Street), xy ...float64) *geo.Street {
	s := &geo.Street{Class: "path", Foot: "yes"}
	if change != nil {
		change(s)
	}
	return Add(t, s, geo.LineShape(Path(xy...)))
}

// Square is the shape of a square around a point.
func Square(x, y, half float64) geo.Shape {
	return geo.PolygonShape(Path(x-half, y-half, x+half, y-half, x+half, y+half, x-half, y+half))
}

// Dot is the shape of a point.
func Dot(x, y float64) geo.Shape { return geo.PointShape(At(x, y)) }

// Snapshot returns the town as a map at revision 1.
func (t *Town) Snapshot() *snapshot.Snapshot {
	b := snapshot.NewBuilder()
	for _, f := range t.features {
		b.Add(f)
	}
	return b.Build(geo.Head{Epoch: 1, Revision: 1})
}
