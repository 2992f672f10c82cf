package data

import (
	"context"
	"encoding/json"
	"fmt"

	"gridatlas/geo"
)

// Table is one kind of record with the type that its values have in Go. Packages
// keep their own: var items = data.Table[item]{Kind: "worklist"}.
//
// Records have no history. What staff do with them is audited by a record more,
// written by the same change set: a kind of its own, a key that begins with the
// time, Expect 0 so that none is written over. Most records are written by
// machines by the million, where a history would only be in the way; that the
// records are those that were written is what Store.Check tells.
type Table[T any] struct{ Kind string }

// RecordReader is the part of a store that tables read.
type RecordReader interface {
	Records(ctx context.Context, kind string, each func(geo.Record) error) error
	Record(ctx context.Context, kind, key string) (geo.Record, error)
}

// Get reads one value and the version to expect when it is written again.
// geo.ErrNotFound if it is not there.
func (t Table[T]) Get(ctx context.Context, from RecordReader, key string) (value T, version int64, err error) {
	record, err := from.Record(ctx, t.Kind, key)
	if err != nil {
		return value, 0, err
	}
	value, err = t.value(record)
	return value, record.Version, err
}

// All reads every value in the order of the keys. An error of each ends it and is
// returned.
func (t Table[T]) All(ctx context.Context, from RecordReader, each func(key string, version int64, value T) error) error {
	return from.Records(ctx, t.Kind, func(record geo.Record) error {
		value, err := t.value(record)
		if err != nil {
			return err
		}
		return each(record.Key, record.Version, value)
	})
}

func (t Table[T]) value(record geo.Record) (value T, err error) {
	if err := json.Unmarshal(record.Value, &value); err != nil {
		return value, fmt.Errorf("read record %s %q: %w", t.Kind, record.Key, err)
	}
	return value, nil
}

// Put returns the change that writes a value.
func (t Table[T]) Put(key string, expect int64, value T) (geo.RecordChange, error) {
	text, err := json.Marshal(value)
	if err != nil {
		return geo.RecordChange{}, fmt.Errorf("write record %s %q: %w", t.Kind, key, err)
	}
	return geo.RecordChange{Kind: t.Kind, Key: key, Expect: expect, Value: text}, nil
}

// Delete returns the change that removes a value.
func (t Table[T]) Delete(key string, expect int64) geo.RecordChange {
	return geo.RecordChange{Kind: t.Kind, Key: key, Expect: expect}
}
