package relate

import (
	"cmp"
	"slices"

	"gridatlas/geo"
)

// lines compares lines with lines.
func (r *Relation) lines(a, b *Shape) {
	r.out[0] = r.along(a, b)
	r.out[1] = r.along(b, a)
}

// along goes along the lines of a, notes where they meet those of b, and reports
// whether a part of them lies outside b.
func (r *Relation) along(a, b *Shape) (out bool) {
	var shared [][2]int32 // of the segment, by its longer axis
	for _, s := range a.segments.list {
		shared = shared[:0]
		if s.Box().Intersects(b.box) {
			b.segments.near(s.Box(), func(t segment) {
				how, place := s.meets(t)
				switch how {
				case apart:
					return
				case through:
					if r.common < 0 && !endIn(a, s, t) && !endIn(b, s, t) {
						r.common = 0
					}
				case at:
					r.touch(a, b, place)
				case along:
					ends := s.common(t)
					if ends[0] == ends[1] {
						r.touch(a, b, ends[0])
					} else {
						r.common = 1
						from, to := s.measure(ends[0]), s.measure(ends[1])
						shared = append(shared, [2]int32{min(from, to), max(from, to)})
					}
				}
				r.meet = true
			})
		}
		out = out || !s.covered(shared)
	}
	return out
}

// touch notes a place where lines meet: in the interior of both, unless it is an end
// of either.
func (r *Relation) touch(a, b *Shape, place geo.Point) {
	if !a.ends[place] && !b.ends[place] {
		r.common = max(r.common, 0)
	}
}

// endIn reports whether a boundary point of lines lies where two segments cross.
func endIn(lines *Shape, s, t segment) bool {
	for end := range lines.ends {
		if s.holds(end) && t.holds(end) {
			return true
		}
	}
	return false
}

// measure is how far a point of the segment lies along the longer axis.
func (s segment) measure(p geo.Point) int32 {
	box := s.Box()
	if int64(box.E)-int64(box.W) >= int64(box.N)-int64(box.S) {
		return p.X
	}
	return p.Y
}

// covered reports whether the shared pieces leave nothing of the segment.
func (s segment) covered(shared [][2]int32) bool {
	slices.SortFunc(shared, func(p, q [2]int32) int { return cmp.Compare(p[0], q[0]) })
	from, to := s.measure(s.a), s.measure(s.b)
	reached, end := min(from, to), max(from, to)
	for _, piece := range shared {
		if piece[0] > reached {
			return false
		}
		reached = max(reached, piece[1])
	}
	return reached >= end
}
