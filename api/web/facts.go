package web

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"sync/atomic"

	"gridatlas/geo"
	"gridatlas/geo/crs"
	"gridatlas/geo/estimate"
	"gridatlas/geo/snapshot"
)

// demoSource is how the source of made-up features begins.
const demoSource = "演示数据"

// facts are what a page says about the city as a whole.
type facts struct {
	City    string     // the name of the city or of the one district there is
	Bounds  [4]float64 // west, south, east, north in degrees; zero: nothing there
	Centre  [2]float64 // lon, lat: where most of the buildings are
	Sources []string   // who made the data, the largest share first
	Demo    bool       // some of it is made up
}

// factsCache keeps the facts of one snapshot; it is safe for several goroutines.
type factsCache struct{ last atomic.Pointer[cachedFacts] }

type cachedFacts struct {
	of *snapshot.Snapshot
	facts
}

func (c *factsCache) get(s *snapshot.Snapshot) facts {
	if last := c.last.Load(); last != nil && last.of == s {
		return last.facts
	}
	fresh := &cachedFacts{of: s, facts: gather(s)}
	c.last.Store(fresh)
	return fresh.facts
}

func gather(s *snapshot.Snapshot) facts {
	var f facts
	if box := s.PublicBox(); !box.Empty() {
		f.Bounds[0], f.Bounds[1] = crs.ToDegrees(geo.Point{X: box.W, Y: box.S})
		f.Bounds[2], f.Bounds[3] = crs.ToDegrees(geo.Point{X: box.E, Y: box.N})
		f.Centre[0], f.Centre[1] = crs.ToDegrees(middle(s))
	}
	f.City = cityName(s)
	f.Sources = sources(s)
	f.Demo = slices.ContainsFunc(f.Sources, func(name string) bool { return strings.HasPrefix(name, demoSource) })
	return f
}

// middle is the median of the buildings in each direction, of the streets where
// no building is known: on ground where people live, unlike the middle of a box
// that a far-off village or a reservoir stretches.
func middle(s *snapshot.Snapshot) geo.Point {
	for _, layer := range []geo.Layer{geo.Buildings, geo.Streets, geo.Places} {
		var xs, ys []int32
		for f := range s.Layer(layer).After(0) {
			if box := f.Common().Shape.Box(); !box.Empty() {
				c := box.Centre()
				xs, ys = append(xs, c.X), append(ys, c.Y)
			}
		}
		if len(xs) > 0 {
			slices.Sort(xs)
			slices.Sort(ys)
			return geo.Point{X: xs[len(xs)/2], Y: ys[len(ys)/2]}
		}
	}
	return s.PublicBox().Centre()
}

// cityName is the name of the city; a map of less is named after its one
// district or street.
func cityName(s *snapshot.Snapshot) string {
	for _, kind := range []string{"city", "district", "street"} {
		var names []string
		for place := range snapshot.All[*geo.Place](s) {
			if place.Kind == kind && place.Name != "" {
				names = append(names, place.Name)
			}
		}
		if len(names) == 1 {
			return names[0]
		}
	}
	return ""
}

// sources lists who made what is drawn, by number of features; more than three
// would not be read. What was read from OpenStreetMap names each element, and is
// one source here, in the words its licence asks for.
func sources(s *snapshot.Snapshot) []string {
	count := map[string]int{}
	for _, layer := range s.Layers() {
		for f := range layer.After(0) {
			if !geo.ForPublic(f) {
				continue
			}
			source := estimate.BesidesMark(f.Common().Source)
			if strings.HasPrefix(source, "osm:") {
				source = "OpenStreetMap contributors"
			}
			count[source]++
		}
	}
	delete(count, "")
	delete(count, demoSource) // the page says it in larger letters
	names := slices.Collect(maps.Keys(count))
	slices.SortFunc(names, func(a, b string) int {
		return cmp.Or(count[b]-count[a], cmp.Compare(a, b))
	})
	return names[:min(len(names), 3)]
}
