package street

import (
	"math"
	"slices"
	"sync"

	"gridatlas/geo"
	"gridatlas/geo/crs"
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
	w.cut()
	n := &Network{
		layers: layers, revision: s.Head().Revision, streets: w.streets, gates: map[int32][]*Gate{},
		barred: w.barred, compounds: w.compounds, owners: w.owners, walls: w.walls, squares: w.squares, paved: w.paved,
	}
	j := w.join()
	n.groundOf = j.findGrounds(w)
	n.number(j, j.fold())
	pinned := map[geo.Point][]int32{}
	for node, point := range n.points {
		if w.pinned[point] {
			pinned[point] = append(pinned[point], int32(node))
		}
	}
	for point, gates := range w.gates {
		for _, node := range pinned[point] {
			n.gates[node] = gates
		}
	}
	var crew sync.WaitGroup
	crew.Go(n.index)
	crew.Go(func() { n.wallGrid = indexWalls(n.walls) })
	n.label()
	n.timeStreets()
	crew.Wait()
	return n
}

// joint is the network before degree-two nodes are folded away.
type joint struct {
	points []geo.Point
	pinned []bool
	raw    []rawEdge
}

// rawEdge is a piece of one street line between two nodes.
type rawEdge struct {
	tail, head int32
	points     []geo.Point
	street     int32
	class      class
}

// class is what edges must have in common to be folded into one.
type class struct {
	ground      int32
	steps       bool
	crossing    int32 // a marked crossing by itself: its street, counted from 1
	oneway      bool
	raised      bool
	square      bool
	from, until geo.Instant
}

// shared is the level of line ends at a corner where no line runs on.
const shared = math.MinInt32

// corner names a node: a place and, where lines run on over it, their level.
type corner struct {
	point geo.Point
	level int32
}

// join finds the corners at which lines meet and cuts the lines there.
func (w *work) join() *joint {
	// through holds the levels of the lines that run on over a corner.
	corners := 0
	for _, l := range w.lines {
		corners += len(l.points)
	}
	through := make(map[geo.Point][]int32, corners)
	for _, l := range w.lines {
		level := w.streets[l.street].Level.Or(0)
		for _, p := range l.points[1 : len(l.points)-1] {
			if levels := through[p]; !slices.Contains(levels, level) {
				through[p] = append(levels, level)
			}
		}
	}
	name := func(l line, i int) corner {
		p, level := l.points[i], w.streets[l.street].Level.Or(0)
		if i > 0 && i < len(l.points)-1 {
			return corner{p, level}
		}
		levels := through[p]
		switch {
		case slices.Contains(levels, level):
			return corner{p, level}
		case len(levels) == 1:
			return corner{p, levels[0]}
		}
		return corner{p, shared}
	}
	uses := make(map[corner]int32, corners)
	for _, l := range w.lines {
		for i := range l.points {
			uses[name(l, i)]++
		}
	}
	j := &joint{}
	nodes := make(map[corner]int32, len(w.lines)+len(w.pinned))
	node := func(c corner) int32 {
		n, ok := nodes[c]
		if !ok {
			n = int32(len(j.points))
			nodes[c] = n
			j.points = append(j.points, c.point)
			j.pinned = append(j.pinned, w.pinned[c.point])
		}
		return n
	}
	for _, l := range w.lines {
		street := w.streets[l.street]
		class := class{
			steps:  street.Steps,
			square: l.square,
			oneway: street.OnewayFoot.Value && street.OnewayFoot.Known,
			raised: street.Bridge || street.Tunnel || street.Level.Or(0) != 0,
			from:   street.From, until: street.Until,
		}
		if street.Crossing && !street.Steps {
			class.crossing = l.street + 1
		}
		tail, start := node(name(l, 0)), 0
		for i := 1; i < len(l.points); i++ {
			c := name(l, i)
			if i < len(l.points)-1 && uses[c] == 1 && !w.pinned[c.point] {
				continue
			}
			head := node(c)
			j.raw = append(j.raw, rawEdge{tail: tail, head: head, points: l.points[start : i+1], street: l.street, class: class})
			tail, start = head, i
		}
	}
	return j
}

// folded is an edge of several raw ones, each with the direction it is gone in.
type folded struct {
	tail, head int32
	class      class
	ways       []int32 // 2i along raw edge i, 2i+1 against it
}

// fold joins raw edges at nodes that have two ends of one class and no pin.
func (j *joint) fold() []folded {
	first := make([]int32, len(j.points)+1)
	for _, e := range j.raw {
		first[e.tail+1]++
		first[e.head+1]++
	}
	for i := range j.points {
		first[i+1] += first[i]
	}
	out := make([]int32, 2*len(j.raw))
	next := slices.Clone(first)
	for i, e := range j.raw {
		out[next[e.tail]] = int32(2 * i)
		next[e.tail]++
		out[next[e.head]] = int32(2*i + 1)
		next[e.head]++
	}
	end := func(way int32) int32 {
		if way&1 == 0 {
			return j.raw[way>>1].head
		}
		return j.raw[way>>1].tail
	}
	// onward returns the way that goes on from the end of another when nothing
	// else happens there.
	onward := func(way int32) (int32, bool) {
		node := end(way)
		ways := out[first[node]:first[node+1]]
		if len(ways) != 2 || j.pinned[node] {
			return 0, false
		}
		on := ways[0]
		if on == way^1 {
			on = ways[1]
		}
		a, b := j.raw[way>>1].class, j.raw[on>>1].class
		if a != b || on>>1 == way>>1 || a.oneway && on&1 != way&1 {
			return 0, false
		}
		return on, true
	}
	var edges []folded
	taken := make([]bool, len(j.raw))
	collect := func(way int32) {
		f := folded{tail: end(way ^ 1), class: j.raw[way>>1].class}
		for {
			taken[way>>1] = true
			f.ways = append(f.ways, way)
			on, ok := onward(way)
			if !ok || taken[on>>1] {
				break
			}
			way = on
		}
		f.head = end(way)
		edges = append(edges, f)
	}
	for i := range j.raw {
		if taken[i] {
			continue
		}
		// Go back to where the chain begins, or round a loop to here. One-way
		// streets are followed in their direction, so the edge has it too.
		way := int32(2 * i)
		for {
			back, ok := onward(way ^ 1)
			if !ok || back>>1 == int32(i) {
				break
			}
			way = back ^ 1
		}
		collect(way)
	}
	return edges
}

