package main

import (
	"context"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"strconv"
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
	result, err := osm.ReadFile(ctx, file, osm.Options{Repair: c.Repair.asked, Progress: bar.set})
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
	in, err := c.openRows(ctx, file, func(done int64) { bar.set(done, info.Size()) })
	if err != nil {
		return nil, err
	}
	defer in.Close()
	for read, fault := range in.features(ctx, c.reading()) {
		if fault != nil {
			r.Refused = append(r.Refused, fault.Error())
			continue
		}
		if read.Unplaced {
			r.Unplaced++
			continue
		}
		r.Layers[string(read.Feature.Layer())]++
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	r.Notes = in.notes(c.Key)
	return func(yield func(geo.Change, error) bool) {
		in, err := c.openRows(ctx, file, nil)
		if err != nil {
			yield(geo.Change{}, err)
			return
		}
		defer in.Close()
		for read, fault := range in.features(ctx, c.reading()) {
			switch {
			case fault == nil && read.Unplaced: // the first reading met none: the file changed
				yield(geo.Change{}, fmt.Errorf("%v has no geometry", read.Row.Place))
				return
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

// reading is how the flags want rows to become features.
func (c *importCommand) reading() files.Reading {
	r := files.Reading{Mapping: c.mapping, Repair: c.Repair.asked}
	if c.CRS.System != nil {
		r.System = *c.CRS.System
	}
	return r
}

// repairFlag says that broken geometry is to be mended, and up to which width
// gaps and overlaps.
type repairFlag struct {
	asked bool
	size  geo.Metres
}

// UnmarshalText reads a length as 0.5m, 50cm or 0.5, in metres.
func (f *repairFlag) UnmarshalText(text []byte) error {
	number, scale := strings.TrimSpace(string(text)), 1.0
	if centimetres, ok := strings.CutSuffix(number, "cm"); ok {
		number, scale = centimetres, 0.01
	} else {
		number = strings.TrimSuffix(number, "m")
	}
	size, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
	if err != nil || !(size >= 0 && size <= maxRepair) {
		return fmt.Errorf("%q is not a width from 0 to %v m, as 0.5m or 50cm", text, maxRepair)
	}
	f.asked, f.size = true, geo.Metres(size*scale)
	return nil
}

// maxRepair is the widest gap that is closed unasked: wider ground is somebody's.
const maxRepair = 10.0

// crsFlag is a coordinate system on the command line; nil when none is given.
type crsFlag struct{ *crs.System }

// UnmarshalText reads what crs.ParseSystem knows.
func (f *crsFlag) UnmarshalText(text []byte) error {
	system, err := crs.ParseSystem(string(text))
	f.System = &system
	return err
}

func isOSM(file string) bool {
	name := strings.ToLower(file)
	return strings.HasSuffix(name, ".osm") || strings.HasSuffix(name, ".pbf")
}
