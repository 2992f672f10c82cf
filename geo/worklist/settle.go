package worklist

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"strings"
	"time"

	"gridatlas/geo"
	"gridatlas/geo/crs"
	"gridatlas/geo/source"
)

// ErrUnfit says that an item cannot be settled as somebody chose.
var ErrUnfit = errors.New("the choice does not fit the item")

func unfit(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrUnfit, fmt.Sprintf(format, args...))
}

// SettledError says that an item is settled already.
type SettledError struct {
	ID   string
	Item Item // as it stands
}

func (e *SettledError) Error() string {
	return fmt.Sprintf("item %s is settled already: %s", e.ID, e.Item.State)
}

// Choice is the place that a person gives to an unplaced row: a position, or a
// candidate of the item.
type Choice struct {
	At        *geo.Point
	Candidate int // counted from 1; 0: At counts
	// Overwrite takes the row's values where those of the feature that it means
	// differ.
	Overwrite bool
	Note      string // for people
}

// Wrote is the feature that placing a row made or changed, and what is needed to
// take that back.
type Wrote struct {
	Layer   geo.Layer `json:"layer"`
	ID      int64     `json:"id"`
	Version int64     `json:"version,omitempty"` // that it was given; 0: it stayed as it was
	Made    bool      `json:"made,omitempty"`    // there was no such feature before
	// Row is what was remembered of the row before; empty: nothing.
	Row json.RawMessage `json:"row,omitempty"`
}

// Get reads an item of an id. Errors are geo.ErrNotFound and those of the store.
func Get(ctx context.Context, from geo.RecordReader, id string) (Held, error) {
	item, version, err := Items.Get(ctx, from, id)
	if err != nil {
		return Held{}, fmt.Errorf("item %s: %w", id, err)
	}
	return Held{Item: item, Version: version}, nil
}

// settle returns the change that settles an item.
func (h Held) settle(id string, as Settled) (geo.RecordChange, error) {
	item := h.Item
	item.State, item.Settled = as.State, &as
	return Items.Put(id, h.Version, item)
}

// Drop returns the change that takes an item off the list with nothing done. One
// that does not wait is *SettledError.
func (h Held) Drop(id, note, by string, at time.Time) (geo.RecordChange, error) {
	if h.State != Open {
		return geo.RecordChange{}, &SettledError{ID: id, Item: h.Item}
	}
	return h.settle(id, Settled{State: Dropped, At: at.UTC(), By: by, Note: note})
}

// Placeable reports whether a position settles the item: it is a row of a layer
// whose features may be points.
func (item *Item) Placeable() bool {
	return item.Kind == Unplaced && geo.MustSchema(item.Layer).Allows(geo.Points)
}

// Placing is what giving a row its place writes: the changes of the plan and, in the
// same change set, Records.
type Placing struct {
	*source.Plan
	id   string
	held Held
	as   Settled
}

// Place works out what giving an unplaced row its place changes: the feature of the
// row is made, or the one brought up to date that the row means. Standing is the
// item's layer. A choice that does not fit is ErrUnfit, an item that does not wait
// *SettledError.
func Place(ctx context.Context, from geo.RecordReader, standing source.Standing, id string, held Held, c Choice, by string, at time.Time) (*Placing, error) {
	if held.State != Open {
		return nil, &SettledError{ID: id, Item: held.Item}
	}
	delivery, err := held.delivery(c)
	if err != nil {
		return nil, err
	}
	as := Settled{State: Placed, At: at.UTC(), By: by, Note: c.Note, Wrote: &Wrote{Layer: held.Layer}}
	known := map[string]source.Known{}
	if held.Source != "" {
		row, version, err := source.Rows(held.Source).Get(ctx, from, held.Key)
		switch {
		case err == nil:
			known[held.Key] = source.Known{Row: row, Version: version}
			if as.Wrote.Row, err = json.Marshal(row); err != nil {
				return nil, fmt.Errorf("keep row %s of %s: %w", held.Key, held.Source, err)
			}
		case !errors.Is(err, geo.ErrNotFound):
			return nil, err
		}
	}
	plan, err := source.Compare(known, standing, []source.Delivery{delivery}, source.Options{Overwrite: c.Overwrite})
	switch {
	case err != nil:
		return nil, err
	case len(plan.Refused) > 0:
		return nil, unfit("%s", plan.Refused[0])
	case len(plan.Left) > 0:
		return nil, unfit("the feature that the row had was deleted or retired by hand")
	}
	return &Placing{Plan: plan, id: id, held: held, as: as}, nil
}

// Records streams what is remembered of the row, and the settled item. It must be
// read after the store gave new features their ids.
func (p *Placing) Records() iter.Seq2[geo.RecordChange, error] {
	return func(yield func(geo.RecordChange, error) bool) {
		if p.held.Source != "" {
			for change, err := range p.Plan.Records(p.held.Source) {
				if !yield(change, err) {
					return
				}
			}
		}
		for _, step := range p.Steps {
			switch {
			case step.After != nil:
				base := step.After.Common()
				p.as.Wrote.ID, p.as.Wrote.Version, p.as.Wrote.Made = base.ID, base.Version, step.Before == nil
			case step.Before != nil:
				p.as.Wrote.ID = step.Before.Common().ID
			}
		}
		yield(p.held.settle(p.id, p.as))
	}
}

