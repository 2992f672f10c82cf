package storetest

import (
	"errors"
	"slices"
	"sync"
	"testing"

	"gridatlas/data"
	"gridatlas/geo"
)

func testConflict(t *testing.T, b Backend) {
	s := fresh(t, b)
	kept, changed, gone := booth("kept", 1, 1), booth("changed", 2, 2), booth("gone", 3, 3)
	apply(t, s, geo.Insert(kept), geo.Insert(changed), geo.Insert(gone))
	theirs := renamed(changed, "theirs")
	head := apply(t, s, geo.Replace(theirs), geo.Delete(gone))

	mine := booth("mine", 9, 9)
	never := geo.Key{Layer: geo.Gates, ID: 404}
	var changes []geo.Change
	for i := range 2500 { // conflicts are gathered over more than one batch
		changes = append(changes, geo.Insert(booth("filler", int32(i), 0)))
	}
	changes = slices.Insert(changes, 0, geo.Replace(renamed(changed, "mine")), geo.Replace(renamed(kept, "mine")))
	changes = append(changes, geo.Delete(gone), geo.Insert(mine), geo.Change{Key: never, Expect: 1})
	_, err := s.Apply(t.Context(), geo.ChangeSet{Changes: geo.Changes(changes...)})
	var conflict *geo.Conflict
	if !errors.As(err, &conflict) {
		t.Fatalf("got %v, want a conflict", err)
	}
	if !geo.Retryable(err) {
		t.Error("a conflict is worth another try")
	}
	want := []geo.Key{geo.KeyOf(changed), geo.KeyOf(gone), never}
	if !slices.Equal(conflict.Keys, want) || len(conflict.Theirs) != len(want) {
		t.Fatalf("conflicts %v with %d states, want %v", conflict.Keys, len(conflict.Theirs), want)
	}
	same(t, conflict.Theirs[0], theirs)
	if conflict.Theirs[1] != nil || conflict.Theirs[2] != nil {
		t.Errorf("features that are gone: %v", conflict.Theirs[1:])
	}

	got, now := load(t, s)
	if now != head {
		t.Errorf("a refused set moved the head to %+v", now)
	}
	sameSet(t, got, map[geo.Key]geo.Feature{geo.KeyOf(kept): kept, geo.KeyOf(theirs): theirs})
	sound(t, s)
}

func testStale(t *testing.T, b Backend) {
	s := fresh(t, b)
	moved, gone, still := booth("moved", 100, 100), booth("gone", 500, 500), booth("still", 900, 900)
	duty := &geo.Assignment{Role: "grid_worker"}
	base := apply(t, s, geo.Insert(moved), geo.Insert(gone), geo.Insert(still), geo.Insert(duty)).Revision // 1
	moved = at(moved, 200, 200)
	apply(t, s, geo.Replace(moved))                                 // 2
	apply(t, s, geo.Delete(gone), geo.Insert(booth("new", -7, -7))) // 3
	apply(t, s, geo.Replace(at(moved, 300, 300)))                   // 4

	around := func(x, y int32) geo.Box { return geo.Box{W: x, S: y, E: x, N: y} }
	cases := []struct {
		name   string
		base   int64
		relies []geo.Reliance
		stale  []geo.Layer
	}{
		{"nothing relied on", 0, nil, nil},
		{"untouched box", base, []geo.Reliance{{Layer: geo.Booths, Box: around(900, 900)}}, nil},
		{"untouched layer", base, []geo.Reliance{{Layer: geo.Gates, Box: geo.World}}, nil},
		{"old place of a moved one", base, []geo.Reliance{{Layer: geo.Booths, Box: around(100, 100)}}, []geo.Layer{geo.Booths}},
		{"place in between", base, []geo.Reliance{{Layer: geo.Booths, Box: around(200, 200)}}, []geo.Layer{geo.Booths}},
		{"new place of a moved one", base, []geo.Reliance{{Layer: geo.Booths, Box: around(300, 300)}}, []geo.Layer{geo.Booths}},
		{"one step beside it", base, []geo.Reliance{{Layer: geo.Booths, Box: geo.Box{W: 301, S: 299, E: 310, N: 310}}}, nil},
		{"border of the box", base, []geo.Reliance{{Layer: geo.Booths, Box: geo.Box{W: 300, S: 290, E: 310, N: 300}}}, []geo.Layer{geo.Booths}},
		{"place of a deleted one", base, []geo.Reliance{{Layer: geo.Booths, Box: around(500, 500)}}, []geo.Layer{geo.Booths}},
		{"place of a new one", base, []geo.Reliance{{Layer: geo.Booths, Box: around(-7, -7)}}, []geo.Layer{geo.Booths}},
		{"the first move is before the base", 2, []geo.Reliance{{Layer: geo.Booths, Box: around(100, 100)}}, nil},
		{"left after the base", 2, []geo.Reliance{{Layer: geo.Booths, Box: around(200, 200)}}, []geo.Layer{geo.Booths}},
		{"deleted before the base", 3, []geo.Reliance{{Layer: geo.Booths, Box: around(500, 500)}}, nil},
		{"base is the head", 4, []geo.Reliance{{Layer: geo.Booths, Box: geo.World}}, nil},
		{"base of a lost history", 40, []geo.Reliance{{Layer: geo.Gates, Box: geo.NoBox}}, []geo.Layer{geo.Gates}},
		{"empty box", base, []geo.Reliance{{Layer: geo.Booths, Box: geo.NoBox}}, nil},
		{"layer without places", 0, []geo.Reliance{{Layer: geo.Assignments, Box: geo.World}}, nil},
		{"several, each named once", 0, []geo.Reliance{
			{Layer: geo.Booths, Box: around(900, 900)}, {Layer: geo.Gates, Box: geo.World}, {Layer: geo.Booths, Box: geo.World},
		}, []geo.Layer{geo.Booths}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			// A change that fails after the reliances were judged keeps the store as it is.
			refused := &geo.Violation{}
			_, err := s.Apply(t.Context(), geo.ChangeSet{Base: c.base, Relies: c.relies, Changes: geo.Changes(geo.Insert(&geo.Booth{}))})
			var stale *geo.Stale
			switch {
			case errors.As(err, &stale):
				if !slices.Equal(stale.Layers, c.stale) {
					t.Errorf("stale in %v, want %v", stale.Layers, c.stale)
				}
			case !errors.As(err, &refused):
				t.Errorf("got %v", err)
			case c.stale != nil:
				t.Errorf("not stale, want %v", c.stale)
			}
		})
	}
	sound(t, s)
}

