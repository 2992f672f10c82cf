package demo

// xinanguan holds what is drawn in detail: the blocks of 西南关社区.
type xinanguan struct {
	block int32
}

// detailBlock is the block around which 西南关社区 lies: north of the railway
// station, west of the river.
func (c *city) detailBlock(members []int32) int32 {
	c.detail.block = c.nearestBlock(members, warp(vec{-1150, -1050}), nil)
	return c.detail.block
}
