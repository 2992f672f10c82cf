package storetest

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"gridatlas/data"
	"gridatlas/geo"
)

func testChanges(t *testing.T, b Backend) {
	s := fresh(t, b)
	one, two, three := booth("one", 1, 1), booth("two", 2, 2), booth("three", 3, 3)
	apply(t, s, geo.Insert(one), geo.Insert(two), geo.Insert(three)) // 1
	two2 := renamed(two, "two, 2")
	apply(t, s, geo.Replace(two2)) // 2
	brief := booth("brief", 4, 4)
	apply(t, s, geo.Insert(brief)) // 3
	apply(t, s, geo.Delete(brief)) // 4
	two3 := renamed(two2, "two, 3")
	head := apply(t, s, geo.Replace(two3), geo.Delete(one)) // 5

	cases := []struct {
		since   int64
		changed []geo.Feature
		deleted []geo.Key
	}{
		{0, []geo.Feature{two3, three}, nil}, // who holds nothing has nothing to delete
		{1, []geo.Feature{two3}, []geo.Key{geo.KeyOf(one)}},
		{2, []geo.Feature{two3}, []geo.Key{geo.KeyOf(one)}}, // `brief` came and went in between
		{3, []geo.Feature{two3}, []geo.Key{geo.KeyOf(one), geo.KeyOf(brief)}},
		{4, []geo.Feature{two3}, []geo.Key{geo.KeyOf(one)}},
		{5, nil, nil},
		{6, nil, nil},
	}
	hashes := map[int64]geo.Hash{} // zero for 0 and for what is not there
	log, err := s.Log(t.Context(), 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, header := range log {
		hashes[header.Revision] = header.Hash
	}
	for _, c := range cases {
		t.Run(fmt.Sprint("since ", c.since), func(t *testing.T) {
			delta, err := s.Changes(t.Context(), c.since)
			if err != nil {
				t.Fatal(err)
			}
			if delta.Since != c.since || delta.Head != head {
				t.Errorf("from %d to %+v, want from %d to %+v", delta.Since, delta.Head, c.since, head)
			}
			if delta.SinceHash != hashes[c.since] {
				t.Errorf("revision %d has the hash %x, want %x", c.since, delta.SinceHash, hashes[c.since])
			}
			slices.SortFunc(delta.Changed, func(a, b geo.Feature) int { return int(a.Common().ID - b.Common().ID) })
			if len(delta.Changed) != len(c.changed) {
				t.Fatalf("%d changed, want %d", len(delta.Changed), len(c.changed))
			}
			for i, f := range delta.Changed {
				same(t, f, c.changed[i])
			}
			slices.SortFunc(delta.Deleted, func(a, b geo.Key) int { return int(a.ID - b.ID) })
			if !slices.Equal(delta.Deleted, c.deleted) {
				t.Errorf("deleted %v, want %v", delta.Deleted, c.deleted)
			}
		})
	}
}

func testLog(t *testing.T, b Backend) {
	s := fresh(t, b)
	when := time.Date(2026, 3, 1, 8, 30, 15, 999, time.FixedZone("", 8*3600))
	sets := []geo.ChangeSet{
		{Author: "规划科", Note: "第一次", Source: "survey 2026", At: when},
		{Author: "", Note: oddTexts[3], Source: oddTexts[5], At: when.Add(-time.Hour)}, // clocks may go back
	}
	var heads []geo.Head
	for i, set := range sets {
		set.Changes = geo.Changes(geo.Insert(booth("a", int32(i), 0)), geo.Insert(booth("b", int32(i), 0)))
		heads = append(heads, applySet(t, s, set))
	}
	before := time.Now().UTC().Truncate(time.Second)
	heads = append(heads, apply(t, s, geo.Insert(booth("now", 0, 0))))

	log, err := s.Log(t.Context(), 0, 0)
	if err != nil || len(log) != 3 {
		t.Fatalf("%d entries, %v", len(log), err)
	}
	for i, set := range sets {
		want := geo.Header{
			Revision: int64(i + 1), At: set.At.UTC().Truncate(time.Second),
			Author: set.Author, Note: set.Note, Source: set.Source, Changed: 2, Hash: heads[i].Hash,
		}
		if got := log[i]; !got.At.Equal(want.At) {
			t.Errorf("entry %d is of %v, want %v", i, got.At, want.At)
		} else if got.At = want.At; got != want {
			t.Errorf("got  %+v\nwant %+v", got, want)
		}
	}
	if log[2].At.Before(before) || log[2].At.After(time.Now()) || log[2].Changed != 1 {
		t.Errorf("the entry of now: %+v", log[2])
	}
	for since, want := range []int{3, 2, 1, 0, 0} {
		for _, limit := range []int{0, 1, 2, 9} {
			page, err := s.Log(t.Context(), int64(since), limit)
			if rest := log[min(since, 3):]; err != nil || limit == 0 && len(page) != want || !slices.EqualFunc(page, rest[:min(len(rest), cmp.Or(limit, want))], sameHeader) {
				t.Errorf("%d of the log since %d: %+v, %v; want of %d", limit, since, page, err, want)
			}
		}
	}
	some, err := s.Headers(t.Context(), []int64{3, 99, 1, 3, 0, -1})
	if err != nil || !slices.EqualFunc(some, []geo.Header{log[0], log[2]}, sameHeader) {
		t.Errorf("headers of 1 and 3: %+v, %v", some, err)
	}
	if none, err := s.Headers(t.Context(), nil); err != nil || len(none) > 0 {
		t.Errorf("headers of none: %+v, %v", none, err)
	}
}

func sameHeader(a, b geo.Header) bool {
	sameTime := a.At.Equal(b.At)
	a.At = b.At
	return sameTime && a == b
}

// testDeeds reads what change sets did, of several layers and page by page.
func testDeeds(t *testing.T, b Backend) {
	s := fresh(t, b)
	first, other, gone := booth("first", 1, 1), booth("other", 9, 9), booth("gone", 5, 5)
	green := bare(geo.MustSchema(geo.Land))
	apply(t, s, geo.Insert(green), geo.Insert(first), geo.Insert(other), geo.Insert(gone)) // 1
	second := at(renamed(first, "second"), 2, 2)
	brief := booth("brief", 4, 4)
	apply(t, s, geo.Replace(second), geo.Insert(brief), geo.Delete(gone)) // 2
	third := renamed(second, "third")
	apply(t, s, geo.Replace(third), geo.Delete(brief)) // 3

	of := geo.KeyOf
	for revision, want := range [][]geo.Deed{
		1: {{Key: of(first), After: first, Ended: 2}, {Key: of(other), After: other}, {Key: of(gone), After: gone, Ended: 2}, {Key: of(green), After: green}},
		2: {{Key: of(first), Before: first, After: second, Ended: 3}, {Key: of(gone), Before: gone}, {Key: of(brief), After: brief, Ended: 3}},
		3: {{Key: of(first), Before: second, After: third}, {Key: of(brief), Before: brief}},
	} {
		if revision == 0 {
			continue
		}
		for limit := range len(want) + 2 {
			if limit == 0 {
				continue
			}
			var got []geo.Deed
			for beyond := (geo.Key{}); ; {
				page, err := s.Deeds(t.Context(), int64(revision), beyond, limit)
				if err != nil || len(page) > limit {
					t.Fatalf("%d of revision %d beyond %v: %d, %v", limit, revision, beyond, len(page), err)
				}
				if got = append(got, page...); len(page) < limit {
					break
				}
				beyond = page[limit-1].Key
			}
			sameDeeds(t, got, want)
		}
	}
	for _, revision := range []int64{-1, 0, 4, 1 << 60} {
		if deeds, err := s.Deeds(t.Context(), revision, geo.Key{}, 10); !errors.Is(err, geo.ErrNotFound) {
			t.Errorf("revision %d: %v, %v; want not found", revision, deeds, err)
		}
	}
	if deeds, err := s.Deeds(t.Context(), 1, geo.Key{Layer: geo.Land, ID: 1}, 10); err != nil || len(deeds) != 0 {
		t.Errorf("beyond the last: %v, %v", deeds, err)
	}
}

func sameDeeds(t *testing.T, got, want []geo.Deed) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%d deeds, want %d", len(got), len(want))
	}
	for i, w := range want {
		g := got[i]
		if g.Key != w.Key || g.Ended != w.Ended || (g.Before == nil) != (w.Before == nil) || (g.After == nil) != (w.After == nil) {
			t.Errorf("deed %d: %+v, want %+v", i, g, w)
			continue
		}
		if w.Before != nil {
			same(t, g.Before, w.Before)
		}
		if w.After != nil {
			same(t, g.After, w.After)
		}
	}
}

