package demo

// drawLand adds the ground of the city as a whole.
func (c *city) drawLand() {
	var town []int32
	for f := range c.m.faces {
		cell := c.m.faces[f].cell
		if c.lattice.town[cell[0]][cell[1]] {
			town = append(town, int32(f))
		}
	}
	c.addLand("built_up", "建成区", c.m.union(town))
}
