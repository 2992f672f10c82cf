package gpkg

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"maps"
	"time"

	"gridatlas/data"
	"gridatlas/data/internal/geopackage"
	"gridatlas/data/internal/ledger"
	"gridatlas/geo"
)

// tx lends one write transaction to the ledger.
type tx struct {
	c       session
	inserts map[geo.Layer]*geopackage.Statement
	bulk    map[geo.Layer]*bulkLoad // layers whose derived parts are made at the end
	given   map[geo.Layer]int64     // ids given before this transaction
	recoded []geo.Feature           // written without their codes, which Flush writes
	touched map[geo.Layer]geo.Box   // what the transaction wrote to or removed
	moved   bool                    // there is a new head
	values  []driver.Value
	blob    []byte
}

var _ ledger.Tx = (*tx)(nil)

func newTx(c session) *tx {
	return &tx{
		c: c, inserts: map[geo.Layer]*geopackage.Statement{}, bulk: map[geo.Layer]*bulkLoad{}, touched: map[geo.Layer]geo.Box{},
	}
}

// end lets go of prepared statements.
func (t *tx) end() {
	for _, stmt := range t.inserts {
		stmt.Close() // tells again what the last run told
	}
}

func (t *tx) Head(context.Context) (geo.Head, error) { return t.c.head() }

func (t *tx) Applied(_ context.Context, key string) (geo.Head, bool, error) {
	const query = `SELECT epoch, log.revision, log.hash FROM gridatlas_log AS log, gridatlas_head WHERE idempotency_key = ?`
	row, err := t.c.One(query, key)
	if err != nil || row == nil {
		return geo.Head{}, false, err
	}
	head, err := headOf(row)
	return head, err == nil, err
}

func (t *tx) Changed(ctx context.Context, since int64, layer geo.Layer, box geo.Box) (changed bool, err error) {
	table, ok := tables[layer]
	if !ok || !table.place || box.Empty() {
		return false, nil
	}
	// The plus keeps SQLite from going through all of the layer's history.
	const past = `SELECT 1 FROM gridatlas_history
		WHERE ended > ? AND +layer = ? AND w <= ? AND ? <= e AND s <= ? AND ? <= n LIMIT 1`
	row, err := t.c.One(past, since, string(layer), int64(box.E), int64(box.W), int64(box.N), int64(box.S))
	if err != nil || row != nil {
		return row != nil, err
	}
	// The RTree keeps 32-bit floats rounded outwards: good to leave features out,
	// the shape itself decides.
	sides := geopackage.SidesOf(box)
	live := fmt.Sprintf(`SELECT f.geom FROM %s AS f JOIN %s AS r ON r.id = f.fid
		WHERE f.revision > ? AND r.minx <= ? AND r.maxx >= ? AND r.miny <= ? AND r.maxy >= ?`,
		geopackage.Quote(string(layer)), geopackage.RTreeName(table.schema))
	err = t.c.Query(live, []driver.Value{since, sides[1], sides[0], sides[3], sides[2]}, looking(ctx, func(row []driver.Value) error {
		blob, _ := row[0].([]byte)
		shape, err := geopackage.ParseBlob(blob)
		if err == nil && shape.Box().Intersects(box) {
			err = io.EOF
		}
		return err
	}))
	if errors.Is(err, io.EOF) {
		return true, nil
	}
	return false, err
}

func (t *tx) Counters(context.Context) (last map[geo.Layer]int64, err error) {
	last, err = t.c.counters()
	t.given = maps.Clone(last)
	return last, err
}

// counters gives the last id given in each layer.
func (c session) counters() (map[geo.Layer]int64, error) {
	last := map[geo.Layer]int64{}
	err := c.Query("SELECT layer, last FROM gridatlas_counters", nil, func(row []driver.Value) error {
		layer, isText := row[0].(string)
		n, isNumber := row[1].(int64)
		if !isText || !isNumber {
			return fmt.Errorf("the last id given in %v cannot be read", row[0])
		}
		last[geo.Layer(layer)] = n
		return nil
	})
	return last, err
}

func (t *tx) SetCounters(_ context.Context, last map[geo.Layer]int64) error {
	for layer, n := range last {
		if n == t.given[layer] {
			continue
		}
		if err := t.c.Exec("INSERT OR REPLACE INTO gridatlas_counters VALUES (?, ?)", string(layer), n); err != nil {
			return err
		}
	}
	return nil
}

