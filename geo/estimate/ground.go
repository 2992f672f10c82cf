package estimate

import (
	"cmp"
	"slices"

	"gridatlas/geo"
	"gridatlas/geo/snapshot"
)

// grounds are the places whose figures are spread at an instant.
type grounds struct {
	snap *snapshot.Snapshot
	at   geo.Instant
	list []*ground // communities first, then street offices, then districts; by id
	of   map[*geo.Place]*ground
}

// groundsOf returns the grounds of the places in effect, of one level or of all.
func groundsOf(s *snapshot.Snapshot, by Level, at geo.Instant) *grounds {
	all := &grounds{snap: s, at: at, of: map[*geo.Place]*ground{}}
	for _, level := range levels {
		if by != "" && by != level {
			continue
		}
		for p := range snapshot.All[*geo.Place](s) {
			if p.Kind == string(level) && p.InEffect(at) && (statedBy(p, households).Known || statedBy(p, people).Known) {
				g := &ground{place: p, level: level}
				all.list = append(all.list, g)
				all.of[p] = g
			}
		}
	}
	// What places inside state themselves is theirs, as far as the map says where.
	for _, g := range all.list {
		if g.place.Shape.Kind() != geo.Polygons {
			continue
		}
		for _, f := range both {
			if stated := statedBy(g.place, f); stated.Known {
				if above := all.above(g.place, f); above != nil {
					above.elsewhere[f] += stated.Value
				}
			}
		}
	}
	return all
}

// above returns the ground of the nearest place that a place is part of and that
// states a figure; nil when none does.
func (all *grounds) above(p *geo.Place, f figure) *ground {
	for range levels { // no place has more above it, whatever circle its parents go in
		parent, ok := all.snap.Layer(geo.Places).ByCode(p.Parent)
		if !ok {
			return nil
		}
		p = parent.(*geo.Place)
		if g := all.of[p]; g != nil && statedBy(p, f).Known {
			return g
		}
	}
	return nil
}

// under returns the grounds that count for what stands at a point, figure by figure:
// that of its community if it states the figure, else that of its street office, else
// that of its district; nil when none does. Of several of a level it is the first by
// id.
func (all *grounds) under(at geo.Point) (on [2]*ground) {
	var near []*ground
	for p := range snapshot.Search[*geo.Place](all.snap, geo.NoBox.With(at)) {
		if g := all.of[p]; g != nil {
			near = append(near, g)
		}
	}
	slices.SortFunc(near, func(a, b *ground) int {
		return cmp.Or(cmp.Compare(a.level.rank(), b.level.rank()), cmp.Compare(a.place.ID, b.place.ID))
	})
	for _, g := range near {
		var counts [2]bool
		for _, f := range both {
			counts[f] = on[f] == nil && statedBy(g.place, f).Known
		}
		if counts == [2]bool{} || !g.place.Shape.Covers(at) {
			continue // outlines of districts are long: few need be looked at
		}
		for _, f := range both {
			if counts[f] {
				on[f] = g
			}
		}
	}
	return on
}

// inner is a point inside a footprint that says which place it belongs to: the
// middle of its box, or of the widest piece of the line through it.
func inner(shape geo.Shape) geo.Point {
	centre := shape.Box().Centre()
	if shape.Kind() != geo.Polygons || shape.Covers(centre) {
		return centre
	}
	y := float64(centre.Y) + 0.5 // between lattice rows, so that no corner is met
	var cuts []float64
	for part := range shape.Parts() {
		n := len(part.Points)
		for i, a := range part.Points {
			b := part.Points[(i+1)%n]
			if (float64(a.Y) > y) != (float64(b.Y) > y) {
				cuts = append(cuts, float64(a.X)+(y-float64(a.Y))/float64(b.Y-a.Y)*float64(b.X-a.X))
			}
		}
	}
	slices.Sort(cuts)
	best, width := centre, 0.0
	for i := 0; i+1 < len(cuts); i += 2 {
		if w := cuts[i+1] - cuts[i]; w > width {
			best, width = geo.Point{X: int32((cuts[i] + cuts[i+1]) / 2), Y: centre.Y}, w
		}
	}
	return best
}
