package mvt

import (
	"cmp"
	"context"
	"slices"

	"gridatlas/geo"
	"gridatlas/geo/planar"
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

// noder breaks the edges of rings up until they meet in their ends alone.
type noder struct {
	edges []edge
	nodes []vertex // their ends, by x and then by y

	places []geo.Point
	ways   [][2]int32
}

// node takes the edges of rings, equal ones as one and opposite ones as none. Edges
// move by about a unit and never across a corner. Errors are those of planar.
func (n *noder) node(r *rings) error {
	n.edges, n.nodes, n.places, n.ways = n.edges[:0], append(n.nodes[:0], r.corners...), n.places[:0], n.ways[:0]
	slices.SortFunc(n.nodes, compare)
	n.nodes = slices.Compact(n.nodes)
	if len(n.nodes) == 0 {
		return nil
	}
	// Places in the plane of the noder, from the first one.
	origin := n.nodes[0]
	for _, v := range n.nodes {
		if v.x-origin.x > planar.MaxExtent || max(v.y-origin.y, origin.y-v.y) > planar.MaxExtent/2 {
			return planar.ErrTooWide
		}
		n.places = append(n.places, geo.Point{X: int32(v.x - origin.x), Y: int32(v.y - origin.y)})
	}
	start := 0
	for _, p := range r.parts {
		before := n.number(r.corners[p.end-1])
		for _, v := range r.corners[start:p.end] {
			if i := n.number(v); i != before {
				n.ways = append(n.ways, [2]int32{before, i})
				before = i
			}
		}
		start = p.end
	}
	nodes, chains, err := planar.Node(context.Background(), n.places, n.ways)
	if err != nil {
		return err
	}
	n.nodes = n.nodes[:0]
	for _, p := range nodes {
		n.nodes = append(n.nodes, vertex{origin.x + int64(p.X), origin.y + int64(p.Y)})
	}
	for _, chain := range chains {
		for i := 1; i < len(chain); i++ {
			n.add(n.nodes[chain[i-1]], n.nodes[chain[i]])
		}
	}
	n.merge()
	slices.SortFunc(n.nodes, compare)
	return nil
}

// number returns the place of a corner among the sorted ones.
func (n *noder) number(v vertex) int32 {
	i, _ := slices.BinarySearchFunc(n.nodes, v, compare)
	return int32(i)
}

// add adds the way from a to b.
func (n *noder) add(a, b vertex) {
	switch c := compare(a, b); {
	case c < 0:
		n.edges = append(n.edges, edge{a, b, 1})
	case c > 0:
		n.edges = append(n.edges, edge{b, a, -1})
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
