package walk

import (
	"slices"

	"gridatlas/geo"
	"gridatlas/geo/crs"
	"gridatlas/geo/snapshot"
	"gridatlas/geo/street"
)

// Touched is the ground on which walks and the places they lead to may be other on
// one map than on another. Whoever walks less than some metres from a point finds the
// same places by the same walks on both, if nothing touched lies within Reach of them.
type Touched struct {
	All   bool // anywhere: it is not known where, or nearly everywhere
	Boxes []geo.Box
}

// Reach is the box of ground on which everything lies that has a part in walks of so
// many metres from a point, access legs counted: what stands beyond the last metre may
// still be where a place on it joins the network.
func Reach(from geo.Point, metres float64) geo.Box {
	// Each edge takes whole milliseconds: a hundredth more is what is walked at most
	// besides on edges of 5 cm and more. It covers the error of local metres too.
	return geo.NoBox.With(from).Grown(crs.NewLocal(from).Steps((metres + street.Reach) * 1.01))
}

// Meets reports whether a box of ground is touched.
func (t *Touched) Meets(box geo.Box) bool {
	return t.All || slices.ContainsFunc(t.Boxes, box.Intersects)
}

// mostTouched is how many features are looked at before everything counts as touched:
// then it is an import, and looking takes longer than asking again.
const mostTouched = 2000

// Touched returns the ground on which the map differs from another one, whichever is
// the newer: under each feature that differs, along each edge that does, and wherever
// else a place may join the network that could join it there. It costs about what
// changed; when streets did, a walk over both networks.
func (m *Map) Touched(other *Map) Touched {
	if m == other {
		return Touched{}
	}
	if m.snap.Head().Epoch != other.snap.Head().Epoch {
		return Touched{All: true}
	}
	t := &toucher{m: m, other: other, streets: map[int64]bool{}}
	for _, schema := range geo.Catalog() {
		if !schema.Service && !slices.Contains(underfoot, schema.Layer) {
			continue
		}
		for before, now := range snapshot.Differences(other.snap.Layer(schema.Layer), m.snap.Layer(schema.Layer)) {
			if t.looked++; t.looked > mostTouched {
				return Touched{All: true}
			}
			for _, f := range [2]geo.Feature{before, now} {
				if f != nil && !f.Common().Shape.IsZero() {
					t.touch(f)
				}
			}
		}
	}
	if !t.compareNetworks() {
		return Touched{All: true}
	}
	t.spread()
	return Touched{Boxes: t.boxes}
}

// underfoot are the layers that say where one may walk.
var underfoot = []geo.Layer{geo.Streets, geo.Gates, geo.Barriers, geo.Land, geo.Compounds, geo.Closures}

// toucher gathers what is touched.
type toucher struct {
	m, other *Map
	looked   int
	boxes    []geo.Box
	streets  map[int64]bool // those that differ, by id
	// grounds: where only residents walk may differ. Such ground is one however far it
	// stretches, so what joins two of them far away counts here.
	grounds bool
}

// touch notes a feature that differs, as it is on one of the maps.
func (t *toucher) touch(f geo.Feature) {
	t.boxes = append(t.boxes, f.Common().Shape.Box())
	switch f := f.(type) {
	case *geo.Street:
		t.streets[f.ID] = true
		t.grounds = t.grounds || f.Foot == "private"
	case *geo.Compound:
		t.grounds = true
	case *geo.Gate:
		t.grounds = t.grounds || f.Foot == "residents"
	}
}

// compareNetworks adds where the networks differ; false: that is not known.
func (t *toucher) compareNetworks() bool {
	now, before := t.m.net, t.other.net
	if !now.SharesEdges(before) {
		if t.grounds {
			return false
		}
		t.boxes = append(t.boxes, now.Along(t.streets)...)
		t.boxes = append(t.boxes, before.Along(t.streets)...)
	}
	t.boxes = append(t.boxes, now.Changes(before).Boxes...)
	return true
}

// spread adds the ground of places that are entered within reach of what is touched.
func (t *toucher) spread() {
	entries := t.m.places.entered(t.boxes)
	if t.other.places != t.m.places {
		entries = append(entries, t.other.places.entered(t.boxes)...)
	}
	t.boxes = append(t.boxes, entries...)
}

// entered returns the ground and the gates of service places that one of some boxes
// lies within reach of: a park of which the nearest street is closed, or one of the
// gates, may be entered from its other side.
func (p *places) entered(boxes []geo.Box) []geo.Box {
	near := make([]geo.Box, len(boxes))
	for i, box := range boxes {
		near[i] = street.Around(box)
	}
	var all []geo.Box
	for i := range p.list[:p.buildings] {
		common := p.list[i].feature.Common()
		entries := []geo.Box{common.Shape.Box()}
		if common.Code != "" {
			for _, gate := range p.doors[common.Code] {
				entries = append(entries, gate.Shape.Box())
			}
		}
		if common.Shape.Kind() == geo.Points && len(entries) == 1 {
			continue // it is where it is
		}
		if slices.ContainsFunc(entries, func(entry geo.Box) bool { return slices.ContainsFunc(near, entry.Intersects) }) {
			all = append(all, entries...)
		}
	}
	return all
}
