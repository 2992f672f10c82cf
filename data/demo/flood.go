package demo

import (
	"slices"
	"time"

	"gridatlas/geo"
)

// floodPeople is about how many people live in the flood scenario.
const floodPeople = 60_000

// floodFrom and floodUntil are the day of the drill. It is over when the city
// is made, so nothing is in effect until somebody asks for that day.
var (
	floodFrom  = time.Date(2026, 7, 20, 6, 0, 0, 0, time.UTC)
	floodUntil = floodFrom.Add(24 * time.Hour)
)

// FloodName is the name of the scenario.
const FloodName = "暴雨内涝演练（演示）"

// drawFlood adds the scenario: the blocks along the middle of the river, the
// nearest to the water first, until enough people live in them.
func (c *city) drawFlood(blocks []tally) {
	type near struct {
		face     int32
		distance float64
	}
	west, east := c.bankChains(riverWest)
	var line []vec
	for n := range west {
		p := mix(c.m.xy[west[n]], c.m.xy[east[n]], 0.5)
		if p.y > -3600 && p.y < 3900 {
			line = append(line, p)
		}
	}
	var list []near
	for f := range c.blocks {
		d := 1e12
		for i := 1; i < len(line); i++ {
			d = min(d, distance(c.blocks[f].centre, mix(line[i-1], line[i], nearestOn(c.blocks[f].centre, line[i-1], line[i]))))
		}
		list = append(list, near{int32(f), d})
	}
	slices.SortStableFunc(list, func(a, b near) int { return compare(a.distance, b.distance) })
	var faces []int32
	people := int64(0)
	for _, n := range list {
		if people+blocks[n.face].residents/2 > floodPeople {
			break
		}
		faces = append(faces, n.face)
		people += blocks[n.face].residents
	}
	i := &geo.Incident{Kind: "flood", Level: "2", Note: "白杨河沿岸内涝淹没范围推演，供演练使用；范围与人数均为虚构"}
	i.Code, i.Name = "DEMO-FLOOD-1", FloodName
	i.From, i.Until = geo.InstantOf(floodFrom), geo.InstantOf(floodUntil)
	i.Shape = c.m.union(faces)
	c.incidents = append(c.incidents, i)
}
