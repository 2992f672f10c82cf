package report

import (
	"time"

	"gridatlas/geo"
	"gridatlas/geo/hours"
)

// Promise says by which day reports are answered. The zero Promise promises nothing.
type Promise struct {
	// Days are working days. The day of the report is none of them, and the last one
	// lasts until midnight, as periods are counted by the Civil Code (articles 201 and
	// 203).
	Days     int
	Calendar *hours.Calendar // of a year that it does not know, the week says what is worked
	Zone     *time.Location  // of the city; nil: UTC
}

// Day is the last day on which the answer to what is accepted at a time is in time;
// unknown where nothing is promised.
func (p Promise) Day(accepted time.Time) geo.Date {
	if p.Days <= 0 {
		return 0
	}
	year, month, day := accepted.In(p.zone()).Date()
	last := time.Date(year, month, day, 12, 0, 0, 0, time.UTC) // at noon no clock is put forward
	for left := p.Days; left > 0; {
		if last = last.AddDate(0, 0, 1); p.Calendar.Works(last) {
			left--
		}
	}
	return geo.DateOf(last)
}

func (p Promise) zone() *time.Location {
	if p.Zone == nil {
		return time.UTC
	}
	return p.Zone
}

// Late reports whether an answer that was promised has not been given by a day.
func (r *Report) Late(today geo.Date) bool {
	return r.Due != 0 && today > r.Due && r.State() != Answered
}
