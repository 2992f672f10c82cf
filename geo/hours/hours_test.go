package hours_test

import (
	"errors"
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // one test needs a zone that changes its clocks

	"gridatlas/geo"
	"gridatlas/geo/hours"
)

func mustParse(t testing.TB, text string) hours.Schedule {
	t.Helper()
	s, err := hours.Parse(geo.Hours(text))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// local reads an instant on Chinese clocks.
func local(t testing.TB, text string) time.Time {
	t.Helper()
	at, err := time.ParseInLocation("2006-01-02 15:04", text, hours.Shanghai)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func TestAt(t *testing.T) {
	// 2026-03-02 is a Monday; 2026-10-01 to 07 are off, Saturday 10-10 and Sunday
	// 09-20 are worked.
	for _, c := range []struct {
		name, text, at string
		want           string // open, closed or unknown
		until          string // empty: never
	}{
		{"empty", "", "2026-03-04 10:00", "unknown", ""},
		{"always", "24/7", "2026-03-04 10:00", "open", ""},
		{"always, in times", "Mo-Su,PH 00:00-24:00", "2026-03-04 10:00", "open", ""},
		{"always shut", "off", "2026-03-04 10:00", "closed", ""},
		{"before", "Mo-Fr 08:00-18:00", "2026-03-04 07:59", "closed", "2026-03-04 08:00"},
		{"first minute", "Mo-Fr 08:00-18:00", "2026-03-04 08:00", "open", "2026-03-04 18:00"},
		{"last minute", "Mo-Fr 08:00-18:00", "2026-03-04 17:59", "open", "2026-03-04 18:00"},
		{"closing minute", "Mo-Fr 08:00-18:00", "2026-03-04 18:00", "closed", "2026-03-05 08:00"},
		{"over the weekend", "Mo-Fr 08:00-18:00", "2026-03-06 19:00", "closed", "2026-03-09 08:00"},
		{"one-digit hour", "8:00-18:00", "2026-03-04 08:30", "open", "2026-03-04 18:00"},
		{"noon break", "Mo-Fr 08:00-11:30,13:30-17:30", "2026-03-04 12:00", "closed", "2026-03-04 13:30"},
		{"break taken away", "08:00-18:00; 12:00-14:00 off", "2026-03-04 12:00", "closed", "2026-03-04 14:00"},
		{"spans that touch", "08:00-12:00,12:00-18:00", "2026-03-04 09:00", "open", "2026-03-04 18:00"},
		{"past midnight", "22:00-02:00", "2026-03-04 01:59", "open", "2026-03-04 02:00"},
		{"past midnight, other form", "18:00-26:00", "2026-03-04 23:00", "open", "2026-03-05 02:00"},
		{"night belongs to its evening", "Fr 22:00-02:00; Sa off", "2026-03-07 01:00", "open", "2026-03-07 02:00"},
		{"day to day", "Fr 08:00-24:00; Sa 00:00-10:00", "2026-03-06 12:00", "open", "2026-03-07 10:00"},
		{"round the clock from eight", "Mo 08:00-08:00", "2026-03-03 07:59", "open", "2026-03-03 08:00"},
		{"replaced for the day", "Mo-Sa 08:00-18:00; We 10:00-12:00", "2026-03-04 08:30", "closed", "2026-03-04 10:00"},
		{"added to the day", "Mo-Fr 08:00-12:00, We 14:00-18:00", "2026-03-04 09:00", "open", "2026-03-04 12:00"},
		{"added, afternoon", "Mo-Fr 08:00-12:00, We 14:00-18:00", "2026-03-04 15:00", "open", "2026-03-04 18:00"},
		{"only the last of two", "08:00-12:00; 14:00-18:00", "2026-03-04 09:00", "closed", "2026-03-04 14:00"},
		{"weekdays round the week", "Fr-Mo 10:00-12:00", "2026-03-03 09:00", "closed", "2026-03-06 10:00"},
		{"summer", "Apr-Oct 08:00-18:00", "2026-03-04 10:00", "closed", "2026-04-01 08:00"},
		{"winter over new year", "Nov 01-Mar 31 09:00-17:00", "2026-03-31 18:00", "closed", "2026-11-01 09:00"},
		{"one date", "Mo-Su 08:00-18:00; Dec 25 off", "2026-12-25 10:00", "closed", "2026-12-26 08:00"},
		{"a year away", "Mar 04 10:00-11:00", "2026-03-04 11:00", "closed", "2027-03-04 10:00"},
		{"beyond the horizon", "Feb 29 10:00-11:00", "2026-03-04 11:00", "closed", ""},
		{"leap day", "Feb 29 10:00-11:00", "2096-02-01 11:00", "closed", "2096-02-29 10:00"},
		{"no leap day", "Feb 29 10:00-11:00", "2100-02-01 11:00", "closed", ""},
		{"dates and days", "Apr-Oct Mo 08:00-09:00", "2026-04-30 10:00", "closed", "2026-05-04 08:00"},
		{"open on a holiday that nobody names", "Mo-Fr 08:00-18:00", "2026-10-01 10:00", "open", "2026-10-01 18:00"},
		{"holiday off", "Mo-Fr 08:00-18:00; PH off", "2026-10-01 10:00", "closed", "2026-10-08 08:00"},
		{"holiday off, before", "Mo-Fr 08:00-18:00; PH off", "2026-09-30 18:00", "closed", "2026-10-08 08:00"},
		{"holiday hours", "08:00-18:00; PH 10:00-16:00", "2026-10-01 17:00", "closed", "2026-10-02 10:00"},
		{"holiday in a list", "Sa,Su,PH 10:00-16:00", "2026-10-01 12:00", "open", "2026-10-01 16:00"},
		{"make-up Saturday is worked", "Mo-Fr 08:00-18:00; PH off", "2026-10-10 10:00", "open", "2026-10-10 18:00"},
		{"make-up Saturday is no Saturday", "Sa,Su 10:00-16:00", "2026-10-10 12:00", "closed", "2026-10-11 10:00"},
		{"museum that rests on Mondays", "Tu-Su 09:00-17:00", "2026-09-20 10:00", "open", "2026-09-20 17:00"},
		{"by telephone", `"by telephone"`, "2026-03-04 10:00", "unknown", ""},
		{"unknown for a while", `Mo-Fr 08:00-18:00; We 10:00-12:00 unknown`, "2026-03-04 11:00", "unknown", "2026-03-04 12:00"},
		{"open beats unknown overnight", `Tu 22:00-02:00; We 00:00-03:00 unknown`, "2026-03-04 01:00", "open", "2026-03-04 02:00"},
	} {
		t.Run(c.name, func(t *testing.T) {
			state := mustParse(t, c.text).At(local(t, c.at).Add(42*time.Second), hours.China())
			got := "closed"
			if state.Open {
				got = "open"
			} else if !state.Known {
				got = "unknown"
			}
			until := ""
			if !state.Until.IsZero() {
				until = state.Until.In(hours.Shanghai).Format("2006-01-02 15:04")
			}
			if got != c.want || until != c.until {
				t.Errorf("%q at %s: %s until %q, want %s until %q", c.text, c.at, got, until, c.want, c.until)
			}
			if state.Open && !state.Known {
				t.Error("open and unknown")
			}
		})
	}
}

func TestComments(t *testing.T) {
	s := mustParse(t, `Mo-Fr 08:00-18:00 open "ring"; We off "stocktaking"; Sa "by telephone"`)
	for at, want := range map[string]string{
		"2026-03-02 10:00": "ring", "2026-03-02 19:00": "",
		"2026-03-04 10:00": "stocktaking", "2026-03-07 03:00": "by telephone",
	} {
		if got := s.At(local(t, at), nil).Comment; got != want {
			t.Errorf("%s: comment %q, want %q", at, got, want)
		}
	}
}

// A year without data is said to be one, where it matters and only there.
func TestHolidayUnknown(t *testing.T) {
	for _, c := range []struct {
		text, at string
		want     bool
	}{
		{"Mo-Fr 08:00-18:00; PH off", "2026-12-31 10:00", false},
		{"Mo-Fr 08:00-18:00; PH off", "2099-12-31 10:00", true},
		{"Mo-Fr 08:00-18:00; PH off", "2099-12-31 07:00", false},
		{"Mo-Fr 08:00-18:00", "2099-12-31 10:00", false},           // a Thursday
		{"Mo-Fr 08:00-18:00", "2099-12-26 10:00", true},            // a Saturday may be worked
		{"08:00-18:00", "2099-12-26 10:00", false},                 // each day alike
		{"24/7; PH off", "2099-12-26 10:00", true},                 // any day may be off
		{"20:00-04:00; PH off", "2099-12-26 02:00", true},          // if yesterday was off
		{"Apr-Oct 08:00-18:00", "2099-06-01 10:00", false},         // dates are certain
		{"PH 10:00-12:00; 10:00-12:00", "2099-06-01 10:30", false}, // the same anyway
	} {
		if got := mustParse(t, c.text).At(local(t, c.at), hours.China()).HolidayUnknown; got != c.want {
			t.Errorf("%q at %s: HolidayUnknown %v, want %v", c.text, c.at, got, c.want)
		}
	}
	if !mustParse(t, "PH off").At(local(t, "2026-03-04 10:00"), nil).Until.IsZero() {
		t.Error("without opening hours nothing changes")
	}
	// The end of the known years is itself a change.
	s := mustParse(t, "24/7; PH off")
	last := hours.China().Years()[len(hours.China().Years())-1].Year
	end := time.Date(last+1, 1, 1, 0, 0, 0, 0, hours.Shanghai)
	if state := s.At(end.Add(-24*time.Hour), hours.China()); state.HolidayUnknown || !state.Until.Equal(end) {
		t.Errorf("on the last known day: %+v, want a change at %v", state, end)
	}
}

func TestToday(t *testing.T) {
	for _, c := range []struct{ text, at, want string }{
		{"", "2026-03-04 10:00", ""},
		{"24/7", "2026-03-04 10:00", "00:00-24:00"},
		{"Mo-Fr 08:00-11:30,13:30-17:30", "2026-03-04 23:00", "08:00-11:30 13:30-17:30"},
		{"Mo-Fr 08:00-18:00; PH off", "2026-10-01 10:00", ""},
		{"22:00-02:00", "2026-03-04 01:00", "22:00-26:00"},
		{"08:00-12:00,12:00-18:00", "2026-03-04 01:00", "08:00-18:00"},
		{"08:00-18:00; 12:00-14:00 off", "2026-03-04 01:00", "08:00-12:00 14:00-18:00"},
		{`08:00-12:00, 12:00-18:00 "ring"`, "2026-03-04 01:00", `08:00-18:00?ring`},
		{`We 08:00-12:00, We 12:00-18:00 "ring"`, "2026-03-04 01:00", `08:00-12:00 12:00-18:00?ring`},
		{`08:00-08:00`, "2026-03-04 01:00", `08:00-32:00`},
		{"08:00-18:00; PH off", "2099-03-04 01:00", "08:00-18:00!"},
	} {
		var got []string
		for _, span := range mustParse(t, c.text).Today(local(t, c.at), hours.China()) {
			text := span.From.String() + "-" + span.To.String()
			if !span.Known {
				text += "?"
			}
			if span.HolidayUnknown {
				text += "!"
			}
			got = append(got, text+span.Comment)
			if span.To.NextDay() != (span.To > 24*60) {
				t.Errorf("%v: wrong day", span.To)
			}
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%q on %s: %q, want %q", c.text, c.at, got, c.want)
		}
	}
}

func TestString(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"", ""},
		{"  ", ""},
		{"24/7", "24/7"},
		{"open", "24/7"},
		{"closed", "off"},
		{"mo-fr 8:00-18:00;ph OFF", "Mo-Fr 08:00-18:00; PH off"},
		{"Mo,Tu,We 08:00 - 12:00 , 14:00-26:00", "Mo-We 08:00-12:00,14:00-02:00"},
		{"PH,Su,Fr-Mo 00:00-00:00", "Mo,Fr-Su,PH 00:00-24:00"},
		{"Apr-Oct: 08:00-18:00", "Apr-Oct 08:00-18:00"},
		{"Dec 25-Dec 26,Jan 1 off", "Dec 25-26,Jan 01 off"},
		{"Dec 26-Dec 25 off", "Dec 26-Dec 25 off"},
		{"Nov 1-Mar 31,May Mo-Fr", "Nov 01-Mar 31,May Mo-Fr open"},
		{"Dec 10:00-12:00", "Dec 10:00-12:00"},
		{"Dec 10 10:00-12:00", "Dec 10 10:00-12:00"},
		{"Mo 08:00-10:00 open, 12:00-14:00 off", "Mo 08:00-10:00 open, 12:00-14:00 off"},
		{"Mo 08:00-10:00, Tu 12:00-14:00", "Mo 08:00-10:00, Tu 12:00-14:00"},
		{`Mo 08:00-10:00 "ring", 12:00-14:00`, `Mo 08:00-10:00 "ring", 12:00-14:00`},
		{`Mo 08:00-10:00 unknown "ring"`, `Mo 08:00-10:00 "ring"`},
		{`24/7 open "ring"; Su unknown`, `24/7 open "ring"; Su unknown`},
		{`"电话预约"`, `"电话预约"`},
	} {
		got := mustParse(t, c.text).String()
		if got != c.want {
			t.Errorf("%q prints %q, want %q", c.text, got, c.want)
		}
		if again := mustParse(t, got).String(); again != got {
			t.Errorf("%q prints %q the second time", got, again)
		}
	}
}

