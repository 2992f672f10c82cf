package walk

import (
	"sync/atomic"

	"gridatlas/geo"
	"gridatlas/geo/hours"
	"gridatlas/geo/snapshot"
	"gridatlas/geo/street"
)

// Map is everything walking answers are computed from, at one revision. It never
// changes and may be shared between goroutines.
type Map struct {
	snap     *snapshot.Snapshot
	net      *street.Network
	limits   *street.Limits
	places   *places
	field    *field
	calendar *hours.Calendar
	// last is the last answer of now.
	last   atomic.Pointer[situation]
	labels *labelPool
	// coverages keeps answers of Coverage.
	coverages *coverages
	// published keeps the figures of public sums.
	published *published
}

// Prepare makes the map of a snapshot. It shares with before, which may be nil,
// what did not change. It uses all cores.
func Prepare(s *snapshot.Snapshot, before *Map) *Map {
	m := &Map{snap: s, calendar: hours.China()}
	if before == nil {
		m.net = street.Build(s, nil)
	} else {
		m.net = street.Build(s, before.net)
	}
	if before == nil {
		m.field, m.labels = newField(m.net), newLabelPool(m.net)
		m.places = preparePlaces(s, m.net, m.field, nil, nil)
	} else {
		if m.net == before.net {
			m.field, m.labels = before.field, before.labels
		} else {
			m.field, m.labels = newField(m.net), newLabelPool(m.net)
		}
		changed := m.whatChanged(before)
		if m.field != before.field {
			m.field.take(before.field, changed)
		}
		m.places = preparePlaces(s, m.net, m.field, before.places, changed)
	}
	m.limits = m.net.Limits(snapshot.All[*geo.Closure](s))
	if before != nil && before.net == m.net && before.places == m.places && before.snap.Layer(geo.Closures) == s.Layer(geo.Closures) {
		m.coverages = before.coverages
	} else {
		m.coverages = newCoverages()
	}
	if before != nil && m.publishesAlike(before) {
		m.published = before.published
	} else {
		m.published = newPublished()
	}
	return m
}

// Snapshot returns the snapshot the map was made of.
func (m *Map) Snapshot() *snapshot.Snapshot { return m.snap }

// Network returns the walking network.
func (m *Map) Network() *street.Network { return m.net }

// NetworkRevision is the revision of the snapshot for which the network was last
// built.
func (m *Map) NetworkRevision() int64 { return m.net.Revision() }
