package resident

import (
	"time"

	"gridatlas/geo"
)

// until is the first instant after another at which something that was looked at may be
// other than it was.
type until struct {
	after, first time.Time // first: zero while there is none
}

// at notes an instant; the zero time is none. Nobody notes anything for nil.
func (u *until) at(t time.Time) {
	if u != nil && t.After(u.after) && (u.first.IsZero() || t.Before(u.first)) {
		u.first = t
	}
}

// life notes when a feature comes into effect or goes out of it.
func (u *until) life(f geo.Feature) {
	base := f.Common()
	u.at(geo.InstantOf(u.after).FirstAfter(base.From, base.Until).Time())
}

// minute is first as those see it who look at whole minutes alone.
func (u *until) minute() time.Time {
	whole := u.first.Truncate(time.Minute)
	if whole.Before(u.first) {
		whole = whole.Add(time.Minute)
	}
	return whole.In(u.after.Location())
}
