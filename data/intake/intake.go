// Package intake turns the rows of a file into one change set: rows without
// coordinates are given a place, rows of a source that comes again are compared
// with what stands, the borders of coverages are mended, and what only a person
// can decide goes to the worklist. It reads a snapshot and the store's records and
// writes nothing itself.
package intake

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"time"

	"gridatlas/geo"
	"gridatlas/geo/match"
	"gridatlas/geo/snapshot"
	"gridatlas/geo/source"
	"gridatlas/geo/worklist"
)

// Row is one row of a file, read into a feature.
type Row struct {
	source.Delivery
	Says match.Query     // of its place, in words
	Line []worklist.Cell // of a row without coordinates: what stands in the file
}

// Options say how rows are taken in.
type Options struct {
	// Source is what the rows are a delivery of; nil: they are added to the map.
	Source *source.Source
	File   string // its name, for people
	// Repair closes gaps and overlaps of coverages that are narrower.
	Repair geo.Metres
	// Overwrite takes what the rows say where somebody edited since.
	Overwrite bool
	Now       time.Time
}

// Intake is what taking the rows in changes, before anything is written.
type Intake struct {
	Plans    []*source.Plan // one a layer, in catalog order
	Refused  []string       // rows that cannot be taken, and why
	Notes    []string       // what was decided, for people
	Worklist []worklist.Item

	base     int64
	relies   []geo.Reliance
	others   []geo.Feature // features that stand and are not the rows', with mended borders
	source   *source.Source
	version  int64 // of the source's record
	worklist []geo.RecordChange
}

// Prepare works out what taking rows in changes. The features of the rows belong
// to the intake afterwards.
func Prepare(ctx context.Context, s *snapshot.Snapshot, records geo.RecordReader, rows []Row, o Options) (*Intake, error) {
	in := &Intake{base: s.Head().Revision, source: o.Source}
	known, err := in.remembered(ctx, records)
	if err != nil {
		return nil, err
	}
	rows = in.distinct(rows)
	in.place(s, known, rows, o)
	for layer, group := range byLayer(rows) {
		plan, err := source.Compare(known, s.Layer(layer), group, source.Options{Now: geo.InstantOf(o.Now), Overwrite: o.Overwrite})
		if err != nil {
			return nil, err
		}
		in.Refused = append(in.Refused, plan.Refused...)
		in.Plans = append(in.Plans, plan)
		if geo.MustSchema(layer).Coverage {
			if err := in.mend(ctx, s, layer, plan, o); err != nil {
				return nil, err
			}
		}
	}
	return in, in.settle(ctx, records, o)
}

// remembered reads what is known of the source and its rows.
func (in *Intake) remembered(ctx context.Context, records geo.RecordReader) (map[string]source.Known, error) {
	if in.source == nil {
		return nil, nil
	}
	_, version, err := source.Sources.Get(ctx, records, in.source.Name)
	if err != nil && !errors.Is(err, geo.ErrNotFound) {
		return nil, fmt.Errorf("source %s: %w", in.source.Name, err)
	}
	in.version = version
	known := map[string]source.Known{}
	err = source.Rows(in.source.Name).All(ctx, records, func(key string, version int64, row source.Row) error {
		known[key] = source.Known{Row: row, Version: version}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("rows of source %s: %w", in.source.Name, err)
	}
	return known, nil
}

// distinct refuses the rows of a source whose key is missing or that of an
// earlier row.
func (in *Intake) distinct(rows []Row) []Row {
	if in.source == nil {
		return rows
	}
	first := make(map[string]string, len(rows))
	return slices.DeleteFunc(rows, func(r Row) bool {
		switch other, twice := first[r.Key]; {
		case r.Key == "":
			in.Refused = append(in.Refused, fmt.Sprintf("%s: column %s, which names the rows, is empty", r.Where, in.source.Key))
			return true
		case twice:
			in.Refused = append(in.Refused, fmt.Sprintf("%s: %s %q is that of %s already", r.Where, in.source.Key, r.Key, other))
			return true
		}
		first[r.Key] = r.Where
		return false
	})
}

// byLayer gives the deliveries of each layer that has any, in catalog order.
func byLayer(rows []Row) iter.Seq2[geo.Layer, []source.Delivery] {
	groups := map[geo.Layer][]source.Delivery{}
	for i := range rows {
		layer := rows[i].Feature.Layer()
		groups[layer] = append(groups[layer], rows[i].Delivery)
	}
	return func(yield func(geo.Layer, []source.Delivery) bool) {
		for _, schema := range geo.Catalog() {
			if group := groups[schema.Layer]; group != nil && !yield(schema.Layer, group) {
				return
			}
		}
	}
}

// settle brings the worklist up to date.
func (in *Intake) settle(ctx context.Context, records geo.RecordReader, o Options) error {
	held := map[string]worklist.Held{}
	err := worklist.Items.All(ctx, records, func(id string, version int64, item worklist.Item) error {
		held[id] = worklist.Held{Item: item, Version: version}
		return nil
	})
	if err != nil {
		return fmt.Errorf("read the worklist: %w", err)
	}
	judged := map[geo.Layer]bool{}
	for _, r := range in.relies {
		judged[r.Layer] = true
	}
	for i := range in.Worklist {
		in.Worklist[i].File = o.File
	}
	in.worklist, err = worklist.Merge(held, in.Worklist, func(item *worklist.Item) bool {
		if item.Kind == worklist.Unplaced {
			return in.source != nil && item.Source == in.source.Name
		}
		return judged[item.Layer]
	}, o.Now.UTC().Truncate(time.Second))
	return err
}

// ChangeSet returns all that the intake changes, to be applied once. The caller
// adds who does it and why.
func (in *Intake) ChangeSet() geo.ChangeSet {
	return geo.ChangeSet{Base: in.base, Relies: in.relies, Changes: in.changes, Records: in.records}
}

// Changed is how many features the intake inserts or changes.
func (in *Intake) Changed() int {
	n := len(in.others)
	for _, plan := range in.Plans {
		n += plan.Changed()
	}
	return n
}

func (in *Intake) changes(yield func(geo.Change, error) bool) {
	for _, plan := range in.Plans {
		for change, err := range plan.Changes() {
			if !yield(change, err) {
				return
			}
		}
	}
	for _, f := range in.others {
		if !yield(geo.Replace(f), nil) {
			return
		}
	}
}

func (in *Intake) records(yield func(geo.RecordChange, error) bool) {
	if in.source != nil {
		if !yield(source.Sources.Put(in.source.Name, in.version, *in.source)) {
			return
		}
		for _, plan := range in.Plans {
			for change, err := range plan.Records(in.source.Name) {
				if !yield(change, err) {
					return
				}
			}
		}
	}
	for _, change := range in.worklist {
		if !yield(change, nil) {
			return
		}
	}
}
