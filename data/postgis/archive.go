package postgis

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"gridatlas/data"
	"gridatlas/data/internal/ledger"
	"gridatlas/geo"
)

// Archive lends everything the schema holds (see data.Store).
func (s *Store) Archive(ctx context.Context, use func(data.Archive) error) error {
	return s.view(ctx, "read the whole store", func(ctx context.Context, db pgx.Tx, head geo.Head) error {
		counters, err := readCounters(ctx, db)
		if err != nil {
			return err
		}
		records, err := readRecordHead(ctx, db, ``)
		if err != nil {
			return err
		}
		return use(data.Archive{
			Head:     head,
			Counters: counters,
			Log: ledger.Stream(func(each func(data.Entry) error) error {
				entries, err := readLog(ctx, db, wholeLog)
				for _, e := range entries {
					if err := each(e); err != nil {
						return err
					}
				}
				return err
			}),
			Live: ledger.Stream(func(each func(geo.Feature) error) error { return live(ctx, db, each) }),
			Past: ledger.Stream(func(each func(geo.Past) error) error {
				return eachPast(ctx, db, ``, nil, func(p geo.Past, err error) error {
					if err != nil {
						return err
					}
					return each(p)
				})
			}),
			Records: ledger.Stream(func(each func(geo.Record) error) error {
				return eachRecord(ctx, db, ``, nil, func(r ledger.StoredRecord) error { return each(r.Record) })
			}),
			RecordVersion: records.Version,
			RecordSum:     records.Sum,
		})
	})
}

// Fill writes what an archive holds (see data.Store).
func (s *Store) Fill(ctx context.Context, from data.Archive, how data.FillOptions) (geo.Head, error) {
	return s.write(ctx, "fill the store", lockHead, func(ctx context.Context, t *tx) (geo.Head, error) { return ledger.Fill(ctx, t, from, how) })
}

// Clear empties every table. TRUNCATE would be quicker, and would show empty
// tables to those who read an older instant.
func (t *tx) Clear(ctx context.Context) error {
	names := []string{"history", "log", "counters", "records"}
	for _, table := range tables {
		names = append(names, table.name())
	}
	for _, name := range names {
		if _, err := t.pgx.Exec(ctx, `DELETE FROM `+name); err != nil {
			return ours(ctx, fmt.Sprintf("empty %s", name), err)
		}
	}
	return nil
}
