package demo

import (
	"slices"

	"gridatlas/geo"
)

// drawStreets turns the roads of the arrangement into street features: one from
// each crossing to the next, cut at bridges, underpasses and pedestrian
// crossings, with a corner wherever a lane or path joins.
func (c *city) drawStreets() {
	m := c.m
	at := make([][]int32, len(m.at))
	for i := range m.edges {
		e := &m.edges[i]
		if e.road.class == noRoad {
			continue
		}
		slices.SortFunc(e.joins, func(a, b join) int { return compare(a.t, b.t) })
		at[e.a] = append(at[e.a], int32(i))
		at[e.b] = append(at[e.b], int32(i))
	}
	ends := func(n node) bool {
		if len(at[n]) != 2 {
			return true
		}
		return m.edges[at[n][0]].road != m.edges[at[n][1]].road
	}
	done := make([]bool, len(m.edges))
	for i := range m.edges {
		e := &m.edges[i]
		if e.road.class == noRoad || done[i] {
			continue
		}
		from := e.a
		if !ends(from) {
			from = e.b
		}
		if !ends(from) {
			continue // in the middle of a chain; taken from its end
		}
		edge, n := int32(i), from
		var points []geo.Point
		for {
			done[edge] = true
			points = append(points, m.at[n])
			e := &m.edges[edge]
			if e.a == n {
				for _, j := range e.joins {
					points = append(points, j.at)
				}
			} else {
				for _, j := range slices.Backward(e.joins) {
					points = append(points, j.at)
				}
			}
			n = e.a + e.b - n
			if ends(n) {
				break
			}
			edge = at[n][0] + at[n][1] - edge
		}
		points = append(points, m.at[n])
		c.drawRoad(e.road, points, c.crossingWidth(at, from, e.road), c.crossingWidth(at, n, e.road))
	}
}

// crossingWidth is how many metres before a node a walker along the road leaves
// the kerb of a wide road that crosses there; zero where none does.
func (c *city) crossingWidth(at [][]int32, n node, r road) float64 {
	if len(at[n]) < 3 || r.bridge || r.tunnel {
		return 0
	}
	width := 0.0
	for _, k := range at[n] {
		o := c.m.edges[k].road
		if o.line != r.line && (o.class >= mainRoad || o.class == collector && r.class >= collector) {
			width = max(width, o.width/2+3)
		}
	}
	return width
}

// drawRoad adds the features of one road between two crossings; first and last
// are the lengths of the pedestrian crossings at its ends.
func (c *city) drawRoad(r road, points []geo.Point, first, last float64) {
	head, rest := c.cutLine(points, first)
	back, tail := c.cutLine(reversedPoints(rest), last)
	if head == nil || back == nil || len(tail) < 2 {
		// too short for kerbs of its own
		c.addRoad(r, points, false)
		return
	}
	if len(head) > 1 {
		c.addRoad(r, head, true)
	}
	c.addRoad(r, reversedPoints(tail), false)
	if len(back) > 1 {
		c.addRoad(r, reversedPoints(back), true)
	}
}

// cutLine cuts a line a length after its start, at a corner when one is near.
// Zero cuts nothing; head is nil when the line is too short.
func (c *city) cutLine(points []geo.Point, length float64) (head, rest []geo.Point) {
	if length == 0 {
		return points[:1], points
	}
	walked := 0.0
	for i := 1; i < len(points); i++ {
		a, b := c.xy(points[i-1]), c.xy(points[i])
		d := distance(a, b)
		if walked+d < length-4 {
			walked += d
			continue
		}
		if walked+d <= length+4 {
			if i == len(points)-1 {
				return nil, points
			}
			return points[:i+1], points[i:]
		}
		p := c.point(mix(a, b, (length-walked)/d))
		head = append(slices.Clone(points[:i]), p)
		return head, append([]geo.Point{p}, points[i:]...)
	}
	return nil, points
}

func (c *city) xy(p geo.Point) vec {
	x, y := c.m.local.XY(p)
	return vec{x, y}
}

func reversedPoints(points []geo.Point) []geo.Point {
	out := slices.Clone(points)
	slices.Reverse(out)
	return out
}

func (c *city) addRoad(r road, points []geo.Point, crossing bool) {
	s := &geo.Street{Class: classNames[r.class], Foot: "yes", WidthM: geo.Some(r.width), Crossing: crossing, Bridge: r.bridge, Tunnel: r.tunnel}
	s.Name = c.roadName(r, c.xy(points[0]))
	s.Shape = geo.LineShape(slices.Clone(points))
	switch {
	case r.bridge:
		s.Level = geo.Some[int32](1)
	case r.tunnel:
		s.Level = geo.Some[int32](-1)
	}
	c.streets = append(c.streets, s)
}

// way adds a lane or a footpath.
func (c *city) way(class, foot string, width float64, points []geo.Point) {
	s := &geo.Street{Class: class, Foot: foot, WidthM: geo.Some(width)}
	s.Shape = geo.LineShape(points)
	c.streets = append(c.streets, s)
}
