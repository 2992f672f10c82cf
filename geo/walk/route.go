package walk

import (
	"context"
	"math"

	"gridatlas/geo"
	"gridatlas/geo/crs"
)

// Route is the fastest walk between two ends.
type Route struct {
	From, To                  Origin
	SpeedMPS                  float64
	Revision, NetworkRevision int64
	Line                      geo.Shape // access legs included
	Minutes, Metres           float64
	Steps                     []Step
}

// Step is one instruction, in Chinese and in English.
type Step struct {
	TextZh, TextEn  string
	Metres, Minutes float64
}

// Route returns the fastest walk from one point to another: RouteBetween for two
// points.
func (m *Map) Route(ctx context.Context, from, to geo.Point, q Query) (*Route, error) {
	return m.RouteBetween(ctx, End{Point: from}, End{Point: to}, q)
}

// RouteBetween returns the fastest walk from one end to another. Of the query it
// reads speed and instant, and with Toward the instant is that of arrival. A walk
// to a place, or from one with Toward, takes as long as Circle says of the same
// instant. It returns *TooFar when one of the ends joins no street, *NoRoute when
// no walk of at most MaxMinutes joins them, and geo.ErrNotFound for a place that
// circles do not list.
func (m *Map) RouteBetween(ctx context.Context, from, to End, q Query) (*Route, error) {
	now, err := m.situation(ctx, &q)
	if err != nil {
		return nil, err
	}
	// The search starts where the instant is known.
	near, far := from, to
	if q.Toward {
		near, far = to, from
	}
	starts, err := m.ways(near, now, q.At)
	if err != nil {
		return nil, err
	}
	goals, err := m.ways(far, now, q.At)
	if err != nil {
		return nil, err
	}
	// Most walks are less than twice the straight line; the second try is final.
	const most = MaxMinutes * 60_000
	first := min(int64(2*apart(starts, goals)/q.speed()*1000)+60_000, most)
	for _, budget := range []int64{first, most} {
		best, err := m.bestWalk(ctx, &q, now, starts, goals, budget)
		if err != nil {
			return nil, err
		}
		if best != nil {
			defer best.search.release()
			return m.routeOf(best, &q), nil
		}
	}
	return nil, m.whyNot(ctx, &q, now, starts, goals)
}

// walkFound is a walk between one way of each end.
type walkFound struct {
	search      *search
	start, goal access
	ms, mm      int64 // access legs included
}

// bestWalk returns the fastest walk within a budget in milliseconds, nil for
// none; of equal ones the first start and then the first goal. The caller releases
// its search.
func (m *Map) bestWalk(ctx context.Context, q *Query, now *situation, starts, goals []access, budget int64) (*walkFound, error) {
	var best *walkFound
	for _, start := range starts {
		s, err := m.searchFrom(ctx, q, now, start.foot, budget)
		if err != nil {
			if best != nil {
				best.search.release()
			}
			return nil, err
		}
		kept := false
		for _, goal := range goals {
			ms, walked, _ := s.reach(goal.foot.Edge, goal.foot.MM)
			if ms == unreached {
				continue
			}
			total := int64(ms) + int64(s.legMS(start.foot.Leg)) + int64(s.legMS(goal.foot.Leg))
			if total > budget || best != nil && total >= best.ms {
				continue
			}
			if best != nil && !kept {
				best.search.release()
			}
			kept = true
			best = &walkFound{
				search: s, start: start, goal: goal, ms: total,
				mm: int64(walked) + int64(start.foot.Leg) + int64(goal.foot.Leg),
			}
		}
		if !kept {
			s.release()
		}
	}
	return best, nil
}

// routeOf describes a walk.
func (m *Map) routeOf(w *walkFound, q *Query) *Route {
	near, far := w.start.from, w.goal.from
	route := &Route{
		From: m.origin(near, w.start.foot), To: m.origin(far, w.goal.foot), SpeedMPS: q.speed(),
		Revision: m.snap.Head().Revision, NetworkRevision: m.net.Revision(),
		Line:    w.search.line(near, far, w.goal.foot),
		Minutes: float64(w.ms) / 60_000,
		Metres:  float64(w.mm) / 1000,
		Steps:   w.search.steps(m.snap, near, far, w.goal.foot),
	}
	if q.Toward {
		route.From, route.To = route.To, route.From
	}
	return route
}

// apart returns the metres between the nearest two ways of two ends.
func apart(a, b []access) float64 {
	least := math.Inf(1)
	for i := range a {
		for k := range b {
			least = min(least, crs.Distance(a[i].from, b[k].from))
		}
	}
	return least
}
