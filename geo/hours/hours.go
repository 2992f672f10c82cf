// Package hours answers whether a place is open at an instant and when that
// changes. It reads the opening_hours form of OpenStreetMap: weekdays and public
// holidays (Mo-Fr,PH), months and dates (Apr-Oct, Dec 24-26, Nov 01-Mar 31),
// times past midnight (22:00-02:00), 24/7, open, off, closed, unknown and
// comments, rules that replace (;) and rules that add (,).
//
// It leaves out what moves with the sun, easter, years, week numbers, school
// holidays, the n-th weekday of a month, open ends and fallback rules (||): such
// a text is refused with the place of the fault, never half understood.
//
// Meaning, after the wiki page Key:opening_hours/specification:
//
//   - Rules are read in order. For the days it names, a rule after `;` replaces
//     what stood before, a rule after `,` adds to it, and `off` takes away: its
//     times, or the whole day. `PH off` therefore belongs at the end.
//   - A weekday rule holds on a public holiday too, unless a later one says more.
//   - A comment without `open` or `off` makes the hours unknown ("by telephone").
//   - Hours past midnight belong to the day on which they begin: `Fr
//     22:00-02:00; Sa off` is open until two on Saturday morning.
//
// opening_hours.js, the usual reader of the form, differs in two places: it cuts
// the night of the last example at midnight, with a warning, and a rule of times
// alone (`Sa 08:00-12:00; 14:00-18:00`) adds to a rule for days, where the wiki
// lets it replace. Elsewhere 24,000 answers on 400 random texts were the same.
//
// In China a public holiday is every day off that the State Council's notice
// names, and a make-up workday (调休) counts as the weekday it stands for, never
// as a Saturday or Sunday; see Calendar.
package hours

import "time"

// Shanghai is the time zone of all Chinese cities, and the default. It has kept
// one offset since 1992, so no zone file is needed.
var Shanghai = time.FixedZone("CST", 8*60*60)

// Horizon is how many days ahead At looks for the next change.
const Horizon = 400

// minutesPerDay is also the first minute of the day after in a rule's times.
const minutesPerDay = 24 * 60

// Schedule is a parsed opening_hours text. It is immutable and may be shared
// between goroutines. The zero Schedule is that of an empty text: unknown.
type Schedule struct {
	rules []rule
	// edges are the minutes of a day, rising, at which an answer may change;
	// midnight is always one.
	edges []int16
	// late is how many minutes after midnight the hours of a day may last.
	late int16
	// everyDay: no rule names days, so each day is like the next.
	everyDay bool
}

// State says how a place stands at one minute. It stays the same until Until.
type State struct {
	Open  bool
	Known bool // false: open or closed cannot be told, Open is false
	// HolidayUnknown: the year has no holiday data and the answer would differ on
	// a public holiday or a make-up workday; it is that of an ordinary day.
	HolidayUnknown bool
	// Until is the instant of the next change of anything here; zero: none within
	// Horizon days.
	Until   time.Time
	Comment string // what the rule that decides says in quotes
}

// At returns the state at the minute of t, read on the clock of t's location.
// A nil calendar knows no year.
func (s Schedule) At(t time.Time, cal *Calendar) State {
	if len(s.rules) == 0 {
		return State{}
	}
	date := dateOf(t)
	hour, min, _ := t.Clock()
	now := int16(hour*60 + min)
	yesterday, today := cal.look(date.previous()), cal.look(date)
	base := s.answer(&yesterday, &today, now)
	state := State{
		Open:           base.meaning == open,
		Known:          base.meaning != unknown,
		HolidayUnknown: base.doubtful,
		Comment:        base.comment,
	}
	days := Horizon
	if s.everyDay {
		days = 1
	}
	for ahead := 0; ahead <= days; ahead++ {
		for _, edge := range s.edges {
			if ahead == 0 && edge <= now {
				continue
			}
			if s.answer(&yesterday, &today, edge) != base {
				state.Until = instant(t, date, now, ahead, edge)
				return state
			}
		}
		date = date.next()
		yesterday, today = today, cal.look(date)
	}
	return state
}

