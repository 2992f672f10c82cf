package demo

import (
	"math"
	"slices"
)

// The main roads run along lines that were once straight: xs are places of the
// north-south ones, ys of the east-west ones, in metres from the centre. They lie
// closer in the middle. Pairs mark corridors: the river and the small river
// between two bank roads, the railway between two roads beside it.
var (
	xs = []float64{-9100, -7950, -6900, -5800, -4850, -3880, -3050, -2270, -1540, -760,
		60, 330, 1080, 1830, 2600, 3340, 3470, 4330, 5200, 6150, 7150, 8150, 9200}
	ys = []float64{-9000, -7900, -6800, -5780, -4800, -3850, -2960, -2200, -1560, -1430,
		-690, 20, 770, 1530, 2380, 3260, 4220, 5260, 6330, 7450, 8600}
)

// Indexes into xs and ys.
const (
	riverWest, smallRiverWest = 10, 15
	railSouth                 = 8
	ringWest, ringEast        = 3, 19
	ringSouth, ringNorth      = 3, 17
)

// Lines of lower rank, and lines that go on into the country.
var (
	collectorX = []int{8, 10, 11, 13, 15, 16}
	collectorY = []int{8, 9, 12}
	outwardX   = []int{5, 9, 14, 18}
	outwardY   = []int{4, 7, 11, 15}
	// no bridge, no way under the railway
	bridgeless = []int{5, 13, 18}
	blindRail  = []int{2, 5, 8, 10, 13, 15, 20}
)

// warp bends the plan: long waves over the whole city, a meander along the river
// and a turn of the eastern half. Its derivatives stay under a fifth, so lines
// never cross and blocks stay nearly convex.
func warp(p vec) vec {
	wave := func(t, length, phase float64) float64 { return math.Sin(float64(t*(2*math.Pi/length)) + phase) }
	near := (p.x - 195) / 2100
	bend := 1 / (1 + float64(near*near))
	dx := float64(230*wave(p.y, 15800, 0.5)) + float64(70*wave(p.y+float64(0.35*p.x), 7300, 1.9)) + float64(bend*130*wave(p.y, 5100, 0.2))
	dy := float64(260*wave(p.x, 17300, 2.1)) + float64(75*wave(p.x-float64(0.3*p.y), 6900, 0.4))
	turn := float64(0.035 * p.y)
	return vec{p.x + dx - float64(turn*1.2), p.y + dy + float64(0.03*p.x)}
}

// lattice is the arterial net: crossings and the chains of nodes between them.
type lattice struct {
	cross [][]node   // [i][j]
	east  [][][]node // chain from (i, j) to (i+1, j)
	north [][][]node // chain from (i, j) to (i, j+1)
	cell  [][]int32  // face east of line i and north of line j
	town  [][]bool   // built up
}

// shapeStep is the spacing of nodes along main roads.
const shapeStep = 270

// layArterials draws the lattice into the arrangement and makes its faces.
func (c *city) layArterials() {
	m, nx, ny := c.m, len(xs), len(ys)
	l := &c.lattice
	l.cross = make([][]node, nx)
	for i := range nx {
		l.cross[i] = make([]node, ny)
		for j := range ny {
			l.cross[i][j] = m.add(warp(vec{xs[i], ys[j]}))
		}
	}
	chain := func(a, b node, from, to vec) []node {
		out := []node{a}
		steps := int(math.Round(distance(from, to) / shapeStep))
		for k := 1; k < steps; k++ {
			out = append(out, m.add(warp(mix(from, to, float64(k)/float64(steps)))))
		}
		out = append(out, b)
		for k := 1; k < len(out); k++ {
			m.connect(out[k-1], out[k], road{line: noLine})
		}
		return out
	}
	l.east, l.north = make([][][]node, nx), make([][][]node, nx)
	for i := range nx {
		l.east[i], l.north[i] = make([][]node, ny), make([][]node, ny)
		for j := range ny {
			if i+1 < nx {
				l.east[i][j] = chain(l.cross[i][j], l.cross[i+1][j], vec{xs[i], ys[j]}, vec{xs[i+1], ys[j]})
			}
			if j+1 < ny {
				l.north[i][j] = chain(l.cross[i][j], l.cross[i][j+1], vec{xs[i], ys[j]}, vec{xs[i], ys[j+1]})
			}
		}
	}
	l.cell = make([][]int32, nx-1)
	for i := range nx - 1 {
		l.cell[i] = make([]int32, ny-1)
		for j := range ny - 1 {
			ring := slices.Clone(l.east[i][j][:len(l.east[i][j])-1])
			ring = append(ring, l.north[i+1][j][:len(l.north[i+1][j])-1]...)
			ring = append(ring, reversed(l.east[i][j+1])[:len(l.east[i][j+1])-1]...)
			ring = append(ring, reversed(l.north[i][j])[:len(l.north[i][j])-1]...)
			l.cell[i][j] = m.enclose(face{ring: ring, ground: farm, cell: [2]int{i, j}})
		}
	}
}

// builtUpM2 is the ground of the cells that are taken for the city. The outskirts
// give some of it back (outskirts.go), so that 235 km2 are left.
const builtUpM2 = 241.6e6

