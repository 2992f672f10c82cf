package street

import (
	"maps"
	"slices"
	"time"

	"gridatlas/geo"
	"gridatlas/geo/hours"
	"gridatlas/geo/snapshot"
)

// Network is the walking network. It never changes, so any number of goroutines
// may read it. Equal layers give equal arrays.
type Network struct {
	// FirstOut and Links are the adjacency array: the links of node n are
	// Links[FirstOut[n]:FirstOut[n+1]]. Nodes of public streets come first, then
	// those of each ground, together. The caller must not change them.
	FirstOut []int32
	Links    []Link
	// Edges are the street pieces between two nodes. Read only.
	Edges []Edge

	points  []geo.Point // of each node
	islands []int32     // label of each node; islands[n] indexes islandMM
	small   []bool      // each node: part of a small cut-off piece, squares not crossed
	// islandMM is the length of all edges of an island, in millimetres.
	islandMM []int64
	gates    map[int32][]*Gate // by node: what must be passed there
	gated    []uint64          // a bit each node: it has gates
	// grounds[g-1] is the first node of ground g; the last entry ends the last.
	grounds  []int32
	groundOf map[int64]int32 // by id of the compound

	// The shape of edge e is shape[e.first:e.last+1]; mm is the millimetres from
	// the tail to each corner, street the index of the street from that corner to
	// the next, edgeOf the edge a corner belongs to.
	shape   []geo.Point
	mm      []int32
	street  []int32
	edgeOf  []int32
	boxes   []geo.Box // of each edge
	streets []*geo.Street

	pieces   *segments // over the shape, by index of the first corner
	across   *segments // the same of edges across squares
	walls    []wall    // what an access leg must not cross
	wallGrid *segments
	timed    []limit // streets that are not in effect at all times

	// What it was built from: beside streets and walls, gates that do not let
	// everybody pass at all times, residents' compounds, and the compounds that
	// private streets may belong to.
	layers    []*snapshot.Layer
	barred    []*Gate
	compounds []*geo.Compound
	owners    []*geo.Compound
	squares   []square
	paved     int // streets that are streets; those across squares follow
	revision  int64
}

// Link leads from a node to its neighbour.
type Link struct {
	Head int32
	// Way is 2e along edge e and 2e+1 against it, or Enter or Leave.
	Way int32
	// Out: the way may be walked from here to Head. In: from Head to here.
	Out, In bool
}

// Doors between public streets and a residents' ground have no length.
const (
	Enter int32 = -1 // from the public node to that of the ground
	Leave int32 = -2
)

// Edge is a street piece between two nodes.
type Edge struct {
	Tail, Head  int32
	MM          int32 // length in millimetres
	ExtraMM     int32 // what steps add to the length; see StepsFactor
	WaitMS      int32 // what crossings on it add; see CrossingWait
	first, last int32
	Ground      int32 // 0: public
	// Oneway: on foot only from tail to head.
	Oneway bool
	// Raised: on a bridge, in a tunnel or on another level than the ground.
	Raised bool
	// Square: straight across a square. No access leg ends on it.
	Square bool
}

// CrossingWait is what a marked crossing takes beside its length, whatever the
// speed, spread evenly over its line. The mean wait at a signal is (C-g)^2/2C
// (Highway Capacity Manual 2010, eq. 18-71): 20 s for a cycle C of 90 s with g
// of 30 s green; at a crossing without a signal there is hardly any. Ten seconds
// lie between, since the map does not say which it is.
const CrossingWait = 10 * time.Second

// StepsFactor is how much longer steps take than their length on the level:
// people climb and descend at about half their speed (J. J. Fruin, Pedestrian
// Planning and Design, 1971, measured 0.5 to 0.6 m/s along the slope against
// 1.3 on the level).
const StepsFactor = 2

// Gate is a gate that stands on a node and is not open to all at all times.
type Gate struct {
	Feature  *geo.Gate
	Schedule hours.Schedule // unknown when the text of its hours cannot be read
	// Shut: nobody passes, at no time.
	Shut bool
}

// Revision is that of the snapshot the network was built for.
func (n *Network) Revision() int64 { return n.revision }

// Nodes returns the number of nodes, those doubled at doors counted twice.
func (n *Network) Nodes() int { return len(n.points) }

// Point returns where a node is.
func (n *Network) Point(node int32) geo.Point { return n.points[node] }

// Gates returns what must be passed at a node; nil nearly everywhere.
func (n *Network) Gates(node int32) []*Gate {
	if !n.Gated(node) {
		return nil
	}
	return n.gates[node]
}

// Gated reports whether a gate must be passed at a node.
func (n *Network) Gated(node int32) bool { return n.gated[node>>6]&(1<<(node&63)) != 0 }

