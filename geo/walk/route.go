package walk

import (
	"context"

	"gridatlas/geo"
	"gridatlas/geo/crs"
)

// Route is the fastest walk between two points.
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

// Route returns the fastest walk from one point to another. Of the query it
// reads speed and instant, and with Toward the instant is that of arrival. It
// returns *TooFar when one of the points joins no street and *NoRoute when no
// walk of at most MaxMinutes joins them.
func (m *Map) Route(ctx context.Context, from, to geo.Point, q Query) (*Route, error) {
	now := m.at(q.At)
	// The search starts where the instant is known.
	near, far := from, to
	if q.Toward {
		near, far = to, from
	}
	goal, err := m.join(far, now.closed)
	if err != nil {
		return nil, err
	}
	q.Origin = near
	// Most walks are less than twice the straight line; the second try is final.
	first := int64(2 * crs.Distance(from, to) / q.speed() * 1000)
	for _, budget := range []int64{min(first+60_000, MaxMinutes*60_000), MaxMinutes * 60_000} {
		s, start, err := m.begin(ctx, &q, now, budget)
		if err != nil {
			return nil, err
		}
		ms, walked, _ := s.reach(goal.Edge, goal.MM)
		total := int64(ms) + int64(s.legMS(start.Leg)) + int64(s.legMS(goal.Leg))
		if ms == unreached || total > budget {
			s.release()
			if budget == MaxMinutes*60_000 {
				return nil, m.whyNot(start, goal)
			}
			continue
		}
		defer s.release()
		route := &Route{
			From: m.origin(near, start), To: m.origin(far, goal), SpeedMPS: q.speed(),
			Revision: m.snap.Head().Revision, NetworkRevision: m.net.Revision(),
			Line:    s.line(near, far, goal),
			Minutes: float64(total) / 60_000,
			Metres:  float64(int64(walked)+int64(start.Leg)+int64(goal.Leg)) / 1000,
			Steps:   s.steps(m.snap, near, far, goal),
		}
		if q.Toward {
			route.From, route.To = route.To, route.From
		}
		return route, nil
	}
	panic("unreachable: the last budget decides")
}
