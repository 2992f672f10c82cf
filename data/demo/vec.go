package demo

import "math"

// vec is a place or a direction in metres east and north of the city centre.
//
// Products are rounded to float64 before they are added, which forbids the
// compiler to fuse the two steps where everything else rests on them.
type vec struct{ x, y float64 }

func (a vec) add(b vec) vec       { return vec{a.x + b.x, a.y + b.y} }
func (a vec) sub(b vec) vec       { return vec{a.x - b.x, a.y - b.y} }
func (a vec) mul(s float64) vec   { return vec{float64(a.x * s), float64(a.y * s)} }
func (a vec) left() vec           { return vec{-a.y, a.x} }
func (a vec) length() float64     { return math.Sqrt(dot(a, a)) }
func dot(a, b vec) float64        { return float64(a.x*b.x) + float64(a.y*b.y) }
func cross(a, b vec) float64      { return float64(a.x*b.y) - float64(a.y*b.x) }
func mix(a, b vec, t float64) vec { return a.add(b.sub(a).mul(t)) }
func distance(a, b vec) float64   { return b.sub(a).length() }

// unit returns the direction of a with length 1; of nothing, east.
func (a vec) unit() vec {
	n := a.length()
	if n == 0 {
		return vec{1, 0}
	}
	return vec{a.x / n, a.y / n}
}

// nearestOn returns the share of the way from a to b at which p is nearest,
// cut to 0..1.
func nearestOn(p, a, b vec) float64 {
	d := b.sub(a)
	n := dot(d, d)
	if n == 0 {
		return 0
	}
	return min(max(dot(p.sub(a), d)/n, 0), 1)
}

// frame is a rectangular system of axes turned against east and north.
type frame struct{ origin, u, v vec }

func newFrame(origin, along vec) frame {
	u := along.unit()
	return frame{origin, u, u.left()}
}

// at returns the place of frame coordinates.
func (f frame) at(u, v float64) vec { return f.origin.add(f.u.mul(u)).add(f.v.mul(v)) }

// uv returns the frame coordinates of a place.
func (f frame) uv(p vec) (u, v float64) {
	d := p.sub(f.origin)
	return dot(d, f.u), dot(d, f.v)
}

// rect returns the rectangle from (u1, v1) to (u2, v2), counterclockwise.
func (f frame) rect(u1, v1, u2, v2 float64) []vec {
	return []vec{f.at(u1, v1), f.at(u2, v1), f.at(u2, v2), f.at(u1, v2)}
}

// polygon places corners given as u, v pairs.
func (f frame) polygon(uv ...float64) []vec {
	out := make([]vec, 0, len(uv)/2)
	for i := 0; i+1 < len(uv); i += 2 {
		out = append(out, f.at(uv[i], uv[i+1]))
	}
	return out
}

// areaOf is positive for counterclockwise rings.
func areaOf(ring []vec) float64 {
	sum := 0.0
	for i := 1; i+1 < len(ring); i++ {
		sum += cross(ring[i].sub(ring[0]), ring[i+1].sub(ring[0]))
	}
	return sum / 2
}

// centroidOf is the centre of mass of a ring; of a ring without area, the mean
// of its corners.
func centroidOf(ring []vec) vec {
	var sum, mean vec
	area := 0.0
	for i := range ring {
		mean = mean.add(ring[i])
		if i == 0 || i+1 == len(ring) {
			continue
		}
		w := cross(ring[i].sub(ring[0]), ring[i+1].sub(ring[0]))
		area += w
		sum = sum.add(ring[i].sub(ring[0]).add(ring[i+1].sub(ring[0])).mul(w))
	}
	if math.Abs(area) < 1e-6 {
		return mean.mul(1 / float64(max(len(ring), 1)))
	}
	return ring[0].add(sum.mul(1 / (3 * area)))
}
