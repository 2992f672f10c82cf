package gpkg

import (
	"context"
	"crypto/sha256"
	"database/sql/driver"
	"fmt"
	"slices"
	"time"

	"gridatlas/data"
	"gridatlas/data/internal/ledger"
	"gridatlas/geo"
)

// stepsBetweenLooks is how many rows pass between two looks at the context.
const stepsBetweenLooks = 1000

// looking wraps a row function so that it ends with the context.
func looking(ctx context.Context, each func(row []driver.Value) error) func([]driver.Value) error {
	n := 0
	return func(row []driver.Value) error {
		if n%stepsBetweenLooks == 0 && ctx.Err() != nil {
			return context.Cause(ctx)
		}
		n++
		return each(row)
	}
}

// Load gives every live feature at one instant. See data.Store.
func (s *Store) Load(ctx context.Context, each func(geo.Feature) error) (head geo.Head, err error) {
	err = s.read(ctx, func(ctx context.Context, c session) error {
		if head, err = c.head(); err != nil {
			return err
		}
		return c.live(ctx, each)
	})
	return head, describe("load", err)
}

// live reads every layer in order.
func (c session) live(ctx context.Context, each func(geo.Feature) error) error {
	for _, t := range tableOrder {
		err := c.Query(t.selectAll+" ORDER BY fid", nil, looking(ctx, func(row []driver.Value) error {
			f, err := t.feature(row)
			if err != nil {
				return err
			}
			return each(f)
		}))
		if err != nil {
			return err
		}
	}
	return nil
}

func describe(what string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", what, err)
}

// At gives what was live at a revision. See data.Store.
func (s *Store) At(ctx context.Context, revision int64, each func(geo.Feature) error) (then geo.Head, err error) {
	err = s.read(ctx, func(ctx context.Context, c session) error {
		head, err := c.head()
		if err != nil {
			return err
		}
		hash, err := c.hashOf(revision)
		if err != nil {
			return err
		}
		if then, err = ledger.HeadAt(head, revision, hash); err != nil {
			return err
		}
		return ledger.At(ctx, states{c}, revision, each)
	})
	if err != nil {
		return geo.Head{}, fmt.Errorf("read revision %d: %w", revision, err)
	}
	return then, nil
}

// states lends ledger.At and ledger.Deeds the rows of one reading transaction.
type states struct{ c session }

func (s states) Past(ctx context.Context, revision int64, layer geo.Layer, after int64, limit int) (past []geo.Feature, err error) {
	const query = pastColumns + " WHERE layer = ? AND id > ? AND revision <= ? AND ended > ? ORDER BY id LIMIT ?"
	args := []driver.Value{string(layer), after, revision, revision, int64(limit)}
	err = s.c.Query(query, args, looking(ctx, func(row []driver.Value) error {
		p, err := pastOf(row)
		past = append(past, p.Feature)
		return err
	}))
	return past, err
}

func (s states) Live(ctx context.Context, revision int64, layer geo.Layer, after, upTo int64, each func(geo.Feature) error) error {
	t := tables[layer]
	return s.c.Query(t.selectAll+" WHERE fid > ? AND fid <= ? AND +revision <= ? ORDER BY fid", []driver.Value{after, upTo, revision},
		looking(ctx, func(row []driver.Value) error {
			f, err := t.feature(row)
			if err != nil {
				return err
			}
			return each(f)
		}))
}

