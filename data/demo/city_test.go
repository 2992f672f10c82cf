package demo

import (
	"sync"
	"testing"

	"gridatlas/geo/crs"
)

var once = sync.OnceValue(func() *city { return build(seed, crs.At(119.107, 36.709), "") })

// cityOnce builds the city once for all tests of the package.
func cityOnce(tb testing.TB) *city {
	tb.Helper()
	return once()
}

func TestProbe(t *testing.T) {
	c := cityOnce(t)
	count := map[kind]int{}
	hh := map[kind]int{}
	for _, b := range c.buildings {
		count[b.kind]++
		hh[b.kind] += int(b.households)
	}
	uses := map[use]int{}
	area := map[use]float64{}
	for _, b := range c.blocks {
		uses[b.use]++
		area[b.use] += b.area / 1e6
	}
	t.Log("faces", len(c.m.faces), "nodes", len(c.m.at), "built", c.builtUp/1e6)
	t.Log("buildings", len(c.buildings), count, hh)
	t.Log("uses", uses)
	t.Log("area", area)
	t.Log("compounds", len(c.compounds), "streets", len(c.streets), "gates", len(c.gates), "barriers", len(c.barriers), "land", len(c.land), "parking", len(c.parking), "fac", len(c.facilities), "yards", len(c.yards), "fronts", len(c.fronts))
	l, a := 0.0, 0.0
	for i := range c.m.edges {
		if e := &c.m.edges[i]; c.counts(e) {
			l += c.m.lengthOf(e)
			a += c.m.lengthOf(e) * e.road.width
		}
	}
	t.Log("density", l/c.builtUp*1000, "share", a/c.builtUp)
}
