package geo

import (
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf8"
)

// Record is one row of the small tables that a store keeps beside the features:
// what a source file brought, the worklist, accounts, jobs. Records are written
// by change sets and are no part of revisions, history or snapshots.
type Record struct {
	Kind  string // the table, as worklist
	Key   string // names the record within its kind
	Value []byte // JSON, kept byte for byte
	// Version is positive and another one after each write. It rises over all
	// records of a store, so one that was deleted and made anew is told apart.
	Version int64
}

// AnyVersion as an expectation takes a record as it is, there or not.
const AnyVersion int64 = -1

// RecordChange is one write of a record. Value nil deletes it, which is no fault
// when it is not there and AnyVersion is expected.
type RecordChange struct {
	Kind, Key string
	Expect    int64 // 0: must not be there yet; positive: must be of that version; or AnyVersion
	Value     []byte
}

// Bounds of records, in bytes.
const (
	MaxRecordKind  = 64
	MaxRecordKey   = 1024
	MaxRecordValue = 1 << 20
)

// CheckRecord checks what a store must never hold: a kind or key that is empty,
// too long or no text, and a value that is too long or no JSON.
func CheckRecord(c RecordChange) error {
	for _, name := range []struct {
		what, text string
		most       int
	}{{"kind", c.Kind, MaxRecordKind}, {"key", c.Key, MaxRecordKey}} {
		switch {
		case name.text == "":
			return fmt.Errorf("a record without a %s", name.what)
		case len(name.text) > name.most:
			return fmt.Errorf("the record %s %.40q... has %d bytes, at most %d are kept", name.what, name.text, len(name.text), name.most)
		case !utf8.ValidString(name.text) || strings.ContainsRune(name.text, 0):
			return fmt.Errorf("the record %s %q is not text: it is not UTF-8 or has a NUL", name.what, name.text)
		}
	}
	switch {
	case c.Expect < AnyVersion:
		return fmt.Errorf("record %s %q: %d is no version", c.Kind, c.Key, c.Expect)
	case c.Value == nil:
		return nil
	case len(c.Value) > MaxRecordValue:
		return fmt.Errorf("record %s %q: the value has %d bytes, at most %d are kept", c.Kind, c.Key, len(c.Value), MaxRecordValue)
	case !json.Valid(c.Value) || !utf8.Valid(c.Value):
		return fmt.Errorf("record %s %q: the value is not JSON", c.Kind, c.Key)
	}
	return nil
}

// RecordConflict says that a record is not of the version that a change expected:
// nothing was written.
type RecordConflict struct {
	Kind, Key string
	Expect    int64
	Version   int64 // what stands; zero: no such record
}

func (c *RecordConflict) Error() string {
	switch {
	case c.Version == 0:
		return fmt.Sprintf("record %s %q is gone, version %d was expected", c.Kind, c.Key, c.Expect)
	case c.Expect == 0:
		return fmt.Sprintf("record %s %q is there already", c.Kind, c.Key)
	}
	return fmt.Sprintf("record %s %q was changed meanwhile: it has version %d, expected was %d", c.Kind, c.Key, c.Version, c.Expect)
}
