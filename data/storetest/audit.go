package storetest

import (
	"encoding/hex"
	"testing"
	"time"

	"gridatlas/geo"
)

// goldenHash closes the chain that testGoldenHash writes. Every store must come
// to it; a change of the canonical encoding or of the chain would break the
// audit of every city already stored, and shows here.
const goldenHash = "c282b4c06a04de8f6f4a22108c3ca64d8e4ccfaf64c84369d0f5607524b2b331"

// testGoldenHash writes the same change sets at the same instants in each store.
func testGoldenHash(t *testing.T, b Backend) {
	s := fresh(t, b)
	day := func(n int) time.Time { return time.Date(2026, 1, n, 12, 0, 0, 0, time.UTC) }
	var all []geo.Change
	for serial := range 5 {
		for _, schema := range geo.Catalog() {
			all = append(all, geo.Insert(full(schema, serial)))
		}
	}
	a, c := booth("a", 1, 1), booth("c", 2, 2)
	all = append(all, geo.Insert(a), geo.Insert(c))
	applySet(t, s, geo.ChangeSet{Author: "规划科", Note: `"first"`, Source: "<survey>", At: day(1), Changes: geo.Changes(all...)})
	a2 := at(renamed(a, "a2"), 3, 3)
	applySet(t, s, geo.ChangeSet{Author: "b", At: day(2), Changes: geo.Changes(geo.Delete(c), geo.Replace(a2), geo.Insert(booth("d", 4, 4)))})
	head := applySet(t, s, geo.ChangeSet{At: day(3), Changes: geo.Changes(geo.Delete(a2))})
	if got := hex.EncodeToString(head.Hash[:]); got != goldenHash {
		t.Errorf("the chain ends with %s, want %s", got, goldenHash)
	}
	log, err := s.Log(t.Context(), 0, 0)
	if err != nil || len(log) != 3 || log[2].Hash != head.Hash {
		t.Errorf("the log does not end with the head: %v", err)
	}
	sound(t, s)
}

// testTampering has somebody change each thing behind the store's back.
func testTampering(t *testing.T, b Backend) {
	for _, what := range AllTamperings {
		t.Run(string(what), func(t *testing.T) {
			address := b.New(t)
			s := open(t, b, address)
			one, two := booth("one", 1, 1), booth("two", 2, 2)
			one.Code, one.Number = "B-1", "1"
			applySet(t, s, geo.ChangeSet{Note: "first", Changes: geo.Changes(geo.Insert(one), geo.Insert(two))})
			applySet(t, s, geo.ChangeSet{Note: "second", Changes: geo.Changes(geo.Replace(renamed(two, "two, 2")))})
			applySet(t, s, geo.ChangeSet{Note: "third", Changes: geo.Changes(geo.Insert(booth("three", 3, 3)))})
			applyRecords(t, s, put("one", 0, `1`), put("two", 0, `2`), put("three", 0, `3`))
			sound(t, s)
			b.Tamper(t, address, what)
			faults, err := s.Check(t.Context())
			if err != nil {
				t.Fatalf("check: %v", err)
			}
			if len(faults) == 0 {
				t.Error("check found no fault")
			}
			for _, fault := range faults {
				t.Log(fault)
			}
		})
	}
}
