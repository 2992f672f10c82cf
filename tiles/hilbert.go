package tiles

// Hilbert returns the place of a cell on the Hilbert curve over a square of 2^bits
// columns from the west and as many rows from the north. Neighbours on the curve
// are neighbours on the ground, and the four cells in a cell of the square with
// one bit less follow each other on both curves.
func Hilbert(x, y uint32, bits int) (place uint64) {
	// From the coarsest quarter to the finest, the part of the curve in a quarter
	// is the whole curve mirrored or turned, so that the ends meet.
	for bit := bits - 1; bit >= 0; bit-- {
		right, down := x>>bit&1, y>>bit&1
		place = place<<2 | uint64(3*right^down)
		if down == 0 {
			if right == 1 {
				x, y = ^x, ^y
			}
			x, y = y, x
		}
	}
	return place
}
