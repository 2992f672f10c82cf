package demo

import (
	"slices"

	"gridatlas/geo"
)

// drawRailway lays the tracks through the middle of their corridor. Streets
// cross them in underpasses only.
func (c *city) drawRailway() {
	l := &c.lattice
	var south, north []node
	for i := range len(xs) - 1 {
		s, n := l.east[i][railSouth], l.east[i][railSouth+1]
		if i == riverWest || i == smallRiverWest { // bridges cut one side only
			s, n = []node{s[0], s[len(s)-1]}, []node{n[0], n[len(n)-1]}
		}
		south, north = append(south, s[:len(s)-1]...), append(north, n[:len(n)-1]...)
	}
	last := len(xs) - 1
	south, north = append(south, l.cross[last][railSouth]), append(north, l.cross[last][railSouth+1])
	for track := range 2 {
		var points []geo.Point
		for k := range south {
			points = append(points, c.point(mix(c.m.xy[south[k]], c.m.xy[north[k]], 0.46+0.08*float64(track))))
		}
		rail := &geo.Barrier{Kind: "rail"}
		rail.Name = "铁路"
		rail.Shape = geo.LineShape(points)
		c.barriers = append(c.barriers, rail)
	}
	for _, share := range [2][2]float64{{0.12, 0.40}, {0.60, 0.88}} { // plantings on both sides
		var low, high []vec
		for k := range south {
			low = append(low, mix(c.m.xy[south[k]], c.m.xy[north[k]], share[0]))
			high = append(high, mix(c.m.xy[south[k]], c.m.xy[north[k]], share[1]))
		}
		slices.Reverse(high)
		c.addLand("green", "", c.polygon(append(low, high...)))
	}
	station := c.m.xy[l.cross[8][railSouth+1]].add(c.m.xy[l.cross[9][railSouth+1]]).mul(0.5)
	s := c.facility(c.nearestFace(station), "station_rail", "站前火车站", station.sub(vec{0, 32}))
	s.Hours = "24/7"
}

func (c *city) nearestFace(p vec) int32 {
	all := make([]int32, len(c.blocks))
	for f := range all {
		all[f] = int32(f)
	}
	return c.nearestBlock(all, p, nil)
}
