// Package ledger is the one algorithm by which both stores apply a change set
// and check the audit chain. A store lends it a transaction; what SQL to speak
// is the store's own affair.
package ledger

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"gridatlas/data"
	"gridatlas/geo"
)

// Tx is one open write transaction of a store. The store begins, commits and
// rolls back.
type Tx interface {
	// Head reads the head row, which is locked from the first call until the
	// transaction ends; RecordsOnly sets may go without the lock.
	Head(ctx context.Context) (geo.Head, error)
	// Applied answers the head that a change set with this idempotency key made.
	Applied(ctx context.Context, key string) (head geo.Head, found bool, err error)
	// Changed reports whether a feature of the layer that lies or lay in the box
	// was written or deleted after a revision.
	Changed(ctx context.Context, since int64, layer geo.Layer, box geo.Box) (bool, error)
	// Counters gives the last id given in each layer; SetCounters keeps them.
	Counters(ctx context.Context) (map[geo.Layer]int64, error)
	SetCounters(ctx context.Context, last map[geo.Layer]int64) error
	// Read gives the live features of these ids, in any order, absent ones left
	// out.
	Read(ctx context.Context, layer geo.Layer, ids []int64) ([]geo.Feature, error)
	// Insert, Update and Delete write live rows; Keep writes superseded rows. A
	// code or booth number that another feature holds is *geo.Violation with the
	// rule code_taken, from the call or from a later one. Recode is Update for
	// features that take another code or number: they get it in Flush, when all
	// others have given up theirs, so that features may swap. Stores may buffer;
	// Flush empties every buffer.
	Insert(ctx context.Context, features []geo.Feature) error
	Update(ctx context.Context, features []geo.Feature) error
	Recode(ctx context.Context, features []geo.Feature) error
	Delete(ctx context.Context, keys []geo.Key) error
	Keep(ctx context.Context, past []geo.Past) error
	Flush(ctx context.Context) error
	// Missing gives those of the codes that no live feature of the layers has.
	Missing(ctx context.Context, layers []geo.Layer, codes []string) ([]string, error)
	// Referrer finds a live feature whose field holds the code.
	Referrer(ctx context.Context, layer geo.Layer, field, code string) (id int64, found bool, err error)
	// Log appends entries to the log. SetHead writes the new head, which watchers
	// hear of when the transaction commits.
	Log(ctx context.Context, entries []data.Entry) error
	SetHead(ctx context.Context, head geo.Head) error
	// RecordHead reads where the records stand and locks it until the transaction
	// ends; SetRecordHead keeps it.
	RecordHead(ctx context.Context) (RecordHead, error)
	SetRecordHead(ctx context.Context, head RecordHead) error
	// StandingRecords gives those of the records that are there. Their values may
	// be left out.
	StandingRecords(ctx context.Context, names []RecordName) (map[RecordName]StoredRecord, error)
	// PutRecords writes records over those that are there; DeleteRecords removes
	// some that are. No name occurs twice in one call.
	PutRecords(ctx context.Context, records []StoredRecord) error
	DeleteRecords(ctx context.Context, names []RecordName) error
	// Clear removes every feature, live and superseded, the log, the counters and
	// the records, for Fill.
	Clear(ctx context.Context) error
}

// RecordsOnly reports whether a set touches no feature and looks at none, so that
// it need not wait for those that do.
func RecordsOnly(set geo.ChangeSet) bool { return set.Changes == nil && len(set.Relies) == 0 }

// batch is how many changes are read and written at once: large enough to hide
// round trips, small enough to keep a streamed city out of memory.
const batch = 1000

