package storetest

import (
	"cmp"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"gridatlas/data"
	"gridatlas/geo"
	"gridatlas/geo/seedtest"
)

// testModel replays random change sets on a store and on a plain twin, and
// compares whatever can be read, now and then through another handle.
func testModel(t *testing.T, b Backend) {
	rng := seedtest.New(t)
	address := b.New(t)
	s := open(t, b, address)
	twin := newModel()
	const sets = 60
	for range sets {
		changes := twin.randomSet(rng)
		head, err := s.Apply(t.Context(), geo.ChangeSet{Changes: geo.Changes(changes...), Records: geo.RecordChanges(twin.randomRecords(rng)...)})
		if err != nil {
			t.Fatalf("apply: %v", err)
		}
		twin.apply(changes)
		if head.Revision != twin.revision {
			t.Fatalf("revision %d, want %d", head.Revision, twin.revision)
		}
		if rng.IntN(5) == 0 {
			s = open(t, b, address)
		}
		if rng.IntN(3) == 0 {
			twin.compare(t, s, rng)
		}
	}
	twin.compare(t, s, rng)
	sound(t, s)
}

// model is the plain twin of a store: every state of every feature.
type model struct {
	revision int64
	states   map[geo.Key][]geo.Past // oldest first
	lastID   map[geo.Layer]int64
	recordModel
}

func newModel() *model {
	return &model{
		states: map[geo.Key][]geo.Past{}, lastID: map[geo.Layer]int64{},
		recordModel: recordModel{records: map[[2]string]geo.Record{}},
	}
}

func (m *model) live(key geo.Key) (geo.Feature, bool) {
	last := m.states[key][len(m.states[key])-1]
	return last.Feature, last.Ended == 0
}

func (m *model) liveKeys() []geo.Key {
	keys := slices.DeleteFunc(slices.Collect(maps.Keys(m.states)), func(key geo.Key) bool {
		_, lives := m.live(key)
		return !lives
	})
	slices.SortFunc(keys, compareKeys) // so that a seed gives the same run
	return keys
}

func compareKeys(a, b geo.Key) int {
	if a.Layer != b.Layer {
		if a.Layer < b.Layer {
			return -1
		}
		return 1
	}
	return int(a.ID - b.ID)
}

// randomSet makes up to 30 changes of distinct features.
func (m *model) randomSet(rng *rand.Rand) []geo.Change {
	keys := m.liveKeys()
	rng.Shuffle(len(keys), func(i, j int) { keys[i], keys[j] = keys[j], keys[i] })
	var changes []geo.Change
	for range 1 + rng.IntN(30) {
		if len(keys) == 0 || rng.IntN(3) == 0 {
			schema := geo.Catalog()[rng.IntN(len(geo.Catalog()))]
			changes = append(changes, geo.Insert(scribble(rng, schema.New())))
			continue
		}
		old, _ := m.live(keys[0])
		keys = keys[1:]
		if rng.IntN(4) == 0 {
			changes = append(changes, geo.Delete(old))
		} else {
			changes = append(changes, geo.Replace(scribble(rng, geo.Clone(old))))
		}
	}
	return changes
}

// scribble gives some fields of a feature another value; codes and references
// are left out, since they have rules of their own.
func scribble(rng *rand.Rand, f geo.Feature) geo.Feature {
	schema := geo.MustSchema(f.Layer())
	if f.Common().Shape.IsZero() || rng.IntN(2) == 0 {
		shapes := shapesOf(schema.Kinds[rng.IntN(len(schema.Kinds))])
		f.Common().Shape = shapes[rng.IntN(len(shapes))]
	}
	for i := range schema.Fields {
		field := &schema.Fields[i]
		if rng.IntN(3) > 0 || field.Refs != nil || field.Unique {
			continue
		}
		text := oddTexts[rng.IntN(len(oddTexts))]
		if field.Terms != nil {
			text = field.Terms[rng.IntN(len(field.Terms))].Value
		}
		fill(field.Pointer(f), text, rng.IntN(1000), field.Terms)
	}
	if base := f.Common(); base.From != 0 && base.Until != 0 && base.Until < base.From {
		base.From, base.Until = base.Until, base.From
	}
	return f
}

