package storetest

import (
	"errors"
	"maps"
	"slices"
	"testing"

	"gridatlas/geo"
)

func testEmpty(t *testing.T, b Backend) {
	address := b.New(t)
	s := open(t, b, address)
	features, head := load(t, s)
	if len(features) != 0 || head.Revision != 0 || head.Hash != (geo.Hash{}) || head.Epoch <= 0 {
		t.Errorf("a new store holds %d features at %+v", len(features), head)
	}
	log, err := s.Log(t.Context(), 0, 0)
	if err != nil || len(log) != 0 {
		t.Errorf("log of a new store: %v, %v", log, err)
	}
	if _, err := s.History(t.Context(), geo.Key{Layer: geo.Booths, ID: 1}); !errors.Is(err, geo.ErrNotFound) {
		t.Errorf("history of nothing: %v", err)
	}
	for name, set := range map[string]geo.ChangeSet{
		"no stream":    {Author: "nobody"},
		"empty stream": {Changes: geo.Changes(), IdempotencyKey: "empty"},
	} {
		if after := applySet(t, s, set); after != head {
			t.Errorf("%s: head moved to %+v", name, after)
		}
	}
	sound(t, s)
	if again := headOf(t, open(t, b, address)); again != head {
		t.Errorf("another handle sees %+v, want %+v", again, head)
	}
	if other := headOf(t, fresh(t, b)); other.Epoch == head.Epoch {
		t.Error("two stores have one epoch")
	}
}

// testRoundTrip writes every layer bare, with every field known in several ways
// and with every kind of geometry, and reads it back through two handles, live
// and as history.
func testRoundTrip(t *testing.T, b Backend) {
	address := b.New(t)
	s := open(t, b, address)
	const serials = 30 // enough to meet each odd text in each field
	want := map[geo.Key]geo.Feature{}
	var changes []geo.Change
	for _, schema := range geo.Catalog() {
		features := []geo.Feature{bare(schema)}
		for serial := range serials {
			features = append(features, full(schema, serial))
		}
		for _, kind := range schema.Kinds {
			for _, shape := range shapesOf(kind) {
				f := schema.New()
				f.Common().Shape = shape
				features = append(features, f)
			}
		}
		for i, f := range features {
			changes = append(changes, geo.Insert(f))
			want[geo.Key{Layer: schema.Layer, ID: int64(i + 1)}] = f
		}
	}
	head := apply(t, s, changes...)
	for key, f := range want {
		if base := f.Common(); base.ID != key.ID || base.Version != 1 || base.Revision != 1 {
			t.Errorf("%v was stamped id %d, version %d, revision %d", key, base.ID, base.Version, base.Revision)
		}
	}
	for _, handle := range []string{"the same", "another"} {
		got, at := load(t, s)
		if at != head {
			t.Errorf("%s handle: head %+v, want %+v", handle, at, head)
		}
		sameSet(t, got, want)
		s = open(t, b, address)
	}
	delta, err := s.Changes(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	got := map[geo.Key]geo.Feature{}
	for _, f := range delta.Changed {
		got[geo.KeyOf(f)] = f
	}
	sameSet(t, got, want)

	// Superseded states come back as they were.
	changes = changes[:0]
	for key, f := range want {
		next := geo.Clone(f)
		next.Common().Source = "second state"
		changes = append(changes, geo.Change{Key: key, Expect: 1, After: next})
	}
	apply(t, s, changes...)
	keys := slices.Collect(maps.Keys(want))
	for _, key := range keys[:min(len(keys), 300)] {
		past, err := s.History(t.Context(), key)
		if err != nil || len(past) != 2 {
			t.Fatalf("history of %v: %d states, %v", key, len(past), err)
		}
		same(t, past[0].Feature, want[key])
	}
	sound(t, s)
}

func testIDs(t *testing.T, b Backend) {
	s := fresh(t, b)
	one, two, gate, three := booth("one", 1, 1), booth("two", 2, 2), &geo.Gate{}, booth("three", 3, 3)
	gate.Shape = geo.PointShape(geo.Point{})
	one.ID, one.Version, one.Revision = 77, 88, 99 // the store gives these
	apply(t, s, geo.Insert(one), geo.Insert(gate), geo.Insert(two), geo.Insert(three))
	for i, f := range []geo.Feature{one, two, three} {
		if f.Common().ID != int64(i+1) {
			t.Errorf("booth %s got id %d: ids follow the order of the change set", f.Common().Name, f.Common().ID)
		}
	}
	if gate.ID != 1 {
		t.Errorf("the first gate got id %d: each layer counts for itself", gate.ID)
	}

	next := renamed(two, "two again")
	head := apply(t, s, geo.Replace(next), geo.Delete(three))
	if next.Version != 2 || next.Revision != 2 || head.Revision != 2 {
		t.Errorf("replaced: version %d, revision %d, head %d", next.Version, next.Revision, head.Revision)
	}
	four := booth("four", 4, 4)
	apply(t, s, geo.Insert(four))
	if four.ID != 4 {
		t.Errorf("after deleting id 3 the next is %d, want 4", four.ID)
	}
	got, _ := load(t, s)
	sameSet(t, got, map[geo.Key]geo.Feature{
		geo.KeyOf(one): one, geo.KeyOf(next): next, geo.KeyOf(four): four, geo.KeyOf(gate): gate,
	})
	sound(t, s)
}
