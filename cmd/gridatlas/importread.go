package main

import (
	"context"
	"errors"
	"iter"
	"os"
	"path/filepath"
	"strings"

	"gridatlas/data/files"
	"gridatlas/data/osm"
	"gridatlas/geo"
	"gridatlas/geo/crs"
)

// readOSM reads an extract. What cannot be used of it is reported and left out:
// extracts are cut at their edge as a rule.
func (c *importCommand) readOSM(ctx context.Context, con *console, file string, r *report) (iter.Seq2[geo.Change, error], error) {
	bar := newProgress(con.err, "reading "+filepath.Base(file), "bytes", 0)
	defer bar.finish()
	result, err := osm.ReadFile(ctx, file, osm.Options{Repair: c.Repair, Progress: bar.set})
	if err != nil {
		return nil, err
	}
	r.Notes = result.Report.Lines()
	for _, f := range result.Features {
		r.Layers[string(f.Layer())]++
	}
	return func(yield func(geo.Change, error) bool) {
		for _, f := range result.Features {
			if !yield(geo.Insert(f), nil) {
				return
			}
		}
	}, nil
}

// readRows reads a file of rows twice: once to name every fault before anything
// is written, then, as the changes are asked for, to store it without holding it
// in memory.
func (c *importCommand) readRows(ctx context.Context, con *console, file string, r *report) (iter.Seq2[geo.Change, error], error) {
	info, err := os.Stat(file)
	if err != nil {
		return nil, err
	}
	bar := newProgress(con.err, "reading "+filepath.Base(file), "bytes", info.Size())
	defer bar.finish()
	in, table, err := c.openTable(ctx, file, func(done int64) { bar.set(done, info.Size()) })
	if err != nil {
		return nil, err
	}
	defer in.Close()
	reading, err := c.reading()
	if err != nil {
		return nil, err
	}
	again := reading
	reading.Report = &files.Report{}
	for read, fault := range files.Features(ctx, table, c.schema(), reading) {
		if fault = refusal(read, fault); fault != nil {
			r.Refused = append(r.Refused, fault.Error())
			continue
		}
		r.Layers[string(read.Feature.Layer())]++
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	r.Notes = reading.Report.Lines()
	return func(yield func(geo.Change, error) bool) {
		in, table, err := c.openTable(ctx, file, nil)
		if err != nil {
			yield(geo.Change{}, err)
			return
		}
		defer in.Close()
		for read, fault := range files.Features(ctx, table, c.schema(), again) {
			fault = refusal(read, fault)
			switch {
			case fault == nil:
				if !yield(geo.Insert(read.Feature), nil) {
					return
				}
			case !c.Partial || fault.Fatal: // the first reading found none: the file changed
				yield(geo.Change{}, fault)
				return
			}
		}
	}, nil
}

// openTable opens the table of a file that the flags name.
func (c *importCommand) openTable(ctx context.Context, file string, progress func(done int64)) (*files.File, *files.Table, error) {
	in, err := files.Open(ctx, file, files.Options{Encoding: c.Encoding, Progress: progress})
	if errors.Is(err, files.ErrFormat) {
		return nil, nil, usagef("%v, and .osm and .osm.pbf", err)
	}
	if err != nil {
		return nil, nil, err
	}
	table, err := in.Table(c.Table)
	if err != nil {
		in.Close()
		return nil, nil, usagef("%v", err)
	}
	if c.Layer == "" && table.Columns != nil {
		in.Close()
		return nil, nil, usagef("rows of %s do not name their layer: say which with --layer", in.Format)
	}
	return in, table, nil
}

// reading is how the flags want rows to become features.
func (c *importCommand) reading() (files.Reading, error) {
	r := files.Reading{Repair: c.Repair}
	if c.CRS.System != nil {
		r.System = *c.CRS.System
	}
	if c.Map == "" {
		return r, nil
	}
	text, err := os.ReadFile(c.Map)
	if err == nil {
		r.Mapping, err = files.ParseMapping(text)
	}
	return r, err
}

// crsFlag is a coordinate system on the command line; nil when none is given.
type crsFlag struct{ *crs.System }

// UnmarshalText reads what crs.ParseSystem knows.
func (f *crsFlag) UnmarshalText(text []byte) error {
	system, err := crs.ParseSystem(string(text))
	f.System = &system
	return err
}

// schema is that of rows that name no layer; nil when no layer is asked for.
func (c *importCommand) schema() *geo.Schema {
	schema, _ := geo.SchemaOf(geo.Layer(c.Layer))
	return schema
}

// refusal is the fault of a row: its own, or that it lies nowhere.
func refusal(read files.Read, fault *files.RowFault) *files.RowFault {
	if fault == nil && read.Unplaced {
		return &files.RowFault{Place: read.Row.Place, Reason: "has no geometry"}
	}
	return fault
}

func isOSM(file string) bool {
	name := strings.ToLower(file)
	return strings.HasSuffix(name, ".osm") || strings.HasSuffix(name, ".pbf")
}
