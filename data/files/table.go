package files

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"

	"gridatlas/geo"
)

// System is the coordinate system that the positions of a table are in: a
// crs.System. A nil System is not known.
type System interface {
	// ToWGS84 returns longitude and latitude in degrees.
	ToWGS84(x, y float64) (lon, lat float64, err error)
	String() string
}

// Table is one list of rows in a file: a layer, a sheet, or all of it. It may be
// read any number of times, from its start each time, but by one goroutine.
type Table struct {
	Name string
	// Columns are the names in the order of the file; nil when each row brings its
	// own, as in GeoJSON and KML.
	Columns []string
	// System is what the file says that it is in; nil when it does not say.
	System System
	// Encoding of the text and how it is known, as "GB18030 (guessed)"; empty
	// where the format leaves no choice.
	Encoding string

	read func(ctx context.Context, want rowOptions) iter.Seq2[*Row, *RowFault]
}

// rowOptions are what rows to features asks of the reader of a format.
type rowOptions struct {
	system System  // stated by the caller: it goes before what the file says
	report *Report // told what is not the fault of a row
}

// Rows streams the rows. Each comes as such or as a fault; faults that are Fatal
// are the last. A row and what it holds is good until the next one is asked for:
// Clone what is to be kept.
func (t *Table) Rows(ctx context.Context) iter.Seq2[*Row, *RowFault] {
	return t.read(ctx, rowOptions{report: &Report{}})
}

// Row is one record as it stands in the file.
type Row struct {
	Place
	Layer    geo.Layer // named by the row itself, which only GeoJSON can do; empty: none
	Values   []Value
	Geometry Geometry
}

// Value is what stands in one column: nil, string, json.Number, bool, []any or
// map[string]any.
type Value struct {
	Column string
	Value  any
}

// Get returns what stands in a column of that name, nil when there is none.
func (r *Row) Get(column string) any {
	for i := range r.Values {
		if r.Values[i].Column == column {
			return r.Values[i].Value
		}
	}
	return nil
}

// Clone returns a row that stays good.
func (r *Row) Clone() *Row {
	c := *r
	c.Values = slices.Clone(r.Values)
	c.Geometry.Points = slices.Clone(r.Geometry.Points)
	c.Geometry.Parts = slices.Clone(r.Geometry.Parts)
	return &c
}

// reset empties the row for the next record and keeps its memory.
func (r *Row) reset(place Place) {
	*r = Row{
		Place: place, Values: r.Values[:0],
		Geometry: Geometry{Points: r.Geometry.Points[:0], Parts: r.Geometry.Parts[:0]},
	}
}

// isBlank reports whether nothing stands in the row.
func (r *Row) isBlank() bool {
	return r.Geometry.Kind == geo.NoShape && !slices.ContainsFunc(r.Values, func(v Value) bool { return v.Value != nil })
}

// Geometry is what a row says of its place, in the coordinates of its file. The
// zero Geometry is none.
type Geometry struct {
	Kind    geo.Kind
	Points  [][2]float64 // x, y of every part, one after the other
	Parts   []Part       // rings repeat their first position at the end, if the file does
	Heights int          // positions whose height or measure was dropped
}

// Part is one point, line or ring.
type Part struct {
	End  int  // behind its last position in Points
	Hole bool // of the ring before it that is none
}

// endPart closes the part that the last points belong to.
func (g *Geometry) endPart(hole bool) error {
	if start := g.partStart(); start == len(g.Points) {
		return errors.New("a part of its geometry has no positions")
	}
	g.Parts = append(g.Parts, Part{End: len(g.Points), Hole: hole})
	return nil
}

func (g *Geometry) partStart() int {
	if n := len(g.Parts); n > 0 {
		return g.Parts[n-1].End
	}
	return 0
}

// columnNames tidies a heading: blanks around names go, a name that stands twice
// gets a number, and one that is empty is left so.
func columnNames(heading []string) []string {
	names := make([]string, len(heading))
	seen := map[string]int{}
	for i, name := range heading {
		name = strings.TrimSpace(strings.TrimPrefix(name, "\ufeff"))
		if seen[name]++; name != "" && seen[name] > 1 {
			name += fmt.Sprintf(" (%d)", seen[name])
		}
		names[i] = name
	}
	return names
}

// maxCorners is how many positions one geometry may have.
const maxCorners = 1_000_000

// add appends a position to the part that is being read.
func (g *Geometry) add(x, y float64) error {
	if len(g.Points) == maxCorners {
		return fmt.Errorf("it has more than %d positions", maxCorners)
	}
	g.Points = append(g.Points, [2]float64{x, y})
	return nil
}

// has reports whether the heading has a column of that name, whatever the case.
func (t *Table) has(name string) bool {
	name = strings.TrimSpace(name)
	return slices.ContainsFunc(t.Columns, func(c string) bool { return strings.EqualFold(c, name) })
}

func (t *Table) encodingNote() string {
	if t.Encoding == "" {
		return ""
	}
	return "text is read as " + t.Encoding
}