func testHistory(t *testing.T, b Backend) {
	s := fresh(t, b)
	first, other := booth("first", 1, 1), booth("other", 9, 9)
	apply(t, s, geo.Insert(first), geo.Insert(other)) // 1
	second := at(renamed(first, "second"), 2, 2)
	apply(t, s, geo.Replace(second))                    // 2
	apply(t, s, geo.Replace(renamed(other, "other 2"))) // 3
	third := renamed(second, "third")
	apply(t, s, geo.Replace(third)) // 4

	check := func(want []geo.Past) {
		t.Helper()
		got, err := s.History(t.Context(), geo.KeyOf(first))
		if err != nil || len(got) != len(want) {
			t.Fatalf("%d states, %v; want %d", len(got), err, len(want))
		}
		for i := range want {
			same(t, got[i].Feature, want[i].Feature)
			if got[i].Ended != want[i].Ended || got[i].Deleted != want[i].Deleted {
				t.Errorf("state %d ended %d, deleted %v; want %d, %v", i, got[i].Ended, got[i].Deleted, want[i].Ended, want[i].Deleted)
			}
		}
	}
	check([]geo.Past{{Feature: first, Ended: 2}, {Feature: second, Ended: 4}, {Feature: third}})
	apply(t, s, geo.Delete(third)) // 5
	check([]geo.Past{{Feature: first, Ended: 2}, {Feature: second, Ended: 4}, {Feature: third, Ended: 5, Deleted: true}})

	for _, key := range []geo.Key{{Layer: geo.Booths, ID: 3}, {Layer: geo.Gates, ID: 1}, {Layer: "castles", ID: 1}} {
		if past, err := s.History(t.Context(), key); !errors.Is(err, geo.ErrNotFound) {
			t.Errorf("history of %v: %d states, %v; want not found", key, len(past), err)
		}
	}
}

