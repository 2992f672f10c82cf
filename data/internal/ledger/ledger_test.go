package ledger_test

import (
	"context"
	"errors"
	"iter"
	"slices"
	"strings"
	"testing"
	"time"

	"gridatlas/data"
	"gridatlas/data/internal/ledger"
	"gridatlas/geo"
)

// memory is a store of plain maps, for what the conformance suite cannot reach:
// the exact calls the ledger makes, and chains that were broken on purpose.
type memory struct {
	head     geo.Head
	live     map[geo.Key]geo.Feature
	past     []geo.Past
	log      []geo.Header
	keys     map[string]geo.Head
	counters map[geo.Layer]int64
	changed  func(since int64, layer geo.Layer, box geo.Box) (bool, error)
	asked    []geo.Reliance // by checks of reliances
	batches  []int          // sizes of Insert
	fails    string         // the call that is to fail

	records       map[ledger.RecordName]ledger.StoredRecord
	recordHead    ledger.RecordHead
	recordBatches []int // sizes of PutRecords
}

func newMemory() *memory {
	return &memory{
		head: geo.Head{Epoch: 5}, live: map[geo.Key]geo.Feature{}, keys: map[string]geo.Head{}, counters: map[geo.Layer]int64{},
		records: map[ledger.RecordName]ledger.StoredRecord{},
	}
}

var errDisk = errors.New("disk on fire")

func (m *memory) fail(call string) error {
	if m.fails == call {
		return errDisk
	}
	return nil
}

func (m *memory) Head(context.Context) (geo.Head, error) { return m.head, m.fail("Head") }

func (m *memory) Applied(_ context.Context, key string) (geo.Head, bool, error) {
	head, found := m.keys[key]
	return head, found, m.fail("Applied")
}

func (m *memory) Changed(_ context.Context, since int64, layer geo.Layer, box geo.Box) (bool, error) {
	m.asked = append(m.asked, geo.Reliance{Layer: layer, Box: box})
	if m.changed == nil {
		return false, m.fail("Changed")
	}
	return m.changed(since, layer, box)
}

func (m *memory) Counters(context.Context) (map[geo.Layer]int64, error) {
	last := map[geo.Layer]int64{}
	for layer, n := range m.counters {
		last[layer] = n
	}
	return last, m.fail("Counters")
}

func (m *memory) SetCounters(_ context.Context, last map[geo.Layer]int64) error {
	m.counters = last
	return m.fail("SetCounters")
}

func (m *memory) Read(_ context.Context, layer geo.Layer, ids []int64) (features []geo.Feature, err error) {
	for _, id := range ids {
		if f := m.live[geo.Key{Layer: layer, ID: id}]; f != nil {
			features = append(features, geo.Clone(f))
		}
	}
	slices.Reverse(features) // any order is allowed
	return features, m.fail("Read")
}

func (m *memory) Insert(_ context.Context, features []geo.Feature) error {
	if len(features) > 0 {
		m.batches = append(m.batches, len(features))
	}
	return errors.Join(m.Update(context.Background(), features), m.fail("Insert"))
}

func (m *memory) Update(_ context.Context, features []geo.Feature) error {
	for _, f := range features {
		m.live[geo.KeyOf(f)] = geo.Clone(f)
	}
	return m.fail("Update")
}

func (m *memory) Recode(_ context.Context, features []geo.Feature) error {
	return errors.Join(m.Update(context.Background(), features), m.fail("Recode"))
}

func (m *memory) Delete(_ context.Context, keys []geo.Key) error {
	for _, key := range keys {
		delete(m.live, key)
	}
	return m.fail("Delete")
}

func (m *memory) Keep(_ context.Context, past []geo.Past) error {
	m.past = append(m.past, past...)
	return m.fail("Keep")
}

func (m *memory) Flush(context.Context) error { return m.fail("Flush") }

func (m *memory) Missing(_ context.Context, layers []geo.Layer, codes []string) (missing []string, err error) {
	for _, code := range codes {
		found := false
		for key, f := range m.live {
			found = found || f.Common().Code == code && slices.Contains(layers, key.Layer)
		}
		if !found {
			missing = append(missing, code)
		}
	}
	return missing, m.fail("Missing")
}

func (m *memory) Referrer(_ context.Context, layer geo.Layer, name, code string) (int64, bool, error) {
	field, _ := geo.MustSchema(layer).Field(name)
	for key, f := range m.live {
		if key.Layer == layer && slices.Contains(field.Values(f), code) {
			return key.ID, true, nil
		}
	}
	return 0, false, m.fail("Referrer")
}

