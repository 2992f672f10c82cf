package mvt

// cross is twice the area of the triangle a, b, c, positive when it turns from the
// x axis to the y axis: clockwise on a map. Corners are within 2^30 units of one
// another.
func cross(a, b, c vertex) int64 { return (b.x-a.x)*(c.y-a.y) - (b.y-a.y)*(c.x-a.x) }

// ahead reports whether the way from a to b, on a straight line with c, goes on to
// c and does not turn back.
func ahead(a, b, c vertex) bool { return (b.x-a.x)*(c.x-b.x)+(b.y-a.y)*(c.y-b.y) > 0 }

// straight reports whether b, on the way from a to c, is no corner.
func straight(a, b, c vertex) bool { return cross(a, b, c) == 0 && ahead(a, b, c) }

// area2 is twice the area of a ring.
func area2(ring []vertex) int64 {
	var sum int64
	for i := 2; i < len(ring); i++ {
		sum += cross(ring[0], ring[i-1], ring[i])
	}
	return sum
}

// tidy drops what is no corner of a ring: places that repeat the one before, tips
// of spikes without width and, unless they are to be kept, places on a straight
// line. It returns nil when fewer than three are left, and writes into its input.
func tidy(in []vertex, keepStraight bool) []vertex {
	n := 0 // corners so far, at the start of in
	for _, v := range in {
		for n > 1 && flat(in[n-2], in[n-1], v, keepStraight) {
			n--
		}
		if n == 0 || in[n-1] != v {
			in[n] = v
			n++
		}
	}
	ring := in[:n]
	for len(ring) > 2 { // where it closes
		n := len(ring)
		switch {
		case ring[n-1] == ring[0] || flat(ring[n-2], ring[n-1], ring[0], keepStraight):
			ring = ring[:n-1]
		case flat(ring[n-1], ring[0], ring[1], keepStraight):
			ring = ring[1:]
		default:
			return ring
		}
	}
	return nil
}

// flat reports whether b, between a and c, is no corner. It may be one where b and
// c are the same place.
func flat(a, b, c vertex, keepStraight bool) bool {
	return cross(a, b, c) == 0 && b != c && (!keepStraight || !ahead(a, b, c))
}
