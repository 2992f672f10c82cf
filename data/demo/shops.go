package demo

import (
	"math"
	"math/rand/v2"
)

// front is a shop that stands on a street, for the services that need one.
type front struct {
	building int32
	at       vec // its door
	block    int32
}

// shopSides decides which sides of a lot get a row of shops, and how deep: zero
// for none. Shops stand on collectors and main roads first.
func (c *city) shopSides(l lot, share float64, r *rand.Rand) []float64 {
	depth := make([]float64, len(l.corners))
	for i := range l.corners {
		if l.tags[i] == inside {
			continue
		}
		a, b := l.side(i)
		want := share
		switch c.m.edges[l.tags[i]].road.class {
		case expressway, trunk:
			want = 0
		case local:
			want *= 0.75
		}
		if pick := r.Float64(); distance(a, b) > 65 && pick < want {
			depth[i] = 9 + 3*r.Float64()
		}
	}
	return depth
}

// shopRows builds the rows of shops, with gaps at the gates.
func (c *city) shopRows(f int32, l lot, depth []float64, gates []gateway, year int, r *rand.Rand) {
	n := len(l.corners)
	for side := range n {
		if depth[side] == 0 {
			continue
		}
		a, b := l.side(side)
		fr := newFrame(a, b.sub(a))
		length := distance(a, b)
		before, _ := l.side((side + n - 1) % n)
		_, after := l.side((side + 1) % n)
		from := cornerRoom(before.sub(a), b.sub(a), depth[side], depth[(side+n-1)%n])
		to := length - cornerRoom(a.sub(b), after.sub(b), depth[side], depth[(side+1)%n])
		var openings []float64
		for _, g := range gates {
			if u, v := fr.uv(g.at); v > -1 && v < depth[side]+6 && u > 0 && u < length {
				openings = append(openings, u)
				if slope := dot(g.way, fr.v); slope < -0.3 { // where a slanting lane leaves the lot
					openings = append(openings, u-float64(v*dot(g.way, fr.u)/slope))
				}
			}
		}
		sortFloats(openings)
		for _, p := range minus(from, to, openings, 7) {
			for u := p[0]; u+8 < p[1]; {
				size := min(14+float64(r.IntN(4))*10+5*r.Float64(), p[1]-u)
				if p[1]-u-size < 8 {
					size = p[1] - u
				}
				if size > 62 {
					size = 48
				}
				d := depth[side] - float64(r.IntN(3))
				fits := l.holds(fr.at(u, d), 0) && l.holds(fr.at(u+size, d), 0)
				if r.IntN(12) > 0 && fits { // not where a corner is cut off
					b := c.addBuilding(f, fr.rect(u, 0, u+size, d), "commercial", 1+r.IntN(3), year+r.IntN(3))
					b.kind = shop
					c.fronts = append(c.fronts, front{int32(len(c.buildings) - 1), fr.at(u+size/2, 0.3), f})
				}
				u += size + 0.6 + float64(r.IntN(4)/3)*4
			}
		}
	}
}

// cornerRoom is how far from a corner a row of a depth must begin to keep off a
// row of another depth on the side around the corner: out and back are the
// directions of the two sides away from the corner.
func cornerRoom(out, back vec, depth, other float64) float64 {
	if other == 0 {
		other = 1
	}
	cos := dot(out.unit(), back.unit())
	sin := math.Sqrt(max(1-float64(cos*cos), 0.01))
	return max((other+max(depth*cos, 0)+2)/sin, 3)
}

func sortFloats(list []float64) {
	for i := 1; i < len(list); i++ {
		for j := i; j > 0 && list[j] < list[j-1]; j-- {
			list[j], list[j-1] = list[j-1], list[j]
		}
	}
}
