package match

import (
	"slices"

	"gridatlas/geo"
	"gridatlas/geo/snapshot"
)

// levels are the kinds of places that a row states, the finest first.
var levels = []string{"community", "street", "zone", "district"}

// stated are the places that a row names, by level: alternatives where a name is
// that of several.
type stated struct {
	hits [4][]hit
}

// context is how a candidate stands to the places that the row names.
type context struct {
	weight   float64
	agrees   bool // it lies in the community
	conflict bool
	reasons  []Reason
}

// statedBy takes the places from the column of communities, and where that says
// nothing of a level from the other texts.
func (x *Index) statedBy(column, others *reading) stated {
	var s stated
	for _, r := range []*reading{column, others} {
		taken := map[int]bool{} // spans: 凤凰 is the community, not the street office too
		if r == others {        // 五道庙 is the compound, not the community of that name elsewhere
			for _, h := range r.of(x, geo.Compounds) {
				taken[h.span] = true
			}
		}
		for level, kind := range levels {
			if len(s.hits[level]) > 0 {
				continue
			}
			for _, h := range r.of(x, geo.Places) {
				if x.entries[h.entry].feature.(*geo.Place).Kind == kind && !taken[h.span] {
					s.hits[level] = append(s.hits[level], h)
				}
			}
			for _, h := range s.hits[level] {
				taken[h.span] = true
			}
		}
	}
	// 城关社区 of several districts: the one that is named, if any.
	for level := range s.hits {
		for upper := level + 1; upper < len(levels); upper++ {
			inside := slices.DeleteFunc(slices.Clone(s.hits[level]), func(h hit) bool {
				return !slices.ContainsFunc(s.hits[upper], func(u hit) bool { return x.under(h.entry, u.entry) })
			})
			if len(inside) > 0 {
				s.hits[level] = inside
			}
		}
	}
	return s
}

// under reports whether a place is part of another by its parents or its zone.
func (x *Index) under(place, upper int32) bool {
	p := x.entries[place].feature.(*geo.Place)
	code := x.entries[upper].feature.Common().Code
	for range 8 { // deeper trees have a loop
		if code != "" && (p.Parent == code || p.Zone == code) {
			return true
		}
		parent, ok := x.snap.Layer(geo.Places).ByCode(p.Parent)
		if !ok {
			return false
		}
		p = parent.(*geo.Place)
	}
	return false
}

// against compares where a candidate lies with what is stated.
func (s *stated) against(x *Index, c *Candidate) context {
	around := x.placesAt(c.At)
	result := context{weight: 1}
	for level, hits := range s.hits {
		if len(hits) == 0 {
			continue
		}
		here, known := around[levels[level]]
		if !known {
			continue
		}
		name := here.Name
		if slices.ContainsFunc(hits, func(h hit) bool { return x.entries[h.entry].feature == geo.Feature(here) }) {
			if level == 0 {
				// A community that was itself guessed agrees only as far as the guess.
				result.agrees = hits[0].how != initials
			}
			if len(result.reasons) == 0 {
				result.weight = 1.05
				result.reasons = append(result.reasons, Reason{"在" + name, "inside " + name})
			}
			continue
		}
		weight := 0.55
		if level > 0 {
			weight = 0.8
		}
		stated := x.entries[hits[0].entry].feature.Common().Name
		result.conflict = true
		result.weight = min(result.weight, 1) * weight
		result.reasons = append(result.reasons, Reason{
			"位于" + name + "，与所写的" + stated + "不符", "lies in " + name + ", not in " + stated + " as written"})
		break // a coarser level says the same again
	}
	return result
}

// placesAt returns the place of each level around a point.
func (x *Index) placesAt(at geo.Point) map[string]*geo.Place {
	around := map[string]*geo.Place{}
	for p := range snapshot.Search[*geo.Place](x.snap, geo.Box{W: at.X, S: at.Y, E: at.X, N: at.Y}) {
		if old, ok := around[p.Kind]; (!ok || p.ID < old.ID) && p.Shape.Covers(at) {
			around[p.Kind] = p
		}
	}
	return around
}

// gatherPlaces adds the places themselves: the finest that is stated says at least
// about where to look.
func (f *finding) gatherPlaces() {
	worth := 1.0
	for _, hits := range f.stated.hits {
		for _, h := range hits {
			feature := f.x.entries[h.entry].feature
			f.add(Candidate{Key: geo.KeyOf(feature), At: f.x.middle(feature), Score: h.trust() * worth, kind: ofPlace,
				Reasons: []Reason{f.x.reason(h)}})
		}
		if len(hits) > 0 {
			worth /= 3
		}
	}
}
