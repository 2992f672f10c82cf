package mvt

import (
	"cmp"
	"slices"
)

// Mender tells which polygons cross or touch themselves or one another after
// rounding, and mends them for a Frame. It keeps its memory, and to find that rings
// are in order allocates nothing once that has grown. One goroutine uses it at a
// time; the zero Mender is ready. Shapes are less than 10^9 units wide and half as
// high, an eighth of the world at zoom 20: flawed ones that are wider are not drawn.
type Mender struct {
	rings rings
	sides []ringEdge
	boxes []tileBox

	noder  noder
	sweep  sweep
	tracer tracer
}

// Simple reports whether the polygons of a shape are valid as they are once they
// are rounded to the units of a zoom and what is no corner is dropped: no ring
// touches itself or another, holes lie in their polygon, and no polygon lies in
// another. A ring that nothing is left of is no fault.
func (m *Mender) Simple(s *Shape, zoom uint8) bool {
	m.rings.load(s, &tileGrid{grid: gridOf(min(zoom, fullZoom))}, everywhere)
	m.rings.tidy(false)
	return m.simple(&m.rings)
}

// simple reports whether rings without flat corners are valid polygons, and none
// touches another.
func (m *Mender) simple(r *rings) bool {
	return len(r.parts) == 1 && convex(r.corners) || m.apart(r) && m.nested(r)
}

// convex reports whether a ring turns the same way in all corners, once around: then
// it does not touch itself. Most of what is cut from buildings does.
func convex(ring []vertex) bool {
	n := len(ring)
	a, b := ring[n-2], ring[n-1]
	east, rounds := a.x < b.x || a.x == b.x && a.y < b.y, 0
	for _, c := range ring {
		if cross(a, b, c) <= 0 {
			return false
		}
		before := east
		if east = b.x < c.x || b.x == c.x && b.y < c.y; east && !before {
			rounds++
		}
		a, b = b, c
	}
	return rounds == 1
}

// ringEdge is an edge of a ring, the end with the smaller x first.
type ringEdge struct {
	a, b       vertex
	corner     int // that it starts from in its ring
	start, end int // of the corners of the ring
}

// apart reports whether no two edges touch but those that follow one another in a
// ring, in the corner they share.
func (m *Mender) apart(r *rings) bool {
	m.sides = m.sides[:0]
	start := 0
	for _, p := range r.parts {
		before := p.end - 1
		for i := start; i < p.end; i++ {
			a, b := r.corners[before], r.corners[i]
			if a.x > b.x {
				a, b = b, a
			}
			m.sides = append(m.sides, ringEdge{a, b, before, start, p.end})
			before = i
		}
		start = p.end
	}
	slices.SortFunc(m.sides, func(e, f ringEdge) int { return cmp.Compare(e.a.x, f.a.x) })
	for i := range m.sides {
		e := &m.sides[i]
		low, high := min(e.a.y, e.b.y), max(e.a.y, e.b.y)
		for j := i + 1; j < len(m.sides) && m.sides[j].a.x <= e.b.x; j++ {
			f := &m.sides[j]
			if min(f.a.y, f.b.y) > high || max(f.a.y, f.b.y) < low {
				continue
			}
			if e.after(f) || f.after(e) {
				continue
			}
			if touch(e.a, e.b, f.a, f.b) {
				return false
			}
		}
	}
	return true
}

// after reports whether e follows f in a ring. Then they share a corner and, as no
// corner is flat, nothing else.
func (e *ringEdge) after(f *ringEdge) bool {
	return e.corner == f.corner+1 || e.corner == e.start && f.corner == e.end-1
}

// touch reports whether two edges, the boxes of which meet, have a place in common.
func touch(a, b, c, d vertex) bool {
	return sign(cross(a, b, c))*sign(cross(a, b, d)) <= 0 && sign(cross(c, d, a))*sign(cross(c, d, b)) <= 0
}

func sign(v int64) int { return cmp.Compare(v, 0) }

// tileBox is the smallest box around a ring.
type tileBox struct{ low, high vertex }

func (b tileBox) covers(v vertex) bool {
	return b.low.x <= v.x && v.x <= b.high.x && b.low.y <= v.y && v.y <= b.high.y
}

// nested reports whether rings that are apart lie in one another as they should:
// rounding can lift a small hole over an edge without touching it.
func (m *Mender) nested(r *rings) bool {
	if len(r.parts) == 1 {
		return true
	}
	m.boxes = m.boxes[:0]
	for i := range r.parts {
		ring := r.ring(i)
		b := tileBox{ring[0], ring[0]}
		for _, v := range ring {
			b.low = vertex{min(b.low.x, v.x), min(b.low.y, v.y)}
			b.high = vertex{max(b.high.x, v.x), max(b.high.y, v.y)}
		}
		m.boxes = append(m.boxes, b)
	}
	for i, p := range r.parts {
		ring := r.ring(i)
		own, others := 0, 0 // outer rings around the ring, less the holes around it
		for j, q := range r.parts {
			if i == j || !m.boxes[j].covers(ring[0]) || !around(r.ring(j), ring) {
				continue
			}
			switch {
			case q.polygon != p.polygon && q.hole:
				others--
			case q.polygon != p.polygon:
				others++
			case q.hole: // a hole in a hole, an outer ring in a hole of its own
				return false
			default:
				own++
			}
		}
		if others != 0 || own == 1 != p.hole || own > 1 {
			return false
		}
	}
	return true
}