// loadAt reads what was live at a revision and holds the promised order.
func loadAt(t *testing.T, s data.Store, revision int64) (map[geo.Key]geo.Feature, geo.Head) {
	t.Helper()
	return gather(t, func(each func(geo.Feature) error) (geo.Head, error) { return s.At(t.Context(), revision, each) })
}

// testAt reads older revisions, of layers with more superseded rows than are read
// at once.
func testAt(t *testing.T, b Backend) {
	s := fresh(t, b)
	const n = 2600
	houses := make([]geo.Feature, n)
	for i := range houses {
		houses[i] = bare(geo.MustSchema(geo.Land))
	}
	gone, kept := booth("gone", 1, 1), booth("kept", 2, 2)
	change := func(do func(i int) []geo.Change) []geo.Change {
		var changes []geo.Change
		for i := range houses {
			changes = append(changes, do(i)...)
		}
		return changes
	}
	heads := []geo.Head{headOf(t, s)}
	want := []map[geo.Key]geo.Feature{{}}
	step := func(changes ...geo.Change) {
		t.Helper()
		heads = append(heads, apply(t, s, changes...))
		now, _ := load(t, s)
		want = append(want, now)
	}
	step(append(change(func(i int) []geo.Change { return []geo.Change{geo.Insert(houses[i])} }), geo.Insert(gone), geo.Insert(kept))...)
	step(change(func(i int) []geo.Change { // most are changed, some deleted, some stay
		switch {
		case i%5 == 0:
			return []geo.Change{geo.Delete(houses[i])}
		case i%7 == 0:
			return nil
		}
		houses[i] = geo.Clone(houses[i])
		houses[i].Common().Name = "second"
		return []geo.Change{geo.Replace(houses[i])}
	})...)
	step(geo.Delete(gone), geo.Insert(bare(geo.MustSchema(geo.Assignments))))
	step(geo.Replace(renamed(kept, "again")))
	for revision := range heads {
		got, head := loadAt(t, s, int64(revision))
		if head != heads[revision] {
			t.Errorf("the head of revision %d is %+v, want %+v", revision, head, heads[revision])
		}
		sameSet(t, got, want[revision])
	}
	for _, revision := range []int64{-1, int64(len(heads)), 1 << 60} {
		if _, err := s.At(t.Context(), revision, func(geo.Feature) error { t.Error("a feature of no revision"); return nil }); !errors.Is(err, geo.ErrNotFound) {
			t.Errorf("revision %d: %v", revision, err)
		}
	}
	if _, err := s.At(t.Context(), 1, func(geo.Feature) error { return errStopped }); !errors.Is(err, errStopped) {
		t.Errorf("the callback's error: got %v", err)
	}
}
