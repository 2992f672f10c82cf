package demo

import (
	"slices"

	"gridatlas/geo"
	"gridatlas/geo/crs"
)

// node is a corner of the arrangement.
type node = int32

// arrangement is the planar map under the city: nodes on the lattice, edges
// between them, faces left of directed edges. Streets run on edges; blocks are
// faces; grids, communities, street offices and districts are unions of faces.
// Everything that meets shares nodes, so borders are equal bit by bit.
type arrangement struct {
	local crs.Local
	at    []geo.Point
	xy    []vec // the same places in metres
	edges []edge
	faces []face
	// degree counts the edges at a node.
	degree []uint8
	widest []float64 // the widest road at a node; known when blocks are planned

	edgeOf map[[2]node]int32 // lower node first; only looked up, never ranged over
	faceOf map[[2]node]int32 // the face left of a directed edge
}

// edge is a straight piece between two nodes, with the road on it.
type edge struct {
	a, b node
	road road
	// joins are places where a lane or path meets the road, between a and b.
	joins []join
}

type join struct {
	t  float64 // share of the way from a to b
	at geo.Point
}

// face is a piece of ground between edges, its ring counterclockwise.
type face struct {
	ring   []node
	ground ground
	// cell is the piece between main roads it was cut from: x, y of the
	// arterial lattice.
	cell [2]int
	town bool // built up
	done bool // not to be cut any further
}

// ground is what a face is for before land use is decided.
type ground uint8

const (
	urban ground = iota
	river
	railway
	farm
	lakeside
)

func newArrangement(local crs.Local) *arrangement {
	return &arrangement{local: local, edgeOf: map[[2]node]int32{}, faceOf: map[[2]node]int32{}}
}

func undirected(a, b node) [2]node { return [2]node{min(a, b), max(a, b)} }

// add returns a new node at the lattice point nearest to p.
func (m *arrangement) add(p vec) node {
	q := m.local.Point(p.x, p.y)
	x, y := m.local.XY(q)
	m.at = append(m.at, q)
	m.xy = append(m.xy, vec{x, y})
	m.degree = append(m.degree, 0)
	return node(len(m.at) - 1)
}

// connect adds an edge, or gives an edge that is there its road.
func (m *arrangement) connect(a, b node, r road) {
	key := undirected(a, b)
	if i, ok := m.edgeOf[key]; ok {
		m.edges[i].road = r
		return
	}
	m.edgeOf[key] = int32(len(m.edges))
	m.edges = append(m.edges, edge{a: a, b: b, road: r})
	m.degree[a]++
	m.degree[b]++
}

// between returns the edge of two neighbouring nodes.
func (m *arrangement) between(a, b node) *edge { return &m.edges[m.edgeOf[undirected(a, b)]] }

// enclose adds a face; its edges must be there.
func (m *arrangement) enclose(f face) int32 {
	i := int32(len(m.faces))
	m.faces = append(m.faces, f)
	m.claim(i)
	return i
}

func (m *arrangement) claim(f int32) {
	ring := m.faces[f].ring
	for i, a := range ring {
		m.faceOf[[2]node{a, ring[(i+1)%len(ring)]}] = f
	}
}

// cutEdge puts a node at p into the edge from a to b, in the faces on both
// sides of it.
func (m *arrangement) cutEdge(a, b node, p vec) node {
	n := m.add(p)
	key := undirected(a, b)
	i := m.edgeOf[key]
	delete(m.edgeOf, key)
	old := m.edges[i]
	m.edges[i] = edge{a: old.a, b: n, road: old.road}
	m.edgeOf[undirected(old.a, n)] = i
	m.edgeOf[undirected(n, old.b)] = int32(len(m.edges))
	m.edges = append(m.edges, edge{a: n, b: old.b, road: old.road})
	m.degree[n] = 2
	for _, d := range [][2]node{{a, b}, {b, a}} {
		f, ok := m.faceOf[d]
		if !ok {
			continue
		}
		delete(m.faceOf, d)
		at := slices.Index(m.faces[f].ring, d[1])
		m.faces[f].ring = slices.Insert(m.faces[f].ring, at, n)
		m.faceOf[[2]node{d[0], n}] = f
		m.faceOf[[2]node{n, d[1]}] = f
	}
	return n
}

// splitFace cuts a face along a chain of nodes whose ends lie on its ring and
// whose middle lies inside it. The face keeps what is right of the chain; what
// is left of it becomes the new face that is returned.
func (m *arrangement) splitFace(f int32, chain []node, r road) int32 {
	for i := 1; i < len(chain); i++ {
		m.connect(chain[i-1], chain[i], r)
	}
	ring := m.faces[f].ring
	first, last := chain[0], chain[len(chain)-1]
	rightRing := append(walk(ring, first, last), reversed(chain[1:len(chain)-1])...)
	leftRing := append(walk(ring, last, first), chain[1:len(chain)-1]...)
	other := m.faces[f]
	m.faces[f].ring, other.ring = rightRing, leftRing
	m.claim(f)
	return m.enclose(other)
}

// walk returns the nodes of a ring from one to another, both included.
func walk(ring []node, from, to node) []node {
	i := slices.Index(ring, from)
	out := []node{from}
	for ring[i] != to {
		i = (i + 1) % len(ring)
		out = append(out, ring[i])
	}
	return out
}

func reversed(chain []node) []node {
	out := slices.Clone(chain)
	slices.Reverse(out)
	return out
}

// outline returns the corners of a face in metres.
func (m *arrangement) outline(f int32) []vec {
	ring := m.faces[f].ring
	out := make([]vec, len(ring))
	for i, n := range ring {
		out[i] = m.xy[n]
	}
	return out
}

// neighbours calls each with the faces beside f and the edge in between.
func (m *arrangement) neighbours(f int32, each func(g int32, e *edge)) {
	ring := m.faces[f].ring
	for i, a := range ring {
		b := ring[(i+1)%len(ring)]
		if g, ok := m.faceOf[[2]node{b, a}]; ok {
			each(g, m.between(a, b))
		}
	}
}
