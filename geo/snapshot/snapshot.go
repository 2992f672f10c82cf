// Package snapshot is the immutable map in memory that every reader uses:
// features by id and code, a box index a layer, and the step from one revision
// to the next. It is built once from a store; later changes lie in a small
// copy-on-write overlay that is folded into a new base when it grows. A request
// takes one *Snapshot and keeps it from start to end, so its answer is never of
// two revisions. Nothing here waits for a database except Follow.
package snapshot

import (
	"iter"
	"sync"

	"gridatlas/geo"
)

// Snapshot is the whole map at one revision. It never changes, so any number of
// goroutines may read it; the features in it must not be written to.
type Snapshot struct {
	head   geo.Head
	layers []*Layer // in catalog order
}

// Head returns the epoch, revision and hash that the snapshot is true for.
func (s *Snapshot) Head() geo.Head { return s.head }

// Layer returns a layer of the catalog; a layer that is not in it panics.
// Two snapshots share the *Layer when nothing in it changed between them.
func (s *Snapshot) Layer(name geo.Layer) *Layer {
	for _, layer := range s.layers {
		if layer.schema.Layer == name {
			return layer
		}
	}
	panic("no layer " + string(name))
}

// Layers returns all layers in catalog order. The caller must not change it.
func (s *Snapshot) Layers() []*Layer { return s.layers }

// Box returns a box around everything.
func (s *Snapshot) Box() geo.Box { return s.around((*Layer).Box) }

// PublicBox is a box around everything that the public may know of.
func (s *Snapshot) PublicBox() geo.Box { return s.around((*Layer).PublicBox) }

func (s *Snapshot) around(of func(*Layer) geo.Box) geo.Box {
	box := geo.NoBox
	for _, layer := range s.layers {
		box = box.Union(of(layer))
	}
	return box
}

// Get returns one feature.
func (s *Snapshot) Get(key geo.Key) (geo.Feature, bool) { return s.Layer(key.Layer).Get(key.ID) }

// All walks over the features of a layer by its struct, in order of id:
//
//	for booth := range snapshot.All[*geo.Booth](s) { ... }
func All[T geo.Feature](s *Snapshot) iter.Seq[T] {
	var zero T
	return func(yield func(T) bool) {
		for f := range s.Layer(zero.Layer()).After(0) {
			if !yield(f.(T)) {
				return
			}
		}
	}
}

// Search walks over the features of a layer, by its struct, whose boxes meet
// the box; see Layer.Search.
func Search[T geo.Feature](s *Snapshot, box geo.Box) iter.Seq[T] {
	var zero T
	return func(yield func(T) bool) {
		for f := range s.Layer(zero.Layer()).Search(box) {
			if !yield(f.(T)) {
				return
			}
		}
	}
}

// Builder gathers features for a first snapshot. It is not safe for use by
// several goroutines.
type Builder struct {
	features map[geo.Layer][]geo.Feature
	words    map[string]string
}

// NewBuilder returns an empty builder.
func NewBuilder() *Builder {
	return &Builder{features: map[geo.Layer][]geo.Feature{}, words: map[string]string{}}
}

// Add takes over a feature. Its id must be set and new in its layer.
func (b *Builder) Add(f geo.Feature) {
	base := f.Common()
	base.Source = b.word(base.Source)
	base.SurveyedBy = b.word(base.SurveyedBy)
	b.features[f.Layer()] = append(b.features[f.Layer()], f)
}

// word returns one shared copy of texts that thousands of features repeat. Past
// a bound they are not repeated, and are kept as they come.
func (b *Builder) word(text string) string {
	if text == "" || len(b.words) > 1000 {
		return text
	}
	if known, ok := b.words[text]; ok {
		return known
	}
	b.words[text] = text
	return text
}

// Build returns the snapshot at a head. The builder must not be used again.
func (b *Builder) Build(head geo.Head) *Snapshot {
	s := &Snapshot{head: head, layers: make([]*Layer, len(geo.Catalog()))}
	var packing sync.WaitGroup
	for i, schema := range geo.Catalog() {
		packing.Go(func() {
			s.layers[i] = &Layer{schema: schema, base: newBase(b.features[schema.Layer])}
		})
	}
	packing.Wait()
	return s
}

// Empty returns a snapshot without features.
func Empty() *Snapshot { return NewBuilder().Build(geo.Head{}) }

// Advance returns the snapshot after a delta. It shares everything that did not
// change with s, which stays valid. Only one goroutine may advance a chain of
// snapshots; others may read all of them meanwhile.
func (s *Snapshot) Advance(delta geo.Delta) *Snapshot {
	next := &Snapshot{head: delta.Head, layers: append([]*Layer(nil), s.layers...)}
	edits := map[geo.Layer]*edit{}
	of := func(name geo.Layer) *edit {
		if edits[name] == nil {
			edits[name] = s.Layer(name).edit()
		}
		return edits[name]
	}
	for _, key := range delta.Deleted {
		of(key.Layer).remove(key.ID)
	}
	for _, f := range delta.Changed {
		of(f.Layer()).put(f)
	}
	for i, layer := range next.layers {
		if e := edits[layer.schema.Layer]; e != nil {
			next.layers[i] = e.done()
		}
	}
	return next
}
