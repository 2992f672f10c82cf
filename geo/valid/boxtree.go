package valid

import (
	"cmp"
	"slices"

	"gridatlas/geo"
)

// boxTree is a packed tree over segments in Morton order of their middles: the
// nodes of each level are the boxes of fanOut neighbours of the level below.
type boxTree struct {
	segments []segment
	levels   [][]geo.Box // levels[0] holds the boxes of the segments
}

const fanOut = 8

// newBoxTree builds the tree; it keeps and reorders the slice.
func newBoxTree(list []segment) *boxTree {
	type entry struct {
		code    uint64
		segment segment
	}
	entries := make([]entry, len(list))
	for i, s := range list {
		entries[i] = entry{morton(s.box().Centre()), s}
	}
	slices.SortFunc(entries, func(a, b entry) int { return cmp.Compare(a.code, b.code) })
	t := &boxTree{segments: list}
	level := make([]geo.Box, len(list))
	for i := range entries {
		list[i] = entries[i].segment
		level[i] = list[i].box()
	}
	t.levels = append(t.levels, level)
	for len(level) > 1 {
		above := make([]geo.Box, 0, (len(level)+fanOut-1)/fanOut)
		for group := range slices.Chunk(level, fanOut) {
			box := geo.NoBox
			for _, b := range group {
				box = box.Union(b)
			}
			above = append(above, box)
		}
		t.levels = append(t.levels, above)
		level = above
	}
	return t
}

// morton interleaves the bits of both coordinates.
func morton(p geo.Point) uint64 {
	return spread(uint32(p.X)^1<<31) | spread(uint32(p.Y)^1<<31)<<1
}

func spread(v uint32) uint64 {
	x := uint64(v)
	x = (x | x<<16) & 0x0000ffff0000ffff
	x = (x | x<<8) & 0x00ff00ff00ff00ff
	x = (x | x<<4) & 0x0f0f0f0f0f0f0f0f
	x = (x | x<<2) & 0x3333333333333333
	return (x | x<<1) & 0x5555555555555555
}

// join calls pair once for every two segments whose boxes meet, until it
// returns false.
func (t *boxTree) join(pair func(s, u segment) bool) {
	if len(t.segments) > 0 {
		t.meet(len(t.levels)-1, 0, 0, pair)
	}
}

// meet joins the nodes i <= j of one level.
func (t *boxTree) meet(level, i, j int, pair func(s, u segment) bool) bool {
	if level == 0 {
		return i == j || pair(t.segments[i], t.segments[j])
	}
	below := t.levels[level-1]
	lastI, lastJ := min((i+1)*fanOut, len(below)), min((j+1)*fanOut, len(below))
	for k := i * fanOut; k < lastI; k++ {
		for l := max(j*fanOut, k); l < lastJ; l++ {
			if below[k].Intersects(below[l]) && !t.meet(level-1, k, l, pair) {
				return false
			}
		}
	}
	return true
}