// Changes gives what happened after a revision. See data.Store. A feature that
// was inserted and deleted in between is not mentioned: who stands at `since`
// never saw it.
func (s *Store) Changes(ctx context.Context, since int64) (geo.Delta, error) {
	delta := geo.Delta{Since: since}
	err := s.read(ctx, func(ctx context.Context, c session) (err error) {
		if delta.Head, err = c.head(); err != nil {
			return err
		}
		if delta.SinceHash, err = c.hashOf(since); err != nil || since >= delta.Head.Revision {
			return err
		}
		for _, t := range tableOrder {
			// The plus keeps SQLite from going through the whole layer in order of fid.
			err := c.Query(t.selectAll+" WHERE revision > ? ORDER BY +fid", []driver.Value{since}, looking(ctx, func(row []driver.Value) error {
				f, err := t.feature(row)
				delta.Changed = append(delta.Changed, f)
				return err
			}))
			if err != nil {
				return err
			}
		}
		const gone = `SELECT layer, id FROM gridatlas_history AS last WHERE ended > ?1 AND deleted AND EXISTS (
			SELECT 1 FROM gridatlas_history AS held
			WHERE held.layer = last.layer AND held.id = last.id AND held.revision <= ?1 AND held.ended > ?1)`
		return c.Query(gone, []driver.Value{since}, looking(ctx, func(row []driver.Value) error {
			layer, _ := row[0].(string)
			id, _ := row[1].(int64)
			delta.Deleted = append(delta.Deleted, geo.Key{Layer: geo.Layer(layer), ID: id})
			return nil
		}))
	})
	if err != nil {
		return geo.Delta{}, describe("read changes", err)
	}
	return delta, nil
}

// Log gives the headers of change sets after a revision. See data.Store.
func (s *Store) Log(ctx context.Context, since int64, limit int) (log []geo.Header, err error) {
	err = s.read(ctx, func(ctx context.Context, c session) error {
		return c.log(ctx, since, limit, func(e data.Entry) error { log = append(log, e.Header); return nil })
	})
	return log, describe("read the log", err)
}

// Headers gives the headers of some revisions. See data.Store.
func (s *Store) Headers(ctx context.Context, revisions []int64) (headers []geo.Header, err error) {
	err = s.read(ctx, func(ctx context.Context, c session) error {
		for _, revision := range slices.Compact(slices.Sorted(slices.Values(revisions))) {
			if err := c.entries(ctx, "revision = ?", []driver.Value{revision}, func(e data.Entry) error { headers = append(headers, e.Header); return nil }); err != nil {
				return err
			}
		}
		return nil
	})
	return headers, describe("read the log", err)
}

// log reads the entries after a revision, as many as limit; 0: all.
func (c session) log(ctx context.Context, since int64, limit int, each func(data.Entry) error) error {
	if limit == 0 {
		limit = -1 // none, to SQLite
	}
	return c.entries(ctx, "revision > ? ORDER BY revision LIMIT ?", []driver.Value{since, int64(limit)}, each)
}

func (c session) entries(ctx context.Context, which string, args []driver.Value, each func(data.Entry) error) error {
	const query = "SELECT revision, at, author, note, source, changed, hash, idempotency_key FROM gridatlas_log WHERE "
	return c.Query(query+which, args, looking(ctx, func(row []driver.Value) error {
		var e data.Entry
		var at string
		var changed int64
		var hash []byte
		var ok [8]bool
		e.Revision, ok[0] = row[0].(int64)
		at, ok[1] = row[1].(string)
		e.Author, ok[2] = row[2].(string)
		e.Note, ok[3] = row[3].(string)
		e.Source, ok[4] = row[4].(string)
		changed, ok[5] = row[5].(int64)
		hash, ok[6] = row[6].([]byte)
		e.IdempotencyKey, ok[7] = row[7].(string)
		ok[7] = ok[7] || row[7] == nil
		moment, err := time.Parse(time.RFC3339, at)
		if ok != [8]bool{true, true, true, true, true, true, true, true} || err != nil || len(hash) != sha256.Size {
			return fmt.Errorf("the log entry of revision %v cannot be read", row[0])
		}
		e.At, e.Changed, e.Hash = moment, int(changed), geo.Hash(hash)
		return each(e)
	}))
}

