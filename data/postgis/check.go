package postgis

import (
	"context"
	"fmt"

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
		counters := map[string]int64{}
		rows, err := db.Query(ctx, `SELECT layer, last FROM counters`)
		if err != nil {
			return ours(ctx, "read the counters", err)
		}
		var layer string
		var last int64
		if _, err := pgx.ForEachRow(rows, []any{&layer, &last}, func() error { counters[layer] = last; return nil }); err != nil {
			return ours(ctx, "read the counters", err)
		}
		for _, t := range tables {
			var reader *rowReader
			highest := int64(0)
			err := each(ctx, db, `SELECT `+t.list+` FROM `+t.name()+` ORDER BY id`, nil, func(raw [][]byte, types *pgtype.Map) error {
				if reader == nil {
					reader = newRowReader(t, types)
				}
				f, err := reader.feature(raw)
				if err != nil {
					faults = append(faults, data.Fault{Detail: err.Error()})
					return nil //nolint:nilerr // it is a fault to report
				}
				highest = f.Common().ID
				audit.Live(f)
				return nil
			})
			if err != nil {
				return err
			}
			if given := counters[string(t.layer())]; highest > given {
				faults = append(faults, data.Fault{Detail: fmt.Sprintf("%s: the last id given is %d, a row has %d", t.layer(), given, highest)})
			}
		}
		err = eachPast(ctx, db, `ORDER BY layer, id, version`, nil, func(p geo.Past, err error) error {
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
		log, err := readLog(ctx, db, 0)
		if err != nil {
			return err
		}
		faults = append(faults, audit.Faults(log, head)...)
		return nil
	})
	return faults, err
}
