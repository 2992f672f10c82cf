package gpkg

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"

	"gridatlas/data"
	"gridatlas/data/internal/ledger"
	"gridatlas/geo"
)

// Check reads everything again. See data.Store. Besides the audit chain it asks
// SQLite whether the file itself is whole.
func (s *Store) Check(ctx context.Context) (faults []data.Fault, err error) {
	err = s.read(ctx, func(ctx context.Context, c session) error {
		audit := ledger.NewAudit()
		fault := func(err error) { faults = append(faults, data.Fault{Detail: err.Error()}) }
		for _, t := range tableOrder {
			err := c.Query(t.selectAll, nil, looking(ctx, func(row []driver.Value) error {
				if f, err := t.feature(row); err != nil {
					fault(err)
				} else {
					audit.Live(f)
				}
				return nil
			}))
			if err != nil {
				return err
			}
		}
		err := c.Query(pastColumns, nil, looking(ctx, func(row []driver.Value) error {
			if past, err := pastOf(row); err != nil {
				fault(err)
			} else {
				audit.Past(past)
			}
			return nil
		}))
		if err != nil {
			return err
		}
		var log []geo.Header
		err = c.log(ctx, 0, func(e data.Entry) error { log = append(log, e.Header); return nil })
		if err != nil {
			return err
		}
		head, err := c.head()
		if err != nil {
			return err
		}
		counters, err := c.counters()
		if err != nil {
			return err
		}
		faults = append(faults, audit.Faults(log, head, counters)...)
		var records ledger.RecordAudit
		err = c.Query(recordColumns, nil, looking(ctx, func(row []driver.Value) error {
			if r, err := recordOf(row); err != nil {
				fault(err)
			} else {
				records.Add(r)
			}
			return nil
		}))
		if err != nil {
			return err
		}
		recordHead, err := c.recordHead()
		if err != nil {
			return err
		}
		faults = append(faults, records.Faults(recordHead)...)
		return c.Query("PRAGMA quick_check", nil, looking(ctx, func(row []driver.Value) error {
			if row[0] != "ok" {
				fault(errors.New(fmt.Sprint(row[0])))
			}
			return nil
		}))
	})
	return faults, describe("check", err)
}
