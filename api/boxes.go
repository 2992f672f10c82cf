package api

import (
	"cmp"
	"math"
	"slices"

	"gridatlas/geo"
	"gridatlas/tiles"
)

// spot is where something is other than before, and the zooms of the tiles that show
// it, none when from is above to.
type spot struct {
	box      geo.Box
	from, to int
}

// with returns the smallest spot that covers both.
func (s spot) with(t spot) spot {
	return spot{s.box.Union(t.box), min(s.from, t.from), max(s.to, t.to)}
}

// fewer returns at most so many spots that cover all of the given ones: those that
// lie together become one. They are laid along a curve over the ground, which is cut
// where it jumps farthest. It may write into its input.
func fewer(spots []spot, most int) []spot {
	slices.SortFunc(spots, func(a, b spot) int {
		return cmp.Or(
			cmp.Compare(alongCurve(a.box), alongCurve(b.box)),
			cmp.Compare(a.box.W, b.box.W), cmp.Compare(a.box.S, b.box.S), cmp.Compare(a.box.E, b.box.E), cmp.Compare(a.box.N, b.box.N),
			cmp.Compare(a.from, b.from), cmp.Compare(a.to, b.to),
		)
	})
	spots = slices.Compact(spots)
	if len(spots) <= most {
		return spots
	}
	type jump struct {
		far float64
		to  int // index of the box after the jump
	}
	jumps := make([]jump, 0, len(spots)-1)
	for i := 1; i < len(spots); i++ {
		a, b := spots[i-1].box.Centre(), spots[i].box.Centre()
		jumps = append(jumps, jump{math.Hypot(float64(b.X)-float64(a.X), float64(b.Y)-float64(a.Y)), i})
	}
	slices.SortStableFunc(jumps, func(a, b jump) int { return cmp.Compare(b.far, a.far) })
	jumps = jumps[:most-1]
	slices.SortFunc(jumps, func(a, b jump) int { return cmp.Compare(a.to, b.to) })
	merged := make([]spot, 0, most)
	start := 0
	for _, j := range append(jumps, jump{to: len(spots)}) {
		whole := spots[start]
		for _, s := range spots[start+1 : j.to] {
			whole = whole.with(s)
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
