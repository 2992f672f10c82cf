package street

import (
	"slices"

	"gridatlas/geo"
)

// Changes says where a network differs from an older one, so that what was
// computed elsewhere stays good.
type Changes struct {
	// edges gives the edge of an older edge, gone where there is none; nil: all
	// edges are as they were.
	edges []int32
	// Boxes hold every edge and wall that came, went or changed. What joins the
	// network elsewhere, Reach or more from all of them, joins it as before.
	Boxes []geo.Box
}

const gone = -1

// Edge returns the number that an edge of the older network has now; false when
// it is no more.
func (c *Changes) Edge(before int32) (int32, bool) {
	if c.edges == nil {
		return before, true
	}
	return c.edges[before], c.edges[before] != gone
}

// None reports whether every point joins the network as before.
func (c *Changes) None() bool { return c.edges == nil && len(c.Boxes) == 0 }

// Changes compares a network with an older one. Edges that both have stand in
// the same order in both, so a point between two of them joins the same one.
func (n *Network) Changes(before *Network) *Changes {
	c := &Changes{}
	c.compareWalls(before.walls, n.walls)
	if n.SharesEdges(before) {
		return c
	}
	type key struct {
		first, second, last geo.Point
		mm                  int32
		street              int64
	}
	keyOf := func(n *Network, edge int32) key {
		e := &n.Edges[edge]
		return key{n.shape[e.first], n.shape[e.first+1], n.shape[e.last], e.MM, n.streets[n.street[e.first]].ID}
	}
	old := make(map[key]int32, len(before.Edges))
	for edge := range int32(len(before.Edges)) {
		k := keyOf(before, edge)
		if _, twice := old[k]; twice {
			edge = gone // which is which cannot be told
		}
		old[k] = edge
	}
	c.edges = slices.Repeat([]int32{gone}, len(before.Edges))
	last := int32(gone)
	for edge := range int32(len(n.Edges)) {
		was, known := old[keyOf(n, edge)]
		if known && was > last && n.joinsAs(edge, before, was) {
			c.edges[was] = edge
			last = was
		} else {
			c.Boxes = append(c.Boxes, n.EdgeBox(edge))
		}
	}
	for edge, now := range c.edges {
		if now == gone {
			c.Boxes = append(c.Boxes, before.EdgeBox(int32(edge)))
		}
	}
	return c
}

// Along returns the boxes of the edges that lead along any of some streets, by id.
func (n *Network) Along(streets map[int64]bool) []geo.Box {
	var boxes []geo.Box
	last := int32(gone)
	for i, edge := range n.edgeOf {
		if edge != last && streets[n.streets[n.street[i]].ID] {
			boxes = append(boxes, n.EdgeBox(edge))
			last = edge
		}
	}
	return boxes
}

// SharesEdges reports whether two networks share their arrays: then the edges are the
// same, and only walls and the hours of gates may differ.
func (n *Network) SharesEdges(before *Network) bool {
	return len(n.shape) == len(before.shape) && (len(n.shape) == 0 || &n.shape[0] == &before.shape[0])
}

// joinsAs reports whether points join an edge as they joined an older one.
func (n *Network) joinsAs(edge int32, before *Network, was int32) bool {
	a, b := &n.Edges[edge], &before.Edges[was]
	if a.Raised != b.Raised || n.isSmall(edge) != before.isSmall(was) || !slices.Equal(n.Shape(edge), before.Shape(was)) {
		return false
	}
	for i := range a.last - a.first {
		if n.streets[n.street[a.first+i]].ID != before.streets[before.street[b.first+i]].ID {
			return false
		}
	}
	return true
}

// compareWalls adds the walls that only one of two lists has.
func (c *Changes) compareWalls(before, after []wall) {
	if slices.Equal(before, after) {
		return
	}
	count := make(map[wall]int, len(before))
	for _, w := range before {
		count[w]++
	}
	for _, w := range after {
		count[w]--
	}
	for w, n := range count {
		if n != 0 {
			c.Boxes = append(c.Boxes, geo.NoBox.With(w.a).With(w.b))
		}
	}
}

// isSmall reports whether an edge is part of a small cut-off piece of network.
func (n *Network) isSmall(edge int32) bool { return n.small[n.Edges[edge].Tail] }

// refresh returns the network of newer features that are joined as those it was
// built from: with their gate hours and walls, the rest shared. It reports false
// when another network must be built.
func (n *Network) refresh(w *work) (*Network, bool) {
	if !slices.Equal(n.streets[:n.paved], w.streets) || !slices.EqualFunc(n.squares, w.squares, square.equal) || !slices.EqualFunc(n.barred, w.barred, (*Gate).standsAs) ||
		!slices.EqualFunc(n.compounds, w.compounds, sameGround) || !slices.EqualFunc(n.owners, w.owners, sameGround) {
		return nil, false
	}
	now := *n
	now.layers = w.layers
	if !slices.EqualFunc(n.barred, w.barred, func(g, h *Gate) bool { return g.Feature == h.Feature }) {
		newer := map[*Gate]*Gate{}
		for i, gate := range n.barred {
			newer[gate] = w.barred[i]
		}
		now.gates = map[int32][]*Gate{}
		for node, gates := range n.gates {
			for _, gate := range gates {
				now.gates[node] = append(now.gates[node], newer[gate])
			}
		}
		now.barred = w.barred
		now.revision = w.snap.Head().Revision
	}
	if !slices.Equal(n.walls, w.walls) {
		now.walls = w.walls
		now.wallGrid = indexWalls(w.walls)
		now.revision = w.snap.Head().Revision
	}
	return &now, true
}

// standsAs reports whether two gates cut a street alike, whatever their hours.
func (g *Gate) standsAs(h *Gate) bool {
	return g.Shut == h.Shut && g.Feature.Kind == h.Feature.Kind && g.Feature.Shape.Equal(h.Feature.Shape)
}

func sameGround(a, b *geo.Compound) bool { return a.ID == b.ID && a.Shape.Equal(b.Shape) }
