package demo

import "math/rand/v2"

// fillVillage builds rows of low houses along open alleys: what is left of a
// village that the city grew around. Old-town courtyards are its denser kind,
// with wings around a court.
func (c *city) fillVillage(f int32, l lot, courts bool, r *rand.Rand) {
	room := l.shrunk(2)
	if room.empty() {
		return
	}
	fr := room.southFrame()
	u1, v1, u2, v2 := room.extent(fr)
	grid := &laneGrid{face: f, border: l, room: room, frame: fr, class: "lane", foot: "yes", width: 3.5, open: true}
	depth, pitch, width := 8.5, 21.5, 13.8
	if courts {
		depth, pitch, width = 6.5, 17.5, 11.5
	}
	depth += r.Float64()
	width += 3 * r.Float64()
	spines := 1 + int((u2-u1)/105)
	for k := range spines {
		grid.spines = append(grid.spines, u1+(u2-u1)*(float64(k)+0.5+(r.Float64()-0.5)*0.25)/float64(spines))
	}
	var rows []float64
	k := 0
	for v := v1 + 1 + 3*r.Float64(); v+pitch-4 < v2; v += pitch {
		rows = append(rows, v)
		if k%2 == 0 { // two rows share an alley
			grid.rows = append(grid.rows, v+pitch-3)
		}
		k++
	}
	if len(rows) == 0 {
		c.garden(l)
		return
	}
	if _, ok := c.lay(grid, r); !ok {
		c.garden(l)
		return
	}
	year := 1962 + r.IntN(36)
	for _, v := range rows {
		a, b, ok := room.band(fr, v, v+pitch-6.5)
		if !ok {
			continue
		}
		for _, p := range minus(a, b, grid.spines, 2.6) {
			for u := p[0]; u+8 < p[1]; {
				w := min(width*(0.85+0.35*r.Float64()), p[1]-u)
				if p[1]-u-w < 8 {
					w = p[1] - u
				}
				if w > 1.7*width {
					w /= 2
				}
				if r.IntN(14) > 0 {
					c.addLowHouse(f, fr, u, u+w-0.7, v, v+pitch-6.5, depth, courts, year, r)
				}
				u += w
			}
		}
	}
}

// addLowHouse draws a house at the north of its plot: a bar, an L or a U open to
// the south.
func (c *city) addLowHouse(f int32, fr frame, u1, u2, v1, v2, depth float64, courts bool, year int, r *rand.Rand) {
	south := v2 - depth
	var corners []vec
	wing := 3.6 + r.Float64()
	shape := r.IntN(6)
	switch {
	case courts && shape < 2 && u2-u1 > 2*wing+2.5 && south-v1 > 2.5:
		corners = fr.polygon(u1, v1, u1+wing, v1, u1+wing, south, u2-wing, south, u2-wing, v1, u2, v1, u2, v2, u1, v2)
	case shape < 4 && u2-u1 > wing+4 && south-v1 > 2:
		if shape%2 == 0 {
			corners = fr.polygon(u1, v1+1, u1+wing, v1+1, u1+wing, south, u2, south, u2, v2, u1, v2)
		} else {
			corners = fr.polygon(u1, south, u2-wing, south, u2-wing, v1+1, u2, v1+1, u2, v2, u1, v2)
		}
	default:
		corners = fr.rect(u1, south, u2, v2)
	}
	levels := 1
	if !courts && r.IntN(4) == 0 {
		levels = 2
	}
	b := c.addBuilding(f, corners, "residential", levels, year+r.IntN(12))
	b.kind = house
	b.households = 1
	if r.IntN(5) == 0 {
		b.households = 2
	}
}
