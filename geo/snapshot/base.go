package snapshot

import (
	"cmp"
	"slices"
	"strings"

	"gridatlas/geo"
)

// base is the packed part of a layer: features in Hilbert order of their boxes,
// so that what lies together on the ground lies together in memory, with a
// static box tree over that order and two sorted indexes. It never changes.
type base struct {
	features []geo.Feature
	boxes    []geo.Box
	// levels[0] holds the boxes of runs of fanout features, levels[1] those of
	// runs of fanout boxes of levels[0], and so on up to one box.
	levels [][]geo.Box
	byID   []uint32 // positions in order of id
	byCode []uint32 // positions of features with a code, in order of it
}

const fanout = 16

func newBase(features []geo.Feature) *base {
	b := &base{}
	n := len(features)
	if n == 0 {
		return b
	}
	type item struct {
		key uint32
		pos uint32
		id  int64
		box geo.Box
	}
	items := make([]item, n)
	whole := geo.NoBox
	idsAscend := true
	for i, f := range features {
		common := f.Common()
		items[i] = item{id: common.ID, pos: uint32(i), box: common.Shape.Box()}
		whole = whole.Union(items[i].box)
		idsAscend = idsAscend && (i == 0 || items[i-1].id < common.ID)
	}
	for i := range items {
		items[i].key = hilbertKey(whole, items[i].box)
	}
	slices.SortFunc(items, func(a, b item) int {
		return cmp.Or(cmp.Compare(a.key, b.key), cmp.Compare(a.id, b.id))
	})
	b.features = make([]geo.Feature, n)
	b.boxes = make([]geo.Box, n)
	b.byID = make([]uint32, n)
	type coded struct {
		code string
		pos  uint32
	}
	var codes []coded
	for i, it := range items {
		f := features[it.pos]
		b.features[i], b.boxes[i] = f, it.box
		b.byID[it.pos] = uint32(i)
		if code := f.Common().Code; code != "" {
			codes = append(codes, coded{code, uint32(i)})
		}
	}
	if !idsAscend { // stores load in order of id; then byID is the inverse of the sort
		slices.SortFunc(b.byID, func(x, y uint32) int {
			return cmp.Compare(b.features[x].Common().ID, b.features[y].Common().ID)
		})
	}
	slices.SortFunc(codes, func(x, y coded) int {
		return cmp.Or(strings.Compare(x.code, y.code), cmp.Compare(x.pos, y.pos))
	})
	b.byCode = make([]uint32, len(codes))
	for i, c := range codes {
		b.byCode[i] = c.pos
	}

	b.raise()
	return b
}

// raise makes the levels over the boxes.
func (b *base) raise() {
	for below := b.boxes; len(below) > 0; {
		level := make([]geo.Box, 0, (len(below)+fanout-1)/fanout)
		for run := range slices.Chunk(below, fanout) {
			box := geo.NoBox
			for _, child := range run {
				box = box.Union(child)
			}
			level = append(level, box)
		}
		b.levels = append(b.levels, level)
		if len(level) == 1 {
			break
		}
		below = level
	}
}

func (b *base) box() geo.Box {
	if len(b.levels) == 0 {
		return geo.NoBox
	}
	return b.levels[len(b.levels)-1][0]
}

// position returns where a feature of this id lies.
func (b *base) position(id int64) (int, bool) {
	i, found := slices.BinarySearchFunc(b.byID, id, func(pos uint32, id int64) int {
		return cmp.Compare(b.features[pos].Common().ID, id)
	})
	if !found {
		return 0, false
	}
	return int(b.byID[i]), true
}

func (b *base) codePosition(code string) (int, bool) {
	i, found := slices.BinarySearchFunc(b.byCode, code, func(pos uint32, code string) int {
		return cmp.Compare(b.features[pos].Common().Code, code)
	})
	if !found {
		return 0, false
	}
	return int(b.byCode[i]), true
}

// search calls visit with the position of each feature whose box meets the
// query, in stored order, until it returns false; it reports whether it went
// through to the end.
func (b *base) search(query geo.Box, visit func(position int) bool) bool {
	if len(b.levels) == 0 {
		return true
	}
	return b.descend(len(b.levels)-1, 0, query, visit)
}

func (b *base) descend(level, node int, query geo.Box, visit func(int) bool) bool {
	if !b.levels[level][node].Intersects(query) {
		return true
	}
	first := node * fanout
	if level > 0 {
		last := min(first+fanout, len(b.levels[level-1]))
		for child := first; child < last; child++ {
			if !b.descend(level-1, child, query, visit) {
				return false
			}
		}
		return true
	}
	last := min(first+fanout, len(b.boxes))
	for position := first; position < last; position++ {
		if b.boxes[position].Intersects(query) && !visit(position) {
			return false
		}
	}
	return true
}

// hilbertKey is the place of a box's centre along a Hilbert curve of order 16
// over the whole; features without geometry come first.
func hilbertKey(whole, box geo.Box) uint32 {
	if box.Empty() {
		return 0
	}
	const side = 1<<16 - 1
	c := box.Centre()
	scale := func(v, lo, hi int32) uint32 {
		if hi == lo {
			return 0
		}
		return uint32((int64(v) - int64(lo)) * side / (int64(hi) - int64(lo)))
	}
	x, y := scale(c.X, whole.W, whole.E), scale(c.Y, whole.S, whole.N)
	var key uint32
	for s := uint32(1 << 15); s > 0; s >>= 1 {
		var right, up uint32
		if x&s != 0 {
			right = 1
		}
		if y&s != 0 {
			up = 1
		}
		key = key<<2 | ((3 * right) ^ up)
		if up == 0 { // turn the quadrant so that the curve goes on
			if right == 1 {
				x, y = side-x, side-y
			}
			x, y = y, x
		}
	}
	return key
}
