package storetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"gridatlas/data"
	"gridatlas/geo"
)

// put is a change that writes a record of the kind test.
func put(key string, expect int64, value string) geo.RecordChange {
	return geo.RecordChange{Kind: "test", Key: key, Expect: expect, Value: []byte(value)}
}

func applyRecords(t *testing.T, s data.Store, changes ...geo.RecordChange) geo.Head {
	t.Helper()
	return applySet(t, s, geo.ChangeSet{Records: geo.RecordChanges(changes...)})
}

// recordsOf reads a kind and holds the promised order.
func recordsOf(t *testing.T, s data.Store, kind string) []geo.Record {
	t.Helper()
	var records []geo.Record
	err := s.Records(t.Context(), kind, func(r geo.Record) error {
		if n := len(records); n > 0 && records[n-1].Key >= r.Key {
			t.Errorf("record %q comes after %q", r.Key, records[n-1].Key)
		}
		if r.Kind != kind {
			t.Errorf("a record of %s among those of %s", r.Kind, kind)
		}
		records = append(records, r)
		return nil
	})
	if err != nil {
		t.Fatalf("records of %s: %v", kind, err)
	}
	return records
}

func sameRecords(t *testing.T, got, want []geo.Record) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("%d records, want %d", len(got), len(want))
		return
	}
	for i := range want {
		if got[i].Kind != want[i].Kind || got[i].Key != want[i].Key || got[i].Version != want[i].Version || !bytes.Equal(got[i].Value, want[i].Value) {
			t.Errorf("got  %s %q %d %s\nwant %s %q %d %s", got[i].Kind, got[i].Key, got[i].Version, clip(got[i].Value),
				want[i].Kind, want[i].Key, want[i].Version, clip(want[i].Value))
		}
	}
}

func testRecords(t *testing.T, b Backend) {
	address := b.New(t)
	s := open(t, b, address)
	if got := recordsOf(t, s, "test"); len(got) != 0 {
		t.Errorf("a new store holds %v", got)
	}
	if _, err := s.Record(t.Context(), "test", "a"); !errors.Is(err, geo.ErrNotFound) {
		t.Errorf("a record that nobody wrote: %v", err)
	}
	empty := headOf(t, s)
	head := applyRecords(t, s, put("b", 0, `{"n": 1}`), put("a", geo.AnyVersion, `[1,  2]`), put("ä", 0, `"<&>\u0000 é 𠮷"`))
	if head != empty || headOf(t, s) != empty {
		t.Errorf("records moved the head from %+v to %+v", empty, head)
	}
	want := []geo.Record{
		{Kind: "test", Key: "a", Version: 1, Value: []byte(`[1,  2]`)},
		{Kind: "test", Key: "b", Version: 1, Value: []byte(`{"n": 1}`)},
		{Kind: "test", Key: "ä", Version: 1, Value: []byte(`"<&>\u0000 é 𠮷"`)},
	}
	sameRecords(t, recordsOf(t, s, "test"), want)
	sameRecords(t, recordsOf(t, open(t, b, address), "test"), want)
	one, err := s.Record(t.Context(), "test", "b")
	if err != nil {
		t.Fatal(err)
	}
	sameRecords(t, []geo.Record{one}, want[1:2])

	// Each refused set leaves all as it was, the features beside it too.
	for name, c := range map[string]struct {
		change  geo.RecordChange
		version int64
	}{
		"there already":          {put("b", 0, `2`), 1},
		"of another version":     {put("b", 2, `2`), 1},
		"not there":              {put("c", 1, `2`), 0},
		"delete another":         {geo.RecordChange{Kind: "test", Key: "b", Expect: 7}, 1},
		"delete what is gone":    {geo.RecordChange{Kind: "test", Key: "c", Expect: 7}, 0},
		"delete what may not be": {geo.RecordChange{Kind: "test", Key: "a"}, 1},
	} {
		_, err := s.Apply(t.Context(), geo.ChangeSet{
			Changes: geo.Changes(geo.Insert(booth("beside", 1, 1))),
			Records: geo.RecordChanges(put("d", 0, `1`), c.change),
		})
		var conflict *geo.RecordConflict
		if !errors.As(err, &conflict) || !geo.Retryable(err) {
			t.Errorf("%s: got %v, want a conflict", name, err)
			continue
		}
		if *conflict != (geo.RecordConflict{Kind: "test", Key: c.change.Key, Expect: c.change.Expect, Version: c.version}) {
			t.Errorf("%s: %+v", name, *conflict)
		}
	}
	sameRecords(t, recordsOf(t, s, "test"), want)
	if features, now := load(t, s); len(features) != 0 || now != empty {
		t.Errorf("refused sets left %d features at %+v", len(features), now)
	}

	// A later change of one set sees the earlier ones; a key that comes back is
	// told apart from the one that was.
	applyRecords(t, s, put("a", 1, `1`), put("a", 2, `2`), put("b", 1, `3`), geo.RecordChange{Kind: "test", Key: "b", Expect: 2},
		geo.RecordChange{Kind: "test", Key: "never", Expect: geo.AnyVersion})
	applyRecords(t, s, put("b", 0, `4`))
	want[0].Version, want[0].Value = 2, []byte(`2`)
	want[1].Version, want[1].Value = 3, []byte(`4`)
	sameRecords(t, recordsOf(t, s, "test"), want)
	// A set that finds nothing to do counts for nothing.
	applyRecords(t, s, geo.RecordChange{Kind: "test", Key: "never", Expect: geo.AnyVersion}, geo.RecordChange{Kind: "test", Key: "never"})
	applyRecords(t, s, put("b", 3, `5`))
	want[1].Version, want[1].Value = 4, []byte(`5`)
	sameRecords(t, recordsOf(t, s, "test"), want)
	sound(t, s)
}

