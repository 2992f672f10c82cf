package walk

import (
	"context"

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
// Gates stand still in a flood; which nodes let nobody through is given.
type flood struct {
	*sources
	barred map[int32]bool // nodes with a gate that is shut
	waves  []wave         // by node, then by node of the grounds: the copies
	heap   queue
}

// newFlood returns a flood that has run its course, however long the walks.
func newFlood(ctx context.Context, from *sources, barred map[int32]bool) (*flood, error) {
	net := from.net
	f := &flood{sources: from, barred: barred}
	f.waves = make([]wave, 2*net.Nodes()-net.PublicNodes())
	for i := range f.waves {
		f.waves[i] = nowhere
	}
	for i := range f.list {
		edge := f.list[i].edge
		if i > 0 && f.list[i-1].edge == edge {
			continue
		}
		e := &net.Edges[edge]
		f.push(f.copyOf(e.Tail), f.along(edge, 0, 0))
		f.push(f.copyOf(e.Head), f.along(edge, e.MM, f.edgeMS(e)))
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

// push offers a state a walk to a place.
func (f *flood) push(state int32, w wave) {
	if w.before(f.waves[state]) {
		f.waves[state] = w
		f.heap.push(uint64(w.ms)<<32 | uint64(uint32(state)))
	}
}

// settle goes on from a state whose time is final.
func (f *flood) settle(state int32) {
	node, leaving := state, false
	if n := int32(f.net.Nodes()); state >= n {
		node, leaving = state-n+int32(f.net.PublicNodes()), true
	}
	if f.barred[node] || f.closed.Node(node) {
		f.waves[state] = nowhere // nothing is reached through it, as in search
		return
	}
	w := f.waves[state]
	if leaving {
		// What ends in the ground it began in may just as well stay.
		f.push(node, w)
	}
	for i := f.net.FirstOut[node]; i < f.net.FirstOut[node+1]; i++ {
		link := &f.net.Links[i]
		switch {
		case link.Way == street.Enter:
			f.push(link.Head, w)
		case link.Way == street.Leave:
			if leaving {
				f.push(link.Head, w)
			}
		case link.In && !f.closed.Edge(link.Way>>1):
			head := link.Head
			if leaving {
				head = f.copyOf(head)
			}
			f.push(head, wave{w.ms + f.edgeMS(&f.net.Edges[link.Way>>1]), w.place})
		}
	}
}

// from returns the best walk from a place by any of its accesses.
func (f *flood) from(p *place) wave {
	best := nowhere
	for i := range p.ways {
		foot := &p.ways[i].foot
		e := &f.net.Edges[foot.Edge]
		whole := f.edgeMS(e)
		before := share(whole, foot.MM, e.MM)
		lo, hi, _ := f.closed.Gap(foot.Edge, foot.MM, e.MM)
		found := f.along(foot.Edge, foot.MM, before)
		// At an end of a one-way street one stands at the junction, whatever the way.
		if w := f.waves[e.Tail]; lo == 0 && w.ms != unreached && (!e.Oneway || foot.MM == 0) {
			if w.ms += before; w.before(found) {
				found = w
			}
		}
		if w := f.waves[e.Head]; hi == e.MM && w.ms != unreached {
			if w.ms += whole - before; w.before(found) {
				found = w
			}
		}
		if found.ms == unreached {
			continue
		}
		if found.ms += f.legMS(foot.Leg); found.before(best) {
			best = found
		}
	}
	return best
}
