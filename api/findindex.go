package api

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"sync"
	"weak"

	"gridatlas/geo"
	"gridatlas/geo/pinyin"
	"gridatlas/geo/snapshot"
)

// searchEntry is one thing that can be found, with its texts folded.
type searchEntry struct {
	feature geo.Feature
	title   string // as it is shown
	folded  string // the title, as it is searched
	sounds  string // its pinyin and initials, a line break before each
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
	{geo.Barriers, nil}, // rivers have names
	{geo.Buildings, []geo.Layer{geo.Compounds}},
	{geo.Parking, []geo.Layer{geo.Compounds}},
	{geo.Gates, nil},
}

// searchIndexes keeps the index of the newest map; of a following map only the
// lists are made anew whose layers changed. An index is made beside the requests:
// who asks for it waits no longer than it may, and what was begun is ended for
// those who come later. The zero value is ready.
type searchIndexes struct {
	mu   sync.Mutex
	last *indexing
}

// indexing is the index of one map, finished when done is closed.
type indexing struct {
	snap  weak.Pointer[snapshot.Snapshot]
	asked bool // somebody waits for it; guarded by searchIndexes.mu
	done  chan struct{}

	// Not read before done.
	index *searchIndex
	from  [][]weakLayer // what each list was made from
}

type weakLayer = weak.Pointer[snapshot.Layer]

// of returns the index of a map, and waits for it while ctx lasts.
func (x *searchIndexes) of(ctx context.Context, snap *snapshot.Snapshot) (*searchIndex, error) {
	x.mu.Lock()
	wanted := x.begin(snap)
	wanted.asked = true
	x.mu.Unlock()
	select {
	case <-wanted.done:
		return wanted.index, nil
	default:
	}
	select {
	case <-wanted.done:
		return wanted.index, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// prepare begins the index of a map, unless that was done, and does not wait for
// its end.
func (x *searchIndexes) prepare(snap *snapshot.Snapshot) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.begin(snap)
}

// begin is called under the lock. One index is made at a time: the next takes over
// what did not change. One that is overtaken before its turn and that nobody
// asked for is left out, so that a quick row of maps does not queue up.
func (x *searchIndexes) begin(snap *snapshot.Snapshot) *indexing {
	before := x.last
	if before != nil && before.snap == weak.Make(snap) {
		return before
	}
	next := &indexing{snap: weak.Make(snap), done: make(chan struct{})}
	x.last = next
	go func() {
		defer close(next.done)
		if before != nil {
			<-before.done
			x.mu.Lock()
			overtaken := x.last != next && !next.asked
			x.mu.Unlock()
			if overtaken {
				next.index, next.from = before.index, before.from // for the one after
				return
			}
		}
		next.make(snap, before)
	}()
	return next
}

// make makes the lists, or takes them over from the index before, nil for none.
func (x *indexing) make(snap *snapshot.Snapshot, before *indexing) {
	x.index = &searchIndex{lists: make([][]searchEntry, len(searched))}
	x.from = make([][]weakLayer, len(searched))
	for i, of := range searched {
		for _, layer := range append([]geo.Layer{of.layer}, of.needs...) {
			x.from[i] = append(x.from[i], weak.Make(snap.Layer(layer)))
		}
		if before != nil && slices.Equal(x.from[i], before.from[i]) {
			x.index.lists[i] = before.index.lists[i]
			continue
		}
		x.index.lists[i] = searchList(snap, of.layer, i)
	}
}

func searchList(snap *snapshot.Snapshot, layer geo.Layer, order int) []searchEntry {
	var list []searchEntry
	lines := map[string]int{} // one entry for all pieces of a street or river
	for f := range snap.Layer(layer).After(0) {
		entry, ok := entryOf(snap, f)
		if !ok {
			continue
		}
		entry.order = order
		if layer == geo.Streets || layer == geo.Barriers {
			if i, known := lines[entry.folded]; known {
				list[i].box = list[i].box.Union(entry.box)
				continue
			}
			lines[entry.folded] = len(list)
		}
		list = append(list, entry)
	}
	return list
}

// entryOf makes the entry of a feature; what has no name, code or number cannot
// be found.
func entryOf(snap *snapshot.Snapshot, f geo.Feature) (searchEntry, bool) {
	base := f.Common()
	if !geo.ForPublic(f) || base.Shape.IsZero() {
		return searchEntry{}, false
	}
	e := searchEntry{feature: f, code: fold(base.Code)}
	if booth, is := f.(*geo.Booth); is {
		e.number = fold(booth.Number)
	}
	if e.title, e.within = titleOf(snap, f); e.title == "" {
		return e, false
	}
	e.folded, e.context = fold(e.title), fold(e.within)
	switch f.(type) {
	case *geo.Building, *geo.ParkingSpace, *geo.Gate: // many, and named after what they are part of
	default:
		for _, sound := range append(pinyin.Spellings(e.title), pinyin.Initials(e.title)...) {
			e.sounds += "\n" + sound
		}
	}
	e.box = base.Shape.Box()
	e.at = middle(base.Shape)
	return e, true
}

// titleOf is what a feature is called, empty where it has no name, code or number,
// and the name of what it is part of.
func titleOf(snap *snapshot.Snapshot, f geo.Feature) (title, within string) {
	base := f.Common()
	title = base.Name
	switch f := f.(type) {
	case *geo.Building:
		within = nameOf(snap, geo.Compounds, f.Compound)
		if title == "" && f.Number != "" {
			title = within + strings.TrimSuffix(f.Number, "号楼") + "号楼"
		}
	case *geo.ParkingSpace:
		within = nameOf(snap, geo.Compounds, f.Compound)
		if title == "" && f.Number != "" {
			title = within + f.Number + "号车位"
		}
	case *geo.Compound:
		within = nameOf(snap, geo.Places, f.Community)
	case *geo.Grid:
		within = nameOf(snap, geo.Places, f.Community)
	}
	return cmp.Or(title, base.Code), within
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