// Apply carries out one change set inside tx. The store commits when the error
// is nil, and rolls back otherwise.
func Apply(ctx context.Context, tx Tx, set geo.ChangeSet) (geo.Head, error) {
	for _, text := range []string{set.IdempotencyKey, set.Author, set.Note, set.Source} {
		if !utf8.ValidString(text) || strings.ContainsRune(text, 0) {
			return geo.Head{}, fmt.Errorf("%q in the head of a change set is not text: it is not UTF-8 or has a NUL", text)
		}
	}
	head, err := tx.Head(ctx)
	if err != nil {
		return geo.Head{}, err
	}
	if set.IdempotencyKey != "" {
		first, found, err := tx.Applied(ctx, set.IdempotencyKey)
		if err != nil || found {
			return first, err
		}
	}
	if err := checkReliances(ctx, tx, head, set); err != nil {
		return geo.Head{}, err
	}
	counters, err := tx.Counters(ctx)
	if err != nil {
		return geo.Head{}, err
	}
	if set.At.IsZero() {
		set.At = time.Now()
	}
	w := &writer{
		tx:       tx,
		revision: head.Revision + 1,
		reverts:  set.Reverts,
		at:       geo.InstantOf(set.At),
		counters: counters,
		seen:     map[geo.Key]bool{},
		refs:     map[reference]origin{},
		freed:    map[geo.Layer]map[string]int64{},
	}
	if err := w.writeAll(ctx, set); err != nil {
		return geo.Head{}, err
	}
	if err := w.checkReferences(ctx); err != nil {
		return geo.Head{}, err
	}
	if err := w.checkFreed(ctx); err != nil {
		return geo.Head{}, err
	}
	if err := applyRecords(ctx, tx, set.Records); err != nil {
		return geo.Head{}, err
	}
	if len(w.digests) == 0 {
		return head, nil
	}
	if err := tx.SetCounters(ctx, w.counters); err != nil {
		return geo.Head{}, err
	}
	header := geo.Header{
		Revision: w.revision,
		At:       set.At.UTC().Truncate(time.Second),
		Author:   set.Author,
		Note:     set.Note,
		Source:   set.Source,
		Changed:  len(w.digests),
	}
	header.Hash = link(head.Hash, header, w.digests)
	next := geo.Head{Epoch: head.Epoch, Revision: w.revision, Hash: header.Hash}
	if err := tx.Log(ctx, []data.Entry{{Header: header, IdempotencyKey: set.IdempotencyKey}}); err != nil {
		return geo.Head{}, err
	}
	return next, tx.SetHead(ctx, next)
}

func checkReliances(ctx context.Context, tx Tx, head geo.Head, set geo.ChangeSet) error {
	if len(set.Relies) == 0 || set.Base == head.Revision {
		return nil
	}
	stale := &geo.Stale{}
	for _, r := range set.Relies {
		changed := set.Base > head.Revision // the base is of a history that was lost
		if !changed {
			var err error
			if changed, err = tx.Changed(ctx, set.Base, r.Layer, r.Box); err != nil {
				return err
			}
		}
		if changed && !slices.Contains(stale.Layers, r.Layer) {
			stale.Layers = append(stale.Layers, r.Layer)
		}
	}
	if len(stale.Layers) > 0 {
		return stale
	}
	return nil
}

// reference is a code that some changed feature names; origin is the first one
// that does, for the error.
type reference struct {
	layers string // joined, so that it can be a map key
	code   string
}

type origin struct {
	layers []geo.Layer
	key    geo.Key
	field  string
}

type writer struct {
	tx       Tx
	revision int64
	reverts  int64
	at       geo.Instant
	counters map[geo.Layer]int64
	seen     map[geo.Key]bool // replaced or deleted in this set
	digests  []digest
	refs     map[reference]origin
	freed    map[geo.Layer]map[string]int64 // codes given up, and the features that had them
	conflict geo.Conflict
}

func (w *writer) writeAll(ctx context.Context, set geo.ChangeSet) error {
	pending := make([]geo.Change, 0, batch)
	if set.Changes != nil {
		for change, err := range set.Changes {
			if err == nil {
				err = ctx.Err()
			}
			if err != nil {
				return err
			}
			if _, known := geo.SchemaOf(change.Key.Layer); !known {
				return fmt.Errorf("no layer %q", change.Key.Layer)
			}
			pending = append(pending, change)
			if len(pending) == batch {
				if err := w.write(ctx, pending); err != nil {
					return err
				}
				pending = pending[:0]
			}
		}
	}
	if err := w.write(ctx, pending); err != nil {
		return err
	}
	if len(w.conflict.Keys) > 0 {
		return &w.conflict
	}
	return w.tx.Flush(ctx)
}

