package booth_test

import (
	"slices"
	"testing"
	"time"

	"gridatlas/geo"
	"gridatlas/geo/booth"
	"gridatlas/geo/hours"
	"gridatlas/geo/seedtest"
)

// at reads an instant on the clock of Chinese cities.
func at(t testing.TB, text string) time.Time {
	t.Helper()
	if text == "" {
		return time.Time{}
	}
	when, err := time.ParseInLocation("2006-01-02 15:04", text, hours.Shanghai)
	if err != nil {
		t.Fatal(err)
	}
	return when
}

const (
	shop  = "Mo-Sa 08:00-18:00; PH off"
	lunch = "07:30-11:30,14:00-18:30"
	night = "18:00-02:00"
)

// 2026-09-21 is a Monday; from Thursday 2026-10-01 to Wednesday 10-07 are holidays,
// Sunday 2026-09-20 and Saturday 2026-10-10 make-up workdays.
func TestAt(t *testing.T) {
	type said struct{ status, on, back, hours string }
	for _, c := range []struct {
		name, usual string
		said        said
		now         string
		kind        booth.Kind
		until       string
		changes     string
	}{
		{"hours alone, open", shop, said{}, "2026-09-21 10:00", booth.Open, "2026-09-21 18:00", "2026-09-21 18:00"},
		{"hours alone, closed", shop, said{}, "2026-09-21 18:00", booth.Closed, "2026-09-22 08:00", "2026-09-22 08:00"},
		{"hours alone, before a holiday week", shop, said{}, "2026-09-30 18:00", booth.Closed, "2026-10-08 08:00", "2026-10-08 08:00"},
		{"hours alone, a Sunday on which people work", shop, said{}, "2026-09-20 09:00", booth.Open, "2026-09-20 18:00", "2026-09-20 18:00"},
		{"nothing known", "", said{}, "2026-09-21 10:00", booth.Unknown, "", ""},
		{"hours nobody can read", "八点", said{}, "2026-09-21 10:00", booth.Unknown, "", ""},
		{"a status without its time", shop, said{status: "open"}, "2026-09-21 10:00", booth.Unconfirmed, "", ""},

		{"came early", shop, said{"open", "2026-09-21 07:40", "", ""}, "2026-09-21 07:45", booth.Open, "2026-09-21 18:00", "2026-09-21 18:00"},
		{"came, and the hours ended", shop, said{"open", "2026-09-21 07:40", "", ""}, "2026-09-21 18:00", booth.Closed, "2026-09-22 08:00", "2026-09-22 08:00"},
		{"came on a day off", shop, said{"open", "2026-10-02 09:00", "", ""}, "2026-10-02 12:00", booth.Open, "2026-10-03 00:00", "2026-10-03 00:00"},
		{"came after hours", shop, said{"open", "2026-09-21 19:00", "", ""}, "2026-09-21 20:00", booth.Open, "2026-09-22 00:00", "2026-09-22 00:00"},
		{"came during lunch", lunch, said{"open", "2026-09-21 12:00", "", ""}, "2026-09-21 12:10", booth.Open, "2026-09-21 18:30", "2026-09-21 18:30"},
		{"lunch is lunch", lunch, said{"open", "2026-09-21 07:20", "", ""}, "2026-09-21 12:10", booth.Closed, "2026-09-21 14:00", "2026-09-21 14:00"},
		{"came, no hours known", "", said{"open", "2026-09-21 07:20", "", ""}, "2026-09-21 12:10", booth.Open, "2026-09-22 00:00", "2026-09-22 00:00"},
		{"came the day before", shop, said{"open", "2026-09-21 07:40", "", ""}, "2026-09-22 07:45", booth.Closed, "2026-09-22 08:00", "2026-09-22 08:00"},
		{"before the word", shop, said{"day_off", "2026-09-21 09:00", "", ""}, "2026-09-21 08:30", booth.Open, "2026-09-21 09:00", "2026-09-21 09:00"},

		{"packed up early", shop, said{"closed", "2026-09-21 16:00", "", ""}, "2026-09-21 16:10", booth.Closed, "2026-09-22 08:00", "2026-09-22 08:00"},
		{"packed up at noon", lunch, said{"closed", "2026-09-21 11:00", "", ""}, "2026-09-21 15:00", booth.Closed, "2026-09-22 07:30", "2026-09-22 07:30"},
		{"packed up before Sunday", shop, said{"closed", "2026-09-26 16:00", "", ""}, "2026-09-26 16:00", booth.Closed, "2026-09-28 08:00", "2026-09-28 08:00"},

		{"away until", shop, said{"away", "2026-09-21 12:00", "2026-09-21 14:30", ""}, "2026-09-21 12:30", booth.Away, "2026-09-21 14:30", "2026-09-21 14:30"},
		{"back", shop, said{"away", "2026-09-21 12:00", "2026-09-21 14:30", ""}, "2026-09-21 14:30", booth.Open, "2026-09-21 18:00", "2026-09-21 18:00"},
		{"back after hours", shop, said{"away", "2026-09-21 12:00", "2026-09-21 19:00", ""}, "2026-09-21 18:30", booth.Away, "2026-09-21 19:00", "2026-09-21 19:00"},
		{"back, no hours known", "", said{"away", "2026-09-21 12:00", "2026-09-21 14:30", ""}, "2026-09-21 15:00", booth.Open, "2026-09-22 00:00", "2026-09-22 00:00"},
		{"away, not known how long", shop, said{"away", "2026-09-21 12:00", "", ""}, "2026-09-21 17:00", booth.Away, "", "2026-09-22 00:00"},
		{"away over days", shop, said{"away", "2026-09-21 12:00", "2026-09-23 10:00", ""}, "2026-09-22 17:00", booth.Away, "2026-09-23 10:00", "2026-09-23 10:00"},

		{"day off", shop, said{"day_off", "2026-09-21 07:00", "", ""}, "2026-09-21 10:00", booth.DayOff, "2026-09-22 08:00", "2026-09-22 00:00"},
		{"day off ends with the day", shop, said{"day_off", "2026-09-21 07:00", "", ""}, "2026-09-22 00:00", booth.Closed, "2026-09-22 08:00", "2026-09-22 08:00"},

		{"own hours to come", shop, said{"closed", "2026-09-21 07:00", "", "10:00-15:00"}, "2026-09-21 09:00", booth.Closed, "2026-09-21 10:00", "2026-09-21 10:00"},
		{"own hours", shop, said{"closed", "2026-09-21 07:00", "", "10:00-15:00"}, "2026-09-21 10:00", booth.Open, "2026-09-21 15:00", "2026-09-21 15:00"},
		{"own hours over", shop, said{"open", "2026-09-21 11:00", "", "10:00-15:00"}, "2026-09-21 15:00", booth.Closed, "2026-09-22 08:00", "2026-09-22 08:00"},
		{"own hours on a day off", shop, said{"closed", "2026-10-02 07:00", "", "10:00-15:00"}, "2026-10-02 12:00", booth.Open, "2026-10-02 15:00", "2026-10-02 15:00"},

		{"night, packed up after midnight", night, said{"closed", "2026-09-22 00:30", "", ""}, "2026-09-22 01:00", booth.Closed, "2026-09-22 18:00", "2026-09-22 18:00"},
		{"night, next evening", night, said{"closed", "2026-09-22 00:30", "", ""}, "2026-09-22 18:00", booth.Open, "2026-09-23 02:00", "2026-09-23 02:00"},
		{"own hours of the night before", night, said{"closed", "2026-09-22 00:30", "", "20:00-03:00"}, "2026-09-22 01:00", booth.Closed, "2026-09-22 18:00", "2026-09-22 03:00"},
		{"night off", night, said{"day_off", "2026-09-21 12:00", "", ""}, "2026-09-22 01:00", booth.DayOff, "2026-09-22 18:00", "2026-09-22 02:00"},

		{"the last minute of trust", "24/7", said{"open", "2026-09-01 10:00", "", ""}, "2026-09-15 09:59", booth.Open, "", "2026-09-15 10:00"},
		{"untouched for 14 days", shop, said{"open", "2026-09-01 10:00", "", ""}, "2026-09-15 10:00", booth.Unconfirmed, "", ""},
		{"doubt comes before the opening", shop, said{"closed", "2026-09-05 22:00", "", ""}, "2026-09-19 21:00", booth.Closed, "2026-09-20 08:00", "2026-09-19 22:00"},
		{"moved is for good", shop, said{"moved", "2026-01-01 10:00", "", ""}, "2026-09-15 10:00", booth.Moved, "", ""},
		{"retired is for good", shop, said{status: "retired"}, "2026-09-15 10:00", booth.Retired, "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := &geo.Booth{Hours: geo.Hours(c.usual), Status: c.said.status, HoursToday: geo.Hours(c.said.hours)}
			if c.said.on != "" {
				b.StatusAt = geo.InstantOf(at(t, c.said.on))
			}
			if c.said.back != "" {
				b.BackAt = geo.InstantOf(at(t, c.said.back))
			}
			got := booth.Read(b).At(at(t, c.now), hours.China())
			if got.Kind != c.kind || !got.Until.Equal(at(t, c.until)) || !got.Changes.Equal(at(t, c.changes)) {
				t.Errorf("%v until %v, changes %v; want %v until %q, changes %q", got.Kind, got.Until, got.Changes, c.kind, c.until, c.changes)
			}
		})
	}
}

