package postgis

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"gridatlas/data"
	"gridatlas/data/internal/ledger"
	"gridatlas/geo"
)

// querier is a connection, a transaction or the pool.
type querier interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}

// view runs read in one transaction that sees the store at one instant. The
// context that read gets also ends with the store.
func (s *Store) view(ctx context.Context, doing string, read func(ctx context.Context, db pgx.Tx, head geo.Head) error) error {
	return s.during(ctx, func(ctx context.Context) error { return s.viewed(ctx, doing, read) })
}

func (s *Store) viewed(ctx context.Context, doing string, read func(ctx context.Context, db pgx.Tx, head geo.Head) error) error {
	within, err := s.beginTx(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly})
	if err != nil {
		return ours(ctx, doing, err)
	}
	defer rollback(ctx, within)
	head, err := readHead(ctx, within)
	if err != nil {
		return ours(ctx, doing, err)
	}
	if err := read(ctx, within, head); err != nil {
		return fmt.Errorf("%s: %w", doing, err)
	}
	return nil
}

// readHead leaves the error as the driver gave it.
func readHead(ctx context.Context, db querier) (geo.Head, error) {
	var head geo.Head
	var hash []byte
	err := db.QueryRow(ctx, `SELECT epoch, revision, hash FROM head`).Scan(&head.Epoch, &head.Revision, &hash)
	copy(head.Hash[:], hash)
	return head, err
}

// each hands over the rows of a query one by one, in binary form; the raw values
// are good until each returns.
func each(ctx context.Context, db querier, sql string, args []any, do func(raw [][]byte, types *pgtype.Map) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	binary := append([]any{pgx.QueryResultFormats{pgx.BinaryFormatCode}}, args...)
	rows, err := db.Query(ctx, sql, binary...)
	if err != nil {
		return ours(ctx, "read", err)
	}
	defer rows.Close()
	types := rows.Conn().TypeMap()
	for rows.Next() {
		if err := ctx.Err(); err != nil { // rows that have arrived would still come
			return err
		}
		if err := do(rows.RawValues(), types); err != nil {
			cancel() // else Close would read the rest of a whole city
			return err
		}
	}
	return ours(ctx, "read", rows.Err())
}

// read hands over the features of a layer that fit the rest of the query.
func (t *table) read(ctx context.Context, db querier, rest string, args []any, do func(geo.Feature) error) error {
	var reader *rowReader
	return each(ctx, db, `SELECT `+t.list+` FROM `+t.name()+` `+rest, args, func(raw [][]byte, types *pgtype.Map) error {
		if reader == nil {
			reader = newRowReader(t, types)
		}
		f, err := reader.feature(raw)
		if err != nil {
			return err
		}
		return do(f)
	})
}

// Load streams every live feature (see data.Store).
func (s *Store) Load(ctx context.Context, each func(geo.Feature) error) (geo.Head, error) {
	var stands geo.Head
	err := s.view(ctx, "load", func(ctx context.Context, db pgx.Tx, head geo.Head) error {
		stands = head
		return live(ctx, db, each)
	})
	if err != nil {
		return geo.Head{}, err
	}
	return stands, nil
}

// live reads every layer in order.
func live(ctx context.Context, db querier, each func(geo.Feature) error) error {
	for _, t := range tables {
		if err := t.read(ctx, db, `ORDER BY id`, nil, each); err != nil {
			return err
		}
	}
	return nil
}

// At gives what was live at a revision (see data.Store).
func (s *Store) At(ctx context.Context, revision int64, each func(geo.Feature) error) (geo.Head, error) {
	var then geo.Head
	err := s.view(ctx, fmt.Sprintf("read revision %d", revision), func(ctx context.Context, db pgx.Tx, head geo.Head) error {
		hash, err := hashOf(ctx, db, revision)
		if err != nil {
			return err
		}
		if then, err = ledger.HeadAt(head, revision, hash); err != nil {
			return err
		}
		return ledger.At(ctx, states{db}, revision, each)
	})
	if err != nil {
		return geo.Head{}, err
	}
	return then, nil
}

// states lends ledger.At and ledger.Deeds the rows of one reading transaction.
type states struct{ db querier }

func (s states) Past(ctx context.Context, revision int64, layer geo.Layer, after int64, limit int) (past []geo.Feature, err error) {
	err = eachPast(ctx, s.db, `WHERE layer = $1 AND id > $2 AND revision <= $3 AND ended > $3 ORDER BY id LIMIT $4`,
		[]any{string(layer), after, revision, limit}, func(p geo.Past, err error) error {
			past = append(past, p.Feature)
			return err
		})
	return past, err
}

