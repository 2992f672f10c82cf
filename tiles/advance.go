package tiles

import (
	"slices"
	"sort"

	"gridatlas/geo/snapshot"
)

// advance returns the drawing of another state of the layer, older or newer. What
// it costs follows from what the two states do not share.
func (d *drawing) advance(before, after *snapshot.Layer) *drawing {
	// Values that nobody names any more stay in the dictionary.
	if d.values.known().Len() > 2*d.fresh+1<<16 {
		return newDrawing(d.view, d.rule, after)
	}
	var gone []order
	var added []item
	for old, now := range snapshot.Differences(before, after) {
		if was, ok := d.view.item(old); ok {
			gone = append(gone, was.order)
		}
		if is, ok := d.view.item(now); ok {
			added = append(added, is)
		}
		if len(gone)+len(added) > d.size/4+leafMost {
			return newDrawing(d.view, d.rule, after) // with all cores it is as quick
		}
	}
	slices.SortFunc(gone, order.compare)
	slices.SortFunc(added, compareItems)
	next := &drawing{view: d.view, rule: d.rule, earlier: d.earlier, values: d.values, fresh: d.fresh}
	maker := newLeafMaker(next)
	for i, l := range d.leaves {
		// What lies before the first leaf belongs to it.
		going, coming := len(gone), len(added)
		if i+1 < len(d.leaves) {
			border := d.leaves[i+1].first
			going = sort.Search(len(gone), func(k int) bool { return !gone[k].before(border) })
			coming = sort.Search(len(added), func(k int) bool { return !added[k].order.before(border) })
		}
		next.append(maker, l, gone[:going], added[:coming])
		gone, added = gone[going:], added[coming:]
	}
	next.append(maker, new(leaf), nil, added) // there was no leaf
	next.close()
	return next
}

// append adds a leaf in which some features are gone and others added. It is cut
// where it has grown too large, and joined to the leaf before where both are small.
func (d *drawing) append(maker *leafMaker, l *leaf, gone []order, added []item) {
	if len(gone)+len(added) == 0 {
		if l.len() > 0 {
			d.leaves = append(d.leaves, l)
		}
		return
	}
	rest := l.len() - len(gone) + len(added)
	if last := len(d.leaves) - 1; last >= 0 && rest > 0 && rest < leafLeast && d.leaves[last].len()+rest <= leafSize {
		for i := range d.leaves[last].len() {
			maker.copy(d.leaves[last], i)
		}
		d.leaves = d.leaves[:last]
		rest += maker.len()
	}
	pieces := (rest + leafMost - 1) / leafMost
	full := func() bool { return maker.len()*max(pieces, 1) >= rest }
	place := func(until order, all bool) {
		for len(added) > 0 && (all || added[0].order.before(until)) {
			maker.add(added[0].feature, added[0].box)
			added = added[1:]
			if full() {
				d.leaves = append(d.leaves, maker.done())
			}
		}
	}
	for i := range l.len() {
		at := l.order(i)
		place(at, false)
		if len(gone) > 0 && gone[0] == at {
			gone = gone[1:]
			continue
		}
		maker.copy(l, i)
		if full() {
			d.leaves = append(d.leaves, maker.done())
		}
	}
	place(order{}, true)
	if maker.len() > 0 {
		d.leaves = append(d.leaves, maker.done())
	}
}
