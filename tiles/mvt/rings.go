package mvt

// rings are rings in flat arrays, outer ones positive and holes negative.
type rings struct {
	corners []vertex
	parts   []part
}

// part is a ring: where its corners end, which polygon it belongs to, and whether
// it is a hole in it.
type part struct {
	end     int
	polygon int
	hole    bool
}

func (r *rings) reset() { r.corners, r.parts = r.corners[:0], r.parts[:0] }

// start returns where the corners of part i begin.
func (r *rings) start(i int) int {
	if i == 0 {
		return 0
	}
	return r.parts[i-1].end
}

// ring returns the corners of part i.
func (r *rings) ring(i int) []vertex { return r.corners[r.start(i):r.parts[i].end] }

// close ends a part with the corners added since the one before.
func (r *rings) close(polygon int, hole bool) {
	r.parts = append(r.parts, part{len(r.corners), polygon, hole})
}

// tidy drops from every ring what is no corner of it, and rings without area.
func (r *rings) tidy(keepStraight bool) {
	corners, parts := r.corners[:0], r.parts[:0]
	start := 0
	for _, p := range r.parts {
		ring := tidy(r.corners[start:p.end], keepStraight)
		start = p.end
		if area2(ring) != 0 {
			corners = append(corners, ring...)
			parts = append(parts, part{len(corners), p.polygon, p.hole})
		}
	}
	r.corners, r.parts = corners, parts
}

// group returns the first part after i that belongs to another polygon.
func (r *rings) group(i int) int {
	end := i + 1
	for end < len(r.parts) && r.parts[end].polygon == r.parts[i].polygon {
		end++
	}
	return end
}

// around reports whether a ring lies around another one that it touches in corners
// at most: the middle of an edge of it, in halves of units, lies on no edge.
func around(ring, inner []vertex) bool {
	middle := vertex{inner[0].x + inner[1].x, inner[0].y + inner[1].y}
	inside := false
	a := twice(ring[len(ring)-1])
	for _, b := range ring {
		b = twice(b)
		if a.y > middle.y != (b.y > middle.y) && cross(a, b, middle) > 0 == (b.y > a.y) {
			inside = !inside
		}
		a = b
	}
	return inside
}

func twice(v vertex) vertex { return vertex{2 * v.x, 2 * v.y} }
