package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"text/tabwriter"
	"time"

	"gridatlas/data"
	"gridatlas/geo"
	"gridatlas/geo/crs"
	"gridatlas/geo/snapshot"
	"gridatlas/geo/source"
	"gridatlas/geo/worklist"
)

type worklistCommand struct {
	List  worklistListCommand  `cmd:"" default:"withargs" help:"List what waits to be settled."`
	Place worklistPlaceCommand `cmd:"" help:"Give a row its place: a candidate of the list, or a position."`
	Drop  worklistDropCommand  `cmd:"" help:"Take items off the list: nothing is to be done about them."`
}

type worklistListCommand struct {
	Store string `required:"" help:"GeoPackage file or postgres:// URL."`
	All   bool   `help:"Settled items too."`
	JSON  bool   `help:"Write the items as JSON."`
}

// Run lists the items, faults of coverages and rows without a place.
func (c *worklistListCommand) Run(ctx context.Context, con *console) error {
	store, err := openExisting(ctx, c.Store)
	if err != nil {
		return err
	}
	defer store.Close()
	type row struct {
		ID string `json:"id"`
		worklist.Item
	}
	rows := []row{}
	err = worklist.Items.All(ctx, store, func(id string, _ int64, item worklist.Item) error {
		if c.All || item.State == worklist.Open {
			rows = append(rows, row{id, item})
		}
		return nil
	})
	if err != nil {
		return err
	}
	if c.JSON {
		return errors.Join(json.NewEncoder(con.out).Encode(map[string]any{"items": rows}), store.Close())
	}
	w := tabwriter.NewWriter(con.out, 0, 8, 2, ' ', 0)
	for _, r := range rows {
		fmt.Fprintf(w, "%s\t%s\t%s\n", r.ID, r.State, &r.Item)
		for i, candidate := range r.Candidates {
			fmt.Fprintf(w, "\t%d\t%.0f %% %s (%.7f, %.7f) %s\n", i+1, 100*candidate.Score, candidate.Name, candidate.Lon, candidate.Lat, candidate.Why)
		}
	}
	if len(rows) == 0 {
		fmt.Fprintln(w, "nothing waits")
	}
	return errors.Join(w.Flush(), store.Close())
}

type worklistPlaceCommand struct {
	Store     string `required:"" help:"GeoPackage file or postgres:// URL."`
	Candidate int    `help:"Take the candidate of this number in the list."`
	At        string `help:"Position: LON,LAT in degrees."`
	Overwrite bool   `help:"Where the row means a feature that stands, take its values even where they differ."`
	ID        string `arg:"" help:"Item of the list."`
}

// Run makes the feature of an unplaced row, or brings the one up to date that the
// row means, and settles the item in the same change set.
func (c *worklistPlaceCommand) Run(ctx context.Context, con *console) error {
	if (c.Candidate > 0) == (c.At != "") {
		return usagef("name a place: --candidate N or --at LON,LAT")
	}
	store, err := openExisting(ctx, c.Store)
	if err != nil {
		return err
	}
	defer store.Close()
	item, version, err := openItem(ctx, store, c.ID)
	if err != nil {
		return err
	}
	delivery, err := c.delivery(item)
	if err != nil {
		return err
	}
	s, err := snapshot.Load(ctx, store)
	if err != nil {
		return err
	}
	known := map[string]source.Known{}
	if item.Source != "" {
		row, version, err := source.Rows(item.Source).Get(ctx, store, item.Key)
		if err == nil {
			known[item.Key] = source.Known{Row: row, Version: version}
		} else if !errors.Is(err, geo.ErrNotFound) {
			return err
		}
	}
	plan, err := source.Compare(known, s.Layer(item.Layer), []source.Delivery{delivery}, source.Options{Overwrite: c.Overwrite})
	if err != nil {
		return err
	}
	if len(plan.Refused) > 0 {
		return standingError{errors.New(plan.Refused[0])}
	}
	item.State, item.Settled = worklist.Placed, &worklist.Settled{At: time.Now().UTC(), By: "gridatlas worklist"}
	head, err := store.Apply(ctx, geo.ChangeSet{
		Author: "gridatlas worklist", Note: "place of " + item.Title, Source: item.Source,
		Base: s.Head().Revision, Changes: plan.Changes(),
		Records: func(yield func(geo.RecordChange, error) bool) {
			if item.Source != "" {
				for change, err := range plan.Records(item.Source) {
					if !yield(change, err) {
						return
					}
				}
			}
			yield(worklist.Items.Put(c.ID, version, item))
		},
	})
	if err != nil {
		return err
	}
	for _, line := range plan.Lines(true) {
		fmt.Fprintln(con.out, line)
	}
	fmt.Fprintf(con.out, "%s is placed; the store is at revision %d\n", item.Title, head.Revision)
	return store.Close()
}

// delivery is the row of an item with the place that was named.
func (c *worklistPlaceCommand) delivery(item worklist.Item) (source.Delivery, error) {
	d := source.Delivery{Key: item.Key, Where: item.Where, Fields: item.Fields, Placed: true}
	if item.Kind != worklist.Unplaced {
		_, err := item.Make(geo.Point{})
		return d, standingError{err}
	}
	var at geo.Point
	if c.At != "" {
		var err error
		if at, err = parsePosition(c.At); err != nil {
			return d, usagef("--at: %w", err)
		}
	} else {
		if c.Candidate > len(item.Candidates) {
			return d, usagef("--candidate %d: the item has %d", c.Candidate, len(item.Candidates))
		}
		candidate := item.Candidates[c.Candidate-1]
		if candidate.Layer == item.Layer {
			f, err := geo.ParseCanonical(item.Layer, item.Feature)
			d.Feature, d.Adopt = f, candidate.ID
			return d, err
		}
		var err error
		if at, err = crs.ToLattice(candidate.Lon, candidate.Lat); err != nil {
			return d, err
		}
	}
	var err error
	if d.Feature, err = item.Make(at); err != nil {
		return d, standingError{err}
	}
	return d, nil
}

type worklistDropCommand struct {
	Store string   `required:"" help:"GeoPackage file or postgres:// URL."`
	Note  string   `help:"Why nothing is to be done."`
	IDs   []string `arg:"" name:"id" help:"Items of the list."`
}

// Run settles items without doing anything about them, all or none.
func (c *worklistDropCommand) Run(ctx context.Context, con *console) error {
	store, err := openExisting(ctx, c.Store)
	if err != nil {
		return err
	}
	defer store.Close()
	var changes []geo.RecordChange
	for _, id := range c.IDs {
		item, version, err := openItem(ctx, store, id)
		if err != nil {
			return err
		}
		item.State, item.Settled = worklist.Dropped, &worklist.Settled{At: time.Now().UTC(), By: "gridatlas worklist", Note: c.Note}
		change, err := worklist.Items.Put(id, version, item)
		if err != nil {
			return err
		}
		changes = append(changes, change)
	}
	if _, err := store.Apply(ctx, geo.ChangeSet{Author: "gridatlas worklist", Records: geo.RecordChanges(changes...)}); err != nil {
		return err
	}
	fmt.Fprintf(con.out, "%d dropped\n", len(changes))
	return store.Close()
}

// openItem reads an item that waits.
func openItem(ctx context.Context, store data.Store, id string) (worklist.Item, int64, error) {
	item, version, err := worklist.Items.Get(ctx, store, id)
	if err != nil {
		return item, 0, fmt.Errorf("item %s: %w", id, err)
	}
	if item.State != worklist.Open {
		return item, 0, standingError{fmt.Errorf("item %s is settled already: %s", id, item.State)}
	}
	return item, version, nil
}
