package demo

import (
	"math/rand/v2"

	"gridatlas/geo"
)

// fillBlocks builds on every block what was planned for it.
func (c *city) fillBlocks() {
	detail := c.detailPlan()
	for f := range c.blocks {
		b := &c.blocks[f]
		if d, ok := detail[int32(f)]; ok {
			c.fillDetail(int32(f), d)
			continue
		}
		if b.lot.empty() || b.lot.area() < 0.35*b.area {
			c.leftOver(int32(f))
			continue
		}
		c.fillLot(int32(f), b.lot, b.use, c.random(2, f))
	}
}

// leftOver plants what is too narrow or too crooked to build on: the corners
// that the ring road cuts off, strips between two roads.
func (c *city) leftOver(f int32) {
	switch c.m.faces[f].ground {
	case urban, lakeside:
		c.addLand("green", "", c.m.union([]int32{f}))
	case farm:
		c.addLand("farmland", "", c.m.union([]int32{f}))
	}
}

// lotSize is the largest lot in m2 that one thing is built on.
var lotSize = [...]float64{vacant: 1e9, walkUps: 62000, midRises: 75000, towers: 80000, village: 1e9, courtyards: 1e9,
	shopping: 45000, offices: 42000, factory: 90000, school: 52000, hospital: 60000, park: 1e9, square: 40000, field: 110000}

func (c *city) fillLot(f int32, l lot, u use, r *rand.Rand) {
	if l.empty() || l.area() < 700 {
		c.garden(l)
		return
	}
	if l.area() > lotSize[u] {
		fr := l.southFrame()
		u1, v1, u2, v2 := l.extent(fr)
		share := 0.5 + (r.Float64()-0.5)*0.2
		p, dir := fr.at(u1+(u2-u1)*share, (v1+v2)/2), fr.v
		if v2-v1 > u2-u1 {
			p, dir = fr.at((u1+u2)/2, v1+(v2-v1)*share), fr.u
		}
		a, b := l.cut(p, dir, 2)
		c.fillLot(f, a, u, r)
		if u == school || u == hospital { // one is enough
			u = c.planUse(b.centre(), b.area(), r)
		}
		c.fillLot(f, b, u, r)
		return
	}
	switch u {
	case walkUps:
		c.fillCompound(f, l, walkUpStyle, r)
	case midRises:
		c.fillCompound(f, l, midRiseStyle, r)
	case towers:
		c.fillCompound(f, l, towerStyle, r)
	case village:
		c.fillVillage(f, l, false, r)
	case courtyards:
		c.fillVillage(f, l, true, r)
	case shopping, offices, hospital:
		c.fillYardBlock(f, l, u, r)
	case factory:
		c.fillFactory(f, l, r)
	case school:
		c.fillSchool(f, l, r)
	case park:
		if c.m.faces[f].ground == lakeside {
			c.fillLake(f, l, r)
		} else {
			c.fillPark(f, l, r)
		}
	case square:
		c.fillSquare(f, l, r)
	case vacant:
		c.garden(l)
	case field:
		c.addLand("farmland", "", c.polygon(l.corners))
	}
}

// carPark is a row of spaces in a compound, drawn as a whole.
func (c *city) carPark(k int32, fr frame, u1, v, u2 float64, r *rand.Rand) {
	p := c.carParkAt(c.wall[k].block, fr, u1, v, u2, c.wall[k].feature.Code)
	p.Name = c.wall[k].feature.Name + "停车场"
	if r.IntN(5) == 0 {
		p.Kind = "charging"
	}
}

// Size of a parking space in metres.
const (
	spaceWidth = 2.5
	spaceDepth = 5.3
)

func (c *city) carParkAt(f int32, fr frame, u1, v, u2 float64, compound string) *geo.ParkingSpace {
	spaces := int((u2 - u1) / spaceWidth)
	p := &geo.ParkingSpace{Kind: "ordinary", Compound: compound, Capacity: geo.Some(int32(spaces))}
	p.Code = c.code(f, "P")
	p.Shape = c.polygon(fr.rect(u1, v, u1+float64(spaces)*spaceWidth, v+spaceDepth))
	c.parking = append(c.parking, p)
	return p
}

// fitness is a small exercise ground in a garden.
func (c *city) fitness(k int32, at vec, r *rand.Rand) {
	if r.IntN(3) > 0 {
		f := c.facility(c.wall[k].block, "fitness", c.wall[k].feature.Name+"健身角", at)
		f.Hours = "24/7"
	}
}

// facility adds a service point.
func (c *city) facility(f int32, kind, name string, at vec) *geo.Facility {
	s := &geo.Facility{Kind: kind}
	s.Code, s.Name = c.code(f, "F"), name
	s.Shape = geo.PointShape(c.point(at))
	c.facilities = append(c.facilities, s)
	return s
}
