package data

import (
	"context"
	"fmt"
	"iter"

	"gridatlas/geo"
)

// Archive is everything that a store holds, at one instant: what copy, backup and
// restore carry from one store to another. Its streams are read from the store as
// they are asked for, one at a time, and end with the call that lent them; an
// error in a stream is its last.
type Archive struct {
	Head     geo.Head
	Counters map[geo.Layer]int64           // the last id given in each layer
	Log      iter.Seq2[Entry, error]       // oldest first
	Live     iter.Seq2[geo.Feature, error] // in the order of Store.Load
	Past     iter.Seq2[geo.Past, error]    // superseded states, in no promised order
	Records  iter.Seq2[geo.Record, error]  // in no promised order
	// RecordVersion is the highest version given to a record, RecordSum what the
	// store says that all records add up to.
	RecordVersion int64
	RecordSum     geo.Hash
}

// Entry is one change set in the log.
type Entry struct {
	geo.Header
	IdempotencyKey string // empty: none
}

// FillOptions say what becomes of what stands. The zero value fills empty stores
// and nothing else, under the epoch that they were made with.
type FillOptions struct {
	// Replace takes a store that holds something: all of it goes, in the same
	// transaction, and the epoch is another one.
	Replace bool
	// NewEpoch writes another epoch in any case, as a restore must: whoever
	// followed the store before starts anew.
	NewEpoch bool
}

// Archiver is the part of a store that can be read whole.
type Archiver interface {
	Archive(ctx context.Context, use func(Archive) error) error
}

// Copy carries a whole store into another one: features with their ids, history,
// audit, idempotency keys and records. Afterwards both answer alike and go on
// alike; only their epochs differ. It answers ErrNotEmpty or *Damaged when it
// wrote nothing for that reason, and the head of the filled store otherwise.
func Copy(ctx context.Context, from Archiver, to Store, how FillOptions) (head geo.Head, err error) {
	err = from.Archive(ctx, func(archive Archive) error {
		head, err = to.Fill(ctx, archive, how)
		return err
	})
	return head, err
}

// Damaged says that a source is not what was once stored in it; nothing was taken
// from it.
type Damaged struct{ Faults []Fault }

func (d *Damaged) Error() string {
	text := "the source is damaged: " + d.Faults[0].String()
	if more := len(d.Faults) - 1; more > 0 {
		text += fmt.Sprintf(" (and %d faults more)", more)
	}
	return text
}
