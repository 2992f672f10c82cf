package demo

import "gridatlas/geo"

// population is what 2,810,000 m2 of shelters at 2.38 m2 a person come to.
const population = 1_180_672

// house settles the people: residents in proportion to dwellings, carried over
// from building to building so that the sum is exact; then the sums of the
// compounds.
func (c *city) house() {
	total := int64(0)
	for i := range c.buildings {
		total += int64(c.buildings[i].households)
	}
	if total == 0 {
		return
	}
	people, given := int64(0), int64(0)
	dwellings := make([]int32, len(c.wall))
	floor := make([]float64, len(c.wall))
	for i := range c.buildings {
		b := &c.buildings[i]
		people += int64(b.households) * population
		b.residents = int32(people/total - given)
		given += int64(b.residents)
		if b.kind == slab || b.kind == tower || b.kind == house {
			b.feature.Households, b.feature.Residents = geo.Some(b.households), geo.Some(b.residents)
			b.feature.RentalDwellings = geo.Some(b.households * int32(1+i%5) / 12)
		}
		if b.compound >= 0 {
			dwellings[b.compound] += b.households
			floor[b.compound] += areaOf(c.corners(b)) * float64(b.feature.Levels.Value)
		}
	}
	for k := range c.wall {
		f := c.wall[k].feature
		f.Households = geo.Some(dwellings[k])
		f.AreaM2 = geo.Some(float64(int64(floor[k])))
	}
}

func (c *city) corners(b *building) []vec {
	points := b.feature.Shape.Points()
	out := make([]vec, len(points))
	for i, p := range points {
		out[i] = c.xy(p)
	}
	return out
}
