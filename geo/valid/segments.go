package valid

import (
	"cmp"
	"slices"

	"gridatlas/geo"
	"gridatlas/geo/planar"
)

// segment is one edge of a ring, from corner i to the next one.
type segment struct {
	a, b geo.Point
	part int32
	i    int32
}

func (s segment) Box() geo.Box {
	return geo.Box{W: min(s.a.X, s.b.X), S: min(s.a.Y, s.b.Y), E: max(s.a.X, s.b.X), N: max(s.a.Y, s.b.Y)}
}

// touch is a place where two rings of different parts meet in a single point.
type touch struct {
	at    geo.Point
	parts [2]int32
	arms  [2]arms
}

// arms are the two corners between which a ring runs through a touching place.
type arms struct{ in, out geo.Point }

// segments judges all pairs of segments and notes where rings touch.
func (c *checker) segments() {
	list := make([]segment, 0, len(c.shape.Points()))
	for i := range c.shape.NumParts() {
		ring := c.shape.Part(i).Points
		for j, p := range ring {
			list = append(list, segment{a: p, b: ring[(j+1)%len(ring)], part: int32(i), i: int32(j)})
		}
	}
	if len(list) <= few {
		c.allPairs(list)
	} else {
		planar.NewTree(list).Join(c.pair)
	}
	if len(c.faults) > 0 {
		return
	}
	slices.SortFunc(c.touches, func(s, t touch) int {
		return cmp.Or(cmp.Compare(s.parts[0], t.parts[0]), cmp.Compare(s.parts[1], t.parts[1]),
			cmp.Compare(s.at.X, t.at.X), cmp.Compare(s.at.Y, t.at.Y))
	})
	// Two corners that meet show up once for each pair of their segments.
	c.touches = slices.CompactFunc(c.touches, func(s, t touch) bool { return s.at == t.at && s.parts == t.parts })
	for _, t := range c.touches {
		if t.crosses() && !c.fault(RingsCross, t.at, int(t.parts[1]), "crosses ring %d of the same shape", t.parts[0]) {
			return
		}
	}
}

// few is the number of segments below which a tree costs more than it saves;
// most buildings have fewer.
const few = 32

func (c *checker) allPairs(list []segment) {
	for i, s := range list {
		box := s.Box()
		for _, t := range list[:i] {
			if box.Intersects(t.Box()) && !c.pair(s, t) {
				return
			}
		}
	}
}

// pair judges two segments whose boxes meet; false ends the search.
func (c *checker) pair(s, t segment) bool {
	if s.part > t.part || s.part == t.part && s.i > t.i {
		s, t = t, s
	}
	same := s.part == t.part
	if same {
		n := int32(len(c.shape.Part(int(s.part)).Points))
		if t.i == s.i+1 || s.i == 0 && t.i == n-1 {
			return true // neighbours share a corner; spikes were found before
		}
	}
	sa, sb := geo.Turn(t.a, t.b, s.a), geo.Turn(t.a, t.b, s.b)
	if sa*sb > 0 {
		return true
	}
	ta, tb := geo.Turn(s.a, s.b, t.a), geo.Turn(s.a, s.b, t.b)
	if ta*tb > 0 {
		return true
	}
	if sa == 0 && sb == 0 {
		return c.collinear(s, t)
	}
	if sa*sb < 0 && ta*tb < 0 {
		if same {
			return c.fault(SelfCrossing, near(s, t), int(s.part), "the ring crosses itself")
		}
		return c.fault(RingsCross, near(s, t), int(t.part), "crosses ring %d of the same shape", s.part)
	}
	var at geo.Point
	switch 0 {
	case sa:
		at = s.a
	case sb:
		at = s.b
	case ta:
		at = t.a
	default:
		at = t.b
	}
	return c.meet(s, t, at)
}

// collinear judges two segments of one line whose boxes meet.
func (c *checker) collinear(s, t segment) bool {
	box, other := s.Box(), t.Box()
	low := geo.Point{X: max(box.W, other.W), Y: max(box.S, other.S)}
	high := geo.Point{X: min(box.E, other.E), Y: min(box.N, other.N)}
	switch {
	case low.X > high.X || low.Y > high.Y:
		return true
	case low == high:
		return c.meet(s, t, low)
	case s.part == t.part:
		return c.fault(SelfCrossing, end(s, other), int(s.part), "the ring runs along itself")
	default:
		return c.fault(SharedEdge, end(s, other), int(t.part), "runs along ring %d of the same shape", s.part)
	}
}

// end returns a corner of s or t where the common piece of both begins.
func end(s segment, other geo.Box) geo.Point {
	if other.Holds(s.a) {
		return s.a
	}
	if other.Holds(s.b) {
		return s.b
	}
	// t lies inside s: either corner of its box diagonal is on the line.
	if (s.a.X < s.b.X) == (s.a.Y < s.b.Y) {
		return geo.Point{X: other.W, Y: other.S}
	}
	return geo.Point{X: other.W, Y: other.N}
}

// meet notes two segments that have the single point `at` in common.
func (c *checker) meet(s, t segment, at geo.Point) bool {
	if s.part == t.part {
		return c.fault(SelfTouch, at, int(s.part), "the ring touches itself")
	}
	c.touches = append(c.touches, touch{at, [2]int32{s.part, t.part}, [2]arms{c.armsAt(s, at), c.armsAt(t, at)}})
	return true
}

func (c *checker) armsAt(s segment, at geo.Point) arms {
	ring := c.shape.Part(int(s.part)).Points
	n := len(ring)
	switch at {
	case s.a:
		return arms{ring[(int(s.i)+n-1)%n], s.b}
	case s.b:
		return arms{s.a, ring[(int(s.i)+2)%n]}
	}
	return arms{s.a, s.b}
}

// crosses reports whether the second ring changes sides of the first one.
func (t touch) crosses() bool {
	a, b := t.arms[0], t.arms[1]
	return between(t.at, a.out, a.in, b.in) != between(t.at, a.out, a.in, b.out)
}

// between reports whether the direction from `at` to p lies in the sector that
// is swept counterclockwise from `from` to `to`. Equal directions do not occur:
// they would be shared edges.
func between(at, from, to, p geo.Point) bool {
	u, v, w := vector(at, from), vector(at, to), vector(at, p)
	if angle := cross(u, v); angle > 0 {
		return cross(u, w) > 0 && cross(w, v) > 0
	} else if angle < 0 {
		return cross(u, w) > 0 || cross(w, v) > 0
	}
	return cross(u, w) > 0 // a straight line
}

// near returns the lattice point next to the crossing of two segments, for
// people to find it: rounded, unlike the predicates.
func near(s, t segment) geo.Point {
	u, v, w := vector(s.a, s.b), vector(t.a, t.b), vector(s.a, t.a)
	share := (float64(w.x)*float64(v.y) - float64(w.y)*float64(v.x)) / (float64(u.x)*float64(v.y) - float64(u.y)*float64(v.x))
	return geo.Point{X: s.a.X + int32(share*float64(u.x)), Y: s.a.Y + int32(share*float64(u.y))}
}
