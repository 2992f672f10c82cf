package postgis

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"strconv"

	"github.com/jackc/pgx/v5"

	"gridatlas/data"
	"gridatlas/geo"
	"gridatlas/geo/crs"
)

// tx is the ledger's view of one transaction. Writes
// are buffered and go out in few large statements; whatever reads empties the
// buffers first.
type tx struct {
	pgx   pgx.Tx
	head  geo.Head
	wrote bool // there is something to commit

	changes pgx.Batch                   // updates and deletes, in order
	past    []geo.Past                  // rows for history
	inserts map[geo.Layer][]geo.Feature // rows for COPY
	size    int                         // rows in all three
	recoded []geo.Feature               // written without their codes, which Flush writes

	counters map[geo.Layer]int64 // before the set
	inserted map[geo.Layer]int   // rows of this set, for the indexes
}

// maxBuffered is how many rows wait at most. A larger COPY is hardly faster, and
// the rows must be held until it is done.
const maxBuffered = 10_000

// manyRows is how many inserted rows make a layer's planner statistics worth
// renewing at once instead of by the next autovacuum.
const manyRows = 10_000

func (t *tx) Head(context.Context) (geo.Head, error) { return t.head, nil }

func (t *tx) Applied(ctx context.Context, key string) (geo.Head, bool, error) {
	head := geo.Head{Epoch: t.head.Epoch}
	var hash []byte
	err := t.pgx.QueryRow(ctx, `SELECT revision, hash FROM log WHERE idempotency_key = $1`, key).Scan(&head.Revision, &hash)
	if errors.Is(err, pgx.ErrNoRows) {
		return geo.Head{}, false, nil
	}
	copy(head.Hash[:], hash)
	return head, err == nil, ours(ctx, "look for the idempotency key", err)
}

// Changed compares boxes exactly. PostGIS's && works on boxes rounded outward to
// float32, about a metre, and only finds the rows to compare; its doubles are the
// ones that crs.ToDegrees gives, so comparing them is comparing lattice points.
func (t *tx) Changed(ctx context.Context, since int64, layer geo.Layer, box geo.Box) (bool, error) {
	table, err := tableOf(layer)
	if err != nil || box.Empty() {
		return false, err
	}
	if err := t.drain(ctx); err != nil {
		return false, err
	}
	var changed bool
	err = t.pgx.QueryRow(ctx, `SELECT EXISTS (SELECT FROM history
		WHERE layer = $1 AND ended > $2 AND w <= $3 AND $4 <= e AND s <= $5 AND $6 <= n)`,
		layer, since, box.E, box.W, box.N, box.S).Scan(&changed)
	if err == nil && !changed && table.shaped {
		w, s := crs.ToDegrees(geo.Point{X: box.W, Y: box.S})
		e, n := crs.ToDegrees(geo.Point{X: box.E, Y: box.N})
		err = t.pgx.QueryRow(ctx, `SELECT EXISTS (SELECT FROM `+table.name()+`
			WHERE revision > $1 AND geom && ST_MakeEnvelope($2, $3, $4, $5, 4326)
			AND ST_XMin(geom) <= $4 AND $2 <= ST_XMax(geom) AND ST_YMin(geom) <= $5 AND $3 <= ST_YMax(geom))`,
			since, w, s, e, n).Scan(&changed)
	}
	return changed, ours(ctx, "look for changes since the base", err)
}

func (t *tx) Counters(ctx context.Context) (last map[geo.Layer]int64, err error) {
	last, err = readCounters(ctx, t.pgx)
	t.counters = maps.Clone(last)
	return last, err
}

func readCounters(ctx context.Context, db querier) (map[geo.Layer]int64, error) {
	rows, err := db.Query(ctx, `SELECT layer, last FROM counters`)
	if err != nil {
		return nil, ours(ctx, "read the counters", err)
	}
	last := map[geo.Layer]int64{}
	var layer string
	var id int64
	_, err = pgx.ForEachRow(rows, []any{&layer, &id}, func() error {
		last[geo.Layer(layer)] = id
		return nil
	})
	return last, ours(ctx, "read the counters", err)
}

func (t *tx) SetCounters(ctx context.Context, last map[geo.Layer]int64) error {
	var layers []string
	var ids []int64
	for layer, id := range last {
		layers, ids = append(layers, string(layer)), append(ids, id)
	}
	_, err := t.pgx.Exec(ctx, `INSERT INTO counters (layer, last) SELECT * FROM unnest($1::text[], $2::bigint[])
		ON CONFLICT (layer) DO UPDATE SET last = excluded.last WHERE counters.last <> excluded.last`, layers, ids)
	return ours(ctx, "write the counters", err)
}

