package booth

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"gridatlas/geo"
	"gridatlas/geo/hours"
)

// Deed is what a master says of the booth; the closed list is AllDeeds.
type Deed string

// The deeds. Hours says the hours of today.
const (
	ComesIn   Deed = "open"
	GoesAway  Deed = "away"
	PacksUp   Deed = "closed"
	TakesOff  Deed = "day_off"
	SaysToday Deed = "hours"
)

// AllDeeds is the closed list, in the order of the day.
var AllDeeds = []Deed{ComesIn, GoesAway, PacksUp, TakesOff, SaysToday}

// Act is a deed with its times.
type Act struct {
	Deed     Deed
	Back     time.Time   // of GoesAway
	From, To hours.Clock // of SaysToday
}

// LongestAway is for how long a master may be away by one act.
const LongestAway = 24 * time.Hour

// The faults of an act, for whoever shows the form again.
var (
	ErrDeed = errors.New("that is nothing a master says")
	ErrBack = errors.New("the return is not within the next 24 hours")
	ErrSpan = errors.New("the hours end before they begin, or are over")
)

// Apply writes what an act leaves of the status of a booth at an instant, read on the
// clock of its location. The errors are ErrDeed, ErrBack and ErrSpan; then nothing is
// written.
func (a Act) Apply(b *geo.Booth, now time.Time) error {
	said := geo.Booth{Status: string(a.Deed), StatusAt: geo.InstantOf(now)}
	if slices.Contains([]Deed{ComesIn, GoesAway}, a.Deed) && b.StatusAt != 0 && geo.DateOf(b.StatusAt.Time().In(now.Location())) == geo.DateOf(now) {
		said.HoursToday = b.HoursToday // still those of today
	}
	switch a.Deed {
	case ComesIn, PacksUp, TakesOff:
	case GoesAway:
		said.BackAt = geo.InstantOf(a.Back)
		if said.BackAt <= said.StatusAt || a.Back.Sub(now) > LongestAway {
			return ErrBack
		}
	case SaysToday:
		hour, minute, _ := now.Clock()
		at := hours.Clock(hour*60 + minute)
		if a.From < 0 || a.To > 24*60 || a.From >= a.To || a.To <= at {
			return ErrSpan
		}
		said.HoursToday = geo.Hours(fmt.Sprintf("%s-%s", a.From, a.To))
		said.Status = string(ComesIn)
		if at < a.From {
			said.Status = string(PacksUp)
		}
	default:
		return ErrDeed
	}
	StatusOf(&said).Restore(b)
	return nil
}

// Status is what is said of a booth, as an act changes it and its undoing puts it back.
type Status struct {
	Status     string      `json:"status,omitempty"`
	StatusAt   geo.Instant `json:"status_at,omitempty"`
	BackAt     geo.Instant `json:"back_at,omitempty"`
	HoursToday geo.Hours   `json:"hours_today,omitempty"`
}

// StatusOf returns what is said of a booth.
func StatusOf(b *geo.Booth) Status { return Status{b.Status, b.StatusAt, b.BackAt, b.HoursToday} }

// Restore says it of a booth again.
func (s Status) Restore(b *geo.Booth) {
	b.Status, b.StatusAt, b.BackAt, b.HoursToday = s.Status, s.StatusAt, s.BackAt, s.HoursToday
}