// delivery is the row of an item with the place that was chosen.
func (h *Held) delivery(c Choice) (source.Delivery, error) {
	d := source.Delivery{Key: h.Key, Where: h.Where, Fields: h.Fields, Placed: true}
	if h.Kind != Unplaced {
		return d, unfit("a %s has no place to be given: mend the file and import it again, or drop it", h.Kind)
	}
	f, err := geo.ParseCanonical(h.Layer, h.Feature)
	if err != nil {
		return d, fmt.Errorf("read the row of an item: %w", err)
	}
	d.Feature = f
	var at geo.Point
	switch {
	case c.Candidate == 0 && c.At == nil:
		return d, unfit("it names neither a position nor a candidate")
	case c.Candidate == 0:
		at = *c.At
	case c.Candidate < 0 || c.Candidate > len(h.Candidates):
		return d, unfit("there is no candidate %d, the item has %d", c.Candidate, len(h.Candidates))
	default:
		candidate := h.Candidates[c.Candidate-1]
		if candidate.Layer == h.Layer {
			d.Adopt = candidate.ID
			return d, nil
		}
		if at, err = crs.ToLattice(candidate.Lon, candidate.Lat); err != nil {
			return d, err
		}
	}
	if !h.Placeable() {
		return d, unfit("features of %s are not points: draw the shape and import it", h.Layer)
	}
	f.Common().Shape = geo.PointShape(at)
	return d, nil
}

// Histories gives the states that a feature had: data.Store has it.
type Histories interface {
	geo.RecordReader
	History(ctx context.Context, key geo.Key) ([]geo.Past, error)
}

// Reopening is what taking a settling back writes, in one change set.
type Reopening struct {
	Changes []geo.Change
	Records []geo.RecordChange
	Reverts int64 // the revision that is undone; 0: it changed no feature
}

// Reopen works out how to take back that an item was placed or dropped: the feature
// is what it was before, and the item waits again. Where the feature was changed
// since it is a *geo.Conflict; an item that waits or was mended is ErrUnfit.
func Reopen(ctx context.Context, from Histories, standing source.Standing, id string, held Held, note, by string, at time.Time) (*Reopening, error) {
	if held.State != Placed && held.State != Dropped {
		return nil, unfit("an item that is %s has nothing to take back", held.State)
	}
	r := &Reopening{}
	if held.Settled != nil && held.Settled.Wrote != nil {
		if err := r.undo(ctx, from, standing, held); err != nil {
			return nil, err
		}
	}
	item := held.Item
	if item.Settled != nil {
		before := *item.Settled
		before.State = held.State
		if before.Wrote != nil {
			wrote := *before.Wrote
			wrote.Row = nil
			before.Wrote = &wrote
		}
		item.Earlier = append(item.Earlier[:len(item.Earlier):len(item.Earlier)], before)
	}
	item.Earlier = append(item.Earlier[:len(item.Earlier):len(item.Earlier)], Settled{State: Open, At: at.UTC(), By: by, Note: strings.TrimSpace(note)})
	item.State, item.Settled = Open, nil
	change, err := Items.Put(id, held.Version, item)
	if err != nil {
		return nil, err
	}
	r.Records = append(r.Records, change)
	return r, nil
}

// undo works out how the feature and what is remembered of the row become what they
// were.
func (r *Reopening) undo(ctx context.Context, from Histories, standing source.Standing, held Held) error {
	wrote := held.Settled.Wrote
	key := geo.Key{Layer: wrote.Layer, ID: wrote.ID}
	if wrote.Version > 0 {
		now, ok := standing.Get(wrote.ID)
		if !ok || now.Common().Version != wrote.Version {
			return &geo.Conflict{Keys: []geo.Key{key}, Theirs: []geo.Feature{now}}
		}
		r.Reverts = now.Common().Revision
		change := geo.Delete(now)
		if !wrote.Made {
			before, err := stateBefore(ctx, from, key, r.Reverts)
			if err != nil {
				return err
			}
			before.Common().Version = wrote.Version
			change = geo.Replace(before)
		}
		r.Changes = append(r.Changes, change)
	}
	if held.Source == "" {
		return nil
	}
	rows := source.Rows(held.Source)
	_, version, err := rows.Get(ctx, from, held.Key)
	if errors.Is(err, geo.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	change := rows.Delete(held.Key, version)
	change.Value = wrote.Row
	r.Records = append(r.Records, change)
	return nil
}

// stateBefore is a copy of the state of a feature that a revision ended.
func stateBefore(ctx context.Context, from Histories, key geo.Key, revision int64) (geo.Feature, error) {
	states, err := from.History(ctx, key)
	if err != nil {
		return nil, err
	}
	for _, past := range states {
		if past.Ended == revision {
			return geo.Clone(past.Feature), nil
		}
	}
	return nil, fmt.Errorf("%v before revision %d: %w", key, revision, geo.ErrNotFound)
}
