package demo

import "math"

// line is a named road: everything that goes straight on under one name.
type line struct {
	name string
	// split is true for streets that cross the river, whose halves are 西 and 东.
	split bool
}

func (c *city) newLine(northSouth bool, index int) int32 {
	if northSouth {
		c.lines = append(c.lines, line{name: northSouthNames[index] + "路"})
	} else {
		c.lines = append(c.lines, line{name: eastWestNames[index], split: true})
	}
	return int32(len(c.lines) - 1)
}

func (c *city) newRing() int32 {
	c.lines = append(c.lines, line{name: "环城快速路"})
	return int32(len(c.lines) - 1)
}

var avenueNames = []string{"鸢飞大道", "通济大道", "卧龙大道", "望河大道"}

func (c *city) newAvenue(n int) int32 {
	c.lines = append(c.lines, line{name: avenueNames[n]})
	return int32(len(c.lines) - 1)
}

// nameStreets follows each nameless street straight on over its crossings and
// gives all of it one name.
func (c *city) nameStreets() {
	at := make([][]int32, len(c.m.at)) // edges at each node
	for i := range c.m.edges {
		e := &c.m.edges[i]
		if e.road.class != noRoad {
			at[e.a] = append(at[e.a], int32(i))
			at[e.b] = append(at[e.b], int32(i))
		}
	}
	for i := range c.m.edges {
		e := &c.m.edges[i]
		if e.road.class == noRoad || e.road.line != noLine {
			continue
		}
		id := int32(len(c.lines))
		d := c.m.xy[e.b].sub(c.m.xy[e.a])
		suffix := "路"
		if math.Abs(d.x) > math.Abs(d.y) {
			suffix = "街"
		}
		if c.quarter(c.m.xy[e.a]) == oldTown && e.road.class == local {
			suffix = "巷"
		}
		c.lines = append(c.lines, line{name: c.words.street(suffix)})
		e.road.line = id
		for _, start := range [2]node{e.a, e.b} {
			c.follow(at, int32(i), start, id)
		}
	}
}

// follow carries the name of an edge on from one of its nodes.
func (c *city) follow(at [][]int32, from int32, n node, id int32) {
	for {
		e := &c.m.edges[from]
		back := c.m.xy[e.a].add(c.m.xy[e.b]).sub(c.m.xy[n]).sub(c.m.xy[n]).unit()
		next, best := int32(-1), -0.9 // within 25 degrees of straight on
		for _, k := range at[n] {
			o := &c.m.edges[k]
			if o.road.line != noLine || o.road.class != e.road.class {
				continue
			}
			d := c.m.xy[o.a].add(c.m.xy[o.b]).sub(c.m.xy[n]).sub(c.m.xy[n]).unit()
			if cos := dot(back, d); cos < best {
				next, best = k, cos
			}
		}
		if next < 0 {
			return
		}
		o := &c.m.edges[next]
		o.road.line = id
		n = o.a + o.b - n
		from = next
	}
}

// roadName is the name of the road on an edge.
func (c *city) roadName(r road, p vec) string {
	if r.line == noLine {
		return ""
	}
	l := c.lines[r.line]
	if !l.split {
		return l.name
	}
	if river := warp(vec{(xs[riverWest] + xs[riverWest+1]) / 2, p.y}); p.x < river.x {
		return l.name + "西街"
	}
	return l.name + "东街"
}