func (m *memory) Log(_ context.Context, entries []data.Entry) error {
	for _, e := range entries {
		m.log = append(m.log, e.Header)
		if e.IdempotencyKey != "" {
			m.keys[e.IdempotencyKey] = geo.Head{Epoch: m.head.Epoch, Revision: e.Revision, Hash: e.Hash}
		}
	}
	return m.fail("Log")
}

func (m *memory) SetHead(_ context.Context, head geo.Head) error {
	m.head = head
	return m.fail("SetHead")
}

func (m *memory) RecordHead(context.Context) (ledger.RecordHead, error) {
	return m.recordHead, m.fail("RecordHead")
}

func (m *memory) SetRecordHead(_ context.Context, head ledger.RecordHead) error {
	m.recordHead = head
	return m.fail("SetRecordHead")
}

func (m *memory) StandingRecords(_ context.Context, names []ledger.RecordName) (map[ledger.RecordName]ledger.StoredRecord, error) {
	standing := map[ledger.RecordName]ledger.StoredRecord{}
	for _, name := range names {
		if r, there := m.records[name]; there {
			standing[name] = r
		}
	}
	return standing, m.fail("StandingRecords")
}

func (m *memory) PutRecords(_ context.Context, records []ledger.StoredRecord) error {
	m.recordBatches = append(m.recordBatches, len(records))
	for _, r := range records {
		m.records[ledger.RecordName{Kind: r.Kind, Key: r.Key}] = r
	}
	return m.fail("PutRecords")
}

func (m *memory) DeleteRecords(_ context.Context, names []ledger.RecordName) error {
	for _, name := range names {
		delete(m.records, name)
	}
	return m.fail("DeleteRecords")
}

func (m *memory) Clear(context.Context) error {
	head := m.head
	*m = *newMemory()
	m.head = head
	return nil
}

func (m *memory) apply(t *testing.T, set geo.ChangeSet) geo.Head {
	t.Helper()
	head, err := ledger.Apply(t.Context(), m, set)
	if err != nil {
		t.Fatal(err)
	}
	return head
}

func booth(x int32) *geo.Booth {
	return &geo.Booth{Base: geo.Base{Name: "b", Shape: geo.PointShape(geo.Point{X: x})}}
}

// records is a stream of new records of one kind.
func records(keys ...string) iter.Seq2[geo.RecordChange, error] {
	var changes []geo.RecordChange
	for _, key := range keys {
		changes = append(changes, geo.RecordChange{Kind: "k", Key: key, Expect: geo.AnyVersion, Value: []byte("{}")})
	}
	return geo.RecordChanges(changes...)
}

// TestReliances looks at which questions a base leads to.
func TestReliances(t *testing.T) {
	here, there := geo.Box{E: 1, N: 1}, geo.Box{W: 5, S: 5, E: 6, N: 6}
	relies := []geo.Reliance{{Layer: geo.Grids, Box: here}, {Layer: geo.Blocks, Box: there}, {Layer: geo.Grids, Box: there}}
	only := func(layers ...geo.Layer) func(int64, geo.Layer, geo.Box) (bool, error) {
		return func(_ int64, layer geo.Layer, _ geo.Box) (bool, error) { return slices.Contains(layers, layer), nil }
	}
	for _, c := range []struct {
		name    string
		base    int64
		changed func(int64, geo.Layer, geo.Box) (bool, error)
		asked   []geo.Reliance
		stale   []geo.Layer
		err     error
	}{
		{"at the head nothing is asked", 2, only(geo.Grids), nil, nil, nil},
		{"behind it everything is", 1, only(), relies, nil, nil},
		{"each layer is named once", 1, only(geo.Grids, geo.Blocks), relies, []geo.Layer{geo.Grids, geo.Blocks}, nil},
		{"one of them", 0, only(geo.Blocks), relies, []geo.Layer{geo.Blocks}, nil},
		{"a base that never was", 3, only(), nil, []geo.Layer{geo.Grids, geo.Blocks}, nil},
		{"the store fails", 1, func(int64, geo.Layer, geo.Box) (bool, error) { return false, errDisk }, relies[:1], nil, errDisk},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := newMemory()
			m.apply(t, geo.ChangeSet{Changes: geo.Changes(geo.Insert(booth(1)))})
			m.apply(t, geo.ChangeSet{Changes: geo.Changes(geo.Insert(booth(2)))})
			m.changed = c.changed
			head, err := ledger.Apply(t.Context(), m, geo.ChangeSet{Base: c.base, Relies: relies, Changes: geo.Changes(geo.Insert(booth(3)))})
			var stale *geo.Stale
			switch {
			case errors.As(err, &stale):
				if !slices.Equal(stale.Layers, c.stale) {
					t.Errorf("stale in %v, want %v", stale.Layers, c.stale)
				}
			case !errors.Is(err, c.err) || c.stale != nil:
				t.Errorf("got %v, want %v", err, c.err)
			case err == nil && head.Revision != 3:
				t.Errorf("revision %d", head.Revision)
			}
			if !slices.Equal(m.asked, c.asked) {
				t.Errorf("asked about %v, want %v", m.asked, c.asked)
			}
		})
	}
}

