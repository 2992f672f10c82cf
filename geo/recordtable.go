package geo

import (
	"context"
	"encoding/json"
	"fmt"
)

// RecordTable is one kind of record with the type that its values have in Go.
// Packages keep their own: var items = geo.RecordTable[item]{Kind: "worklist"}.
//
// Records have no history: what one held before it was written over or deleted is no
// longer in the store, though a backup made before has it. What staff do with them is
// audited by a record more, written by the same change set: a kind of its own, a key
// that begins with the time, Expect 0 so that none is written over. Most records are
// written by machines by the million, where a history would only be in the way; that
// the records are those that were written is what Check of the store tells.
type RecordTable[T any] struct{ Kind string }

// RecordReader is the part of a store that tables read: data.Store has it.
type RecordReader interface {
	Records(ctx context.Context, kind string, each func(Record) error) error
	Record(ctx context.Context, kind, key string) (Record, error)
}

// Get reads one value and the version to expect when it is written again.
// ErrNotFound if it is not there.
func (t RecordTable[T]) Get(ctx context.Context, from RecordReader, key string) (value T, version int64, err error) {
	record, err := from.Record(ctx, t.Kind, key)
	if err != nil {
		return value, 0, err
	}
	value, err = t.value(record)
	return value, record.Version, err
}

// All reads every value in the order of the keys. An error of each ends it and is
// returned.
func (t RecordTable[T]) All(ctx context.Context, from RecordReader, each func(key string, version int64, value T) error) error {
	return from.Records(ctx, t.Kind, func(record Record) error {
		value, err := t.value(record)
		if err != nil {
			return err
		}
		return each(record.Key, record.Version, value)
	})
}

func (t RecordTable[T]) value(record Record) (value T, err error) {
	if err := json.Unmarshal(record.Value, &value); err != nil {
		return value, fmt.Errorf("read record %s %q: %w", t.Kind, record.Key, err)
	}
	return value, nil
}

// Put returns the change that writes a value.
func (t RecordTable[T]) Put(key string, expect int64, value T) (RecordChange, error) {
	text, err := json.Marshal(value)
	if err != nil {
		return RecordChange{}, fmt.Errorf("write record %s %q: %w", t.Kind, key, err)
	}
	return RecordChange{Kind: t.Kind, Key: key, Expect: expect, Value: text}, nil
}

// Delete returns the change that removes a value.
func (t RecordTable[T]) Delete(key string, expect int64) RecordChange {
	return RecordChange{Kind: t.Kind, Key: key, Expect: expect}
}