func (t *tx) Read(ctx context.Context, layer geo.Layer, ids []int64) ([]geo.Feature, error) {
	table, err := tableOf(layer)
	if err != nil {
		return nil, err
	}
	if err := t.drain(ctx); err != nil {
		return nil, err
	}
	features := make([]geo.Feature, 0, len(ids))
	err = table.read(ctx, t.pgx, `WHERE id = ANY($1)`, []any{ids}, func(f geo.Feature) error {
		features = append(features, f)
		return nil
	})
	return features, err
}

func (t *tx) Insert(ctx context.Context, features []geo.Feature) error {
	if t.inserts == nil {
		t.inserts, t.inserted = map[geo.Layer][]geo.Feature{}, map[geo.Layer]int{}
	}
	for _, f := range features {
		t.inserts[f.Layer()] = append(t.inserts[f.Layer()], f)
		t.inserted[f.Layer()]++
	}
	return t.buffered(ctx, len(features))
}

func (t *tx) Update(ctx context.Context, features []geo.Feature) error {
	return t.update(ctx, features, false)
}

func (t *tx) Recode(ctx context.Context, features []geo.Feature) error {
	t.recoded = append(t.recoded, features...)
	return t.update(ctx, features, true)
}

// update writes rows over those that stand, without their codes if those come
// later.
func (t *tx) update(ctx context.Context, features []geo.Feature, codesLater bool) error {
	for _, f := range features {
		table, err := tableOf(f.Layer())
		if err != nil {
			return err
		}
		row := table.values(nil, f)
		if codesLater {
			for _, column := range table.unique {
				row[column] = nil
			}
		}
		t.changes.Queue(table.update, row...)
	}
	return t.buffered(ctx, len(features))
}

// writeCodes gives recoded features their codes.
func (t *tx) writeCodes(ctx context.Context) error {
	var codes pgx.Batch
	for _, f := range t.recoded {
		table, err := tableOf(f.Layer())
		if err != nil {
			return err
		}
		row := []any{f.Common().ID}
		for _, field := range table.schema.UniqueFields() {
			row = append(row, field.Get(f))
		}
		codes.Queue(table.recode, row...)
	}
	t.recoded = nil
	if codes.Len() == 0 {
		return nil
	}
	return ours(ctx, "write new codes", t.pgx.SendBatch(ctx, &codes).Close())
}

func (t *tx) Delete(ctx context.Context, keys []geo.Key) error {
	ids := map[geo.Layer][]int64{}
	for _, key := range keys {
		ids[key.Layer] = append(ids[key.Layer], key.ID)
	}
	for layer, list := range ids {
		table, err := tableOf(layer)
		if err != nil {
			return err
		}
		t.changes.Queue(`DELETE FROM `+table.name()+` WHERE id = ANY($1)`, list)
	}
	return t.buffered(ctx, len(keys))
}

func (t *tx) Keep(ctx context.Context, past []geo.Past) error {
	t.past = append(t.past, past...)
	return t.buffered(ctx, len(past))
}

func (t *tx) buffered(ctx context.Context, rows int) error {
	if t.size += rows; t.size < maxBuffered {
		return nil
	}
	return t.drain(ctx)
}

// drain empties the buffers: a code that a delete or an update frees may be
// taken by an insert.
func (t *tx) drain(ctx context.Context) error {
	if t.size == 0 {
		return nil
	}
	if t.changes.Len() > 0 {
		err := t.pgx.SendBatch(ctx, &t.changes).Close()
		if err != nil {
			return ours(ctx, "write changed features", err)
		}
		t.changes = pgx.Batch{}
	}
	if err := t.copyPast(ctx); err != nil {
		return err
	}
	for _, table := range tables {
		if err := t.copyInserts(ctx, table); err != nil {
			return err
		}
	}
	t.size = 0
	return nil
}

func (t *tx) copyInserts(ctx context.Context, table *table) error {
	features := t.inserts[table.layer()]
	if len(features) == 0 {
		return nil
	}
	row := make([]any, 0, len(table.columns))
	next := 0
	source := pgx.CopyFromFunc(func() ([]any, error) {
		if next == len(features) {
			return nil, nil
		}
		row = table.values(row[:0], features[next])
		next++
		return row, nil
	})
	_, err := t.pgx.CopyFrom(ctx, pgx.Identifier{string(table.layer())}, table.columns, source)
	t.inserts[table.layer()] = nil
	return ours(ctx, "write new features of "+string(table.layer()), err)
}

