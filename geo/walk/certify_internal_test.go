package walk

import (
	"context"
	"fmt"

	"gridatlas/geo/street"
)

// Certify runs the search of a query and looks at its answer from outside, which
// proves it whatever way it was found: no link improves a time, every time has a
// link (or the start) that explains it to the millisecond and the millimetre, and
// the pieces are exactly what lies within the budget. It returns how many nodes
// and pieces there were. Gates must stay as they are during the walk.
func (m *Map) Certify(ctx context.Context, q Query) (nodes, pieces int, err error) {
	now, err := m.situation(ctx, &q)
	if err != nil {
		return 0, 0, err
	}
	s, _, err := m.begin(ctx, &q, now, int64(q.Minutes[len(q.Minutes)-1])*60_000)
	if err != nil {
		return 0, 0, err
	}
	defer s.release()
	c := certifier{s}
	reached := make([]bool, m.net.Nodes())
	for state := range int32(len(s.labels)) {
		l := &s.labels[state]
		if l.stamp != s.stamp || l.from == shut {
			continue
		}
		nodes++
		if int(state) < m.net.Nodes() {
			reached[state] = true
		}
		if l.ms > s.budget {
			return 0, 0, fmt.Errorf("node %d is reached after %d ms, of %d at most", state, l.ms, s.budget)
		}
		if err := c.improves(state); err != nil {
			return 0, 0, err
		}
		if err := c.explains(state); err != nil {
			return 0, 0, err
		}
	}
	listed := map[int32]bool{}
	for _, edge := range s.edges() {
		listed[edge] = true
		n, err := c.covers(edge)
		if err != nil {
			return 0, 0, fmt.Errorf("edge %d: %w", edge, err)
		}
		pieces += n
	}
	for i := range m.net.Edges {
		e := &m.net.Edges[i]
		if !listed[int32(i)] && !s.closed.Edge(int32(i)) && (reached[e.Tail] || reached[e.Head]) {
			return 0, 0, fmt.Errorf("edge %d has an end that is reached and is not listed", i)
		}
	}
	return nodes, pieces, nil
}

// certifier looks at a search that has run.
type certifier struct{ *search }

// node returns the node that a state stands for, and whether it is one of the
// start's ground that is not left yet.
func (c certifier) node(state int32) (node int32, leaving bool) {
	if n := int32(c.net.Nodes()); state >= n {
		return state - n + c.first, true
	}
	return state, false
}

// step returns where a link leads to from a state, what it takes, and how long it
// is; false for one that may not be walked.
func (c certifier) step(state, link int32) (to int32, ms uint32, mm int32, ok bool) {
	node, leaving := c.node(state)
	l := &c.net.Links[link]
	switch l.Way {
	case street.Enter:
		return l.Head, 0, 0, true
	case street.Leave:
		return l.Head, 0, 0, leaving || c.closed.Through(node)
	}
	e := &c.net.Edges[l.Way>>1]
	against := l.Way&1 == 1
	if e.Oneway && against != c.toward || c.closed.Edge(l.Way>>1) {
		return 0, 0, 0, false
	}
	to = l.Head
	if leaving {
		to = c.entry(to)
	}
	return to, c.edgeMS(e), e.MM, true
}

func (c certifier) improves(state int32) error {
	node, leaving := c.node(state)
	from := c.labels[state].ms
	later := func(to int32, ms uint32) error {
		l := &c.labels[to]
		if ms > c.budget || l.stamp == c.stamp && l.from != shut && l.ms <= ms {
			return nil
		}
		if gate, _ := c.node(to); l.stamp == c.stamp && l.from == shut && !c.passes(gate, ms) {
			return nil
		}
		return fmt.Errorf("from node %d node %d is reached in %d ms, the search says %+v", state, to, ms, *l)
	}
	if leaving {
		if err := later(node, from); err != nil {
			return err
		}
	}
	for link := c.net.FirstOut[node]; link < c.net.FirstOut[node+1]; link++ {
		if to, ms, _, ok := c.step(state, link); ok {
			if err := later(to, from+ms); err != nil {
				return err
			}
		}
	}
	return nil
}