func (t *tx) Read(_ context.Context, layer geo.Layer, ids []int64) (features []geo.Feature, err error) {
	table := tables[layer]
	for _, id := range ids {
		err := t.c.Query(table.selectAll+" WHERE fid = ?", []driver.Value{id}, func(row []driver.Value) error {
			f, err := table.feature(row)
			features = append(features, f)
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return features, nil
}

// byLayer calls do for each run of features of one layer.
func byLayer(features []geo.Feature, do func(table *table, run []geo.Feature) error) error {
	for len(features) > 0 {
		layer, n := features[0].Layer(), 1
		for n < len(features) && features[n].Layer() == layer {
			n++
		}
		if err := do(tables[layer], features[:n]); err != nil {
			return err
		}
		features = features[n:]
	}
	return nil
}

func (t *tx) Insert(_ context.Context, features []geo.Feature) error {
	return byLayer(features, func(table *table, run []geo.Feature) error {
		layer := table.schema.Layer
		bulk, err := t.bulkFor(table, len(run))
		if err != nil {
			return err
		}
		stmt := t.inserts[layer]
		if stmt == nil {
			if stmt, err = t.c.Prepare(table.insert); err != nil {
				return err
			}
			t.inserts[layer] = stmt
		}
		for _, f := range run {
			if err := t.insert(stmt, table, f); err != nil {
				return t.explain(err, layer, run)
			}
			box := f.Common().Shape.Box()
			t.touch(layer, box)
			if bulk != nil {
				bulk.add(f.Common().ID, box)
			}
		}
		return nil
	})
}

// insert writes one row.
func (t *tx) insert(stmt *geopackage.Statement, table *table, f geo.Feature) error {
	var err error
	if t.values, t.blob, err = table.values(t.values[:0], f, t.blob[:0]); err != nil {
		return err
	}
	return stmt.Run(t.values)
}

// explain turns a refusal by a unique index into the code that is taken.
func (t *tx) explain(err error, layer geo.Layer, features []geo.Feature) error {
	if !isUniqueViolation(err) {
		return err
	}
	if violation := t.codeTaken(layer, features); violation != nil {
		return violation
	}
	return err
}

func (t *tx) Update(_ context.Context, features []geo.Feature) error {
	return byLayer(features, func(table *table, run []geo.Feature) error { return t.update(table, run, false) })
}

func (t *tx) Recode(_ context.Context, features []geo.Feature) error {
	t.recoded = append(t.recoded, features...)
	return byLayer(features, func(table *table, run []geo.Feature) error { return t.update(table, run, true) })
}

// update writes rows over those that stand, without their codes if those come
// later.
func (t *tx) update(table *table, features []geo.Feature, codesLater bool) error {
	layer := table.schema.Layer
	if err := t.endBulk(layer); err != nil {
		return err
	}
	for _, f := range features {
		var err error
		if t.values, t.blob, err = table.values(t.values[:0], f, t.blob[:0]); err != nil {
			return err
		}
		if codesLater {
			for _, column := range table.unique {
				t.values[column] = nil
			}
		}
		if err := t.c.Exec(table.update, t.values...); err != nil {
			return t.explain(err, layer, features)
		}
		t.touch(layer, f.Common().Shape.Box())
	}
	return nil
}

func (t *tx) Delete(_ context.Context, keys []geo.Key) error {
	for _, key := range keys {
		if err := t.endBulk(key.Layer); err != nil {
			return err
		}
		if err := t.c.Exec(tables[key.Layer].remove, key.ID); err != nil {
			return err
		}
		t.touch(key.Layer, geo.NoBox)
	}
	return nil
}

func (t *tx) Keep(_ context.Context, past []geo.Past) error {
	const insert = "INSERT INTO gridatlas_history VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
	for _, p := range past {
		base := p.Feature.Common()
		sides := boxOf(p.Feature)
		err := t.c.Exec(insert, string(p.Feature.Layer()), base.ID, base.Revision, p.Ended, p.Deleted,
			sides[0], sides[1], sides[2], sides[3], geo.AppendCanonical(nil, p.Feature))
		if err != nil {
			return err
		}
	}
	return nil
}

// Flush writes the codes that were left out, and makes the derived parts of
// layers that were loaded in bulk.
func (t *tx) Flush(context.Context) error {
	err := byLayer(t.recoded, func(table *table, run []geo.Feature) error {
		for _, f := range run {
			var values []driver.Value
			for _, field := range table.schema.UniqueFields() {
				values = append(values, field.Get(f))
			}
			if err := t.c.Exec(table.recode, append(values, f.Common().ID)...); err != nil {
				return t.explain(err, table.schema.Layer, run)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	t.recoded = nil
	for layer := range t.bulk {
		if err := t.endBulk(layer); err != nil {
			return err
		}
	}
	return nil
}

func (t *tx) Missing(ctx context.Context, layers []geo.Layer, codes []string) (missing []string, err error) {
	for _, code := range codes {
		found := false
		for _, layer := range layers {
			row, err := t.c.One(fmt.Sprintf("SELECT 1 FROM %s WHERE code = ?", geopackage.Quote(string(layer))), code)
			if err != nil {
				return nil, err
			}
			found = found || row != nil
		}
		if !found {
			missing = append(missing, code)
		}
	}
	return missing, ctx.Err()
}

func (t *tx) Referrer(_ context.Context, layer geo.Layer, field, code string) (int64, bool, error) {
	row, err := t.c.One(fmt.Sprintf("SELECT fid FROM %s WHERE %s = ? LIMIT 1", geopackage.Quote(string(layer)), geopackage.Quote(field)), code)
	if err != nil || row == nil {
		return 0, false, err
	}
	id, _ := row[0].(int64)
	return id, true, nil
}

func (t *tx) Log(_ context.Context, entries []data.Entry) error {
	for _, e := range entries {
		var key driver.Value
		if e.IdempotencyKey != "" {
			key = e.IdempotencyKey
		}
		err := t.c.Exec("INSERT INTO gridatlas_log VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
			e.Revision, e.At.UTC().Format(time.RFC3339), e.Author, e.Note, e.Source, int64(e.Changed), e.Hash[:], key)
		if err != nil {
			return err
		}
	}
	return nil
}

func (t *tx) SetHead(_ context.Context, head geo.Head) error {
	t.moved = true
	return t.c.Exec("UPDATE gridatlas_head SET epoch = ?, revision = ?, hash = ?", head.Epoch, head.Revision, head.Hash[:])
}
