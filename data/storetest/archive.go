package storetest

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"gridatlas/data"
	"gridatlas/geo"
	"gridatlas/geo/seedtest"
)

// Scribble fills a store with some sets of random changes, with history,
// deletions, records and idempotency keys.
func Scribble(t *testing.T, s data.Store, rng *rand.Rand) {
	t.Helper()
	twin := newModel()
	for i := range 15 {
		changes := twin.randomSet(rng)
		set := geo.ChangeSet{
			Author: oddTexts[i%len(oddTexts)], Note: fmt.Sprint("set ", i), At: time.Unix(1_700_000_000+int64(i), 0),
			Changes: geo.Changes(changes...), Records: geo.RecordChanges(twin.randomRecords(rng)...),
		}
		if i%3 == 0 {
			set.IdempotencyKey = fmt.Sprint("键 ", i)
		}
		applySet(t, s, set)
		twin.apply(changes)
	}
	coded := booth("with a code", 1, 1)
	coded.Code, coded.Number = "B-1", "№ 1"
	apply(t, s, geo.Insert(coded))
	apply(t, s, geo.Replace(renamed(coded, "with a code, renamed")))
	applyRecords(t, s, put("alone", 0, `{"in":"a set of its own"}`))
}

// Same holds that two stores answer alike, their epochs aside, and that they go
// on alike. It writes to both.
func Same(t *testing.T, a, b data.Store) {
	t.Helper()
	x, y := contentOf(t, a), contentOf(t, b)
	if x.head.Revision != y.head.Revision || x.head.Hash != y.head.Hash {
		t.Fatalf("one store stands at %+v, the other at %+v", x.head, y.head)
	}
	if !maps.Equal(x.counters, y.counters) || x.recordVersion != y.recordVersion || x.recordSum != y.recordSum {
		t.Errorf("one counts %v and %d, the other %v and %d", x.counters, x.recordVersion, y.counters, y.recordVersion)
	}
	if !slices.Equal(x.log, y.log) {
		t.Errorf("one has the log %v, the other %v", x.log, y.log)
	}
	features, _ := load(t, a)
	others, _ := load(t, b)
	sameSet(t, others, features)
	seen := map[geo.Key]bool{}
	for revision := range x.head.Revision + 1 {
		then, head := loadAt(t, a, revision)
		others, other := loadAt(t, b, revision)
		if head.Hash != other.Hash {
			t.Errorf("revision %d has two hashes", revision)
		}
		sameSet(t, others, then)
		for key := range then {
			seen[key] = true
		}
	}
	for key := range seen {
		samePast(t, a, b, key)
	}
	for kind := range x.kinds {
		sameRecords(t, recordsOf(t, b, kind), recordsOf(t, a, kind))
	}
	sound(t, a)
	sound(t, b)

	// A repeat is known to both, and the next set has one outcome.
	for _, e := range x.log {
		if e.IdempotencyKey != "" {
			for _, s := range []data.Store{a, b} {
				if head := applySet(t, s, geo.ChangeSet{IdempotencyKey: e.IdempotencyKey, Changes: geo.Changes(geo.Insert(booth("again", 1, 1)))}); head.Revision != e.Revision {
					t.Errorf("the repeat of revision %d answers %d", e.Revision, head.Revision)
				}
			}
		}
	}
	var heads [2]geo.Head
	for i, s := range []data.Store{a, b} {
		var changes []geo.Change
		for _, schema := range geo.Catalog() {
			changes = append(changes, geo.Insert(bare(schema)))
		}
		heads[i] = applySet(t, s, geo.ChangeSet{
			At: time.Unix(1_800_000_000, 0), Changes: geo.Changes(changes...), Records: geo.RecordChanges(put("next", geo.AnyVersion, `1`)),
		})
	}
	if heads[0].Revision != heads[1].Revision || heads[0].Hash != heads[1].Hash {
		t.Errorf("the next set gives %+v and %+v", heads[0], heads[1])
	}
	sameRecords(t, recordsOf(t, b, "test"), recordsOf(t, a, "test"))
}

