package pmtiles

import "gridatlas/tiles"

// ID returns the number of a tile in an archive: all tiles of the zooms before
// come first, then those of its zoom along the Hilbert curve. The four tiles below
// a tile follow each other on the curve of their zoom, and below neighbours on the
// curve lie neighbours.
func ID(a tiles.Address) uint64 { return firstID(a.Z) + tiles.Hilbert(a.X, a.Y, int(a.Z)) }

// firstID is the number of tiles in all zooms before z, a geometric series.
func firstID(z uint32) uint64 { return (1<<(2*z) - 1) / 3 }

// tileAt returns the tile at a place of the Hilbert curve of a zoom; it is the
// inverse of tiles.Hilbert.
func tileAt(z uint32, p uint64) tiles.Address {
	var x, y uint32
	for bit := range z {
		quarter := uint32(p >> (2 * bit) & 3)
		right := quarter >> 1
		down := (quarter ^ right) & 1
		if down == 0 {
			if right == 1 {
				x, y = 1<<bit-1-x, 1<<bit-1-y
			}
			x, y = y, x
		}
		x, y = x|right<<bit, y|down<<bit
	}
	return tiles.Address{Z: z, X: x, Y: y}
}

// zoomOf returns the zoom of the tile of a number.
func zoomOf(id uint64) (z uint8) {
	for id >= firstID(uint32(z)+1) {
		z++
	}
	return z
}
