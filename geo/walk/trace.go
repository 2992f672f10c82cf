package walk

import (
	"slices"
	"sort"

	"gridatlas/geo"
	"gridatlas/geo/street"
)

// hop is a stretch of one edge on the way, in millimetres from its tail.
type hop struct{ edge, from, to int32 }

// hops returns the walk from the start to a place on the network that was
// reached, in the direction of the search.
func (s *search) hops(goal street.Foot) []hop {
	var back []hop
	_, _, by := s.reach(goal.Edge, goal.MM)
	state := int32(-1)
	switch by {
	case fromNowhere:
		return nil
	case fromStart:
		return []hop{{goal.Edge, s.start.MM, goal.MM}}
	case fromTail:
		back = append(back, hop{goal.Edge, 0, goal.MM})
		state = s.net.Edges[goal.Edge].Tail
	case fromHead:
		back = append(back, hop{goal.Edge, s.net.Edges[goal.Edge].MM, goal.MM})
		state = s.net.Edges[goal.Edge].Head
	}
	nodes := int32(s.net.Nodes())
	for {
		l := &s.labels[state]
		copied := state >= nodes
		switch l.from {
		case origin:
			e := &s.net.Edges[s.start.Edge]
			end := int32(0)
			// On a loop both ends are one node: the length tells them apart.
			if s.entry(e.Head) == state && (s.along(e) || s.start.MM == e.MM) && l.walked == e.MM-s.start.MM {
				end = e.MM
			}
			back = append(back, hop{s.start.Edge, s.start.MM, end})
			slices.Reverse(back)
			return back
		case stay:
			state = s.entry(state)
			continue
		}
		link := &s.net.Links[l.from]
		switch link.Way {
		case street.Enter:
			state = s.owner(l.from)
		case street.Leave:
			if state = s.owner(l.from); !s.isFrom(state, l) {
				state = s.entry(state)
			}
		default:
			e := &s.net.Edges[link.Way>>1]
			before := e.Tail
			step := hop{link.Way >> 1, 0, e.MM}
			if link.Way&1 == 1 {
				before, step = e.Head, hop{link.Way >> 1, e.MM, 0}
			}
			back = append(back, step)
			state = before
			if copied {
				state = s.entry(before)
			}
		}
	}
}

// owner returns the node that a link leads away from.
func (s *search) owner(link int32) int32 {
	return int32(sort.Search(s.net.Nodes(), func(n int) bool { return s.net.FirstOut[n+1] > link }))
}

// isFrom reports whether a label that was left by a door of a ground comes from a
// node of it as everybody walks there. Else it comes from the copy of the node, in
// the ground of the start.
func (s *search) isFrom(node int32, label *label) bool {
	inner := &s.labels[node]
	return s.closed.Through(node) && inner.stamp == s.stamp && inner.ms == label.ms && inner.walked == label.walked
}

// line returns the shape of a walk in the order walked: the access legs from and
// to the two points asked for, and the streets between.
func (s *search) line(from, to geo.Point, goal street.Foot) geo.Shape {
	points := []geo.Point{from}
	for _, h := range s.hops(goal) {
		points = s.net.AppendPath(points, h.edge, h.from, h.to)
	}
	points = slices.Compact(append(points, to))
	if len(points) == 1 {
		points = append(points, to)
	}
	if s.toward {
		slices.Reverse(points)
	}
	return geo.LineShape(points)
}
