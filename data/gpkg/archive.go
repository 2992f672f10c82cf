package gpkg

import (
	"context"
	"database/sql/driver"
	"fmt"

	"gridatlas/data"
	"gridatlas/data/internal/geopackage"
	"gridatlas/data/internal/ledger"
	"gridatlas/geo"
)

// Archive lends everything the file holds. See data.Store.
func (s *Store) Archive(ctx context.Context, use func(data.Archive) error) error {
	err := s.read(ctx, func(ctx context.Context, c session) error {
		head, err := c.head()
		if err != nil {
			return err
		}
		counters, err := c.counters()
		if err != nil {
			return err
		}
		records, err := c.recordHead()
		if err != nil {
			return err
		}
		return use(data.Archive{
			Head:     head,
			Counters: counters,
			Log:      ledger.Stream(func(each func(data.Entry) error) error { return c.log(ctx, 0, 0, each) }),
			Live:     ledger.Stream(func(each func(geo.Feature) error) error { return c.live(ctx, each) }),
			Past: ledger.Stream(func(each func(geo.Past) error) error {
				return c.Query(pastColumns, nil, looking(ctx, func(row []driver.Value) error {
					past, err := pastOf(row)
					if err != nil {
						return err
					}
					return each(past)
				}))
			}),
			Records: ledger.Stream(func(each func(geo.Record) error) error {
				return c.records(ctx, "", nil, func(r ledger.StoredRecord) error { return each(r.Record) })
			}),
			RecordVersion: records.Version,
			RecordSum:     records.Sum,
		})
	})
	return describe("read the whole store", err)
}

// Fill writes what an archive holds. See data.Store.
func (s *Store) Fill(ctx context.Context, from data.Archive, how data.FillOptions) (geo.Head, error) {
	return s.write(ctx, "fill "+s.path, func(ctx context.Context, t *tx) (geo.Head, error) { return ledger.Fill(ctx, t, from, how) })
}

// Clear empties every table. The indexes of features are made anew, which is
// quicker than emptying them.
func (t *tx) Clear(ctx context.Context) error {
	for _, table := range tableOrder {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := t.clearLayer(table.schema); err != nil {
			return fmt.Errorf("empty %s: %w", table.schema.Layer, err)
		}
	}
	for _, name := range []string{"history", "log", "counters", "records"} {
		if err := t.c.Exec("DELETE FROM gridatlas_" + name); err != nil {
			return err
		}
	}
	return nil
}

func (t *tx) clearLayer(schema *geo.Schema) error {
	if err := dropDerived(t.c, schema); err != nil {
		return err
	}
	statements := []string{"DELETE FROM " + geopackage.Quote(string(schema.Layer))}
	if geopackage.HasPlace(schema) {
		rtree := geopackage.RTreeName(schema)
		statements = append(statements, "DROP TABLE "+rtree, "CREATE VIRTUAL TABLE "+rtree+" USING rtree(id, minx, maxx, miny, maxy)")
	}
	for _, statement := range statements {
		if err := t.c.Exec(statement); err != nil {
			return err
		}
	}
	const bounds = "UPDATE gpkg_contents SET min_x = NULL, min_y = NULL, max_x = NULL, max_y = NULL, last_change = strftime('%Y-%m-%dT%H:%M:%fZ', 'now') WHERE table_name = ?"
	if err := t.c.Exec(bounds, string(schema.Layer)); err != nil {
		return err
	}
	return createDerived(t.c, schema)
}