var historyColumns = []string{"layer", "id", "version", "revision", "ended", "deleted", "w", "s", "e", "n", "feature"}

func (t *tx) copyPast(ctx context.Context) error {
	if len(t.past) == 0 {
		return nil
	}
	_, err := t.pgx.CopyFrom(ctx, pgx.Identifier{"history"}, historyColumns, pgx.CopyFromSlice(len(t.past), func(i int) ([]any, error) {
		past := t.past[i]
		base := past.Feature.Common()
		row := []any{string(past.Feature.Layer()), base.ID, base.Version, base.Revision, past.Ended, past.Deleted, nil, nil, nil, nil,
			json.RawMessage(geo.AppendCanonical(nil, past.Feature))}
		if box := base.Shape.Box(); !box.Empty() {
			row[6], row[7], row[8], row[9] = box.W, box.S, box.E, box.N
		}
		return row, nil
	}))
	t.past = nil
	return ours(ctx, "keep superseded features", err)
}

// Flush also builds the indexes of layers that this set is the first to fill.
func (t *tx) Flush(ctx context.Context) error {
	if err := t.drain(ctx); err != nil {
		return err
	}
	if err := t.writeCodes(ctx); err != nil {
		return err
	}
	for _, table := range tables {
		n := t.inserted[table.layer()]
		if n == 0 {
			continue
		}
		if t.counters[table.layer()] == 0 {
			if _, err := t.pgx.Exec(ctx, table.indexDDL(), pgx.QueryExecModeSimpleProtocol); err != nil {
				return ours(ctx, fmt.Sprintf("build the indexes of %s", table.layer()), err)
			}
		}
		if n >= manyRows {
			if _, err := t.pgx.Exec(ctx, `ANALYZE `+table.name()); err != nil {
				return ours(ctx, fmt.Sprintf("analyze %s", table.layer()), err)
			}
		}
	}
	return nil
}

func (t *tx) Missing(ctx context.Context, layers []geo.Layer, codes []string) ([]string, error) {
	if err := t.drain(ctx); err != nil {
		return nil, err
	}
	sql := `SELECT wanted FROM unnest($1::text[]) wanted WHERE true`
	for _, layer := range layers {
		table, err := tableOf(layer)
		if err != nil {
			return nil, err
		}
		sql += ` AND NOT EXISTS (SELECT FROM ` + table.name() + ` WHERE code = wanted)`
	}
	rows, err := t.pgx.Query(ctx, sql, codes)
	if err != nil {
		return nil, ours(ctx, "look for references", err)
	}
	missing, err := pgx.CollectRows(rows, pgx.RowTo[string])
	return missing, ours(ctx, "look for references", err)
}

func (t *tx) Referrer(ctx context.Context, layer geo.Layer, field, code string) (int64, bool, error) {
	table, err := tableOf(layer)
	if err != nil {
		return 0, false, err
	}
	if err := t.drain(ctx); err != nil {
		return 0, false, err
	}
	var id int64
	err = t.pgx.QueryRow(ctx, `SELECT id FROM `+table.name()+` WHERE `+quote(field)+` = $1 ORDER BY id LIMIT 1`, code).Scan(&id)
	if errors.Is(err, pgx.ErrNoRows) {
		return 0, false, nil
	}
	return id, err == nil, ours(ctx, "look for who names the code", err)
}

func (t *tx) Log(ctx context.Context, entries []data.Entry) error {
	var batch pgx.Batch
	for _, e := range entries {
		batch.Queue(`INSERT INTO log (revision, at, author, note, source, changed, hash, idempotency_key)
			VALUES ($1, $2, nullif($3, ''), nullif($4, ''), nullif($5, ''), $6, $7, nullif($8, ''))`,
			e.Revision, e.At, e.Author, e.Note, e.Source, e.Changed, e.Hash[:], e.IdempotencyKey)
	}
	return ours(ctx, "write the log", t.pgx.SendBatch(ctx, &batch).Close())
}

// SetHead also tells the listeners, who hear it when the transaction commits.
func (t *tx) SetHead(ctx context.Context, head geo.Head) error {
	t.wrote = true
	var batch pgx.Batch
	batch.Queue(`UPDATE head SET epoch = $1, revision = $2, hash = $3`, head.Epoch, head.Revision, head.Hash[:])
	batch.Queue(`SELECT pg_notify(current_schema(), $1)`, strconv.FormatInt(head.Revision, 10))
	return ours(ctx, "write the head", t.pgx.SendBatch(ctx, &batch).Close())
}