// testRecordBounds writes records at their bounds and beyond.
func testRecordBounds(t *testing.T, b Backend) {
	s := fresh(t, b)
	long := `"` + strings.Repeat("x", geo.MaxRecordValue-2) + `"`
	good := []geo.RecordChange{
		put("long", 0, long),
		put("deep", 0, strings.Repeat("[", 2000)+strings.Repeat("]", 2000)),
		put(strings.Repeat("k", geo.MaxRecordKey), 0, `null`),
		put("number", 0, `1e400`), put("twins", 0, `{"a":1,"a":2}`), put("half a pair", 0, `"\ud83d"`),
		{Kind: strings.Repeat("类", geo.MaxRecordKind/3), Key: "\x01 '\"%_\\", Value: []byte(`{}`)},
	}
	for _, text := range oddTexts {
		good = append(good, put("odd "+text, 0, `0`))
	}
	applyRecords(t, s, good...)
	for _, c := range good {
		if got, err := s.Record(t.Context(), c.Kind, c.Key); err != nil || !bytes.Equal(got.Value, c.Value) {
			t.Errorf("%s %.40q: %s, %v; want %s", c.Kind, c.Key, clip(got.Value), err, clip(c.Value))
		}
	}
	for name, c := range map[string]geo.RecordChange{
		"no kind":      {Key: "a", Value: []byte(`1`)},
		"no key":       put("", 0, `1`),
		"long kind":    {Kind: strings.Repeat("k", geo.MaxRecordKind+1), Key: "a", Value: []byte(`1`)},
		"long key":     put(strings.Repeat("k", geo.MaxRecordKey+1), 0, `1`),
		"long value":   put("a", 0, long+" "),
		"not UTF-8":    put("a\xff", 0, `1`),
		"NUL":          put("a\x00", 0, `1`),
		"not JSON":     put("a", 0, `{`),
		"empty value":  put("a", 0, ``),
		"JSON in GBK":  put("a", 0, "\"\xc9\xcf\""),
		"no version":   put("a", -2, `1`),
		"two values":   put("a", 0, `1 2`),
		"NUL in value": put("a", 0, "\"\x00\""),
	} {
		if _, err := s.Apply(t.Context(), geo.ChangeSet{Records: geo.RecordChanges(put("beside", 0, `1`), c)}); err == nil || geo.Retryable(err) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := s.Record(t.Context(), "test", "beside"); !errors.Is(err, geo.ErrNotFound) {
		t.Errorf("a refused set left a record: %v", err)
	}
	sound(t, s)
}

// testRecordsBesideFeatures holds that records know the ids of the features that
// they come with, and share their fate.
func testRecordsBesideFeatures(t *testing.T, b Backend) {
	s := fresh(t, b)
	type link struct{ Booth int64 }
	table := geo.RecordTable[link]{Kind: "links"}
	const n = 2500
	made := make([]*geo.Booth, n)
	set := func(fail error) geo.ChangeSet {
		return geo.ChangeSet{
			IdempotencyKey: "once",
			Changes: func(yield func(geo.Change, error) bool) {
				for i := range made {
					made[i] = booth("linked", int32(i), 0)
					if !yield(geo.Insert(made[i]), nil) {
						return
					}
				}
			},
			Records: func(yield func(geo.RecordChange, error) bool) {
				for i, f := range made {
					c, err := table.Put(fmt.Sprintf("row %04d", i), 0, link{f.ID})
					if !yield(c, err) {
						return
					}
				}
				if fail != nil {
					yield(geo.RecordChange{}, fail)
				}
			},
		}
	}
	if _, err := s.Apply(t.Context(), set(errStopped)); !errors.Is(err, errStopped) {
		t.Fatalf("got %v, want the error of the stream", err)
	}
	if features, head := load(t, s); len(features) != 0 || head.Revision != 0 || len(recordsOf(t, s, "links")) != 0 {
		t.Errorf("a broken stream left %d features at %+v", len(features), head)
	}
	first := applySet(t, s, set(nil))
	i := 0
	err := table.All(t.Context(), s, func(key string, version int64, value link) error {
		if key != fmt.Sprintf("row %04d", i) || version != 1 || value.Booth != int64(i+1) {
			t.Errorf("record %d is %q of version %d with booth %d", i, key, version, value.Booth)
		}
		i++
		return nil
	})
	if err != nil || i != n {
		t.Errorf("%d records, %v; want %d", i, err, n)
	}
	// A repeat asks for neither stream.
	again := applySet(t, s, geo.ChangeSet{IdempotencyKey: "once", Records: func(func(geo.RecordChange, error) bool) { t.Error("the records of a repeat were asked for") }})
	if again != first {
		t.Errorf("the repeat answers %+v, want %+v", again, first)
	}
	// Features that are refused keep the records out.
	_, err = s.Apply(t.Context(), geo.ChangeSet{
		Changes: geo.Changes(geo.Insert(&geo.Booth{})), Records: geo.RecordChanges(put("beside", 0, `1`)),
	})
	if err == nil || len(recordsOf(t, s, "test")) != 0 {
		t.Errorf("a refused set left records: %v", err)
	}
	value, version, err := table.Get(t.Context(), s, "row 0007")
	if err != nil || value.Booth != 8 || version != 1 {
		t.Errorf("got %v of version %d, %v", value, version, err)
	}
	applyRecords(t, s, table.Delete("row 0007", version), put("no link", 0, `"text"`))
	if _, _, err := table.Get(t.Context(), s, "row 0007"); !errors.Is(err, geo.ErrNotFound) {
		t.Errorf("deleted: %v", err)
	}
	if _, _, err := (geo.RecordTable[link]{Kind: "test"}).Get(t.Context(), s, "no link"); err == nil || !strings.Contains(err.Error(), "no link") {
		t.Errorf("a value of another type: %v", err)
	}
	sound(t, s)
}

// testRecordsAtOnce has many writers raise one number, from two handles and
// beside writers of features: none is lost.
func testRecordsAtOnce(t *testing.T, b Backend) {
	address := b.New(t)
	handles := []data.Store{open(t, b, address), open(t, b, address)}
	counter := geo.RecordTable[int]{Kind: "counter"}
	const writers, rounds = 6, 8
	done := make(chan error, writers+1)
	for i := range writers {
		go func() {
			for range rounds {
				if err := raise(t.Context(), handles[i%2], counter); err != nil {
					done <- err
					return
				}
			}
			done <- nil
		}()
	}
	go func() {
		for i := range rounds {
			set := geo.ChangeSet{Changes: stream(5, nil, nil), Records: geo.RecordChanges(put("beside", geo.AnyVersion, fmt.Sprint(i)))}
			if _, err := handles[1].Apply(t.Context(), set); err != nil {
				done <- err
				return
			}
		}
		done <- nil
	}()
	for range writers + 1 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	if n, _, err := counter.Get(t.Context(), handles[0], "n"); err != nil || n != writers*rounds {
		t.Errorf("the number is %d, %v; want %d", n, err, writers*rounds)
	}
	sound(t, handles[0])
}

func raise(ctx context.Context, s data.Store, counter geo.RecordTable[int]) error {
	for {
		n, version, err := counter.Get(ctx, s, "n")
		if err != nil && !errors.Is(err, geo.ErrNotFound) {
			return err
		}
		change, err := counter.Put("n", version, n+1)
		if err != nil {
			return err
		}
		if _, err = s.Apply(ctx, geo.ChangeSet{Records: geo.RecordChanges(change)}); err == nil || !geo.Retryable(err) {
			return err
		}
	}
}

// testManyRecords writes them faster than any city brings them.
func testManyRecords(t *testing.T, b Backend) {
	s := fresh(t, b)
	const n = 20_000
	many := func(expect int64) iter.Seq2[geo.RecordChange, error] {
		return func(yield func(geo.RecordChange, error) bool) {
			for i := range n {
				if !yield(put(fmt.Sprintf("%08d", i*7919%n), expect, fmt.Sprintf(`{"row":%d,"of":"a source of many rows"}`, i)), nil) {
					return
				}
			}
		}
	}
	start := time.Now()
	applySet(t, s, geo.ChangeSet{Records: many(0)})
	first := time.Since(start)
	start = time.Now()
	applySet(t, s, geo.ChangeSet{Records: many(1)})
	t.Logf("%.0f new and %.0f changed records a second", n/first.Seconds(), n/time.Since(start).Seconds())
	got := recordsOf(t, s, "test")
	if len(got) != n || got[n-1].Version != 2 {
		t.Errorf("%d records, want %d", len(got), n)
	}
	sound(t, s)
}

// recordModel is the plain twin of the records of a store.
type recordModel struct {
	version int64
	records map[[2]string]geo.Record
}

// randomRecords makes changes of records that must be taken.
func (m *recordModel) randomRecords(rng *rand.Rand) []geo.RecordChange {
	var changes []geo.RecordChange
	wrote := false
	for range rng.IntN(12) {
		c := geo.RecordChange{Kind: []string{"a", "b", "啊"}[rng.IntN(3)], Key: oddTexts[rng.IntN(len(oddTexts))], Expect: geo.AnyVersion}
		name := [2]string{c.Kind, c.Key}
		before, there := m.records[name]
		if rng.IntN(2) == 0 {
			c.Expect = before.Version
		}
		if rng.IntN(4) > 0 {
			c.Value = fmt.Appendf(nil, `[%d, "%x"]`, rng.IntN(100), rng.Uint64())
			m.records[name] = geo.Record{Kind: c.Kind, Key: c.Key, Version: m.version + 1, Value: c.Value}
		} else {
			delete(m.records, name)
		}
		wrote = wrote || there || c.Value != nil
		changes = append(changes, c)
	}
	if wrote {
		m.version++
	}
	return changes
}

func (m *recordModel) compare(t *testing.T, s data.Store) {
	t.Helper()
	for _, kind := range []string{"a", "b", "啊", "none"} {
		want := slices.SortedFunc(maps.Values(m.records), func(a, b geo.Record) int { return strings.Compare(a.Key, b.Key) })
		want = slices.DeleteFunc(want, func(r geo.Record) bool { return r.Kind != kind })
		sameRecords(t, recordsOf(t, s, kind), want)
	}
}
