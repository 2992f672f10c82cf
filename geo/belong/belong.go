// Package belong says which community and which grid of a map a feature belongs to:
// the one that its record leads to, a parking space by its compound, a gate by its
// building, or else the one that it lies in.
package belong

import (
	"cmp"
	"slices"

	"gridatlas/geo"
	"gridatlas/geo/snapshot"
	"gridatlas/geo/walk"
)

// Map answers for one map at one instant. It does not change, and any number of
// goroutines may ask it.
type Map struct {
	snap        *snapshot.Snapshot
	at          geo.Instant
	communities []*geo.Place // by code, then id
	index       map[*geo.Place]int
}

// New gathers the communities that are in effect at an instant.
func New(s *snapshot.Snapshot, at geo.Instant) *Map {
	m := &Map{snap: s, at: at, index: map[*geo.Place]int{}}
	for place := range snapshot.All[*geo.Place](s) {
		if place.Kind == "community" && place.InEffect(at) {
			m.communities = append(m.communities, place)
		}
	}
	slices.SortFunc(m.communities, func(a, b *geo.Place) int {
		return cmp.Or(cmp.Compare(a.Code, b.Code), cmp.Compare(a.ID, b.ID))
	})
	for i, place := range m.communities {
		m.index[place] = i
	}
	return m
}

// Communities lists the communities in effect by code. The caller must not change it.
func (m *Map) Communities() []*geo.Place { return m.communities }

// Index is the place of a community among Communities; false: it is none of them.
func (m *Map) Index(community *geo.Place) (int, bool) {
	i, is := m.index[community]
	return i, is
}

// deepest is how many references lead from a feature to its community: a gate of a
// building of a compound has three.
const deepest = 4

// Community returns the community that a feature belongs to: the one that its
// record leads to, else the one around it; nil: none.
func (m *Map) Community(f geo.Feature) *geo.Place {
	at := f
	for range deepest {
		if place, is := at.(*geo.Place); is {
			if _, in := m.index[place]; in {
				return place
			}
			if at == f { // a street office lies around communities, not in one
				return nil
			}
			break
		}
		if at = m.above(at); at == nil {
			break
		}
	}
	return around(m, f, func(place *geo.Place) bool { _, in := m.index[place]; return in })
}

// above returns what a feature names as its own; nil: nothing.
func (m *Map) above(f geo.Feature) geo.Feature {
	find := func(code string, layers ...geo.Layer) geo.Feature {
		for _, layer := range layers {
			if found, ok := m.snap.Layer(layer).ByCode(code); ok {
				return found
			}
		}
		return nil
	}
	switch f := f.(type) {
	case *geo.Grid:
		return find(f.Community, geo.Places)
	case *geo.Block:
		return cmp.Or(find(f.Community, geo.Places), find(f.Grid, geo.Grids))
	case *geo.Compound:
		return find(f.Community, geo.Places)
	case *geo.Building:
		return find(f.Compound, geo.Compounds)
	case *geo.ParkingSpace:
		return find(f.Compound, geo.Compounds)
	case *geo.Gate:
		return find(f.Of, geo.Compounds, geo.Buildings, geo.Shelters)
	}
	return nil
}

// Grid returns the grid that a feature lies in; nil: none.
func (m *Map) Grid(f geo.Feature) *geo.Grid {
	switch f := f.(type) {
	case *geo.Grid:
		return f
	case *geo.Place: // has many
		return nil
	}
	return around(m, f, func(grid *geo.Grid) bool { return grid.InEffect(m.at) })
}

// around returns the polygon of a layer around the middle of a feature, of several
// the first by code.
func around[T interface {
	comparable
	geo.Feature
}](m *Map, f geo.Feature, is func(T) bool) (found T) {
	var none T
	at, ok := middle(f.Common().Shape)
	if !ok {
		return none
	}
	for area := range snapshot.Search[T](m.snap, geo.NoBox.With(at)) {
		base := area.Common()
		if is(area) && base.Shape.Covers(at) && (found == none || before(base, found.Common())) {
			found = area
		}
	}
	return found
}

func before(a, b *geo.Base) bool {
	return cmp.Or(cmp.Compare(a.Code, b.Code), cmp.Compare(a.ID, b.ID)) < 0
}

// middle is the point that stands for a shape: of a polygon the middle of its box,
// or, where that lies outside, the place farthest from its outline; false: it has
// none.
func middle(shape geo.Shape) (geo.Point, bool) {
	points := shape.Points()
	switch {
	case len(points) == 0:
		return geo.Point{}, false
	case shape.Kind() != geo.Polygons:
		return points[len(points)/2], true
	}
	if centre := shape.Box().Centre(); shape.Covers(centre) {
		return centre, true
	}
	return walk.Pole(shape), true
}
