package demo

import (
	"math"
	"slices"
)

// administration says which block belongs to which community.
type administration struct {
	offices     []office
	communities []community
}

// community is one of the 185, with its blocks.
type community struct {
	name   communityName
	office int32
	faces  []int32
}

// xinanguanCode is the community that is drawn in detail.
const xinanguanCode = "370702002004"

// administer grows the street offices from their seats over all ground, and the
// communities inside each. Copies of the city (Options.Scale) have none.
func (c *city) administer() {
	for f := range c.blocks {
		c.blocks[f].community, c.blocks[f].street, c.blocks[f].grid = -1, -1, -1
	}
	if c.prefix != "" {
		return
	}
	offices := readOffices()
	all := make([]int32, len(c.blocks))
	for f := range all {
		all[f] = int32(f)
	}
	var seeds []int32
	var target []float64
	for _, o := range offices {
		seeds = append(seeds, c.nearestBlock(all, o.seat, seeds))
		target = append(target, float64(len(o.names)))
	}
	street := c.graph.partition(all, seeds, target, 40)
	for i := range offices {
		var members []int32
		for f, k := range street {
			if int(k) == i {
				members = append(members, int32(f))
				c.blocks[f].street = int32(i)
			}
		}
		c.drawCommunities(&offices[i], int32(i), members)
	}
	c.places.offices = offices
}

// drawCommunities divides the ground of one street office. 西南关 is grown from
// the blocks that are kept for it.
func (c *city) drawCommunities(o *office, index int32, members []int32) {
	n := len(o.names)
	var fixed []int32
	first := slices.IndexFunc(o.names, func(c communityName) bool { return c.code == xinanguanCode })
	if first >= 0 {
		o.names[0], o.names[first] = o.names[first], o.names[0] // the fixed seed comes first
		fixed = append(fixed, c.detailBlock(members))
	}
	seeds := c.graph.spreadSeeds(members, n, fixed...)
	equal := make([]float64, n)
	for k := range equal {
		equal[k] = 1
	}
	region := c.graph.partition(members, seeds, equal, 25)
	base := int32(len(c.places.communities))
	for _, name := range o.names {
		c.places.communities = append(c.places.communities, community{name: name, office: index})
	}
	for i, f := range members {
		c.blocks[f].community = base + region[i]
		p := &c.places.communities[base+region[i]]
		p.faces = append(p.faces, f)
	}
}

// nearestBlock is the block nearest to a place that is not in taken.
func (c *city) nearestBlock(list []int32, p vec, taken []int32) int32 {
	best, at := math.Inf(1), list[0]
	for _, f := range list {
		if d := distance(c.blocks[f].centre, p); d < best && !slices.Contains(taken, f) {
			best, at = d, f
		}
	}
	return at
}

func (c *city) communityCode(f int32) string {
	if k := c.blocks[f].community; k >= 0 {
		return c.places.communities[k].name.code
	}
	return ""
}
