package street

import (
	"slices"

	"gridatlas/geo"
)

// limit closes edges and nodes for a time: a closure while it is in effect, or
// streets while they are not.
type limit struct {
	from, until geo.Instant
	closure     *geo.Closure // nil: streets outside their time
	edges       []int32
	nodes       []int32
}

func (l *limit) closes(at geo.Instant) bool {
	within := (l.from == 0 || l.from <= at) && (l.until == 0 || at < l.until)
	return within == (l.closure != nil)
}

// buildLimits finds what each closure closes. The lines were cut at its outline,
// so an edge lies inside or outside as a whole; a closure drawn as a line closes
// the nodes it runs over and the edges it follows. Pinned nodes are given by
// their place.
func (n *Network) buildLimits(w *work, pinned map[geo.Point][]int32) {
	for _, closure := range w.closures {
		l := limit{from: closure.From, until: closure.Until, closure: closure}
		shape := closure.Shape
		seen := map[int32]bool{}
		n.pieces.search(shape.Box(), func(i int32) bool {
			edge := n.edgeOf[i]
			if seen[edge] {
				return true
			}
			seen[edge] = true
			mid := middle(n.Shape(edge))
			if shape.Kind() == geo.Polygons && shape.Covers(mid) || shape.Kind() == geo.Lines && liesOn(shape, n.Shape(edge)) {
				l.edges = append(l.edges, edge)
			}
			return true
		})
		slices.Sort(l.edges)
		if shape.Kind() == geo.Lines {
			for _, wall := range appendWalls(nil, shape) {
				n.pieces.along(wall.a, wall.b, func(i int32) bool {
					for _, p := range meet(n.shape[i], n.shape[i+1], wall.a, wall.b) {
						l.nodes = append(l.nodes, pinned[p]...)
					}
					return true
				})
			}
			slices.Sort(l.nodes)
			l.nodes = slices.Compact(l.nodes)
		}
		n.limits = append(n.limits, l)
	}
	type span struct{ from, until geo.Instant }
	at := map[span]int{}
	for edge := range n.Edges {
		street := n.streets[n.street[n.Edges[edge].first]]
		if street.From == 0 && street.Until == 0 {
			continue
		}
		key := span{street.From, street.Until}
		k, ok := at[key]
		if !ok {
			k = len(n.limits)
			at[key] = k
			n.limits = append(n.limits, limit{from: street.From, until: street.Until})
		}
		n.limits[k].edges = append(n.limits[k].edges, int32(edge))
	}
}

// liesOn reports whether every corner of a line lies on a piece of the shape.
func liesOn(shape geo.Shape, points []geo.Point) bool {
	walls := appendWalls(nil, shape)
	return !slices.ContainsFunc(points, func(p geo.Point) bool {
		return !slices.ContainsFunc(walls, func(w wall) bool { return on(w.a, w.b, p) })
	})
}

// Closed is what cannot be walked at one instant. Nil closes nothing. It never
// changes.
type Closed struct {
	edges    []uint64 // a bit each
	nodes    map[int32]bool
	walls    *segments
	Closures []*geo.Closure
	key      []int32
}

// ClosedAt returns what is closed at an instant, or nil. It returns last, which
// may be nil and of any instant of the same network, when the same is closed.
func (n *Network) ClosedAt(at geo.Instant, last *Closed) *Closed {
	var key []int32
	for i := range n.limits {
		if n.limits[i].closes(at) {
			key = append(key, int32(i))
		}
	}
	if key == nil {
		return nil
	}
	if last != nil && slices.Equal(last.key, key) {
		return last
	}
	c := &Closed{edges: make([]uint64, (len(n.Edges)+63)/64), nodes: map[int32]bool{}, key: key}
	var walls []wall
	for _, i := range key {
		l := &n.limits[i]
		for _, edge := range l.edges {
			c.edges[edge>>6] |= 1 << (edge & 63)
		}
		for _, node := range l.nodes {
			c.nodes[node] = true
		}
		if l.closure != nil {
			c.Closures = append(c.Closures, l.closure)
			walls = appendWalls(walls, l.closure.Shape)
		}
	}
	c.walls = indexWalls(walls)
	return c
}

// Edge reports whether an edge is closed.
func (c *Closed) Edge(edge int32) bool { return c != nil && c.edges[edge>>6]&(1<<(edge&63)) != 0 }

// Node reports whether a node is closed.
func (c *Closed) Node(node int32) bool { return c != nil && c.nodes[node] }

// Leg reports whether a closure stands between two points or around the first.
func (c *Closed) Leg(p, q geo.Point) bool {
	return c != nil && (c.walls.blocked(p, q) || c.covers(p))
}

func (c *Closed) covers(p geo.Point) bool {
	return slices.ContainsFunc(c.Closures, func(closure *geo.Closure) bool { return closure.Shape.Covers(p) })
}
