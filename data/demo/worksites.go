package demo

import (
	"math/rand/v2"

	"gridatlas/geo"
)

// fillFactory builds halls and an office behind a wall with one or two gates.
func (c *city) fillFactory(f int32, l lot, r *rand.Rand) {
	wall := l.shrunk(0.5)
	room := wall.shrunk(7)
	if room.empty() || room.area() < 3000 {
		c.garden(l)
		return
	}
	fr := wall.southFrame()
	u1, v1, u2, v2 := room.extent(fr)
	grid := &laneGrid{face: f, border: wall, room: room, frame: fr, class: "lane", foot: "private", width: 7, gates: 1 + r.IntN(2)}
	spines := 1 + int((u2-u1)/200)
	for k := range spines {
		grid.spines = append(grid.spines, u1+(u2-u1)*(float64(k)+0.5+(r.Float64()-0.5)*0.3)/float64(spines))
	}
	depth := 20 + 22*r.Float64()
	pitch := depth + 15 + 6*r.Float64()
	rows := fitRows(v1, v2-depth-8, pitch)
	for _, v := range rows {
		grid.rows = append(grid.rows, v+depth+7)
	}
	if len(rows) == 0 {
		c.garden(l)
		return
	}
	gates, ok := c.lay(grid, r)
	if !ok {
		c.garden(l)
		return
	}
	year := 1985 + r.IntN(35)
	for i, v := range rows {
		a, b, ok := room.band(fr, v, v+depth)
		if !ok || !grid.serves(v+depth+7) {
			continue
		}
		for _, p := range minus(a, b, grid.spines, 7) {
			for u := p[0]; u+16 < p[1]; {
				size := min(26+60*r.Float64(), p[1]-u)
				d := depth * (0.7 + 0.3*r.Float64())
				if i == 0 && r.IntN(5) == 0 {
					o := c.addBuilding(f, fr.rect(u, v, u+min(size, 48), v+15), "office", 3+r.IntN(4), year)
					o.kind = hall
				} else if pick := r.IntN(16); pick > 1 {
					h := c.addBuilding(f, hallShape(fr, u, v, size, d, pick), "industrial", 1, year)
					h.kind = hall
				}
				u += size + 9
			}
		}
	}
	c.drawWall(wall, gates)
	for _, g := range gates {
		gate := &geo.Gate{Kind: "gate", Foot: "none", StepFree: geo.Some(true)}
		gate.Foot = "residents"
		gate.Shape = geo.PointShape(c.point(g.at))
		c.gates = append(c.gates, gate)
	}
	c.addLand("industrial", "", c.polygon(l.corners))
}

// hallShape is a bar, an L or a bar with a lean-to.
func hallShape(f frame, u, v, size, d float64, pick int) []vec {
	switch {
	case pick == 2 && size > 40:
		return f.polygon(u, v, u+size, v, u+size, v+d, u+size-18, v+d, u+size-18, v+d*0.55, u, v+d*0.55)
	case pick == 3 && size > 30:
		return f.polygon(u, v, u+size, v, u+size, v+d*0.8, u+size*0.6, v+d*0.8, u+size*0.6, v+d, u+size*0.25, v+d, u+size*0.25, v+d*0.8, u, v+d*0.8)
	}
	return f.rect(u, v, u+size, v+d)
}
