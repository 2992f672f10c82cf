package api

import (
	"context"
	"slices"
	"strings"
	"sync"
	"weak"

	"gridatlas/geo"
	"gridatlas/geo/snapshot"
)

// searchEntry is one thing that can be found, with its texts folded.
type searchEntry struct {
	feature geo.Feature
	title   string // as it is shown
	folded  string // the title, as it is searched
	code    string
	number  string // printed on the thing itself; buildings have none: 3 is everywhere
	context string // what it lies in, searched but graded lower
	within  string // the same as it is shown
	order   int    // places before streets before others
	at      geo.Point
	box     geo.Box
}

// searchIndex holds what can be found in one map, a list a layer.
type searchIndex struct{ lists [][]searchEntry }

// searched are the layers that can be found, in the order in which equal matches
// are listed, and the layers besides that their entries are made of.
var searched = []struct {
	layer geo.Layer
	needs []geo.Layer
}{
	{geo.Places, nil},
	{geo.Streets, nil},
	{geo.Compounds, []geo.Layer{geo.Places}},
	{geo.Booths, nil},
	{geo.Shelters, nil},
	{geo.Facilities, nil},
	{geo.Grids, []geo.Layer{geo.Places}},
	{geo.Land, nil},
	{geo.Buildings, []geo.Layer{geo.Compounds}},
	{geo.Parking, []geo.Layer{geo.Compounds}},
	{geo.Gates, nil},
}

// searchIndexes keeps the index of the newest map; of a following map only the
// lists are made anew whose layers changed. The zero value is ready.
type searchIndexes struct {
	mu    sync.Mutex
	snap  weak.Pointer[snapshot.Snapshot]
	index *searchIndex
	from  [][]weak.Pointer[snapshot.Layer] // what each list was made from
}

// of returns the index of a map. Who comes while it is made waits for it.
func (x *searchIndexes) of(ctx context.Context, snap *snapshot.Snapshot) (*searchIndex, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.index != nil && x.snap == weak.Make(snap) {
		return x.index, nil
	}
	next := &searchIndex{lists: make([][]searchEntry, len(searched))}
	from := make([][]weak.Pointer[snapshot.Layer], len(searched))
	for i, of := range searched {
		for _, layer := range append([]geo.Layer{of.layer}, of.needs...) {
			from[i] = append(from[i], weak.Make(snap.Layer(layer)))
		}
		if x.index != nil && slices.Equal(from[i], x.from[i]) {
			next.lists[i] = x.index.lists[i]
			continue
		}
		list, err := searchList(ctx, snap, of.layer, i)
		if err != nil {
			return nil, err
		}
		next.lists[i] = list
	}
	x.snap, x.index, x.from = weak.Make(snap), next, from
	return next, nil
}

func searchList(ctx context.Context, snap *snapshot.Snapshot, layer geo.Layer, order int) ([]searchEntry, error) {
	var list []searchEntry
	streets := map[string]int{} // one entry for all pieces of a street
	steps := 0
	for f := range snap.Layer(layer).After(0) {
		if steps++; steps%4096 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		entry, ok := entryOf(snap, f)
		if !ok {
			continue
		}
		entry.order = order
		if layer == geo.Streets {
			if i, known := streets[entry.folded]; known {
				list[i].box = list[i].box.Union(entry.box)
				continue
			}
			streets[entry.folded] = len(list)
		}
		list = append(list, entry)
	}
	return list, nil
}

// entryOf makes the entry of a feature; what has no name, code or number cannot
// be found.
func entryOf(snap *snapshot.Snapshot, f geo.Feature) (searchEntry, bool) {
	base := f.Common()
	if !geo.ForPublic(f) || base.Shape.IsZero() {
		return searchEntry{}, false
	}
	e := searchEntry{feature: f, title: base.Name, code: fold(base.Code)}
	switch f := f.(type) {
	case *geo.Booth:
		e.number = fold(f.Number)
	case *geo.Building:
		e.within = nameOf(snap, geo.Compounds, f.Compound)
		if e.title == "" && f.Number != "" {
			e.title = e.within + strings.TrimSuffix(f.Number, "号楼") + "号楼"
		}
	case *geo.ParkingSpace:
		e.within = nameOf(snap, geo.Compounds, f.Compound)
		if e.title == "" && f.Number != "" {
			e.title = e.within + f.Number + "号车位"
		}
	case *geo.Compound:
		e.within = nameOf(snap, geo.Places, f.Community)
	case *geo.Grid:
		e.within = nameOf(snap, geo.Places, f.Community)
	}
	if e.title == "" {
		e.title = base.Code
	}
	if e.title == "" {
		return e, false
	}
	e.folded, e.context = fold(e.title), fold(e.within)
	e.box = base.Shape.Box()
	e.at = middle(base.Shape)
	return e, true
}

func nameOf(snap *snapshot.Snapshot, layer geo.Layer, code string) string {
	if f, ok := snap.Layer(layer).ByCode(code); ok {
		return f.Common().Name
	}
	return ""
}

// middle is where a marker stands: a point itself, the middle corner of a line,
// the middle of a polygon's box when it lies inside, else a corner.
func middle(s geo.Shape) geo.Point {
	points := s.Points()
	if centre := s.Box().Centre(); s.Kind() == geo.Polygons && s.Covers(centre) {
		return centre
	}
	return points[len(points)/2]
}

// kind appends the kind of a feature: the field that the catalog names, several
// values with commas between, null when there is none.
func (o *object) kind(f geo.Feature) {
	schema := geo.MustSchema(f.Layer())
	field, ok := schema.Field(schema.KindField)
	if !ok {
		o.raw("kind", "null")
		return
	}
	o.code("kind", strings.Join(field.Values(f), ","))
}

// code appends a text, null for none.
func (o *object) code(name, text string) {
	if text == "" {
		o.raw(name, "null")
		return
	}
	o.str(name, text)
}
