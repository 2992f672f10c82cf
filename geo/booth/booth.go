package booth

import (
	"time"

	"gridatlas/geo"
	"gridatlas/geo/hours"
)

// Kind is how a booth stands; the closed list is AllKinds.
type Kind uint8

// The kinds. Unknown: no status was ever set and the registered hours do not tell.
const (
	Unknown Kind = iota
	Open
	Closed
	Away
	DayOff
	Unconfirmed
	Moved
	Retired
)

// AllKinds is the closed list that functions over kinds are tested with.
var AllKinds = []Kind{Unknown, Open, Closed, Away, DayOff, Unconfirmed, Moved, Retired}

func (k Kind) String() string {
	return [...]string{"unknown", "open", "closed", "away", "day_off", "unconfirmed", "moved", "retired"}[k]
}

// OpenNow is the answer for whoever asks only whether to go there; not known where
// the booth is unconfirmed.
func (k Kind) OpenNow() geo.Opt[bool] {
	if k == Unknown || k == Unconfirmed {
		return geo.Opt[bool]{}
	}
	return geo.Some(k == Open)
}

// Confirmed is how long a status is believed after it was last touched.
const Confirmed = 14 * 24 * time.Hour

// State is how a booth stands at an instant.
type State struct {
	Kind Kind
	// Until is when that ends as far as people care: of Open the closing, of Away the
	// return, of Closed and DayOff the next opening. Zero: not known.
	Until time.Time
	// Changes is the next instant at which Kind, Until or the hours of one day will be
	// others if nobody touches the booth; zero: none within hours.Horizon days. It may be
	// an instant at which the status was set or its day ends, though nothing changes.
	Changes time.Time
}

// Timetable is a booth with its hours read. It is immutable and may be shared between
// goroutines as long as nobody changes the booth.
type Timetable struct {
	booth *geo.Booth
	usual hours.Schedule
	today hours.Schedule // those of HoursToday, else usual
}

// Read reads the hours of a booth. Hours that cannot be read are unknown hours.
func Read(b *geo.Booth) *Timetable {
	t := &Timetable{booth: b}
	t.usual, _ = hours.Parse(b.Hours)
	t.today = t.usual
	if b.HoursToday != "" {
		t.today, _ = hours.Parse(b.HoursToday)
	}
	return t
}

// Kind is the Kind of At alone, at less cost.
func (t *Timetable) Kind(now time.Time, cal *hours.Calendar) Kind {
	if t.doubted(now) {
		return Unconfirmed
	}
	return t.on(now.Location(), cal).kind(now)
}

// At returns how the booth stands at an instant, read on the clock of its location.
// A nil calendar knows no holidays.
func (t *Timetable) At(now time.Time, cal *hours.Calendar) State {
	c := t.on(now.Location(), cal)
	if t.doubted(now) {
		return State{Kind: Unconfirmed, Changes: earliest(now, c.ends)}
	}
	state := State{Kind: c.kind(now)}
	switch state.Kind {
	case Moved, Retired:
		return state
	case Open:
		state.Until = c.first(now, func(k Kind) bool { return k != Open })
	case Closed, DayOff:
		state.Until = c.first(now, func(k Kind) bool { return k == Open })
	case Away:
		if t.booth.BackAt != 0 {
			state.Until = c.holds
		}
	}
	state.Changes = earliest(now, state.Until, c.first(now, func(k Kind) bool { return k != state.Kind }))
	if t.spoken() {
		state.Changes = earliest(now, state.Changes, c.said, c.said.Add(Confirmed))
		if t.booth.HoursToday != "" && geo.DateOf(c.ended) == geo.DateOf(c.said) { // they end with the night
			state.Changes = earliest(now, state.Changes, c.ended)
		}
	}
	return state
}

// Today returns the hours of the day of now, in order: those that the master set for
// it, else the registered ones; none on a day off.
func (t *Timetable) Today(now time.Time, cal *hours.Calendar) []hours.Span {
	c := t.on(now.Location(), cal)
	if t.spoken() && !now.Before(c.said) && now.Before(c.ended) && geo.DateOf(now) == geo.DateOf(c.said) {
		if t.booth.Status == "day_off" {
			return nil
		}
		return t.today.Today(now, cal)
	}
	return t.usual.Today(now, cal)
}

// spoken reports whether the booth has a status that was set at some time.
func (t *Timetable) spoken() bool { return t.booth.Status != "" && t.booth.StatusAt != 0 }

// doubted reports whether the booth has a status that nobody vouches for at now.
func (t *Timetable) doubted(now time.Time) bool {
	switch t.booth.Status {
	case "", "moved", "retired":
		return false
	}
	if until := t.booth.Until; until != 0 && !now.Before(until.Time()) {
		return false // it is retired
	}
	return t.booth.StatusAt == 0 || !now.Before(t.booth.StatusAt.Time().Add(Confirmed))
}

// earliest returns the first of the instants that lie after now; zero: none.
func earliest(now time.Time, of ...time.Time) (first time.Time) {
	for _, at := range of {
		if at.After(now) && (first.IsZero() || at.Before(first)) {
			first = at
		}
	}
	return first
}
