package hours

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
)

// DayKind is what a calendar knows of a day.
type DayKind uint8

// The kinds of day. A make-up workday is a Saturday or Sunday on which people
// work in exchange for a day off before or after.
const (
	UnknownDay DayKind = iota // the year has no data
	OrdinaryDay
	HolidayDay
	MakeUpDay
)

// Calendar knows the public holidays and make-up workdays of some years. It is
// immutable and may be shared between goroutines. A nil Calendar knows no year.
//
// A make-up workday stands for a weekday. Since 2008 the notices no longer say
// for which, so it counts as Friday unless the data say otherwise: of the
// working days it is the one that opening hours seldom single out, while many
// museums and markets rest on Mondays.
type Calendar struct {
	years []Year
	days  map[int16]*yearDays
}

// Year says where the days of one year come from.
type Year struct {
	Year     int
	Source   string // the notice, with its number
	Issued   string // its date, 2006-01-02
	Verified bool   // compared day by day with printed copies of the notice
}

// yearDays holds for each day of a year the set of weekdays that it is taken
// for; zero: what the week says.
type yearDays [12][31]daySet

//go:embed china.json
var chinaJSON string

var china = sync.OnceValue(func() *Calendar {
	cal, err := ParseCalendar(chinaJSON)
	if err != nil {
		panic(err) // the file is part of the program and read by its tests
	}
	return cal
})

// China returns the calendar of the State Council's notices that this program
// carries. The notice for a year is published in the autumn before it; a year
// that is not here yet makes answers say HolidayUnknown.
func China() *Calendar { return china() }

// ParseCalendar reads a calendar file: a JSON array with one object a year, as
// china.json.
func ParseCalendar(text string) (*Calendar, error) {
	var file []struct {
		Year     int    `json:"year"`
		Source   string `json:"source"`
		Issued   string `json:"issued"`
		Verified bool   `json:"verified"`
		Holidays []struct {
			Name string `json:"name"`
			From string `json:"from"`
			To   string `json:"to"`
		} `json:"holidays"`
		Workdays []struct {
			On string `json:"on"`
			As string `json:"as"` // Mo to Fr; empty: Friday
		} `json:"workdays"`
	}
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&file); err != nil {
		return nil, fmt.Errorf("read holiday calendar: %w", err)
	}
	cal := &Calendar{days: map[int16]*yearDays{}}
	for _, year := range file {
		if year.Source == "" || cal.days[int16(year.Year)] != nil {
			return nil, fmt.Errorf("holiday calendar: year %d has no source or stands twice", year.Year)
		}
		days := &yearDays{}
		// A day off of the year before belongs to that year's notice; ours begin
		// in their own year (checked by parseDay).
		for _, h := range year.Holidays {
			from, err := parseDay(year.Year, h.From)
			if err != nil {
				return nil, err
			}
			to, err := parseDay(year.Year, h.To)
			if err != nil {
				return nil, err
			}
			if to.before(from) {
				return nil, fmt.Errorf("holiday calendar: %s ends on %s, before it begins", h.Name, h.To)
			}
			for d := from; !to.before(d); d = d.next() {
				days[d.month-1][d.day-1] = weekday(d.weekday()) | holiday
			}
		}
		for _, w := range year.Workdays {
			d, err := parseDay(year.Year, w.On)
			if err != nil {
				return nil, err
			}
			as := weekday(time.Friday)
			if w.As != "" {
				i := slices.Index(weekdayNames[:5], w.As)
				if i < 0 {
					return nil, fmt.Errorf("holiday calendar: %q is no working weekday for %s", w.As, w.On)
				}
				as = 1 << i
			}
			if days[d.month-1][d.day-1] != 0 {
				return nil, fmt.Errorf("holiday calendar: %s is both a holiday and a workday", w.On)
			}
			days[d.month-1][d.day-1] = as
		}
		cal.days[int16(year.Year)] = days
		cal.years = append(cal.years, Year{year.Year, year.Source, year.Issued, year.Verified})
	}
	return cal, nil
}

func parseDay(year int, text string) (date, error) {
	t, err := time.Parse(time.DateOnly, text)
	if err != nil || t.Year() != year {
		return date{}, fmt.Errorf("holiday calendar: %q is not a date of %d", text, year)
	}
	return dateOf(t), nil
}

func (d date) before(e date) bool {
	if d.year != e.year {
		return d.year < e.year
	}
	return onYearDay(d.month, d.day) < onYearDay(e.month, e.day)
}

// Years returns the years with data, in the order of the file, with their
// sources. The caller must not change them.
func (c *Calendar) Years() []Year {
	if c == nil {
		return nil
	}
	return c.years
}

// Kind returns what is known of the day of t in its own location.
func (c *Calendar) Kind(t time.Time) DayKind {
	l := c.look(dateOf(t))
	switch {
	case !l.known:
		return UnknownDay
	case l.days&holiday != 0:
		return HolidayDay
	case l.days != weekday(t.Weekday()):
		return MakeUpDay
	}
	return OrdinaryDay
}

// Works reports whether the day of t in its own location is a working day: one from
// Monday to Friday that is no holiday, or a make-up workday. Of a year without data the
// week alone says it.
func (c *Calendar) Works(t time.Time) bool {
	l := c.look(dateOf(t))
	return l.days&(holiday|weekday(time.Saturday)|weekday(time.Sunday)) == 0
}

// look is a day as rules see it.
type look struct {
	date  date
	days  daySet // what it counts as
	known bool   // the calendar has its year
}

func (c *Calendar) look(d date) look {
	if c != nil {
		if year := c.days[d.year]; year != nil {
			if days := year[d.month-1][d.day-1]; days != 0 {
				return look{d, days, true}
			}
			return look{d, weekday(d.weekday()), true}
		}
	}
	return look{d, weekday(d.weekday()), false}
}

// readings returns everything the day may count as: one set when its year is
// known, else also a holiday and, at a weekend, a make-up workday.
func (l *look) readings() [3]daySet {
	if l.known {
		return [3]daySet{l.days, l.days, l.days}
	}
	other := l.days
	if other&(weekday(time.Saturday)|weekday(time.Sunday)) != 0 {
		other = weekday(time.Friday)
	}
	return [3]daySet{l.days, l.days | holiday, other}
}
