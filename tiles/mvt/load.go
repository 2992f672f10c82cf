package mvt

import (
	"math"
	"slices"
)

// everywhere is a clip box that nothing lies beyond.
var everywhere = clipBox{math.MinInt64, math.MaxInt64}

// load takes the rings of a shape, rounded and turned the right way, without those
// that have no area then. Of corners in a row beyond the same side of the box that
// is seen the first and the last stay: what lies inside does not change by that,
// and a long ring of which a tile sees little becomes short.
func (r *rings) load(s *Shape, units *tileGrid, seen clipBox) {
	r.reset()
	polygon, dropped := -1, true // the outer ring of the holes that come now
	for i := range s.parts() {
		hole := s.Parts[i].IsHole()
		if !hole {
			polygon++
		}
		if hole && dropped {
			continue
		}
		start := len(r.corners)
		area := r.add(s.part(i), units, seen)
		if !hole {
			dropped = area == 0
		}
		if area == 0 {
			r.corners = r.corners[:start]
			continue
		}
		if area > 0 == hole {
			slices.Reverse(r.corners[start:])
		}
		r.close(polygon, hole)
	}
}

// add adds the corners of a ring as load does and returns twice its area, of all
// corners. The sign is exact for rings less than 2^26 units wide, 600 km at zoom 20.
func (r *rings) add(ring []Point, units *tileGrid, seen clipBox) (area float64) {
	out, start := r.corners, len(r.corners)
	var first, before vertex
	var outside, outsideBefore side // of the last two corners kept
	for i, p := range ring {
		v := units.at(p)
		if i == 0 {
			first, before = v, v
		}
		area += float64(before.x-first.x)*float64(v.y-first.y) - float64(before.y-first.y)*float64(v.x-first.x)
		before = v
		beyond := seen.beyond(v)
		if n := len(out); n-start > 1 && beyond&outside&outsideBefore != 0 {
			out[n-1] = v
		} else {
			out = append(out, v)
			outsideBefore = outside
		}
		outside = beyond
	}
	r.corners = out
	return area
}
