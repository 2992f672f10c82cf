// Package storetest is the conformance suite of data.Store: every promise of
// the contract as a test that a store package runs against itself. Run holds
// the promises of one process and of two handles on one store; KillLoop holds
// what must survive kill -9, FaultLoop what must survive a disk that fails. What only one kind of store can show (pragmas,
// outside judges, file formats) stays in its own tests.
package storetest

import (
	"context"
	"testing"

	"gridatlas/data"
	"gridatlas/geo"
)

// Backend is what a store package lends the suite.
type Backend struct {
	// New makes a fresh place without a store in it and returns its address; it
	// removes the place when the test ends. Open creates the store there.
	New func(tb testing.TB) (address string)
	// Open opens the store at an address, as a program would when it starts. Two
	// opens of one address are two handles, as two programs would have them.
	Open func(ctx context.Context, address string) (data.Store, error)
	// Tamper does something to the store's tables with plain SQL, around every
	// guard that the store has against it.
	Tamper func(tb testing.TB, address string, what Tampering)
}

// Tampering is something that a person with a database tool may do.
type Tampering string

// The tamperings; what they name is always there when they are asked for.
const (
	EditRow     Tampering = "edit a live row"        // another name for booth 1
	MoveRow     Tampering = "move a live row"        // another place for booth 1
	RemoveRow   Tampering = "remove a live row"      // booth 1
	AddRow      Tampering = "add a live row"         // booth 1 again with id 9001 and without code and number
	EditPast    Tampering = "edit a kept row"        // other bytes for the first state of booth 2
	RemovePast  Tampering = "remove a kept row"      // the first state of booth 2
	EditLog     Tampering = "edit a log entry"       // another note for revision 2
	RemoveLog   Tampering = "remove a log entry"     // revision 2
	CutLog      Tampering = "cut the log"            // the last entry, and the head set back to the one before
	MoveHead    Tampering = "put the head elsewhere" // revision 1 in the head row
	SwapEntries Tampering = "swap log entries"       // the notes of revisions 1 and 2

	EditRecord   Tampering = "edit a record"             // "two" of the kind test
	MoveRecord   Tampering = "give a record another key" // "two" of the kind test
	RemoveRecord Tampering = "remove a record"           // "two" of the kind test
	AddRecord    Tampering = "add a record"              // "two" of the kind test once more, as "four"
	EditIDs      Tampering = "set an id counter back"    // that of booths to 2
)

// AllTamperings is the closed list.
var AllTamperings = []Tampering{
	EditRow, MoveRow, RemoveRow, AddRow, EditPast, RemovePast, EditLog, RemoveLog, CutLog, MoveHead, SwapEntries,
	EditRecord, MoveRecord, RemoveRecord, AddRecord, EditIDs,
}

// Run holds a store to the contract. Each case gets a store of its own.
func Run(t *testing.T, b Backend) {
	cases := []struct {
		name string
		run  func(t *testing.T, b Backend)
	}{
		{"empty store", testEmpty},
		{"round trip", testRoundTrip},
		{"ids and versions", testIDs},
		{"conflict", testConflict},
		{"stale base", testStale},
		{"idempotency", testIdempotency},
		{"idempotency at once", testIdempotencyAtOnce},
		{"violations", testViolations},
		{"codes", testCodes},
		{"swapped codes", testSwaps},
		{"changes", testChanges},
		{"log", testLog},
		{"history", testHistory},
		{"deeds", testDeeds},
		{"at a revision", testAt},
		{"records", testRecords},
		{"bounds of records", testRecordBounds},
		{"records beside features", testRecordsBesideFeatures},
		{"forgotten records", testForget},
		{"records at once", testRecordsAtOnce},
		{"many records", testManyRecords},
		{"copy", testCopy},
		{"copy of many", testCopyMany},
		{"fill refuses", testFillRefuses},
		{"replace beside a reader", testReplaceBesideReader},
		{"watch", testWatch},
		{"two handles", testTwoHandles},
		{"golden hash", testGoldenHash},
		{"tampering", testTampering},
		{"stream error", testStreamError},
		{"cancelled", testCancelled},
		{"load stops", testLoadStops},
		{"load beside writes", testLoadBesideWrites},
		{"one winner", testOneWinner},
		{"close", testClose},
		{"random change sets", testModel},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) { c.run(t, b) })
	}
}

// fresh opens a new empty store that is closed when the test ends.
func fresh(t *testing.T, b Backend) data.Store {
	t.Helper()
	return open(t, b, b.New(t))
}

func open(t *testing.T, b Backend, address string) data.Store {
	t.Helper()
	s, err := b.Open(t.Context(), address)
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return s
}

// apply writes changes that must be accepted.
func apply(t *testing.T, s data.Store, changes ...geo.Change) geo.Head {
	t.Helper()
	return applySet(t, s, geo.ChangeSet{Changes: geo.Changes(changes...)})
}

func applySet(t *testing.T, s data.Store, set geo.ChangeSet) geo.Head {
	t.Helper()
	head, err := s.Apply(t.Context(), set)
	if err != nil {
		t.Fatalf("apply: %v", err)
	}
	return head
}

// load reads the whole store and holds the promised order.
func load(t testing.TB, s data.Store) (map[geo.Key]geo.Feature, geo.Head) {
	t.Helper()
	return gather(t, func(each func(geo.Feature) error) (geo.Head, error) { return s.Load(t.Context(), each) })
}

// gather collects what a store hands over in catalog and id order.
func gather(t testing.TB, from func(each func(geo.Feature) error) (geo.Head, error)) (map[geo.Key]geo.Feature, geo.Head) {
	t.Helper()
	features := map[geo.Key]geo.Feature{}
	order := map[geo.Layer]int{}
	for i, schema := range geo.Catalog() {
		order[schema.Layer] = i
	}
	var last geo.Key
	head, err := from(func(f geo.Feature) error {
		key := geo.KeyOf(f)
		if last.Layer != "" && (order[key.Layer] < order[last.Layer] || key.Layer == last.Layer && key.ID <= last.ID) {
			t.Errorf("load gives %v after %v", key, last)
		}
		last = key
		features[key] = f
		return nil
	})
	if err != nil {
		t.Fatalf("load: %v", err)
	}
	return features, head
}

// headOf reads where the store stands.
func headOf(t *testing.T, s data.Store) geo.Head {
	t.Helper()
	delta, err := s.Changes(t.Context(), 1<<62)
	if err != nil {
		t.Fatalf("changes: %v", err)
	}
	if len(delta.Changed)+len(delta.Deleted) > 0 {
		t.Fatalf("changes after a revision that is not there yet: %d changed, %d deleted", len(delta.Changed), len(delta.Deleted))
	}
	return delta.Head
}

// sound asks the store to check itself and expects no fault.
func sound(t testing.TB, s data.Store) {
	t.Helper()
	faults, err := s.Check(t.Context())
	if err != nil {
		t.Fatalf("check: %v", err)
	}
	for _, fault := range faults {
		t.Errorf("check: %v", fault)
	}
}
