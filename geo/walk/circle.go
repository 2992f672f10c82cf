package walk

import (
	"cmp"
	"context"
	"slices"
	"time"

	"gridatlas/geo"
	"gridatlas/geo/booth"
	"gridatlas/geo/crs"
	"gridatlas/geo/hours"
)

// Circle is what can be reached on foot from a point, or who can reach it.
type Circle struct {
	Origin    Origin
	SpeedMPS  float64
	Toward    bool
	At        time.Time
	Bands     []Band    // by rising minutes
	Reachable []Listing // in the order of Query.Of
	Closures  int       // in effect at the instant, anywhere
	// Until, when asked for, is until when the same is listed as time goes by, by the
	// same walks, the hours of places aside; zero: no end is in sight.
	Until time.Time
	// Revision of the map and of the network the answer is true for.
	Revision, NetworkRevision int64
}

// Band is what is reached within some minutes.
type Band struct {
	Minutes         int
	Outline         geo.Shape // polygons; empty when not asked for
	AreaM2          float64   // of the outline
	MetresWalkedMax float64   // to the farthest place on the network, access leg included
	Sums                      // of the buildings inside
}

// Listing is what is reached of one category.
type Listing struct {
	Category Category
	Places   []Place // by minutes, then id
}

// Place is a place with the walk to it.
type Place struct {
	Feature geo.Feature
	At      geo.Point // where it is entered
	// Minutes and Metres of the whole walk, both access legs included.
	Minutes, Metres float64
	OpenNow         geo.Opt[bool]
	Booth           booth.Kind // how a booth stands; Unknown of other places
	Route           geo.Shape  // the line walked, from start to end; when asked for
}

// clock is an instant with the calendar it is read by.
type clock struct {
	time     time.Time
	calendar *hours.Calendar
}

// Circle answers a query. It returns *TooFar when the origin joins no street.
func (m *Map) Circle(ctx context.Context, q Query) (*Circle, error) {
	if err := q.check(); err != nil {
		return nil, err
	}
	now, err := m.situation(ctx, &q)
	if err != nil {
		return nil, err
	}
	most := int64(q.Minutes[len(q.Minutes)-1]) * 60_000
	s, foot, err := m.begin(ctx, &q, now, most)
	if err != nil {
		return nil, err
	}
	defer s.release()
	c := &Circle{
		Origin: m.origin(q.Origin, foot), SpeedMPS: q.speed(), Toward: q.Toward, At: q.At,
		Revision: m.snap.Head().Revision, NetworkRevision: m.net.Revision(),
	}
	if now.closed != nil {
		c.Closures = len(now.closed.Closures)
	}
	found := s.arrivals(now.places, uint32(most))
	figures, err := m.figuresFor(ctx, &q)
	if err != nil {
		return nil, err
	}
	c.Bands = bands(s, now.places, found, figures, &q)
	c.Reachable = m.listings(s, now.places, found, &q)
	if q.Lasting {
		c.Until = m.lasts(s, &q, uint32(most))
	}
	if q.Outlines {
		outlines, err := m.outlines(ctx, s, now, &q)
		if err != nil {
			return nil, err
		}
		for i := range c.Bands {
			c.Bands[i].Outline = outlines[i]
			c.Bands[i].AreaM2 = crs.Area(outlines[i])
		}
	}
	return c, nil
}

// arrivals finds the places that are reached by their best access within a
// budget; s.best holds their times. Places not in effect are left out.
func (s *search) arrivals(p *view, budget uint32) []int32 {
	if n := p.len(); len(s.best) < n {
		s.best = append(s.best, make([]arrival, n-len(s.best))...)
	}
	first := s.legMS(s.start.Leg)
	s.found = s.found[:0]
	at := geo.InstantOf(s.at)
	for _, edge := range s.edges() {
		p.onEdge(edge, func(stop *stop) {
			ms, walked, _ := s.reach(edge, stop.mm)
			if ms == unreached {
				return
			}
			ms += first + s.legMS(stop.leg)
			if ms > budget {
				return
			}
			if s.lasting && stop.timed {
				s.noteLife(p.at(stop.place), ms)
			}
			best := &s.best[stop.place]
			if best.stamp == s.stamp {
				if ms > best.ms || ms == best.ms && stop.way > best.way {
					return
				}
			} else {
				if stop.timed && !p.at(stop.place).feature.Common().InEffect(at) {
					return
				}
				s.found = append(s.found, stop.place)
			}
			*best = arrival{stamp: s.stamp, ms: ms, mm: walked + s.start.Leg + stop.leg, way: stop.way}
		})
	}
	return s.found
}