func TestRefused(t *testing.T) {
	for _, c := range []struct {
		text   string
		offset int
		piece  string
		reason string // a part of it
	}{
		{"Mo-Fr sunrise-18:00", 6, "sunrise-18:00", "sun"},
		{"(sunset-01:00)-22:00", 0, "(sunset-01:00)-22:00", "sun"},
		{"Mo-Fr 08:00-sunset", 12, "sunset", "sun"},
		{"week 10-20 Mo off", 0, "week", "week numbers"},
		{"easter off", 0, "easter", "easter"},
		{"Mo[1] 10:00-12:00", 2, "[1]", "n-th weekday"},
		{"Mo-Fr 08:00-18:00 || \"ring\"", 18, "||", "fallback"},
		{"SH off", 0, "SH", "school holidays"},
		{"PH,SH off", 3, "SH", "school holidays"},
		{"2026 Dec 25 off", 0, "2026", "years"},
		{"PH +1 day off", 3, "+1", "shift"},
		{"Mo 10:00+", 8, "+", "open end"},
		{"10:00-16:00/90", 11, "/90", "repeated"},
		{"周一至周五 8:00-18:00", 0, "周一至周五", "expected days"},
		{"8:00–18:00", 4, "–18:00", "expected `-`"},
		{"Mo-Fr 08:00", 11, "", "closing time"},
		{"Mo-Fr 08:00-", 12, "", "closing time"},
		{"Mo-Fr 08:00-25", 12, "25", "closing time"},
		{"Mo-Fr 8:0-18:00", 6, "8:0-18:00", "08:00"},
		{"Mo-Fr 008:00-18:00", 6, "008:00-18:00", "08:00"},
		{"Mo-Fr 08:60-18:00", 6, "08:60-18:00", "no such time"},
		{"Mo-Fr 08:00-48:01", 12, "48:01", "no such time"},
		{"24:00-26:00", 0, "24:00-26:00", "before 24:00"},
		{"01:00-26:00", 6, "26:00", "longer than a day"},
		{"Mo-Fr, 08:00-18:00", 7, "08:00-18:00", "expected a weekday"},
		{"Mo-", 3, "", "expected a weekday"},
		{"Mon 08:00-18:00", 0, "Mon", "expected days"},
		{"Mo-Fr 08:00-18:00;", 18, "", "expected days"},
		{";Mo", 0, ";", "expected days"},
		{"Mo-Fr 08:00-18:00 Sa off", 18, "Sa", "next rule"},
		{"Dec 25,PH off", 7, "PH", "share no list"},
		{"Feb 30 off", 4, "30", "no such day"},
		{"Dec 0 off", 4, "0", "no such day"},
		{"Dec 99999999999999999999 off", 4, "99999999999999999999", "no such day"},
		{"Dec 25-24 off", 7, "24", "later day"},
		{"Dec 25-Jan off", 11, "off", "day of the month"},
		{"Apr-Oct 15 off", 4, "Oct", "whole month"},
		{"Apr- off", 5, "off", "expected a month"},
		{`Mo "ring`, 3, `"ring`, "closing quote"},
		{"Mo-Fr offen", 6, "offen", "next rule"},
	} {
		_, err := hours.Parse(geo.Hours(c.text))
		var fault *hours.SyntaxError
		if !errors.As(err, &fault) {
			t.Errorf("%q is taken, or refused as %v", c.text, err)
			continue
		}
		if fault.Text != c.text || fault.Offset != c.offset || fault.Piece() != c.piece || !strings.Contains(fault.Reason, c.reason) {
			t.Errorf("%q: at %d, %q: %s; want at %d, %q: %s", c.text, fault.Offset, fault.Piece(), fault.Reason, c.offset, c.piece, c.reason)
		}
		if !strings.Contains(err.Error(), fault.Reason) || !strings.Contains(err.Error(), fault.Piece()) {
			t.Errorf("the message leaves out the reason or the place: %v", err)
		}
	}
}

