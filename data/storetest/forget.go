package storetest

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"gridatlas/data"
	"gridatlas/geo"
)

// testForget: records have no history. What one held before it was written over or
// deleted is nowhere in what a store tells of itself, while features keep theirs.
func testForget(t *testing.T, b Backend) {
	s := fresh(t, b)
	const secret = "told in confidence"
	told := fmt.Sprintf(`{"note": %q}`, secret)
	inserted := booth("beside", 1, 1)
	applySet(t, s, geo.ChangeSet{Changes: geo.Changes(geo.Insert(inserted)), Records: geo.RecordChanges(put("over", 0, told), put("gone", 0, told), put("kept", 0, told))})
	if n := tellings(t, s, secret); n != 3 {
		t.Fatalf("it is told %d times before", n)
	}
	applyRecords(t, s, put("over", geo.AnyVersion, `{}`))
	applySet(t, s, geo.ChangeSet{
		Changes: geo.Changes(geo.Insert(booth("another", 2, 2))),
		Records: geo.RecordChanges(geo.RecordChange{Kind: "test", Key: "gone", Expect: geo.AnyVersion}, put("kept", geo.AnyVersion, `{"note": "another"}`)),
	})
	if n := tellings(t, s, secret); n != 0 {
		t.Errorf("it is still told %d times", n)
	}
	sound(t, s)
}

// tellings counts the parts of an archive that hold a text.
func tellings(t *testing.T, s data.Store, text string) (n int) {
	t.Helper()
	holds := func(is bool) {
		if is {
			n++
		}
	}
	err := s.Archive(t.Context(), func(a data.Archive) error {
		for r, err := range a.Records {
			if err != nil {
				return err
			}
			holds(bytes.Contains(r.Value, []byte(text)))
		}
		for e, err := range a.Log {
			if err != nil {
				return err
			}
			holds(strings.Contains(fmt.Sprintf("%+v", e), text))
		}
		for p, err := range a.Past {
			if err != nil {
				return err
			}
			holds(strings.Contains(fmt.Sprintf("%+v", p.Feature), text))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}
