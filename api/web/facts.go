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

// cachedFacts are facts with what those of the next snapshot are made from.
type cachedFacts struct {
	of *snapshot.Snapshot
	facts
	middle geo.Point
	counts map[string]int // public features by source
}

func (c *factsCache) get(s *snapshot.Snapshot) facts {
	last := c.last.Load()
	if last == nil || last.of != s {
		last = gatherSince(s, last)
		c.last.Store(last)
	}
	return last.facts
}

func gather(s *snapshot.Snapshot) facts { return gatherSince(s, nil).facts }

// gatherSince returns the facts of a snapshot. With those of another one, nil if there
// are none, it looks at what differs alone: a city has 300,000 features, of which a
// change touches one.
func gatherSince(s *snapshot.Snapshot, last *cachedFacts) *cachedFacts {
	f := &cachedFacts{of: s}
	if last == nil {
		f.counts, f.middle = countSources(s), middle(s)
	} else {
		f.counts, f.middle = last.counts, last.middle
		f.follow(last)
	}
	if box := s.PublicBox(); !box.Empty() {
		f.Bounds[0], f.Bounds[1] = crs.ToDegrees(geo.Point{X: box.W, Y: box.S})
		f.Bounds[2], f.Bounds[3] = crs.ToDegrees(geo.Point{X: box.E, Y: box.N})
		f.Centre[0], f.Centre[1] = crs.ToDegrees(f.middle)
	}
	f.City = cityName(s)
	f.Sources = largest(f.counts)
	f.Demo = slices.ContainsFunc(f.Sources, func(name string) bool { return strings.HasPrefix(name, demoSource) })
	return f
}

// follow takes over what the last facts counted, as it is now.
func (f *cachedFacts) follow(last *cachedFacts) {
	moved := false
	for i, layer := range f.of.Layers() {
		before := last.of.Layers()[i]
		if layer == before {
			continue
		}
		f.counts = maps.Clone(f.counts) // others read those of before
		for old, now := range snapshot.Differences(before, layer) {
			if old != nil {
				count(f.counts, old, -1)
			}
			if now != nil {
				count(f.counts, now, 1)
			}
			moved = moved || old == nil || now == nil || old.Common().Shape.Box() != now.Common().Shape.Box()
		}
	}
	if moved {
		f.middle = middle(f.of)
	}
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

// countSources counts the features that the public sees by who made them.
func countSources(s *snapshot.Snapshot) map[string]int {
	counts := map[string]int{}
	for _, layer := range s.Layers() {
		for f := range layer.After(0) {
			count(counts, f, 1)
		}
	}
	return counts
}

// count adds a feature to those of its source. What was read from OpenStreetMap names
// each element, and is one source here, in the words its licence asks for.
func count(counts map[string]int, f geo.Feature, by int) {
	if !geo.ForPublic(f) {
		return
	}
	source := estimate.BesidesMark(f.Common().Source)
	if strings.HasPrefix(source, "osm:") {
		source = "OpenStreetMap contributors"
	}
	if counts[source] += by; counts[source] == 0 {
		delete(counts, source)
	}
}

// largest lists who made what is drawn, by number of features; more than three would
// not be read.
func largest(counts map[string]int) []string {
	names := slices.DeleteFunc(slices.Collect(maps.Keys(counts)), func(name string) bool {
		return name == "" || name == demoSource // which the page says in larger letters
	})
	slices.SortFunc(names, func(a, b string) int {
		return cmp.Or(counts[b]-counts[a], cmp.Compare(a, b))
	})
	return names[:min(len(names), 3)]
}
