package mvt

import (
	"cmp"
	"slices"
)

// edge is a straight way between two places, from the lower one to the higher, by
// x and then by y.
type edge struct {
	a, b vertex
	// turns is how many times more the rings wind around the left of the way,
	// where y is greater, than around its right.
	turns int
}

func compare(v, w vertex) int { return cmp.Or(cmp.Compare(v.x, w.x), cmp.Compare(v.y, w.y)) }

// noder breaks edges up until they meet in their ends alone, by iterated snap
// rounding: each corner and each crossing, rounded, makes its unit square hot, and
// each edge is led through the middle of every hot square it passes (J. Hobby,
// "Practical segment intersection with finite precision output", 1999; D. Halperin
// and E. Packer, "Iterated snap rounding", 2002). Edges move by about a unit and
// never across a corner.
type noder struct {
	edges []edge
	spare []edge
	nodes []vertex // by x and then by y
	hits  []vertex
}

// read takes the edges of rings.
func (n *noder) read(r *rings) {
	n.edges = n.edges[:0]
	start := 0
	for _, p := range r.parts {
		a := r.corners[p.end-1]
		for _, b := range r.corners[start:p.end] {
			n.add(a, b, 1)
			a = b
		}
		start = p.end
	}
}

// add adds the way from a to b.
func (n *noder) add(a, b vertex, turns int) {
	switch c := compare(a, b); {
	case c < 0:
		n.edges = append(n.edges, edge{a, b, turns})
	case c > 0:
		n.edges = append(n.edges, edge{b, a, -turns})
	}
}

// node breaks the edges up. Equal ones are one, opposite ones none.
func (n *noder) node() {
	n.merge()
	n.nodes = n.nodes[:0]
	for _, e := range n.edges {
		n.nodes = append(n.nodes, e.a, e.b)
	}
	n.lead()
	for n.cross() {
		n.lead()
	}
}

// merge makes equal edges one and drops those that cancel out.
func (n *noder) merge() {
	slices.SortFunc(n.edges, func(e, f edge) int { return cmp.Or(compare(e.a, f.a), compare(e.b, f.b)) })
	kept := n.edges[:0]
	for i := 0; i < len(n.edges); {
		sum := n.edges[i]
		for i++; i < len(n.edges) && n.edges[i].a == sum.a && n.edges[i].b == sum.b; i++ {
			sum.turns += n.edges[i].turns
		}
		if sum.turns != 0 {
			kept = append(kept, sum)
		}
	}
	n.edges = kept
}

// lead leads all edges through the nodes there are.
func (n *noder) lead() {
	slices.SortFunc(n.nodes, compare)
	n.nodes = slices.Compact(n.nodes)
	n.edges, n.spare = n.spare[:0], n.edges
	for _, e := range n.spare {
		n.route(e.a, e.b, e.turns)
	}
	n.merge()
}

// route adds the way from a to b through the nodes it passes. The pieces between
// them lie a little off the straight way and may pass others, so each is routed
// again; it is shorter, so this ends.
func (n *noder) route(a, b vertex, turns int) {
	first := len(n.hits)
	west, east := min(a.x, b.x), max(a.x, b.x)
	north, south := min(a.y, b.y), max(a.y, b.y)
	i, _ := slices.BinarySearchFunc(n.nodes, vertex{west, north}, compare)
	for ; i < len(n.nodes) && n.nodes[i].x <= east; i++ {
		v := n.nodes[i]
		if v.y >= north && v.y <= south && v != a && v != b && passes(a, b, v) {
			n.hits = append(n.hits, v)
		}
	}
	if len(n.hits) == first {
		n.add(a, b, turns)
		return
	}
	// A straight line goes through unit squares like over stairs, so the sum of
	// both distances grows from each to the next.
	slices.SortFunc(n.hits[first:], func(v, w vertex) int { return cmp.Compare(stairs(a, v), stairs(a, w)) })
	for i := first; i < len(n.hits); i++ {
		hit := n.hits[i]
		n.route(a, hit, turns)
		a = hit
	}
	n.hits = n.hits[:first]
	n.route(a, b, turns)
}

func stairs(v, w vertex) int64 { return distance(v.x, w.x) + distance(v.y, w.y) }

func distance(a, b int64) int64 { return max(a-b, b-a) }

// passes reports whether the line from a to b goes through the unit square around
// v, its west and north sides included. v lies in the box of the line.
func passes(a, b, v vertex) bool {
	// The line is as far from the middle of the square as its area with it says;
	// the corner of the square that is nearest to it, as the sum of the sides says.
	off := cross(a, b, v)
	dx, dy := b.x-a.x, b.y-a.y
	reach := max(dx, -dx) + max(dy, -dy)
	if twice := 2 * max(off, -off); twice != reach {
		return twice < reach
	}
	// It touches a corner, of which only the one in the north-west belongs to the
	// square: a line on which y falls as x grows, with the middle on the side of
	// greater y.
	if dx < 0 {
		dy, off = -dy, -off
	}
	return dy < 0 && off > 0
}

// cross adds a node for every place where two edges cross between their ends, and
// reports whether there was any.
func (n *noder) cross() bool {
	before := len(n.nodes)
	for i, e := range n.edges { // by the x of their first end
		low, high := min(e.a.y, e.b.y), max(e.a.y, e.b.y)
		for _, f := range n.edges[i+1:] {
			if f.a.x > e.b.x {
				break
			}
			if min(f.a.y, f.b.y) <= high && max(f.a.y, f.b.y) >= low && crosses(e, f) {
				n.nodes = append(n.nodes, crossingOf(e, f))
			}
		}
	}
	return len(n.nodes) > before
}

// crosses reports whether two edges cross in a place that is an end of neither.
func crosses(e, f edge) bool {
	return sign(cross(f.a, f.b, e.a))*sign(cross(f.a, f.b, e.b)) < 0 &&
		sign(cross(e.a, e.b, f.a))*sign(cross(e.a, e.b, f.b)) < 0
}

// crossingOf returns the place nearest to where two edges cross.
func crossingOf(e, f edge) vertex {
	// e.a + (e.b - e.a) * share / whole, where the areas of two triangles make the
	// share.
	share := cross(f.a, f.b, e.a)
	whole := share - cross(f.a, f.b, e.b)
	return vertex{
		between(0, e.a.x, whole, e.b.x, share),
		between(0, e.a.y, whole, e.b.y, share),
	}
}
