package web

import (
	"strconv"
	"time"
)

// banner is the strip that says how old the data is; src/banner.ts is its twin,
// which knows the zone of the device.
type banner struct {
	Text string
	Rank string // note, warn, grave
}

// fresh is how old data may be without a word.
const fresh = 5 * time.Minute

// banner returns nil while the data is not worth a word.
func (s speech) banner(age time.Duration, at time.Time) *banner {
	const day = 24 * time.Hour
	say := func(key string, unit time.Duration, rank string) *banner {
		return &banner{s.fill(key, "time", s.moment(at), "n", strconv.Itoa(int(age/unit))), rank}
	}
	switch {
	case age < fresh:
		return nil
	case age < time.Hour:
		return say("banner.minutes", time.Minute, "note")
	case age < day:
		return say("banner.hours", time.Hour, "warn")
	case age < 2*day:
		return say("banner.hours", time.Hour, "grave")
	}
	return say("banner.days", day, "grave")
}

// moment writes a date and a time as people here do.
func (s speech) moment(t time.Time) string {
	return t.Format([...]string{"1月2日 15:04", "2 Jan 15:04"}[s.language])
}

// stamp is moment seen from now: of another year it names the year.
func (s speech) stamp(t, now time.Time) string {
	t = t.In(now.Location())
	if t.Year() == now.Year() {
		return s.moment(t)
	}
	return t.Format([...]string{"2006年1月2日 15:04", "2 Jan 2006 15:04"}[s.language])
}

// DataTimeText says of when the data is.
func (s speech) DataTimeText(t time.Time) string { return s.fill("foot.time", "time", s.moment(t)) }
