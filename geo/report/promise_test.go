package report_test

import (
	"testing"
	"time"

	"gridatlas/geo"
	"gridatlas/geo/hours"
	"gridatlas/geo/report"
)

// TestPromise: working days are counted from the day after the report, by the notices
// of holidays and in the time of the city.
func TestPromise(t *testing.T) {
	city := report.Promise{Days: 5, Calendar: hours.China(), Zone: hours.Shanghai}
	for name, c := range map[string]struct {
		promise  report.Promise
		accepted string
		want     string
	}{
		"an ordinary week":          {city, "2026-11-26 10:00", "2026-12-03"}, // Thursday to Thursday
		"its last minute":           {city, "2026-11-26 23:59", "2026-12-03"},
		"at midnight it is Friday":  {city, "2026-11-27 00:00", "2026-12-04"},
		"on a Saturday":             {city, "2026-11-28 10:00", "2026-12-04"},
		"before the October days":   {city, "2026-09-30 10:00", "2026-10-13"}, // off until the 7th, worked on Saturday the 10th
		"in them":                   {city, "2026-10-03 10:00", "2026-10-13"},
		"a Sunday that is worked":   {city, "2026-09-18 10:00", "2026-09-24"}, // 20 September; the 25th is off
		"into a year without data":  {city, "2026-12-31 10:00", "2027-01-07"}, // the week alone: 1 January counts
		"one day":                   {report.Promise{Days: 1, Calendar: hours.China(), Zone: hours.Shanghai}, "2026-11-27 10:00", "2026-11-30"},
		"no calendar":               {report.Promise{Days: 5, Zone: hours.Shanghai}, "2026-09-30 10:00", "2026-10-07"},
		"no zone is UTC":            {report.Promise{Days: 5, Calendar: hours.China()}, "2026-11-27 07:59", "2026-12-03"},
		"nothing is promised":       {report.Promise{Calendar: hours.China(), Zone: hours.Shanghai}, "2026-11-26 10:00", ""},
		"less than nothing neither": {report.Promise{Days: -1}, "2026-11-26 10:00", ""},
	} {
		accepted, err := time.ParseInLocation("2006-01-02 15:04", c.accepted, hours.Shanghai)
		if err != nil {
			t.Fatal(err)
		}
		if day := c.promise.Day(accepted.UTC()); day.String() != c.want {
			t.Errorf("%s: %s, want %s", name, day, c.want)
		}
	}
}

// TestLate: a report is late from the day after the promised one until it is answered.
func TestLate(t *testing.T) {
	r := report.Report{Due: 20_000, Steps: []report.Step{{State: report.Accepted}}}
	for _, state := range report.AllStates {
		r.Steps = append(r.Steps, report.Step{State: state})
		for day, want := range map[geo.Date]bool{19_999: false, 20_000: false, 20_001: state != report.Answered} {
			if r.Late(day) != want {
				t.Errorf("%s on day %d: %v", state, day, !want)
			}
		}
	}
	r = report.Report{Steps: r.Steps[:1]}
	if r.Late(20_001) {
		t.Error("late without a promise")
	}
}
