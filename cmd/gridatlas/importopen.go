package main

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"

	"gridatlas/data/files"
	"gridatlas/geo"
)

// rowFile is an open file with the tables of it that are imported.
type rowFile struct {
	*files.File
	wanted []layerTable
}

// layerTable is a table with the layer of the rows that do not name one; nil:
// each does.
type layerTable struct {
	*files.Table
	schema *geo.Schema
	report files.Report
}

// openRows opens a file and chooses its tables: the one that --table names; with
// --layer the only one; else all that are named after a layer, as exports name
// them, or whose rows name theirs.
func (c *importCommand) openRows(ctx context.Context, file string, progress func(done int64)) (*rowFile, error) {
	opened, err := files.Open(ctx, file, files.Options{Encoding: c.Encoding, Progress: progress})
	if errors.Is(err, files.ErrFormat) {
		return nil, usagef("%v, and .osm and .osm.pbf", err)
	}
	if err != nil {
		return nil, err
	}
	in := &rowFile{File: opened}
	if in.wanted, err = c.choose(opened); err != nil {
		opened.Close()
		return nil, usageError{err}
	}
	return in, nil
}

func (c *importCommand) choose(in *files.File) ([]layerTable, error) {
	schema, _ := geo.SchemaOf(geo.Layer(c.Layer))
	tables := in.Tables
	if c.Table != "" || schema != nil {
		t, err := in.Table(c.Table)
		if err != nil {
			return nil, fmt.Errorf("%w (--table)", err)
		}
		tables = []*files.Table{t}
	}
	var wanted []layerTable
	for _, t := range tables {
		of := schema
		if of == nil {
			of = layerNamed(t.Name)
		}
		if of != nil || t.Columns == nil {
			wanted = append(wanted, layerTable{Table: t, schema: of})
		}
	}
	if len(wanted) == 0 {
		return nil, fmt.Errorf("rows of %s do not name their layer: say which with --layer", in.Format)
	}
	return wanted, nil
}

// layerNamed is the layer that a table is named after: by its name or a title, as
// buildings, 楼栋 or, of a shapefile of one kind of geometry, shelters_point.
func layerNamed(table string) *geo.Schema {
	for _, ending := range []string{"_point", "_multipoint", "_line", "_polygon"} {
		table = strings.TrimSuffix(table, ending)
	}
	for _, schema := range geo.Catalog() {
		if strings.EqualFold(table, string(schema.Layer)) || table == schema.Zh || strings.EqualFold(table, schema.En) {
			return schema
		}
	}
	return nil
}

// features streams the rows of all tables, one table after the other.
func (in *rowFile) features(ctx context.Context, reading files.Reading) iter.Seq2[files.Read, *files.RowFault] {
	return func(yield func(files.Read, *files.RowFault) bool) {
		for i := range in.wanted {
			t := &in.wanted[i]
			t.report = files.Report{}
			reading.Report = &t.report
			for read, fault := range files.Features(ctx, t.Table, t.schema, reading) {
				if len(in.wanted) > 1 {
					if read.Row != nil {
						read.Row.Table = t.Name
					}
					if fault != nil {
						fault.Table = t.Name
					}
				}
				if !yield(read, fault) {
					return
				}
			}
		}
	}
}

// notes are the reports of the last reading, by table where there are several,
// and the tables that were passed over. The column of a source's keys is used,
// though it fills no field.
func (in *rowFile) notes(key string) []string {
	var lines []string
	for i := range in.wanted {
		t := &in.wanted[i]
		t.report.Unknown = slices.DeleteFunc(t.report.Unknown, func(name string) bool { return name == key })
		for _, line := range t.report.Lines() {
			if len(in.wanted) > 1 {
				line = t.Name + ": " + line
			}
			lines = append(lines, line)
		}
	}
	for _, t := range in.Tables {
		if !slices.ContainsFunc(in.wanted, func(w layerTable) bool { return w.Table == t }) {
			lines = append(lines, fmt.Sprintf("table %q was passed over", t.Name))
		}
	}
	return lines
}
