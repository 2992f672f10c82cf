package walk

import (
	"context"
	"iter"
	"slices"
	"time"

	"gridatlas/geo"
	"gridatlas/geo/snapshot"
)

// Coverage says for every building which place of some categories is nearest on
// foot. It never changes.
//
// The walk of a building is the one that Nearest lists first when it is asked from
// the building at the same instant: from its entrances, the best of them, or else
// from its pole of inaccessibility, setting out at the instant, up to MaxMinutes.
type Coverage struct {
	// Query is the question: Of, SpeedMPS, At, OwnFigures and Change count.
	Query
	Revision, NetworkRevision int64
	Places                    int // of the categories, in effect at the instant
	m                         *Map
	covered                   *covered
}

// Served is a building with the walk to the place nearest to it.
type Served struct {
	Building *geo.Building
	At       geo.Point   // its pole of inaccessibility
	Place    geo.Feature // nil when none is reached within MaxMinutes
	Minutes  float64     // of the whole walk, both access legs included
	// Reason why no place is reached: NoStreet, OtherIsland, Shut, TooLong or NoPlace.
	Reason string
}

// Coverage returns the coverage of the places that are of any of the categories of
// a query; its origin, minutes and direction do not count. It is worked out once
// for each category, speed and time in which nothing that bears on it changes, and
// shared; one at a time is worked out on all cores. With a Change it is worked out
// each time. The error is *ChangeError for a change that cannot be supposed.
func (m *Map) Coverage(ctx context.Context, q Query) (*Coverage, error) {
	q.SpeedMPS = q.speed()
	c, err := m.coverages.get(ctx, m, &q)
	if err != nil {
		return nil, err
	}
	return &Coverage{
		Query: q, Revision: m.snap.Head().Revision, NetworkRevision: m.net.Revision(),
		Places: c.places, m: m, covered: c,
	}, nil
}

// All returns the buildings in effect at the instant, by id.
func (c *Coverage) All() iter.Seq[Served] {
	return func(yield func(Served) bool) {
		for i := range c.covered.homes {
			if c.covered.homes[i].reason != absent && !yield(c.served(i)) {
				return
			}
		}
	}
}

// In returns the buildings in effect at the instant whose boxes meet a box.
func (c *Coverage) In(box geo.Box) iter.Seq[Served] {
	return func(yield func(Served) bool) {
		for building := range snapshot.Search[*geo.Building](c.m.snap, box) {
			i, ok := c.m.places.find(geo.Key{Layer: geo.Buildings, ID: building.ID})
			if !ok {
				continue
			}
			if i -= c.m.places.buildings; c.covered.homes[i].reason != absent && !yield(c.served(i)) {
				return
			}
		}
	}
}

func (c *Coverage) served(i int) Served {
	p, home := c.m.places, &c.covered.homes[i]
	member := &p.list[p.buildings+i]
	s := Served{
		Building: member.feature.(*geo.Building), At: member.pole,
		Reason: reasons[home.reason],
	}
	if home.reason == reached {
		s.Place, s.Minutes = c.covered.view.at(home.place).feature, float64(home.ms)/60_000
	}
	return s
}

// covered is a coverage as it is kept, by the index of the buildings.
type covered struct {
	homes  []home
	view   *view // of the places
	places int
	// from and until bound the time for which it is true, from included; they are
	// the same when it is true for one moment only.
	from, until time.Time

	counts counts
}

type home struct {
	wave
	reason reason
}

// reason says why a building has no place, in a byte.
type reason uint8

const (
	reached reason = iota
	noPlace
	noStreet
	otherIsland
	shutOff
	tooLong
	absent // the building is not in effect
)

var reasons = [...]string{reached: "", noPlace: NoPlace, noStreet: NoStreet, otherIsland: OtherIsland, shutOff: Shut, tooLong: TooLong, absent: ""}

const longestMS = MaxMinutes * 60_000

