package geo

import (
	"fmt"
	"iter"
	"math"
	"strings"
	"unicode/utf8"
)

// CheckFields checks what a store must never hold: a kind of geometry that the
// layer does not have, parts too short to be points, lines or rings, a place
// outside the world, a value that is not in a closed list, and values that do
// not come back from every store as they went in (text that is not UTF-8 or has
// a NUL, numbers that are not finite, days and instants outside the calendar). It
// returns the first fault or nil. Geometric rules are in geo/valid.
func CheckFields(f Feature) *Violation {
	for violation := range FieldFaults(f) {
		return violation
	}
	return nil
}

// FieldFaults gives every fault that CheckFields looks for; of the geometry the
// first.
func FieldFaults(f Feature) iter.Seq[*Violation] {
	schema := MustSchema(f.Layer())
	base := f.Common()
	fault := func(field, rule, detail string) *Violation {
		return &Violation{Layer: f.Layer(), ID: base.ID, Rule: rule, Field: field, Detail: detail}
	}
	return func(yield func(*Violation) bool) {
		if rule, detail := checkShape(schema, base.Shape); rule != "" && !yield(fault("", rule, detail)) {
			return
		}
		if base.From != 0 && base.Until != 0 && base.Until < base.From &&
			!yield(fault("until", "until_before_from", "lies before `from`")) {
			return
		}
		for i := range schema.Fields {
			field := &schema.Fields[i]
			if rule, detail := checkValue(field, f); rule != "" && !yield(fault(field.Name, rule, detail)) {
				return
			}
		}
	}
}

func checkShape(schema *Schema, s Shape) (rule, detail string) {
	switch {
	case s.IsZero() && !schema.Allows(NoShape):
		return "shape_missing", "has no geometry"
	case !schema.Allows(s.Kind()):
		return "shape_kind", fmt.Sprintf("a %s is not allowed here, only %v", s.Kind(), schema.Kinds)
	case !s.IsZero() && !World.Covers(s.Box()):
		return "outside_world", "lies outside the world"
	case !s.Whole():
		return "shape_part", "has a part with too few corners, or a hole outside a polygon"
	}
	return "", ""
}

// The calendar that dates and instants must lie in: years 1 to 9999, as ISO 8601
// and both stores have it.
const (
	firstDay Date = -719162
	lastDay  Date = 2932896
)

func checkValue(field *Field, f Feature) (rule, detail string) {
	var one [1]string
	var texts []string
	switch p := field.Pointer(f).(type) {
	case *string:
		one[0] = *p
		texts = one[:]
	case *Hours:
		one[0] = string(*p)
		texts = one[:]
	case *[]string:
		texts = *p
	case *Opt[float64]:
		if p.Known && (math.IsNaN(p.Value) || math.IsInf(p.Value, 0)) {
			return "number", fmt.Sprintf("%v is not a finite number", p.Value)
		}
	case *Date:
		if *p < firstDay || *p > lastDay {
			return "calendar", "lies outside the years 1 to 9999"
		}
	case *Instant:
		if int64(*p) < int64(firstDay)*24*60 || *p == math.MaxInt32 { // the last one is what later ones are cut to
			return "calendar", "lies before the year 1 or after 6053"
		}
	}
	for _, value := range texts {
		if !utf8.ValidString(value) || strings.ContainsRune(value, 0) {
			return "text", fmt.Sprintf("%q is not text: it is not UTF-8 or has a NUL", value)
		}
		if field.Terms == nil || value == "" && field.Type != List {
			continue
		}
		if _, ok := field.Term(value); !ok {
			return "term", fmt.Sprintf("%q is not an allowed value", value)
		}
	}
	return "", ""
}