// write carries out one batch. Conflicts are gathered over the whole set, so
// that the writer learns all of them at once.
func (w *writer) write(ctx context.Context, changes []geo.Change) error {
	standing, err := w.standing(ctx, changes)
	if err != nil {
		return err
	}
	var inserted, updated, recoded []geo.Feature
	var deleted []geo.Key
	var past []geo.Past
	for _, change := range changes {
		if change.Key.ID == 0 && change.After == nil {
			return errors.New("a change with neither id nor feature")
		}
		if change.After != nil {
			if change.After.Layer() != change.Key.Layer {
				return fmt.Errorf("a feature of %s in a change of %s", change.After.Layer(), change.Key.Layer)
			}
			if violation := geo.CheckFields(change.After); violation != nil {
				return violation
			}
		}
		if change.Key.ID == 0 {
			w.counters[change.Key.Layer]++
			w.stamp(change.After, w.counters[change.Key.Layer], 1)
			inserted = append(inserted, change.After)
			continue
		}
		if w.seen[change.Key] {
			return &geo.Violation{Rule: "changed_twice", Layer: change.Key.Layer, ID: change.Key.ID, Detail: "occurs twice in one change set"}
		}
		w.seen[change.Key] = true
		before := standing[change.Key]
		if before == nil || before.Common().Version != change.Expect {
			w.conflict.Keys = append(w.conflict.Keys, change.Key)
			w.conflict.Theirs = append(w.conflict.Theirs, before)
			continue
		}
		if violation := w.checkSpent(before, change.After); violation != nil {
			return violation
		}
		past = append(past, geo.Past{Feature: before, Ended: w.revision, Deleted: change.After == nil})
		if change.After == nil {
			deleted = append(deleted, change.Key)
			w.digests = append(w.digests, deletion(change.Key))
			continue
		}
		w.stamp(change.After, change.Key.ID, change.Expect+1)
		if takesCode(before, change.After) {
			recoded = append(recoded, change.After)
		} else {
			updated = append(updated, change.After)
		}
	}
	if len(w.conflict.Keys) > 0 {
		return nil // nothing more is written; the rest is only read for conflicts
	}
	return beside( // both end before the caller has its features back, also when a write fails
		func() error { return w.writeRows(ctx, past, deleted, recoded, updated, inserted) },
		func() { w.digest(inserted, updated, recoded) })
}

// takesCode reports whether a feature takes a unique value that it did not have.
func takesCode(before, after geo.Feature) bool {
	for _, field := range geo.MustSchema(after.Layer()).UniqueFields() {
		if value := field.Get(after); value != nil && value != field.Get(before) {
			return true
		}
	}
	return false
}

func (w *writer) writeRows(ctx context.Context, past []geo.Past, deleted []geo.Key, recoded, updated, inserted []geo.Feature) error {
	if err := w.tx.Keep(ctx, past); err != nil {
		return err
	}
	if err := w.tx.Delete(ctx, deleted); err != nil {
		return err
	}
	if err := w.tx.Recode(ctx, recoded); err != nil {
		return err
	}
	if err := w.tx.Update(ctx, updated); err != nil {
		return err
	}
	return w.tx.Insert(ctx, inserted)
}

func (w *writer) standing(ctx context.Context, changes []geo.Change) (map[geo.Key]geo.Feature, error) {
	ids := map[geo.Layer][]int64{}
	for _, change := range changes {
		if change.Key.ID != 0 {
			ids[change.Key.Layer] = append(ids[change.Key.Layer], change.Key.ID)
		}
	}
	standing := map[geo.Key]geo.Feature{}
	for layer, list := range ids {
		features, err := w.tx.Read(ctx, layer, list)
		if err != nil {
			return nil, err
		}
		for _, f := range features {
			standing[geo.KeyOf(f)] = f
		}
	}
	return standing, nil
}

// digest encodes and hashes stamped features.
func (w *writer) digest(lists ...[]geo.Feature) {
	for _, features := range lists {
		for _, f := range features {
			w.digests = append(w.digests, state(f))
		}
	}
}

