package find

import (
	"cmp"
	"strings"

	"gridatlas/geo"
	"gridatlas/geo/pinyin"
	"gridatlas/geo/snapshot"
)

// Entry is one thing that can be found: a feature, or all pieces of a street or river
// of one name. It does not change.
type Entry struct {
	Feature geo.Feature // of several pieces the one with the smallest id
	Title   string      // as it is shown
	Within  string      // the name of what it is part of, empty for none
	Box     geo.Box     // around all pieces

	source  int      // of its layer, in the order of sources
	folded  string   // the title, as it is searched
	context string   // what it is part of, searched but graded lower
	sounds  []string // its pinyin and initials
	code    string
	number  string // printed on the thing itself; buildings have none: 3 is everywhere
}

// sources are the layers that can be found, in the order in which equal matches are
// listed, and the layer that holds what their features are part of, by code.
var sources = []struct {
	layer  geo.Layer
	within geo.Layer // empty: names stand alone
	pieces bool      // features of one name are pieces of one thing
}{
	{layer: geo.Places},
	{layer: geo.Streets, pieces: true},
	{layer: geo.Compounds, within: geo.Places},
	{layer: geo.Booths},
	{layer: geo.Shelters},
	{layer: geo.Facilities},
	{layer: geo.Grids, within: geo.Places},
	{layer: geo.Land},
	{layer: geo.Barriers, pieces: true}, // rivers have names
	{layer: geo.Buildings, within: geo.Compounds},
	{layer: geo.Parking, within: geo.Compounds},
	{layer: geo.Gates},
}

// entryOf makes the entry of a feature; what has no name, code or number, and what is
// not for the public, cannot be found.
func entryOf(snap *snapshot.Snapshot, source int, f geo.Feature) (*Entry, bool) {
	if !findable(f) {
		return nil, false
	}
	base := f.Common()
	e := &Entry{Feature: f, source: source, Box: base.Shape.Box(), code: Fold(base.Code)}
	if booth, is := f.(*geo.Booth); is {
		e.number = Fold(booth.Number)
	}
	if e.Title, e.Within = Title(snap, f); e.Title == "" {
		return nil, false
	}
	e.folded, e.context = Fold(e.Title), Fold(e.Within)
	switch f.(type) {
	case *geo.Building, *geo.ParkingSpace, *geo.Gate: // many, and named after what they are part of
	default:
		e.sounds = append(pinyin.Spellings(e.Title), pinyin.Initials(e.Title)...)
	}
	return e, true
}

// findable reports whether everybody may know of a feature and where it lies.
func findable(f geo.Feature) bool { return geo.ForPublic(f) && !f.Common().Shape.IsZero() }

// Title is what a feature is called, empty where it has no name, code or number, and
// the name of what it is part of.
func Title(snap *snapshot.Snapshot, f geo.Feature) (title, within string) {
	base := f.Common()
	title = base.Name
	layer, code := partOf(f)
	if layer != "" {
		if whole, ok := snap.Layer(layer).ByCode(code); ok {
			within = whole.Common().Name
		}
	}
	switch f := f.(type) {
	case *geo.Building:
		if title == "" && f.Number != "" {
			title = within + strings.TrimSuffix(f.Number, "号楼") + "号楼"
		}
	case *geo.ParkingSpace:
		if title == "" && f.Number != "" {
			title = within + f.Number + "号车位"
		}
	}
	return cmp.Or(title, base.Code), within
}

// partOf names the feature that another is part of, by layer and code.
func partOf(f geo.Feature) (geo.Layer, string) {
	switch f := f.(type) {
	case *geo.Building:
		return geo.Compounds, f.Compound
	case *geo.ParkingSpace:
		return geo.Compounds, f.Compound
	case *geo.Compound:
		return geo.Places, f.Community
	case *geo.Grid:
		return geo.Places, f.Community
	}
	return "", ""
}

// Fold makes texts comparable: full-width letters, digits and signs become plain
// ones, capitals small.
func Fold(text string) string {
	return strings.ToLower(strings.Map(func(r rune) rune {
		switch {
		case r >= 0xFF01 && r <= 0xFF5E:
			return r - 0xFEE0
		case r == 0x3000:
			return ' '
		}
		return r
	}, text))
}
