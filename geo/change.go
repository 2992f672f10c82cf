package geo

import (
	"fmt"
	"iter"
	"time"
)

// Key names one feature for ever.
type Key struct {
	Layer Layer
	ID    int64
}

func (k Key) String() string { return fmt.Sprintf("%s/%d", k.Layer, k.ID) }

// Hash is one link of the audit chain (SHA-256).
type Hash [32]byte

// Head says where a store stands: Epoch is raised to another random number when
// history was lost, Revision counts change sets, Hash closes the audit chain.
type Head struct {
	Epoch    int64
	Revision int64
	Hash     Hash
}

// Name names a head in one word, EPOCH-REVISION. Two maps of one history have
// different names.
func (h Head) Name() string { return fmt.Sprintf("%016x-%d", uint64(h.Epoch), h.Revision) }

// Change is one step of a change set.
//
// A zero key.ID with After set inserts: the store gives the id, in change-set
// order, and writes it into After. A known id with After set replaces the
// feature, and Expect must be the version it has now. A known id with After nil
// deletes it; Expect as before.
type Change struct {
	Key    Key
	Expect int64
	After  Feature
}

// Insert returns the change that adds a feature.
func Insert(f Feature) Change { return Change{Key: Key{Layer: f.Layer()}, After: f} }

// Replace returns the change that overwrites a feature of the version that
// after carries.
func Replace(after Feature) Change {
	base := after.Common()
	return Change{Key: KeyOf(after), Expect: base.Version, After: after}
}

// Delete returns the change that removes a feature.
func Delete(f Feature) Change { return Change{Key: KeyOf(f), Expect: f.Common().Version} }

// KeyOf returns the name of a stored feature.
func KeyOf(f Feature) Key { return Key{Layer: f.Layer(), ID: f.Common().ID} }

// Reliance is a part of the map that a change set was checked against.
type Reliance struct {
	Layer Layer
	Box   Box
}

// ChangeSet is one atomic write: all of it is stored as one revision or nothing
// is. Changes stream, so a whole city fits; each feature may occur once.
//
// Records are asked for when all features are written, so that their ids are
// known, and are stored with them. A record that occurs twice is written twice,
// in that order. A set that changes no feature raises no revision, and its
// idempotency key is not kept: what the records expect makes a repeat a
// RecordConflict, and with AnyVersion a repeat writes the same once more.
type ChangeSet struct {
	IdempotencyKey string // a repeat with the same key gets the first result; empty: none
	Author         string
	Note           string
	Source         string    // where the data came from
	At             time.Time // cut to the second; zero: now
	Base           int64     // revision the reliances were judged at
	// Reverts is the revision that the set undoes; zero: none. Codes that this
	// revision brought may be given up, though they took effect.
	Reverts int64
	Relies  []Reliance
	Changes iter.Seq2[Change, error]
	Records iter.Seq2[RecordChange, error]
}

// Changes returns a change set stream of the given changes.
func Changes(changes ...Change) iter.Seq2[Change, error] {
	return func(yield func(Change, error) bool) {
		for _, c := range changes {
			if !yield(c, nil) {
				return
			}
		}
	}
}

// RecordChanges returns a stream of the given changes of records.
func RecordChanges(changes ...RecordChange) iter.Seq2[RecordChange, error] {
	return func(yield func(RecordChange, error) bool) {
		for _, c := range changes {
			if !yield(c, nil) {
				return
			}
		}
	}
}

// Header describes one change set in the log, for people and for the audit
// chain.
type Header struct {
	Revision int64
	At       time.Time
	Author   string
	Note     string
	Source   string
	Changed  int // number of features
	Hash     Hash
}

// Delta is what happened between two revisions: the newest state of each changed
// feature, and the keys of deleted ones. It may span several revisions.
type Delta struct {
	Since     int64
	SinceHash Hash // of revision Since as the store has it; zero when it has none
	Head      Head
	Changed   []Feature
	Deleted   []Key
}

// Deed is what one change set did to one feature.
type Deed struct {
	Key           Key
	Before, After Feature // nil: there was none; there is none any more
	Ended         int64   // the revision that replaced or deleted After; zero: it stands
}

// Past is a superseded state of one feature: what stood from Revision until
// Ended.
type Past struct {
	Feature Feature
	Ended   int64 // the revision that replaced or deleted it; zero: still live
	Deleted bool  // Ended removed it
}