func testIdempotency(t *testing.T, b Backend) {
	address := b.New(t)
	s := open(t, b, address)
	set := func(key, name string) geo.ChangeSet {
		return geo.ChangeSet{IdempotencyKey: key, Changes: geo.Changes(geo.Insert(booth(name, 1, 1)))}
	}
	first := applySet(t, s, set("键 one", "a"))
	second := applySet(t, s, set("two", "b"))
	for name, handle := range map[string]data.Store{"same handle": s, "another handle": open(t, b, address)} {
		if head := applySet(t, handle, set("键 one", "c")); head != first {
			t.Errorf("repeat by the %s: %+v, want the first result %+v", name, head, first)
		}
	}
	// A repeat is answered before anything else is judged.
	repeat := set("two", "e")
	repeat.Base, repeat.Relies = 0, []geo.Reliance{{Layer: geo.Booths, Box: geo.World}}
	if head := applySet(t, s, repeat); head != second {
		t.Errorf("repeat on a stale base: %+v, want %+v", head, second)
	}
	// A refused set does not spend its key.
	if _, err := s.Apply(t.Context(), geo.ChangeSet{IdempotencyKey: "three", Changes: geo.Changes(geo.Insert(&geo.Booth{}))}); err == nil {
		t.Error("a booth without a place was taken")
	}
	if head := applySet(t, s, set("three", "f")); head.Revision != 3 {
		t.Errorf("the key of a refused set: revision %d, want 3", head.Revision)
	}
	// Sets without a key are never repeats.
	applySet(t, s, set("", "g"))
	if head := applySet(t, s, set("", "g")); head.Revision != 5 {
		t.Errorf("two sets without a key end at revision %d, want 5", head.Revision)
	}
	features, _ := load(t, s)
	if len(features) != 5 {
		t.Errorf("%d booths, want 5", len(features))
	}
	sound(t, s)
}

func testIdempotencyAtOnce(t *testing.T, b Backend) {
	address := b.New(t)
	handles := []data.Store{open(t, b, address), open(t, b, address)}
	const writers = 16
	var wg sync.WaitGroup
	heads := make([]geo.Head, writers)
	for i := range writers {
		wg.Go(func() {
			set := geo.ChangeSet{IdempotencyKey: "same", Changes: geo.Changes(geo.Insert(booth("x", int32(i), 0)))}
			head, err := handles[i%len(handles)].Apply(t.Context(), set)
			if err != nil {
				t.Errorf("writer %d: %v", i, err)
			}
			heads[i] = head
		})
	}
	wg.Wait()
	for i, head := range heads {
		if head != heads[0] || head.Revision != 1 {
			t.Errorf("writer %d got %+v, writer 0 %+v", i, head, heads[0])
		}
	}
	if features, _ := load(t, handles[1]); len(features) != 1 {
		t.Errorf("%d booths, want 1", len(features))
	}
}