func (s states) Live(ctx context.Context, revision int64, layer geo.Layer, after, upTo int64, each func(geo.Feature) error) error {
	t, err := tableOf(layer)
	if err != nil {
		return err
	}
	return t.read(ctx, s.db, `WHERE id > $1 AND id <= $2 AND revision <= $3 ORDER BY id`, []any{after, upTo, revision}, each)
}

// hashOf gives the hash of a revision, zero for one that the log does not have.
func hashOf(ctx context.Context, db querier, revision int64) (geo.Hash, error) {
	var hash geo.Hash
	var stored []byte
	err := db.QueryRow(ctx, `SELECT hash FROM log WHERE revision = $1`, revision).Scan(&stored)
	if errors.Is(err, pgx.ErrNoRows) {
		return hash, nil
	}
	copy(hash[:], stored)
	return hash, ours(ctx, "read the hash of a revision", err)
}

// Changes gives what is new since a revision (see data.Store).
func (s *Store) Changes(ctx context.Context, since int64) (geo.Delta, error) {
	delta := geo.Delta{Since: since}
	err := s.view(ctx, "read changes", func(ctx context.Context, db pgx.Tx, head geo.Head) error {
		delta.Head = head
		var err error
		if delta.SinceHash, err = hashOf(ctx, db, since); err != nil {
			return err
		}
		for _, t := range tables {
			err := t.read(ctx, db, `WHERE revision > $1 ORDER BY id`, []any{since}, func(f geo.Feature) error {
				delta.Changed = append(delta.Changed, f)
				return nil
			})
			if err != nil {
				return err
			}
		}
		gone := map[geo.Layer][]int64{}
		// What came after since is not told when it is gone again.
		rows, err := db.Query(ctx, `SELECT layer, id FROM history dead WHERE ended > $1 AND deleted AND EXISTS
			(SELECT FROM history born WHERE born.layer = dead.layer AND born.id = dead.id AND born.version = 1 AND born.revision <= $1)
			ORDER BY id`, since)
		if err != nil {
			return ours(ctx, "read deletions", err)
		}
		var layer string
		var id int64
		_, err = pgx.ForEachRow(rows, []any{&layer, &id}, func() error {
			gone[geo.Layer(layer)] = append(gone[geo.Layer(layer)], id)
			return nil
		})
		for _, t := range tables {
			for _, id := range gone[t.layer()] {
				delta.Deleted = append(delta.Deleted, geo.Key{Layer: t.layer(), ID: id})
			}
		}
		return ours(ctx, "read deletions", err)
	})
	if err != nil {
		return geo.Delta{}, err
	}
	return delta, nil
}

// Log gives the headers after a revision (see data.Store).
func (s *Store) Log(ctx context.Context, since int64, limit int) ([]geo.Header, error) {
	most := &limit
	if limit == 0 {
		most = nil
	}
	return s.headers(ctx, `revision > $1 ORDER BY revision LIMIT $2`, since, most)
}

// Headers gives the headers of some revisions (see data.Store).
func (s *Store) Headers(ctx context.Context, revisions []int64) ([]geo.Header, error) {
	return s.headers(ctx, `revision = ANY($1) ORDER BY revision`, revisions)
}

func (s *Store) headers(ctx context.Context, which string, args ...any) ([]geo.Header, error) {
	var headers []geo.Header
	err := s.view(ctx, "log", func(ctx context.Context, db pgx.Tx, _ geo.Head) error {
		entries, err := readLog(ctx, db, which, args...)
		for _, e := range entries {
			headers = append(headers, e.Header)
		}
		return err
	})
	return headers, err
}

// wholeLog is what readLog reads all of.
const wholeLog = `true ORDER BY revision`

func readLog(ctx context.Context, db querier, which string, args ...any) ([]data.Entry, error) {
	rows, err := db.Query(ctx, `SELECT revision, at, coalesce(author, ''), coalesce(note, ''), coalesce(source, ''), changed, hash, coalesce(idempotency_key, '')
		FROM log WHERE `+which, args...)
	if err != nil {
		return nil, ours(ctx, "read the log", err)
	}
	var entries []data.Entry
	var e data.Entry
	var at time.Time
	var hash []byte
	_, err = pgx.ForEachRow(rows, []any{&e.Revision, &at, &e.Author, &e.Note, &e.Source, &e.Changed, &hash, &e.IdempotencyKey}, func() error {
		e.At = at.UTC()
		copy(e.Hash[:], hash)
		entries = append(entries, e)
		return nil
	})
	return entries, ours(ctx, "read the log", err)
}

