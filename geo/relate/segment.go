package relate

import (
	"gridatlas/geo"
	"gridatlas/geo/planar"
)

// segment is a piece of a line or ring, from one corner to the next and another
// one. The inside of a polygon lies on its left.
type segment struct {
	a, b geo.Point
	part int32
}

func (s segment) Box() geo.Box {
	return geo.Box{W: min(s.a.X, s.b.X), S: min(s.a.Y, s.b.Y), E: max(s.a.X, s.b.X), N: max(s.a.Y, s.b.Y)}
}

// holds reports whether a point lies on the segment, its ends included.
func (s segment) holds(p geo.Point) bool { return s.Box().Holds(p) && geo.Turn(s.a, s.b, p) == 0 }

// segments are those of one shape, to be searched by box.
type segments struct {
	list []segment
	tree *planar.Tree[segment] // nil: few
}

// few is the number of segments below which a tree costs more than it saves.
const few = 64

func newSegments(s geo.Shape) segments {
	if s.Kind() != geo.Lines && s.Kind() != geo.Polygons {
		return segments{}
	}
	list := make([]segment, 0, len(s.Points()))
	for i := range s.NumParts() {
		points := s.Part(i).Points
		last := points[0]
		if s.Kind() == geo.Polygons {
			last = points[len(points)-1]
		}
		for _, p := range points {
			if p != last {
				list = append(list, segment{last, p, int32(i)})
			}
			last = p
		}
	}
	if len(list) < few {
		return segments{list: list}
	}
	return segments{list, planar.NewTree(list)}
}

// near visits the segments whose boxes meet a box.
func (s *segments) near(box geo.Box, visit func(segment)) {
	if s.tree != nil {
		s.tree.Within(box, visit)
		return
	}
	for _, t := range s.list {
		if t.Box().Intersects(box) {
			visit(t)
		}
	}
}

// contact says how two segments meet.
type contact uint8

const (
	apart   contact = iota
	through         // they cross between their ends
	at              // they meet in one point, an end of one of them
	along           // they lie on one line and meet
)

// meets returns how two segments whose boxes meet do, and where, for at.
func (s segment) meets(t segment) (contact, geo.Point) {
	sa, sb := geo.Turn(t.a, t.b, s.a), geo.Turn(t.a, t.b, s.b)
	if sa*sb > 0 {
		return apart, geo.Point{}
	}
	ta, tb := geo.Turn(s.a, s.b, t.a), geo.Turn(s.a, s.b, t.b)
	switch {
	case ta*tb > 0:
		return apart, geo.Point{}
	case sa == 0 && sb == 0:
		return along, geo.Point{}
	case sa == 0:
		return at, s.a
	case sb == 0:
		return at, s.b
	case ta == 0:
		return at, t.a
	case tb == 0:
		return at, t.b
	}
	return through, geo.Point{}
}

// common returns the ends of what two segments on one line have in common; they are
// the same where that is a single point.
func (s segment) common(t segment) (ends [2]geo.Point) {
	box, other := s.Box(), t.Box()
	found := 0
	for _, p := range [4]geo.Point{s.a, s.b, t.a, t.b} {
		if box.Holds(p) && other.Holds(p) && (found == 0 || p != ends[0]) {
			ends[min(found, 1)] = p
			found++
		}
	}
	if found == 1 {
		ends[1] = ends[0]
	}
	return ends
}
