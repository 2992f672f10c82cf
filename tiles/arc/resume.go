package arc

import (
	"maps"
	"slices"

	"gridatlas/geo"
	"gridatlas/geo/planar"
)

// mostChanged is how many sites may be other than before for a drawing to be
// resumed: beyond, one from nothing is as quick.
const mostChanged = 1000

// resume takes over what is the same as in the drawing of an earlier ground, from
// which this one was patched: the hot units, and the way of edges with no site near
// that counts now or did then. It is false where too much has changed.
func (d *drawing) resume(seed *drawing) bool {
	g := d.ground
	var changed []site
	for i, p := range g.sites {
		if seed.counts(int32(i)) != d.counts(int32(i)) {
			changed = append(changed, site{p, int32(i)})
		}
	}
	if len(changed) > mostChanged {
		return false
	}
	d.seed = seed
	d.corners = slices.Clone(seed.corners)
	d.cornerOf = append(slices.Clone(seed.cornerOf), make([]int32, len(g.sites)-len(seed.cornerOf))...)
	d.bends = maps.Clone(seed.bends)
	again := map[int32]bool{}
	for i := range g.edges {
		was := i < len(seed.ground.edges) && seed.ground.edges[i].from <= d.zoom
		if is := g.edges[i].from <= d.zoom; was != is {
			again[int32(i)] = true
		}
	}
	for _, s := range changed {
		if d.counts(s.number) {
			d.cornerOf[s.number] = d.cornerAt(s)
		}
		g.around(grown(s.at, s.at, 2*d.unit), func(t span) { again[t.number] = true })
	}
	for e := range again {
		delete(d.bends, e)
		d.lead(e)
	}
	d.changed = planar.NewTree(changed)
	return true
}

// counts reports whether a site is a corner of anything drawn.
func (d *drawing) counts(s int32) bool {
	return int(s) < len(d.ground.from) && d.ground.from[s] <= d.zoom
}

// cornerAt returns the corner of a site that counts now: that of another site in
// its unit, or a new one. Sites below it have theirs.
func (d *drawing) cornerAt(s site) int32 {
	middle, corner := d.middle(s.at), int32(none)
	d.ground.near(grown(middle, middle, d.unit), func(t site) {
		if d.seed.counts(t.number) || d.counts(t.number) && t.number < s.number {
			if c := d.cornerOf[t.number]; d.corners[c] == middle {
				corner = c
			}
		}
	})
	if corner == none {
		corner = int32(len(d.corners))
		d.corners = append(d.corners, middle)
	}
	return corner
}

// asBefore reports whether an arc is the one that the seed has, with the same
// corners around it, so that it loses the same ones.
func (s *simplifier) asBefore(arc chain, shared bool) bool {
	seed := s.seed
	low, high := s.corners[arc[0]], s.corners[arc[0]]
	for i, c := range arc {
		if int(c) >= len(seed.corners) || seed.node[c] != s.node[c] {
			return false
		}
		if !s.node[c] {
			a, b := s.sides[c], seed.sides[c]
			if a != b && a != [2]int32{b[1], b[0]} || seed.shared[c] != shared {
				return false
			}
		} else if i > 0 && i < len(arc)-1 {
			return false
		}
		p := s.corners[c]
		low = geo.Point{X: min(low.X, p.X), Y: min(low.Y, p.Y)}
		high = geo.Point{X: max(high.X, p.X), Y: max(high.Y, p.Y)}
	}
	same := true
	s.changed.Within(grown(low, high, s.unit), func(site) { same = false })
	return same
}