// TestStoreFailures lets each call fail; none of the errors may be lost.
func TestStoreFailures(t *testing.T) {
	for _, call := range []string{
		"Head", "Applied", "Changed", "Counters", "SetCounters", "Read", "Insert", "Update", "Recode", "Delete", "Keep", "Flush", "Missing", "Referrer", "Log", "SetHead",
		"RecordHead", "SetRecordHead", "StandingRecords", "PutRecords", "DeleteRecords",
	} {
		m := newMemory()
		soon := geo.InstantOf(time.Now()) + 1000
		planned := &geo.Compound{Base: geo.Base{Code: "C", From: soon, Shape: geo.PolygonShape([]geo.Point{{}, {X: 5}, {Y: 5}})}}
		one := booth(1)
		m.apply(t, geo.ChangeSet{Changes: geo.Changes(geo.Insert(planned), geo.Insert(one))})
		m.apply(t, geo.ChangeSet{Changes: geo.Changes(geo.Insert(booth(2))), Records: records("old")})
		m.fails = call
		set := geo.ChangeSet{
			IdempotencyKey: "k", Base: 1, Relies: []geo.Reliance{{Layer: geo.Grids, Box: geo.World}},
			Changes: geo.Changes(geo.Replace(one), geo.Delete(planned), geo.Insert(booth(3))),
			Records: geo.RecordChanges(geo.RecordChange{Kind: "k", Key: "old", Expect: 1}, geo.RecordChange{Kind: "k", Key: "new", Value: []byte("1")}),
		}
		if _, err := ledger.Apply(t.Context(), m, set); !errors.Is(err, errDisk) {
			t.Errorf("%s fails: got %v", call, err)
		}
	}
}

// TestBatches holds that a stream is written as it comes, in its order.
func TestBatches(t *testing.T) {
	m := newMemory()
	const n = 2500
	behind := 0
	m.apply(t, geo.ChangeSet{Changes: func(yield func(geo.Change, error) bool) {
		for i := range n {
			written := len(m.live)
			behind = max(behind, i-written)
			if !yield(geo.Insert(booth(int32(i))), nil) {
				return
			}
		}
	}})
	if behind > 1000 || len(m.batches) != 3 {
		t.Errorf("%d changes were held back, batches of %v", behind, m.batches)
	}
	for id := range int64(n) {
		if f := m.live[geo.Key{Layer: geo.Booths, ID: id + 1}]; f == nil || f.Common().Shape.Points()[0].X != int32(id) {
			t.Fatalf("id %d is %v", id+1, f)
		}
	}
}

// history is a chain of three change sets with a replaced and a deleted feature.
func history(t *testing.T) *memory {
	t.Helper()
	m := newMemory()
	a, b, c := booth(1), booth(2), booth(3)
	at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	m.apply(t, geo.ChangeSet{Author: "x", At: at, Changes: geo.Changes(geo.Insert(a), geo.Insert(b))})
	a.Name = "second"
	m.apply(t, geo.ChangeSet{Note: "y", At: at, Changes: geo.Changes(geo.Replace(a), geo.Insert(c))})
	m.apply(t, geo.ChangeSet{Source: "z", At: at, Changes: geo.Changes(geo.Delete(b))})
	return m
}

func (m *memory) faults() []string {
	audit := ledger.NewAudit()
	for _, f := range m.live {
		audit.Live(f)
	}
	for _, p := range m.past {
		audit.Past(p)
	}
	var texts []string
	for _, fault := range audit.Faults(m.log, m.head, m.counters) {
		texts = append(texts, fault.String())
	}
	return texts
}

