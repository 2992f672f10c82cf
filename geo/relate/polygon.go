package relate

import (
	"slices"

	"gridatlas/geo"
)

// course says where pieces of a line or border run against a polygon.
type course struct {
	node     bool // the borders have a point in common
	in, out  bool // some piece lies inside, outside
	same     bool // some piece lies on the border, both insides on one side of it
	opposite bool // or on either side
}

// follow goes along the lines or rings of s through the polygons of t.
func (s *Shape) follow(t *Shape) course {
	f := follower{Shape: t, touched: make([]bool, s.shape.NumParts())}
	for _, piece := range s.segments.list {
		if piece.Box().Intersects(t.box) {
			f.segment(piece)
		}
	}
	// A line or ring that meets the border nowhere lies on one side of it.
	for i, touched := range f.touched {
		if touched {
			continue
		}
		switch polygonSide(t.shape, s.shape.Part(i).Points[0]) {
		case geo.Inside:
			f.in = true
		case geo.Outside:
			f.out = true
		case geo.OnBorder: // a line without length
			f.node = true
		}
	}
	return f.course
}

type follower struct {
	*Shape
	course
	touched []bool // by part of what is followed
	borders []segment
	crossed []segment
	nodes   []geo.Point
}

// segment looks at both directions from each place where a segment meets the
// border.
func (f *follower) segment(s segment) {
	f.borders, f.crossed, f.nodes = f.borders[:0], f.crossed[:0], f.nodes[:0]
	f.segments.near(s.Box(), func(t segment) {
		how, place := s.meets(t)
		switch how {
		case apart:
			return
		case through:
			f.crossed = append(f.crossed, t)
		case at:
			f.borders, f.nodes = append(f.borders, t), append(f.nodes, place)
		case along:
			ends := s.common(t)
			f.borders, f.nodes = append(f.borders, t), append(f.nodes, ends[0], ends[1])
		}
		f.node, f.touched[s.part] = true, true
	})
	for _, t := range f.crossed {
		if slices.ContainsFunc(f.nodes, t.holds) {
			f.borders = append(f.borders, t) // where another part stands at it with a corner
		} else { // from one side to the other
			f.in, f.out = true, true
		}
	}
	for i, place := range f.nodes {
		if slices.Contains(f.nodes[:i], place) {
			continue
		}
		if place != s.b {
			f.direction(place, s.b, true)
		}
		if place != s.a {
			f.direction(place, s.a, false)
		}
	}
}

// ray is a direction in which the border leaves a place.
type ray struct {
	to      geo.Point
	forward bool // as its segment runs, so that the inside is on its left
}

// direction notes on which side of the border the way from a place to another one
// sets out; forward as the segment that is followed runs.
func (f *follower) direction(place, to geo.Point, forward bool) {
	way := from(place, to)
	var before ray // the first one clockwise of the way
	found := false
	for _, t := range f.borders {
		if !t.holds(place) {
			continue
		}
		for _, r := range [2]ray{{t.a, false}, {t.b, true}} {
			if r.to == place {
				continue
			}
			u := from(place, r.to)
			if u.turn(way) == 0 && u.ahead(way) {
				if r.forward == forward {
					f.same = true
				} else {
					f.opposite = true
				}
				return
			}
			if !found || nearer(u, from(place, before.to), way) {
				before, found = r, true
			}
		}
	}
	if before.forward {
		f.in = true
	} else {
		f.out = true
	}
}

// vector is a direction on the lattice.
type vector struct{ x, y int64 }

func from(a, b geo.Point) vector {
	return vector{int64(b.X) - int64(a.X), int64(b.Y) - int64(a.Y)}
}

// turn is +1 when v points left of u, -1 right, 0 along its line. In the world the
// products are below 2^63, so they are compared and not subtracted.
func (u vector) turn(v vector) int {
	switch p, q := u.x*v.y, u.y*v.x; {
	case p > q:
		return 1
	case p < q:
		return -1
	}
	return 0
}

// ahead reports whether two vectors of one line point to the same side.
func (u vector) ahead(v vector) bool { return (u.x > 0) == (v.x > 0) && (u.y > 0) == (v.y > 0) }

// nearer reports whether u is met before v when one turns clockwise from way. None
// of both is way itself.
func nearer(u, v, way vector) bool {
	// From way clockwise: what it lies left of, its opposite, what it lies right of.
	if a, b := u.turn(way), v.turn(way); a != b {
		return a > b
	}
	return v.turn(u) > 0
}
