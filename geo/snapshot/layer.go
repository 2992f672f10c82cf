package snapshot

import (
	"iter"
	"slices"

	"github.com/tidwall/btree"
	"github.com/tidwall/rtree"

	"gridatlas/geo"
)

// Layer is one layer of a snapshot. It never changes.
type Layer struct {
	schema *geo.Schema
	base   *base
	// over is nil while nothing changed since the base was packed.
	over *overlay
}

// overlay holds what changed since the base was packed. Its trees are shared
// with older snapshots by copy on write: only the one writer copies them.
type overlay struct {
	replaced []uint64 // a bit for each position of the base that no longer counts
	gone     int      // bits set in replaced
	byID     *btree.Map[int64, geo.Feature]
	byCode   *btree.Map[string, int64]
	boxes    *rtree.RTreeGN[int32, int64] // ids by box, features with geometry only
}

func (o *overlay) hides(position int) bool {
	return o != nil && o.replaced[position>>6]&(1<<(position&63)) != 0
}

// Schema returns the catalog's description of the layer.
func (l *Layer) Schema() *geo.Schema { return l.schema }

// Len returns the number of features.
func (l *Layer) Len() int {
	n := len(l.base.features)
	if l.over != nil {
		n += l.over.byID.Len() - l.over.gone
	}
	return n
}

// Box returns a box around all features. After changes it may be larger than
// the smallest one.
func (l *Layer) Box() geo.Box {
	box := l.base.box()
	if l.over != nil && l.over.boxes.Len() > 0 {
		lo, hi := l.over.boxes.Bounds()
		box = box.Union(geo.Box{W: lo[0], S: lo[1], E: hi[0], N: hi[1]})
	}
	return box
}

// PublicBox is a box around the features that the public may know of.
func (l *Layer) PublicBox() geo.Box {
	if geo.AllForPublic(l.schema.Layer) {
		return l.Box()
	}
	box := geo.NoBox
	for f := range l.After(0) {
		if geo.ForPublic(f) {
			box = box.Union(f.Common().Shape.Box())
		}
	}
	return box
}

// Get returns the feature of an id.
func (l *Layer) Get(id int64) (geo.Feature, bool) {
	if l.over != nil {
		if f, ok := l.over.byID.Get(id); ok {
			return f, true
		}
	}
	if position, ok := l.base.position(id); ok && !l.over.hides(position) {
		return l.base.features[position], true
	}
	return nil, false
}

// ByCode returns the feature that has a code; the empty code finds nothing.
func (l *Layer) ByCode(code string) (geo.Feature, bool) {
	if code == "" {
		return nil, false
	}
	if l.over != nil {
		if id, ok := l.over.byCode.Get(code); ok {
			return l.over.byID.Get(id)
		}
	}
	if position, ok := l.base.codePosition(code); ok && !l.over.hides(position) {
		return l.base.features[position], true
	}
	return nil, false
}

// Search walks over the features whose boxes meet the query, borders included;
// the caller tests the geometry itself. The order is the same for the same
// snapshot, nothing more.
func (l *Layer) Search(query geo.Box) iter.Seq[geo.Feature] {
	return func(yield func(geo.Feature) bool) {
		whole := l.base.search(query, func(position int) bool {
			return l.over.hides(position) || yield(l.base.features[position])
		})
		if !whole || l.over == nil {
			return
		}
		l.over.boxes.Search([2]int32{query.W, query.S}, [2]int32{query.E, query.N},
			func(_, _ [2]int32, id int64) bool {
				f, _ := l.over.byID.Get(id)
				return yield(f)
			})
	}
}

// After walks over the features with larger ids, in order of id; After(0) gives
// all of them.
func (l *Layer) After(id int64) iter.Seq[geo.Feature] {
	return func(yield func(geo.Feature) bool) {
		start, _ := slices.BinarySearchFunc(l.base.byID, id+1, func(position uint32, id int64) int {
			return int(min(max(l.base.features[position].Common().ID-id, -1), 1))
		})
		old := l.base.byID[start:]
		// skip moves over positions that no longer count.
		skip := func() {
			for len(old) > 0 && l.over.hides(int(old[0])) {
				old = old[1:]
			}
		}
		skip()
		if l.over != nil {
			going := true
			l.over.byID.Ascend(id+1, func(id int64, f geo.Feature) bool {
				for len(old) > 0 && l.base.features[old[0]].Common().ID < id {
					if going = yield(l.base.features[old[0]]); !going {
						return false
					}
					old = old[1:]
					skip()
				}
				going = yield(f)
				return going
			})
			if !going {
				return
			}
		}
		for len(old) > 0 {
			if !yield(l.base.features[old[0]]) {
				return
			}
			old = old[1:]
			skip()
		}
	}
}

// edit is a layer on its way to the next revision; one writer owns it.
type edit struct {
	schema *geo.Schema
	base   *base
	over   *overlay
}

func (l *Layer) edit() *edit {
	e := &edit{schema: l.schema, base: l.base}
	if l.over == nil {
		e.over = &overlay{
			replaced: make([]uint64, (len(l.base.features)+63)/64),
			byID:     &btree.Map[int64, geo.Feature]{},
			byCode:   &btree.Map[string, int64]{},
			boxes:    &rtree.RTreeGN[int32, int64]{},
		}
		return e
	}
	e.over = &overlay{
		replaced: slices.Clone(l.over.replaced),
		gone:     l.over.gone,
		byID:     l.over.byID.Copy(),
		byCode:   l.over.byCode.Copy(),
		boxes:    l.over.boxes.Copy(),
	}
	return e
}

// remove takes a feature out, wherever it lies. Unknown ids are passed over: a
// delta may delete what was inserted and deleted since.
func (e *edit) remove(id int64) {
	if position, ok := e.base.position(id); ok && !e.over.hides(position) {
		e.over.replaced[position>>6] |= 1 << (position & 63)
		e.over.gone++
	}
	f, ok := e.over.byID.Delete(id)
	if !ok {
		return
	}
	if code := f.Common().Code; code != "" {
		if holder, _ := e.over.byCode.Get(code); holder == id {
			e.over.byCode.Delete(code)
		}
	}
	if box := f.Common().Shape.Box(); !box.Empty() {
		e.over.boxes.Delete([2]int32{box.W, box.S}, [2]int32{box.E, box.N}, id)
	}
}

func (e *edit) put(f geo.Feature) {
	common := f.Common()
	e.remove(common.ID)
	e.over.byID.Set(common.ID, f)
	if common.Code != "" {
		e.over.byCode.Set(common.Code, common.ID)
	}
	if box := common.Shape.Box(); !box.Empty() {
		e.over.boxes.Insert([2]int32{box.W, box.S}, [2]int32{box.E, box.N}, common.ID)
	}
}

// done returns the new layer, packed anew when the overlay has grown beyond an
// eighth of the base: then packing costs less than searching both.
func (e *edit) done() *Layer {
	layer := &Layer{schema: e.schema, base: e.base, over: e.over}
	if changed := e.over.gone + e.over.byID.Len(); changed > 1024 && changed > len(e.base.features)/8 {
		return &Layer{schema: e.schema, base: newBase(slices.Collect(layer.After(0)))}
	}
	return layer
}
