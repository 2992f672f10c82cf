package walk

import (
	"time"

	"gridatlas/geo"
)

// steady is a time for which the answers of a map stay what they are.
type steady struct{ from, until time.Time }

// TrueUntil returns how long what is answered for an instant stays true as time goes
// by, hours of places aside: until a place, a street or a closure comes or goes, or a
// gate turns on the way. It is a minute while a gate anywhere turns within the hour.
func (m *Map) TrueUntil(at time.Time) time.Time {
	if kept := m.steady.Load(); kept != nil && !at.Before(kept.from) && at.Before(kept.until) {
		return kept.until
	}
	until := m.trueUntil(at, m.gatesAt(m.now(at), at))
	if until.Equal(at) {
		until = at.Add(time.Minute)
	}
	m.steady.Store(&steady{at, until})
	return until
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
