package mvt

import "slices"

// load takes the rings of a shape, rounded and turned the right way. Of corners in
// a row beyond the same side the first and the last stay: what lies inside does
// not change by that, and a long ring of which a tile sees little becomes short.
func (f *Frame) load(s *Shape) {
	f.rings.reset()
	polygon, dropped := -1, true
	for i := range s.parts() {
		hole := s.Parts[i].IsHole()
		if !hole {
			polygon++
		}
		if hole && dropped {
			continue
		}
		corners := s.part(i)
		area := f.append(corners)
		if !hole {
			dropped = area == 0
		}
		start := f.rings.start(len(f.rings.parts))
		if area == 0 {
			f.rings.corners = f.rings.corners[:start]
			continue
		}
		if area > 0 == hole {
			slices.Reverse(f.rings.corners[start:])
		}
		f.rings.close(polygon, hole)
	}
}

// append adds the corners of a ring and returns twice its area, of all corners.
// The sign is exact for rings less than 2^26 units wide, 600 km at zoom 20.
func (f *Frame) append(ring []Point) (area float64) {
	start := len(f.rings.corners)
	var first, before vertex
	var outside, outsideBefore side
	out := f.rings.corners
	for i, p := range ring {
		v := f.at(p)
		if i == 0 {
			first, before = v, v
		}
		area += float64(before.x-first.x)*float64(v.y-first.y) - float64(before.y-first.y)*float64(v.x-first.x)
		before = v
		beyond := f.beyond(v)
		if n := len(out); n-start > 1 && beyond&outside&outsideBefore != 0 {
			out[n-1] = v
		} else {
			out = append(out, v)
			outsideBefore = outside
		}
		outside = beyond
	}
	f.rings.corners = out
	return area
}

// loadMended takes the rings of a shape that is not simple once they are mended.
func (f *Frame) loadMended(s *Shape) {
	// Deeper than fullZoom nothing is rounded: world units will do.
	units := f.grid
	units.up = 0
	f.mender.load(&f.rings, s, units)
	f.mender.mend(&f.rings)
	for i, v := range f.rings.corners {
		f.rings.corners[i] = vertex{v.x<<f.grid.up - f.left, v.y<<f.grid.up - f.top}
	}
}
