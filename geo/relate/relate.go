// Package relate decides how two shapes lie to each other: whether they meet, one
// lies within the other, they touch, overlap or cross, as OGC 06-103r4 defines it by
// the interiors and boundaries of both (DE-9IM). The answers are exact: all is
// decided in integers on the lattice, and no crossing point is ever computed.
//
// Along each piece of a border between two places where it meets the other shape,
// nothing changes: it lies inside, outside or on the other border. So it is enough
// to look at these places: the directions in which the other border leaves them,
// with its inner side, say on what side a piece sets out. Polygons are those that
// geo/valid finds no fault with; of others the answers mean little.
package relate

import "gridatlas/geo"

// Relation says how a shape A lies to a shape B.
type Relation struct {
	kinds  [2]geo.Kind
	meet   bool    // they have a point in common
	common int8    // dimension of what their interiors have in common; -1: nothing
	out    [2]bool // a part of A lies outside B; of B outside A
}

// Intersects reports whether A and B have a point in common.
func (r Relation) Intersects() bool { return r.meet }

// Disjoint reports whether A and B have no point in common.
func (r Relation) Disjoint() bool { return !r.meet }

// Within reports whether no part of A lies outside B and their interiors meet.
func (r Relation) Within() bool { return r.common >= 0 && !r.out[0] }

// Contains reports whether B lies within A.
func (r Relation) Contains() bool { return r.common >= 0 && !r.out[1] }

// Equals reports whether A and B cover the same points.
func (r Relation) Equals() bool { return r.Within() && r.Contains() }

// Touches reports whether A and B meet, but not their interiors.
func (r Relation) Touches() bool { return r.meet && r.common < 0 }

// Overlaps reports whether A and B, of one dimension, share a part of that dimension
// and each has one of its own.
func (r Relation) Overlaps() bool {
	return r.kinds[0] == r.kinds[1] && r.common == dimension(r.kinds[0]) && r.out[0] && r.out[1]
}

// Crosses reports whether the interiors of two lines meet in points alone, or the
// interior of one shape meets that of another of higher dimension and leaves it.
func (r Relation) Crosses() bool {
	switch a, b := r.kinds[0], r.kinds[1]; {
	case a < b:
		return r.common >= 0 && r.out[0]
	case a > b:
		return r.common >= 0 && r.out[1]
	default:
		return a == geo.Lines && r.common == 0
	}
}

func dimension(k geo.Kind) int8 { return int8(k) - int8(geo.Points) }

// Shape is a shape made ready to be compared with others. Any number of goroutines
// may use it.
type Shape struct {
	shape    geo.Shape
	box      geo.Box
	segments segments
	// ends are the boundary of lines: where an odd number of them end.
	ends map[geo.Point]bool
}

// Prepare makes a shape ready.
func Prepare(s geo.Shape) *Shape {
	p := &Shape{shape: s, box: s.Box(), segments: newSegments(s)}
	if s.Kind() == geo.Lines {
		p.ends = map[geo.Point]bool{}
		for part := range s.Parts() {
			for _, end := range []geo.Point{part.Points[0], part.Points[len(part.Points)-1]} {
				if p.ends[end] = !p.ends[end]; !p.ends[end] {
					delete(p.ends, end)
				}
			}
		}
	}
	return p
}

// Of says how A lies to B. A shape without geometry lies apart from all others.
func Of(a geo.Shape, b *Shape) Relation {
	if box := a.Box(); !box.Intersects(b.box) {
		return Relation{kinds: [2]geo.Kind{a.Kind(), b.shape.Kind()}, common: -1, out: [2]bool{true, true}}
	}
	return compare(Prepare(a), b)
}

func compare(a, b *Shape) Relation {
	if a.shape.Kind() > b.shape.Kind() {
		return compare(b, a).reversed()
	}
	r := Relation{kinds: [2]geo.Kind{a.shape.Kind(), b.shape.Kind()}, common: -1, out: [2]bool{true, true}}
	switch r.kinds {
	case [2]geo.Kind{geo.Points, geo.Points}:
		r.points(a, b)
	case [2]geo.Kind{geo.Points, geo.Lines}, [2]geo.Kind{geo.Points, geo.Polygons}:
		r.pointsIn(a, b)
	case [2]geo.Kind{geo.Lines, geo.Lines}:
		r.lines(a, b)
	case [2]geo.Kind{geo.Lines, geo.Polygons}:
		f := a.follow(b)
		r.meet, r.out[0] = f.node || f.in, f.out
		if f.in {
			r.common = 1
		}
	case [2]geo.Kind{geo.Polygons, geo.Polygons}:
		r.polygons(a.follow(b), b.follow(a))
	}
	return r
}

func (r Relation) reversed() Relation {
	r.kinds[0], r.kinds[1] = r.kinds[1], r.kinds[0]
	r.out[0], r.out[1] = r.out[1], r.out[0]
	return r
}

// polygons concludes from how each border runs through the other polygon. What both
// have in common, and what either has alone, is bounded by pieces of these borders:
// each is there if and only if a piece of its boundary is.
func (r *Relation) polygons(a, b course) {
	if a.in || b.in || a.same {
		r.common = 2
	}
	r.meet = a.node || r.common == 2
	r.out = [2]bool{a.out || b.in || a.opposite, b.out || a.in || a.opposite}
}

func (r *Relation) points(a, b *Shape) {
	within := func(a, b *Shape) (some, all bool) {
		known := make(map[geo.Point]bool, len(b.shape.Points()))
		for _, p := range b.shape.Points() {
			known[p] = true
		}
		all = true
		for _, p := range a.shape.Points() {
			some = some || known[p]
			all = all && known[p]
		}
		return some, all
	}
	some, all := within(a, b)
	_, back := within(b, a)
	if r.meet, r.out = some, [2]bool{!all, !back}; some {
		r.common = 0
	}
}

// pointsIn places points against lines or polygons, of which a part always lies
// outside the points.
func (r *Relation) pointsIn(a, b *Shape) {
	r.out[0] = false
	for _, p := range a.shape.Points() {
		switch b.side(p) {
		case geo.Outside:
			r.out[0] = true
		case geo.OnBorder:
			r.meet = true
		case geo.Inside:
			r.meet, r.common = true, 0
		}
	}
}

// side places a point against lines, whose border are their ends, or polygons.
func (s *Shape) side(p geo.Point) geo.Side {
	if !s.box.Holds(p) {
		return geo.Outside
	}
	if s.shape.Kind() == geo.Polygons {
		return polygonSide(s.shape, p)
	}
	if s.ends[p] {
		return geo.OnBorder
	}
	side := geo.Outside
	s.segments.near(geo.NoBox.With(p), func(t segment) {
		if t.holds(p) {
			side = geo.Inside
		}
	})
	return side
}

func polygonSide(s geo.Shape, p geo.Point) geo.Side {
	side := geo.Outside
	for part := range s.Parts() {
		switch geo.RingSide(part.Points, p) {
		case geo.OnBorder:
			return geo.OnBorder
		case geo.Inside:
			side = geo.Inside - side
		}
	}
	return side
}
