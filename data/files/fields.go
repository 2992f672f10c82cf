package files

import (
	"maps"
	"slices"

	"gridatlas/geo"
	"gridatlas/geo/geojson"
)

// Fields names the fields that the row has a column for, or the mapping a
// constant: those that it speaks of, be it to say that a value is unknown.
func (r *Read) Fields() []string {
	var names []string
	for i := range r.Row.Values {
		if to := r.columns.of(r.Row.Values[i].Column); to.target != nil && to.field != nil && !slices.Contains(names, to.name) {
			names = append(names, to.name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(r.columns.constants)) {
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// carried lists the fields of a layer that files carry, with or without those for staff.
// A photo is none of them: its mark means nothing where the photo is not, and lists of
// others write under that word what they like.
func carried(schema *geo.Schema, staff bool) []*geo.Field {
	return slices.DeleteFunc(geojson.Fields(schema, staff), func(field *geo.Field) bool { return field.Photo })
}