// cover works out a coverage. While no gate turns, one flood tells the walks of all
// buildings. Where one turns within the hour, walks that end before that are still
// those of the flood with the gates as they stand. The others cannot be sooner than
// in a flood where every gate is open that is so at some time, and are what it says
// when all gates on the way are open just when one comes to them. Else they are those
// of the gates as they stand when these are open all along the way and no walk by a
// gate that opens can be as short. What is left is searched building by building.
func (m *Map) cover(ctx context.Context, q *Query) (*covered, error) {
	now, err := m.situation(ctx, q)
	if err != nil {
		return nil, err
	}
	instant := geo.InstantOf(q.At)
	from := newSources(now, m.net, q.Of, paceOf(q.speed()), instant)
	gates := m.gatesAt(now, q.At)
	first := now.places.buildings
	c := &covered{
		homes: make([]home, len(now.places.list)-first), view: now.places, places: from.places,
		from: q.At, until: m.trueUntil(q.At, gates),
	}

	standing, err := newFlood(ctx, from, gates.shut, nil)
	if err != nil {
		return nil, err
	}
	soonest, sure := standing, uint32(unreached)
	if !gates.still(q.At) {
		if soonest, err = newFlood(ctx, from, gates.always, gates.opens); err != nil {
			return nil, err
		}
		sure = uint32(max(0, gates.turns.Sub(q.At).Milliseconds()-1))
	}
	islands := map[int32]bool{}
	for i := range from.list {
		islands[m.net.Island(from.list[i].edge)] = true
	}
	return c, eachErr(ctx, len(c.homes), func(i int) error {
		building, h := now.places.at(int32(first+i)), &c.homes[i]
		if now.places.gone[int32(first+i)] || !building.feature.Common().InEffect(instant) {
			h.reason = absent
			return nil
		}
		stays := standing.from(building)
		h.wave = stays.wave
		if h.ms > sure {
			var err error
			first := soonest.from(building)
			passes := standing.passes(stays, q.At, m.calendar)
			switch {
			case first.ms > longestMS || soonest.passes(first, q.At, m.calendar):
				h.wave = first.wave
			case passes && stays.ms < soonest.floor: // as long as none opens on the way
			case passes:
				h.wave, err = m.nearestFrom(ctx, q, now, from, building, min(stays.ms, longestMS), longestMS)
			default:
				h.wave, err = m.nearestFrom(ctx, q, now, from, building, max(2*first.ms, 60_000), longestMS)
			}
			if err != nil {
				return err
			}
		}
		switch {
		case h.ms <= longestMS:
			h.reason = reached
		case from.places == 0:
			h.reason = noPlace
		case len(building.ways) == 0:
			h.reason = noStreet
		case h.ms != unreached:
			h.reason = tooLong
		case slices.ContainsFunc(building.ways, func(a access) bool { return islands[m.net.Island(a.foot.Edge)] }):
			h.reason = shutOff
		default:
			h.reason = otherIsland
		}
		return nil
	})
}

// nearestFrom searches from a building alone, within a time in milliseconds and
// then ever farther up to most.
func (m *Map) nearestFrom(ctx context.Context, q *Query, now *situation, from *sources, building *place, within, most uint32) (wave, error) {
	for {
		within = min(within, most)
		best := nowhere
		for _, way := range building.ways {
			s, err := m.searchFrom(ctx, q, now, way.foot, int64(within))
			if err != nil {
				return best, err
			}
			for i := range from.list {
				goal := &from.list[i]
				ms, _, _ := s.reach(goal.edge, goal.mm)
				if ms == unreached {
					continue
				}
				w := wave{ms + s.legMS(way.foot.Leg) + uint32(goal.own.ms), goal.own.place}
				if w.ms <= within && w.before(best) {
					best = w
				}
			}
			s.release()
		}
		if best != nowhere || within == most {
			return best, nil
		}
		within *= 2
	}
}
