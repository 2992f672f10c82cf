package api

import (
	"math"
	"slices"
	"strconv"

	"gridatlas/api/problem"
	"gridatlas/geo"
	"gridatlas/geo/geojson"
)

// filter says which features of a layer are asked for. The zero filter takes all
// that the public may see.
type filter struct {
	boxes  []geo.Box // any of them; nil: anywhere
	span   *span
	fields []fieldFilter // all of them
}

// fieldFilter asks that a field has a value, or a list holds it.
type fieldFilter struct {
	field *geo.Field
	text  string
	value float64 // of number fields
	truth bool    // of boolean fields
}

// visible are the fields of a layer that may be asked for and are shown.
func visible(schema *geo.Schema) []*geo.Field { return geojson.Fields(schema, false) }

// readFilter reads bbox, datetime and the fields of a layer.
func readFilter(q query, schema *geo.Schema) (filter, error) {
	var f filter
	var err error
	if f.boxes, err = q.boxes("bbox"); err != nil {
		return f, err
	}
	if f.span, err = q.span("datetime"); err != nil {
		return f, err
	}
	for _, field := range visible(schema) {
		if !q.has(field.Name) {
			continue
		}
		want, err := readFieldFilter(field, q.text(field.Name))
		if err != nil {
			return f, err
		}
		f.fields = append(f.fields, want)
	}
	return f, nil
}

func readFieldFilter(field *geo.Field, text string) (fieldFilter, error) {
	want := fieldFilter{field: field, text: text}
	if text == "" {
		return want, problem.Parameter(field.Name, "is empty")
	}
	var err error
	switch field.Type {
	case geo.Integer, geo.Number:
		want.value, err = number(field.Name, text)
	case geo.Boolean, geo.Flag:
		if want.truth, err = strconv.ParseBool(text); err != nil {
			err = problem.Parameter(field.Name, "%q is neither true nor false", text)
		}
	case geo.Day:
		if _, err = geo.ParseDate(text); err != nil {
			err = problem.Parameter(field.Name, "%v", err)
		}
	case geo.Moment:
		var at geo.Instant
		if at, err = geo.ParseInstant(withPlus(text)); err != nil {
			err = problem.Parameter(field.Name, "%v", err)
		}
		want.text = at.String()
	}
	return want, err
}

func (w *fieldFilter) takes(f geo.Feature) bool {
	switch value := w.field.Get(f).(type) {
	case string:
		return value == w.text
	case []string:
		return slices.Contains(value, w.text)
	case int64:
		return float64(value) == w.value
	case float64:
		// Stored decimals and asked ones are both the nearest float64.
		return value == w.value && !math.IsNaN(value)
	case bool:
		return value == w.truth
	}
	return false // unknown equals nothing
}

// takes reports whether a feature is asked for. A feature without geometry is in
// every box, as OGC API Features has it.
func (f *filter) takes(feature geo.Feature) bool {
	if !geo.ForPublic(feature) {
		return false
	}
	base := feature.Common()
	if f.span != nil && !f.span.meets(base) {
		return false
	}
	for i := range f.fields {
		if !f.fields[i].takes(feature) {
			return false
		}
	}
	if f.boxes == nil || base.Shape.IsZero() {
		return true
	}
	return slices.ContainsFunc(f.boxes, func(box geo.Box) bool { return meets(base.Shape, box) })
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
