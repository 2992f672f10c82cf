package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"text/tabwriter"
	"time"

	"gridatlas/geo"
	"gridatlas/geo/snapshot"
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
	held, err := worklist.Get(ctx, store, c.ID)
	if err != nil {
		return err
	}
	choice, err := c.choice(held)
	if err != nil {
		return err
	}
	s, err := snapshot.Load(ctx, store)
	if err != nil {
		return err
	}
	plan, err := worklist.Place(ctx, store, s.Layer(held.Layer), c.ID, held, choice, author, time.Now())
	if err != nil {
		return standing(err)
	}
	head, err := store.Apply(ctx, geo.ChangeSet{
		Author: author, Note: "place of " + held.Title, Source: held.Source,
		Base: s.Head().Revision, Changes: plan.Changes(), Records: plan.Records(),
	})
	if err != nil {
		return err
	}
	for _, line := range plan.Lines(true) {
		fmt.Fprintln(con.out, line)
	}
	fmt.Fprintf(con.out, "%s is placed; the store is at revision %d\n", held.Title, head.Revision)
	return store.Close()
}

// author stands in the history of what is settled here.
const author = "gridatlas worklist"

// choice is the place that the flags name.
func (c *worklistPlaceCommand) choice(held worklist.Held) (worklist.Choice, error) {
	choice := worklist.Choice{Candidate: c.Candidate, Overwrite: c.Overwrite}
	if c.At != "" {
		at, err := parsePosition(c.At)
		if err != nil {
			return choice, usagef("--at: %w", err)
		}
		choice.At = &at
	} else if c.Candidate > len(held.Candidates) {
		return choice, usagef("--candidate %d: the item has %d", c.Candidate, len(held.Candidates))
	}
	return choice, nil
}

// standing marks what an item that stands has against being settled so.
func standing(err error) error {
	var settled *worklist.SettledError
	if errors.As(err, &settled) || errors.Is(err, worklist.ErrUnfit) {
		return standingError{err}
	}
	return err
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
		held, err := worklist.Get(ctx, store, id)
		if err != nil {
			return err
		}
		change, err := held.Drop(id, c.Note, author, time.Now())
		if err != nil {
			return standing(err)
		}
		changes = append(changes, change)
	}
	if _, err := store.Apply(ctx, geo.ChangeSet{Author: author, Records: geo.RecordChanges(changes...)}); err != nil {
		return err
	}
	fmt.Fprintf(con.out, "%d dropped\n", len(changes))
	return store.Close()
}
