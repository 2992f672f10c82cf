package walk

import (
	"context"
	"time"

	"gridatlas/geo/hours"
	"gridatlas/geo/street"
)

// flood is one search from all sources at once, against the way that is walked: it
// finds for every node the place that is reached soonest from there.
//
// Its states are those of search, for all residents' grounds together. A trip
// walks in the ground it starts in, then on public streets, then in the ground it
// ends in. Against the way, the ground where trips end comes first: its nodes have
// copies for as long as it has not been left. No copy of one ground leads to a copy
// of another, so each source floods what a search from it alone would find.
//
// Gates stand still in a flood. Which nodes let nobody through is given, and which
// of the others open only after a time: those are not passed where a walk that
// waits for none would take longer than MaxMinutes.
type flood struct {
	*sources
	barred map[int32]bool   // nodes with a gate that is shut
	opens  map[int32]uint32 // nodes with a gate that opens, in milliseconds
	// floor is the least time of any walk through a gate that opens first.
	floor uint32
	waves []front // by node, then by node of the grounds: the copies
	heap  queue
}

// front is the best walk from a state, and the state that comes after it.
type front struct {
	wave
	next int32 // ashore: the place stands on an edge of the state
}

const ashore = -1

var dry = front{wave: nowhere, next: ashore}

// newFlood returns a flood that has run its course, however long the walks.
func newFlood(ctx context.Context, from *sources, barred map[int32]bool, opens map[int32]uint32) (*flood, error) {
	net := from.net
	f := &flood{sources: from, barred: barred, opens: opens, floor: unreached}
	f.waves = make([]front, 2*net.Nodes()-net.PublicNodes())
	for i := range f.waves {
		f.waves[i] = dry
	}
	for i := range f.list {
		edge := f.list[i].edge
		if i > 0 && f.list[i-1].edge == edge {
			continue
		}
		e := &net.Edges[edge]
		f.push(f.copyOf(e.Tail), f.along(edge, 0, 0), ashore)
		f.push(f.copyOf(e.Head), f.along(edge, e.MM, f.edgeMS(e)), ashore)
	}
	for steps := 0; len(f.heap) > 0; steps++ {
		if steps%lookEvery == lookEvery-1 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		top := f.heap.pop()
		if state := int32(uint32(top)); f.waves[state].ms == uint32(top>>32) {
			f.settle(state)
		}
	}
	return f, ctx.Err()
}

// copyOf is the state in which the ground of a node has not been left; a public
// node has none.
func (f *flood) copyOf(node int32) int32 {
	if public := int32(f.net.PublicNodes()); node >= public {
		return int32(f.net.Nodes()) + node - public
	}
	return node
}

// node is the node of a state; leaving says that its ground has not been left.
func (f *flood) node(state int32) (node int32, leaving bool) {
	if n := int32(f.net.Nodes()); state >= n {
		return state - n + int32(f.net.PublicNodes()), true
	}
	return state, false
}

// push offers a state a walk to a place by the state next.
func (f *flood) push(state int32, w wave, next int32) {
	if w.before(f.waves[state].wave) {
		f.waves[state] = front{w, next}
		f.heap.push(uint64(w.ms)<<32 | uint64(uint32(state)))
	}
}

// settle goes on from a state whose time is final.
func (f *flood) settle(state int32) {
	node, leaving := f.node(state)
	if f.barred[node] || f.closed.Node(node) {
		f.waves[state] = dry // nothing is reached through it, as in search
		return
	}
	w := f.waves[state].wave
	if after, ok := f.opens[node]; ok {
		if w.ms+after > longestMS {
			f.waves[state] = dry
			return
		}
		f.floor = min(f.floor, w.ms+after)
	}
	if leaving {
		// What ends in the ground it began in may just as well stay.
		f.push(node, w, state)
	}
	for i := f.net.FirstOut[node]; i < f.net.FirstOut[node+1]; i++ {
		link := &f.net.Links[i]
		switch {
		case link.Way == street.Enter:
			f.push(link.Head, w, state)
		case link.Way == street.Leave:
			if leaving || f.closed.Through(node) {
				f.push(link.Head, w, state)
			}
		case link.In && !f.closed.Edge(link.Way>>1):
			head := link.Head
			if leaving {
				head = f.copyOf(head)
			}
			f.push(head, wave{w.ms + f.edgeMS(&f.net.Edges[link.Way>>1]), w.place}, state)
		}
	}
}

// from returns the best walk from a place by any of its accesses, and the state it
// comes to first.
func (f *flood) from(p *place) front {
	best := dry
	for i := range p.ways {
		foot := &p.ways[i].foot
		e := &f.net.Edges[foot.Edge]
		whole := f.edgeMS(e)
		before := share(whole, foot.MM, e.MM)
		lo, hi, _ := f.closed.Gap(foot.Edge, foot.MM, e.MM)
		found := front{f.along(foot.Edge, foot.MM, before), ashore}
		by := func(node int32, ms uint32) {
			if w := f.waves[node].wave; w.ms != unreached {
				if w.ms += ms; w.before(found.wave) {
					found = front{w, node}
				}
			}
		}
		// At an end of a one-way street one stands at the junction, whatever the way.
		if lo == 0 && (!e.Oneway || foot.MM == 0) {
			by(e.Tail, before)
		}
		if hi == e.MM {
			by(e.Head, whole-before)
		}
		if found.ms == unreached {
			continue
		}
		if found.ms += f.legMS(foot.Leg); found.before(best.wave) {
			best = found
		}
	}
	return best
}

// passes reports whether all gates on the way of a walk let one through who sets
// out at a moment.
func (f *flood) passes(walk front, at time.Time, cal *hours.Calendar) bool {
	for state := walk.next; state != ashore; state = f.waves[state].next {
		node, _ := f.node(state)
		for _, gate := range f.net.Gates(node) {
			when := at.Add(time.Duration(walk.ms-f.waves[state].ms) * time.Millisecond)
			if isShut(gate, when, cal) && !f.closed.Opens(gate.Feature) {
				return false
			}
		}
	}
	return true
}
