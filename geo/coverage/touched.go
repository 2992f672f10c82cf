package coverage

import (
	"cmp"
	"slices"

	"gridatlas/geo"
	"gridatlas/geo/snapshot"
	"gridatlas/geo/valid"
)

// touched is a change that coverages feel: of where an area lies, when, and what it
// is part of.
type touched struct {
	change        int
	before, after *member // nil: there is none, or it is no area
	broken        bool    // after cannot be judged with others
}

// sides returns what there is of before and after.
func (t touched) sides() []*member {
	return slices.DeleteFunc([]*member{t.before, t.after}, func(m *member) bool { return m == nil })
}

// world is the map before and after a change set.
type world struct {
	on      *snapshot.Snapshot
	touched []touched
	changed map[geo.Key]bool
	whole   map[geo.Feature]bool // whether a feature passes valid.Check
	drawing map[string]*member   // places that changes draw, by code
}

// newWorld finds what coverages feel of changes. The shapes of broken ones mean
// nothing.
func newWorld(on *snapshot.Snapshot, changes []geo.Change, broken map[int]bool) *world {
	w := &world{on: on, changed: map[geo.Key]bool{}, whole: map[geo.Feature]bool{}, drawing: map[string]*member{}}
	for i, change := range changes {
		if !geo.MustSchema(change.Key.Layer).Coverage {
			continue
		}
		var before geo.Feature
		key := change.Key
		if key.ID == 0 {
			key.ID = int64(-1 - i)
		} else {
			before, _ = on.Get(key)
		}
		if !feels(before, change.After) && !broken[i] {
			continue
		}
		t := touched{change: i, broken: broken[i]}
		if w.takesPart(before) {
			t.before = &member{key, before, i}
		}
		if t.broken || w.takesPart(change.After) {
			t.after = &member{key, change.After, i}
			if key.Layer == geo.Places {
				w.drawing[change.After.Common().Code] = t.after
			}
		}
		w.touched = append(w.touched, t)
		w.changed[key] = true
	}
	return w
}

// feels reports whether it makes a difference to a coverage which of two states of a
// feature stands.
func feels(before, after geo.Feature) bool {
	if !isArea(before) || !isArea(after) {
		return isArea(before) || isArea(after)
	}
	b, a := before.Common(), after.Common()
	return !b.Shape.Equal(a.Shape) || b.From != a.From || b.Until != a.Until || b.Code != a.Code ||
		LevelOf(before) != LevelOf(after) || ParentOf(before) != ParentOf(after)
}

// takesPart reports whether a feature is an area whose borders can be followed. One
// that is broken, as old ones may be, takes no part before or after.
func (w *world) takesPart(f geo.Feature) bool {
	if !isArea(f) {
		return false
	}
	whole, known := w.whole[f]
	if !known {
		whole = len(valid.Check(f.Common().Shape)) == 0
		w.whole[f] = whole
	}
	return whole
}

// near returns the areas of a layer that lie in or beside the boxes and are wanted,
// before and after, in order of id.
func (w *world) near(layer geo.Layer, boxes []geo.Box, wanted func(geo.Feature) bool) (before, after []member) {
	found := map[int64]bool{}
	for _, box := range boxes {
		for f := range w.on.Layer(layer).Search(box) {
			key := geo.KeyOf(f)
			if found[key.ID] || w.changed[key] || !wanted(f) || !w.takesPart(f) {
				continue
			}
			found[key.ID] = true
			before = append(before, member{key, f, -1})
		}
	}
	after = slices.Clone(before)
	for _, t := range w.touched {
		if t.before != nil && t.before.key.Layer == layer && wanted(t.before.feature) {
			before = append(before, *t.before)
		}
		if t.after != nil && t.after.key.Layer == layer && wanted(t.after.feature) {
			after = append(after, *t.after)
		}
	}
	for _, list := range [2][]member{before, after} {
		slices.SortFunc(list, func(a, b member) int { return cmp.Compare(a.key.ID, b.key.ID) })
	}
	return before, after
}

// places returns the place of a code before and after; nil when none is drawn.
func (w *world) places(code string) (before, after *member) {
	if f, ok := w.on.Layer(geo.Places).ByCode(code); ok {
		key := geo.KeyOf(f)
		if w.takesPart(f) {
			before = &member{key, f, -1}
		}
		if !w.changed[key] {
			after = before
		}
	}
	if m := w.drawing[code]; m != nil && code != "" {
		after = m
	}
	return before, after
}
