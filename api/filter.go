package api

import (
	"errors"
	"slices"
	"strconv"
	"unicode/utf8"

	"gridatlas/api/problem"
	"gridatlas/geo"
	"gridatlas/geo/cql"
	"gridatlas/geo/crs"
)

// filter says which features of a layer are asked for. The zero filter takes all
// that the public may see.
type filter struct {
	bbox  bbox
	span  *span
	where *cql.Filter // nil: all
	view  view        // what is looked at
}

// readFilter reads bbox, datetime, filter and the fields of a layer. A field with a
// value is short for a filter by equality, or of a list for one of its members. Staff
// may ask for all fields. The corners of bbox are in box.
func readFilter(q query, schema *geo.Schema, box crs.Reference, v view) (filter, error) {
	f := filter{view: v}
	var err error
	if f.bbox, err = q.bbox("bbox", box); err != nil {
		return f, err
	}
	if f.span, err = q.span("datetime"); err != nil {
		return f, err
	}
	fields := v.fields(schema)
	all := &cql.Call{Op: "and"}
	for _, field := range fields {
		if !q.has(field.Name) {
			continue
		}
		equal, err := equality(field, q.text(field.Name))
		if err != nil {
			return f, err
		}
		all.Args = append(all.Args, equal)
	}
	written, err := readCQL(q)
	if err != nil {
		return f, err
	}
	if written != nil {
		all.Args = append(all.Args, written)
	}
	if len(all.Args) > 0 {
		if f.where, err = cql.Compile(all, schema, fields); err != nil {
			return f, badFilter(q, err)
		}
	}
	return f, nil
}

// readCQL reads the filter in either of its languages; nil when there is none.
func readCQL(q query) (cql.Expr, error) {
	parse := cql.ParseText
	switch lang := q.text("filter-lang"); lang {
	case "", "cql2-text":
	case "cql2-json":
		parse = cql.ParseJSON
	default:
		return nil, problem.Parameter("filter-lang", "%q is neither cql2-text nor cql2-json", lang)
	}
	position, err := filterPosition(q)
	if err != nil || !q.has("filter") {
		return nil, err
	}
	written, err := parse(q.text("filter"), position)
	if err != nil {
		return nil, badFilter(q, err)
	}
	return written, nil
}

// badFilter is a 400 that says at which character of the filter the fault lies.
func badFilter(q query, err error) error {
	var fault *cql.Fault
	if !errors.As(err, &fault) {
		return err
	}
	text := q.text("filter")
	position := utf8.RuneCountInString(text[:min(fault.At, len(text))]) + 1
	p := problem.Parameter("filter", "character %d: %s", position, fault.Detail)
	p.Members["position"] = position
	return p
}

// equality reads the value of a field that is asked for by its name.
func equality(field *geo.Field, text string) (cql.Expr, error) {
	if text == "" {
		return nil, problem.Parameter(field.Name, "is empty")
	}
	var value any
	var err error
	switch field.Type {
	case geo.Integer, geo.Number:
		value, err = number(field.Name, text)
	case geo.Boolean, geo.Flag:
		if value, err = strconv.ParseBool(text); err != nil {
			err = problem.Parameter(field.Name, "%q is neither true nor false", text)
		}
	case geo.Day:
		var day geo.Date
		if day, err = geo.ParseDate(text); err != nil {
			err = problem.Parameter(field.Name, "%v", err)
		}
		value = cql.DayOf(day)
	case geo.Moment:
		var at geo.Instant
		if at, err = geo.ParseInstant(withPlus(text)); err != nil {
			err = problem.Parameter(field.Name, "%v", err)
		}
		value = cql.MomentOf(at)
	default:
		value = text
	}
	property, literal := &cql.Property{Name: field.Name}, &cql.Literal{Value: value}
	if field.Type == geo.List {
		return &cql.Call{Op: "a_contains", Args: []cql.Expr{property, &cql.List{Items: []cql.Expr{literal}}}}, err
	}
	return &cql.Call{Op: "=", Args: []cql.Expr{property, literal}}, err
}

// takes returns a feature as it is shown, if it is asked for. A filter sees no more
// of it than the view shows, or its answer would tell what is hidden.
func (f *filter) takes(feature geo.Feature) (shown geo.Feature, taken bool) {
	base := feature.Common()
	if f.span != nil && !f.span.meets(base) || !f.bbox.holds(base.Shape) {
		return nil, false
	}
	shown, there := f.view.of(feature)
	return shown, there && (f.where == nil || f.where.Takes(shown))
}

// codes returns the codes that are asked for, where it is by code.
func (f *filter) codes() ([]string, bool) {
	if f.where == nil {
		return nil, false
	}
	return f.where.Codes()
}

// places returns boxes of which what the filter takes meets one; false where it may
// lie anywhere or nowhere.
func (f *filter) places(layer *geo.Schema) ([]geo.Box, bool) {
	var boxes []geo.Box
	bounded := false
	if f.where != nil {
		boxes, bounded = f.where.Boxes()
	}
	if f.bbox.boxes != nil && !layer.Allows(geo.NoShape) && (!bounded || cql.Spread(f.bbox.boxes) < cql.Spread(boxes)) {
		return f.bbox.boxes, true
	}
	return boxes, bounded
}

// meets reports exactly whether a shape and a closed box share a point.
func meets(s geo.Shape, box geo.Box) bool {
	bounds := s.Box()
	if !bounds.Intersects(box) {
		return false
	}
	if box.Covers(bounds) || slices.ContainsFunc(s.Points(), box.Holds) {
		return true
	}
	if s.Kind() == geo.Points {
		return false
	}
	for part := range s.Parts() {
		for i := 1; i < len(part.Points); i++ {
			if crosses(part.Points[i-1], part.Points[i], box) {
				return true
			}
		}
		if n := len(part.Points); s.Kind() == geo.Polygons && crosses(part.Points[n-1], part.Points[0], box) {
			return true
		}
	}
	// No border enters the box: it lies wholly inside the polygon or outside.
	return s.Covers(geo.Point{X: box.W, Y: box.S})
}

// crosses reports whether a piece of line whose ends lie outside a box meets it:
// the bounds overlap and the corners of the box are not all on one side.
func crosses(a, b geo.Point, box geo.Box) bool {
	if !geo.NoBox.With(a).With(b).Intersects(box) {
		return false
	}
	left, right := false, false
	for _, corner := range [4]geo.Point{{X: box.W, Y: box.S}, {X: box.E, Y: box.S}, {X: box.E, Y: box.N}, {X: box.W, Y: box.N}} {
		switch turn := geo.Cross(a, b, corner); {
		case turn == 0:
			return true
		case turn > 0:
			left = true
		default:
			right = true
		}
	}
	return left && right
}
