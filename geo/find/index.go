package find

import (
	"cmp"
	"maps"
	"slices"

	"gridatlas/geo"
	"gridatlas/geo/snapshot"
)

// Index holds what can be found in one map. It never changes, so that it is safe for
// several goroutines; Advance makes the index of the next map from it.
type Index struct {
	snap  *snapshot.Snapshot
	base  *base
	gone  []uint64 // a bit for each entry of the base that no longer counts
	left  int      // bits set in gone
	added map[key]*Entry
}

// key names an entry: the place of its layer among the sources, and its feature's id;
// of things in pieces the folded name instead.
type key struct {
	source int
	id     int64
	name   string
}

// Of makes the index of a map: some 6 microseconds for each thing with a name.
func Of(snap *snapshot.Snapshot) *Index {
	b := &base{}
	for i, source := range sources {
		b.starts = append(b.starts, len(b.entries))
		if source.pieces {
			for _, e := range whole(snap, i, nil) {
				b.entries = append(b.entries, *e)
			}
			continue
		}
		for f := range snap.Layer(source.layer).After(0) {
			if e, ok := entryOf(snap, i, f); ok {
				b.entries = append(b.entries, *e)
			}
		}
	}
	b.starts = append(b.starts, len(b.entries))
	b.pack()
	return &Index{snap: snap, base: b, gone: make([]uint64, (len(b.entries)+63)/64)}
}

// whole makes the entries of a source in pieces: one for each name, in the order of
// the first piece; with names, nil for all, of those alone.
func whole(snap *snapshot.Snapshot, source int, names map[string]bool) []*Entry {
	var entries []*Entry
	known := map[string]*Entry{}
	for f := range snap.Layer(sources[source].layer).After(0) {
		name := nameOf(snap, f)
		if names != nil && !names[name] {
			continue
		}
		if e := known[name]; e != nil && findable(f) {
			e.Box = e.Box.Union(f.Common().Shape.Box())
			continue
		}
		if e, ok := entryOf(snap, source, f); ok {
			known[name] = e
			entries = append(entries, e)
		}
	}
	return entries
}

// nameOf is the folded title of a feature, by which pieces find together.
func nameOf(snap *snapshot.Snapshot, f geo.Feature) string {
	title, _ := Title(snap, f)
	return Fold(title)
}

// Advance makes the index of a map that followed. It costs about what changed since;
// where much did, as much as Of.
func (x *Index) Advance(snap *snapshot.Snapshot) *Index {
	renewed := x.renewed(snap)
	next := &Index{snap: snap, base: x.base, gone: slices.Clone(x.gone), left: x.left, added: maps.Clone(x.added)}
	if next.added == nil {
		next.added = map[key]*Entry{}
	}
	for k, e := range renewed {
		if i, ok := x.base.position(k); ok && !next.isGone(i) {
			next.gone[i>>6] |= 1 << (i & 63)
			next.left++
		}
		if delete(next.added, k); e != nil {
			next.added[k] = e
		}
	}
	if changed := next.left + len(next.added); changed > 1024 && changed > len(x.base.entries)/16 {
		return Of(snap) // from here on looking through what was added costs more
	}
	return next
}

// renewed makes the entries that are other in the next map, nil for those that it
// lacks: what changed itself, what is part of something that has another name now,
// and all pieces of a name that one of them got or lost.
func (x *Index) renewed(snap *snapshot.Snapshot) map[key]*Entry {
	renewed := map[key]*Entry{}
	renew := func(source int, f geo.Feature) {
		renewed[key{source: source, id: f.Common().ID}], _ = entryOf(snap, source, f)
	}
	renamed := map[geo.Layer]map[string]bool{geo.Places: {}, geo.Compounds: {}} // codes
	for i, source := range sources {
		names := map[string]bool{}
		for old, now := range snapshot.Differences(x.snap.Layer(source.layer), snap.Layer(source.layer)) {
			if codes := renamed[source.layer]; codes != nil && !sameName(old, now) {
				for _, f := range []geo.Feature{old, now} {
					if f != nil && f.Common().Code != "" {
						codes[f.Common().Code] = true
					}
				}
			}
			switch {
			case source.pieces:
				if old != nil {
					names[nameOf(x.snap, old)] = true
				}
				if now != nil {
					names[nameOf(snap, now)] = true
				}
			case now == nil:
				renewed[key{source: i, id: old.Common().ID}] = nil
			default:
				renew(i, now)
			}
		}
		if len(names) > 0 {
			for name := range names {
				renewed[key{source: i, name: name}] = nil
			}
			for _, e := range whole(snap, i, names) {
				renewed[key{source: i, name: e.folded}] = e
			}
		}
	}
	for i, source := range sources {
		codes := renamed[source.within]
		if len(codes) == 0 {
			continue
		}
		for f := range snap.Layer(source.layer).After(0) {
			if _, code := partOf(f); codes[code] {
				renew(i, f)
			}
		}
	}
	return renewed
}

// sameName reports whether a feature, nil for none, is called as before to those that
// are part of it.
func sameName(old, now geo.Feature) bool {
	return old != nil && now != nil && old.Common().Name == now.Common().Name && old.Common().Code == now.Common().Code
}

func (x *Index) isGone(i int) bool { return x.gone[i>>6]&(1<<(i&63)) != 0 }

// Len is the number of things that can be found.
func (x *Index) Len() int { return len(x.base.entries) - x.left + len(x.added) }

// base is what was indexed at once: entries by source and id, and where their texts
// have what.
type base struct {
	entries []Entry
	starts  []int // where each source begins, and at last the end
	grams   map[gram][]uint32
	sounds  []sound // in order of their letters
}

// position finds the entry of a key.
func (b *base) position(k key) (int, bool) {
	start := b.starts[k.source]
	list := b.entries[start:b.starts[k.source+1]]
	if sources[k.source].pieces {
		i := slices.IndexFunc(list, func(e Entry) bool { return e.folded == k.name })
		return start + i, i >= 0
	}
	i, found := slices.BinarySearchFunc(list, k.id, func(e Entry, id int64) int { return cmp.Compare(e.Feature.Common().ID, id) })
	return start + i, found
}
