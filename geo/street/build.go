package street

import (
	"runtime"
	"slices"
	"sync"

	"gridatlas/geo"
	"gridatlas/geo/snapshot"
)

// reads lists the layers a network is made from.
var reads = []geo.Layer{geo.Streets, geo.Gates, geo.Barriers, geo.Compounds, geo.Land, geo.Buildings}

// Build makes the network of a snapshot. It returns before, which may be nil,
// when no layer it was made from has changed, and shares with it all arrays when
// what changed in them leaves the streets as they join: a gate's hours, a wall, a
// compound that anybody may walk through. It uses all cores.
func Build(s *snapshot.Snapshot, before *Network) *Network {
	layers := make([]*snapshot.Layer, len(reads))
	for i, name := range reads {
		layers[i] = s.Layer(name)
	}
	if before != nil && slices.Equal(before.layers, layers) {
		return before
	}
	w := gather(s)
	w.layers = layers
	if before != nil {
		if n, ok := before.refresh(w); ok {
			return n
		}
	}
	n := &Network{
		layers: layers, revision: s.Head().Revision, gates: map[int32][]*Gate{},
		barred: w.barred, compounds: w.compounds, owners: w.owners, walls: w.walls, squares: w.squares, paved: w.paved,
	}
	var crew sync.WaitGroup
	crew.Go(func() { n.wallGrid = indexWalls(n.walls) })
	w.cut()
	n.streets = w.streets
	j := w.join()
	n.groundOf = j.findGrounds(w)
	n.number(j, j.fold())
	n.gated = make([]uint64, (len(n.points)+63)/64)
	for node, point := range n.points {
		if gates := w.gates[point]; gates != nil {
			n.gates[int32(node)] = gates
			n.gated[node>>6] |= 1 << (node & 63)
		}
	}
	crew.Go(n.index)
	n.label()
	n.timeStreets()
	crew.Wait()
	return n
}

// inParts calls do with stretches of the numbers from 0 up to n, on all cores.
func inParts(n int, do func(from, to int)) {
	workers := runtime.GOMAXPROCS(0)
	var crew sync.WaitGroup
	for k := range workers {
		crew.Go(func() { do(k*n/workers, (k+1)*n/workers) })
	}
	crew.Wait()
}

// label finds the connected pieces, whatever the direction and whoever may walk,
// and those that are small when nobody crosses squares: squares do not change
// where anything joins.
func (n *Network) label() {
	islands, lengths := n.connect(func(edge int32) bool { return !n.Edges[edge].Square })
	n.small = make([]bool, len(n.points))
	for node, island := range islands {
		n.small[node] = lengths[island] < smallIsland*1000
	}
	n.islands, n.islandMM = n.connect(func(int32) bool { return true })
}

// connect labels the nodes by connected piece along some edges, and sums the
// length of each piece.
func (n *Network) connect(along func(edge int32) bool) (islands []int32, lengths []int64) {
	islands = slices.Repeat([]int32{-1}, len(n.points))
	var stack []int32
	for start := range n.points {
		if islands[start] >= 0 {
			continue
		}
		island := int32(len(lengths))
		lengths = append(lengths, 0)
		islands[start] = island
		stack = append(stack[:0], int32(start))
		for len(stack) > 0 {
			node := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			for _, link := range n.Links[n.FirstOut[node]:n.FirstOut[node+1]] {
				if islands[link.Head] < 0 && (link.Way < 0 || along(link.Way>>1)) {
					islands[link.Head] = island
					stack = append(stack, link.Head)
				}
			}
		}
	}
	for i, e := range n.Edges {
		if along(int32(i)) {
			lengths[islands[e.Tail]] += int64(e.MM)
		}
	}
	return islands, lengths
}

// index makes the snapping index over the shapes of the edges.
func (n *Network) index() {
	ids := make([]int32, 0, len(n.shape))
	var across []int32
	for _, e := range n.Edges {
		for i := e.first; i < e.last; i++ {
			if e.Square {
				across = append(across, i)
			} else {
				ids = append(ids, i)
			}
		}
	}
	seg := func(i int32) (a, b geo.Point) { return n.shape[i], n.shape[i+1] }
	n.pieces, n.across = newSegments(ids, seg), newSegments(across, seg)
}