func (m *model) apply(changes []geo.Change) {
	m.revision++
	for _, c := range changes {
		key := c.Key
		if key.ID == 0 {
			m.lastID[key.Layer]++
			key.ID = m.lastID[key.Layer]
		}
		states := m.states[key]
		if n := len(states); n > 0 {
			states[n-1].Ended, states[n-1].Deleted = m.revision, c.After == nil
		}
		if c.After != nil {
			f := geo.Clone(c.After)
			base := f.Common()
			base.ID, base.Version, base.Revision = key.ID, int64(len(states)+1), m.revision
			states = append(states, geo.Past{Feature: f})
		}
		m.states[key] = states
	}
}

// at returns what stood at a revision.
func (m *model) at(revision int64) map[geo.Key]geo.Feature {
	features := map[geo.Key]geo.Feature{}
	for key, states := range m.states {
		for _, state := range states {
			if state.Feature.Common().Revision <= revision && (state.Ended == 0 || revision < state.Ended) {
				features[key] = state.Feature
			}
		}
	}
	return features
}

// deeds returns what a revision did, in catalog order.
func (m *model) deeds(revision int64) (deeds []geo.Deed) {
	order := map[geo.Layer]int{}
	for i, schema := range geo.Catalog() {
		order[schema.Layer] = i
	}
	inOrder := func(a, b geo.Key) int {
		return cmp.Or(cmp.Compare(order[a.Layer], order[b.Layer]), cmp.Compare(a.ID, b.ID))
	}
	for _, key := range slices.SortedFunc(maps.Keys(m.states), inOrder) {
		deed := geo.Deed{Key: key}
		for _, state := range m.states[key] {
			if state.Ended == revision {
				deed.Before = state.Feature
			}
			if state.Feature.Common().Revision == revision {
				deed.After, deed.Ended = state.Feature, state.Ended
			}
		}
		if deed.Before != nil || deed.After != nil {
			deeds = append(deeds, deed)
		}
	}
	return deeds
}

func (m *model) compare(t *testing.T, s data.Store, rng *rand.Rand) {
	t.Helper()
	m.recordModel.compare(t, s)
	then := rng.Int64N(m.revision + 1)
	there, head := loadAt(t, s, then)
	if head.Revision != then {
		t.Errorf("at revision %d the head is %+v", then, head)
	}
	sameSet(t, there, m.at(then))
	now := m.at(m.revision)
	got, _ := load(t, s)
	sameSet(t, got, now)

	// What stood at an older revision, with the delta since, is what stands now.
	since := rng.Int64N(m.revision + 1)
	held := m.at(since)
	delta, err := s.Changes(t.Context(), since)
	if err != nil {
		t.Fatalf("changes since %d: %v", since, err)
	}
	for _, key := range delta.Deleted {
		if held[key] == nil {
			t.Errorf("changes since %d delete %v, which was not there", since, key)
		}
		delete(held, key)
	}
	for _, f := range delta.Changed {
		if f.Common().Revision <= since {
			t.Errorf("changes since %d hold %v of revision %d", since, geo.KeyOf(f), f.Common().Revision)
		}
		held[geo.KeyOf(f)] = f
	}
	sameSet(t, held, now)

	// What one change set did, from a place in the middle on.
	if m.revision > 0 {
		revision := 1 + rng.Int64N(m.revision)
		all := m.deeds(revision)
		from := rng.IntN(len(all) + 1)
		beyond, limit := geo.Key{}, 1+rng.IntN(len(all)+1)
		if from > 0 {
			beyond = all[from-1].Key
		}
		deeds, err := s.Deeds(t.Context(), revision, beyond, limit)
		if err != nil {
			t.Fatalf("deeds of %d: %v", revision, err)
		}
		sameDeeds(t, deeds, all[from:min(from+limit, len(all))])
	}

	keys := slices.SortedFunc(maps.Keys(m.states), compareKeys)
	for range 10 {
		key := keys[rng.IntN(len(keys))]
		past, err := s.History(t.Context(), key)
		want := m.states[key]
		if err != nil || len(past) != len(want) {
			t.Errorf("history of %v: %d states, %v; want %d", key, len(past), err, len(want))
			continue
		}
		for i := range want {
			same(t, past[i].Feature, want[i].Feature)
			if past[i].Ended != want[i].Ended || past[i].Deleted != want[i].Deleted {
				t.Errorf("state %d of %v ended %d, deleted %v; want %d, %v", i, key,
					past[i].Ended, past[i].Deleted, want[i].Ended, want[i].Deleted)
			}
		}
	}
}
