package gpkg

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"

	"gridatlas/data/internal/ledger"
	"gridatlas/geo"
)

const recordColumns = "SELECT kind, key, version, value, sum FROM gridatlas_records"

// Records gives every record of a kind. See data.Store.
func (s *Store) Records(ctx context.Context, kind string, each func(geo.Record) error) error {
	err := s.read(ctx, func(ctx context.Context, c session) error {
		return c.records(ctx, " WHERE kind = ? ORDER BY key", []driver.Value{kind}, func(r ledger.StoredRecord) error { return each(r.Record) })
	})
	return describe("read records of "+kind, err)
}

// Record gives one record. See data.Store.
func (s *Store) Record(ctx context.Context, kind, key string) (record geo.Record, err error) {
	err = s.read(ctx, func(ctx context.Context, c session) error {
		found := false
		err := c.records(ctx, " WHERE kind = ? AND key = ?", []driver.Value{kind, key}, func(r ledger.StoredRecord) error {
			record, found = r.Record, true
			return nil
		})
		if err == nil && !found {
			err = geo.ErrNotFound
		}
		return err
	})
	if err != nil {
		return geo.Record{}, fmt.Errorf("record %s %q: %w", kind, key, err)
	}
	return record, nil
}

// records hands over the records that fit the rest of the query.
func (c session) records(ctx context.Context, rest string, args []driver.Value, each func(ledger.StoredRecord) error) error {
	return c.Query(recordColumns+rest, args, looking(ctx, func(row []driver.Value) error {
		r, err := recordOf(row)
		if err != nil {
			return err
		}
		return each(r)
	}))
}

func recordOf(row []driver.Value) (r ledger.StoredRecord, err error) {
	var ok [5]bool
	var value string
	var sum []byte
	r.Kind, ok[0] = row[0].(string)
	r.Key, ok[1] = row[1].(string)
	r.Version, ok[2] = row[2].(int64)
	value, ok[3] = row[3].(string)
	sum, ok[4] = row[4].([]byte)
	if ok != [5]bool{true, true, true, true, true} || len(sum) != len(r.Sum) {
		return r, fmt.Errorf("record %v %q cannot be read", row[0], row[1])
	}
	r.Value, r.Sum = []byte(value), geo.Hash(sum)
	return r, nil
}

func (c session) recordHead() (head ledger.RecordHead, err error) {
	row, err := c.One("SELECT version, sum FROM gridatlas_record_head")
	if err != nil {
		return head, err
	}
	if len(row) == 0 {
		return head, errors.New("the head of the records is gone")
	}
	version, isNumber := row[0].(int64)
	sum, _ := row[1].([]byte)
	if !isNumber || len(sum) != len(head.Sum) {
		return head, errors.New("the head of the records holds no version or sum")
	}
	return ledger.RecordHead{Version: version, Sum: geo.Hash(sum)}, nil
}

func (t *tx) RecordHead(context.Context) (ledger.RecordHead, error) { return t.c.recordHead() }

func (t *tx) SetRecordHead(_ context.Context, head ledger.RecordHead) error {
	return t.c.Exec("UPDATE gridatlas_record_head SET version = ?, sum = ?", head.Version, head.Sum[:])
}

func (t *tx) StandingRecords(_ context.Context, names []ledger.RecordName) (map[ledger.RecordName]ledger.StoredRecord, error) {
	const query = "SELECT version, sum FROM gridatlas_records WHERE kind = ? AND key = ?"
	standing := map[ledger.RecordName]ledger.StoredRecord{}
	for _, name := range names {
		row, err := t.c.One(query, name.Kind, name.Key)
		if err != nil {
			return nil, err
		}
		if row == nil {
			continue
		}
		version, isNumber := row[0].(int64)
		sum, _ := row[1].([]byte)
		if !isNumber || len(sum) != len(geo.Hash{}) {
			return nil, fmt.Errorf("record %s %q cannot be read", name.Kind, name.Key)
		}
		standing[name] = ledger.StoredRecord{
			Record: geo.Record{Kind: name.Kind, Key: name.Key, Version: version}, Sum: geo.Hash(sum),
		}
	}
	return standing, nil
}

func (t *tx) PutRecords(_ context.Context, records []ledger.StoredRecord) error {
	const put = "INSERT OR REPLACE INTO gridatlas_records (kind, key, version, value, sum) VALUES (?, ?, ?, ?, ?)"
	for _, r := range records {
		if err := t.c.Exec(put, r.Kind, r.Key, r.Version, string(r.Value), r.Sum[:]); err != nil {
			return err
		}
	}
	return nil
}

func (t *tx) DeleteRecords(_ context.Context, names []ledger.RecordName) error {
	for _, name := range names {
		if err := t.c.Exec("DELETE FROM gridatlas_records WHERE kind = ? AND key = ?", name.Kind, name.Key); err != nil {
			return err
		}
	}
	return nil
}