// TestOutOfEffect: a booth whose time in effect ends is retired from then on.
func TestOutOfEffect(t *testing.T) {
	end := at(t, "2026-09-21 12:00")
	b := &geo.Booth{Hours: "24/7"}
	b.Until = geo.InstantOf(end)
	timetable := booth.Read(b)
	if got := timetable.At(end.Add(-time.Hour), nil); got.Kind != booth.Open || !got.Changes.Equal(end) {
		t.Errorf("an hour before: %+v", got)
	}
	if got := timetable.At(end, nil); got.Kind != booth.Retired || !got.Changes.IsZero() {
		t.Errorf("then: %+v", got)
	}
}

// TestToday: the hours of the day are those that were said for it.
func TestToday(t *testing.T) {
	show := func(spans []hours.Span) (text string) {
		for _, span := range spans {
			text += span.From.String() + "-" + span.To.String() + " "
		}
		return text
	}
	b := &geo.Booth{Hours: lunch, HoursToday: "09:00-15:00", Status: "closed", StatusAt: geo.InstantOf(at(t, "2026-09-21 07:00"))}
	for now, want := range map[string]string{
		"2026-09-21 06:00": "07:30-11:30 14:00-18:30 ",
		"2026-09-21 20:00": "09:00-15:00 ",
		"2026-09-22 00:00": "07:30-11:30 14:00-18:30 ",
	} {
		if got := show(booth.Read(b).Today(at(t, now), nil)); got != want {
			t.Errorf("%s: %q, want %q", now, got, want)
		}
	}
	b.Status = "day_off"
	if got := show(booth.Read(b).Today(at(t, "2026-09-21 20:00"), nil)); got != "" {
		t.Errorf("on a day off: %q", got)
	}
}

