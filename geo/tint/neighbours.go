package tint

import (
	"cmp"
	"slices"

	"gridatlas/geo"
)

// side is one step of a border, its lesser end first, and the area it belongs to.
type side struct {
	a, b geo.Point
	area int32
}

// Neighbours returns for each area the others that share a step of border with it,
// in order: a common corner alone makes no neighbours. It relies on borders that are
// drawn alike on both sides, corner for corner, as geo/planar leaves them.
func Neighbours(areas []geo.Shape) [][]int32 {
	var sides []side
	for i, shape := range areas {
		if shape.Kind() != geo.Polygons {
			continue
		}
		for part := range shape.Parts() {
			from := part.Points[len(part.Points)-1]
			for _, to := range part.Points {
				a, b := from, to
				if comparePoints(a, b) > 0 {
					a, b = b, a
				}
				sides = append(sides, side{a, b, int32(i)})
				from = to
			}
		}
	}
	slices.SortFunc(sides, func(s, t side) int {
		return cmp.Or(comparePoints(s.a, t.a), comparePoints(s.b, t.b), cmp.Compare(s.area, t.area))
	})
	neighbours := make([][]int32, len(areas))
	for start := 0; start < len(sides); {
		end := start + 1
		for end < len(sides) && sides[end].a == sides[start].a && sides[end].b == sides[start].b {
			end++
		}
		for _, s := range sides[start:end] {
			for _, t := range sides[start:end] {
				if s.area != t.area {
					neighbours[s.area] = append(neighbours[s.area], t.area)
				}
			}
		}
		start = end
	}
	for i, list := range neighbours {
		slices.Sort(list)
		neighbours[i] = slices.Compact(list)
	}
	return neighbours
}

func comparePoints(p, q geo.Point) int { return cmp.Or(cmp.Compare(p.X, q.X), cmp.Compare(p.Y, q.Y)) }
