package files

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"

	"gridatlas/geo"
	"gridatlas/geo/entry"
	"gridatlas/geo/plate"
)

// Reading says how the rows of a table become features. The zero value is strict.
type Reading struct {
	Mapping Mapping
	// System of the positions, which goes before what the file says.
	System System
	// Repair mends broken polygons (geo/valid) and closes open rings; each is
	// reported. Otherwise they are refused.
	Repair bool
	// Report, if set, is filled while reading.
	Report *Report
}

// Read is a row that became a feature. The row is good until the next one is
// asked for; the feature stays.
type Read struct {
	Feature geo.Feature
	Row     *Row
	// Unplaced says that the layer needs a place and the row has none. All the rest
	// of the feature is checked; whether a place can be found is for the caller.
	Unplaced bool

	columns *columns
}

// Text returns what the row says of a field or word of place (community,
// compound, building, street, address, landmark), as its file has it, also where
// the layer has no such field; empty: nothing.
func (r *Read) Text(field string) string {
	text, by := "", customary+1
	wanted := r.columns.called[field]
	for i := range r.Row.Values {
		to := r.columns.of(r.Row.Values[i].Column)
		if to.target == nil || to.target != wanted || to.strength >= by {
			continue
		}
		if found := entry.Text(r.Row.Values[i].Value); found != "" {
			text, by = found, to.strength
		}
	}
	return text
}

// Features makes features of the rows of a table: clean by geo.CheckFields and
// geo/valid, without id. Each row comes as a feature or as a fault that names its
// place, the field and the reason; with a fault the Read has only the row, or
// nothing when there was none to read. Faults that are Fatal are the last. The
// schema is that of rows that name no layer; nil: each must.
//
// Columns fill fields by the mapping. Where a row has no geometry of its own,
// columns of longitude and latitude (which may hold metres of a projection) or
// of well-known text give it one; 0, 0 is no place.
//
// A code that an earlier row of the layer has, and a booth's number, is a fault
// of the later one.
func Features(ctx context.Context, t *Table, schema *geo.Schema, reading Reading) iter.Seq2[Read, *RowFault] {
	return func(yield func(Read, *RowFault) bool) {
		if reading.Report == nil {
			reading.Report = &Report{}
		}
		system := reading.System
		if system == nil {
			system = t.System
		}
		r := &featureReader{
			table: t, schema: schema, reading: reading, layers: map[geo.Layer]*columns{}, codes: codes{},
			shaper: shaper{system: system, repair: reading.Repair, report: reading.Report},
		}
		if fault := r.begin(); fault != nil {
			fault.Fatal = true
			yield(Read{}, fault)
			return
		}
		for row, fault := range t.read(ctx, rowOptions{system: reading.System, report: reading.Report}) {
			read := Read{Row: row}
			if fault == nil {
				if err := r.feature(&read); err != nil {
					fault = faultOf(err).at(row.Place)
					fault.Fatal = errors.Is(err, errNoSystem)
					read.Feature = nil
				}
			}
			switch {
			case fault != nil:
				if fault.Row > 0 {
					reading.Report.Refused++
				}
			case read.Unplaced:
				reading.Report.Unplaced++
			default:
				reading.Report.Features++
			}
			if !yield(read, fault) || fault != nil && fault.Fatal {
				return
			}
		}
	}
}

var errNoSystem = errors.New("the file does not say which coordinate system its positions are in; state it (--crs); a dry run (--dry-run) shows which fits the map")

type featureReader struct {
	table   *Table
	schema  *geo.Schema
	reading Reading
	layers  map[geo.Layer]*columns
	codes   codes // of the features given so far
	shaper  shaper
	to      []column // of the values of the row
	filled  []int    // by slot: which value of the row goes there, from 1
}

// begin checks the mapping against the layer and the heading.
func (r *featureReader) begin() *RowFault {
	r.reading.Report.note(r.table.encodingNote())
	if r.schema == nil {
		return nil
	}
	if err := r.reading.Mapping.Check(r.schema); err != nil {
		return &RowFault{Reason: err.Error()}
	}
	if r.table.Columns == nil {
		return nil
	}
	for name := range r.reading.Mapping.Columns {
		if !r.table.has(name) {
			return &RowFault{Reason: fmt.Sprintf("column %q of the mapping is not in the file, which has %q", name, r.table.Columns)}
		}
	}
	return r.columnsOf(r.schema).conflict(r.table.Columns)
}

func (r *featureReader) columnsOf(schema *geo.Schema) *columns {
	if c, known := r.layers[schema.Layer]; known {
		return c
	}
	c := newColumns(schema, &r.reading.Mapping)
	r.layers[schema.Layer] = c
	return c
}