// number lays out nodes, edges and their shapes as arrays.
func (n *Network) number(j *joint, edges []folded) {
	grounds := int32(0)
	for _, e := range edges {
		grounds = max(grounds, e.class.ground)
	}
	// A node has a copy for each ground it touches, and a public one when it
	// touches public streets or more than one ground.
	touches := make([][]int32, len(j.points))
	touch := func(node, ground int32) {
		if !slices.Contains(touches[node], ground) {
			touches[node] = append(touches[node], ground)
		}
	}
	for _, e := range edges {
		touch(e.tail, e.class.ground)
		touch(e.head, e.class.ground)
	}
	type copyOf struct{ node, ground int32 }
	number := make(map[copyOf]int32, len(j.points))
	members := make([][]int32, grounds+1)
	for node := range touches {
		if len(touches[node]) > 1 {
			touch(int32(node), 0)
		}
		for _, ground := range touches[node] {
			members[ground] = append(members[ground], int32(node))
		}
	}
	for ground, nodes := range members {
		if ground > 0 {
			n.grounds = append(n.grounds, int32(len(n.points)))
		}
		for _, node := range nodes {
			number[copyOf{node, int32(ground)}] = int32(len(n.points))
			n.points = append(n.points, j.points[node])
		}
	}
	n.grounds = append(n.grounds, int32(len(n.points)))

	for _, e := range edges {
		n.Edges = append(n.Edges, Edge{
			Tail: number[copyOf{e.tail, e.class.ground}], Head: number[copyOf{e.head, e.class.ground}],
			Ground: e.class.ground, Oneway: e.class.oneway, Raised: e.class.raised, Square: e.class.square,
		})
		n.lay(j, e.ways)
		n.slow(e)
	}
	n.FirstOut = make([]int32, len(n.points)+1)
	type doors struct{ public, inner int32 }
	var links []doors
	for node, grounds := range touches {
		for _, ground := range grounds {
			if ground > 0 && len(grounds) > 1 {
				links = append(links, doors{number[copyOf{int32(node), 0}], number[copyOf{int32(node), ground}]})
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

// lay appends the shape of the newest edge.
func (n *Network) lay(j *joint, ways []int32) {
	edge := int32(len(n.Edges) - 1)
	e := &n.Edges[edge]
	e.first = int32(len(n.shape))
	metres := 0.0
	corner := func(p geo.Point) {
		if k := len(n.shape); int32(k) > e.first {
			metres += crs.Distance(n.shape[k-1], p)
		}
		n.shape = append(n.shape, p)
		n.mm = append(n.mm, int32(math.Round(metres*1000)))
		n.edgeOf = append(n.edgeOf, edge)
	}
	for _, way := range ways {
		raw := j.raw[way>>1]
		points := raw.points
		if way&1 == 1 {
			points = slices.Clone(points)
			slices.Reverse(points)
		}
		if int32(len(n.shape)) == e.first {
			corner(points[0])
		}
		n.street = append(n.street, slices.Repeat([]int32{raw.street}, len(points)-1)...)
		for _, p := range points[1:] {
			corner(p)
		}
	}
	n.street = append(n.street, n.street[len(n.street)-1])
	e.last = int32(len(n.shape) - 1)
	e.MM = n.mm[e.last]
}

// slow sets what steps and crossings add to the newest edge. A crossing that is
// cut by the street it crosses waits once in all.
func (n *Network) slow(f folded) {
	e := &n.Edges[len(n.Edges)-1]
	if f.class.steps {
		e.ExtraMM = (StepsFactor - 1) * e.MM
	}
	if f.class.crossing > 0 {
		whole := 0.0
		for part := range n.streets[f.class.crossing-1].Shape.Parts() {
			whole += crs.Length(part.Points)
		}
		wait := min(float64(e.MM)/1000/max(whole, 0.001), 1)
		e.WaitMS = int32(math.Round(wait * float64(CrossingWait.Milliseconds())))
	}
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

// index makes the boxes of the edges and the snapping index over their shapes.
func (n *Network) index() {
	ids := make([]int32, 0, len(n.shape))
	var across []int32
	for _, e := range n.Edges {
		box := geo.NoBox.With(n.shape[e.last])
		for i := e.first; i < e.last; i++ {
			if e.Square {
				across = append(across, i)
			} else {
				ids = append(ids, i)
			}
			box = box.With(n.shape[i])
		}
		n.boxes = append(n.boxes, box)
	}
	seg := func(i int32) (a, b geo.Point) { return n.shape[i], n.shape[i+1] }
	n.pieces, n.across = newSegments(ids, seg), newSegments(across, seg)
}
