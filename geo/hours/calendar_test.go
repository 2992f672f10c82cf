package hours_test

import (
	"strings"
	"testing"
	"time"

	"gridatlas/geo/hours"
)

// The State Council's notices in figures of their own: days off, days worked.
func TestChina(t *testing.T) {
	want := map[int][2]int{2024: {28, 8}, 2025: {28, 5}, 2026: {33, 6}}
	cal := hours.China()
	for _, year := range cal.Years() {
		var off, worked, unknown int
		for d := time.Date(year.Year, 1, 1, 12, 0, 0, 0, hours.Shanghai); d.Year() == year.Year; d = d.AddDate(0, 0, 1) {
			weekend := d.Weekday() == time.Saturday || d.Weekday() == time.Sunday
			switch cal.Kind(d) {
			case hours.HolidayDay:
				off++
			case hours.MakeUpDay:
				worked++
				if !weekend {
					t.Errorf("%v is made up on a working day", d)
				}
			case hours.UnknownDay:
				unknown++
			}
		}
		if got := [2]int{off, worked}; got != want[year.Year] || unknown != 0 {
			t.Errorf("%d: %v days off and worked, %d unknown; want %v", year.Year, got, unknown, want[year.Year])
		}
		if !strings.Contains(year.Source, "国办发明电") || !year.Verified {
			t.Errorf("%d: source %q, verified %v", year.Year, year.Source, year.Verified)
		}
		if issued, err := time.Parse(time.DateOnly, year.Issued); err != nil || issued.Year() != year.Year-1 {
			t.Errorf("%d: issued %q", year.Year, year.Issued)
		}
		delete(want, year.Year)
	}
	if len(want) != 0 {
		t.Errorf("years missing: %v", want)
	}
	if kind := cal.Kind(time.Date(2099, 1, 1, 0, 0, 0, 0, hours.Shanghai)); kind != hours.UnknownDay {
		t.Errorf("2099: %v", kind)
	}
	var none *hours.Calendar
	if none.Years() != nil || none.Kind(time.Now()) != hours.UnknownDay {
		t.Error("a nil calendar knows something")
	}
}

// Working days of a year in figures of their own: its days without weekends and
// holidays, and with the days that are made up.
func TestWorks(t *testing.T) {
	cal := hours.China()
	for year, want := range map[int]int{2024: 251, 2025: 248, 2026: 248, 2099: 261} {
		n := 0
		for d := time.Date(year, 1, 1, 12, 0, 0, 0, hours.Shanghai); d.Year() == year; d = d.AddDate(0, 0, 1) {
			if cal.Works(d) {
				n++
			}
		}
		if n != want {
			t.Errorf("%d: %d working days, want %d", year, n, want)
		}
	}
	for day, want := range map[string]bool{"2026-10-07": false, "2026-10-08": true, "2026-10-10": true, "2026-10-11": false} {
		if cal.Works(local(t, day+" 00:30")) != want {
			t.Errorf("%s: %v", day, !want)
		}
	}
}

// A make-up day counts as the weekday that the data give it.
func TestMakeUpWeekday(t *testing.T) {
	cal, err := hours.ParseCalendar(`[{"year":2030,"source":"a notice","holidays":[],"workdays":[{"on":"2030-01-05","as":"We"},{"on":"2030-01-06"}]}]`)
	if err != nil {
		t.Fatal(err)
	}
	wednesdays, fridays := mustParse(t, "We 08:00-18:00"), mustParse(t, "Fr 08:00-18:00")
	if !wednesdays.At(local(t, "2030-01-05 10:00"), cal).Open || fridays.At(local(t, "2030-01-05 10:00"), cal).Open {
		t.Error("2030-01-05 is not a Wednesday")
	}
	if !fridays.At(local(t, "2030-01-06 10:00"), cal).Open {
		t.Error("2030-01-06 is not a Friday")
	}
}

func TestBadCalendars(t *testing.T) {
	for name, text := range map[string]string{
		"not JSON":         `[`,
		"unknown member":   `[{"year":2030,"source":"x","holyday":[]}]`,
		"no source":        `[{"year":2030}]`,
		"twice":            `[{"year":2030,"source":"x"},{"year":2030,"source":"x"}]`,
		"another year":     `[{"year":2030,"source":"x","workdays":[{"on":"2031-01-01"}]}]`,
		"no date":          `[{"year":2030,"source":"x","holidays":[{"from":"2030-02-30","to":"2030-03-01"}]}]`,
		"no end":           `[{"year":2030,"source":"x","holidays":[{"from":"2030-02-20"}]}]`,
		"ends before":      `[{"year":2030,"source":"x","holidays":[{"from":"2030-02-20","to":"2030-02-19"}]}]`,
		"holiday and work": `[{"year":2030,"source":"x","holidays":[{"from":"2030-01-05","to":"2030-01-05"}],"workdays":[{"on":"2030-01-05"}]}]`,
		"as a Sunday":      `[{"year":2030,"source":"x","workdays":[{"on":"2030-01-05","as":"Su"}]}]`,
	} {
		if _, err := hours.ParseCalendar(text); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
}
