package estimate

import (
	"cmp"
	"slices"

	"gridatlas/geo"
	"gridatlas/geo/snapshot"
)

// grounds finds the ground of a place.
type grounds map[*geo.Place]*ground

// groundsOf returns the places whose figures are spread, communities first, by
// id.
func groundsOf(s *snapshot.Snapshot, by Level) ([]*ground, grounds) {
	var list []*ground
	of := grounds{}
	for _, level := range []Level{Community, Street} {
		if by != "" && by != level {
			continue
		}
		for p := range snapshot.All[*geo.Place](s) {
			if p.Kind == string(level) && (statedBy(p, households).Known || statedBy(p, people).Known) {
				g := &ground{place: p, level: level}
				list = append(list, g)
				of[p] = g
			}
		}
	}
	// What communities state themselves is theirs, as far as the map says where.
	for _, g := range list {
		if g.level != Community || g.place.Shape.Kind() != geo.Polygons {
			continue
		}
		parent, ok := s.Layer(geo.Places).ByCode(g.place.Parent)
		if !ok {
			continue
		}
		if office := of[parent.(*geo.Place)]; office != nil {
			for _, f := range both {
				office.elsewhere[f] += statedBy(g.place, f).Value
			}
		}
	}
	return list, of
}

// settle puts a building on the ground that counts for it, figure by figure: that
// of its community if it states the figure, else that of its street office.
func (of grounds) settle(s *snapshot.Snapshot, b *geo.Building) {
	h, lived := homeOf(b)
	around := placesAround(s, inner(b.Shape))
	for _, f := range both {
		for _, p := range around {
			g := of[p]
			if g == nil || !statedBy(p, f).Known {
				continue
			}
			if n := countOf(b, f); n.Known {
				g.known[f] += int64(n.Value)
			}
			if lived {
				own := h
				g.homes[f] = append(g.homes[f], &own)
			}
			break
		}
	}
}

// placesAround returns the communities and street offices around a point,
// communities first, by id.
func placesAround(s *snapshot.Snapshot, at geo.Point) []*geo.Place {
	var around []*geo.Place
	for p := range snapshot.Search[*geo.Place](s, geo.Box{W: at.X, S: at.Y, E: at.X, N: at.Y}) {
		if (p.Kind == string(Community) || p.Kind == string(Street)) && p.Shape.Covers(at) {
			around = append(around, p)
		}
	}
	slices.SortFunc(around, func(a, b *geo.Place) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.ID, b.ID)) // community before street
	})
	return around
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
