package osm

import (
	"slices"

	"gridatlas/geo"
)

// joinWays joins ways, given as lists of node ids, end to end into closed rings
// (the first id repeated at the end). It reports false when a way is left over.
func joinWays(ways [][]int64) (rings [][]int64, closed bool) {
	ends := map[int64][]int{} // open ways by the nodes at their ends
	used := make([]bool, len(ways))
	for i, w := range ways {
		switch {
		case len(w) < 2:
			used[i] = true
		case w[0] == w[len(w)-1]:
			rings = append(rings, w)
			used[i] = true
		default:
			ends[w[0]] = append(ends[w[0]], i)
			ends[w[len(w)-1]] = append(ends[w[len(w)-1]], i)
		}
	}
	closed = true
	for i, w := range ways {
		if used[i] {
			continue
		}
		used[i] = true
		ring := slices.Clone(w)
		for ring[0] != ring[len(ring)-1] {
			last := ring[len(ring)-1]
			next := slices.IndexFunc(ends[last], func(j int) bool { return !used[j] })
			if next < 0 {
				break
			}
			j := ends[last][next]
			used[j] = true
			piece := ways[j]
			if piece[0] != last {
				piece = slices.Clone(piece)
				slices.Reverse(piece)
			}
			ring = append(ring, piece[1:]...)
		}
		if ring[0] != ring[len(ring)-1] {
			closed = false
			continue
		}
		rings = append(rings, ring)
	}
	return rings, closed
}

// nest puts each inner ring after the smallest outer ring it lies in. Inner
// rings that lie in none go after the first: geo/valid finds them.
func nest(outer, inner [][]geo.Point) []geo.Part {
	holes := make([][]int, len(outer))
	for i, ring := range inner {
		best, bestArea := 0, int64(0)
		for j, o := range outer {
			area := geo.RingArea2(o)
			area = max(area, -area)
			if (bestArea == 0 || area < bestArea) && liesIn(ring, o) {
				best, bestArea = j, area
			}
		}
		holes[best] = append(holes[best], i)
	}
	var parts []geo.Part
	for j, o := range outer {
		parts = append(parts, geo.Part{Points: o})
		for _, i := range holes[j] {
			parts = append(parts, geo.Part{Points: inner[i], Hole: true})
		}
	}
	return parts
}

func liesIn(ring, outer []geo.Point) bool {
	for _, p := range ring {
		if side := geo.RingSide(outer, p); side != geo.OnBorder {
			return side == geo.Inside
		}
	}
	return true
}