// TestFaults breaks the chain in each way and expects each fault by its place.
func TestFaults(t *testing.T) {
	first := geo.Key{Layer: geo.Booths, ID: 1}
	third := geo.Key{Layer: geo.Booths, ID: 3}
	for _, c := range []struct {
		name  string
		spoil func(m *memory)
		want  []string // beginnings, in order
	}{
		{"untouched", func(*memory) {}, nil},
		{"live row edited", func(m *memory) { m.live[first].Common().Name = "other" }, []string{"revision 2: content and hash differ"}},
		{"live row moved by one step", func(m *memory) { m.live[first].Common().Shape = geo.PointShape(geo.Point{X: 2}) }, []string{"revision 2: content"}},
		{"version raised", func(m *memory) { m.live[first].Common().Version++ }, []string{"revision 2: content"}},
		{"live row removed", func(m *memory) { delete(m.live, third) }, []string{"revision 2: 1 features are stored, the log says 2"}},
		{"row of another revision", func(m *memory) { m.live[third].Common().Revision = 3 }, []string{"revision 2: 1 features", "revision 3: 2 features"}},
		{"row of a revision to come", func(m *memory) { m.live[third].Common().Revision = 9 }, []string{"revision 2: 1 features", "revision 9: 1 rows belong to a revision that the log does not have"}},
		{"kept row edited", func(m *memory) { m.past[0].Feature.Common().Name = "other" }, []string{"revision 1: content"}},
		{"kept row removed", func(m *memory) { m.past = m.past[1:] }, []string{"revision 1: 1 features"}},
		{"deletion forgotten", func(m *memory) { m.past[1].Deleted = false }, []string{"revision 3: 0 features"}},
		{"note edited", func(m *memory) { m.log[1].Note = "other" }, []string{"revision 2: content"}},
		{"author edited", func(m *memory) { m.log[0].Author = "other" }, []string{"revision 1: content"}},
		{"source edited", func(m *memory) { m.log[2].Source = "other" }, []string{"revision 3: content"}},
		{"clock turned", func(m *memory) { m.log[0].At = m.log[0].At.Add(time.Second) }, []string{"revision 1: content"}},
		{"hash edited", func(m *memory) { m.log[1].Hash[0]++ }, []string{"revision 2: content", "revision 3: content"}},
		{"entry removed", func(m *memory) { m.log = append(m.log[:1:1], m.log[2:]...) }, []string{"revision 2: the log entry is missing", "revision 2: 2 rows belong", "revision 3: content"}},
		{"first entry removed", func(m *memory) { m.log = m.log[1:] }, []string{"revision 1: the log entry is missing", "revision 1: 2 rows belong", "revision 2: content"}},
		{"last entry removed", func(m *memory) { m.log = m.log[:2] }, []string{"the head says revision 3", "revision 3: 1 rows belong"}},
		{"contents swapped", func(m *memory) { m.log[0].Hash, m.log[1].Hash = m.log[1].Hash, m.log[0].Hash }, []string{"revision 1: content", "revision 2: content", "revision 3: content"}},
		{"state ended later", func(m *memory) { m.past[0].Ended++ }, []string{"revision 2: booths/1: the state before", "revision 3: booths/1: the state before"}},
		{"id counter set back", func(m *memory) { m.counters[geo.Booths]-- }, []string{"booths: the last id given is said to be 2, it is 3"}},
		{"id counter raised", func(m *memory) { m.counters[geo.Gates] = 1 }, []string{"gates: the last id given is said to be 1, it is 0"}},
		{"head set back", func(m *memory) { m.head.Revision = 2 }, []string{"the head says revision 2, the log ends at 3"}},
		{"head of another hash", func(m *memory) { m.head.Hash[5]++ }, []string{"the head says"}},
		{"everything gone", func(m *memory) { m.log, m.live, m.past = nil, nil, nil }, []string{"the head says revision 3, the log ends at 0"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := history(t)
			c.spoil(m)
			got := m.faults()
			if len(got) != len(c.want) {
				t.Fatalf("faults %q, want %q", got, c.want)
			}
			for i, want := range c.want {
				if !strings.HasPrefix(got[i], want) {
					t.Errorf("fault %d is %q, want %q", i, got[i], want)
				}
			}
		})
	}
}

// TestChainOrder holds that the hash stands for what was done, not for the order
// in which it came.
func TestChainOrder(t *testing.T) {
	hash := func(swap bool, names ...string) geo.Hash {
		m := newMemory()
		var changes []geo.Change
		for i, name := range names {
			f := booth(int32(i))
			f.Name = name
			changes = append(changes, geo.Insert(f))
		}
		m.apply(t, geo.ChangeSet{At: time.Unix(0, 0), Changes: geo.Changes(changes...)})
		for i := range changes {
			f := geo.Clone(changes[i].After)
			f.Common().Name += "!"
			changes[i] = geo.Replace(f)
		}
		if swap {
			slices.Reverse(changes)
		}
		return m.apply(t, geo.ChangeSet{At: time.Unix(0, 0), Changes: geo.Changes(changes...)}).Hash
	}
	if hash(false, "a", "b", "c") != hash(true, "a", "b", "c") {
		t.Error("the same changes in another order give another hash")
	}
	if hash(false, "a", "b", "c") == hash(false, "a", "b", "d") {
		t.Error("other changes give the same hash")
	}
}
