package demo

// drawLand adds the ground of the city as a whole.
func (c *city) drawLand() {
	var town []int32
	for f := range c.m.faces {
		if c.m.faces[f].town {
			town = append(town, int32(f))
		}
	}
	c.addLand("built_up", "建成区", c.m.union(town))
}