// Deeds gives what a change set did (see data.Store).
func (s *Store) Deeds(ctx context.Context, revision int64, beyond geo.Key, limit int) (deeds []geo.Deed, err error) {
	err = s.view(ctx, fmt.Sprintf("read what revision %d did", revision), func(ctx context.Context, db pgx.Tx, _ geo.Head) error {
		hash, err := hashOf(ctx, db, revision)
		if err != nil {
			return err
		}
		if hash == (geo.Hash{}) {
			return geo.ErrNotFound
		}
		deeds, err = ledger.Deeds(ctx, states{db}, revision, beyond, limit)
		return err
	})
	if err != nil {
		return nil, err
	}
	return deeds, nil
}

func (s states) Standing(ctx context.Context, revision int64, layer geo.Layer, beyond int64, limit int) (features []geo.Feature, err error) {
	t, err := tableOf(layer)
	if err != nil {
		return nil, err
	}
	err = t.read(ctx, s.db, `WHERE revision = $1 AND id > $2 ORDER BY id LIMIT $3`, []any{revision, beyond, limit}, func(f geo.Feature) error {
		features = append(features, f)
		return nil
	})
	return features, err
}

func (s states) Superseded(ctx context.Context, revision int64, layer geo.Layer, beyond int64, limit int) ([]geo.Past, error) {
	return s.past(ctx, `WHERE layer = $1 AND revision = $2 AND id > $3 ORDER BY id LIMIT $4`, layer, revision, beyond, limit)
}

func (s states) Ended(ctx context.Context, revision int64, layer geo.Layer, beyond int64, limit int) ([]geo.Past, error) {
	return s.past(ctx, `WHERE layer = $1 AND ended = $2 AND id > $3 ORDER BY id LIMIT $4`, layer, revision, beyond, limit)
}

func (s states) past(ctx context.Context, which string, layer geo.Layer, revision, beyond int64, limit int) (past []geo.Past, err error) {
	err = eachPast(ctx, s.db, which, []any{string(layer), revision, beyond, limit}, func(p geo.Past, err error) error {
		past = append(past, p)
		return err
	})
	return past, err
}

// History gives every state of one feature (see data.Store).
func (s *Store) History(ctx context.Context, key geo.Key) ([]geo.Past, error) {
	table, err := tableOf(key.Layer)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", err, geo.ErrNotFound)
	}
	var states []geo.Past
	err = s.view(ctx, "history of "+key.String(), func(ctx context.Context, db pgx.Tx, _ geo.Head) error {
		err := eachPast(ctx, db, `WHERE layer = $1 AND id = $2 ORDER BY version`, []any{string(key.Layer), key.ID}, func(p geo.Past, err error) error {
			states = append(states, p)
			return err
		})
		if err != nil {
			return err
		}
		return table.read(ctx, db, `WHERE id = $1`, []any{key.ID}, func(f geo.Feature) error {
			states = append(states, geo.Past{Feature: f})
			return nil
		})
	})
	if err == nil && len(states) == 0 {
		err = fmt.Errorf("history of %s: %w", key, geo.ErrNotFound)
	}
	return states, err
}

// eachPast hands over the superseded states that fit the rest of the query, or
// what is wrong with one: what the row says of a feature beside it must be true.
func eachPast(ctx context.Context, db querier, rest string, args []any, do func(geo.Past, error) error) error {
	const columns = `SELECT layer, revision, ended, deleted, feature::text, id, version, w, s, e, n FROM history `
	return each(ctx, db, columns+rest, args, func(raw [][]byte, _ *pgtype.Map) error {
		f, err := geo.ParseCanonical(geo.Layer(raw[0]), raw[4])
		if err != nil {
			return do(geo.Past{}, err)
		}
		base := f.Common()
		past := geo.Past{Feature: f, Deleted: raw[3][0] != 0}
		var id, version int64
		for i, number := range map[int]*int64{1: &base.Revision, 2: &past.Ended, 5: &id, 6: &version} {
			if *number, err = integer(raw[i], 8); err != nil {
				return err
			}
		}
		box, err := boxOf(raw[7:])
		if err != nil {
			return err
		}
		if id != base.ID || version != base.Version || box != base.Shape.Box() {
			return do(geo.Past{}, fmt.Errorf("a kept state of %v under another id or with another version or box", geo.KeyOf(f)))
		}
		return do(past, nil)
	})
}

// boxOf reads west, south, east and north; NULL is no box.
func boxOf(raw [][]byte) (geo.Box, error) {
	var sides [4]int32
	for i := range sides {
		if raw[i] == nil {
			return geo.NoBox, nil
		}
		side, err := integer(raw[i], 4)
		if err != nil {
			return geo.NoBox, err
		}
		sides[i] = int32(side)
	}
	return geo.Box{W: sides[0], S: sides[1], E: sides[2], N: sides[3]}, nil
}
