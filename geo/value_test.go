package geo_test

import (
	"encoding/json"
	"testing"
	"time"

	"gridatlas/geo"
	"gridatlas/geo/seedtest"
)

func TestDates(t *testing.T) {
	rng := seedtest.New(t)
	for range 20000 {
		// Years 1 to 9999, without the day that means unknown.
		d := geo.Date(rng.Int32N(2932896+719162) - 719162)
		if d == 0 {
			continue
		}
		again, err := geo.ParseDate(d.String())
		if err != nil || again != d || geo.DateOf(d.Time()) != d {
			t.Fatalf("date %d prints %q and comes back as %d, %v", d, d, again, err)
		}
		// The next day by the calendar is the next number.
		if next := geo.DateOf(d.Time().AddDate(0, 0, 1)); next != d+1 && d != -1 {
			t.Fatalf("the day after %v is %v", d, next)
		}
	}
	// The day is that of the clock on the wall, not of UTC.
	shanghai := time.FixedZone("CST", 8*60*60)
	if got := geo.DateOf(time.Date(2026, 3, 4, 0, 30, 0, 0, shanghai)); got.String() != "2026-03-04" {
		t.Errorf("half past midnight in Shanghai is on %v", got)
	}
	var unknown geo.Date
	if unknown.String() != "" || !unknown.Time().IsZero() {
		t.Errorf("unknown date: %q, %v", unknown, unknown.Time())
	}
	for _, text := range []string{"2026-3-4", "2026-02-29", "20260304", "2026-03-04T00:00:00Z", "tomorrow"} {
		if d, err := geo.ParseDate(text); err == nil {
			t.Errorf("%q is taken as %v", text, d)
		}
	}
}

func TestInstants(t *testing.T) {
	rng := seedtest.New(t)
	for range 20000 {
		// From the year 1, where RFC 3339 begins, to the last of the 32 bits.
		i := geo.Instant(rng.Int64N(719162*24*60+1<<31) - 719162*24*60)
		if i == 0 || i == 1<<31-1 {
			continue
		}
		again, err := geo.ParseInstant(i.String())
		if err != nil || again != i || geo.InstantOf(i.Time()) != i {
			t.Fatalf("instant %d prints %q and comes back as %d, %v", i, i, again, err)
		}
		// Seconds within the minute do not matter, before 1970 either.
		if later := geo.InstantOf(i.Time().Add(time.Duration(rng.IntN(60)) * time.Second)); later != i {
			t.Fatalf("%v with seconds is %v", i, later)
		}
	}
	for text, want := range map[string]string{
		"":                          "",
		"2026-03-04":                "2026-03-04T00:00:00Z",
		"2026-03-04T10:00:00+08:00": "2026-03-04T02:00:00Z",
		"2026-03-04T02:00:59.9Z":    "2026-03-04T02:00:00Z",
	} {
		if got, err := geo.ParseInstant(text); err != nil || got.String() != want {
			t.Errorf("%q is %q, %v; want %q", text, got, err, want)
		}
	}
	for _, text := range []string{"2026-03-04 02:00", "2026-03-04T02:00", "now", "26"} {
		if i, err := geo.ParseInstant(text); err == nil {
			t.Errorf("%q is taken as %v", text, i)
		}
	}
	var unknown geo.Instant
	if !unknown.Time().IsZero() {
		t.Errorf("unknown instant: %v", unknown.Time())
	}
}

// An instant is 32 bits of minutes: a text beyond them is refused, not turned
// into another time.
func TestInstantsBeyondTheRange(t *testing.T) {
	for _, text := range []string{"6060-01-01", "9999-12-31T23:59:00Z"} {
		if got, err := geo.ParseInstant(text); err == nil {
			t.Errorf("%q is taken as %v", text, got)
		}
	}
}

func TestInEffect(t *testing.T) {
	for _, c := range []struct {
		from, until, at geo.Instant
		want            bool
	}{
		{0, 0, 5, true}, {5, 0, 5, true}, {5, 0, 4, false}, {0, 5, 4, true}, {0, 5, 5, false}, {3, 5, 4, true}, {3, 5, 2, false}, {3, 3, 3, false},
	} {
		base := geo.Base{From: c.from, Until: c.until}
		if got := base.InEffect(c.at); got != c.want {
			t.Errorf("from %d until %d at %d: %v", c.from, c.until, c.at, got)
		}
	}
}

func TestOpt(t *testing.T) {
	var unknown geo.Opt[int32]
	zero := geo.Some[int32](0)
	if unknown == zero || unknown.Or(7) != 7 || zero.Or(7) != 0 {
		t.Error("unknown and zero are mixed up")
	}
	text, err := json.Marshal([]geo.Opt[int32]{unknown, zero, geo.Some[int32](12)})
	if err != nil || string(text) != "[null,0,12]" {
		t.Errorf("%s, %v", text, err)
	}
}
