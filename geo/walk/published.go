package walk

import (
	"context"
	"slices"
	"sync/atomic"

	"gridatlas/geo"
	"gridatlas/geo/estimate"
	"gridatlas/geo/snapshot"
)

// published keeps the figures that public sums are made of: what places publish,
// spread over the floors of the buildings (estimate.Published). Nothing that somebody
// counted at a building is among them.
type published struct {
	turn single
	kept atomic.Pointer[[]*spread]
}

// keptSpreads is how many are kept, at 12 bytes a building: of now, and of instants
// before and after it at which other places or buildings are in effect.
const keptSpreads = 3

// spread are the figures for a time in which the same places and buildings are in
// effect, from included; zero: without a bound. They stand side by side with those of
// the map.
type spread struct {
	figures     []figures
	from, until geo.Instant
}

func newPublished() *published {
	p := &published{turn: newSingle()}
	p.kept.Store(&[]*spread{})
	return p
}

// figuresFor returns the figures, by building, that the sums of a query are made of.
func (m *Map) figuresFor(ctx context.Context, q *Query) ([]figures, error) {
	if q.OwnFigures {
		return m.places.figures, nil
	}
	at := geo.InstantOf(q.At)
	if found := m.published.find(at); found != nil {
		return found.figures, nil
	}
	if err := m.published.turn.wait(ctx); err != nil {
		return nil, err
	}
	defer m.published.turn.done()
	if found := m.published.find(at); found != nil {
		return found.figures, nil
	}
	made, err := m.spread(ctx, at)
	if err != nil {
		return nil, err
	}
	kept := append([]*spread{made}, *m.published.kept.Load()...)
	kept = kept[:min(len(kept), keptSpreads)]
	m.published.kept.Store(&kept)
	return made.figures, nil
}

func (p *published) find(at geo.Instant) *spread {
	for _, s := range *p.kept.Load() {
		if (s.from == 0 || s.from <= at) && (s.until == 0 || at < s.until) {
			return s
		}
	}
	return nil
}

// spread works out the figures of an instant.
func (m *Map) spread(ctx context.Context, at geo.Instant) (*spread, error) {
	homes := m.places.list[m.places.buildings:]
	s := &spread{figures: make([]figures, len(homes))}
	bound := func(base *geo.Base) {
		for _, turn := range [2]geo.Instant{base.From, base.Until} {
			switch {
			case turn == 0:
			case turn <= at:
				s.from = max(s.from, turn)
				if s.from == 0 {
					s.from = turn
				}
			default:
				s.until = at.FirstAfter(s.until, turn)
			}
		}
	}
	for place := range snapshot.All[*geo.Place](m.snap) {
		bound(&place.Base)
	}
	var sites []estimate.Site
	var numbers []int
	for i := range homes {
		b := homes[i].feature.(*geo.Building)
		bound(&b.Base)
		s.figures[i] = figures{households: -1, people: -1}
		if b.InEffect(at) {
			sites = append(sites, estimate.Site{Building: b, At: homes[i].pole})
			numbers = append(numbers, i)
		}
	}
	shares, err := estimate.Published(ctx, m.snap, sites, at)
	for k, share := range shares {
		s.figures[numbers[k]] = figures{
			households: share.Households, people: share.People, householdsEstimated: true, peopleEstimated: true,
		}
	}
	return s, err
}

// publishesAlike reports whether public figures are those of an older map: the same
// places, and buildings with the same floors.
func (m *Map) publishesAlike(before *Map) bool {
	if m.snap.Layer(geo.Places) != before.snap.Layer(geo.Places) {
		return false
	}
	return slices.EqualFunc(m.places.list[m.places.buildings:], before.places.list[before.places.buildings:], func(a, b place) bool {
		return a.feature == b.feature || estimate.SameFloors(a.feature.(*geo.Building), b.feature.(*geo.Building))
	})
}
