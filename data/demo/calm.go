package demo

import (
	"math"
	"slices"
)

// calmStreets gives local streets their widths: the ones nearest to the centre
// and to works are wide, the others narrow, so many of each that the roads take
// up the share of the ground that they should.
func (c *city) calmStreets() {
	const narrow, wide = 9.5, 18
	area := 0.0
	var locals []int32
	for i := range c.m.edges {
		e := &c.m.edges[i]
		if !c.counts(e) {
			continue
		}
		if e.road.class == local {
			e.road.width = narrow
			locals = append(locals, int32(i))
		}
		area += c.m.lengthOf(e) * e.road.width
	}
	rank := func(i int32) float64 {
		e := &c.m.edges[i]
		p := mix(c.m.xy[e.a], c.m.xy[e.b], 0.5)
		switch c.quarter(p) {
		case oldTown:
			return 1e9
		case works:
			return math.Round(p.length() / 2)
		}
		return math.Round(p.length())
	}
	slices.SortStableFunc(locals, func(a, b int32) int { return compare(rank(a), rank(b)) })
	for _, i := range locals {
		e := &c.m.edges[i]
		gain := c.m.lengthOf(e) * (wide - narrow)
		if area+gain > roadShare*c.builtUp {
			break
		}
		e.road.width = wide
		area += gain
	}
}

func (m *arrangement) lengthOf(e *edge) float64 { return distance(m.xy[e.a], m.xy[e.b]) }

// counts reports whether an edge is a road of the built-up ground, its border
// included.
func (c *city) counts(e *edge) bool {
	if e.road.class == noRoad {
		return false
	}
	for _, d := range [][2]node{{e.a, e.b}, {e.b, e.a}} {
		if f, ok := c.m.faceOf[d]; ok {
			if c.m.faces[f].town {
				return true
			}
		}
	}
	return false
}

// roadLength is the length of the roads of the built-up ground.
func (c *city) roadLength() float64 {
	sum := 0.0
	for i := range c.m.edges {
		if e := &c.m.edges[i]; c.counts(e) {
			sum += c.m.lengthOf(e)
		}
	}
	return sum
}
