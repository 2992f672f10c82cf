package hours

import (
	"slices"
	"time"
)

// meaning is what a rule says of its times, in the order in which hours that
// overlap win: a place that one day holds open past midnight is open.
type meaning uint8

const (
	closed meaning = iota
	unknown
	open
)

// daySet holds weekdays from Monday in the lowest bit, and public holidays.
type daySet uint8

const holiday daySet = 1 << 7

// weekday returns the set of one weekday.
func weekday(d time.Weekday) daySet { return 1 << ((d + 6) % 7) }

// date is a day of the calendar.
type date struct {
	year       int16
	month, day int8
}

func dateOf(t time.Time) date {
	y, m, d := t.Date()
	return date{int16(y), int8(m), int8(d)}
}

func (d date) weekday() time.Weekday {
	return time.Date(int(d.year), time.Month(d.month), int(d.day), 0, 0, 0, 0, time.UTC).Weekday()
}

func (d date) next() date {
	d.day++
	if d.day > daysIn(d.year, d.month) {
		d.day, d.month = 1, d.month+1
		if d.month > 12 {
			d.month, d.year = 1, d.year+1
		}
	}
	return d
}

func (d date) previous() date {
	d.day--
	if d.day < 1 {
		d.month--
		if d.month < 1 {
			d.month, d.year = 12, d.year-1
		}
		d.day = daysIn(d.year, d.month)
	}
	return d
}

// monthDays is the length of each month in a leap year, from January.
var monthDays = [...]int8{31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}

func daysIn(year int16, month int8) int8 {
	if month == 2 && (year%4 != 0 || year%100 == 0 && year%400 != 0) {
		return 28
	}
	return monthDays[month-1]
}

// yearDay is a day of any year as month*32 + day, so that dates compare.
type yearDay int16

func onYearDay(month, day int8) yearDay { return yearDay(month)<<5 | yearDay(day) }

func (y yearDay) month() int8 { return int8(y >> 5) }
func (y yearDay) day() int8   { return int8(y & 31) }

// dateRange holds the days from From to To, both included; it runs over the new
// year when To lies before From. Whole months run from day 0 to day 31.
type dateRange struct{ from, to yearDay }

func (r dateRange) holds(y yearDay) bool {
	if r.from <= r.to {
		return r.from <= y && y <= r.to
	}
	return r.from <= y || y <= r.to
}

// timeRange holds the minutes from From up to To; To may lie past 24:00.
type timeRange struct{ from, to int16 }

// rule is one rule of a text.
type rule struct {
	dates   []dateRange // none: all year
	days    daySet      // none: every day
	times   []timeRange // none: the whole day
	meaning meaning
	comment string
	adds    bool // follows a comma
}

// names reports whether the rule speaks of a day.
func (r *rule) names(d date, days daySet) bool {
	if r.days != 0 && r.days&days == 0 {
		return false
	}
	if len(r.dates) == 0 {
		return true
	}
	y := onYearDay(d.month, d.day)
	for _, dates := range r.dates {
		if dates.holds(y) {
			return true
		}
	}
	return false
}

// covers reports whether a minute, counted from the midnight that begins the
// rule's day, lies in its times.
func (r *rule) covers(minute int16) bool {
	if len(r.times) == 0 {
		return minute < minutesPerDay
	}
	for _, times := range r.times {
		if times.from <= minute && minute < times.to {
			return true
		}
	}
	return false
}

// newSchedule notes what At needs to know of all rules together.
func newSchedule(rules []rule) Schedule {
	s := Schedule{rules: rules, edges: []int16{0}, everyDay: true}
	for _, r := range rules {
		s.everyDay = s.everyDay && r.days == 0 && len(r.dates) == 0
		for _, times := range r.times {
			s.edges = append(s.edges, times.from%minutesPerDay, times.to%minutesPerDay)
			s.late = max(s.late, times.to-minutesPerDay)
		}
	}
	slices.Sort(s.edges)
	s.edges = slices.Clip(slices.Compact(s.edges))
	return s
}
