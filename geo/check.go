package geo

import "fmt"

// CheckFields checks what a store must never hold: a kind of geometry that the
// layer does not have, a place outside the world, a value that is not in a
// closed list. It returns the first fault or nil. Geometric rules are in
// geo/valid.
func CheckFields(f Feature) *Violation {
	schema := MustSchema(f.Layer())
	base := f.Common()
	violation := &Violation{Layer: f.Layer(), ID: base.ID}
	if base.Shape.IsZero() && !schema.Allows(NoShape) {
		violation.Rule, violation.Detail = "shape_missing", "has no geometry"
		return violation
	}
	if !schema.Allows(base.Shape.Kind()) {
		violation.Rule = "shape_kind"
		violation.Detail = fmt.Sprintf("a %s is not allowed here, only %v", base.Shape.Kind(), schema.Kinds)
		return violation
	}
	if !base.Shape.IsZero() && !World.Covers(base.Shape.Box()) {
		violation.Rule, violation.Detail = "outside_world", "lies outside the world"
		return violation
	}
	if base.From != 0 && base.Until != 0 && base.Until < base.From {
		violation.Rule, violation.Field, violation.Detail = "until_before_from", "until", "lies before `from`"
		return violation
	}
	for i := range schema.Fields {
		field := &schema.Fields[i]
		if field.Terms == nil {
			continue
		}
		for _, value := range field.Values(f) {
			if _, ok := field.Term(value); !ok {
				violation.Rule, violation.Field = "term", field.Name
				violation.Detail = fmt.Sprintf("%q is not an allowed value", value)
				return violation
			}
		}
	}
	return nil
}
