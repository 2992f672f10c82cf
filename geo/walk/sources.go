package walk

import (
	"cmp"
	"slices"
	"sort"

	"gridatlas/geo"
	"gridatlas/geo/street"
)

// wave is the best known walk from somewhere to a place: its time and the place.
type wave struct {
	ms    uint32
	place int32
}

var nowhere = wave{ms: unreached}

// before orders walks by time; of equal ones the first place of the list comes
// first, as it does in a list of the nearest.
func (w wave) before(v wave) bool { return w.ms < v.ms || w.ms == v.ms && w.place < v.place }

// source is an access of a place on an edge. Beside itself it knows the best of
// the sources on its two sides, so that a walk along the edge need not look at
// each.
type source struct {
	edge, mm int32
	own      lead
	// ahead is the best of this source and those nearer the head, behind that of
	// this one and those nearer the tail, as far as nothing is closed between.
	ahead, behind lead
}

// lead is a walk along an edge to a place whose time is that from the tail, access
// leg included: ahead of the walker the way from the tail is added to it, behind
// taken off, which may leave less than nothing.
type lead struct {
	ms    int64
	place int32
}

func (l lead) before(k lead) bool { return l.ms < k.ms || l.ms == k.ms && l.place < k.place }

// sources are the accesses of the places that are walked to, by edge and then by
// the place on it.
type sources struct {
	pace
	net    *street.Network
	closed *street.Closed
	list   []source
	of     map[int32][]source // by edge: its part of the list
	places int                // those without an access too
}

// newSources gathers the accesses of the places of some categories that are in
// effect at an instant.
func newSources(now *situation, net *street.Network, of []Category, speed pace, at geo.Instant) *sources {
	p := now.places
	s := &sources{pace: speed, net: net, closed: now.closed, of: map[int32][]source{}}
	for i := range int32(p.len()) {
		if p.isBuilding(i) || p.gone[i] {
			continue
		}
		member := p.at(i)
		wanted := slices.ContainsFunc(of, func(c Category) bool { return c.has(member) })
		if !wanted || !member.feature.Common().InEffect(at) {
			continue
		}
		s.places++
		for _, way := range member.ways {
			s.list = append(s.list, source{
				edge: way.foot.Edge, mm: way.foot.MM,
				own: lead{int64(s.legMS(way.foot.Leg)), i},
			})
		}
	}
	slices.SortFunc(s.list, func(a, b source) int {
		return cmp.Or(cmp.Compare(a.edge, b.edge), cmp.Compare(a.mm, b.mm), cmp.Compare(a.own.place, b.own.place))
	})
	for first := 0; first < len(s.list); {
		edge, end := s.list[first].edge, first+1
		for end < len(s.list) && s.list[end].edge == edge {
			end++
		}
		s.of[edge] = s.list[first:end]
		s.sweep(edge)
		first = end
	}
	return s
}

// sweep fills in the best of both sides on an edge.
func (s *sources) sweep(edge int32) {
	e, run := &s.net.Edges[edge], s.of[edge]
	whole := s.edgeMS(e)
	// together reports whether one may walk from a source to the one after it.
	together := func(i int) bool {
		_, hi, _ := s.closed.Gap(edge, run[i].mm, e.MM)
		return run[i+1].mm <= hi
	}
	for i := range run {
		before := int64(share(whole, run[i].mm, e.MM))
		run[i].ahead, run[i].behind = run[i].own, run[i].own
		run[i].ahead.ms += before
		run[i].behind.ms -= before
		if i > 0 && together(i-1) && run[i-1].behind.before(run[i].behind) {
			run[i].behind = run[i-1].behind
		}
	}
	for i := len(run) - 2; i >= 0; i-- {
		if together(i) && run[i+1].ahead.before(run[i].ahead) {
			run[i].ahead = run[i+1].ahead
		}
	}
}

// along returns the best walk along an edge from a place on it, which is so long
// before in time from the tail, to a source of the same edge.
func (s *sources) along(edge, mm int32, before uint32) wave {
	run := s.of[edge]
	if len(run) == 0 {
		return nowhere
	}
	e := &s.net.Edges[edge]
	lo, hi, open := s.closed.Gap(edge, mm, e.MM)
	if !open {
		return nowhere
	}
	best := nowhere
	k := sort.Search(len(run), func(i int) bool { return run[i].mm >= mm })
	if k < len(run) && run[k].mm <= hi {
		best = wave{uint32(run[k].ahead.ms - int64(before)), run[k].ahead.place}
	}
	if k > 0 && run[k-1].mm >= lo && !e.Oneway {
		if back := (wave{uint32(run[k-1].behind.ms + int64(before)), run[k-1].behind.place}); back.before(best) {
			best = back
		}
	}
	return best
}
