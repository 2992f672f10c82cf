package ledger

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"iter"
	"slices"

	"gridatlas/data"
	"gridatlas/geo"
)

// NewEpoch is a random 63-bit number, never zero.
func NewEpoch() int64 {
	var raw [8]byte
	rand.Read(raw[:])
	return max(1, int64(binary.BigEndian.Uint64(raw[:])>>1))
}

// Fill writes everything that an archive holds inside tx, as it was written
// first, and holds it against the audit chain on the way. The store commits when
// the error is nil, and rolls back otherwise.
func Fill(ctx context.Context, tx Tx, from data.Archive, how data.FillOptions) (geo.Head, error) {
	head, err := tx.Head(ctx)
	if err != nil {
		return geo.Head{}, err
	}
	records, err := tx.RecordHead(ctx)
	if err != nil {
		return geo.Head{}, err
	}
	if head.Revision > 0 || records.Version > 0 {
		if !how.Replace {
			return geo.Head{}, data.ErrNotEmpty
		}
		if err := tx.Clear(ctx); err != nil {
			return geo.Head{}, err
		}
		how.NewEpoch = true
	}
	if how.NewEpoch {
		head.Epoch = NewEpoch()
	}
	f := filler{tx: tx, audit: NewAudit()}
	if err := f.features(ctx, from); err != nil {
		return geo.Head{}, err
	}
	if err := f.log(ctx, from); err != nil {
		return geo.Head{}, err
	}
	if err := f.records(ctx, from); err != nil {
		return geo.Head{}, err
	}
	if len(f.faults) > 0 {
		return geo.Head{}, &data.Damaged{Faults: f.faults}
	}
	if err := tx.SetCounters(ctx, from.Counters); err != nil {
		return geo.Head{}, err
	}
	head.Revision, head.Hash = from.Head.Revision, from.Head.Hash
	return head, tx.SetHead(ctx, head)
}

type filler struct {
	tx     Tx
	audit  *Audit
	faults []data.Fault
}

func (f *filler) features(ctx context.Context, from data.Archive) error {
	err := inBatches(ctx, from.Live, nil, func(features []geo.Feature) error {
		return beside(
			func() error { return f.tx.Insert(ctx, features) },
			func() {
				for _, feature := range features {
					f.audit.Live(feature)
				}
			})
	})
	if err != nil {
		return fmt.Errorf("live features: %w", err)
	}
	err = inBatches(ctx, from.Past, nil, func(past []geo.Past) error {
		return beside(
			func() error { return f.tx.Keep(ctx, past) },
			func() {
				for _, p := range past {
					f.audit.Past(p)
				}
			})
	})
	if err != nil {
		return fmt.Errorf("superseded features: %w", err)
	}
	return f.tx.Flush(ctx)
}

// beside runs the hashing of what is written while it is written; both take about
// as long.
func beside(write func() error, hash func()) error {
	done := make(chan struct{})
	go func() {
		defer close(done)
		hash()
	}()
	err := write()
	<-done
	return err
}

func (f *filler) log(ctx context.Context, from data.Archive) error {
	var headers []geo.Header
	err := inBatches(ctx, from.Log, nil, func(entries []data.Entry) error {
		for _, e := range entries {
			headers = append(headers, e.Header)
		}
		return f.tx.Log(ctx, entries)
	})
	f.faults = append(f.faults, f.audit.Faults(headers, from.Head, from.Counters)...)
	if err != nil {
		return fmt.Errorf("log: %w", err)
	}
	return nil
}

func (f *filler) records(ctx context.Context, from data.Archive) error {
	var audit RecordAudit
	size := func(r geo.Record) int { return len(r.Value) }
	err := inBatches(ctx, from.Records, size, func(records []geo.Record) error {
		stored := make([]StoredRecord, len(records))
		for i, r := range records {
			stored[i] = StoredRecord{Record: r, Sum: sumOf(r)}
			audit.Add(stored[i])
		}
		return f.tx.PutRecords(ctx, stored)
	})
	if err != nil {
		return fmt.Errorf("records: %w", err)
	}
	head := RecordHead{Version: from.RecordVersion, Sum: from.RecordSum}
	f.faults = append(f.faults, audit.Faults(head)...)
	return f.tx.SetRecordHead(ctx, head)
}

// inBatches hands over a stream in pieces of a bounded number and, when size is
// given, of bounded bytes.
func inBatches[T any](ctx context.Context, stream iter.Seq2[T, error], size func(T) int, write func([]T) error) error {
	pending, bytes := make([]T, 0, batch), 0
	for item, err := range stream {
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return err
		}
		pending = append(pending, item)
		if size != nil {
			bytes += size(item)
		}
		if len(pending) == batch || bytes > recordBatch {
			if err := write(pending); err != nil {
				return err
			}
			pending, bytes = make([]T, 0, batch), 0 // stores may hold on to the last
		}
	}
	if len(pending) == 0 {
		return nil
	}
	return write(slices.Clip(pending))
}

var errEnough = errors.New("the reader has enough")

// Stream makes a stream of a function that hands over one item after the other.
func Stream[T any](read func(each func(T) error) error) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		err := read(func(item T) error {
			if !yield(item, nil) {
				return errEnough
			}
			return nil
		})
		if err != nil && !errors.Is(err, errEnough) {
			var none T
			yield(none, err)
		}
	}
}
