package street

import (
	"maps"
	"math"
	"slices"

	"gridatlas/geo"
	"gridatlas/geo/crs"
)

// copies are the nodes of a joint on the grounds they touch.
type copies struct {
	ground []int32 // of each node: the ground it touches, or manyGrounds
	number []int32 // of each node that touches one ground: that of its copy
	// several holds the grounds of the others, in the order met, and numbers those
	// of their copies.
	several map[int32][]int32
	numbers map[nodeOn]int32
}

type nodeOn struct{ node, ground int32 }

const (
	noGround    = -1
	manyGrounds = -2
)

func (c *copies) touch(node, ground int32) {
	switch is := c.ground[node]; {
	case is == noGround:
		c.ground[node] = ground
	case is == ground:
	case is != manyGrounds:
		c.ground[node] = manyGrounds
		c.several[node] = []int32{is, ground}
	case !slices.Contains(c.several[node], ground):
		c.several[node] = append(c.several[node], ground)
	}
}

// of returns the number of a copy.
func (c *copies) of(node, ground int32) int32 {
	if c.ground[node] != manyGrounds {
		return c.number[node]
	}
	return c.numbers[nodeOn{node, ground}]
}

// number lays out nodes, edges and their shapes as arrays.
func (n *Network) number(j *joint, edges []folded) {
	grounds := int32(0)
	for i := range edges {
		grounds = max(grounds, edges[i].class.ground)
	}
	// A node has a copy for each ground it touches, and a public one when it
	// touches public streets or more than one ground.
	copies := &copies{
		ground: slices.Repeat([]int32{noGround}, len(j.points)), number: make([]int32, len(j.points)),
		several: map[int32][]int32{}, numbers: map[nodeOn]int32{},
	}
	for i := range edges {
		copies.touch(edges[i].tail, edges[i].class.ground)
		copies.touch(edges[i].head, edges[i].class.ground)
	}
	members := make([][]int32, grounds+1)
	doubled := slices.Sorted(maps.Keys(copies.several))
	for _, node := range doubled {
		copies.touch(node, 0)
	}
	for node, ground := range copies.ground {
		switch ground {
		case noGround: // it was folded away
		case manyGrounds:
			for _, ground := range copies.several[int32(node)] {
				members[ground] = append(members[ground], int32(node))
			}
		default:
			members[ground] = append(members[ground], int32(node))
		}
	}
	n.points = make([]geo.Point, 0, len(j.points)+2*len(doubled))
	for ground, nodes := range members {
		if ground > 0 {
			n.grounds = append(n.grounds, int32(len(n.points)))
		}
		for _, node := range nodes {
			if copies.ground[node] == manyGrounds {
				copies.numbers[nodeOn{node, int32(ground)}] = int32(len(n.points))
			} else {
				copies.number[node] = int32(len(n.points))
			}
			n.points = append(n.points, j.points[node])
		}
	}
	n.grounds = append(n.grounds, int32(len(n.points)))

	n.layAll(j, edges, copies)
	n.FirstOut = make([]int32, len(n.points)+1)
	type doors struct{ public, inner int32 }
	var links []doors
	for _, node := range doubled {
		for _, ground := range copies.several[node] {
			if ground > 0 {
				links = append(links, doors{copies.of(node, 0), copies.of(node, ground)})
			}
		}
	}
	count := func(node int32) { n.FirstOut[node+1]++ }
	for _, e := range n.Edges {
		count(e.Tail)
		count(e.Head)
	}
	for _, d := range links {
		count(d.public)
		count(d.inner)
	}
	for i := range n.points {
		n.FirstOut[i+1] += n.FirstOut[i]
	}
	next := slices.Clone(n.FirstOut)
	n.Links = make([]Link, n.FirstOut[len(n.points)])
	add := func(node int32, l Link) {
		n.Links[next[node]] = l
		next[node]++
	}
	for i, e := range n.Edges {
		add(e.Tail, Link{Head: e.Head, Way: int32(2 * i), Out: true, In: !e.Oneway})
		add(e.Head, Link{Head: e.Tail, Way: int32(2*i + 1), Out: !e.Oneway, In: true})
	}
	for _, d := range links {
		add(d.public, Link{Head: d.inner, Way: Enter, Out: true, In: true})
		add(d.inner, Link{Head: d.public, Way: Leave, Out: true, In: true})
	}
}

// layAll makes the edges with their shapes, on all cores.
func (n *Network) layAll(j *joint, edges []folded, copies *copies) {
	n.Edges = make([]Edge, len(edges))
	n.boxes = make([]geo.Box, len(edges))
	corners := int32(0)
	for i := range edges {
		e := &edges[i]
		n.Edges[i] = Edge{
			Tail: copies.of(e.tail, e.class.ground), Head: copies.of(e.head, e.class.ground), first: corners,
			Ground: e.class.ground, Oneway: e.class.oneway, Raised: e.class.raised, Square: e.class.square,
		}
		for _, way := range e.ways {
			corners += int32(len(j.raw[way>>1].points)) - 1
		}
		n.Edges[i].last = corners
		corners++
	}
	n.shape = make([]geo.Point, corners)
	n.mm, n.street, n.edgeOf = make([]int32, corners), make([]int32, corners), make([]int32, corners)
	inParts(len(edges), func(from, to int) {
		for i := from; i < to; i++ {
			n.lay(j, int32(i), edges[i].ways)
			n.slow(&n.Edges[i], edges[i].class)
		}
	})
}

// lay puts down the shape of an edge, which goes along some raw edges.
func (n *Network) lay(j *joint, edge int32, ways []int32) {
	e := &n.Edges[edge]
	at, metres, box := e.first, 0.0, geo.NoBox
	corner := func(p geo.Point, street int32) {
		if at > e.first {
			metres += crs.Distance(n.shape[at-1], p)
			n.street[at-1] = street
		}
		n.shape[at], n.mm[at], n.edgeOf[at], n.street[at] = p, int32(math.Round(metres*1000)), edge, street
		box = box.With(p)
		at++
	}
	for k, way := range ways {
		raw := &j.raw[way>>1]
		last := len(raw.points) - 1
		for i := min(k, 1); i <= last; i++ { // the first corner is the last of the way before
			if way&1 == 0 {
				corner(raw.points[i], raw.street)
			} else {
				corner(raw.points[last-i], raw.street)
			}
		}
	}
	e.MM, n.boxes[edge] = n.mm[e.last], box
}

// slow sets what steps and crossings add to an edge of a class. A crossing that is
// cut by the street it crosses waits once in all.
func (n *Network) slow(e *Edge, class class) {
	if class.steps {
		e.ExtraMM = (StepsFactor - 1) * e.MM
	}
	if class.crossing > 0 {
		whole := 0.0
		for part := range n.streets[class.crossing-1].Shape.Parts() {
			whole += crs.Length(part.Points)
		}
		wait := min(float64(e.MM)/1000/max(whole, 0.001), 1)
		e.WaitMS = int32(math.Round(wait * float64(CrossingWait.Milliseconds())))
	}
}
