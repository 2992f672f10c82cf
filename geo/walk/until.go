package walk

import (
	"slices"
	"time"

	"gridatlas/geo"
)

// ending is when something that a walk comes to after a time becomes other than it is,
// for who sets out then.
type ending struct {
	ms uint32 // both access legs included
	at time.Time
}

// note notes that what one comes to at a moment, after so long a walk, turns at the
// next one; the zero time: it does not.
func (s *search) note(ms uint32, next, when time.Time) {
	if !next.IsZero() {
		s.endings = append(s.endings, ending{ms, next.Add(s.at.Sub(when))})
	}
}

// noteLife notes when a place that is asked for comes or goes.
func (s *search) noteLife(p *place, ms uint32) {
	if wanted(s.of, p) {
		common := p.feature.Common()
		s.note(ms, geo.InstantOf(s.at).FirstAfter(common.From, common.Until).Time(), s.at)
	}
}

// lasts returns the first moment at which a search may find something else within a
// time. The gates that it came to are all there are for it: behind one that stays shut
// nothing is met, and as long as each lets people through as it did, one comes to the
// others when one did.
func (m *Map) lasts(s *search, q *Query, within uint32) time.Time {
	until := m.closedUntil(q.At, Reach(q.Origin, float64(within)/1000*q.speed()))
	for _, e := range s.endings {
		if e.ms <= within {
			until = sooner(until, e.at)
		}
	}
	return until
}

// closedUntil returns the first moment from which on something else is closed that
// bears on walks on some ground.
func (m *Map) closedUntil(at time.Time, ground geo.Box) time.Time {
	first := geo.Instant(0)
	for limit := range m.limits.Turning(geo.InstantOf(at)) {
		if first != 0 && first <= limit.At {
			continue
		}
		boxes := limit.Boxes()
		if slices.ContainsFunc(boxes, ground.Intersects) || slices.ContainsFunc(m.places.entered(boxes), ground.Intersects) {
			first = limit.At
		}
	}
	return first.Time()
}

// trueUntil returns how long what was asked stays true as time goes by: until a place,
// a building, a street or a closure comes or goes, or a gate turns within the
// hour. It is the moment itself when a gate does so already.
func (m *Map) trueUntil(at time.Time, gates *gating) time.Time {
	if !gates.still(at) {
		return at
	}
	instant := geo.InstantOf(at)
	next := m.limits.Until(instant)
	for i := range m.places.list {
		common := m.places.list[i].feature.Common()
		next = instant.FirstAfter(next, common.From, common.Until)
	}
	until := next.Time()
	if !gates.turns.IsZero() {
		until = sooner(until, gates.turns.Add(-longestWalk))
	}
	if until.IsZero() {
		return at.AddDate(1, 0, 0)
	}
	return until
}
