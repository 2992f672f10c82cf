package walk

import (
	"context"
	"math"
	"sync"
	"time"

	"gridatlas/geo/hours"
	"gridatlas/geo/street"
)

// lookEvery is how many steps a search takes before it looks whether anybody still
// waits for the answer: about 0.1 ms.
const lookEvery = 1024

// unreached is the time of what the search did not come to.
const unreached = math.MaxUint32

// label is what the search knows about a node. It counts only when its stamp is
// that of the running search.
type label struct {
	stamp  uint32
	ms     uint32 // from the origin, access leg not counted
	walked int32  // millimetres of the same walk
	from   int32  // link by which it was reached, or origin or stay
}

// search is one run over the network and the memory it needs. It belongs to one
// goroutine; release gives the memory back.
type search struct {
	net    *street.Network
	closed *street.Closed
	free   bool // walks through gates
	cal    *hours.Calendar
	pool   *labelPool
	toward bool
	at     time.Time
	speed  float64
	pace

	start  street.Foot
	ground int32 // residents' ground of the start; 0: public
	first  int32 // its first node
	budget uint32

	stamp  uint32
	labels []label
	heap   queue
	// settled holds the nodes in order of time, copies of the start's ground
	// (nodes beyond the network's) among them.
	settled   []int32
	edgeStamp []uint32
	reached   []int32   // edges, in the order first met
	best      []arrival // by place, when arrivals has run
	found     []int32

	lasting bool       // notes what ends
	of      []Category // of which it notes those that come and go
	endings []ending

	stretches []piece
	window    window // of the outline
	slots     []reachedEdge
}

// arrival is the best known way to a place.
type arrival struct {
	stamp uint32
	ms    uint32 // both access legs included
	mm    int32
	way   int32 // index into place.ways
}

type labelPool struct {
	pool sync.Pool
}

func newLabelPool(net *street.Network) *labelPool {
	p := &labelPool{}
	nodes := net.Nodes() + net.LargestGround()
	p.pool.New = func() any {
		return &search{labels: make([]label, nodes), edgeStamp: make([]uint32, len(net.Edges))}
	}
	return p
}

func (m *Map) newSearch(q *Query, closed *street.Closed, start street.Foot) *search {
	s := m.labels.pool.Get().(*search)
	s.pool = m.labels
	s.net, s.closed, s.cal = m.net, closed, m.calendar
	s.free = false
	s.toward, s.at, s.speed = q.Toward, q.At, q.speed()
	s.lasting, s.of, s.endings = q.Lasting, q.Of, s.endings[:0]
	s.pace = paceOf(s.speed)
	s.start = start
	s.ground, s.first = m.net.Edges[start.Edge].Ground, 0
	if s.ground > 0 {
		s.first, _ = m.net.Ground(s.ground)
	}
	s.heap, s.settled, s.reached = s.heap[:0], s.settled[:0], s.reached[:0]
	s.stamp++
	if s.stamp == 0 { // after 2^32 searches every old stamp must go
		clear(s.labels)
		clear(s.edgeStamp)
		clear(s.best)
		s.stamp = 1
	}
	return s
}

func (s *search) release() {
	s.closed, s.cal, s.of = nil, nil, nil
	s.pool.pool.Put(s)
}

// along reports whether an edge may be walked along, from tail to head, in the
// direction of the search; against whether from head to tail.
func (s *search) along(e *street.Edge) bool   { return !e.Oneway || !s.toward }
func (s *search) against(e *street.Edge) bool { return !e.Oneway || s.toward }

// run searches up to a budget in milliseconds, access leg of the start counted.
func (s *search) run(ctx context.Context, budget int64) error {
	leg := s.legMS(s.start.Leg)
	if budget < int64(leg) {
		s.budget = 0
	} else {
		s.budget = uint32(budget) - leg
	}
	e := &s.net.Edges[s.start.Edge]
	whole := s.edgeMS(e)
	before := share(whole, s.start.MM, e.MM)
	lo, hi, _ := s.closed.Gap(s.start.Edge, s.start.MM, e.MM)
	if hi == e.MM && (s.along(e) || s.start.MM == e.MM) {
		s.push(s.entry(e.Head), whole-before, e.MM-s.start.MM, origin)
	}
	if lo == 0 && (s.against(e) || s.start.MM == 0) {
		s.push(s.entry(e.Tail), before, s.start.MM, origin)
	}
	for steps := 0; len(s.heap) > 0; steps++ {
		if steps%lookEvery == lookEvery-1 && ctx.Err() != nil {
			return ctx.Err()
		}
		top := s.heap.pop()
		node, ms := int32(uint32(top)), uint32(top>>32)
		if s.labels[node].ms != ms {
			continue // reached sooner since
		}
		s.settle(node, ms)
	}
	return ctx.Err()
}

// entry is the node by which the start's ground is walked before it is left:
// those have copies of their own beyond the nodes of the network.
func (s *search) entry(node int32) int32 {
	if s.ground == 0 {
		return node
	}
	return int32(s.net.Nodes()) + node - s.first
}

