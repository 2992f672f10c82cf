package demo

import (
	"fmt"
	"math/rand/v2"

	"gridatlas/geo"
)

// yard is open ground that could shelter people.
type yard struct {
	kind    string // park, school, square, sports
	name    string
	block   int32
	corners []vec
	gates   []gateway
}

var schoolNames = []string{"实验小学", "小学", "中学", "第二小学", "学校", "初级中学", "外国语学校"}

// fillSchool builds a school: a sports ground with a track on one side, houses
// around a court on the other, a wall with gates that open in an emergency.
func (c *city) fillSchool(f int32, l lot, r *rand.Rand) {
	wall := l.shrunk(0.5)
	room := wall.shrunk(6)
	if room.empty() || room.area() < 4000 {
		c.garden(l)
		return
	}
	fr := wall.southFrame()
	u1, v1, u2, v2 := room.extent(fr)
	split := u1 + (u2-u1)*0.46
	grid := &laneGrid{face: f, border: wall, room: room.clip(fr.at(split-5, 0), fr.u, inside), frame: fr, spines: []float64{split}, class: "lane", foot: "private", width: 5, gates: 2}
	rows := fitRows(v1+3, v2-15-8, 34+6*r.Float64())
	for _, v := range rows {
		grid.rows = append(grid.rows, v+15+6)
	}
	gates, ok := c.lay(grid, r)
	if !ok {
		c.garden(l)
		return
	}
	name := c.words.once(func(int) string { return c.words.pair() + schoolNames[r.IntN(len(schoolNames))] })
	year := 1985 + r.IntN(35)
	split = grid.spines[0]
	for i, v := range rows {
		a, b, ok := room.band(fr, v, v+15)
		if !ok || b < split+20 {
			continue
		}
		a = max(a, split+7)
		for n, p := range minus(a, b, grid.spines, 7) {
			size := min(p[1]-p[0], 34+40*r.Float64())
			if size < 14 {
				continue
			}
			corners := fr.rect(p[0], v, p[0]+size, v+15)
			if i == 0 && size > 40 { // two wings to the north, around a court
				corners = fr.polygon(p[0], v, p[0]+size, v, p[0]+size, v+15, p[0]+size-11, v+15, p[0]+size-11, v+10.5, p[0]+11, v+10.5, p[0]+11, v+15, p[0], v+15)
			}
			b := c.addBuilding(f, corners, "school", 3+r.IntN(3), year)
			b.kind = schoolHouse
			b.feature.Name = fmt.Sprintf("%s%d号教学楼", name, i+n+1)
		}
	}
	// the sports ground lies in the other half, where lanes end
	if ground := room.clip(fr.at(split-6, 0), fr.u.mul(-1), inside).shrunk(2); !ground.empty() && ground.area() > 1200 {
		g := fr
		gu1, gv1, gu2, gv2 := ground.extent(g)
		for k := range 6 { // the largest rectangle of a few that fits
			in := float64(k) * 5
			corners := g.rect(gu1+in, gv1+in*1.4, gu2-in, gv2-in*1.4)
			fits := gu2-gu1 > 2*in+25 && gv2-gv1 > 2.8*in+25
			for _, p := range corners {
				fits = fits && ground.holds(p, 0)
			}
			if fits {
				c.addGreen(corners)
				c.yards = append(c.yards, yard{"school", name + "操场", f, corners, gates})
				break
			}
		}
	}
	c.addLand("school", name, c.polygon(l.corners))
	c.facility(f, "school", name, gates[0].at)
	c.drawWall(wall, gates)
	for _, g := range gates {
		gate := &geo.Gate{Kind: "gate", Foot: "residents", Hours: "Mo-Fr 07:00-18:00", EmergencyOpened: geo.Some(true), StepFree: geo.Some(true)}
		gate.Name = name + gateSide(g.out) + "门"
		gate.Shape = geo.PointShape(c.point(g.at))
		c.gates = append(c.gates, gate)
	}
}

