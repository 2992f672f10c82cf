package arc

import (
	"slices"

	"gridatlas/geo"
	"gridatlas/tiles/mvt"
)

// Touch is a box of ground in which an area is drawn otherwise than before, its
// border or what lies inside of it. It holds all that differs there, in both.
type Touch struct {
	Key geo.Key
	Box mvt.Box
}

// Touched returns where two states of one zoom differ: outside the boxes of an area
// its borders have the same corners in the same order, so tiles there have the same
// bytes. Borders that have the same areas differ nowhere.
func Touched(before, after *Zoom) []Touch {
	var touches []Touch
	if before.borders == after.borders {
		return nil
	}
	touch := func(key geo.Key, old, now mvt.Shape) {
		if box := difference(ringsOf(old), ringsOf(now)); box != mvt.NoBox {
			touches = append(touches, Touch{key, box})
		}
	}
	for _, a := range before.borders.areas {
		old, _ := before.Shape(a.Key)
		now, _ := after.Shape(a.Key)
		touch(a.Key, old, now)
	}
	for _, a := range after.borders.areas {
		if _, known := before.borders.number[a.Key]; !known {
			now, _ := after.Shape(a.Key)
			touch(a.Key, mvt.Shape{}, now)
		}
	}
	return touches
}

// outline is one ring of a shape.
type outline struct {
	corners []mvt.Point
	hole    bool
}

func (o outline) equal(p outline) bool { return o.hole == p.hole && slices.Equal(o.corners, p.corners) }

func ringsOf(s mvt.Shape) []outline {
	var rings []outline
	for i := range max(len(s.Parts)-1, 0) {
		rings = append(rings, outline{s.Corners[s.Parts[i].At():s.Parts[i+1].At()], s.Parts[i].IsHole()})
	}
	return rings
}

// difference returns the box around what two lists of rings do not have in common.
func difference(old, now []outline) mvt.Box {
	head, tail := common(old, now, outline.equal)
	old, now = old[head:len(old)-tail], now[head:len(now)-tail]
	box := mvt.NoBox
	if len(old) == 1 && len(now) == 1 && old[0].hole == now[0].hole {
		a, b := old[0].corners, now[0].corners
		if head, tail = common(a, b, func(p, q mvt.Point) bool { return p == q }); head > 0 {
			// The corners before and behind belong to the sides that differ.
			for _, ring := range [2][]mvt.Point{a, b} {
				box = box.Extend(ring[(len(ring)-tail)%len(ring)])
				for _, p := range ring[head-1 : len(ring)-tail] {
					box = box.Extend(p)
				}
			}
			return box
		}
	}
	for _, ring := range slices.Concat(old, now) {
		for _, p := range ring.corners {
			box = box.Extend(p)
		}
	}
	return box
}

// common returns how many items two lists have in common at their heads, and how
// many at their tails behind that.
func common[T any](a, b []T, equal func(T, T) bool) (head, tail int) {
	short := min(len(a), len(b))
	for head < short && equal(a[head], b[head]) {
		head++
	}
	for tail < short-head && equal(a[len(a)-1-tail], b[len(b)-1-tail]) {
		tail++
	}
	return head, tail
}
