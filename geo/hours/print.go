package hours

import "strconv"

// String returns the canonical text: Parse reads it back as an equal schedule,
// and texts that differ only in form print alike.
func (s Schedule) String() string {
	var b []byte
	for i := range s.rules {
		r := &s.rules[i]
		if i > 0 {
			if r.adds {
				b = append(b, ", "...)
			} else {
				b = append(b, "; "...)
			}
		}
		// A comma after bare times goes on with times: a rule that adds times
		// for all days can only follow a word.
		next := i + 1
		word := next < len(s.rules) && s.rules[next].adds && s.rules[next].bare()
		b = r.append(b, word)
	}
	return string(b)
}

// bare reports whether the rule names no days, so that its text may begin with
// a time.
func (r *rule) bare() bool { return r.days == 0 && len(r.dates) == 0 }

// append writes the rule; word: not without a modifier or a comment.
func (r *rule) append(b []byte, word bool) []byte {
	start := len(b)
	space := func() {
		if len(b) > start {
			b = append(b, ' ')
		}
	}
	for i, dates := range r.dates {
		if i > 0 {
			b = append(b, ',')
		}
		b = dates.append(b)
	}
	if r.days != 0 {
		space()
		b = r.days.append(b)
	}
	for i, times := range r.times {
		if i == 0 {
			space()
		} else {
			b = append(b, ',')
		}
		b = times.append(b)
	}
	allDay := len(r.times) == 0
	switch {
	case r.meaning == open && allDay && r.bare():
		b = append(b, "24/7"...)
		if r.comment != "" {
			b = append(b, " open"...)
		}
	case r.meaning == open && (allDay || word || r.comment != ""):
		space()
		b = append(b, "open"...)
	case r.meaning == closed:
		space()
		b = append(b, "off"...)
	case r.meaning == unknown && r.comment == "":
		space()
		b = append(b, "unknown"...)
	}
	if r.comment != "" {
		space()
		b = append(b, '"')
		b = append(b, r.comment...)
		b = append(b, '"')
	}
	return b
}

func (r dateRange) append(b []byte) []byte {
	b = append(b, monthNames[r.from.month()-1]...)
	months := r.from.day() == 0
	if !months {
		b = append(b, ' ')
		b = appendTwo(b, int(r.from.day()))
	}
	switch {
	case r.from == r.to, months && r.from.month() == r.to.month():
		return b
	case months:
		b = append(b, '-')
		return append(b, monthNames[r.to.month()-1]...)
	case r.from.month() == r.to.month() && r.from < r.to:
		b = append(b, '-')
	default:
		b = append(b, '-')
		b = append(b, monthNames[r.to.month()-1]...)
		b = append(b, ' ')
	}
	return appendTwo(b, int(r.to.day()))
}

// append writes runs of weekdays in the order of the week, PH last.
func (d daySet) append(b []byte) []byte {
	start := len(b)
	for i := 0; i < 7; i++ {
		if d>>i&1 == 0 {
			continue
		}
		if len(b) > start {
			b = append(b, ',')
		}
		b = append(b, weekdayNames[i]...)
		last := i
		for last+1 < 7 && d>>(last+1)&1 == 1 {
			last++
		}
		if last > i {
			b = append(b, '-')
			b = append(b, weekdayNames[last]...)
			i = last
		}
	}
	if d&holiday != 0 {
		if len(b) > start {
			b = append(b, ',')
		}
		b = append(b, "PH"...)
	}
	return b
}

func (r timeRange) append(b []byte) []byte {
	b = appendClock(b, r.from)
	b = append(b, '-')
	if r.to > minutesPerDay {
		return appendClock(b, r.to-minutesPerDay)
	}
	return appendClock(b, r.to)
}

func appendClock(b []byte, minute int16) []byte {
	b = appendTwo(b, int(minute)/60)
	b = append(b, ':')
	return appendTwo(b, int(minute)%60)
}

func appendTwo(b []byte, n int) []byte {
	if n < 10 {
		b = append(b, '0')
	}
	return strconv.AppendInt(b, int64(n), 10)
}
