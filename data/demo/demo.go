// Package demo makes the demo cities: believable ground that does not exist,
// under real names and codes of divisions.
package demo

import (
	"iter"
	"time"

	"gridatlas/geo"
	"gridatlas/geo/crs"
)

// Options chooses the size.
type Options struct {
	// Scale is the number of buildings to make, about: 0 is the city as it is
	// described (60,000). More comes as further ground of the same kind beside
	// it, for benchmarks: buildings, streets, compounds and land without places.
	Scale int
}

// Source is what every feature and the change set name as their source.
const Source = "演示数据 (made-up ground; division names: National Bureau of Statistics 2023)"

// Weifang returns the change set that makes the city in an empty store. It is
// the same each time: ids, versions and hash are equal in every store.
func Weifang(o Options) geo.ChangeSet {
	return geo.ChangeSet{
		IdempotencyKey: "demo-weifang",
		Author:         "gridatlas demo",
		Note:           "演示城市",
		Source:         Source,
		At:             madeAt,
		Changes:        changes(o),
	}
}

// madeAt is the fixed time of the change set.
var madeAt = time.Date(2026, 9, 1, 0, 0, 0, 0, time.UTC)

const seed = 370702002004

// changes builds the ground when the stream is read, and again each time.
func changes(o Options) iter.Seq2[geo.Change, error] {
	return func(yield func(geo.Change, error) bool) {
		c := build(seed, crs.At(119.107, 36.709), "")
		for f := range c.features() {
			if !yield(geo.Insert(f), nil) {
				return
			}
		}
	}
}

// features gives everything in the order of the catalog, places first.
func (c *city) features() iter.Seq[geo.Feature] {
	return func(yield func(geo.Feature) bool) {
		_ = each(c.placeList, yield) && each(c.grids, yield) && each(c.compounds, yield) &&
			c.eachBuilding(yield) && each(c.parking, yield) && each(c.booths, yield) &&
			each(c.shelters, yield) && each(c.facilities, yield) && each(c.gates, yield) &&
			each(c.barriers, yield) && each(c.streets, yield) && each(c.land, yield) &&
			each(c.assignments, yield) && each(c.incidents, yield)
	}
}

func each[F geo.Feature](list []F, yield func(geo.Feature) bool) bool {
	for _, f := range list {
		if !yield(stamped(f)) {
			return false
		}
	}
	return true
}

func (c *city) eachBuilding(yield func(geo.Feature) bool) bool {
	for i := range c.buildings {
		if !yield(stamped(c.buildings[i].feature)) {
			return false
		}
	}
	return true
}

// stamped marks a feature as made up.
func stamped(f geo.Feature) geo.Feature {
	if base := f.Common(); base.Source == "" {
		base.Source = "演示数据"
	}
	return f
}