// settle goes on from a node whose time is final.
func (s *search) settle(state int32, ms uint32) {
	node, leaving := state, false
	if n := int32(s.net.Nodes()); state >= n {
		node, leaving = state-n+s.first, true
	}
	if (s.net.Gated(node) || s.closed.Node(node)) && !s.passes(node, ms) {
		// A dead end: nothing begins here, and coming later does not help.
		s.labels[state].ms, s.labels[state].from = unreached, shut
		return
	}
	s.settled = append(s.settled, state)
	walked := s.labels[state].walked
	if leaving {
		// What ends in the ground it began in may just as well stay.
		s.push(node, ms, walked, stay)
	}
	for i := s.net.FirstOut[node]; i < s.net.FirstOut[node+1]; i++ {
		link := &s.net.Links[i]
		switch {
		case link.Way == street.Enter:
			s.push(link.Head, ms, walked, i)
		case link.Way == street.Leave:
			if leaving || s.closed.Through(node) {
				s.push(link.Head, ms, walked, i)
			}
		case s.toward && !link.In || !s.toward && !link.Out:
		default:
			edge := link.Way >> 1
			if s.closed.Edge(edge) {
				continue
			}
			e := &s.net.Edges[edge]
			head := link.Head
			if leaving {
				head = s.entry(head)
			}
			s.push(head, ms+s.edgeMS(e), walked+e.MM, i)
		}
	}
}

// Labels that no link led to: at an end of the start's edge; taken over from the
// copy of the same node; and a node that let nobody through.
const (
	origin = -1
	stay   = -2
	shut   = -3
)

// passes reports whether one gets through a node at a time after the start.
func (s *search) passes(node int32, ms uint32) bool {
	if s.free {
		return true
	}
	if s.closed.Node(node) {
		return false
	}
	for _, gate := range s.net.Gates(node) {
		if s.closed.Opens(gate.Feature) {
			continue
		}
		when := s.at.Add(time.Duration(ms+s.legMS(s.start.Leg)) * time.Millisecond)
		if s.toward {
			when = s.at.Add(-time.Duration(ms+s.legMS(s.start.Leg)) * time.Millisecond)
		}
		if s.lasting {
			s.note(ms+s.legMS(s.start.Leg), turns(gate, when, s.cal), when)
		}
		if isShut(gate, when, s.cal) {
			return false
		}
	}
	return true
}

// push offers a node a way of reaching it.
func (s *search) push(state int32, ms uint32, walked, from int32) {
	if ms > s.budget {
		return
	}
	l := &s.labels[state]
	if l.stamp == s.stamp && (l.ms <= ms || l.from == shut) {
		return
	}
	*l = label{stamp: s.stamp, ms: ms, walked: walked, from: from}
	s.heap.push(uint64(ms)<<32 | uint64(uint32(state)))
}

// nodeMS is the time at which one can set out from a node of the network.
func (s *search) nodeMS(node int32) uint32 {
	if l := &s.labels[node]; l.stamp == s.stamp {
		return l.ms
	}
	return unreached
}

// from says from where a place on an edge is reached.
type from uint8

const (
	fromNowhere from = iota
	fromTail
	fromHead
	fromStart // along the start's own edge
)

// reach returns the time and the length of the walk from the start to a place on
// an edge; unreached when there is none within the budget.
func (s *search) reach(edge, mm int32) (ms uint32, walked int32, by from) {
	if ms, walked, by = s.arrive(edge, mm); ms > s.budget {
		return unreached, 0, fromNowhere
	}
	return ms, walked, by
}

// arrive is reach without an eye on the budget: beyond it times may be too late.
func (s *search) arrive(edge, mm int32) (ms uint32, walked int32, by from) {
	e := &s.net.Edges[edge]
	whole := s.edgeMS(e)
	before := share(whole, mm, e.MM)
	ms = unreached
	lo, hi, open := s.closed.Gap(edge, mm, e.MM)
	if !open {
		return unreached, 0, fromNowhere
	}
	// At an end of a one-way street one stands at the junction, whatever the way.
	if lo == 0 && (s.along(e) || mm == 0) {
		if t := s.nodeMS(e.Tail); t != unreached {
			ms, walked, by = t+before, s.labels[e.Tail].walked+mm, fromTail
		}
	}
	if hi == e.MM && (s.against(e) || mm == e.MM) {
		if t := s.nodeMS(e.Head); t != unreached && t+whole-before < ms {
			ms, walked, by = t+whole-before, s.labels[e.Head].walked+e.MM-mm, fromHead
		}
	}
	if edge == s.start.Edge && lo <= s.start.MM && s.start.MM <= hi {
		start := share(whole, s.start.MM, e.MM)
		if mm >= s.start.MM && s.along(e) && before-start <= ms {
			ms, walked, by = before-start, mm-s.start.MM, fromStart
		} else if mm <= s.start.MM && s.against(e) && start-before <= ms {
			ms, walked, by = start-before, s.start.MM-mm, fromStart
		}
	}
	return ms, walked, by
}

// edges gathers the edges of which at least a piece was reached.
func (s *search) edges() []int32 {
	if len(s.reached) > 0 {
		return s.reached
	}
	add := func(edge int32) {
		if s.edgeStamp[edge] != s.stamp {
			s.edgeStamp[edge] = s.stamp
			s.reached = append(s.reached, edge)
		}
	}
	add(s.start.Edge)
	nodes := int32(s.net.Nodes())
	for _, node := range s.settled {
		if node >= nodes {
			continue // its twin was settled at the same time
		}
		for i := s.net.FirstOut[node]; i < s.net.FirstOut[node+1]; i++ {
			// One-way streets that end here too: a place may stand at their end.
			if way := s.net.Links[i].Way; way >= 0 {
				add(way >> 1)
			}
		}
	}
	return s.reached
}
