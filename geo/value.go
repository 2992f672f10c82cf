package geo

import (
	"encoding/json"
	"fmt"
	"math"
	"time"
)

// Opt is a value that may be unknown. Unknown is not zero: a count that nobody
// entered stays unknown, and sums say which share is known.
type Opt[T comparable] struct {
	Value T
	Known bool
}

// Some returns a known value.
func Some[T comparable](v T) Opt[T] { return Opt[T]{Value: v, Known: true} }

// Or returns the value, or other when it is unknown.
func (o Opt[T]) Or(other T) T {
	if o.Known {
		return o.Value
	}
	return other
}

// MarshalJSON writes null for unknown.
func (o Opt[T]) MarshalJSON() ([]byte, error) {
	if !o.Known {
		return []byte("null"), nil
	}
	return json.Marshal(o.Value)
}

// Date is a calendar day, counted from 1970-01-01; zero is unknown.
type Date int32

// DateOf returns the calendar day of t in its own location.
func DateOf(t time.Time) Date {
	y, m, d := t.Date()
	return Date(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / 86400)
}

// ParseDate reads 2006-01-02; an empty text is unknown.
func ParseDate(text string) (Date, error) {
	if text == "" {
		return 0, nil
	}
	t, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return 0, fmt.Errorf("date %q is not of the form 2006-01-02", text)
	}
	return DateOf(t), nil
}

// Time returns midnight UTC of the day; the zero time when unknown.
func (d Date) Time() time.Time {
	if d == 0 {
		return time.Time{}
	}
	return time.Unix(int64(d)*86400, 0).UTC()
}

func (d Date) String() string {
	if d == 0 {
		return ""
	}
	return d.Time().Format(time.DateOnly)
}

// Instant is a moment cut to the minute, in minutes since 1970-01-01 UTC; zero
// is unknown. As `until` unknown means "still in effect", as `from` "always".
type Instant int32

// InstantOf cuts t to the minute, downwards before 1970 too. Times outside the
// 32 bits (the years -2114 to 6053) give the first or last instant there is.
func InstantOf(t time.Time) Instant {
	minutes := t.Unix() / 60
	if t.Unix()%60 < 0 {
		minutes--
	}
	return Instant(min(max(minutes, math.MinInt32), math.MaxInt32))
}

// ParseInstant reads RFC 3339 or a plain date (midnight UTC); an empty text is
// unknown.
func ParseInstant(text string) (Instant, error) {
	if text == "" {
		return 0, nil
	}
	for _, layout := range []string{time.RFC3339, time.DateOnly} {
		if t, err := time.Parse(layout, text); err == nil {
			i := InstantOf(t)
			if i == math.MaxInt32 {
				return 0, fmt.Errorf("instant %q lies after %v, the last that can be kept; leave it empty for no end", text, i)
			}
			return i, nil
		}
	}
	return 0, fmt.Errorf("instant %q is neither RFC 3339 nor a date", text)
}

// Time returns the moment in UTC; the zero time when unknown.
func (i Instant) Time() time.Time {
	if i == 0 {
		return time.Time{}
	}
	return time.Unix(int64(i)*60, 0).UTC()
}

// FirstAfter returns the earliest of the given instants that lies after i; unknown
// when none does.
func (i Instant) FirstAfter(of ...Instant) Instant {
	first := Instant(0)
	for _, one := range of {
		if one != 0 && one > i && (first == 0 || one < first) {
			first = one
		}
	}
	return first
}

func (i Instant) String() string {
	if i == 0 {
		return ""
	}
	return i.Time().Format(time.RFC3339)
}

// Hours is a text in the opening_hours form of OpenStreetMap; geo/hours reads it.
type Hours string

// Metres is a length on the ground.
type Metres float64
