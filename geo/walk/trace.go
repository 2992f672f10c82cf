package walk

import (
	"slices"

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
			state = s.door(link.Head, street.Leave, 0)
		case street.Leave:
			state = s.entry(s.door(link.Head, street.Enter, s.ground))
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

// door returns the node on the other side of a door, in the given ground.
func (s *search) door(node, way, ground int32) int32 {
	for _, link := range s.net.Links[s.net.FirstOut[node]:s.net.FirstOut[node+1]] {
		if link.Way != way {
			continue
		}
		if way == street.Leave {
			return link.Head
		}
		if first, end := s.net.Ground(ground); link.Head >= first && link.Head < end {
			return link.Head
		}
	}
	panic("unreachable: a door with one side")
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