func (r *featureReader) feature(read *Read) error {
	schema := r.schema
	if layer := read.Row.Layer; layer != "" {
		schema = geo.MustSchema(layer)
	}
	if schema == nil {
		return errors.New("its layer is not known: name it, or give the file a member `layer` before its features")
	}
	read.columns = r.columnsOf(schema)
	feature := schema.New()
	if err := r.values(read.columns, feature, read.Row); err != nil {
		return err
	}
	geometry := &read.Row.Geometry
	if geometry.Kind == geo.NoShape {
		if err := r.placeColumns(read.columns, read.Row); err != nil {
			return err
		}
	}
	if geometry.Kind != geo.NoShape && r.shaper.system == nil {
		return errNoSystem
	}
	shape, err := r.shaper.shape(schema, geometry, read.Row.Place)
	if err != nil {
		return err
	}
	feature.Common().Shape = shape
	if read.Unplaced = shape.IsZero() && !schema.Allows(geo.NoShape); read.Unplaced {
		feature.Common().Shape = standIn(schema.Kinds[0])
	}
	if fault := geo.CheckFields(feature); fault != nil {
		return &RowFault{Field: fault.Field, Reason: fault.Detail, At: fault.At}
	}
	if read.Unplaced {
		feature.Common().Shape = geo.Shape{}
	}
	if fault := r.codes.take(feature, schema, read.Row.Place); fault != nil {
		return fault
	}
	read.Feature = feature
	return nil
}

// standIn is a shape for checking the rest of a feature that has none yet.
func standIn(kind geo.Kind) geo.Shape {
	corners := []geo.Point{{X: 0, Y: 0}, {X: 1, Y: 0}, {X: 0, Y: 1}}
	switch kind {
	case geo.Points:
		return geo.PointShape(corners[0])
	case geo.Lines:
		return geo.LineShape(corners)
	}
	return geo.PolygonShape(corners)
}

// values writes each value into the field its column goes to.
func (r *featureReader) values(columns *columns, feature geo.Feature, row *Row) error {
	if err := r.assign(columns, row); err != nil {
		return err
	}
	var own any // what the list numbers its rows by
	for i := range row.Values {
		to := &r.to[i]
		if to.target == nil || to.field == nil || r.filled[to.slot] != i+1 {
			continue
		}
		err := entry.Set(to.field, feature, row.Values[i].Value, r.reading.Mapping.Values[to.name])
		if err != nil && isOwnNumbering(to, row.Values[i].Column, err) {
			own, err = row.Values[i].Value, to.field.Set(feature, nil)
		}
		if err != nil {
			return &RowFault{Field: to.name, Reason: err.Error()}
		}
	}
	if own != nil {
		if err := r.keepOwnNumber(feature, columns.schema, own); err != nil {
			return err
		}
	}
	for name, value := range r.reading.Mapping.Constants {
		field, ok := columns.schema.Field(name)
		if !ok || field.Get(feature) != nil && field.Type != geo.Flag {
			continue
		}
		if err := entry.Set(field, feature, value, r.reading.Mapping.Values[name]); err != nil {
			return &RowFault{Field: name, Reason: err.Error()}
		}
	}
	return nil
}

// isOwnNumbering reports whether a value under a title such as 编号 is no number of a
// plate because the list numbers its rows in its own way: it is not 12 digits. One
// that is and has wrong check digits is a slip, and a column that is said to hold
// numbers of plates holds them.
func isOwnNumbering(to *column, heading string, err error) bool {
	return to.field.Plate && to.strength != stated && !strings.EqualFold(strings.TrimSpace(heading), to.name) &&
		(errors.Is(err, plate.ErrLength) || errors.Is(err, plate.ErrDigit))
}

// keepOwnNumber makes a number of the list the code of a feature that has none.
func (r *featureReader) keepOwnNumber(feature geo.Feature, schema *geo.Schema, own any) error {
	r.reading.Report.note("its numbers are not those of plates; they become codes, and plates are numbered later (gridatlas number)")
	field, _ := schema.Field("code")
	if feature.Common().Code != "" {
		return nil
	}
	if err := entry.Set(field, feature, own, nil); err != nil {
		return &RowFault{Field: field.Name, Reason: err.Error()}
	}
	return nil
}

// assign decides which value fills which target: that of the strongest column,
// and of equal ones the only one that has a value.
func (r *featureReader) assign(columns *columns, row *Row) error {
	r.to = r.to[:0]
	r.filled = slices.Grow(r.filled[:0], len(columns.targets))[:len(columns.targets)]
	clear(r.filled)
	for i := range row.Values {
		value := &row.Values[i]
		to := columns.of(value.Column)
		r.to = append(r.to, to)
		if to.target == nil {
			if !to.ignored && (value.Column != "" || value.Value != nil) {
				noteOnce(&r.reading.Report.Unknown, value.Column)
			}
			continue
		}
		if to.field == nil && to.slot >= columns.words {
			noteOnce(&r.reading.Report.Words, value.Column) // serves Read.Text alone
		}
		if to.strength == customary && value.Value == nil {
			continue
		}
		if n := r.filled[to.slot]; n > 0 {
			other := row.Values[n-1].Column
			switch by := r.to[n-1].strength; {
			case by < to.strength:
				continue
			case by == to.strength && other != value.Column && to.field != nil:
				return givenTwice(to.name, other, value.Column)
			}
		}
		r.filled[to.slot] = i + 1
	}
	return nil
}
