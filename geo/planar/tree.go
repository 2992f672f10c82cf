package planar

import (
	"cmp"
	"slices"

	"gridatlas/geo"
)

// Boxed is what a Tree holds.
type Boxed interface{ Box() geo.Box }

// Tree is a packed tree over items in Morton order of their middles: the nodes
// of each level are the boxes of fanOut neighbours of the level below. The zero
// Tree is empty. A built tree may be read by any number of goroutines.
type Tree[T Boxed] struct {
	items  []T
	levels [][]geo.Box // levels[0] holds the boxes of the items
}

const fanOut = 8

// NewTree builds the tree; it keeps and reorders the slice.
func NewTree[T Boxed](items []T) *Tree[T] {
	type entry struct {
		code uint64
		item T
	}
	entries := make([]entry, len(items))
	for i, item := range items {
		entries[i] = entry{morton(item.Box().Centre()), item}
	}
	slices.SortFunc(entries, func(a, b entry) int { return cmp.Compare(a.code, b.code) })
	t := &Tree[T]{items: items}
	level := make([]geo.Box, len(items))
	for i := range entries {
		items[i] = entries[i].item
		level[i] = items[i].Box()
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

// Join calls pair once for every two items whose boxes meet, until it returns
// false.
func (t *Tree[T]) Join(pair func(a, b T) bool) {
	if len(t.items) > 0 {
		t.meet(len(t.levels)-1, 0, 0, pair)
	}
}

// meet joins the nodes i <= j of one level.
func (t *Tree[T]) meet(level, i, j int, pair func(a, b T) bool) bool {
	if level == 0 {
		return i == j || pair(t.items[i], t.items[j])
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

// Within calls visit for every item whose box meets the given one.
func (t *Tree[T]) Within(box geo.Box, visit func(T)) {
	if len(t.items) > 0 {
		t.within(len(t.levels)-1, 0, box, visit)
	}
}

func (t *Tree[T]) within(level, i int, box geo.Box, visit func(T)) {
	if !t.levels[level][i].Intersects(box) {
		return
	}
	if level == 0 {
		visit(t.items[i])
		return
	}
	for k := i * fanOut; k < min((i+1)*fanOut, len(t.levels[level-1])); k++ {
		t.within(level-1, k, box, visit)
	}
}
