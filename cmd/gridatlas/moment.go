package main

import (
	"time"
)

// moment is the instant that --at names, now if it names none, on the clock of the city
// whose time zone --zone names.
func moment(at, zone string) (time.Time, error) {
	clock, err := time.LoadLocation(zone)
	if err != nil {
		return time.Time{}, usagef("--zone: %w", err)
	}
	if at == "" {
		return time.Now().In(clock), nil
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02T15:04"} {
		if t, err := time.ParseInLocation(layout, at, clock); err == nil {
			return t.In(clock), nil
		}
	}
	return time.Time{}, usagef("--at: %q is neither RFC 3339 nor a local time as 2006-01-02T15:04", at)
}