func (c certifier) explains(state int32) error {
	l := &c.labels[state]
	node, leaving := c.node(state)
	if !c.passes(node, l.ms) {
		return fmt.Errorf("node %d lets nobody through and has a time", state)
	}
	switch l.from {
	case origin:
		e := &c.net.Edges[c.start.Edge]
		whole := c.edgeMS(e)
		before := share(whole, c.start.MM, e.MM)
		atTail := c.entry(e.Tail) == state && l.ms == before && l.walked == c.start.MM && (c.against(e) || c.start.MM == 0)
		atHead := c.entry(e.Head) == state && l.ms == whole-before && l.walked == e.MM-c.start.MM && (c.along(e) || c.start.MM == e.MM)
		if !atTail && !atHead {
			return fmt.Errorf("node %d is no end of the start's edge after %d ms", state, l.ms)
		}
		return nil
	case stay:
		if twin := &c.labels[c.entry(state)]; leaving || twin.stamp != c.stamp || twin.ms != l.ms || twin.walked != l.walked {
			return fmt.Errorf("node %d is reached before its twin in the start's ground", state)
		}
		return nil
	}
	from := c.owner(l.from)
	if leaving || c.net.Links[l.from].Way == street.Leave && !c.isFrom(from, l) {
		from = c.entry(from)
	}
	before := &c.labels[from]
	to, ms, mm, ok := c.step(from, l.from)
	if !ok || to != state || before.stamp != c.stamp || before.from == shut || before.ms+ms != l.ms || before.walked+mm != l.walked {
		return fmt.Errorf("node %d after %d ms and %d mm: its link leads from %d after %d ms and %d mm", state, l.ms, l.walked, from, before.ms, before.walked)
	}
	return nil
}

// covers looks at the pieces of an edge: apart from each other, each begun where
// and when the walker is there, and nothing within the budget left out.
func (c certifier) covers(edge int32) (int, error) {
	e := &c.net.Edges[edge]
	pieces := c.pieces(edge, c.budget)
	isReached := func(mm int32) bool {
		for _, p := range pieces {
			if lo, hi := min(p.begin, p.end), max(p.begin, p.end); lo <= mm && mm <= hi {
				return true
			}
		}
		return false
	}
	for i, p := range pieces {
		lo, hi := min(p.begin, p.end), max(p.begin, p.end)
		if lo < 0 || hi > e.MM {
			return 0, fmt.Errorf("a piece from %d to %d of %d mm", p.begin, p.end, e.MM)
		}
		for _, other := range pieces[:i] {
			if a, b := min(other.begin, other.end), max(other.begin, other.end); a < hi && lo < b {
				return 0, fmt.Errorf("pieces from %d to %d and from %d to %d overlap", a, b, lo, hi)
			}
		}
		if ms, _, _ := c.arrive(edge, p.end); ms > c.budget {
			return 0, fmt.Errorf("at %d mm after %d ms, of %d at most", p.end, ms, c.budget)
		}
		fromTail := p.begin == 0 && p.ms == c.nodeMS(e.Tail) && p.walked == c.labels[e.Tail].walked+hi-lo
		fromHead := p.begin == e.MM && p.ms == c.nodeMS(e.Head) && p.walked == c.labels[e.Head].walked+hi-lo
		fromStart := edge == c.start.Edge && p.begin == c.start.MM && p.ms == 0 && p.walked == hi-lo
		if !fromTail && !fromHead && !fromStart {
			return 0, fmt.Errorf("nothing explains the piece %+v", p)
		}
	}
	// An edge is covered but for where time runs out: look a little inside and
	// outside of each border, and here and there.
	places := []int32{0, e.MM / 3, e.MM / 2, e.MM}
	for _, p := range pieces {
		places = append(places, p.begin-2, p.begin+2, p.end-2, p.end+2)
	}
	slow := int32(c.edgeMS(e)/uint32(max(e.MM, 1)) + 1) // milliseconds a millimetre
	for _, mm := range places {
		if mm <= 0 || mm >= e.MM {
			continue
		}
		ms, _, _ := c.arrive(edge, mm)
		within := ms != unreached && int64(ms) <= int64(c.budget)-int64(2*slow)-1
		beyond := ms == unreached || int64(ms) > int64(c.budget)+int64(2*slow)+1
		if r := isReached(mm); r && beyond || !r && within {
			return 0, fmt.Errorf("%d of %d mm after %d ms of %d: in a piece is %v", mm, e.MM, ms, c.budget, r)
		}
	}
	return len(pieces), nil
}
