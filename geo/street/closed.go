package street

import (
	"cmp"
	"context"
	"iter"
	"math"
	"slices"

	"gridatlas/geo"
	"gridatlas/geo/crs"
)

// closureRim is how far before the border of a closure the open stretch of a
// street ends, in millimetres square to the border: a place there is rounded to
// the lattice (8 mm off at most) and must not come to lie behind the border. A
// street that meets it at a flat angle ends at most closureRimMost before it.
const (
	closureRim     = 20
	closureRimMost = 500
)

// Limits are what closes pieces of a network for a time. They never change.
type Limits struct {
	net  *Network
	list []limit
}

// limit closes pieces for a time: a closure while it is in effect, or streets
// while they are not.
type limit struct {
	from, until geo.Instant
	closure     *geo.Closure // nil: streets outside their time
	spans       []span
	nodes       []int32
	// Of a closure: what a leg must not cross, and where none begins.
	walls *segments
	area  *area
}

// span is a stretch of an edge, in millimetres from its tail.
type span struct{ edge, from, to int32 }

func (s span) compare(t span) int {
	return cmp.Or(cmp.Compare(s.edge, t.edge), cmp.Compare(s.from, t.from))
}

func (l *limit) closes(at geo.Instant) bool {
	within := (l.from == 0 || l.from <= at) && (l.until == 0 || at < l.until)
	return within == (l.closure != nil)
}

// Limits finds what closures close of the network, each in its time, and adds
// the streets that are not in effect at all times. The network itself does not
// know closures: one that comes or goes needs no other network.
func (n *Network) Limits(closures iter.Seq[*geo.Closure]) *Limits {
	l := &Limits{net: n, list: slices.Clip(n.timed)}
	for closure := range closures {
		l.list = append(l.list, n.limit(closure))
	}
	return l
}

// limit finds what a closure closes: an area what lies in it or on its border, a
// line the stretches it follows and the places and nodes it runs over.
func (n *Network) limit(closure *geo.Closure) limit {
	shape := closure.Shape
	l := limit{
		from: closure.From, until: closure.Until, closure: closure,
		walls: indexWalls(appendWalls(nil, shape)), area: newArea(shape),
	}
	look := n.onceEach(func(edge int32) { n.close(&l, edge, shape.Kind()) })
	for _, index := range [2]*segments{n.pieces, n.across} {
		if shape.Kind() == geo.Polygons {
			index.search(l.area.box, look)
			continue
		}
		for _, wall := range appendWalls(nil, shape) {
			index.along(wall.a, wall.b, look)
		}
	}
	slices.SortFunc(l.spans, span.compare)
	slices.Sort(l.nodes)
	l.nodes = slices.Compact(l.nodes)
	return l
}

// onceEach returns a function that visits the edges of the pieces it is called
// with, each once.
func (n *Network) onceEach(visit func(edge int32)) func(piece int32) bool {
	seen := make([]uint64, (len(n.Edges)+63)/64)
	return func(piece int32) bool {
		if edge := n.edgeOf[piece]; seen[edge>>6]&(1<<(edge&63)) == 0 {
			seen[edge>>6] |= 1 << (edge & 63)
			visit(edge)
		}
		return true
	}
}

