package demo

import (
	"fmt"
	"math"
	"slices"

	"gridatlas/geo"
)

// xinanguan is what is drawn in detail in 西南关社区 (field.md 1.1 and 1.7): six
// named compounds, 320 numbered parking spaces in four of them, three service
// stations, and 君子园, the part of 五道庙小区 around buildings 17 to 20.
type xinanguan struct {
	block  int32
	spaces int // numbered so far
}

const wudaomiao = "五道庙小区"

// detailCompound is one of the named compounds; spaces is its share of the 320.
type detailCompound struct {
	name    string
	year    int
	spaces  int
	station float64 // floor of its service station; -1: not known; 0: none
}

// The largest block becomes the first, and so on.
var detailCompounds = []detailCompound{
	{wudaomiao, 1994, 164, -1},
	{"生建小区", 1992, 0, 700},
	{"名都百盛园", 2001, 0, 200},
	{"蔬菜公司宿舍", 1989, 66, 0},
	{"药材站宿舍", 1987, 50, 0},
	{"南关房管所宿舍", 1985, 40, 0},
}

// spaceFee is what makes 320 spaces bring 230,400 yuan a year.
const spaceFee = 60 // yuan a month

// detailStyle has short houses, so that 五道庙小区 has its twenty.
var detailStyle = style{[2]int{5, 6}, 12.2, 13.4, [2]int{2, 2}, 33, 8, 2, [2]int{1985, 1996}, 0}

// detailBlock is the block around which 西南关社区 lies: north of the railway
// station, west of the river.
func (c *city) detailBlock(members []int32) int32 {
	c.detail.block = c.nearestBlock(members, warp(vec{-1150, -1050}), nil)
	return c.detail.block
}

// detailPlan says which blocks of the community carry the named compounds.
func (c *city) detailPlan() map[int32]detailCompound {
	plan := map[int32]detailCompound{} // only looked up
	if c.prefix != "" {
		return plan
	}
	var faces []int32
	for _, p := range c.places.communities {
		if p.name.code == xinanguanCode {
			faces = slices.Clone(p.faces)
		}
	}
	// broad blocks first: long rows need them
	size := func(f int32) float64 {
		l := c.blocks[f].lot
		if l.empty() || c.m.faces[f].ground != urban {
			return 0
		}
		u1, _, u2, _ := l.extent(l.southFrame())
		return min(l.area(), 60000) * math.Pow(min(u2-u1, 170), 4)
	}
	slices.SortStableFunc(faces, func(a, b int32) int { return compare(size(b), size(a)) })
	for i, d := range detailCompounds {
		plan[faces[i]] = d
	}
	return plan
}

// fillDetail builds one of the named compounds.
func (c *city) fillDetail(f int32, d detailCompound) {
	r := c.random(11, d.year)
	l := c.blocks[f].lot
	wall := l.shrunk(0.5)
	room := wall.shrunk(5)
	fr := wall.southFrame()
	u1, v1, u2, v2 := room.extent(fr)
	grid := &laneGrid{face: f, border: wall, room: room, frame: fr, class: "lane", foot: "yes", width: 5, gates: 3,
		spines: []float64{(u1 + u2) / 2}}
	var rows []float64
	for v := v1 + 9; v+detailStyle.depth+9.5 < v2; v += detailStyle.pitch {
		rows = append(rows, v)
		grid.rows = append(grid.rows, v+detailStyle.depth+6)
	}
	gates, ok := c.lay(grid, r)
	if !ok {
		panic("demo: no street beside " + d.name)
	}
	k := c.newCompound(f, l, wall, gates, d.year, fr, d.name, r)
	w := c.wall[k].feature
	w.Management, w.Committee, w.Renewal = "good", "property", "done"
	var houses []houseRow
	for _, v := range rows {
		a, b, ok := room.band(fr, v, v+detailStyle.depth)
		if !ok {
			continue
		}
		for _, p := range minus(a, b, grid.spines, 5.5) {
			houses = append(houses, fitHouses(p[0], p[1], v, 2, detailStyle)...)
		}
	}
	numbers := make([]int, len(houses))
	for i := range numbers {
		numbers[i] = i + 1
	}
	var garden []houseRow
	if d.name == wudaomiao {
		garden = numberGarden(houses, numbers)
	}
	order := make([]int, len(rows)) // rows in the order in which they get their spaces: 君子园 first
	for i := range rows {
		order[i] = i
		if garden != nil && rows[i] == garden[0].v {
			order[0], order[i] = i, 0
		}
	}
	for i, h := range houses {
		c.addHouse(k, fr, h, detailStyle, 5+i%2, numbers[i], false, r)
	}
	for _, i := range order {
		v, south := rows[i], rows[i]-8
		if i > 0 {
			south = rows[i-1] + detailStyle.depth + 9.2
		}
		a, b, ok := room.band(fr, south, south+spaceDepth)
		if !ok {
			continue
		}
		for _, p := range minus(a, b, grid.spines, 4) {
			left := d.spaces - c.spacesIn(w.Code)
			used := c.numberedSpaces(w, f, fr, p[0]+1, south, p[1]-1, left)
			if used == 0 && p[1]-p[0] > 10 {
				c.addGreen(fr.rect(p[0]+1, south, p[1]-1, v-2.5))
			} else if v-2.5-(south+spaceDepth+1) > 2 && p[1]-p[0] > 10 {
				c.addGreen(fr.rect(p[0]+1, south+spaceDepth+1, p[1]-1, v-2.5))
			}
		}
	}
	if garden != nil {
		c.drawGarden(k, fr, room, garden, rows)
	}
	if d.station != 0 {
		s := c.facility(f, "station", d.name+"“家门口”党群服务站", fr.at(grid.spines[0]+5, rows[0]+detailStyle.depth+8.5))
		s.Hours, s.StepFree = "Mo-Fr 08:30-18:00; Sa-Su 09:00-17:00", geo.Some(true)
		if d.station > 0 {
			s.FloorM2 = geo.Some(d.station)
		}
	}
	c.sheds(k, r)
	c.wallFeatures(k, r)
	w.ResidentsOnly = geo.Some(false)
}

