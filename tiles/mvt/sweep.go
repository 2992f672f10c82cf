package mvt

import (
	"cmp"
	"slices"
)

// sweep finds the border of the ground that rings wind around, from edges that
// meet in their ends alone. It goes over their ends by x and then by y, and holds
// the edges there in the order in which they lie over one another.
type sweep struct {
	active []slab // from low y to high
	border []half
}

// slab is an edge, and how often the rings wind around what lies right above it,
// where y is greater.
type slab struct {
	edge
	above int
}

// half is a border edge in the direction that has the ground on its left: above
// it, when x grows along it.
type half struct{ from, to vertex }

// run finds the border. Nodes are the ends of the edges, in order.
func (s *sweep) run(edges []edge, nodes []vertex) {
	s.active, s.border = s.active[:0], s.border[:0]
	slices.SortFunc(edges, func(e, f edge) int {
		return cmp.Or(compare(e.a, f.a), -sign(cross(e.a, e.b, f.b)))
	})
	for _, v := range nodes {
		at, _ := slices.BinarySearchFunc(s.active, v, func(e slab, v vertex) int {
			if cross(e.a, e.b, v) > 0 {
				return -1
			}
			return 1
		})
		end := at
		for end < len(s.active) && s.active[end].b == v {
			end++
		}
		starts := 0
		for starts < len(edges) && edges[starts].a == v {
			starts++
		}
		s.active = slices.Delete(s.active, at, end)
		turns := 0
		if at > 0 {
			turns = s.active[at-1].above
		}
		for i, e := range edges[:starts] {
			below := turns
			turns += e.turns
			s.active = slices.Insert(s.active, at+i, slab{e, turns})
			switch {
			case turns > 0 && below <= 0:
				s.border = append(s.border, half{e.a, e.b})
			case turns <= 0 && below > 0:
				s.border = append(s.border, half{e.b, e.a})
			}
		}
		edges = edges[starts:]
	}
}