// close adds what a closure closes of one edge.
func (n *Network) close(l *limit, edge int32, kind geo.Kind) {
	e := &n.Edges[edge]
	put := func(from, to cut) {
		l.spans = append(l.spans, span{edge, max(from.mm-from.rim, 0), min(to.mm+to.rim, e.MM)})
	}
	cuts := []cut{{mm: 0}, {mm: e.MM}}
	for i := e.first; i < e.last; i++ {
		a, b := n.shape[i], n.shape[i+1]
		l.walls.along(a, b, func(k int32) bool {
			c, d := l.walls.seg(k)
			points := meet(a, b, c, d)
			if len(points) == 0 {
				return true
			}
			rim := int32(min(closureRim/max(slant(a, b, c, d), 1e-6), closureRimMost))
			from, to := cut{e.MM, rim}, cut{0, rim}
			for _, p := range points {
				mm := n.placeOn(i, p)
				from.mm, to.mm = min(from.mm, mm), max(to.mm, mm)
				if kind == geo.Lines && p == n.shape[e.first] {
					l.nodes = append(l.nodes, e.Tail)
				}
				if kind == geo.Lines && p == n.shape[e.last] {
					l.nodes = append(l.nodes, e.Head)
				}
			}
			cuts = append(cuts, from, to)
			if len(points) > 1 || kind == geo.Lines {
				put(from, to)
			}
			return true
		})
	}
	if kind != geo.Polygons {
		return
	}
	// Between two crossings of its outline the edge lies inside or outside.
	slices.SortFunc(cuts, func(a, b cut) int { return cmp.Or(cmp.Compare(a.mm, b.mm), cmp.Compare(a.rim, b.rim)) })
	for k := 1; k < len(cuts); k++ {
		from, to := cuts[k-1], cuts[k]
		if (from.mm < to.mm || e.MM == 0) && l.area.covers(n.At(edge, from.mm+(to.mm-from.mm)/2)) {
			put(from, to)
		}
	}
}

// cut is where an edge meets the outline of a closure, and how far before it the
// open stretch ends.
type cut struct{ mm, rim int32 }

// slant is the sine of the angle between two segments.
func slant(a, b, c, d geo.Point) float64 {
	local := crs.NewLocal(a)
	ax, ay := local.XY(a)
	bx, by := local.XY(b)
	cx, cy := local.XY(c)
	dx, dy := local.XY(d)
	ux, uy, vx, vy := bx-ax, by-ay, dx-cx, dy-cy
	return math.Abs(ux*vy-uy*vx) / max(math.Hypot(ux, uy)*math.Hypot(vx, vy), 1e-9)
}

// placeOn returns the millimetres from the tail of its edge to the place nearest
// to p on the piece that begins at corner i.
func (n *Network) placeOn(i int32, p geo.Point) int32 {
	share := shareOn(p, n.shape[i], n.shape[i+1])
	return n.mm[i] + rounded(share*float64(n.mm[i+1]-n.mm[i]))
}

// timeStreets finds the edges of streets that are not in effect at all times.
func (n *Network) timeStreets() {
	type times struct{ from, until geo.Instant }
	at := map[times]int{}
	for edge := range n.Edges {
		street := n.streets[n.street[n.Edges[edge].first]]
		if street.From == 0 && street.Until == 0 {
			continue
		}
		key := times{street.From, street.Until}
		k, ok := at[key]
		if !ok {
			k = len(n.timed)
			at[key] = k
			n.timed = append(n.timed, limit{from: street.From, until: street.Until})
		}
		n.timed[k].spans = append(n.timed[k].spans, span{int32(edge), 0, n.Edges[edge].MM})
	}
}

// leg reports whether the closure stands between two points or around the first.
func (l *limit) leg(p, q geo.Point) bool {
	return l.area.box.Intersects(geo.NoBox.With(p).With(q)) && (l.walls.blocked(p, q) || l.area.covers(p))
}

// Closed is what cannot be walked at one instant, and what is supposed to stand
// open then. Nil closes nothing and opens nothing. It never changes.
type Closed struct {
	edges    []uint64 // a bit each: a stretch of it is closed
	spans    []span   // by edge, then place; those of an edge do not touch
	nodes    []uint64 // a bit each: it is closed; nil: none
	limits   []*limit
	Closures []*geo.Closure
	key      []int32
	open     map[int64]bool // gates by id
	through  [][2]int32     // nodes of residents' grounds that are public: from, up to
}

// Opened is what is supposed to stand open.
type Opened struct {
	Gates map[int64]bool // by id
	// Compounds, by id, are those whose residents' ground everybody walks through.
	Compounds []int64
}

