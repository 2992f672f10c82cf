package walk

import (
	"context"
	"math"
	"time"

	"gridatlas/geo"
	"gridatlas/geo/crs"
)

// Nearest holds the places of some categories that are nearest on foot.
type Nearest struct {
	Origin                    Origin
	SpeedMPS                  float64
	Revision, NetworkRevision int64
	Places                    []Place // by minutes, then layer and id
	// Until, when asked for, is until when Places stay the same, as in Circle.
	Until time.Time
	// Unreachable lists places within straightReach that cannot be reached, though
	// they look near; nearest first.
	Unreachable []Unreached
}

// Unreached is a place with the reason why it cannot be reached: OtherIsland,
// NoStreet, TooLong or Shut.
type Unreached struct {
	Feature geo.Feature
	Why
}

// straightReach is how far off, in a straight line, a place that cannot be
// reached is worth a word, in metres.
const straightReach = 1000

// detour is the ratio of walk to straight line beyond which a place that is
// still missing is looked for in earnest, up to MaxMinutes. Streets make walks
// about 1.3 times as long as the straight line; four times is mostly a river, a
// railway or a closed gate. A smaller number costs longer searches only.
const detour = 4

// Nearest returns up to limit places of the query's categories in order of
// walking time, up to MaxMinutes whatever Query.Minutes says. It searches ever
// farther until it has enough. It returns *TooFar as Circle does.
func (m *Map) Nearest(ctx context.Context, q Query, limit int) (*Nearest, error) {
	now, err := m.situation(ctx, &q)
	if err != nil {
		return nil, err
	}
	near := m.within(now.places, &q, straightReach)
	for minutes := 4; ; minutes *= 2 {
		minutes = min(minutes, MaxMinutes)
		s, foot, err := m.begin(ctx, &q, now, int64(minutes)*60_000)
		if err != nil {
			return nil, err
		}
		hits := s.wanted(now.places, &q, uint32(minutes)*60_000)
		missing := m.missing(s, now.places, near)
		late := false
		for _, place := range missing {
			late = late || place.reason == Shut && place.metres*detour < float64(minutes)*60*q.speed()
		}
		if minutes < MaxMinutes && (len(hits) < limit || late) {
			s.release()
			continue
		}
		defer s.release()
		seek := &seeker{m: m, q: &q, now: now, start: foot}
		defer seek.release()
		out := &Nearest{
			Origin: m.origin(q.Origin, foot), SpeedMPS: q.speed(),
			Revision: m.snap.Head().Revision, NetworkRevision: m.net.Revision(),
		}
		hits = hits[:min(len(hits), limit)]
		if q.Lasting {
			within := uint32(minutes) * 60_000
			if n := len(hits); n == limit && n > 0 { // what lies farther off cannot be nearer
				within = s.best[hits[n-1]].ms
			}
			out.Until = m.lasts(s, &q, within)
		}
		out.Places = make([]Place, len(hits))
		for n, i := range hits {
			out.Places[n] = m.place(s, now.places, i, &clock{q.At, m.calendar}, q.Origin, q.Routes)
		}
		for _, place := range missing {
			if place.reason != Shut || minutes == MaxMinutes {
				member := now.places.at(place.index)
				why := Why{Reason: place.reason}
				switch place.reason {
				case Shut:
					if why, err = seek.why(ctx, member.ways); err != nil {
						return nil, err
					}
				case NoStreet:
					why = m.apartFrom(member.feature.Common().Shape.Points()[0], now.closed)
				}
				out.Unreachable = append(out.Unreachable, Unreached{member.feature, why})
			}
		}
		return out, nil
	}
}

// wanted returns the places found that are of the query's categories, in order.
func (s *search) wanted(p *view, q *Query, budget uint32) []int32 {
	var hits []int32
	for _, i := range s.arrivals(p, budget) {
		if wanted(q.Of, p.at(i)) {
			hits = append(hits, i)
		}
	}
	s.sort(hits)
	return hits
}

// suspect is a place near in a straight line.
type suspect struct {
	index  int32
	metres float64
	reason string
}

// within lists the wanted places within some metres of the origin.
func (m *Map) within(p *view, q *Query, metres float64) []suspect {
	var near []suspect
	box := geo.NoBox.With(q.Origin).Grown(crs.NewLocal(q.Origin).Steps(metres))
	at := geo.InstantOf(q.At)
	for i := range int32(p.len()) {
		if p.isBuilding(i) || p.gone[i] {
			continue
		}
		member := p.at(i)
		common := member.feature.Common()
		if corner := common.Shape.Points()[0]; !box.Holds(corner) || !common.InEffect(at) {
			continue
		}
		d := math.Inf(1)
		for _, corner := range common.Shape.Points() {
			d = min(d, crs.Distance(q.Origin, corner))
		}
		if d <= metres && wanted(q.Of, member) {
			near = append(near, suspect{index: i, metres: d})
		}
	}
	return near
}

// missing returns those that the search did not reach, with the reason.
func (m *Map) missing(s *search, p *view, near []suspect) []suspect {
	var out []suspect
	island := m.net.Island(s.start.Edge)
	for _, place := range near {
		if s.best[place.index].stamp == s.stamp {
			continue
		}
		place.reason = NoStreet
		for _, way := range p.at(place.index).ways {
			place.reason = OtherIsland
			if m.net.Island(way.foot.Edge) == island {
				place.reason = Shut
				break
			}
		}
		out = append(out, place)
	}
	return out
}

// whyNot says why no way of one end was reached from any of the other by a search
// up to MaxMinutes: of the first start on the island of a goal.
func (m *Map) whyNot(ctx context.Context, q *Query, now *situation, starts, goals []access) error {
	for _, start := range starts {
		for _, goal := range goals {
			if m.net.Island(start.foot.Edge) == m.net.Island(goal.foot.Edge) {
				seek := &seeker{m: m, q: q, now: now, start: start.foot}
				defer seek.release()
				why, err := seek.why(ctx, goals)
				if err != nil {
					return err
				}
				return &NoRoute{why}
			}
		}
	}
	return &NoRoute{Why{Reason: OtherIsland}}
}
