package demo

import (
	"fmt"
	"math/rand/v2"

	"gridatlas/geo"
)

// compound is a walled piece of ground with its gates.
type compound struct {
	feature *geo.Compound
	block   int32
	ground  lot // with the shops in front of the wall
	wall    lot
	gates   []gateway
	homes   []int32 // its buildings
	frame   frame
	year    int
}

// style is how one kind of compound is built.
type style struct {
	levels    [2]int
	depth     float64 // of a house, north to south
	unit      float64 // length of one stairwell's part
	units     [2]int
	pitch     float64 // from one row to the next
	gap       float64 // between houses of a row
	perLevel  int     // dwellings a unit has on each floor
	years     [2]int
	shopShare float64 // share of street sides with shops
}

var (
	walkUpStyle  = style{[2]int{5, 6}, 12.4, 15.5, [2]int{2, 5}, 36, 10, 2, [2]int{1979, 2004}, 0.5}
	midRiseStyle = style{[2]int{9, 11}, 14.5, 19, [2]int{2, 3}, 53, 16, 2, [2]int{2003, 2019}, 0.32}
	towerStyle   = style{[2]int{18, 32}, 22, 31, [2]int{1, 1}, 74, 36, 3, [2]int{2006, 2023}, 0.22}
)

func (s style) isTower() bool { return s.units[1] == 1 }

// houseRow is one house of a compound before it is drawn: frame coordinates.
type houseRow struct {
	u1, u2, v float64
	units     int
}

// fillCompound builds a walled compound on a lot: shops along the street, the
// wall with its gates, rows of houses that face south, lanes behind them,
// gardens between. Ground that no gate can serve becomes a garden.
func (c *city) fillCompound(f int32, l lot, s style, r *rand.Rand) {
	year := s.years[0] + r.IntN(s.years[1]-s.years[0]+1)
	shops := c.shopSides(l, s.shopShare, r)
	wall := l.inset(func(side int) float64 {
		if shops[side] > 0 {
			return shops[side] + 2
		}
		return 0.5
	})
	room := wall.shrunk(5)
	if room.empty() || room.area() < 2500 {
		c.garden(l)
		return
	}
	fr := wall.southFrame()
	u1, v1, u2, v2 := room.extent(fr)
	grid := &laneGrid{face: f, border: wall, room: room, frame: fr, class: "lane", foot: "yes", width: 5, gates: 2 + r.IntN(3)}
	spines := 1 + int((u2-u1)/230)
	for k := range spines {
		jitter := (r.Float64() - 0.5) * 0.3
		grid.spines = append(grid.spines, u1+(u2-u1)*(float64(k)+0.5+jitter)/float64(spines))
	}
	pitch := s.pitch * (0.95 + 0.22*r.Float64())
	rows := fitRows(v1+2+4*r.Float64(), v2-s.depth-9.5, pitch) // south side of each row
	for _, v := range rows {
		grid.rows = append(grid.rows, v+s.depth+6)
	}
	gates, ok := c.lay(grid, r)
	if !ok {
		c.garden(l)
		return
	}
	k := c.newCompound(f, l, wall, gates, year, fr, c.words.compound(year), r)
	c.fillRows(k, s, grid, room, rows, r)
	c.backGarden(grid)
	c.shopRows(f, l, shops, gates, year, r)
	c.sheds(k, r)
	c.wallFeatures(k, r)
}

// newCompound adds the feature; its sums are filled in by house().
func (c *city) newCompound(f int32, ground, wall lot, gates []gateway, year int, fr frame, name string, r *rand.Rand) int32 {
	g := &geo.Compound{Year: geo.Some(int32(year))}
	g.Code, g.Name = c.code(f, "X"), name
	g.Community = c.communityCode(f)
	g.Shape = c.polygon(wall.corners)
	switch n := r.IntN(20); {
	case year >= 2005:
		g.Management, g.Committee = "good", []string{"owners", "property", "owners", "none"}[n%4]
	case n < 6:
		g.Management, g.Committee = "none", "none"
	case n < 11:
		g.Management, g.Committee = "self", "property"
	case n < 15:
		g.Management, g.Committee = "poor", "property"
	default:
		g.Management, g.Committee = "good", "owners"
	}
	g.Renewal = "none"
	if year < 2000 {
		g.Renewal = []string{"planned", "under_way", "done", "done"}[r.IntN(4)]
	}
	c.compounds = append(c.compounds, g)
	c.wall = append(c.wall, compound{feature: g, block: f, ground: ground, wall: wall, gates: gates, frame: fr, year: year})
	return int32(len(c.wall) - 1)
}