// At returns what is closed at an instant, or nil. It returns last, which may be
// nil and of any instant of the same limits, when the same is closed.
func (l *Limits) At(at geo.Instant, last *Closed) *Closed {
	var key []int32
	for i := range l.list {
		if l.list[i].closes(at) {
			key = append(key, int32(i))
		}
	}
	if key == nil {
		return nil
	}
	if last != nil && slices.Equal(last.key, key) {
		return last
	}
	c := &Closed{key: key}
	limits := make([]*limit, len(key))
	for k, i := range key {
		limits[k] = &l.list[i]
	}
	c.lay(l.net, limits)
	return c
}

// Besides returns what is closed when further closures come to what c closes,
// which may be nil, and something stands open; and what the further ones close
// alone.
func (n *Network) Besides(ctx context.Context, c *Closed, closures []*geo.Closure, open Opened) (both, further *Closed, err error) {
	both, further = &Closed{open: open.Gates}, &Closed{}
	for _, id := range open.Compounds {
		if ground, ok := n.groundOf[id]; ok {
			first, end := n.Ground(ground)
			both.through = append(both.through, [2]int32{first, end})
		}
	}
	var before []*limit
	if c != nil {
		before = c.limits
	}
	limits := make([]*limit, len(closures))
	inParts(len(closures), func(from, to int) {
		for i := from; i < to && ctx.Err() == nil; i++ {
			l := n.limit(closures[i])
			limits[i] = &l
		}
	})
	if ctx.Err() != nil {
		return nil, nil, ctx.Err()
	}
	both.lay(n, slices.Concat(before, limits))
	further.lay(n, limits)
	return both, further, nil
}

// lay closes what limits close of a network.
func (c *Closed) lay(n *Network, limits []*limit) {
	c.edges, c.limits = make([]uint64, (len(n.Edges)+63)/64), limits
	var spans []span
	for _, l := range limits {
		spans = append(spans, l.spans...)
		for _, node := range l.nodes {
			if c.nodes == nil {
				c.nodes = make([]uint64, (n.Nodes()+63)/64)
			}
			c.nodes[node>>6] |= 1 << (node & 63)
		}
		if l.closure != nil {
			c.Closures = append(c.Closures, l.closure)
		}
	}
	slices.SortFunc(spans, span.compare)
	for _, s := range spans {
		c.edges[s.edge>>6] |= 1 << (s.edge & 63)
		if k := len(c.spans) - 1; k >= 0 && c.spans[k].edge == s.edge && s.from <= c.spans[k].to {
			c.spans[k].to = max(c.spans[k].to, s.to)
		} else {
			c.spans = append(c.spans, s)
		}
	}
}

// Opens reports whether a gate is supposed to stand open.
func (c *Closed) Opens(gate *geo.Gate) bool { return c != nil && c.open[gate.ID] }

// Opening opens what c opens and closes nothing.
func (c *Closed) Opening() *Closed {
	if c == nil {
		return nil
	}
	return &Closed{open: c.open, through: c.through}
}

// Through reports whether a node lies in a residents' ground that everybody is
// supposed to walk through.
func (c *Closed) Through(node int32) bool {
	return c != nil && slices.ContainsFunc(c.through, func(of [2]int32) bool { return of[0] <= node && node < of[1] })
}

// NearClosed calls visit with every edge of which a part is closed and with those
// that an access leg which meets a closure may come from, each once.
func (n *Network) NearClosed(c *Closed, visit func(edge int32)) {
	look := n.onceEach(visit)
	for _, s := range c.spans {
		look(n.Edges[s.edge].first)
	}
	for _, l := range c.limits {
		if l.closure == nil {
			continue
		}
		n.pieces.search(Around(l.area.box), look)
	}
}

// Until returns the first instant after at when something else may be closed; 0:
// never.
func (l *Limits) Until(at geo.Instant) geo.Instant {
	next := geo.Instant(0)
	for i := range l.list {
		next = at.FirstAfter(next, l.list[i].from, l.list[i].until)
	}
	return next
}

// Turning gives what begins or ceases to be closed after an instant, each with when it
// first does.
func (l *Limits) Turning(after geo.Instant) iter.Seq[Turning] {
	return func(yield func(Turning) bool) {
		for i := range l.list {
			limit := &l.list[i]
			if at := after.FirstAfter(limit.from, limit.until); at != 0 && !yield(Turning{at, l.net, limit}) {
				return
			}
		}
	}
}

