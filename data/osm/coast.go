package osm

import (
	"slices"

	"gridatlas/geo"
	"gridatlas/geo/crs"
)

// maxShort is how far before the bounds, in metres, the end of a coastline may lie:
// where a file was cut node by node, that is the last node inside. Nodes of coasts
// are tens of metres apart.
const maxShort = 250

// isCoast tells the line between land, on its left, and the sea.
func isCoast(t tags) bool { return t.get("natural") == "coastline" }

// coast is lines of coast and the ways they are of.
type coast struct {
	lines [][]geo.Point
	of    []ref
}

func (c *coast) add(r ref, pieces [][]geo.Point) {
	for _, points := range pieces {
		c.lines, c.of = append(c.lines, slices.Clone(points)), append(c.of, r)
	}
}

// extend leads the ends of coastlines that lie short of the bounds of a file, and
// at which no other coastline goes on, straight to them.
func (c *coast) extend(bounds geo.Box) {
	starts, ends := map[geo.Point]bool{}, map[geo.Point]bool{}
	for _, points := range c.lines {
		starts[points[0]], ends[points[len(points)-1]] = true, true
	}
	for i, points := range c.lines {
		first, last := points[0], points[len(points)-1]
		if on, short := nearestOn(bounds, first); short && !ends[first] {
			points = slices.Insert(points, 0, on)
		}
		if on, short := nearestOn(bounds, last); short && !starts[last] {
			points = append(points, on)
		}
		c.lines[i] = slices.Compact(points)
	}
}

// nearestOn returns the place nearest to a point on the border of the box it lies
// in, and whether it is so near that a coastline may be led there.
func nearestOn(box geo.Box, p geo.Point) (on geo.Point, short bool) {
	if !box.Holds(p) {
		return p, false
	}
	least := float64(maxShort)
	for _, q := range [4]geo.Point{{X: box.W, Y: p.Y}, {X: box.E, Y: p.Y}, {X: p.X, Y: box.S}, {X: p.X, Y: box.N}} {
		if d := crs.Distance(p, q); d <= least {
			on, short, least = q, true, d
		}
	}
	return on, short
}

// near returns the ring of a box as line 0, then the stretches of coast that may
// lie in it, and how many corners those have.
func (c *coast) near(box geo.Box) (near coast, corners int) {
	near.lines = [][]geo.Point{{
		{X: box.W, Y: box.S}, {X: box.E, Y: box.S}, {X: box.E, Y: box.N}, {X: box.W, Y: box.N}, {X: box.W, Y: box.S},
	}}
	near.of = []ref{{}}
	for i, points := range c.lines {
		first := 0 // of the stretch
		for j := 1; j <= len(points); j++ {
			if j < len(points) && geo.NoBox.With(points[j-1]).With(points[j]).Intersects(box) {
				continue
			}
			if first < j-1 {
				near.lines, near.of = append(near.lines, points[first:j]), append(near.of, c.of[i])
				corners += j - first
			}
			first = j
		}
	}
	return near, corners
}
