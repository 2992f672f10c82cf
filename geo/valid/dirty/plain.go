package dirty

import (
	"math"

	"gridatlas/geo"
)

// Plain geometry: every pair is looked at.

// twiceArea is positive for rings that run counterclockwise, in square steps.
func twiceArea(ring []geo.Point) float64 {
	var sum float64
	for i, p := range ring {
		q := ring[(i+1)%len(ring)]
		x, y := float64(p.X-ring[0].X), float64(p.Y-ring[0].Y)
		sum += x*float64(q.Y-ring[0].Y) - y*float64(q.X-ring[0].X)
	}
	return sum
}

func leftOf(a, b, p geo.Point) float64 {
	return float64(b.X-a.X)*float64(p.Y-a.Y) - float64(b.Y-a.Y)*float64(p.X-a.X)
}

// meet reports whether two segments have a point in common.
func meet(a, b, c, d geo.Point) bool {
	between := func(a, b, p geo.Point) bool {
		return min(a.X, b.X) <= p.X && p.X <= max(a.X, b.X) && min(a.Y, b.Y) <= p.Y && p.Y <= max(a.Y, b.Y)
	}
	ab, cd := [2]float64{leftOf(a, b, c), leftOf(a, b, d)}, [2]float64{leftOf(c, d, a), leftOf(c, d, b)}
	if (ab[0] > 0) != (ab[1] > 0) && ab[0] != 0 && ab[1] != 0 && (cd[0] > 0) != (cd[1] > 0) && cd[0] != 0 && cd[1] != 0 {
		return true
	}
	return ab[0] == 0 && between(a, b, c) || ab[1] == 0 && between(a, b, d) ||
		cd[0] == 0 && between(c, d, a) || cd[1] == 0 && between(c, d, b)
}

// clear reports whether a line keeps 3 cm away from the segment between a and b,
// but where both have an end in common.
func clear(line []geo.Point, a, b geo.Point) bool {
	first, last := line[0], line[len(line)-1]
	for i := 1; i < len(line); i++ {
		from, to := line[i-1], line[i]
		atEnd := i == 1 && (a == first || b == first) || i == len(line)-1 && (a == last || b == last)
		if !atEnd && meet(from, to, a, b) {
			return false
		}
		for _, end := range []geo.Point{a, b} {
			if end != first && end != last && distance(end, from, to) < 0.03 {
				return false
			}
		}
		for _, end := range []geo.Point{from, to} {
			if end != first && end != last && distance(end, a, b) < 0.03 {
				return false
			}
		}
	}
	return true
}

// simple reports whether a line stays off itself.
func simple(line []geo.Point) bool {
	for i := 1; i < len(line); i++ {
		if line[i] == line[i-1] {
			return false
		}
		for j := 1; j < i-1; j++ {
			if meet(line[i-1], line[i], line[j-1], line[j]) {
				return false
			}
		}
	}
	return true
}

// holds reports whether a place lies in a ring.
func holds(ring []geo.Point, p geo.Point) bool {
	inside := false
	for i, a := range ring {
		b := ring[(i+1)%len(ring)]
		if (a.Y > p.Y) != (b.Y > p.Y) && (leftOf(a, b, p) > 0) == (b.Y > a.Y) {
			inside = !inside
		}
	}
	return inside
}

// distance is the metres from p to a segment.
func distance(p, a, b geo.Point) float64 {
	ux, uy := float64(b.X-a.X)*east, float64(b.Y-a.Y)*north
	vx, vy := float64(p.X-a.X)*east, float64(p.Y-a.Y)*north
	share := min(max((ux*vx+uy*vy)/(ux*ux+uy*uy), 0), 1)
	return math.Hypot(vx-share*ux, vy-share*uy)
}
