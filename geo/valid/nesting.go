package valid

import "gridatlas/geo"

// nesting judges rings against rings. Rings are simple by now and meet in single
// points without crossing, so each lies wholly on one side of each other.
func (c *checker) nesting() {
	var polygons []polygon
	for i := range c.shape.NumParts() {
		part := c.shape.Part(i)
		r := newRing(part.Points, i)
		switch {
		case !part.Hole:
			polygons = append(polygons, polygon{outer: r})
		case len(polygons) == 0:
			c.fault(HoleOutside, r.points[0], i, "a hole comes before any outer ring")
		default:
			last := &polygons[len(polygons)-1]
			last.holes = append(last.holes, r)
		}
	}
	for i := range polygons {
		c.holes(&polygons[i])
	}
	if len(c.faults) == 0 {
		c.connected(polygons)
	}
	for i := range polygons {
		for j := range i {
			a, b := &polygons[i], &polygons[j]
			if (a.covers(b) || b.covers(a)) && !c.fault(Overlap, a.outer.points[0], a.outer.part, "covers ground of ring %d of the same shape", b.outer.part) {
				return
			}
		}
	}
}

type polygon struct {
	outer ring
	holes []ring
}

// covers reports whether another polygon lies inside this one and not in one of
// its holes.
func (p *polygon) covers(other *polygon) bool {
	if !p.outer.contains(&other.outer) {
		return false
	}
	for i := range p.holes {
		if p.holes[i].contains(&other.outer) {
			return false
		}
	}
	return true
}

func (c *checker) holes(p *polygon) {
	for i := range p.holes {
		hole := &p.holes[i]
		if !p.outer.contains(hole) {
			if !c.fault(HoleOutside, hole.points[0], hole.part, "the hole lies outside ring %d", p.outer.part) {
				return
			}
			continue
		}
		for j := range i {
			other := &p.holes[j]
			if (other.contains(hole) || hole.contains(other)) &&
				!c.fault(NestedHoles, hole.points[0], hole.part, "one hole lies inside the other (ring %d)", other.part) {
				return
			}
		}
	}
}

// connected finds polygons whose inside is cut apart: rings and the places where
// they touch form a graph, and each cycle in it encloses ground of its own.
func (c *checker) connected(polygons []polygon) {
	owner := make([]int, c.shape.NumParts())
	for i, p := range polygons {
		owner[p.outer.part] = i
		for _, hole := range p.holes {
			owner[hole.part] = i
		}
	}
	type place struct {
		polygon int
		at      geo.Point
	}
	joint := map[place]int32{} // nodes after the rings
	var sets disjoint
	sets.grow(len(owner))
	linked := map[[2]int32]bool{}
	for _, t := range c.touches {
		if owner[t.parts[0]] != owner[t.parts[1]] {
			continue
		}
		key := place{owner[t.parts[0]], t.at}
		node, known := joint[key]
		if !known {
			node = sets.grow(1)
			joint[key] = node
		}
		for _, part := range t.parts {
			link := [2]int32{part, node}
			if linked[link] {
				continue
			}
			linked[link] = true
			if !sets.union(part, node) && !c.fault(Disconnected, t.at, int(part), "touching rings cut the inside apart") {
				return
			}
		}
	}
}

// disjoint is a union-find forest over small integers.
type disjoint []int32

// grow adds n sets of one and returns the last of them.
func (d *disjoint) grow(n int) int32 {
	for range n {
		*d = append(*d, int32(len(*d)))
	}
	return int32(len(*d) - 1)
}

func (d disjoint) find(i int32) int32 {
	for d[i] != i {
		d[i] = d[d[i]]
		i = d[i]
	}
	return i
}

// union joins two sets; false when they were one already.
func (d disjoint) union(i, j int32) bool {
	i, j = d.find(i), d.find(j)
	d[i] = j
	return i != j
}

type ring struct {
	points []geo.Point
	box    geo.Box
	part   int
}

func newRing(points []geo.Point, part int) ring {
	box := geo.NoBox
	for _, p := range points {
		box = box.With(p)
	}
	return ring{points, box, part}
}

// contains reports whether other lies inside r. Both are simple and do not
// cross, so the first corner that is not on r decides.
func (r *ring) contains(other *ring) bool {
	if !r.box.Covers(other.box) {
		return false
	}
	for _, p := range other.points {
		if side := r.side(p); side != geo.OnBorder {
			return side == geo.Inside
		}
	}
	// Every corner of other lies on r: an edge leaves its corner to one side.
	at, to := other.points[0], other.points[1]
	n := len(r.points)
	for i, p := range r.points {
		next := r.points[(i+1)%n]
		var in, out geo.Point
		switch {
		case p == at:
			in, out = r.points[(i+n-1)%n], next
		case next != at && onSegment(p, next, at):
			in, out = p, next
		default:
			continue
		}
		if r.counterclockwise() {
			return between(at, out, in, to)
		}
		return between(at, in, out, to)
	}
	return false // not reached: `at` lies on r
}

// side is geo.RingSide, exact at any distance in the world.
func (r *ring) side(p geo.Point) geo.Side {
	inside := false
	n := len(r.points)
	for i, j := 0, n-1; i < n; j, i = i, i+1 {
		a, b := r.points[j], r.points[i]
		if max(a.Y, b.Y) < p.Y || min(a.Y, b.Y) > p.Y {
			continue
		}
		if onSegment(a, b, p) {
			return geo.OnBorder
		}
		if (a.Y > p.Y) != (b.Y > p.Y) && (geo.Turn(a, b, p) > 0) == (b.Y > a.Y) {
			inside = !inside
		}
	}
	if inside {
		return geo.Inside
	}
	return geo.Outside
}

func onSegment(a, b, p geo.Point) bool {
	return segment{a: a, b: b}.Box().Holds(p) && geo.Turn(a, b, p) == 0
}

// counterclockwise looks at the turn in the lowest corner, leftmost of them,
// which is convex in every simple ring.
func (r *ring) counterclockwise() bool {
	lowest := 0
	for i, p := range r.points {
		if q := r.points[lowest]; p.Y < q.Y || p.Y == q.Y && p.X < q.X {
			lowest = i
		}
	}
	n := len(r.points)
	return geo.Turn(r.points[(lowest+n-1)%n], r.points[lowest], r.points[(lowest+1)%n]) > 0
}