// fillRows puts houses along the rows, between the spines, and gardens and car
// parks in front of them.
func (c *city) fillRows(k int32, s style, grid *laneGrid, room lot, rows []float64, r *rand.Rand) {
	fr := grid.frame
	units := s.units[0] + r.IntN(s.units[1]-s.units[0]+1)
	levels := s.levels[0] + r.IntN(s.levels[1]-s.levels[0]+1)
	garden := -1
	if len(rows) > 3 && r.IntN(3) > 0 {
		garden = 1 + r.IntN(len(rows)-2)
	}
	stagger := !s.isTower() && r.IntN(4) == 0
	number := 0
	for i, v := range rows {
		a, b, ok := room.band(fr, v, v+s.depth)
		if !ok || !grid.serves(v+s.depth+6) {
			continue
		}
		pieces := minus(a, b, grid.spines, 5.5)
		for j, p := range pieces {
			if i == garden && j == len(pieces)/2 {
				c.addGreen(fr.rect(p[0]+2, v+1, p[1]-2, v+s.depth-1))
				c.fitness(k, fr.at((p[0]+p[1])/2, v+s.depth/2), r)
				continue
			}
			for _, h := range fitHouses(p[0], p[1], v, units, s) {
				number++
				c.addHouse(k, fr, h, s, levels, number, stagger, r)
			}
		}
		if i > 0 { // between the lane of the row to the south and this row
			south, north := rows[i-1]+s.depth+10, v-2.5
			if a, b, ok := room.band(fr, south, north); ok && north-south > 4 {
				for j, p := range minus(a, b, grid.spines, 4) {
					if p[1]-p[0] < 8 {
						continue
					}
					if (i+j)%4 == 1 && north-south > 6.5 && p[1]-p[0] > 14 {
						c.carPark(k, fr, p[0]+1, south, p[1]-1, r)
						south := south + 6.5
						if north-south > 4 {
							c.addGreen(fr.rect(p[0]+1, south, p[1]-1, north))
						}
						continue
					}
					c.addGreen(fr.rect(p[0]+1, south, p[1]-1, north))
				}
			}
		}
	}
}

// fitRows spreads rows from first to last as evenly as the pitch allows: so many
// as fit, somewhat farther apart. None where first lies beyond last.
func fitRows(first, last, pitch float64) []float64 {
	if last < first {
		return nil
	}
	n := int((last - first) / pitch)
	if n > 0 {
		pitch = min((last-first)/float64(n), pitch*1.3)
	}
	rows := make([]float64, n+1)
	for k := range rows {
		rows[k] = first + float64(pitch*float64(k))
	}
	return rows
}

// backGarden plants what is left behind the northernmost lane.
func (c *city) backGarden(grid *laneGrid) {
	_, _, _, top := grid.room.extent(grid.frame)
	for v := top - 3; len(grid.rows) > 0 && v > grid.rows[len(grid.rows)-1]+14; v -= 6 {
		from := grid.rows[len(grid.rows)-1] + 4.5
		if a, b, ok := grid.room.band(grid.frame, from, v); ok && b-a > 30 {
			for _, p := range minus(a, b, grid.spines, 4) {
				if p[1]-p[0] > 8 {
					c.addGreen(grid.frame.rect(p[0]+1, from, p[1]-1, v))
				}
			}
			return
		}
	}
}

// minus returns the pieces of a to b that keep off the given places.
func minus(a, b float64, places []float64, off float64) [][2]float64 {
	var out [][2]float64
	from := a
	for _, p := range places {
		if p+off <= a || p-off >= b {
			continue
		}
		if p-off > from {
			out = append(out, [2]float64{from, p - off})
		}
		from = p + off
	}
	if from < b {
		out = append(out, [2]float64{from, b})
	}
	return out
}

