package planar

import (
	"cmp"
	"context"
	"fmt"
	"math/big"
	"slices"

	"gridatlas/geo"
)

// MaxExtent is how far apart corners may lie, in lattice steps: within it all
// products of two differences fit into 62 bits.
const MaxExtent = 100e7

// MaxCrossings is how often edges may cross one another. Borders drawn twice by
// different hands cross some hundred times a kilometre; a million is not a map.
const MaxCrossings = 1_000_000

// noder turns edges between corners into chains of edges that meet in nodes
// alone.
type noder struct {
	ctx    context.Context
	points []geo.Point         // of the nodes, corners first
	nodeAt map[geo.Point]int32 // only looked up
	hot    *Tree[hotCell]
	steps  int
}

// line is a straight edge between two nodes.
type line struct {
	a, b geo.Point
}

func (l line) Box() geo.Box {
	return geo.Box{W: min(l.a.X, l.b.X), S: min(l.a.Y, l.b.Y), E: max(l.a.X, l.b.X), N: max(l.a.Y, l.b.Y)}
}

// hotCell is the cell of a node: the points nearer to it than to any other
// lattice point along each axis, its west and south sides included.
type hotCell struct {
	at   geo.Point
	node int32
}

func (c hotCell) Box() geo.Box { return geo.Box{W: c.at.X, S: c.at.Y, E: c.at.X, N: c.at.Y} }

// node returns the node at a place, a new one if there is none.
func (n *noder) node(p geo.Point) int32 {
	i, ok := n.nodeAt[p]
	if !ok {
		i = int32(len(n.points))
		n.points = append(n.points, p)
		n.nodeAt[p] = i
	}
	return i
}

// tired reports whether the work was cancelled, looking every thousand calls.
func (n *noder) tired() bool {
	n.steps++
	return n.steps&1023 == 0 && n.ctx.Err() != nil
}

// chains returns for each edge the nodes it runs through, both ends included.
//
// Edges are led through the corners first and cross after that. Two drawings of
// one border, each with corners of its own rounded to either side of it, cross
// between them; once both run through all corners, nothing is left to cross.
func (n *noder) chains(edges [][2]int32) ([][]int32, error) {
	chains := make([][]int32, len(edges))
	for i, e := range edges {
		chains[i] = []int32{e[0], e[1]}
	}
	if err := n.lead(chains); err != nil {
		return nil, err
	}
	corners := len(n.points)
	if err := n.cross(chains); err != nil {
		return nil, err
	}
	if len(n.points) == corners {
		return chains, nil
	}
	return chains, n.lead(chains)
}

// lead routes chains through all nodes there are.
func (n *noder) lead(chains [][]int32) error {
	cells := make([]hotCell, len(n.points))
	for i, p := range n.points {
		cells[i] = hotCell{p, int32(i)}
	}
	n.hot = NewTree(cells)
	for i, old := range chains {
		if n.tired() {
			return n.ctx.Err()
		}
		chain := old[:1:1]
		for j := 1; j < len(old); j++ {
			chain = n.route(old[j-1], old[j], chain)
		}
		chains[i] = chain
	}
	return nil
}

// cross adds a node for every place where two edges cross between their ends.
func (n *noder) cross(chains [][]int32) error {
	var lines []line
	known := map[[2]int32]bool{} // only looked up
	for _, chain := range chains {
		for i := 1; i < len(chain); i++ {
			key := [2]int32{min(chain[i-1], chain[i]), max(chain[i-1], chain[i])}
			if !known[key] {
				known[key] = true
				lines = append(lines, line{n.points[key[0]], n.points[key[1]]})
			}
		}
	}
	var err error
	crossings := 0
	NewTree(lines).Join(func(l, m line) bool {
		if n.tired() {
			err = n.ctx.Err()
			return false
		}
		if !l.crosses(m) {
			return true
		}
		at := l.crossing(m)
		n.node(at)
		if crossings++; crossings > MaxCrossings {
			err = fmt.Errorf("more than %d crossings of borders, the last at %.7f, %.7f", MaxCrossings, float64(at.X)/1e7, float64(at.Y)/1e7)
		}
		return err == nil
	})
	return err
}

