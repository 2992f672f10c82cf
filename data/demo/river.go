package demo

import "gridatlas/geo"

// drawRiver lays water with its middle line, green banks and promenades into both
// river corridors.
func (c *city) drawRiver() {
	for _, k := range []struct {
		i    int
		name string
	}{{riverWest, "白杨河"}, {smallRiverWest, "小清溪"}} {
		west, east := c.bankChains(k.i)
		var waterWest, waterEast, greenWest, greenEast []vec
		var middle []geo.Point
		for n := range west {
			a, b := c.m.xy[west[n]], c.m.xy[east[n]]
			from, to := banks(k.i, n)
			waterWest = append(waterWest, mix(a, b, from))
			waterEast = append(waterEast, mix(a, b, to))
			middle = append(middle, c.point(mix(a, b, (from+to)/2)))
			greenWest = append(greenWest, mix(a, b, 0.05))
			greenEast = append(greenEast, mix(a, b, 0.95))
		}
		c.addLand("green", k.name+"西岸公园", c.polygon(strip(waterWest, greenWest)))
		c.addLand("green", k.name+"东岸公园", c.polygon(strip(greenEast, waterEast)))
		c.addLand("water", "", c.polygon(strip(waterEast, waterWest))) // the name is along its middle
		river := &geo.Barrier{Kind: "river"}
		river.Name = k.name
		river.Shape = geo.LineShape(middle)
		c.barriers = append(c.barriers, river)
		c.promenade(k.i, west, east, true)
		c.promenade(k.i, west, east, false)
	}
}

// strip is the ring between two lines that run north: right goes up, left comes
// back.
func strip(right, left []vec) []vec {
	out := append([]vec(nil), right...)
	for i := len(left) - 1; i >= 0; i-- {
		out = append(out, left[i])
	}
	return out
}

// bankChains returns the nodes of the two bank roads from south to north. Both
// have as many, since the corridor is bent as a whole.
func (c *city) bankChains(i int) (west, east []node) {
	l := &c.lattice
	west, east = []node{l.cross[i][0]}, []node{l.cross[i+1][0]}
	for j := range len(ys) - 1 {
		w, e := l.north[i][j], l.north[i+1][j]
		if j == railSouth { // underpasses may be on one side only
			w, e = []node{w[0], w[len(w)-1]}, []node{e[0], e[len(e)-1]}
		}
		west = append(west, w[1:]...)
		east = append(east, e[1:]...)
	}
	return west, east
}

// promenade runs between the bank road and the water through the built-up
// ground. At bridges it meets the road where the bridge begins, elsewhere it
// reaches the bank road by a short path now and then.
func (c *city) promenade(i int, west, east []node, onWest bool) {
	var current []geo.Point
	flush := func() {
		if len(current) > 1 {
			c.way("path", "yes", 3, current)
		}
		current = nil
	}
	bridge := map[node]node{} // bank node to the node where its bridge begins
	for j := range ys {
		chain := c.lattice.east[i][j]
		if len(chain) == 4 {
			bridge[chain[0]], bridge[chain[3]] = chain[1], chain[2]
		}
	}
	j := 0
	for n := range west {
		for j+1 < len(ys) && west[n] == c.lattice.cross[i][j+1] {
			j++
		}
		if !c.lattice.town[i][min(j, len(ys)-2)] || j == railSouth || west[n] == c.lattice.cross[i][railSouth] {
			flush()
			continue
		}
		a, b := c.m.xy[west[n]], c.m.xy[east[n]]
		from, to := banks(i, n)
		gap := 9 / distance(a, b)
		bank, share := west[n], from-gap
		if !onWest {
			bank, share = east[n], to+gap
		}
		if p, ok := bridge[bank]; ok {
			current = append(current, c.m.at[p])
			continue
		}
		p := c.point(mix(a, b, share))
		current = append(current, p)
		if n%2 == 0 && c.m.degree[bank] > 0 {
			if c.onRoad(bank) {
				c.way("path", "yes", 2.5, []geo.Point{p, c.m.at[bank]})
			}
		}
	}
	flush()
}

// onRoad reports whether a street runs through a node.
func (c *city) onRoad(n node) bool {
	for i := range c.m.edges {
		e := &c.m.edges[i]
		if (e.a == n || e.b == n) && e.road.class != noRoad {
			return true
		}
	}
	return false
}