// stamp gives a feature its id, version and revision, and notes the codes it
// refers to.
func (w *writer) stamp(f geo.Feature, id, version int64) {
	base := f.Common()
	base.ID, base.Version, base.Revision = id, version, w.revision
	schema := geo.MustSchema(f.Layer())
	for i := range schema.Fields {
		field := &schema.Fields[i]
		if field.Refs == nil {
			continue
		}
		if code, _ := field.Get(f).(string); code != "" {
			ref := reference{layers: fmt.Sprint(field.Refs), code: code}
			if _, known := w.refs[ref]; !known {
				w.refs[ref] = origin{layers: field.Refs, key: geo.KeyOf(f), field: field.Name}
			}
		}
	}
}

// checkSpent guards codes and booth numbers that took effect: they are never changed,
// and never freed by deleting the feature, but by undoing the change set that brought
// them. It notes the code of a feature that gives one up.
func (w *writer) checkSpent(before, after geo.Feature) *geo.Violation {
	base := before.Common()
	tookEffect, undone := base.From == 0 || base.From <= w.at, w.reverts != 0 && base.Revision == w.reverts
	for _, field := range geo.MustSchema(before.Layer()).UniqueFields() {
		value, _ := field.Get(before).(string)
		if value == "" || (after != nil && field.Get(after) == value) {
			continue
		}
		if tookEffect && !undone {
			return &geo.Violation{
				Rule: "code_spent", Layer: before.Layer(), ID: base.ID, Field: field.Name,
				Detail: fmt.Sprintf("%s %s took effect: set `until` to retire the feature", field.Name, value),
			}
		}
		if field.Name != "code" {
			continue // nothing names a feature by it
		}
		if w.freed[before.Layer()] == nil {
			w.freed[before.Layer()] = map[string]int64{}
		}
		w.freed[before.Layer()][value] = base.ID
	}
	return nil
}

// checkFreed holds that nobody names a code that the set gave up. It is judged
// at the end, so that both may go in one set, and the code may pass to an heir.
func (w *writer) checkFreed(ctx context.Context) error {
	for layer, ids := range w.freed {
		for codes := range slices.Chunk(slices.Sorted(maps.Keys(ids)), batch) {
			gone, err := w.tx.Missing(ctx, []geo.Layer{layer}, codes)
			if err != nil {
				return err
			}
			for _, code := range gone {
				if err := w.checkUnnamed(ctx, layer, ids[code], code); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func (w *writer) checkUnnamed(ctx context.Context, layer geo.Layer, id int64, code string) error {
	for _, schema := range geo.Catalog() {
		for i := range schema.Fields {
			field := &schema.Fields[i]
			if !slices.Contains(field.Refs, layer) {
				continue
			}
			referrer, found, err := w.tx.Referrer(ctx, schema.Layer, field.Name, code)
			if err != nil {
				return err
			}
			if found {
				return &geo.Violation{
					Rule: "code_in_use", Layer: layer, ID: id, Field: "code",
					Detail: fmt.Sprintf("code %s is named by %s/%d", code, schema.Layer, referrer),
				}
			}
		}
	}
	return nil
}

func (w *writer) checkReferences(ctx context.Context) error {
	type group struct {
		layers []geo.Layer
		codes  []string
	}
	groups := map[string]*group{}
	for ref, from := range w.refs {
		if groups[ref.layers] == nil {
			groups[ref.layers] = &group{layers: from.layers}
		}
		groups[ref.layers].codes = append(groups[ref.layers].codes, ref.code)
	}
	for name, g := range groups {
		slices.Sort(g.codes)
		for codes := range slices.Chunk(g.codes, batch) {
			missing, err := w.tx.Missing(ctx, g.layers, codes)
			if err != nil {
				return err
			}
			if len(missing) > 0 {
				from := w.refs[reference{layers: name, code: missing[0]}]
				return &geo.Violation{
					Rule: "reference", Layer: from.key.Layer, ID: from.key.ID, Field: from.field,
					Detail: fmt.Sprintf("no feature of %v has the code %s", g.layers, missing[0]),
				}
			}
		}
	}
	return nil
}