// GateNodes returns the nodes at which a gate must be passed, by rising number.
func (n *Network) GateNodes() []int32 { return slices.Sorted(maps.Keys(n.gates)) }

// PublicNodes returns the number of nodes of public streets. Those of residents'
// grounds come after them.
func (n *Network) PublicNodes() int { return int(n.grounds[0]) }

// Ground returns the nodes of a residents' ground: from first, up to end.
func (n *Network) Ground(g int32) (first, end int32) { return n.grounds[g-1], n.grounds[g] }

// LargestGround is the number of nodes of the largest residents' ground.
func (n *Network) LargestGround() int {
	most := int32(0)
	for g := 1; g < len(n.grounds); g++ {
		most = max(most, n.grounds[g]-n.grounds[g-1])
	}
	return int(most)
}

// Island returns the label of the connected piece of network an edge is in.
func (n *Network) Island(edge int32) int32 { return n.islands[n.Edges[edge].Tail] }

// Islands returns the number of connected pieces.
func (n *Network) Islands() int { return len(n.islandMM) }

// Shape returns the corners of an edge from tail to head. The caller must not
// change it.
func (n *Network) Shape(edge int32) []geo.Point {
	e := &n.Edges[edge]
	return n.shape[e.first : e.last+1]
}

// corner returns the index of the last corner of an edge that lies at or before
// mm, and never its last corner.
func (n *Network) corner(edge, mm int32) int32 {
	e := &n.Edges[edge]
	lo, hi := e.first, e.last-1
	for lo < hi {
		mid := (lo + hi + 1) / 2
		if n.mm[mid] <= mm {
			lo = mid
		} else {
			hi = mid - 1
		}
	}
	return lo
}

// At returns the point of an edge that lies mm from its tail.
func (n *Network) At(edge, mm int32) geo.Point {
	i := n.corner(edge, mm)
	return between(n.shape[i], n.shape[i+1], mm-n.mm[i], n.mm[i+1]-n.mm[i])
}

// StreetAt returns the street that an edge follows at mm from its tail.
func (n *Network) StreetAt(edge, mm int32) *geo.Street {
	return n.streets[n.street[n.corner(edge, mm)]]
}

// AppendPath adds the corners of an edge from one place to another, both
// included, in the order walked.
func (n *Network) AppendPath(path []geo.Point, edge, from, to int32) []geo.Point {
	path = append(path, n.At(edge, from))
	if from <= to {
		for i := n.corner(edge, from) + 1; n.mm[i] < to; i++ {
			if n.mm[i] > from {
				path = append(path, n.shape[i])
			}
		}
	} else {
		for i := n.corner(edge, from); n.mm[i] > to; i-- {
			if n.mm[i] < from {
				path = append(path, n.shape[i])
			}
		}
	}
	return append(path, n.At(edge, to))
}

// Run is a stretch of one edge along one street, in millimetres from the tail:
// To lies before From when it is walked against the edge.
type Run struct {
	From, To int32
	Street   *geo.Street
}

// AppendRuns cuts a stretch of an edge by the streets it follows, in the order
// walked: a folded edge may follow several.
func (n *Network) AppendRuns(runs []Run, edge, from, to int32) []Run {
	first := len(runs)
	add := func(end int32, i int32) {
		street := n.streets[n.street[i]]
		if k := len(runs); k > first && runs[k-1].Street == street {
			runs[k-1].To = end
		} else if end != from {
			runs = append(runs, Run{From: from, To: end, Street: street})
		}
		from = end
	}
	if from <= to {
		for i := n.corner(edge, from); from < to; i++ {
			add(min(to, n.mm[i+1]), i)
		}
	} else {
		for i := n.corner(edge, from); from > to; i-- {
			add(max(to, n.mm[i]), i)
		}
	}
	return runs
}

// between returns the point part/whole of the way from a to b, rounded.
func between(a, b geo.Point, part, whole int32) geo.Point {
	if whole == 0 {
		return a
	}
	mix := func(a, b int32) int32 {
		d := (int64(b) - int64(a)) * int64(part)
		if d >= 0 {
			return int32(int64(a) + (d+int64(whole)/2)/int64(whole))
		}
		return int32(int64(a) - (-d+int64(whole)/2)/int64(whole))
	}
	return geo.Point{X: mix(a.X, b.X), Y: mix(a.Y, b.Y)}
}

// Box returns the smallest box around the network.
func (n *Network) Box() geo.Box { return n.pieces.box }

// EdgeBox returns the smallest box around an edge.
func (n *Network) EdgeBox(edge int32) geo.Box { return n.boxes[edge] }