// Deeds gives what a change set did. See data.Store.
func (s *Store) Deeds(ctx context.Context, revision int64, beyond geo.Key, limit int) (deeds []geo.Deed, err error) {
	err = s.read(ctx, func(ctx context.Context, c session) error {
		hash, err := c.hashOf(revision)
		if err != nil {
			return err
		}
		if hash == (geo.Hash{}) {
			return geo.ErrNotFound
		}
		deeds, err = ledger.Deeds(ctx, states{c}, revision, beyond, limit)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read what revision %d did: %w", revision, err)
	}
	return deeds, nil
}

func (s states) Standing(ctx context.Context, revision int64, layer geo.Layer, beyond int64, limit int) (features []geo.Feature, err error) {
	t := tables[layer]
	err = s.c.Query(t.selectAll+" WHERE revision = ? AND fid > ? ORDER BY fid LIMIT ?", []driver.Value{revision, beyond, int64(limit)},
		looking(ctx, func(row []driver.Value) error {
			f, err := t.feature(row)
			features = append(features, f)
			return err
		}))
	return features, err
}

func (s states) Superseded(ctx context.Context, revision int64, layer geo.Layer, beyond int64, limit int) ([]geo.Past, error) {
	return s.past(ctx, " WHERE revision = ? AND layer = ? AND id > ? ORDER BY id LIMIT ?", revision, layer, beyond, limit)
}

func (s states) Ended(ctx context.Context, revision int64, layer geo.Layer, beyond int64, limit int) ([]geo.Past, error) {
	return s.past(ctx, " WHERE ended = ? AND layer = ? AND id > ? ORDER BY id LIMIT ?", revision, layer, beyond, limit)
}

func (s states) past(ctx context.Context, which string, revision int64, layer geo.Layer, beyond int64, limit int) (past []geo.Past, err error) {
	args := []driver.Value{revision, string(layer), beyond, int64(limit)}
	err = s.c.Query(pastColumns+which, args, looking(ctx, func(row []driver.Value) error {
		p, err := pastOf(row)
		past = append(past, p)
		return err
	}))
	return past, err
}

// History gives every state of one feature. See data.Store.
func (s *Store) History(ctx context.Context, key geo.Key) (states []geo.Past, err error) {
	t, ok := tables[key.Layer]
	if !ok {
		return nil, fmt.Errorf("history of %v: %w", key, geo.ErrNotFound)
	}
	err = s.read(ctx, func(_ context.Context, c session) error {
		const query = pastColumns + " WHERE layer = ? AND id = ? ORDER BY revision"
		if err := c.Query(query, []driver.Value{string(key.Layer), key.ID}, func(row []driver.Value) error {
			past, err := pastOf(row)
			states = append(states, past)
			return err
		}); err != nil {
			return err
		}
		return c.Query(t.selectAll+" WHERE fid = ?", []driver.Value{key.ID}, func(row []driver.Value) error {
			f, err := t.feature(row)
			states = append(states, geo.Past{Feature: f})
			return err
		})
	})
	if err == nil && len(states) == 0 {
		err = geo.ErrNotFound
	}
	if err != nil {
		return nil, fmt.Errorf("history of %v: %w", key, err)
	}
	return states, nil
}

const pastColumns = "SELECT layer, revision, ended, deleted, feature, id, w, s, e, n FROM gridatlas_history"

// pastOf reads a row of pastColumns. What the row says of a feature beside it must
// be true of it.
func pastOf(row []driver.Value) (geo.Past, error) {
	layer, _ := row[0].(string)
	text, _ := row[4].([]byte)
	f, err := geo.ParseCanonical(geo.Layer(layer), text)
	if err != nil {
		return geo.Past{}, err
	}
	base := f.Common()
	var ok [3]bool
	var deleted int64
	past := geo.Past{Feature: f}
	base.Revision, ok[0] = row[1].(int64)
	past.Ended, ok[1] = row[2].(int64)
	deleted, ok[2] = row[3].(int64)
	if ok != [3]bool{true, true, true} || deleted>>1 != 0 {
		return geo.Past{}, fmt.Errorf("a kept state of %v without its revisions", geo.KeyOf(f))
	}
	past.Deleted = deleted != 0
	sides := boxOf(f)
	if row[5] != base.ID || row[6] != sides[0] || row[7] != sides[1] || row[8] != sides[2] || row[9] != sides[3] {
		return geo.Past{}, fmt.Errorf("a kept state of %v under another id or with another box", geo.KeyOf(f))
	}
	return past, nil
}

// boxOf gives west, south, east and north on the lattice, null without a place.
func boxOf(f geo.Feature) (sides [4]driver.Value) {
	if box := f.Common().Shape.Box(); !box.Empty() {
		sides = [4]driver.Value{int64(box.W), int64(box.S), int64(box.E), int64(box.N)}
	}
	return sides
}