// bands sums what is reached within each of the minutes, by the figures of the
// buildings.
func bands(s *search, p *view, found []int32, of []figures, q *Query) []Band {
	sums := make([]tally, len(q.Minutes))
	for _, i := range found {
		if !p.isBuilding(i) {
			continue
		}
		band, ms := 0, s.best[i].ms
		for ms > uint32(q.Minutes[band])*60_000 {
			band++
		}
		sums[band].add(&of[int(i)-p.buildings])
	}
	bands := make([]Band, len(q.Minutes))
	var inside tally
	for i, minutes := range q.Minutes {
		inside.join(&sums[i])
		b := &bands[i]
		b.Minutes, b.Sums = minutes, inside.sums()
		b.MetresWalkedMax = s.farthest(uint32(minutes) * 60_000)
	}
	return bands
}

// farthest returns the metres walked to the place on the network that is reached
// within a budget by the longest walk.
func (s *search) farthest(budget uint32) float64 {
	leg := s.legMS(s.start.Leg)
	if budget < leg {
		return 0
	}
	budget = min(budget-leg, s.budget)
	most := int64(0)
	for _, edge := range slices.Backward(s.edges()) { // the last are mostly the farthest
		if s.walkedAtMost(edge, budget) > most {
			for _, piece := range s.pieces(edge, budget) {
				most = max(most, int64(piece.walked))
			}
		}
	}
	return float64(most+int64(s.start.Leg)) / 1000
}

// walkedAtMost returns millimetres that no walk to a place on an edge within a
// budget exceeds.
func (s *search) walkedAtMost(edge int32, budget uint32) int64 {
	e := &s.net.Edges[edge]
	most := int64(-1)
	for _, node := range [2]int32{e.Tail, e.Head} {
		if l := &s.labels[node]; l.stamp == s.stamp && l.ms <= budget {
			most = max(most, int64(l.walked)+int64(e.MM))
		}
	}
	if edge == s.start.Edge {
		most = max(most, int64(e.MM))
	}
	return most
}

// listings lists the service places found, category by category.
func (m *Map) listings(s *search, p *view, found []int32, q *Query) []Listing {
	lists := make([]Listing, len(q.Of))
	at := &clock{q.At, m.calendar}
	var services []int32
	for _, i := range found {
		if !p.isBuilding(i) {
			services = append(services, i)
		}
	}
	s.sort(services)
	for k := range q.Of {
		lists[k] = Listing{Category: q.Of[k], Places: []Place{}}
		var hits []int32
		for _, i := range services {
			if q.Of[k].has(p.at(i)) {
				hits = append(hits, i)
			}
		}
		if len(hits) > 0 {
			lists[k].Places = make([]Place, len(hits))
		}
		for n, i := range hits {
			routed := q.Routes && (q.MaxRoutes == 0 || n < q.MaxRoutes)
			lists[k].Places[n] = m.place(s, p, i, at, q.Origin, routed)
		}
	}
	return lists
}

// sort orders places by time, then layer and id (the order of the list).
func (s *search) sort(hits []int32) {
	slices.SortFunc(hits, func(a, b int32) int {
		return cmp.Or(cmp.Compare(s.best[a].ms, s.best[b].ms), cmp.Compare(a, b))
	})
}

// place makes the answer for a place that was found, with the line of the walk
// from an origin when it is routed.
func (m *Map) place(s *search, p *view, i int32, at *clock, origin geo.Point, routed bool) Place {
	member, best := p.at(i), &s.best[i]
	way := &member.ways[best.way]
	out := Place{
		Feature: member.feature, At: way.from,
		Minutes: float64(best.ms) / 60_000, Metres: float64(best.mm) / 1000,
	}
	out.OpenNow, out.Booth = member.openNow(at)
	if routed {
		out.Route = s.line(origin, way.from, way.foot)
	}
	return out
}
