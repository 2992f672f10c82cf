package gpkg

import (
	"bytes"
	"context"
	"database/sql/driver"
	"errors"
	"fmt"

	"gridatlas/data"
	"gridatlas/data/internal/geopackage"
	"gridatlas/data/internal/ledger"
	"gridatlas/geo"
)

// Check reads everything again. See data.Store. Besides the audit chain it holds
// what is derived against what it is derived from: geometry blobs byte for byte,
// the RTree, and whatever SQLite itself can tell of the file.
func (s *Store) Check(ctx context.Context) (faults []data.Fault, err error) {
	err = s.read(ctx, func(ctx context.Context, c session) error {
		k := checker{c: c, audit: ledger.NewAudit()}
		for _, step := range []func(context.Context) error{k.live, k.past, k.log, k.records, k.file} {
			if err := step(ctx); err != nil {
				return err
			}
		}
		faults = k.faults
		return nil
	})
	return faults, describe("check", err)
}

// checker goes through one file; each step adds the faults it finds.
type checker struct {
	c      session
	audit  *ledger.Audit
	faults []data.Fault
	blob   []byte
}

func (k *checker) fault(err error) {
	if err != nil {
		k.faults = append(k.faults, data.Fault{Detail: err.Error()})
	}
}

func (k *checker) live(ctx context.Context) error {
	for _, t := range tableOrder {
		rows := int64(0)
		err := k.c.Query(t.checkAll, nil, looking(ctx, func(row []driver.Value) error {
			rows++
			f, err := t.feature(row[:t.width])
			k.fault(err)
			if err == nil {
				k.audit.Live(f)
				if t.place {
					k.fault(k.place(t, f, row))
				}
			}
			return nil
		}))
		if err != nil {
			return err
		}
		if !t.place {
			continue
		}
		row, err := k.c.One("SELECT count(*) FROM " + geopackage.RTreeName(t.schema))
		if err != nil {
			return err
		}
		if row[0] != rows {
			k.fault(fmt.Errorf("%s: the RTree has %d boxes for %d features", t.schema.Layer, row[0], rows))
		}
	}
	return nil
}

// place holds the blob and the box in the RTree against the shape that was read.
func (k *checker) place(t *table, f geo.Feature, row []driver.Value) (err error) {
	shape := f.Common().Shape
	if k.blob, err = geopackage.AppendBlob(k.blob[:0], shape, t.multi); err != nil {
		return err
	}
	if stored, _ := row[3].([]byte); !bytes.Equal(stored, k.blob) {
		return fmt.Errorf("%v: the geometry is not as gridatlas writes it", geo.KeyOf(f))
	}
	for i, side := range geopackage.SidesOf(shape.Box()) {
		kept, ok := row[t.width+i].(float64)
		if !ok || i%2 == 0 && kept > side || i%2 == 1 && kept < side { // it is rounded outwards
			return fmt.Errorf("%v: the RTree has another box", geo.KeyOf(f))
		}
	}
	return nil
}

func (k *checker) past(ctx context.Context) error {
	return k.c.Query(pastColumns, nil, looking(ctx, func(row []driver.Value) error {
		past, err := pastOf(row)
		k.fault(err)
		if err == nil {
			k.audit.Past(past)
		}
		return nil
	}))
}

func (k *checker) log(ctx context.Context) error {
	var log []geo.Header
	err := k.c.log(ctx, 0, 0, func(e data.Entry) error { log = append(log, e.Header); return nil })
	if err != nil {
		return err
	}
	head, err := k.c.head()
	if err != nil {
		return err
	}
	counters, err := k.c.counters()
	if err != nil {
		return err
	}
	k.faults = append(k.faults, k.audit.Faults(log, head, counters)...)
	return nil
}

func (k *checker) records(ctx context.Context) error {
	var records ledger.RecordAudit
	err := k.c.Query(recordColumns, nil, looking(ctx, func(row []driver.Value) error {
		r, err := recordOf(row)
		k.fault(err)
		if err == nil {
			records.Add(r)
		}
		return nil
	}))
	if err != nil {
		return err
	}
	head, err := k.c.recordHead()
	if err != nil {
		return err
	}
	k.faults = append(k.faults, records.Faults(head)...)
	return nil
}

// file asks SQLite whether its pages and indexes are whole, and whether the
// guards are up.
func (k *checker) file(ctx context.Context) error {
	row, err := k.c.One("SELECT writing FROM gridatlas_head")
	if err != nil {
		return err
	}
	if row == nil || row[0] != int64(0) {
		k.fault(errors.New("the triggers that refuse writes by other programs are switched off"))
	}
	return k.c.Query("PRAGMA integrity_check", nil, looking(ctx, func(row []driver.Value) error {
		if row[0] != "ok" {
			k.fault(errors.New(fmt.Sprint(row[0])))
		}
		return nil
	}))
}
