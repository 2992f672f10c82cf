package resident

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"gridatlas/geo"
	"gridatlas/geo/booth"
	"gridatlas/geo/hours"
	"gridatlas/geo/snapshot"
	"gridatlas/geo/walk"
)

// Near is how far around a place others are listed, in minutes on foot.
const Near = 15

// How many other places a page lists.
const (
	mostBooths = 5
	mostPlaces = 12
)

// Place is what is told about one place at one instant.
type Place struct {
	Feature geo.Feature // what is for staff must not be read of it
	Point   geo.Point   // where one walks to
	State   booth.State
	Today   []hours.Span // of the day of the instant
	// Successor is the booth that serves instead of one that moved or was retired.
	Successor *geo.Booth
	// Nearby are other places, by minutes: for a booth other booths, those that are
	// open alone while it is not; else one of each of the usual kinds.
	Nearby []walk.Place
	// Beyond is the nearest when none is within Near; nil: none within an hour either.
	Beyond *walk.Place
	// OffStreet: no street that one may walk on leads here, so nothing is near.
	OffStreet bool
	Community *geo.Place
	Contact   *geo.Facility // of the community, with a phone
	SpeedMPS  float64
	At, Until time.Time // the same is told from At on, until Until, of the same map
}

// usualKinds are what people look for from a poster, as categories of walk.
var usualKinds = mustCategories("booths,shelters,facilities.station,facilities.contact_point,facilities.market,facilities.stall_group," +
	"facilities.toilet,facilities.clinic,facilities.pharmacy,facilities.charging_shed,facilities.bus_stop,parking")

var booths = mustCategories("booths")

func mustCategories(words string) []walk.Category {
	list, err := walk.ParseCategories(words)
	if err != nil {
		panic(err)
	}
	return list
}

// Tell tells about a feature of a map at an instant, which is read on the clock of its
// location, to who walks at a speed. The walking map is that of the snapshot; nil: what
// is near is not told.
func Tell(ctx context.Context, s *snapshot.Snapshot, m *walk.Map, f geo.Feature, at time.Time, speedMPS float64) (*Place, error) {
	at = at.Truncate(time.Minute)
	p := &Place{Feature: f, Point: PointOf(f), SpeedMPS: speedMPS, At: at}
	p.State, p.Today = Stand(f, at)
	if b, isBooth := f.(*geo.Booth); isBooth && b.MovedTo != "" {
		if next, there := s.Layer(geo.Booths).ByCode(b.MovedTo); there {
			p.Successor = next.(*geo.Booth)
		}
	}
	p.Community, p.Contact = WhomToAsk(s, p.Point, at)
	if m != nil {
		if err := p.lookAround(ctx, m); err != nil {
			return nil, err
		}
	}
	p.Until = p.turns(m)
	return p, nil
}

// lookAround lists what is near.
func (p *Place) lookAround(ctx context.Context, m *walk.Map) error {
	q := walk.Query{Origin: p.Point, SpeedMPS: p.SpeedMPS, At: p.At, Minutes: []int{Near}, Of: usualKinds}
	_, isBooth := p.Feature.(*geo.Booth)
	if isBooth {
		q.Of = booths
	}
	c, err := m.Circle(ctx, q)
	var tooFar *walk.TooFar
	switch {
	case errors.As(err, &tooFar):
		p.OffStreet = true
		return nil
	case err != nil:
		return err
	}
	for _, listing := range c.Reachable {
		most := 1
		if isBooth {
			most = mostBooths
		}
		for i := range listing.Places {
			if most > 0 && p.isOther(&listing.Places[i]) {
				p.Nearby = append(p.Nearby, listing.Places[i])
				most--
			}
		}
	}
	slices.SortStableFunc(p.Nearby, func(a, b walk.Place) int { return cmp.Compare(a.Minutes, b.Minutes) })
	p.Nearby = p.Nearby[:min(len(p.Nearby), mostPlaces)]
	if len(p.Nearby) > 0 {
		return nil
	}
	n, err := m.Nearest(ctx, q, mostBooths+1)
	if err != nil {
		return err
	}
	for i := range n.Places {
		if p.isOther(&n.Places[i]) {
			p.Beyond = &n.Places[i]
			break
		}
	}
	return nil
}

// isOther reports whether somebody at the place can be sent to another: not the place
// itself, nothing that is gone, and nothing closed from a booth that is not open.
func (p *Place) isOther(other *walk.Place) bool {
	if other.Feature == p.Feature || !geo.ForPublic(other.Feature) {
		return false
	}
	b, isBooth := other.Feature.(*geo.Booth)
	if !isBooth {
		return true
	}
	if b.Status == "moved" || b.Status == "retired" {
		return false
	}
	_, fromBooth := p.Feature.(*geo.Booth)
	return !fromBooth || p.IsOpen() || other.OpenNow.Known && other.OpenNow.Value
}

// IsOpen reports whether the place serves people now, as far as is known.
func (p *Place) IsOpen() bool {
	return p.State.Kind == booth.Open || p.State.Kind == booth.Unconfirmed || p.State.Kind == booth.Unknown
}

// Stand tells how a feature stands at an instant, and its hours of that day. Of what
// has no hours nothing is known.
func Stand(f geo.Feature, at time.Time) (booth.State, []hours.Span) {
	cal := hours.China()
	switch f := f.(type) {
	case *geo.Booth:
		t := booth.Read(f)
		return t.At(at, cal), t.Today(at, cal)
	case *geo.Facility:
		return standBy(f.Hours, at, cal)
	case *geo.Gate:
		if f.Foot != "none" {
			return standBy(f.Hours, at, cal)
		}
	}
	return booth.State{}, nil
}

// standBy tells how what has no master stands by its hours alone.
func standBy(text geo.Hours, at time.Time, cal *hours.Calendar) (booth.State, []hours.Span) {
	schedule, err := hours.Parse(text)
	if err != nil {
		return booth.State{}, nil
	}
	state := schedule.At(at, cal)
	told := booth.State{Until: state.Until, Changes: state.Until}
	switch {
	case state.Known && state.Open:
		told.Kind = booth.Open
	case state.Known:
		told.Kind = booth.Closed
	}
	return told, schedule.Today(at, cal)
}

// turns returns the instant until which the same is told of the same map: the next
// day, the next opening or closing of what is listed, or the next turn of a gate.
func (p *Place) turns(m *walk.Map) time.Time {
	y, month, day := p.At.Date()
	until := time.Date(y, month, day+1, 0, 0, 0, 0, p.At.Location()) // 今天 is another day then
	sooner := func(t time.Time) {
		if !t.IsZero() && t.After(p.At) && t.Before(until) {
			until = t
		}
	}
	sooner(p.State.Changes)
	for _, other := range append(slices.Clone(p.Nearby), beyond(p.Beyond)...) {
		state, _ := Stand(other.Feature, p.At)
		sooner(state.Changes)
	}
	if m != nil {
		sooner(m.TrueUntil(p.At))
	}
	return until
}

func beyond(place *walk.Place) []walk.Place {
	if place == nil {
		return nil
	}
	return []walk.Place{*place}
}
