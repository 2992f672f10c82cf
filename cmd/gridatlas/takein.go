package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"gridatlas/data"
	"gridatlas/data/files"
	"gridatlas/data/intake"
	"gridatlas/geo"
	"gridatlas/geo/match"
	"gridatlas/geo/snapshot"
	"gridatlas/geo/source"
	"gridatlas/geo/worklist"
)

// askAbove is the share of a source's rows that may disappear without a question.
const askAbove = 0.05

// tries is how often an intake is worked out anew when somebody else wrote
// meanwhile.
const tries = 3

// needsMap reports whether rows of a file must be judged against what stands: a
// source's rows are compared, coverages share borders, and rows without
// coordinates are looked for; booths are counted where there is a cap. Others are
// added as they come, in a stream.
func (c *importCommand) needsMap(r *report) bool {
	if c.source != nil || r.Unplaced > 0 || c.BoothCap > 0 && r.Layers[string(geo.Booths)] > 0 {
		return true
	}
	for _, schema := range geo.Catalog() {
		if schema.Coverage && r.Layers[string(schema.Layer)] > 0 {
			return true
		}
	}
	return false
}

// takeIn imports a file of rows that must be judged against what stands.
func (c *importCommand) takeIn(ctx context.Context, con *console, open func() (data.Store, error), file string, r *report) error {
	for try := 1; ; try++ {
		err := c.tryTakeIn(ctx, con, open, file, r)
		if err == nil || !geo.Retryable(err) || try == tries {
			return err
		}
	}
}

func (c *importCommand) tryTakeIn(ctx context.Context, con *console, open func() (data.Store, error), file string, r *report) error {
	// A dry run makes no store: rows are judged against an empty one.
	if c.DryRun {
		open = func() (data.Store, error) { return openExisting(ctx, c.Store) }
	}
	standing, records := snapshot.Empty(), geo.RecordReader(noRecords{})
	store, err := open()
	switch {
	case c.DryRun && errors.Is(err, geo.ErrNotFound):
	case err != nil:
		return err
	default:
		if c.DryRun {
			defer store.Close()
		}
		records = store
		if standing, err = snapshot.Load(ctx, store); err != nil {
			return err
		}
	}
	key, err := c.idempotencyKey(file)
	if err != nil {
		return err
	}
	if c.source == nil && store != nil {
		if done, err := c.imported(ctx, store, key, r); done || err != nil {
			return err
		}
	}
	rows, err := c.rows(ctx, con, file)
	if err != nil {
		return err
	}
	now := time.Now()
	if c.source != nil {
		c.source.File, c.source.DeliveredAt, c.source.Rows = filepath.Base(file), now.UTC().Truncate(time.Second), len(rows)
	}
	in, err := intake.Prepare(ctx, standing, records, rows, intake.Options{
		Source: c.source, File: filepath.Base(file), Repair: c.Repair.size, Overwrite: c.Overwrite, Now: now,
	})
	if err != nil {
		return err
	}
	refused, notes := len(r.Refused), len(r.Notes)
	r.Refused = append(r.Refused, in.Refused...)
	r.Notes = append(r.Notes, c.describe(in)...)
	r.Worklist = len(in.Worklist)
	set := in.ChangeSet()
	set.Author = "gridatlas import"
	beyond, err := c.underCap(standing, &set, now)
	if err != nil {
		return err
	}
	if beyond != "" {
		r.Refused = append(r.Refused, beyond)
	}
	if c.DryRun || len(r.Refused) > 0 && (!c.Partial || beyond != "") {
		return nil
	}
	if !c.JSON { // before anything is written
		c.printFound(con.out, r)
		r.shown = true
	}
	if err := c.confirm(con, in); err != nil {
		return err
	}
	set.Note, set.Source = note(file, key), filepath.Base(file)
	if c.source == nil {
		set.IdempotencyKey = key
	} else {
		set.Source = c.source.Name
	}
	bar := newProgress(con.err, "storing "+filepath.Base(file), "features", int64(in.Changed()))
	defer bar.finish()
	set.Changes = bar.counted(set.Changes)
	head, err := store.Apply(ctx, set)
	if err != nil {
		r.Refused, r.Notes = r.Refused[:refused], r.Notes[:notes] // found again by the next try
		return err
	}
	if r.Unchanged = in.Changed() == 0; !r.Unchanged {
		r.Revision = head.Revision
	}
	return nil
}

