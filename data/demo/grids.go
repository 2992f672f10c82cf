package demo

import (
	"fmt"
	"math"
	"slices"

	"gridatlas/geo"
)

// gridCount is about how many grids the city has.
const gridCount = 1250

// tally is what is counted on a block, a grid or a place.
type tally struct {
	households, residents int64
	shops, halls          int64
	area, workArea        float64
}

func (t *tally) add(o tally) {
	t.households += o.households
	t.residents += o.residents
	t.shops += o.shops
	t.halls += o.halls
	t.area += o.area
	t.workArea += o.workArea
}

// work is the workload of a grid in points a month: a visit to each household
// once a quarter, to each shop and works monthly, and a round of its ground.
func (t *tally) work() int32 {
	return int32(t.households/3 + t.shops*2 + t.halls + int64(t.area/20000) + 10)
}

// count adds up what stands on each block.
func (c *city) count() []tally {
	out := make([]tally, len(c.blocks))
	for f := range c.blocks {
		out[f].area = c.blocks[f].area
		switch c.blocks[f].use {
		case factory, hospital, school, offices, shopping, square:
			out[f].workArea = c.blocks[f].area
		}
	}
	for i := range c.buildings {
		b := &c.buildings[i]
		t := &out[b.block]
		if b.feature.Households.Known {
			t.households += int64(b.households)
			t.residents += int64(b.residents)
		}
		switch b.kind {
		case shop:
			t.shops++
		case hall:
			t.halls++
		}
	}
	return out
}

// drawGrids divides each community into grids of about equal work. Grids are
// whole blocks, so they tile their community.
func (c *city) drawGrids(blocks []tally) {
	for f := range blocks {
		c.graph.weight[f] = float64(blocks[f].work())
	}
	total := 0.0
	loads := make([]float64, len(c.places.communities))
	for k, p := range c.places.communities {
		for _, f := range p.faces {
			loads[k] += c.graph.weight[f]
		}
		total += loads[k]
	}
	for k := range c.places.communities {
		p := &c.places.communities[k]
		spare := float64(gridCount - 2*len(c.places.communities))
		n := 2 + int(math.Round(loads[k]/total*spare))
		n = min(n, len(p.faces))
		seeds := c.graph.spreadSeeds(p.faces, n)
		equal := make([]float64, n)
		for i := range equal {
			equal[i] = 1
		}
		region := c.graph.partition(p.faces, seeds, equal, 25)
		pieces := make([][]int32, n)
		for i, f := range p.faces {
			pieces[region[i]] = append(pieces[region[i]], f)
		}
		c.numberGrids(p, pieces, blocks)
	}
}

// numberGrids gives the grids of a community their codes, west to east and north
// to south.
func (c *city) numberGrids(p *community, pieces [][]int32, blocks []tally) {
	type piece struct {
		faces []int32
		shape geo.Shape
		at    vec
	}
	list := make([]piece, 0, len(pieces))
	for _, faces := range pieces {
		shape := c.m.union(faces)
		list = append(list, piece{faces, shape, c.xy(shape.Box().Centre())})
	}
	band := func(p piece) float64 { return math.Floor(-p.at.y / 450) }
	slices.SortStableFunc(list, func(a, b piece) int {
		if r := compare(band(a), band(b)); r != 0 {
			return r
		}
		return compare(a.at.x, b.at.x)
	})
	for i, piece := range list {
		var t tally
		for _, f := range piece.faces {
			c.blocks[f].grid = int32(len(c.grids))
			t.add(blocks[f])
		}
		g := &geo.Grid{Kind: "general", Community: p.name.code}
		g.Shape = piece.shape
		if t.workArea > 0.7*t.area && t.residents < 300 {
			g.Kind = "special"
		}
		g.Code = fmt.Sprintf("%s%03d", p.name.code, i+1)
		g.Name = fmt.Sprintf("%s第%d网格", p.name.name, i+1)
		g.Households, g.Residents, g.Work = geo.Some(int32(t.households)), geo.Some(int32(t.residents)), geo.Some(t.work())
		c.grids = append(c.grids, g)
	}
}
