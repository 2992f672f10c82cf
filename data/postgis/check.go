package postgis

import (
	"context"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"gridatlas/data"
	"gridatlas/data/internal/ledger"
	"gridatlas/geo"
)

// Check reads everything at one instant and holds it against the audit chain
// (see data.Store). A row that cannot be read is a fault, not an error.
func (s *Store) Check(ctx context.Context) ([]data.Fault, error) {
	var faults []data.Fault
	err := s.view(ctx, "check", func(ctx context.Context, db pgx.Tx, head geo.Head) error {
		audit := ledger.NewAudit()
		counters, err := readCounters(ctx, db)
		if err != nil {
			return err
		}
		for _, t := range tables {
			var reader *rowReader
			err := each(ctx, db, `SELECT `+t.list+` FROM `+t.name(), nil, func(raw [][]byte, types *pgtype.Map) error {
				if reader == nil {
					reader = newRowReader(t, types)
				}
				f, err := reader.feature(raw)
				if err != nil {
					faults = append(faults, data.Fault{Detail: err.Error()})
					return nil //nolint:nilerr // it is a fault to report
				}
				audit.Live(f)
				return nil
			})
			if err != nil {
				return err
			}
		}
		err = eachPast(ctx, db, ``, nil, func(p geo.Past, err error) error {
			if err != nil {
				faults = append(faults, data.Fault{Detail: err.Error()})
				return nil //nolint:nilerr // it is a fault to report
			}
			audit.Past(p)
			return nil
		})
		if err != nil {
			return err
		}
		entries, err := readLog(ctx, db, wholeLog)
		if err != nil {
			return err
		}
		var log []geo.Header
		for _, e := range entries {
			log = append(log, e.Header)
		}
		faults = append(faults, audit.Faults(log, head, counters)...)
		var records ledger.RecordAudit
		err = eachRecord(ctx, db, ``, nil, func(r ledger.StoredRecord) error { records.Add(r); return nil })
		if err != nil {
			return err
		}
		recordHead, err := readRecordHead(ctx, db, ``)
		if err != nil {
			return err
		}
		faults = append(faults, records.Faults(recordHead)...)
		return nil
	})
	return faults, err
}
