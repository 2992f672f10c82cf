package resident

import (
	"gridatlas/geo"
	"gridatlas/geo/snapshot"
	"gridatlas/geo/walk"
)

// Reach is what a Place was told of: its feature, the booth that serves instead, and
// the ground on which everything else lies that has a part in it.
type Reach struct {
	feature   geo.Feature
	successor geo.Feature // nil: none, or none with that code
	code      string      // that the successor has; empty: none is named
	ground    geo.Box
}

// Reach returns what was told of, of a walking map. Others are looked for farther off
// when none is near, and whom to ask anywhere in the community.
func (p *Place) Reach() Reach {
	minutes := Near
	if len(p.Nearby) == 0 {
		minutes = walk.MaxMinutes
	}
	r := Reach{feature: p.Feature, ground: walk.Reach(p.Point, float64(minutes)*60*p.SpeedMPS)}
	if p.Community != nil {
		r.ground = r.ground.Union(p.Community.Shape.Box())
	}
	if b, isBooth := p.Feature.(*geo.Booth); isBooth {
		r.code = b.MovedTo
	}
	if p.Successor != nil {
		r.successor = p.Successor
	}
	return r
}

// Changed is what one map tells otherwise than another.
type Changed struct {
	on      *snapshot.Snapshot
	touched walk.Touched
}

// Between returns what a map tells otherwise than another one. It costs about what
// changed.
func Between(before, after *walk.Map) *Changed {
	c := &Changed{on: after.Snapshot(), touched: after.Touched(before)}
	if c.touched.All {
		return c
	}
	for old, now := range snapshot.Differences(before.Snapshot().Layer(geo.Places), c.on.Layer(geo.Places)) {
		for _, f := range [2]geo.Feature{old, now} {
			if f != nil {
				c.touched.Boxes = append(c.touched.Boxes, f.Common().Shape.Box())
			}
		}
	}
	return c
}

// Keeps reports whether the same is told of both maps for any one instant.
func (c *Changed) Keeps(r *Reach) bool {
	if f, _ := c.on.Get(geo.KeyOf(r.feature)); f != r.feature {
		return false
	}
	if next, _ := c.on.Layer(geo.Booths).ByCode(r.code); next != r.successor {
		return false
	}
	return !c.touched.Meets(r.ground)
}
