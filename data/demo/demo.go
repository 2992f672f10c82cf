package demo

import (
	"fmt"
	"iter"
	"slices"
	"time"

	"gridatlas/geo"
)

// Options chooses the size.
type Options struct {
	// Scale is the number of buildings to make, about: 0 is the city as it is
	// described (60,000). More comes as further ground of the same kind beside
	// it, for benchmarks: buildings, streets, compounds and land without places.
	Scale int
}

// Mark must stand on everything that shows or holds some of the city.
const Mark = "演示数据"

// Source is what every feature and the change set name as their source.
const Source = Mark + "（地面为虚构；区划名称与代码：国家统计局，2023 年）"

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

// seed is the code of the community that is drawn in detail; any number would
// do, another one makes another city.
const seed = 370702002004

// centrePoint is the middle of the city: 119.107 E, 36.709 N.
var centrePoint = geo.Point{X: 1_191_070_000, Y: 367_090_000}

// Further cities stand this far apart, in lattice steps: 22 km east, 20 km
// north.
const (
	pitchEast  = 2_480_000
	pitchNorth = 1_810_000
)

// changes builds the ground when the stream is read, and again each time. Only
// one city at a time is in memory.
func changes(o Options) iter.Seq2[geo.Change, error] {
	return func(yield func(geo.Change, error) bool) {
		buildings := 0
		for n := 0; n == 0 || buildings < o.Scale; n++ {
			east, north := site(n)
			at := geo.Point{X: centrePoint.X + east*pitchEast, Y: centrePoint.Y + north*pitchNorth}
			c := build(seed+uint64(n), at, prefix(n))
			if n > 0 {
				c.trim(o.Scale - buildings)
			}
			buildings += len(c.buildings)
			for f := range c.features() {
				if !yield(geo.Insert(f), nil) {
					return
				}
			}
		}
	}
}

// site is the place of the n-th city on a square spiral without gaps: rings of
// cities around the first.
func site(n int) (east, north int32) {
	ring := int32(0)
	for side := int32(1); int32(n) >= side*side; side += 2 {
		ring = (side + 1) / 2
	}
	if ring == 0 {
		return 0, 0
	}
	inner := 2*ring - 1
	k := int32(n) - inner*inner
	side, along := k/(2*ring), k%(2*ring)
	switch side {
	case 0:
		return ring, along - ring
	case 1:
		return ring - along, ring
	case 2:
		return -ring, ring - along
	}
	return along - ring, -ring
}

// prefix stands before the codes of the n-th city; the first has none.
func prefix(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf("T%02d", n+1)
}

// trim leaves out buildings beyond n, and their entrances. Compounds keep their
// sums.
func (c *city) trim(n int) {
	if n >= len(c.buildings) {
		return
	}
	gone := map[string]bool{} // only looked up
	for i := n; i < len(c.buildings); i++ {
		gone[c.buildings[i].feature.Code] = true
	}
	c.buildings = c.buildings[:n]
	c.gates = slices.DeleteFunc(c.gates, func(g *geo.Gate) bool { return gone[g.Of] })
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
