package resident

import (
	"context"
	"time"

	"gridatlas/geo"
	"gridatlas/geo/booth"
	"gridatlas/geo/hours"
	"gridatlas/geo/snapshot"
	"gridatlas/geo/walk"
)

// Near is how far around a place others are listed, in minutes on foot.
const Near = 15

// mostBooths is how many other booths the page of a booth lists.
const mostBooths = 5

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
	u := &until{after: at}
	year, month, day := at.Date()
	u.at(time.Date(year, month, day+1, 0, 0, 0, 0, at.Location())) // 今天 is another day then
	p.State, p.Today = Stand(f, at)
	u.at(p.State.Changes)
	if b, isBooth := f.(*geo.Booth); isBooth && b.MovedTo != "" {
		if next, there := s.Layer(geo.Booths).ByCode(b.MovedTo); there {
			p.Successor = next.(*geo.Booth)
		}
	}
	p.Community, p.Contact = whomToAsk(s, p.Point, u)
	if m != nil {
		if err := p.lookAround(ctx, m, u); err != nil {
			return nil, err
		}
	}
	p.Until = u.minute()

	return p, nil
}

// lookAround lists what is near.
func (p *Place) lookAround(ctx context.Context, m *walk.Map, u *until) error {
	of := Question{From: p.Point, Besides: p.Feature, Of: usualKinds, Most: 1, SpeedMPS: p.SpeedMPS, At: p.At}
	if _, isBooth := p.Feature.(*geo.Booth); isBooth {
		of.Of, of.Most, of.OpenOnly = booths, mostBooths, !p.IsOpen()
	}
	l, err := list(ctx, m, of, u)
	if err != nil {
		return err
	}
	p.Nearby, p.Beyond, p.OffStreet = l.Places, l.Beyond, l.OffStreet
	return nil
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