// fitHouses fills a piece of a row with equal houses, evenly spaced; a shorter
// one where the usual length does not fit.
func fitHouses(a, b, v float64, units int, s style) []houseRow {
	for n := units; n >= s.units[0]; n-- {
		length := s.unit * float64(n)
		count := int((b - a + s.gap) / (length + s.gap))
		if count == 0 {
			continue
		}
		spare := b - a - float64(count)*length - float64(count-1)*s.gap
		gap := s.gap + spare*0.7/float64(count)
		u := a + spare*0.15
		var out []houseRow
		for range count {
			out = append(out, houseRow{u, u + length, v, n})
			u += length + gap
		}
		return out
	}
	return nil
}

// addHouse draws one house of a compound with its entrances on the lane side.
func (c *city) addHouse(k int32, fr frame, h houseRow, s style, levels, number int, stagger bool, r *rand.Rand) {
	var corners []vec
	u1, u2, v1, v2 := h.u1, h.u2, h.v, h.v+s.depth
	switch {
	case s.isTower():
		corners = towerShape(fr, u1, v1, u2, v2, r.IntN(3))
		levels += r.IntN(5) - 2
	case stagger && h.units > 1:
		corners = steppedShape(fr, u1, v1, u2, v2, h.units)
	default:
		corners = fr.rect(u1, v1, u2, v2)
	}
	households := h.units * levels * s.perLevel
	b := c.addBuilding(c.wall[k].block, corners, "residential", levels, c.wall[k].year)
	b.compound, b.households = k, int32(households-r.IntN(1+households/12))
	b.kind = slab
	if s.isTower() {
		b.kind = tower
	}
	b.feature.Compound = c.wall[k].feature.Code
	b.feature.Number = fmt.Sprint(number)
	b.feature.Name = fmt.Sprintf("%s%d号楼", c.wall[k].feature.Name, number)
	b.feature.Units = geo.Some(int32(h.units))
	c.wall[k].homes = append(c.wall[k].homes, int32(len(c.buildings)-1))
	depth := v2
	if stagger && h.units > 1 {
		depth = v2 - 1.6
	}
	for i := range h.units {
		u := u1 + (u2-u1)*(float64(i)+0.5)/float64(h.units)
		c.entrance(b, fr.at(u, depth))
	}
}

// steppedShape is a slab whose units stand alternately forward and back.
func steppedShape(f frame, u1, v1, u2, v2 float64, units int) []vec {
	const step = 1.6
	var south, north []float64
	for i := range units {
		a := u1 + (u2-u1)*float64(i)/float64(units)
		b := u1 + (u2-u1)*float64(i+1)/float64(units)
		back := 0.0
		if i%2 == 1 {
			back = step
		}
		south = append(south, a, v1+back, b, v1+back)
		north = append(north, b, v2-step+back, a, v2-step+back)
	}
	uv := south
	for i := len(north) - 4; i >= 0; i -= 4 {
		uv = append(uv, north[i:i+4]...)
	}
	return f.polygon(uv...)
}

// towerShape is the plan of a tower: a cross, a T or a broad H.
func towerShape(f frame, u1, v1, u2, v2 float64, kind int) []vec {
	w, d := u2-u1, v2-v1
	u := func(t float64) float64 { return u1 + t*w }
	v := func(t float64) float64 { return v1 + t*d }
	switch kind {
	case 0:
		return f.polygon(u(.3), v(0), u(.7), v(0), u(.7), v(.25), u(1), v(.25), u(1), v(.8), u(.66), v(.8), u(.66), v(1), u(.34), v(1), u(.34), v(.8), u(0), v(.8), u(0), v(.25), u(.3), v(.25))
	case 1:
		return f.polygon(u(0), v(.1), u(.42), v(.1), u(.42), v(.22), u(.58), v(.22), u(.58), v(.1), u(1), v(.1), u(1), v(.72), u(.7), v(.72), u(.7), v(1), u(.3), v(1), u(.3), v(.72), u(0), v(.72))
	}
	return f.polygon(u(.06), v(0), u(.44), v(0), u(.44), v(.14), u(.56), v(.14), u(.56), v(0), u(.94), v(0), u(.94), v(.85), u(.56), v(.85), u(.56), v(1), u(.44), v(1), u(.44), v(.85), u(.06), v(.85))
}
