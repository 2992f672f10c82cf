package postgis

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"gridatlas/data/internal/ledger"
	"gridatlas/geo"
)

// Records gives every record of a kind (see data.Store).
func (s *Store) Records(ctx context.Context, kind string, each func(geo.Record) error) error {
	return s.view(ctx, "read records of "+kind, func(ctx context.Context, db pgx.Tx, _ geo.Head) error {
		return eachRecord(ctx, db, `WHERE kind = $1 ORDER BY key`, []any{kind}, func(r ledger.StoredRecord) error { return each(r.Record) })
	})
}

// Record gives one record (see data.Store).
func (s *Store) Record(ctx context.Context, kind, key string) (geo.Record, error) {
	var record *geo.Record
	err := s.view(ctx, fmt.Sprintf("record %s %q", kind, key), func(ctx context.Context, db pgx.Tx, _ geo.Head) error {
		err := eachRecord(ctx, db, `WHERE kind = $1 AND key = $2`, []any{kind, key}, func(r ledger.StoredRecord) error {
			record = &r.Record
			return nil
		})
		if err == nil && record == nil {
			err = geo.ErrNotFound
		}
		return err
	})
	if err != nil {
		return geo.Record{}, err
	}
	return *record, nil
}

// eachRecord hands over the records that fit the rest of the query.
func eachRecord(ctx context.Context, db querier, rest string, args []any, do func(ledger.StoredRecord) error) error {
	return each(ctx, db, `SELECT kind, key, version, value, sum FROM records `+rest, args, func(raw [][]byte, _ *pgtype.Map) error {
		r := ledger.StoredRecord{Record: geo.Record{Kind: string(raw[0]), Key: string(raw[1]), Value: append([]byte{}, raw[3]...)}}
		var err error
		if r.Version, err = integer(raw[2], 8); err != nil {
			return err
		}
		copy(r.Sum[:], raw[4])
		return do(r)
	})
}

func readRecordHead(ctx context.Context, db querier, lock string) (head ledger.RecordHead, err error) {
	var sum []byte
	err = db.QueryRow(ctx, `SELECT version, sum FROM record_head `+lock).Scan(&head.Version, &sum)
	copy(head.Sum[:], sum)
	return head, ours(ctx, "read where the records stand", err)
}

// RecordHead locks a row of its own: who writes records alone does not wait for
// an import of features.
func (t *tx) RecordHead(ctx context.Context) (ledger.RecordHead, error) {
	return readRecordHead(ctx, t.pgx, `FOR UPDATE`)
}

func (t *tx) SetRecordHead(ctx context.Context, head ledger.RecordHead) error {
	t.wrote = true
	_, err := t.pgx.Exec(ctx, `UPDATE record_head SET version = $1, sum = $2`, head.Version, head.Sum[:])
	return ours(ctx, "write where the records stand", err)
}

func (t *tx) StandingRecords(ctx context.Context, names []ledger.RecordName) (map[ledger.RecordName]ledger.StoredRecord, error) {
	kinds, keys := namesOf(names)
	rows, err := t.pgx.Query(ctx, `SELECT kind, key, version, sum FROM records JOIN unnest($1::text[], $2::text[]) wanted (kind, key) USING (kind, key)`, kinds, keys)
	if err != nil {
		return nil, ours(ctx, "read standing records", err)
	}
	standing := map[ledger.RecordName]ledger.StoredRecord{}
	var r ledger.StoredRecord
	var sum []byte
	_, err = pgx.ForEachRow(rows, []any{&r.Kind, &r.Key, &r.Version, &sum}, func() error {
		copy(r.Sum[:], sum)
		standing[ledger.RecordName{Kind: r.Kind, Key: r.Key}] = r
		return nil
	})
	return standing, ours(ctx, "read standing records", err)
}

func (t *tx) PutRecords(ctx context.Context, records []ledger.StoredRecord) error {
	kinds, keys, values := make([]string, len(records)), make([]string, len(records)), make([]string, len(records))
	versions, sums := make([]int64, len(records)), make([][]byte, len(records))
	for i, r := range records {
		kinds[i], keys[i], versions[i], values[i], sums[i] = r.Kind, r.Key, r.Version, string(r.Value), r.Sum[:]
	}
	_, err := t.pgx.Exec(ctx, `INSERT INTO records (kind, key, version, value, sum)
		SELECT kind, key, version, value::json, sum
		FROM unnest($1::text[], $2::text[], $3::bigint[], $4::text[], $5::bytea[]) new (kind, key, version, value, sum)
		ON CONFLICT (kind, key) DO UPDATE SET version = excluded.version, value = excluded.value, sum = excluded.sum`,
		kinds, keys, versions, values, sums)
	return ours(ctx, "write records", err)
}

func (t *tx) DeleteRecords(ctx context.Context, names []ledger.RecordName) error {
	kinds, keys := namesOf(names)
	_, err := t.pgx.Exec(ctx, `DELETE FROM records USING unnest($1::text[], $2::text[]) gone (kind, key)
		WHERE records.kind = gone.kind AND records.key = gone.key`, kinds, keys)
	return ours(ctx, "delete records", err)
}

func namesOf(names []ledger.RecordName) (kinds, keys []string) {
	for _, name := range names {
		kinds, keys = append(kinds, name.Kind), append(keys, name.Key)
	}
	return kinds, keys
}