// Turning is something that begins or ceases to be closed.
type Turning struct {
	At    geo.Instant
	net   *Network
	limit *limit
}

// Boxes hold what it closes: the closure, or each edge of its streets.
func (t *Turning) Boxes() []geo.Box {
	if t.limit.closure != nil {
		return []geo.Box{t.limit.closure.Shape.Box()}
	}
	boxes := make([]geo.Box, len(t.limit.spans))
	for i, s := range t.limit.spans {
		boxes[i] = t.net.EdgeBox(s.edge)
	}
	return boxes
}

// Edge reports whether a stretch of an edge is closed, so that nobody walks
// through from end to end.
func (c *Closed) Edge(edge int32) bool {
	return c != nil && len(c.spans) > 0 && c.edges[edge>>6]&(1<<(edge&63)) != 0
}

// of returns the closed stretches of an edge.
func (c *Closed) of(edge int32) []span {
	if !c.Edge(edge) {
		return nil
	}
	first, _ := slices.BinarySearchFunc(c.spans, edge, func(s span, edge int32) int { return cmp.Compare(s.edge, edge) })
	end := first
	for end < len(c.spans) && c.spans[end].edge == edge {
		end++
	}
	return c.spans[first:end]
}

// Gap returns the open stretch around a place on an edge of length whole: one may
// walk from lo to hi, both included. It reports false in a closed stretch.
func (c *Closed) Gap(edge, mm, whole int32) (lo, hi int32, ok bool) {
	for _, s := range c.of(edge) {
		if mm <= s.from && s.from > 0 {
			return lo, s.from, true
		}
		if mm < s.to || s.to == whole {
			return 0, 0, false
		}
		lo = s.to
	}
	return lo, whole, true
}

// Gaps gives the open stretches of an edge of length whole, from tail to head.
func (c *Closed) Gaps(edge, whole int32) iter.Seq2[int32, int32] {
	return func(yield func(lo, hi int32) bool) {
		spans := c.of(edge)
		lo := int32(0)
		for _, s := range spans {
			if s.from > lo && !yield(lo, s.from) {
				return
			}
			lo = s.to
		}
		if lo < whole || len(spans) == 0 {
			yield(lo, whole)
		}
	}
}

// Node reports whether a node is closed.
func (c *Closed) Node(node int32) bool {
	return c != nil && c.nodes != nil && c.nodes[node>>6]&(1<<(node&63)) != 0
}

// around reports whether a point lies in a closure.
func (c *Closed) around(p geo.Point) bool {
	return c != nil && slices.ContainsFunc(c.limits, func(l *limit) bool { return l.closure != nil && l.area.covers(p) })
}

// Leg reports whether a closure stands between two points or around the first.
func (c *Closed) Leg(p, q geo.Point) bool {
	return c != nil && slices.ContainsFunc(c.limits, func(l *limit) bool { return l.closure != nil && l.leg(p, q) })
}

// ClosureAcross returns the first closure that stands between two points or around
// the first, nil for none.
func (c *Closed) ClosureAcross(p, q geo.Point) *geo.Closure {
	return c.first(func(l *limit) bool { return l.leg(p, q) })
}

// ClosureOn returns the first closure that closes a part of an edge between two
// places, from <= to.
func (c *Closed) ClosureOn(edge, from, to int32) *geo.Closure {
	return c.first(func(l *limit) bool {
		return slices.ContainsFunc(l.spans, func(s span) bool {
			return s.edge == edge && (s.from < to && from < s.to || from == to && s.from <= from && to <= s.to)
		})
	})
}

// ClosureAtNode returns the first closure that runs over a node.
func (c *Closed) ClosureAtNode(node int32) *geo.Closure {
	return c.first(func(l *limit) bool { return slices.Contains(l.nodes, node) })
}

func (c *Closed) first(does func(*limit) bool) *geo.Closure {
	if c == nil {
		return nil
	}
	for _, l := range c.limits {
		if l.closure != nil && does(l) {
			return l.closure
		}
	}
	return nil
}
