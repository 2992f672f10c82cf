package demo

import (
	"slices"

	"gridatlas/geo"
)

// union returns the outline of faces: the directed edges that have no opposite
// among them, put together to rings. It is exact, since faces share nodes.
func (m *arrangement) union(faces []int32) geo.Shape {
	in := make(map[int32]bool, len(faces)) // only looked up
	for _, f := range faces {
		in[f] = true
	}
	type arc struct{ from, to node }
	var border []arc
	for _, f := range faces {
		ring := m.faces[f].ring
		for i, a := range ring {
			b := ring[(i+1)%len(ring)]
			if g, ok := m.faceOf[[2]node{b, a}]; !ok || !in[g] {
				border = append(border, arc{a, b})
			}
		}
	}
	slices.SortFunc(border, func(p, q arc) int {
		if p.from != q.from {
			return int(p.from - q.from)
		}
		return int(p.to - q.to)
	})
	first := make(map[node]int, len(border))
	for i := len(border) - 1; i >= 0; i-- {
		first[border[i].from] = i
	}
	used := make([]bool, len(border))
	var outer, holes []geo.Part
	for start := range border {
		if used[start] {
			continue
		}
		var ring []node
		i := start
		for i >= 0 && !used[i] {
			used[i] = true
			ring = append(ring, border[i].from)
			// the next border edge around the same piece of ground: at a node where
			// two pieces touch, the leftmost turn
			v, best := border[i].to, -1
			for k, ok := first[v]; ok && k < len(border) && border[k].from == v; k++ {
				if !used[k] && (best < 0 || clockwiseFirst(m.at[v], m.at[border[i].from], m.at[border[k].to], m.at[border[best].to])) {
					best = k
				}
			}
			i = best
		}
		for _, loop := range loops(ring) {
			points := make([]geo.Point, len(loop))
			for k, n := range loop {
				points[k] = m.at[n]
			}
			if geo.RingArea2(points) > 0 {
				outer = append(outer, geo.Part{Points: points})
			} else {
				holes = append(holes, geo.Part{Points: points, Hole: true})
			}
		}
	}
	var parts []geo.Part
	for _, o := range outer {
		parts = append(parts, o)
		for _, h := range holes {
			if ringInRing(h.Points, o.Points) {
				parts = append(parts, h)
			}
		}
	}
	return geo.MakeShape(geo.Polygons, parts)
}

// loops cuts a ring that comes back to a node into rings that do not.
func loops(ring []node) [][]node {
	var out [][]node
	var open []node
	at := make(map[node]int, len(ring)) // place in open; only looked up
	for _, n := range ring {
		if k, ok := at[n]; ok {
			loop := slices.Clone(open[k:])
			for _, m := range loop {
				delete(at, m)
			}
			open = open[:k]
			out = append(out, loop)
		}
		at[n] = len(open)
		open = append(open, n)
	}
	return append(out, open)
}

// clockwiseFirst reports whether, turning clockwise around v from the direction
// of back, a comes before b.
func clockwiseFirst(v, back, a, b geo.Point) bool {
	half := func(p geo.Point) int { // 0: right of or on the line back-v-beyond, seen clockwise
		c := geo.Cross(v, back, p)
		if c < 0 {
			return 0
		}
		return 1
	}
	if ha, hb := half(a), half(b); ha != hb {
		return ha < hb
	}
	return geo.Cross(v, a, b) < 0
}

// ringInRing reports whether a ring lies in another, touching allowed.
func ringInRing(inner, outer []geo.Point) bool {
	for _, p := range inner {
		switch geo.RingSide(outer, p) {
		case geo.Inside:
			return true
		case geo.Outside:
			return false
		}
	}
	return false
}
