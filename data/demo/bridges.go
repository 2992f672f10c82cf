package demo

// banks are the shares of the way across a river corridor at which the water
// begins and ends, at the k-th node of its banks from the south.
func banks(i, k int) (from, to float64) {
	if i == smallRiverWest {
		return 0.31 + float64(0.05*ripple(k, 3)), 0.69 - float64(0.05*ripple(k, 5))
	}
	// the large river widens and narrows
	return 0.27 + float64(0.10*ripple(k, 7)), 0.73 - float64(0.09*ripple(k, 11))
}

// ripple is a smooth made-up wave between -1 and 1 over whole numbers.
func ripple(k, phase int) float64 {
	steps := [...]float64{0, 0.5, 0.9, 1, 0.7, 0.2, -0.4, -0.9, -1, -0.8, -0.3}
	a := steps[(k+phase)%len(steps)]
	b := steps[(k*2+phase*3)%len(steps)]
	return 0.65*a + 0.35*b
}

// layBridges cuts the roads that cross water or the railway into approach,
// bridge or underpass, and approach.
func (c *city) layBridges() {
	l := &c.lattice
	for _, i := range []int{riverWest, smallRiverWest} {
		k := 0
		for j := range ys {
			a, b := l.cross[i][j], l.cross[i+1][j]
			from, to := banks(i, k)
			if j+1 < len(ys) {
				k += len(l.north[i][j]) - 1
			}
			if c.m.between(a, b).road.class == noRoad {
				continue
			}
			gap := 9 / distance(c.m.xy[a], c.m.xy[b])
			p := c.m.cutEdge(a, b, mix(c.m.xy[a], c.m.xy[b], from-gap))
			q := c.m.cutEdge(p, b, mix(c.m.xy[a], c.m.xy[b], to+gap))
			c.m.between(p, q).road.bridge = true
			l.east[i][j] = []node{a, p, q, b}
		}
	}
	for i := range xs {
		a, b := l.cross[i][railSouth], l.cross[i][railSouth+1]
		if c.m.between(a, b).road.class == noRoad {
			continue
		}
		p := c.m.cutEdge(a, b, mix(c.m.xy[a], c.m.xy[b], 0.26))
		q := c.m.cutEdge(p, b, mix(c.m.xy[a], c.m.xy[b], 0.74))
		c.m.between(p, q).road.tunnel = true
		l.north[i][railSouth] = []node{a, p, q, b}
	}
}