// crosses reports whether two lines cross in a point that is an end of neither.
func (l line) crosses(m line) bool {
	return sign(geo.Cross(m.a, m.b, l.a))*sign(geo.Cross(m.a, m.b, l.b)) < 0 &&
		sign(geo.Cross(l.a, l.b, m.a))*sign(geo.Cross(l.a, l.b, m.b)) < 0
}

func sign(v int64) int { return cmp.Compare(v, 0) }

// crossing returns the lattice point in whose cell two lines cross.
func (l line) crossing(m line) geo.Point {
	// l.a + (l.b - l.a) * share / whole, where the areas of two triangles make
	// the share.
	share := geo.Cross(m.a, m.b, l.a)
	whole := share - geo.Cross(m.a, m.b, l.b)
	if whole < 0 {
		share, whole = -share, -whole
	}
	part := func(from, to int32) int32 {
		// Rounded to the nearest, halves up: floor((2 * way * share + whole) / (2 * whole)).
		x := big.NewInt(2 * (int64(to) - int64(from)))
		x.Mul(x, big.NewInt(share)).Add(x, big.NewInt(whole))
		x.Div(x, new(big.Int).Lsh(big.NewInt(whole), 1))
		return int32(int64(from) + x.Int64())
	}
	return geo.Point{X: part(l.a.X, l.b.X), Y: part(l.a.Y, l.b.Y)}
}

// route appends the nodes on the way from a to b, without a and with b. Pieces
// between hot cells lie a little off the straight way and may pass others, so
// each is routed again; it is shorter, so this ends.
func (n *noder) route(a, b int32, chain []int32) []int32 {
	way := line{n.points[a], n.points[b]}
	var hits []int32
	n.hot.Within(way.Box(), func(c hotCell) {
		if c.node != a && c.node != b && way.passes(c.at) {
			hits = append(hits, c.node)
		}
	})
	if len(hits) == 0 {
		return append(chain, b)
	}
	// A straight line goes through cells like over stairs, so the sum of both
	// distances grows from each to the next.
	stairs := func(i int32) int64 {
		p := n.points[i]
		return distance(p.X, way.a.X) + distance(p.Y, way.a.Y)
	}
	slices.SortFunc(hits, func(i, j int32) int { return cmp.Compare(stairs(i), stairs(j)) })
	for _, hit := range append(hits, b) {
		chain = n.route(a, hit, chain)
		a = hit
	}
	return chain
}

func distance(a, b int32) int64 { return max(int64(a)-int64(b), int64(b)-int64(a)) }

// passes reports whether a line goes through the cell of p, which lies in its box.
func (l line) passes(p geo.Point) bool {
	// The line is as far from the middle of the cell as its area with it says; the
	// corner of the cell that is nearest to it, as the sum of the sides says.
	off := geo.Cross(l.a, l.b, p)
	dx, dy := int64(l.b.X)-int64(l.a.X), int64(l.b.Y)-int64(l.a.Y)
	reach := max(dx, -dx) + max(dy, -dy)
	if twice := 2 * max(off, -off); twice != reach {
		return twice < reach
	}
	// It touches a corner, of which only the one in the south-west belongs to the
	// cell: a line that falls to the east, with the middle above it.
	if dx < 0 {
		dy, off = -dy, -off
	}
	return dy < 0 && off > 0
}

// Node leads edges between numbered places through all places and crossings on
// their way: chain i holds the nodes from edges[i][0] to edges[i][1], both
// included, and chains have no more in common than nodes and whole pieces between
// them. Nodes are the places, which differ from each other, and the crossings
// behind them. The plane may be any on whole numbers; no edge may be longer than
// MaxExtent along an axis. Errors are more than MaxCrossings and a cancelled
// context.
func Node(ctx context.Context, places []geo.Point, edges [][2]int32) (nodes []geo.Point, chains [][]int32, err error) {
	n := &noder{ctx: ctx, points: slices.Clip(places), nodeAt: make(map[geo.Point]int32, len(places))}
	for i, p := range places {
		n.nodeAt[p] = int32(i)
	}
	chains, err = n.chains(edges)
	return n.points, chains, err
}