// TestClockOfThePlace: a day ends at the midnight of the place, also where clocks
// change: in Berlin the day of 2026-10-25 has 25 hours.
func TestClockOfThePlace(t *testing.T) {
	for zone, want := range map[string]string{
		"Asia/Shanghai": "2026-10-25T16:00:00Z", "Europe/Berlin": "2026-10-25T23:00:00Z", "America/New_York": "2026-10-25T04:00:00Z",
	} {
		place, err := time.LoadLocation(zone)
		if err != nil {
			t.Skip("no zone file: ", err)
		}
		said := time.Date(2026, 10, 25, 0, 30, 0, 0, time.UTC) // in New York the evening before
		b := &geo.Booth{Hours: "24/7", Status: "day_off", StatusAt: geo.InstantOf(said)}
		got := booth.Read(b).At(said.Add(time.Hour).In(place), nil)
		if got.Kind != booth.DayOff || got.Until.UTC().Format(time.RFC3339) != want || got.Until.Location() != place {
			t.Errorf("%s: %v until %v, want %s", zone, got.Kind, got.Until, want)
		}
	}
}

// TestChangesMinuteByMinute walks over random booths minute by minute: the answer
// changes where the one before said, and nowhere else.
func TestChangesMinuteByMinute(t *testing.T) {
	rng := seedtest.New(t)
	pick := func(of ...string) string { return of[rng.IntN(len(of))] }
	start := at(t, "2026-09-29 00:00") // holidays begin on the third day
	soon := func(minutes int) geo.Instant {
		return geo.InstantOf(start.Add(time.Duration(rng.IntN(minutes)) * time.Minute))
	}
	for range 12 {
		b := &geo.Booth{Hours: geo.Hours(pick("", "24/7", shop, lunch, night, "Fr 22:00-26:00; Sa off", "Mo-Fr 09:00-12:00 \"电话预约\"")),
			Status: pick("", "open", "closed", "away", "day_off", "moved", "retired")}
		if rng.IntN(8) > 0 {
			b.StatusAt = soon(2*1440) - geo.Instant(rng.IntN(2)*13*1440)
		}
		if rng.IntN(2) == 0 {
			b.BackAt = soon(4 * 1440)
		}
		if rng.IntN(2) == 0 {
			b.HoursToday = geo.Hours(pick("10:00-15:00", "20:00-03:00", "08:00-09:00,12:30-13:00"))
		}
		if rng.IntN(4) == 0 {
			b.Until = soon(6 * 1440)
		}
		timetable := booth.Read(b)
		last, lastToday := timetable.At(start, hours.China()), timetable.Today(start, hours.China())
		for now := start.Add(time.Minute); now.Before(start.AddDate(0, 0, 4)); now = now.Add(time.Minute) {
			state := timetable.At(now, hours.China())
			if kind := timetable.Kind(now, hours.China()); kind != state.Kind {
				t.Fatalf("%+v at %v: %v, alone %v", b, now, state.Kind, kind)
			}
			today := timetable.Today(now, hours.China())
			changed := state.Kind != last.Kind || !state.Until.Equal(last.Until)
			if stands := state.Kind != booth.Moved && state.Kind != booth.Retired; stands && geo.DateOf(now) == geo.DateOf(now.Add(-time.Minute)) {
				changed = changed || !slices.Equal(today, lastToday)
			}
			// Asked before the status was set, the answer may stay as it is when it is.
			due := now.Equal(last.Changes)
			if due != changed && (!due || !now.Equal(b.StatusAt.Time())) {
				t.Fatalf("%+v at %v: %+v, before %+v", b, now, state, last)
			}
			if !changed && !due && !state.Changes.Equal(last.Changes) {
				t.Fatalf("%+v at %v: changes at %v, before it was %v", b, now, state.Changes, last.Changes)
			}
			last, lastToday = state, today
		}
	}
}

func TestKinds(t *testing.T) {
	for _, kind := range booth.AllKinds {
		open := kind.OpenNow()
		if known := kind != booth.Unknown && kind != booth.Unconfirmed; open.Known != known || open.Value != (kind == booth.Open) {
			t.Errorf("%v: %+v", kind, open)
		}
	}
}

func BenchmarkAt(b *testing.B) {
	for name, text := range map[string]geo.Hours{"plain": shop, "never known to open": "Mo-Fr 09:00-12:00 \"电话预约\""} {
		b.Run(name, func(b *testing.B) {
			timetable := booth.Read(&geo.Booth{Hours: text, Status: "open", StatusAt: geo.InstantOf(at(b, "2026-09-21 07:40"))})
			now := at(b, "2026-09-26 20:00")
			b.ReportAllocs()
			for b.Loop() {
				timetable.At(now, hours.China())
			}
		})
	}
}
