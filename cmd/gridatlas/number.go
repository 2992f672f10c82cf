package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"gridatlas/data"
	"gridatlas/geo"
	"gridatlas/geo/numbering"
	"gridatlas/geo/plate"
	"gridatlas/geo/snapshot"
)

type numberCommand struct {
	Store  string `default:"gridatlas.gpkg" help:"GeoPackage file or postgres:// URL."`
	County string `placeholder:"370702" help:"Number the booths of this county alone."`
	DryRun bool   `help:"Report, write nothing."`
	JSON   bool   `help:"Write the report as JSON."`
}

// numbered is the report.
type numbered struct {
	Booths   []boothNumbered `json:"booths"`
	Left     []boothNumbered `json:"left,omitempty"`
	Revision int64           `json:"revision,omitempty"` // zero: nothing was written
}

type boothNumbered struct {
	ID     int64  `json:"id"`
	Code   string `json:"code,omitempty"`
	Name   string `json:"name,omitempty"`
	Number string `json:"number,omitempty"`
	Reason string `json:"reason,omitempty"` // why it was given none
}

// Run gives numbers in one change set. When somebody else writes booths meanwhile,
// they are worked out anew.
func (c *numberCommand) Run(ctx context.Context, con *console) error {
	if c.County != "" {
		if _, err := plate.Make(c.County, 1); err != nil {
			return usagef("--county: %w", err)
		}
	}
	store, err := openExisting(ctx, c.Store)
	if err != nil {
		return err
	}
	defer store.Close()
	var r *numbered
	for try := 1; ; try++ {
		r, err = c.give(ctx, store)
		if err == nil {
			break
		}
		if !geo.Retryable(err) || try == tries {
			return fmt.Errorf("number booths: %w", err)
		}
	}
	if c.JSON {
		err = json.NewEncoder(con.out).Encode(r)
	} else {
		err = c.print(con.out, r)
	}
	if err != nil {
		return err
	}
	if err := store.Close(); err != nil {
		return err
	}
	if n := len(r.Left); n > 0 {
		return problems{fmt.Errorf("%d booths stay without a number", n)}
	}
	return nil
}

// give works out the numbers on the map as it stands and writes them.
func (c *numberCommand) give(ctx context.Context, store data.Store) (*numbered, error) {
	s, err := snapshot.Load(ctx, store)
	if err != nil {
		return nil, err
	}
	given, err := givenNumbers(ctx, store)
	if err != nil {
		return nil, err
	}
	plan, err := numbering.Give(ctx, s, given, numbering.Options{County: c.County, At: geo.InstantOf(time.Now())})
	if err != nil {
		return nil, err
	}
	r := &numbered{Booths: []boothNumbered{}}
	var changes []geo.Change
	for _, booth := range plan.Numbered {
		changes = append(changes, geo.Replace(booth))
		r.Booths = append(r.Booths, boothNumbered{ID: booth.ID, Code: booth.Code, Name: booth.Name, Number: booth.Number})
	}
	for _, left := range plan.Left {
		r.Left = append(r.Left, boothNumbered{ID: left.Booth.ID, Code: left.Booth.Code, Name: left.Booth.Name, Reason: left.Reason})
	}
	if len(changes) == 0 || c.DryRun {
		return r, nil
	}
	head, err := store.Apply(ctx, geo.ChangeSet{
		Author: "gridatlas number", Note: fmt.Sprintf("numbers given to %d booths", len(changes)),
		Base: s.Head().Revision, Relies: []geo.Reliance{{Layer: geo.Booths, Box: geo.World}, {Layer: geo.Places, Box: geo.World}},
		Changes: geo.Changes(changes...),
	})
	if err != nil {
		return nil, err
	}
	r.Revision = head.Revision
	return r, nil
}

// givenNumbers gathers every number that a booth ever had, also those of booths that
// are gone and those that were taken back: what was printed once is not printed again.
func givenNumbers(ctx context.Context, store data.Store) (*numbering.Given, error) {
	last := int64(0) // ids are given in order, so this goes through all that ever were
	err := store.Archive(ctx, func(archive data.Archive) error {
		last = archive.Counters[geo.Booths]
		return nil
	})
	if err != nil {
		return nil, err
	}
	given := &numbering.Given{}
	for id := int64(1); id <= last; id++ {
		states, err := store.History(ctx, geo.Key{Layer: geo.Booths, ID: id})
		if err != nil && !errors.Is(err, geo.ErrNotFound) {
			return nil, err
		}
		for _, past := range states {
			given.Add(past.Feature.(*geo.Booth).Number)
		}
	}
	return given, nil
}

func (c *numberCommand) print(out io.Writer, r *numbered) error {
	w := tabwriter.NewWriter(out, 0, 8, 2, ' ', 0)
	for _, b := range r.Booths {
		fmt.Fprintf(w, "%s\tbooths/%d\t%s\n", plate.Number(b.Number).Grouped(), b.ID, b.Name)
	}
	for _, b := range r.Left {
		fmt.Fprintf(w, "none\tbooths/%d\t%s: %s\n", b.ID, strings.TrimSpace(b.Name), b.Reason)
	}
	switch {
	case r.Revision > 0:
		fmt.Fprintf(w, "%d booths numbered, stored as revision %d\n", len(r.Booths), r.Revision)
	case len(r.Booths) == 0:
		fmt.Fprintln(w, "no booth to number")
	default:
		fmt.Fprintf(w, "%d booths would be numbered; a dry run: nothing was written\n", len(r.Booths))
	}
	return w.Flush()
}
