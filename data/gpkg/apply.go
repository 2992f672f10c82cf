package gpkg

import (
	"context"
	"fmt"
	"time"

	"gridatlas/data/internal/geopackage"
	"gridatlas/data/internal/ledger"
	"gridatlas/geo"
)

// Apply writes one change set. See data.Store.
func (s *Store) Apply(ctx context.Context, set geo.ChangeSet) (geo.Head, error) {
	return s.write(ctx, "apply", func(ctx context.Context, t *tx) (geo.Head, error) { return ledger.Apply(ctx, t, set) })
}

// write runs what the ledger does in one transaction that no trigger refuses.
func (s *Store) write(ctx context.Context, what string, do func(ctx context.Context, t *tx) (geo.Head, error)) (head geo.Head, err error) {
	ctx, done, err := s.enter(ctx)
	if err != nil {
		return geo.Head{}, describe(what, err)
	}
	defer done()
	if err := s.writable(); err != nil {
		return geo.Head{}, describe(what, err)
	}
	moved := false
	err = with(ctx, s.writer, func(c session) error {
		t := newTx(c)
		defer t.end()
		return c.transaction(
			func() error { return c.beginWrite(ctx, s.path, s.patience) },
			func() error {
				if err := c.Exec("UPDATE gridatlas_head SET writing = 1"); err != nil {
					return err
				}
				if head, err = do(ctx, t); err != nil {
					return err
				}
				if err := t.describeContents(); err != nil {
					return err
				}
				if err := c.Exec("UPDATE gridatlas_head SET writing = 0"); err != nil {
					return err
				}
				moved = t.moved
				return s.inPlace() // an import takes minutes
			},
		)
	})
	if err != nil {
		return geo.Head{}, describe(what, err)
	}
	if moved {
		s.hintAll()
	}
	return head, nil
}

// describeContents keeps gpkg_contents true: when a layer last changed, and
// bounds that everything lies in (they grow only, as the standard allows).
func (t *tx) describeContents() error {
	now := time.Now().UTC().Format("2006-01-02T15:04:05.000Z")
	for layer, box := range t.touched {
		if err := t.c.Exec("UPDATE gpkg_contents SET last_change = ? WHERE table_name = ?", now, string(layer)); err != nil {
			return err
		}
		if box.Empty() {
			continue
		}
		sides := geopackage.SidesOf(box)
		const grow = `UPDATE gpkg_contents SET
			min_x = min(coalesce(min_x, ?1), ?1), max_x = max(coalesce(max_x, ?2), ?2),
			min_y = min(coalesce(min_y, ?3), ?3), max_y = max(coalesce(max_y, ?4), ?4) WHERE table_name = ?5`
		if err := t.c.Exec(grow, sides[0], sides[1], sides[2], sides[3], string(layer)); err != nil {
			return err
		}
	}
	return nil
}

func (t *tx) touch(layer geo.Layer, box geo.Box) {
	before, ok := t.touched[layer]
	if !ok {
		before = geo.NoBox
	}
	t.touched[layer] = before.Union(box)
}

// codeTaken names the value that made a unique index refuse rows of a layer, by
// looking for each of the features' codes; nil when none of them is to blame.
func (t *tx) codeTaken(layer geo.Layer, features []geo.Feature) error {
	schema := geo.MustSchema(layer)
	for _, field := range schema.UniqueFields() {
		seen := map[string]bool{}
		for _, f := range features {
			value, _ := field.Get(f).(string)
			if value == "" {
				continue
			}
			query := fmt.Sprintf("SELECT 1 FROM %s WHERE %s = ? AND fid <> ?", geopackage.Quote(string(layer)), geopackage.Quote(field.Name))
			row, err := t.c.One(query, value, f.Common().ID)
			if err != nil {
				return err
			}
			if row != nil || seen[value] {
				return taken(layer, f.Common().ID, field.Name, value)
			}
			seen[value] = true
		}
	}
	return nil
}

func taken(layer geo.Layer, id int64, field, value string) *geo.Violation {
	return &geo.Violation{
		Rule: "code_taken", Layer: layer, ID: id, Field: field,
		Detail: fmt.Sprintf("%s %s belongs to another feature", field, value),
	}
}
