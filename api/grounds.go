package api

import (
	"slices"
	"sync"

	"gridatlas/api/access"
	"gridatlas/geo"
	"gridatlas/geo/relate"
	"gridatlas/geo/snapshot"
)

// grounds knows in which areas of one map something lies. Areas are made ready to be
// compared when they are first asked for. Any number of goroutines may use it.
type grounds struct {
	snap  *snapshot.Snapshot
	ready sync.Map // of the areas: geo.Feature -> *relate.Shape
}

// groundsOf returns the grounds of a map; those of the map that was asked for last
// are kept.
func (s *server) groundsOf(snap *snapshot.Snapshot) *grounds {
	if kept := s.grounds.Load(); kept != nil && kept.snap == snap {
		return kept
	}
	made := &grounds{snap: snap}
	s.grounds.Store(made)
	return made
}

// place says where a feature lies: every grid and place that holds the whole of it
// in effect at an instant, with the places which these are parts of. What a feature
// says of itself does not count, or a slip of the pen could move it to another
// community. A duty lies where that lies which it is of.
func (g *grounds) place(f geo.Feature, at geo.Instant) access.Place {
	for range 2 { // a duty is of something that lies somewhere
		duty, isDuty := f.(*geo.Assignment)
		if !isDuty {
			break
		}
		of, there := g.snap.Layer(geo.Layer(duty.OfLayer)).ByCode(duty.OfCode)
		if !there {
			return nil
		}
		f = of
	}
	return g.around(f.Common().Shape, at)
}

// around says which grids and places hold the whole of a shape.
func (g *grounds) around(shape geo.Shape, at geo.Instant) access.Place {
	if shape.IsZero() {
		return nil
	}
	var place access.Place
	for _, layer := range []geo.Layer{geo.Grids, geo.Places} {
		for area := range g.snap.Layer(layer).Search(shape.Box()) {
			if base := area.Common(); base.Code == "" || base.Shape.Kind() != geo.Polygons || !base.InEffect(at) {
				continue
			}
			if g.holds(area, shape) {
				place = g.up(place, area, at)
			}
		}
	}
	return place
}

// holds reports whether no part of a shape lies outside an area; its border is a
// part of an area.
func (g *grounds) holds(area geo.Feature, shape geo.Shape) bool {
	if outer, box := area.Common().Shape.Box(), shape.Box(); !outer.Covers(box) {
		return false
	}
	if points := shape.Points(); shape.Kind() == geo.Points && len(points) == 1 {
		return area.Common().Shape.Covers(points[0])
	}
	ready, _ := g.ready.LoadOrStore(area, sync.OnceValue(func() *relate.Shape { return relate.Prepare(area.Common().Shape) }))
	return relate.Of(shape, ready.(func() *relate.Shape)()).Within()
}

// up appends the code of an area and of all in effect that it is a part of, each once.
func (g *grounds) up(place access.Place, area geo.Feature, at geo.Instant) access.Place {
	base := area.Common()
	if slices.Contains(place, base.Code) {
		return place
	}
	place = append(place, base.Code)
	above := []string{}
	switch a := area.(type) {
	case *geo.Grid:
		above = append(above, a.Community)
	case *geo.Place:
		above = append(above, a.Parent, a.Zone)
	}
	for _, code := range above {
		if parent, there := g.snap.Layer(geo.Places).ByCode(code); there && parent.Common().InEffect(at) {
			place = g.up(place, parent, at)
		}
	}
	return place
}