// Where clocks change, Until still lies ahead, and an open place closes when the
// clock says so in the hour that is shown twice as well.
func TestClockChange(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	s := mustParse(t, "02:15-02:45")
	for _, start := range []time.Time{
		time.Date(2026, 3, 28, 22, 0, 0, 0, time.UTC), time.Date(2026, 10, 24, 22, 0, 0, 0, time.UTC),
	} {
		for at := start; at.Before(start.Add(30 * time.Hour)); at = at.Add(5 * time.Minute) {
			now := at.In(berlin)
			state := s.At(now, nil)
			minute := now.Hour()*60 + now.Minute()
			if !state.Until.After(now) || state.Open != (minute >= 135 && minute < 165) {
				t.Fatalf("at %v: %+v", now, state)
			}
			if left := time.Duration(165-minute) * time.Minute; state.Open && state.Until.Sub(now) != left {
				t.Errorf("at %v open until %v, want %v more", now, state.Until, left)
			}
		}
	}
	// From one clock to the other the wall decides.
	before := time.Date(2026, 10, 24, 12, 0, 0, 0, berlin)
	after := time.Date(2026, 10, 25, 8, 0, 0, 0, berlin)
	if state := mustParse(t, "08:00-10:00").At(before, nil); !state.Until.Equal(after) {
		t.Errorf("opens at %v, want %v", state.Until, after)
	}
}

func BenchmarkAt(b *testing.B) {
	cal := hours.China()
	for _, c := range []struct{ name, text, at string }{
		{"always", "24/7", "2026-03-04 10:00"},
		{"open", "Mo-Fr 08:00-11:30,13:30-17:30; Sa 09:00-12:00; PH off", "2026-03-04 10:00"},
		{"weekend", "Mo-Fr 08:00-18:00; PH off", "2026-03-06 19:00"},
		{"night", "Mo-Su 18:00-02:00; PH off", "2026-03-06 01:00"},
		{"unknown year", "Mo-Fr 08:00-18:00; PH off", "2099-03-06 19:00"},
		{"a year ahead", "Mar 04 10:00-11:00", "2026-03-04 11:00"},
	} {
		b.Run(c.name, func(b *testing.B) {
			s, at := mustParse(b, c.text), local(b, c.at)
			b.ReportAllocs()
			for b.Loop() {
				s.At(at, cal)
			}
		})
	}
}

func TestAtAllocatesNothing(t *testing.T) {
	s, at, cal := mustParse(t, `Mo-Fr 08:00-18:00 open "ring"; PH off`), local(t, "2026-03-06 19:00"), hours.China()
	if n := testing.AllocsPerRun(100, func() { s.At(at, cal) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
