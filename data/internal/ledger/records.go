package ledger

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"iter"

	"gridatlas/data"
	"gridatlas/geo"
)

// RecordName names one record.
type RecordName struct{ Kind, Key string }

// StoredRecord is a record as it lies in a table, with its sum.
type StoredRecord struct {
	geo.Record
	Sum geo.Hash
}

// RecordHead says where the records of a store stand.
type RecordHead struct {
	Version int64    // of the last change set that wrote records
	Sum     geo.Hash // exclusive or of the sums of all records there are
}

func (h *RecordHead) toggle(sum geo.Hash) {
	for i := range sum {
		h.Sum[i] ^= sum[i]
	}
}

// sumOf stands for one record with its version. Together the sums tell whether
// the records are those that were written, in whatever order they are met.
func sumOf(r geo.Record) geo.Hash {
	h := sha256.New()
	var number [8]byte
	for _, part := range [][]byte{[]byte(r.Kind), []byte(r.Key), r.Value} {
		binary.BigEndian.PutUint64(number[:], uint64(len(part)))
		h.Write(number[:])
		h.Write(part)
	}
	binary.BigEndian.PutUint64(number[:], uint64(r.Version))
	h.Write(number[:])
	return geo.Hash(h.Sum(nil))
}

// recordBatch is how many bytes of records are held back at most, besides the
// number of a batch.
const recordBatch = 4 << 20

// applyRecords writes the records of a change set.
func applyRecords(ctx context.Context, tx Tx, changes iter.Seq2[geo.RecordChange, error]) error {
	if changes == nil {
		return nil
	}
	w := recordWriter{tx: tx, names: map[RecordName]bool{}}
	for change, err := range changes {
		if err == nil {
			err = ctx.Err()
		}
		if err == nil {
			err = geo.CheckRecord(change)
		}
		if err == nil {
			err = w.add(ctx, change)
		}
		if err != nil {
			return err
		}
	}
	return w.end(ctx)
}

type recordWriter struct {
	tx      Tx
	head    RecordHead
	version int64 // of this set; zero: the head was not read yet
	written bool

	pending []geo.RecordChange
	names   map[RecordName]bool // of what is pending
	bytes   int
}

func nameOf(c geo.RecordChange) RecordName { return RecordName{c.Kind, c.Key} }

func (w *recordWriter) add(ctx context.Context, change geo.RecordChange) error {
	if len(w.pending) == batch || w.bytes > recordBatch || w.names[nameOf(change)] {
		if err := w.write(ctx); err != nil {
			return err
		}
	}
	w.pending = append(w.pending, change)
	w.names[nameOf(change)] = true
	w.bytes += len(change.Kind) + len(change.Key) + len(change.Value)
	return nil
}

// write carries out what is pending.
func (w *recordWriter) write(ctx context.Context) error {
	if len(w.pending) == 0 {
		return nil
	}
	if w.version == 0 {
		var err error
		if w.head, err = w.tx.RecordHead(ctx); err != nil {
			return err
		}
		w.version = w.head.Version + 1
	}
	names := make([]RecordName, len(w.pending))
	for i, change := range w.pending {
		names[i] = nameOf(change)
	}
	standing, err := w.tx.StandingRecords(ctx, names)
	if err != nil {
		return err
	}
	var put []StoredRecord
	var removed []RecordName
	for _, change := range w.pending {
		before, there := standing[nameOf(change)]
		if change.Expect != geo.AnyVersion && change.Expect != before.Version {
			return &geo.RecordConflict{Kind: change.Kind, Key: change.Key, Expect: change.Expect, Version: before.Version}
		}
		if there {
			w.head.toggle(before.Sum)
		}
		if change.Value != nil {
			r := StoredRecord{Record: geo.Record{Kind: change.Kind, Key: change.Key, Version: w.version, Value: change.Value}}
			r.Sum = sumOf(r.Record)
			w.head.toggle(r.Sum)
			put = append(put, r)
		} else if there {
			removed = append(removed, nameOf(change))
		}
	}
	w.written = w.written || len(put)+len(removed) > 0
	w.pending, w.bytes = w.pending[:0], 0
	clear(w.names)
	if len(removed) > 0 {
		if err := w.tx.DeleteRecords(ctx, removed); err != nil {
			return err
		}
	}
	if len(put) == 0 {
		return nil
	}
	return w.tx.PutRecords(ctx, put)
}

func (w *recordWriter) end(ctx context.Context) error {
	if err := w.write(ctx); err != nil || !w.written {
		return err
	}
	w.head.Version = w.version
	return w.tx.SetRecordHead(ctx, w.head)
}

// RecordAudit gathers every record that a store holds and compares them with the
// head of the records.
type RecordAudit struct {
	found  RecordHead
	faults []data.Fault
}

// Add adds a record.
func (a *RecordAudit) Add(r StoredRecord) {
	a.found.toggle(r.Sum)
	a.found.Version = max(a.found.Version, r.Version)
	if sumOf(r.Record) != r.Sum {
		a.faults = append(a.faults, data.Fault{Detail: fmt.Sprintf("record %s %q was changed outside gridatlas", r.Kind, r.Key)})
	}
}

// Faults compares what was added with the head.
func (a *RecordAudit) Faults(head RecordHead) []data.Fault {
	faults := a.faults
	if a.found.Sum != head.Sum {
		faults = append(faults, data.Fault{Detail: "the records are not those that were written: some were added, removed or changed outside gridatlas"})
	}
	if a.found.Version > head.Version {
		faults = append(faults, data.Fault{Detail: fmt.Sprintf("the records were last written by number %d, a record has %d", head.Version, a.found.Version)})
	}
	return faults
}
