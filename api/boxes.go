package api

import (
	"cmp"
	"math"
	"slices"

	"gridatlas/geo"
	"gridatlas/tiles"
)

// fewer returns at most so many boxes that cover all of the given ones: those that
// lie together become one. They are laid along a curve over the ground, which is cut
// where it jumps farthest. It may write into its input.
func fewer(boxes []geo.Box, most int) []geo.Box {
	slices.SortFunc(boxes, func(a, b geo.Box) int {
		return cmp.Or(
			cmp.Compare(alongCurve(a), alongCurve(b)),
			cmp.Compare(a.W, b.W), cmp.Compare(a.S, b.S), cmp.Compare(a.E, b.E), cmp.Compare(a.N, b.N),
		)
	})
	boxes = slices.Compact(boxes)
	if len(boxes) <= most {
		return boxes
	}
	type jump struct {
		far float64
		to  int // index of the box after the jump
	}
	jumps := make([]jump, 0, len(boxes)-1)
	for i := 1; i < len(boxes); i++ {
		a, b := boxes[i-1].Centre(), boxes[i].Centre()
		jumps = append(jumps, jump{math.Hypot(float64(b.X)-float64(a.X), float64(b.Y)-float64(a.Y)), i})
	}
	slices.SortStableFunc(jumps, func(a, b jump) int { return cmp.Compare(b.far, a.far) })
	jumps = jumps[:most-1]
	slices.SortFunc(jumps, func(a, b jump) int { return cmp.Compare(a.to, b.to) })
	merged := make([]geo.Box, 0, most)
	start := 0
	for _, j := range append(jumps, jump{to: len(boxes)}) {
		whole := geo.NoBox
		for _, box := range boxes[start:j.to] {
			whole = whole.Union(box)
		}
		merged = append(merged, whole)
		start = j.to
	}
	return merged
}

// alongCurve is the place of the middle of a box along a curve over the ground.
func alongCurve(b geo.Box) uint64 {
	c := b.Centre()
	return tiles.Hilbert(uint32(c.X)^1<<31, uint32(c.Y)^1<<31, 32)
}
