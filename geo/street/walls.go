package street

import (
	"gridatlas/geo"
	"gridatlas/geo/snapshot"
)

// wall is a straight piece of what an access leg must not cross.
type wall struct{ a, b geo.Point }

// findWalls lists barriers and the shores of water. A barrier with an end in its
// record counts until it is taken out of the map.
func (w *work) findWalls() {
	for barrier := range snapshot.All[*geo.Barrier](w.snap) {
		w.walls = appendWalls(w.walls, barrier.Shape)
	}
	for land := range snapshot.All[*geo.LandArea](w.snap) {
		if land.Kind == "water" {
			w.walls = appendWalls(w.walls, land.Shape)
		}
	}
}

func indexWalls(walls []wall) *segments {
	ids := make([]int32, len(walls))
	for i := range ids {
		ids[i] = int32(i)
	}
	return newSegments(ids, func(i int32) (a, b geo.Point) { return walls[i].a, walls[i].b })
}

// appendWalls adds the lines or rings of a shape.
func appendWalls(walls []wall, shape geo.Shape) []wall {
	for part := range shape.Parts() {
		points := part.Points
		for i := 1; i < len(points); i++ {
			walls = append(walls, wall{points[i-1], points[i]})
		}
		if shape.Kind() == geo.Polygons && len(points) > 2 {
			walls = append(walls, wall{points[len(points)-1], points[0]})
		}
	}
	return walls
}

// blocked reports whether a wall stands between two points. Exact.
func (g *segments) blocked(p, q geo.Point) bool {
	hit := false
	g.along(p, q, func(i int32) bool {
		a, b := g.seg(i)
		hit = obstructs(p, q, a, b)
		return !hit
	})
	return hit
}