// numberGarden numbers the houses of the last row that has four of them side by
// side 17 to 20, and the others in order from the south-west.
func numberGarden(houses []houseRow, numbers []int) []houseRow {
	first := -1
	for i := 0; i+3 < len(houses); i++ {
		if houses[i].v == houses[i+3].v && (i == 0 || houses[i-1].v != houses[i].v) {
			first = i
		}
	}
	if first < 0 {
		panic("demo: no row of four houses in " + wudaomiao)
	}
	n := 0
	for i := range numbers {
		if i >= first && i < first+4 {
			numbers[i] = 17 + i - first
			continue
		}
		if n++; n == 17 {
			n = 21
		}
		numbers[i] = n
	}
	return houses[first : first+4]
}

func (c *city) spacesIn(compound string) int {
	n := 0
	for _, p := range c.parking {
		if p.Compound == compound && p.Number != "" {
			n++
		}
	}
	return n
}

// numberedSpaces draws spaces side by side from u1 to u2, most left of them, and
// returns how many.
func (c *city) numberedSpaces(w *geo.Compound, f int32, fr frame, u1, v, u2 float64, left int) int {
	n := 0
	for u := u1; n < left && u+spaceWidth <= u2; u += spaceWidth {
		n++
		c.detail.spaces++
		p := &geo.ParkingSpace{Kind: "ordinary", Compound: w.Code, Number: fmt.Sprintf("%03d", c.detail.spaces),
			Capacity: geo.Some[int32](1), FeeYuanMonth: geo.Some[float64](spaceFee), PublicIncome: geo.Some(true)}
		switch c.detail.spaces % 40 {
		case 7:
			p.Kind = "accessible"
		case 20, 21:
			p.Kind = "charging"
		}
		p.Code = c.code(f, "P")
		p.Name = w.Name + p.Number + "号车位"
		p.Shape = c.polygon(fr.rect(u, v, u+spaceWidth, v+spaceDepth))
		c.parking = append(c.parking, p)
	}
	return n
}

// drawGarden adds 君子园: the ground of four houses with the parking in front
// and the lane behind, and the barriers where the lane leaves it.
func (c *city) drawGarden(k int32, fr frame, room lot, houses []houseRow, rows []float64) {
	w := &c.wall[k]
	v := houses[0].v
	south := v - 9
	for i := range rows {
		if rows[i] == v && i > 0 {
			south = rows[i-1] + detailStyle.depth + 8.9
		}
	}
	lane := v + detailStyle.depth + 6
	u1, u2 := houses[0].u1-3, houses[3].u2+3
	g := &geo.Compound{Community: w.feature.Community, Year: geo.Some(int32(w.year)), Management: "self", Committee: "property", Renewal: "done", ResidentsOnly: geo.Some(false)}
	g.Code, g.Name = c.code(w.block, "X"), "君子园"
	garden := room
	for _, side := range []struct{ u, v, nu, nv float64 }{{u1, 0, 1, 0}, {u2, 0, -1, 0}, {0, south, 0, 1}, {0, lane + 3.2, 0, -1}} {
		garden = garden.clip(fr.at(side.u, side.v), fr.u.mul(side.nu).add(fr.v.mul(side.nv)), inside)
	}
	g.Shape = c.polygon(garden.corners)
	c.compounds = append(c.compounds, g)
	c.wall = append(c.wall, compound{feature: g, block: w.block, year: w.year, wall: garden, ground: garden})
	a, b, _ := garden.span(fr, lane)
	for i, u := range []float64{a, b} {
		barrier := &geo.Gate{Kind: "barrier", Of: g.Code, Foot: "all", Hours: "24/7", EmergencyOpened: geo.Some(true)}
		barrier.Code, barrier.Name = c.code(w.block, "M"), "君子园"+[]string{"西", "东"}[i]+"道闸"
		barrier.Shape = geo.PointShape(c.point(fr.at(u, lane)))
		c.gates = append(c.gates, barrier)
	}
}
