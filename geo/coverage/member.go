package coverage

import (
	"cmp"
	"slices"

	"gridatlas/geo"
)

// LevelOf tells features of one layer apart that may lie over each other: places by
// their kind.
func LevelOf(f geo.Feature) string {
	if place, ok := f.(*geo.Place); ok {
		return place.Kind
	}
	return ""
}

// ParentOf returns the code of the place that a feature is part of; empty for none.
func ParentOf(f geo.Feature) string {
	switch f := f.(type) {
	case *geo.Place:
		return f.Parent
	case *geo.Grid:
		return f.Community
	case *geo.Block:
		return f.Community
	}
	return ""
}

// fills reports whether features of a level should leave no ground of their parent
// to nobody. Zones lie here and there in a city.
func fills(level string) bool { return level != "zone" }

// member is a polygon of a level, before or after a change set.
type member struct {
	key     geo.Key // of a new feature with the id -1 - its place among the changes
	feature geo.Feature
	change  int // its place among the changes; -1: it stands
}

func (m member) shape() geo.Shape { return m.feature.Common().Shape }

// name is what people call it.
func (m member) name() string {
	base := m.feature.Common()
	if text := cmp.Or(base.Code, base.Name); text != "" || m.key.ID < 0 {
		return cmp.Or(text, "the new one")
	}
	return m.key.String()
}

// inEffect returns the members that stand at an instant.
func inEffect(list []member, at geo.Instant) []member {
	var standing []member
	for _, m := range list {
		if m.feature.Common().InEffect(at) {
			standing = append(standing, m)
		}
	}
	return standing
}

func same(a, b []member) bool {
	return slices.EqualFunc(a, b, func(a, b member) bool { return a.feature == b.feature })
}

// isArea reports whether a feature takes part in coverages.
func isArea(f geo.Feature) bool { return f != nil && f.Common().Shape.Kind() == geo.Polygons }