// content is what only an archive tells.
type content struct {
	head          geo.Head
	counters      map[geo.Layer]int64
	log           []data.Entry
	kinds         map[string]bool
	recordVersion int64
	recordSum     geo.Hash
}

func contentOf(t *testing.T, s data.Store) (c content) {
	t.Helper()
	err := s.Archive(t.Context(), func(a data.Archive) error {
		c = content{head: a.Head, counters: a.Counters, kinds: map[string]bool{}, recordVersion: a.RecordVersion, recordSum: a.RecordSum}
		for e, err := range a.Log {
			if err != nil {
				return err
			}
			c.log = append(c.log, e)
		}
		for r, err := range a.Records {
			if err != nil {
				return err
			}
			c.kinds[r.Kind] = true
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func samePast(t *testing.T, a, b data.Store, key geo.Key) {
	t.Helper()
	want, err := a.History(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	got, err := b.History(t.Context(), key)
	if err != nil || len(got) != len(want) {
		t.Errorf("history of %v: %d states, %v; want %d", key, len(got), err, len(want))
		return
	}
	for i := range want {
		same(t, got[i].Feature, want[i].Feature)
		if got[i].Ended != want[i].Ended || got[i].Deleted != want[i].Deleted {
			t.Errorf("state %d of %v ended %d, deleted %v; want %d, %v", i, key, got[i].Ended, got[i].Deleted, want[i].Ended, want[i].Deleted)
		}
	}
}

func testCopy(t *testing.T, b Backend) {
	rng := seedtest.New(t)
	from, to := fresh(t, b), fresh(t, b)
	Scribble(t, from, rng)
	before := headOf(t, to)
	head, err := data.Copy(t.Context(), from, to, data.FillOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if head != headOf(t, to) || head.Epoch != before.Epoch {
		t.Errorf("the copy answers %+v and stands at %+v, made with epoch %d", head, headOf(t, to), before.Epoch)
	}
	Same(t, from, to)

	// A store that holds something is left alone, and replaced when asked.
	stands := headOf(t, to)
	if _, err := data.Copy(t.Context(), fresh(t, b), to, data.FillOptions{NewEpoch: true}); !errors.Is(err, data.ErrNotEmpty) {
		t.Errorf("a copy over a store that holds something: %v", err)
	}
	if now := headOf(t, to); now != stands {
		t.Errorf("a refused copy moved the head to %+v", now)
	}
	other := fresh(t, b)
	Scribble(t, other, rng)
	head, err = data.Copy(t.Context(), other, to, data.FillOptions{Replace: true})
	if err != nil || head.Epoch == stands.Epoch || head.Epoch <= 0 {
		t.Fatalf("a replaced store has %+v, %v; want another epoch than %d", head, err, stands.Epoch)
	}
	Same(t, other, to)

	// Nothing but records is something too; an empty store empties another.
	little := fresh(t, b)
	applyRecords(t, little, put("a", 0, `1`))
	if _, err := data.Copy(t.Context(), from, little, data.FillOptions{}); !errors.Is(err, data.ErrNotEmpty) {
		t.Errorf("a copy over records: %v", err)
	}
	for _, s := range []data.Store{little, to} {
		if _, err := data.Copy(t.Context(), fresh(t, b), s, data.FillOptions{Replace: true}); err != nil {
			t.Fatal(err)
		}
		if got, head := load(t, s); len(got) != 0 || head.Revision != 0 || len(recordsOf(t, s, "test")) != 0 {
			t.Errorf("an emptied store holds %d features at %+v", len(got), head)
		}
		sound(t, s)
	}
	Same(t, fresh(t, b), to)

	// What was restored has another epoch, also in a store that was empty.
	restored := fresh(t, b)
	first := headOf(t, restored)
	head, err = data.Copy(t.Context(), from, restored, data.FillOptions{NewEpoch: true})
	if err != nil || head.Epoch == first.Epoch || head.Epoch == headOf(t, from).Epoch {
		t.Errorf("the epoch went from %d to %+v, %v", first.Epoch, head, err)
	}
	Same(t, from, restored)
}

// testCopyMany carries layers that are filled in bulk.
func testCopyMany(t *testing.T, b Backend) {
	from, to := fresh(t, b), fresh(t, b)
	applySet(t, from, geo.ChangeSet{Changes: stream(12_000, nil, nil)})
	var changes []geo.Change
	_, err := from.Load(t.Context(), func(f geo.Feature) error {
		if f.Common().ID%4 == 0 {
			changes = append(changes, geo.Replace(at(f.(*geo.Booth), int32(f.Common().ID), 7)))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	apply(t, from, changes...)
	for _, how := range []data.FillOptions{{}, {Replace: true}} {
		if _, err := data.Copy(t.Context(), from, to, how); err != nil {
			t.Fatal(err)
		}
		x, _ := load(t, from)
		y, _ := load(t, to)
		sameSet(t, y, x)
		sound(t, to)
	}
	// Reliances are judged as before: by where things lie and lay.
	for _, s := range []data.Store{from, to} {
		_, err := s.Apply(t.Context(), geo.ChangeSet{
			Base: 1, Relies: []geo.Reliance{{Layer: geo.Booths, Box: geo.Box{W: 8, S: 7, E: 8, N: 7}}}, Changes: geo.Changes(geo.Insert(booth("x", 1, 1))),
		})
		var stale *geo.Stale
		if !errors.As(err, &stale) {
			t.Errorf("got %v, want stale", err)
		}
	}
}

// spoiled is an archive of which something was changed on the way.
type spoiled struct {
	data.Store
	spoil func(a *data.Archive)
}

func (s spoiled) Archive(ctx context.Context, use func(data.Archive) error) error {
	return s.Store.Archive(ctx, func(a data.Archive) error { s.spoil(&a); return use(a) })
}

// changed passes a stream on; edit changes item n, and false leaves it out.
func changed[T any](from iter.Seq2[T, error], n int, edit func(*T) bool) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		i := 0
		for item, err := range from {
			i++
			if i-1 == n && !edit(&item) {
				continue
			}
			if !yield(item, err) {
				return
			}
		}
	}
}

func broken[T any](from iter.Seq2[T, error], after int) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		i := 0
		for item, err := range from {
			if i++; i > after {
				err = errStopped
			}
			if !yield(item, err) {
				return
			}
		}
	}
}

// testFillRefuses spoils an archive in each way: nothing of it is taken, into an
// empty store nor over one that holds something.
func testFillRefuses(t *testing.T, b Backend) {
	from, empty, full := fresh(t, b), fresh(t, b), fresh(t, b)
	Scribble(t, from, seedtest.New(t))
	applySet(t, full, geo.ChangeSet{Changes: stream(300, nil, nil)})
	stands := headOf(t, full)
	cases := map[string]func(a *data.Archive){
		"live feature edited": func(a *data.Archive) {
			a.Live = changed(a.Live, 3, func(f *geo.Feature) bool { *f = geo.Clone(*f); (*f).Common().Name += "!"; return true })
		},
		"live feature missing": func(a *data.Archive) { a.Live = changed(a.Live, 0, func(*geo.Feature) bool { return false }) },
		"version raised": func(a *data.Archive) {
			a.Live = changed(a.Live, 1, func(f *geo.Feature) bool { (*f).Common().Version++; return true })
		},
		"past edited": func(a *data.Archive) {
			a.Past = changed(a.Past, 2, func(p *geo.Past) bool { p.Feature.Common().Source += "!"; return true })
		},
		"past missing":     func(a *data.Archive) { a.Past = changed(a.Past, 5, func(*geo.Past) bool { return false }) },
		"past ended later": func(a *data.Archive) { a.Past = changed(a.Past, 4, func(p *geo.Past) bool { p.Ended++; return true }) },
		"log cut":          func(a *data.Archive) { a.Log = changed(a.Log, 16, func(*data.Entry) bool { return false }) },
		"log edited": func(a *data.Archive) {
			a.Log = changed(a.Log, 7, func(e *data.Entry) bool { e.Author = "me"; return true })
		},
		"head moved":       func(a *data.Archive) { a.Head.Revision-- },
		"counter set back": func(a *data.Archive) { a.Counters[geo.Booths]-- },
		"record edited": func(a *data.Archive) {
			a.Records = changed(a.Records, 0, func(r *geo.Record) bool { r.Value = []byte(`0`); return true })
		},
		"record missing":        func(a *data.Archive) { a.Records = changed(a.Records, 0, func(*geo.Record) bool { return false }) },
		"record of the future":  func(a *data.Archive) { a.RecordVersion = 1 },
		"live stream broken":    func(a *data.Archive) { a.Live = broken(a.Live, 10) },
		"past stream broken":    func(a *data.Archive) { a.Past = broken(a.Past, 10) },
		"log stream broken":     func(a *data.Archive) { a.Log = broken(a.Log, 10) },
		"records stream broken": func(a *data.Archive) { a.Records = broken(a.Records, 0) },
	}
	for name, spoil := range cases {
		t.Run(name, func(t *testing.T) {
			for to, how := range map[data.Store]data.FillOptions{empty: {}, full: {Replace: true}} {
				_, err := data.Copy(t.Context(), spoiled{from, spoil}, to, how)
				var damaged *data.Damaged
				switch {
				case errors.As(err, &damaged) && len(damaged.Faults) > 0:
				case !errors.Is(err, errStopped):
					t.Errorf("got %v", err)
				}
			}
		})
	}
	if got, head := load(t, empty); len(got) != 0 || head.Revision != 0 || len(contentOf(t, empty).kinds) != 0 {
		t.Errorf("refused archives left %d features at %+v", len(got), head)
	}
	if got, head := load(t, full); len(got) != 300 || head != stands {
		t.Errorf("refused archives left %d features at %+v, want 300 at %+v", len(got), head, stands)
	}
	sound(t, empty)
	sound(t, full)
	if _, err := data.Copy(t.Context(), from, empty, data.FillOptions{}); err != nil {
		t.Errorf("the sound one after all of them: %v", err)
	}
}

// testReplaceBesideReader replaces a store in the middle of a load, which sees
// nothing of it.
func testReplaceBesideReader(t *testing.T, b Backend) {
	address := b.New(t)
	reader, writer, other := open(t, b, address), open(t, b, address), fresh(t, b)
	applySet(t, reader, geo.ChangeSet{Changes: stream(3000, nil, nil)})
	apply(t, reader, geo.Insert(bare(geo.MustSchema(geo.Streets))))
	apply(t, other, geo.Insert(booth("the other city", 1, 1)))
	n := 0
	head, err := reader.Load(t.Context(), func(f geo.Feature) error {
		if n++; n == 1 {
			if _, err := data.Copy(t.Context(), other, writer, data.FillOptions{Replace: true}); err != nil {
				return err
			}
		}
		if f.Common().Name == "the other city" {
			t.Error("a load sees two cities")
		}
		return nil
	})
	if err != nil || n != 3001 || head.Revision != 2 {
		t.Errorf("%d features at revision %d, %v; want 3001 at 2", n, head.Revision, err)
	}
	if got, now := load(t, reader); len(got) != 1 || now.Epoch == head.Epoch || now.Revision != 1 {
		t.Errorf("afterwards %d features at %+v", len(got), now)
	}
}