// imported reports whether the same file was imported before; then nothing is to
// be done.
func (c *importCommand) imported(ctx context.Context, store data.Store, key string, r *report) (bool, error) {
	log, err := store.Log(ctx, 0, 0)
	if err != nil {
		return false, err
	}
	i := slices.IndexFunc(log, func(h geo.Header) bool { return strings.HasSuffix(h.Note, keyMark(key)) })
	if i < 0 {
		return false, nil
	}
	r.Revision, r.Repeated = log[i].Revision, true
	return true, nil
}

// rows reads the whole file: rows that are compared with what stands must be held
// in memory.
func (c *importCommand) rows(ctx context.Context, con *console, file string) ([]intake.Row, error) {
	in, err := c.openRows(ctx, file, nil)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	bar := newProgress(con.err, "reading "+filepath.Base(file)+" again", "rows", 0)
	defer bar.finish()
	var rows []intake.Row
	for read, fault := range in.features(ctx, c.reading()) {
		if fault != nil {
			if fault.Fatal {
				return nil, fault
			}
			continue // named by the first reading
		}
		row := intake.Row{Delivery: source.Delivery{Where: read.Row.String(), Feature: read.Feature, Fields: read.Fields()}}
		if c.source != nil {
			row.Key = textOf(read.Row.Get(c.source.Key))
			if base := read.Feature.Common(); base.Source == "" {
				base.Source = c.source.Name
			}
		}
		if read.Unplaced {
			row.Says = match.Query{
				Community: read.Text("community"), Compound: read.Text("compound"), Building: read.Text("building"),
				Street: read.Text("street"), Landmark: read.Text("landmark"), Name: read.Feature.Common().Name, Address: read.Text("address"),
			}
			row.Line = lineOf(read.Row)
		}
		rows = append(rows, row)
		bar.add(1)
	}
	return rows, ctx.Err()
}

// lineOf is a row as it stands in the file, for the person who will decide about it:
// columns that say something, as many and as much of them as can be read.
func lineOf(row *files.Row) (line []worklist.Cell) {
	const columns, runes = 40, 300
	for _, value := range row.Values {
		text := []rune(textOf(value.Value))
		if len(text) > 0 && len(line) < columns {
			line = append(line, worklist.Cell{Column: value.Column, Value: string(text[:min(len(text), runes)])})
		}
	}
	return line
}

// textOf is the value of a key column: numbers as they are written.
func textOf(value any) string {
	if value == nil {
		return ""
	}
	return strings.TrimSpace(fmt.Sprint(value))
}

// describe says what an intake decided and what it would change.
func (c *importCommand) describe(in *intake.Intake) []string {
	var lines []string
	for _, plan := range in.Plans {
		if c.source != nil || plan.Count(source.Adopt) > 0 {
			lines = append(lines, plan.Lines(c.Verbose || c.JSON)...)
		}
	}
	lines = append(lines, in.Notes...)
	if n := len(in.Worklist); n > 0 {
		lines = append(lines, fmt.Sprintf("%d on the worklist (gridatlas worklist --store %s):", n, shown(c.Store)))
		for i := range in.Worklist {
			lines = append(lines, "  "+in.Worklist[i].String())
		}
	}
	return lines
}

// confirm asks before many rows of a source disappear: a list that was cut off
// looks just like one whose rows are gone.
func (c *importCommand) confirm(con *console, in *intake.Intake) error {
	for _, plan := range in.Plans {
		gone, loss := plan.Count(source.Retire), plan.Loss()
		if loss <= askAbove || c.Yes {
			continue
		}
		question := fmt.Sprintf("%d of the %d rows of source %s are gone (%.0f %%); their features go out of effect", gone, plan.Live, c.source.Name, 100*loss)
		yes, asked := con.ask(question)
		switch {
		case yes:
		case asked:
			return problems{errors.New("nothing was written")}
		default:
			return problems{fmt.Errorf("%s: nothing was written; say --yes if that is right", question)}
		}
	}
	return nil
}

// noRecords is a store without records, for a dry run before there is a store.
type noRecords struct{}

func (noRecords) Records(context.Context, string, func(geo.Record) error) error { return nil }

func (noRecords) Record(context.Context, string, string) (geo.Record, error) {
	return geo.Record{}, geo.ErrNotFound
}
