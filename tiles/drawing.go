package tiles

import (
	"iter"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"gridatlas/geo"
	"gridatlas/geo/snapshot"
	"gridatlas/tiles/mvt"
)

// drawing is a layer of a snapshot ready to be cut into tiles: what a view shows of
// it, projected, in a fixed order, indexed, its attributes as they stand in
// tiles. It never changes; the drawing of another state of the layer shares the
// leaves in which nothing differs.
type drawing struct {
	view    View
	rule    *rule
	values  *dictionary
	known   mvt.Values // of values, at least those that the leaves name
	earlier int        // zooms before its first one from which flaws of a feature are known
	fresh   int        // how many values there were when it was last made from nothing
	leaves  []*leaf    // in order, none of them empty
	reaches []reach    // of the leaves
	runs    []reach    // of runSize leaves each
	size    int        // features
}

const runSize = 16

// newDrawing draws a layer with all cores.
func newDrawing(view View, r *rule, layer *snapshot.Layer) *drawing {
	items := make([]item, 0, layer.Len())
	for f := range layer.Search(geo.World) {
		if it, ok := view.item(f); ok {
			items = append(items, it)
		}
	}
	slices.SortFunc(items, compareItems)
	d := &drawing{
		view: view, rule: r, earlier: max(earliest(r.layer), r.earlier), values: newDictionary(),
		leaves: make([]*leaf, (len(items)+leafSize-1)/leafSize),
	}
	var next atomic.Int64
	var makers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(d.leaves)) {
		makers.Go(func() {
			maker := newLeafMaker(d)
			for {
				i := int(next.Add(1)) - 1
				if i >= len(d.leaves) {
					return
				}
				for _, it := range items[i*leafSize : min((i+1)*leafSize, len(items))] {
					maker.add(it.feature, it.box)
				}
				d.leaves[i] = maker.done()
			}
		})
	}
	makers.Wait()
	d.close()
	d.fresh = d.known.Len()
	return d
}

// close completes a drawing of which the leaves are known.
func (d *drawing) close() {
	d.known = d.values.known()
	d.reaches = make([]reach, 0, len(d.leaves))
	for run := range slices.Chunk(d.leaves, runSize) {
		all := nowhere
		for _, l := range run {
			all = all.with(l.reach)
			d.reaches = append(d.reaches, l.reach)
			d.size += l.len()
		}
		d.runs = append(d.runs, all)
	}
}

// item is a feature that is to be drawn.
type item struct {
	order   order
	box     mvt.Box
	feature geo.Feature
}

// item returns a feature as it is to be drawn; false when it is not drawn: it has no
// geometry, or the view does not show it.
func (v View) item(f geo.Feature) (item, bool) {
	if f == nil || f.Common().Shape.IsZero() || !v.shows(f) {
		return item{}, false
	}
	box := worldBox(f.Common().Shape)
	return item{order{hilbertOf(box), f.Common().ID}, box, f}, true
}

func compareItems(a, b item) int { return a.order.compare(b.order) }

// search walks over the features that may appear in a box at a zoom, in order:
// each with its leaf and its place there.
func (d *drawing) search(clip mvt.Box, zoom uint8) iter.Seq2[*leaf, int] {
	return func(yield func(*leaf, int) bool) {
		for run, all := range d.runs {
			if !all.meets(clip, zoom) {
				continue
			}
			for i := run * runSize; i < min((run+1)*runSize, len(d.leaves)); i++ {
				if d.reaches[i].meets(clip, zoom) && !d.leaves[i].search(clip, zoom, yield) {
					return
				}
			}
		}
	}
}

func (l *leaf) search(clip mvt.Box, zoom uint8, yield func(*leaf, int) bool) bool {
	for group, all := range l.groups {
		if !all.meets(clip, zoom) {
			continue
		}
		for i := group * groupSize; i < min((group+1)*groupSize, l.len()); i++ {
			if e := &l.sketches[i]; e.zoom <= zoom && e.box.Meets(clip) && !yield(l, i) {
				return false
			}
		}
	}
	return true
}
