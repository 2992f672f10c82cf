package mvt

import (
	"cmp"
	"slices"
)

// tracer makes polygons of the edges around ground.
type tracer struct {
	halves []half  // by the place they start from
	done   []bool  // by half
	walk   []int32 // halves on the way
	onWalk []int32 // by the first half from a place: where in walk it is left; -1 nowhere
	loops  rings
	order  []int32
}

// trace makes the loops around ground: along each piece of it, in every place from
// the way that came there to the first way on the same side of the ground, so that
// pieces that touch in a corner stay apart. A walk that comes back to a place has
// closed a loop, so no loop touches itself. An outer ring has the number of its
// polygon; a hole too, if it touches the outer ring or another such hole, and
// noPolygon otherwise.
func (t *tracer) trace(border []half) {
	t.halves = append(t.halves[:0], border...)
	slices.SortFunc(t.halves, func(g, h half) int { return cmp.Or(compare(g.from, h.from), compare(g.to, h.to)) })
	t.done, t.onWalk = t.done[:0], t.onWalk[:0]
	for range t.halves {
		t.done, t.onWalk = append(t.done, false), append(t.onWalk, -1)
	}
	t.loops.reset()
	polygons := 0
	for i := range t.halves {
		if t.done[i] {
			continue
		}
		first, outer := len(t.loops.parts), false
		t.walk = t.walk[:0]
		for h := int32(i); !t.done[h]; h = t.onward(h) {
			t.done[h] = true
			t.visit(t.leaving(t.halves[h].from), h, &outer)
		}
		t.visit(t.leaving(t.halves[i].from), -1, &outer)
		for j := first; j < len(t.loops.parts); j++ {
			if outer {
				t.loops.parts[j].polygon = polygons
			} else {
				t.loops.parts[j].polygon = noPolygon
			}
		}
		if outer {
			polygons++
		}
	}
}

// noPolygon is the number of a hole the polygon of which is not known yet.
const noPolygon = -1

// visit goes on from a place, named by its first half, along h. The loop that ends
// there, if one does, is taken off the walk.
func (t *tracer) visit(place, h int32, outer *bool) {
	if at := t.onWalk[place]; at >= 0 {
		for _, g := range t.walk[at:] {
			from := t.halves[g].from
			t.loops.corners = append(t.loops.corners, from)
			t.onWalk[t.leaving(from)] = -1
		}
		t.walk = t.walk[:at]
		t.loops.close(noPolygon, false)
		last := len(t.loops.parts) - 1
		if area2(t.loops.ring(last)) > 0 {
			*outer = true
		} else {
			t.loops.parts[last].hole = true
		}
	}
	if h >= 0 {
		t.onWalk[place] = int32(len(t.walk))
		t.walk = append(t.walk, h)
	}
}

// leaving returns the first half that starts from a place.
func (t *tracer) leaving(v vertex) int32 {
	i, _ := slices.BinarySearchFunc(t.halves, v, func(h half, v vertex) int { return compare(h.from, v) })
	return int32(i)
}

// onward returns the half that follows h around the ground on its left: of those
// from its end, the first one clockwise from the way back, y being up.
func (t *tracer) onward(h int32) int32 {
	at, back := t.halves[h].to, t.halves[h].from
	best := t.leaving(at)
	for i := best + 1; int(i) < len(t.halves) && t.halves[i].from == at; i++ {
		if sooner(at, back, t.halves[i].to, t.halves[best].to) {
			best = i
		}
	}
	return best
}

// sooner reports whether, around a place and clockwise from back, p comes before q.
func sooner(at, back, p, q vertex) bool {
	onP, onQ := sign(cross(at, back, p)), sign(cross(at, back, q))
	if onP != onQ {
		return onP < onQ // within half a turn, at half a turn, beyond
	}
	return cross(at, p, q) < 0
}

// nest puts the loops into r: every outer ring with its holes. A hole that touches
// no outer ring lies in the smallest one around it.
func (t *tracer) nest(r *rings) {
	for i := range t.loops.parts {
		hole := &t.loops.parts[i]
		if hole.polygon != noPolygon {
			continue
		}
		corners := t.loops.ring(i)
		var smallest int64
		for j, outer := range t.loops.parts {
			if outer.hole {
				continue
			}
			ring := t.loops.ring(j)
			if area := area2(ring); (smallest == 0 || area < smallest) && around(ring, corners) {
				smallest, hole.polygon = area, outer.polygon
			}
		}
	}
	t.order = t.order[:0]
	for i := range t.loops.parts {
		t.order = append(t.order, int32(i))
	}
	slices.SortFunc(t.order, func(i, j int32) int {
		p, q := t.loops.parts[i], t.loops.parts[j]
		if p.polygon != q.polygon {
			return cmp.Compare(p.polygon, q.polygon)
		}
		if p.hole != q.hole {
			if q.hole {
				return -1
			}
			return 1
		}
		return cmp.Compare(i, j)
	})
	r.reset()
	for _, i := range t.order {
		r.corners = append(r.corners, t.loops.ring(int(i))...)
		r.close(t.loops.parts[i].polygon, t.loops.parts[i].hole)
	}
}