// fillYardBlock builds large houses around an open yard with car parks: shops,
// offices or a hospital. There is no wall.
func (c *city) fillYardBlock(f int32, l lot, what use, r *rand.Rand) {
	use, depth, pitch, low, high := "commercial", 22.0, 46.0, 2, 6
	switch what {
	case offices:
		use, depth, pitch, low, high = "office", 18, 48, 5, 22
	case hospital:
		use, depth, pitch, low, high = "medical", 17, 42, 4, 14
	}
	room := l.shrunk(3)
	if room.empty() {
		c.garden(l)
		return
	}
	fr := room.southFrame()
	u1, v1, u2, v2 := room.extent(fr)
	grid := &laneGrid{face: f, border: l, room: room, frame: fr, class: "lane", foot: "yes", width: 6, open: true}
	spines := 1 + int((u2-u1)/170)
	for k := range spines {
		grid.spines = append(grid.spines, u1+(u2-u1)*(float64(k)+0.5+(r.Float64()-0.5)*0.3)/float64(spines))
	}
	pitch *= 0.9 + 0.3*r.Float64()
	rows := fitRows(v1+2, v2-depth, pitch)
	for _, v := range rows {
		grid.rows = append(grid.rows, v+depth+6)
	}
	if _, ok := c.lay(grid, r); !ok {
		c.garden(l)
		return
	}
	year := 1988 + r.IntN(34)
	for i, v := range rows {
		a, b, ok := room.band(fr, v, v+depth)
		if !ok {
			continue
		}
		for j, p := range minus(a, b, grid.spines, 7) {
			for u := p[0]; u+14 < p[1]; {
				size := min(18+46*r.Float64(), p[1]-u)
				if p[1]-u-size < 14 {
					size = p[1] - u
				}
				size = min(size, 84)
				if r.IntN(9) > 0 {
					h := c.addBuilding(f, blockShape(fr, u, v, u+size, v+depth, r), use, low+r.IntN(high-low+1), year)
					h.kind = other
					if what == shopping {
						h.kind = shop
						c.fronts = append(c.fronts, front{int32(len(c.buildings) - 1), fr.at(u+size/2, v+depth), f})
					}
				}
				u += size + 7 + 8*r.Float64()
			}
			if i+1 < len(rows) && (i+j)%2 == 0 && rows[i+1]-(v+depth+10) > 7 {
				if s, e, ok := room.band(fr, v+depth+10, v+depth+15.5); ok && min(e, p[1])-max(s, p[0]) > 20 {
					c.carParkAt(f, fr, max(s, p[0])+3, v+depth+10, min(e, p[1])-3, "")
				}
			}
		}
	}
	if what == hospital {
		name := c.words.once(func(int) string { return c.words.pair() + "医院" })
		h := c.facility(f, "hospital", name, l.centre())
		h.Hours = "24/7"
	}
}

// blockShape is a bar, an L, a U or a bar with a bay.
func blockShape(f frame, u1, v1, u2, v2 float64, r *rand.Rand) []vec {
	w, d := u2-u1, v2-v1
	switch pick := r.IntN(6); {
	case pick == 0 && w > 28:
		return f.polygon(u1, v1, u2, v1, u2, v2, u2-w*0.3, v2, u2-w*0.3, v1+d*0.5, u1, v1+d*0.5)
	case pick == 1 && w > 36:
		return f.polygon(u1, v1, u1+w*0.27, v1, u1+w*0.27, v1+d*0.45, u2-w*0.27, v1+d*0.45, u2-w*0.27, v1, u2, v1, u2, v2, u1, v2)
	case pick == 2 && w > 24:
		return f.polygon(u1, v1+d*0.15, u1+w*0.35, v1+d*0.15, u1+w*0.35, v1, u2-w*0.35, v1, u2-w*0.35, v1+d*0.15, u2, v1+d*0.15, u2, v2, u1, v2)
	}
	return f.rect(u1, v1, u2, v2)
}