// settle decides which cells are built up: those nearest to the centre, by a
// measure that grows lobes along the roads out of town, until the area is met.
func (c *city) settle() {
	type candidate struct {
		i, j  int
		score float64
	}
	var list []candidate
	for i := range c.lattice.cell {
		for j := range c.lattice.cell[i] {
			centre := centroidOf(c.m.outline(c.lattice.cell[i][j]))
			angle := math.Atan2(centre.y, centre.x)
			reach := 1 + float64(0.10*math.Cos(float64(2*angle)-0.5)) + float64(0.06*math.Cos(float64(5*angle)+1))
			// between a circle and a square
			r := math.Pow(math.Pow(math.Abs(centre.x), 2.6)+math.Pow(math.Abs(centre.y), 2.6), 1/2.6)
			list = append(list, candidate{i, j, math.Round(r / reach)})
		}
	}
	slices.SortStableFunc(list, func(a, b candidate) int { return int(a.score - b.score) })
	c.lattice.town = make([][]bool, len(xs)-1)
	for i := range c.lattice.town {
		c.lattice.town[i] = make([]bool, len(ys)-1)
	}
	area := 0.0
	for _, k := range list {
		a := areaOf(c.m.outline(c.lattice.cell[k.i][k.j]))
		if area+a/2 > builtUpM2 {
			break
		}
		area += a
		c.lattice.town[k.i][k.j] = true
		f := &c.m.faces[c.lattice.cell[k.i][k.j]]
		f.ground, f.town = groundOf(k.i, k.j), true
	}
	// corridors run on through the country
	for i := range c.lattice.cell {
		for j := range c.lattice.cell[i] {
			if g := groundOf(i, j); g == river || g == railway {
				c.m.faces[c.lattice.cell[i][j]].ground = g
			}
		}
	}
	c.roundOutskirts()
}

func groundOf(i, j int) ground {
	switch {
	case i == riverWest || i == smallRiverWest:
		return river
	case j == railSouth:
		return railway
	case (i == 12 && j == 15) || (i == 6 && j == 5) || (i == 18 && j == 11):
		return lakeside
	}
	return urban
}

// rankArterials gives each chain of the lattice its road: main roads and
// collectors in town, a few trunk roads beyond, the ring road.
func (c *city) rankArterials() {
	l := &c.lattice
	for i := range xs {
		line := c.newLine(true, i)
		for j := range len(ys) - 1 {
			rank := c.rank(l.north[i][j], slices.Contains(collectorX, i), slices.Contains(outwardX, i), i*100+j)
			if j == railSouth && slices.Contains(blindRail, i) {
				rank = noRoad
			}
			if (i == ringWest || i == ringEast) && j > ringSouth && j < ringNorth-1 {
				rank = expressway
			}
			c.pave(l.north[i][j], newRoad(rank, line))
		}
	}
	for j := range ys {
		line := c.newLine(false, j)
		for i := range len(xs) - 1 {
			rank := c.rank(l.east[i][j], slices.Contains(collectorY, j), slices.Contains(outwardY, j), 5000+i*100+j)
			if i == riverWest && slices.Contains(bridgeless, j) {
				rank = noRoad
			}
			if (j == ringSouth || j == ringNorth) && i > ringWest && i < ringEast-1 {
				rank = expressway
			}
			c.pave(l.east[i][j], newRoad(rank, line))
		}
	}
	c.roundRing()
	c.layAvenues()
}

// rank is the class of a piece of the lattice. Not all of a main road is one
// everywhere: some pieces between two crossings are narrower.
func (c *city) rank(chain []node, collects, outward bool, index int) class {
	beside := false
	for _, d := range [][2]node{{chain[0], chain[1]}, {chain[1], chain[0]}} {
		if f, ok := c.m.faceOf[d]; ok && c.m.faces[f].town {
			beside = true
		}
	}
	switch pick := c.random(13, index).IntN(16); {
	case !beside && outward:
		return trunk
	case !beside:
		return noRoad
	case collects || pick < 3:
		return collector
	}
	return mainRoad
}

func (c *city) pave(chain []node, r road) {
	if r.class == noRoad {
		return
	}
	for k := 1; k < len(chain); k++ {
		c.m.between(chain[k-1], chain[k]).road = r
	}
}

// roundRing leads the ring road through its four corner cells in an arc.
func (c *city) roundRing() {
	l := &c.lattice
	line := c.newRing()
	for _, k := range []struct {
		cell             [2]int
		from, to, corner [2]int // crossings
	}{
		{[2]int{ringWest, ringSouth}, [2]int{ringWest, ringSouth + 1}, [2]int{ringWest + 1, ringSouth}, [2]int{ringWest, ringSouth}},
		{[2]int{ringEast - 1, ringSouth}, [2]int{ringEast - 1, ringSouth}, [2]int{ringEast, ringSouth + 1}, [2]int{ringEast, ringSouth}},
		{[2]int{ringEast - 1, ringNorth - 1}, [2]int{ringEast, ringNorth - 1}, [2]int{ringEast - 1, ringNorth}, [2]int{ringEast, ringNorth}},
		{[2]int{ringWest, ringNorth - 1}, [2]int{ringWest + 1, ringNorth}, [2]int{ringWest, ringNorth - 1}, [2]int{ringWest, ringNorth}},
	} {
		c.arc(l.cell[k.cell[0]][k.cell[1]], k.from, k.to, k.corner, 0.68, newRoad(expressway, line))
	}
}
