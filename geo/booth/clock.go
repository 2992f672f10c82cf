package booth

import (
	"time"

	"gridatlas/geo/hours"
)

// clock is a timetable on the clock of one place: when the last word was said and how
// long it holds. Instants that there are none of are zero.
type clock struct {
	*Timetable
	cal   *hours.Calendar
	said  time.Time // when the status was set
	holds time.Time // until when the status itself is the answer
	ended time.Time // when the day of the word ends, and with it the hours of that day
	ends  time.Time // from when on the booth is retired
}

func (t *Timetable) on(place *time.Location, cal *hours.Calendar) *clock {
	c := &clock{Timetable: t, cal: cal}
	if until := t.booth.Until; until != 0 {
		c.ends = until.Time().In(place)
	}
	if !t.spoken() {
		return c
	}
	c.said = t.booth.StatusAt.Time().In(place)
	c.ended = c.dayEnd()
	c.holds = c.ended
	switch t.booth.Status {
	case "open":
		c.holds = c.turn(true)
	case "closed":
		if t.booth.HoursToday != "" {
			c.holds = c.turn(false)
		}
	case "away":
		if t.booth.BackAt != 0 {
			c.holds = t.booth.BackAt.Time().In(place)
		}
	}
	return c
}

// dayEnd returns when the day of the word ends: at midnight, or when the hours that
// last past it are over.
func (c *clock) dayEnd() time.Time {
	year, month, day := c.said.Date()
	end := func(day int, of time.Time) time.Time {
		last := hours.Clock(24 * 60)
		for _, span := range c.today.Today(of, c.cal) {
			last = max(last, span.To)
		}
		return time.Date(year, month, day, 0, int(last), 0, 0, c.said.Location())
	}
	noon := time.Date(year, month, day-1, 12, 0, 0, 0, c.said.Location())
	if night := end(day-1, noon); c.said.Before(night) {
		return night
	}
	return end(day, c.said)
}

// turn returns when the hours of the day next turn to closed, or to open, after they
// were the other at or after the word; at the latest when the day ends.
func (c *clock) turn(closing bool) time.Time {
	before := false // they were the other
	for at := c.said; at.Before(c.ended); {
		state := c.today.At(at, c.cal)
		switch {
		case !state.Known:
			return c.ended
		case state.Open == closing:
			before = true
		case before:
			return at
		}
		if state.Until.IsZero() {
			return c.ended
		}
		at = state.Until
	}
	return c.ended
}

// spoken is what the words mean that hold for a day.
var spoken = map[string]Kind{"open": Open, "closed": Closed, "away": Away, "day_off": DayOff}

// kind judges an instant as if every status were believed.
func (c *clock) kind(at time.Time) Kind {
	switch {
	case c.booth.Status == "moved":
		return Moved
	case c.booth.Status == "retired", !c.ends.IsZero() && !at.Before(c.ends):
		return Retired
	case !c.spoken(), at.Before(c.said):
		return byHours(c.usual, at, c.cal)
	case at.Before(c.holds):
		return spoken[c.booth.Status]
	case at.Before(c.ended):
		kind := byHours(c.today, at, c.cal)
		if kind == Unknown && c.booth.Status == "away" {
			return Open // back, as was said
		}
		return kind
	}
	return byHours(c.usual, at, c.cal)
}

func byHours(s hours.Schedule, at time.Time, cal *hours.Calendar) Kind {
	state := s.At(at, cal)
	switch {
	case !state.Known:
		return Unknown
	case state.Open:
		return Open
	}
	return Closed
}

// first returns the first instant after now at which the kind is as asked; zero: none
// within the horizon of the hours.
func (c *clock) first(now time.Time, is func(Kind) bool) time.Time {
	for at := c.next(now); !at.IsZero() && at.Sub(now) < hours.Horizon*24*time.Hour; at = c.next(at) {
		if is(c.kind(at)) {
			return at
		}
	}
	return time.Time{}
}

// next returns the first instant after at, at which the kind may change.
func (c *clock) next(at time.Time) time.Time {
	if !at.Before(c.said) && at.Before(c.holds) {
		return earliest(at, c.holds, c.ends) // whatever the hours say
	}
	first := earliest(at, c.said, c.ended, c.ends, c.usual.At(at, c.cal).Until)
	if c.booth.HoursToday != "" && at.Before(c.ended) {
		first = earliest(at, first, c.today.At(at, c.cal).Until)
	}
	return first
}