// instant returns the moment of a minute on a date, where t stands at minute now
// of the date `ahead` days before. It is so many minutes on, unless the clocks
// change in between: then the clock on the wall decides, and where that shows
// the minute twice or never, still a moment after t.
func instant(t time.Time, d date, now int16, ahead int, minute int16) time.Time {
	elapsed := time.Duration(ahead*minutesPerDay+int(minute)-int(now)) * time.Minute
	on := t.Add(elapsed - time.Duration(t.Second())*time.Second - time.Duration(t.Nanosecond()))
	if hour, min, _ := on.Clock(); hour*60+min == int(minute) {
		return on
	}
	wall := time.Date(int(d.year), time.Month(d.month), int(d.day), 0, int(minute), 0, 0, t.Location())
	if wall.After(t) {
		return wall
	}
	return on
}

// answer is what the rules say about one minute.
type answer struct {
	meaning  meaning
	doubtful bool
	comment  string
}

// answer judges a minute of today, with the hours that last from yesterday.
func (s *Schedule) answer(yesterday, today *look, minute int16) answer {
	given, comment := s.own(today.date, today.days, minute)
	spill := minute < s.late
	if spill {
		if before, said := s.own(yesterday.date, yesterday.days, minute+minutesPerDay); before > given {
			given, comment = before, said
		}
	}
	return answer{given, s.doubtful(yesterday, today, minute, spill, given), comment}
}

// doubtful reports whether a day without holiday data would be judged otherwise
// if it were one of the special days it may be.
func (s *Schedule) doubtful(yesterday, today *look, minute int16, spill bool, given meaning) bool {
	if today.known && (yesterday.known || !spill) {
		return false
	}
	for _, days := range today.readings() {
		meant, _ := s.own(today.date, days, minute)
		if !spill {
			if meant != given {
				return true
			}
			continue
		}
		for _, before := range yesterday.readings() {
			last, _ := s.own(yesterday.date, before, minute+minutesPerDay)
			if max(meant, last) != given {
				return true
			}
		}
	}
	return false
}

// own judges a minute by the rules of one day alone: minutes past 24:00 lie in
// the night after it. The last rule with something to say decides.
func (s *Schedule) own(d date, days daySet, minute int16) (meaning, string) {
	for i := len(s.rules) - 1; i >= 0; i-- {
		r := &s.rules[i]
		if !r.names(d, days) {
			continue
		}
		switch {
		case r.covers(minute):
			return r.meaning, r.comment
		case r.meaning == closed && len(r.times) > 0: // takes away its own times only
		case r.meaning == closed || !r.adds:
			return closed, ""
		}
	}
	return closed, ""
}

// Span is a stretch of one day during which a place is open, or may be.
type Span struct {
	From, To       Clock
	Known          bool // false: may be open
	HolidayUnknown bool // as in State
	Comment        string
}

// Today returns the hours that begin on the day of t, in order; none: closed all
// day, or an empty text.
func (s Schedule) Today(t time.Time, cal *Calendar) []Span {
	var spans []Span
	// Yesterday's night is not today's: it is given as a day without hours.
	today := cal.look(dateOf(t))
	last := answer{meaning: closed}
	for day := int16(0); day <= 1; day++ {
		for _, edge := range s.edges {
			at := day*minutesPerDay + edge
			meant, comment := s.own(today.date, today.days, at)
			now := answer{meant, s.doubtful(&look{known: true}, &today, at, false, meant), comment}
			if now == last {
				continue
			}
			if last.meaning != closed {
				spans[len(spans)-1].To = Clock(at)
			}
			if now.meaning != closed {
				spans = append(spans, Span{
					From: Clock(at), Known: now.meaning == open,
					HolidayUnknown: now.doubtful, Comment: comment,
				})
			}
			last = now
		}
	}
	return spans
}

// Clock is a time of day in minutes; past 24:00 it lies in the night after.
type Clock int16

// String returns 08:00; the night after goes on to count, as 26:00.
func (c Clock) String() string { return string(appendClock(nil, int16(c))) }

// NextDay reports whether the time lies after the midnight that ends the day.
func (c Clock) NextDay() bool { return c > minutesPerDay }
