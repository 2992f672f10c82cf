package arc

import (
	"slices"

	"gridatlas/geo"
)

// tolerance is how far borders may be drawn from where they are, in tile units:
// half a pixel on a map of 512 pixels a tile. From the zoom on that clients enlarge
// instead of asking for deeper ones, a unit.
func tolerance(zoom int8) int64 {
	if zoom < 16 {
		return 4
	}
	return 1
}

// simplifier thins the arcs of one zoom.
type simplifier struct {
	*drawing
	most2 float64 // square of the tolerance in world units
	arcs  []chain
	arcOf []int32 // by corner: the arc it lies on, if it is no node
	place []int32 // and where on it
	hull  []geo.Point
}

// chain is an arc from node to node, both included. A border without nodes, such
// as that of an island, runs from a corner back to it.
type chain []int32

// simplify decides which corners are kept.
func (d *drawing) simplify() error {
	most := float64(tolerance(d.zoom) * d.unit)
	s := &simplifier{
		drawing: d, most2: most * most,
		arcOf: slices.Repeat([]int32{none}, len(d.corners)), place: make([]int32, len(d.corners)),
	}
	for c := range d.corners {
		if c := int32(c); !d.node[c] && s.arcOf[c] == none && d.sides[c][1] != none {
			s.arc(c)
		}
	}
	for i := range s.arcs {
		if i%64 == 0 && d.ctx.Err() != nil {
			return d.ctx.Err()
		}
		s.thin(int32(i))
	}
	return nil
}

// arc adds the arc that a corner lies on. It starts at the end that compares
// lower, whoever asks.
func (s *simplifier) arc(c int32) {
	arc := s.along(c, s.sides[c][0])
	if arc[len(arc)-1] == c {
		// A ring without nodes starts at its lowest corner.
		arc = arc[1:]
		lowest := 0
		for i := range arc {
			if compare(s.corners[arc[i]], s.corners[arc[lowest]]) < 0 {
				lowest = i
			}
		}
		arc = slices.Concat(arc[lowest:], arc[:lowest+1])
	} else {
		slices.Reverse(arc)
		arc = append(arc, s.along(c, s.sides[c][1])[1:]...)
		s.joined[pair(arc[0], arc[len(arc)-1])]++
	}
	n := len(arc)
	first, last := s.corners[arc[0]], s.corners[arc[n-1]]
	if c := compare(first, last); c > 0 || c == 0 && compare(s.corners[arc[1]], s.corners[arc[n-2]]) > 0 {
		slices.Reverse(arc)
	}
	for i, c := range arc {
		if !s.node[c] {
			s.arcOf[c], s.place[c] = int32(len(s.arcs)), int32(i)
		}
	}
	s.arcs = append(s.arcs, arc)
}

// along walks from a corner through a neighbour to the next node, or back to it.
func (s *simplifier) along(c, next int32) chain {
	arc := chain{c, next}
	for before := c; !s.node[next] && next != c; {
		sides := s.sides[next]
		before, next = next, sides[0]+sides[1]-before
		arc = append(arc, next)
	}
	return arc
}

// thin decides which corners of an arc are kept.
func (s *simplifier) thin(arc int32) {
	c := s.arcs[arc]
	n := len(c)
	shared := s.joined[pair(c[0], c[n-1])] > 1
	for _, corner := range c {
		s.shared[corner] = shared
	}
	if s.seed != nil && s.asBefore(c, shared) {
		for _, corner := range c {
			s.kept[corner] = s.node[corner] || s.seed.kept[corner]
		}
		return
	}
	s.kept[c[0]], s.kept[c[n-1]] = true, true
	if c[0] != c[n-1] {
		s.piece(arc, 0, n-1, shared)
		return
	}
	// There and back again: both ways must not fall together.
	far, _ := s.farthest(c)
	s.kept[c[far]] = true
	s.piece(arc, 0, far, true)
	s.piece(arc, far, n-1, true)
}

// piece thins an arc between two corners that are kept. Shared says that other
// arcs, or the rest of this one, join the same two, so that it must keep a corner
// unless it is straight.
func (s *simplifier) piece(arc int32, from, to int, shared bool) {
	if to-from < 2 {
		return
	}
	c := s.arcs[arc]
	far, off2 := s.farthest(c[from : to+1])
	if off2 == 0 || off2 <= s.most2 && !shared && s.alone(arc, from, to) {
		return
	}
	far += from
	s.kept[c[far]] = true
	s.piece(arc, from, far, false)
	s.piece(arc, far, to, false)
}

// farthest returns the corner that is farthest from the straight edge between the
// ends, and the square of how far.
func (s *simplifier) farthest(c chain) (far int, off2 float64) {
	a, b := s.corners[c[0]], s.corners[c[len(c)-1]]
	for i := 1; i < len(c)-1; i++ {
		if d := distance2(a, b, s.corners[c[i]]); far == 0 || d > off2 {
			far, off2 = i, d
		}
	}
	return far, off2
}

// alone reports whether no other corner lies in the convex hull of a piece.
func (s *simplifier) alone(arc int32, from, to int) bool {
	c := s.arcs[arc]
	s.hull = s.hull[:0]
	low, high := s.corners[c[from]], s.corners[c[from]]
	for _, corner := range c[from : to+1] {
		p := s.corners[corner]
		s.hull = append(s.hull, p)
		low = geo.Point{X: min(low.X, p.X), Y: min(low.Y, p.Y)}
		high = geo.Point{X: max(high.X, p.X), Y: max(high.Y, p.Y)}
	}
	s.hull = convex(s.hull)
	alone := true
	s.ground.near(grown(low, high, s.unit), func(t site) {
		if !alone || s.ground.from[t.number] > s.zoom {
			return
		}
		corner := s.cornerOf[t.number]
		if corner == c[from] || corner == c[to] ||
			s.arcOf[corner] == arc && from < int(s.place[corner]) && int(s.place[corner]) < to {
			return
		}
		alone = !covers(s.hull, s.corners[corner])
	})
	return alone
}

// convex returns the convex hull of places, as a ring whose corners all turn left,
// or the two ends of a line. It reorders and overwrites them.
func convex(points []geo.Point) []geo.Point {
	slices.SortFunc(points, compare)
	// A. Andrew, "Another efficient algorithm for convex hulls in two dimensions"
	// (1979): the lower chain, then the upper one.
	hull := make([]geo.Point, 0, 16)
	half := func(start int, p geo.Point) {
		for len(hull) > start+1 && geo.Cross(hull[len(hull)-2], hull[len(hull)-1], p) <= 0 {
			hull = hull[:len(hull)-1]
		}
		hull = append(hull, p)
	}
	for _, p := range points {
		half(0, p)
	}
	for start, i := len(hull)-1, len(points)-2; i >= 0; i-- {
		half(start, points[i])
	}
	return hull[:len(hull)-1]
}

// covers reports whether a convex ring, or the line between two places, holds p,
// borders included.
func covers(hull []geo.Point, p geo.Point) bool {
	for i, b := range hull {
		a := hull[(i+len(hull)-1)%len(hull)]
		if geo.Cross(a, b, p) < 0 {
			return false
		}
	}
	return len(hull) > 2 || distance2(hull[0], hull[len(hull)-1], p) == 0
}
