package hours

import (
	"fmt"
	"strings"

	"gridatlas/geo"
)

// SyntaxError says where a text stops being opening hours, and why.
type SyntaxError struct {
	Text   string
	Offset int // in bytes
	Reason string
}

// Piece returns the part of the text at fault; empty at its end.
func (e *SyntaxError) Piece() string {
	rest := e.Text[e.Offset:]
	if end := strings.IndexAny(rest, " ,;"); end > 0 {
		return rest[:end]
	}
	if len(rest) > 0 && strings.ContainsRune(" ,;", rune(rest[0])) {
		return rest[:1]
	}
	return rest
}

func (e *SyntaxError) Error() string {
	if piece := e.Piece(); piece != "" {
		return fmt.Sprintf("opening hours %q: at byte %d, %q: %s", e.Text, e.Offset, piece, e.Reason)
	}
	return fmt.Sprintf("opening hours %q: at the end: %s", e.Text, e.Reason)
}

// Parse reads an opening_hours text. An empty text is the zero Schedule. Every
// error is a *SyntaxError.
func Parse(text geo.Hours) (Schedule, error) {
	p := parser{text: string(text)}
	p.spaces()
	if p.at == len(p.text) {
		return Schedule{}, nil
	}
	var rules []rule
	for adds := false; ; {
		r, err := p.rule()
		if err != nil {
			return Schedule{}, err
		}
		r.adds = adds
		rules = append(rules, r)
		switch {
		case p.take(";"):
			adds = false
		case p.take(","):
			adds = true
		case p.at == len(p.text):
			return newSchedule(rules), nil
		default:
			return Schedule{}, p.fault(p.at, p.unexpected("expected `;` or `,` before the next rule"))
		}
	}
}

// parser reads from left to right and never goes back. Every reading function
// leaves no blanks before p.at.
type parser struct {
	text string
	at   int
}

func (p *parser) fault(at int, reason string) error {
	return &SyntaxError{Text: p.text, Offset: at, Reason: reason}
}

// beyond names what the full opening_hours form has and this package refuses.
var beyond = []struct{ prefix, reason string }{
	{"||", "fallback rules are not supported"},
	{"sunrise", "times that move with the sun are not supported"},
	{"sunset", "times that move with the sun are not supported"},
	{"dawn", "times that move with the sun are not supported"},
	{"dusk", "times that move with the sun are not supported"},
	{"(", "times that move with the sun are not supported"},
	{"easter", "easter is not supported"},
	{"week", "week numbers are not supported"},
	{"SH", "school holidays have no data"},
	{"[", "the n-th weekday of a month is not supported"},
	{"+", "an open end or a shift by days is not supported"},
	{"/", "repeated times are not supported"},
	{"19", "years are not supported"},
	{"20", "years are not supported"},
}

// unexpected returns the reason why what follows is refused.
func (p *parser) unexpected(otherwise string) string {
	for _, b := range beyond {
		if p.ahead(b.prefix) {
			if b.prefix[0] < '0' || b.prefix[0] > '9' || p.digitsAhead() == 4 {
				return b.reason
			}
		}
	}
	return otherwise
}

// rule reads [dates] [days] [times] [modifier] [comment], at least one of them.
func (p *parser) rule() (rule, error) {
	r := rule{meaning: open}
	start := p.at
	if p.take("24/7") {
		return r, p.modifier(&r)
	}
	if err := p.dates(&r); err != nil {
		return r, err
	}
	if err := p.days(&r); err != nil {
		return r, err
	}
	if p.at > start {
		p.take(":") // the old form `Apr-Oct: 08:00-18:00`
	}
	if err := p.times(&r); err != nil {
		return r, err
	}
	if err := p.modifier(&r); err != nil {
		return r, err
	}
	if p.at == start {
		return r, p.fault(start, p.unexpected("expected days, times, off or a comment"))
	}
	return r, nil
}

func (p *parser) dates(r *rule) error {
	for {
		start := p.at
		month := p.name(monthNames[:])
		if month < 0 {
			if len(r.dates) > 0 {
				return p.fault(start, p.unexpected("expected a month after the comma: dates and days share no list"))
			}
			return nil
		}
		dates, err := p.dateRange(int8(month + 1))
		if err != nil {
			return err
		}
		r.dates = append(r.dates, dates)
		if !p.take(",") {
			return nil
		}
	}
}

// dateRange reads what follows the first month: Apr, Apr-Oct, Dec 25, Dec 24-26
// or Nov 01-Mar 31.
func (p *parser) dateRange(month int8) (dateRange, error) {
	whole := dateRange{onYearDay(month, 0), onYearDay(month, 31)}
	day, err := p.dayOf(month)
	if err != nil {
		return whole, err
	}
	if day == 0 {
		if !p.take("-") {
			return whole, nil
		}
		start := p.at
		last := p.name(monthNames[:])
		if last < 0 {
			return whole, p.fault(start, "expected a month")
		}
		if day, err = p.dayOf(int8(last + 1)); err != nil || day != 0 {
			return whole, p.fault(start, "a range from a whole month ends with a whole month")
		}
		whole.to = onYearDay(int8(last+1), 31)
		return whole, nil
	}
	dates := dateRange{onYearDay(month, day), onYearDay(month, day)}
	if !p.take("-") {
		return dates, nil
	}
	start := p.at
	if last := p.name(monthNames[:]); last >= 0 {
		month = int8(last + 1)
		if day, err = p.dayOf(month); err == nil && day == 0 {
			err = p.fault(p.at, "expected a day of the month")
		}
	} else if day, err = p.dayOf(month); err == nil && onYearDay(month, day) < dates.from {
		err = p.fault(start, "expected a later day of the month, or a month")
	}
	dates.to = onYearDay(month, day)
	return dates, err
}

// dayOf reads a day of the month, or 0 when a time or something else follows.
func (p *parser) dayOf(month int8) (int8, error) {
	n := p.digitsAhead()
	if n == 0 || p.timeAhead() {
		return 0, nil
	}
	start := p.at
	day := p.number()
	if n > 2 || day < 1 || day > int(monthDays[month-1]) {
		return 0, p.fault(start, monthNames[month-1]+" has no such day")
	}
	return int8(day), nil
}

func (p *parser) days(r *rule) error {
	for {
		start := p.at
		if p.word("PH") {
			r.days |= holiday
		} else if first := p.name(weekdayNames[:]); first >= 0 {
			last := first
			if p.take("-") {
				start = p.at
				if last = p.name(weekdayNames[:]); last < 0 {
					return p.fault(start, "expected a weekday")
				}
			}
			for i := first; ; i = (i + 1) % 7 {
				r.days |= 1 << i
				if i == last {
					break
				}
			}
		} else if r.days != 0 {
			return p.fault(start, p.unexpected("expected a weekday or PH after the comma"))
		} else {
			return nil
		}
		if !p.take(",") {
			return nil
		}
	}
}

func (p *parser) times(r *rule) error {
	for p.timeAhead() {
		times, err := p.timeRange()
		if err != nil {
			return err
		}
		r.times = append(r.times, times)
		comma := p.at
		if !p.take(",") {
			return nil
		}
		if !p.timeAhead() { // the comma begins a rule that adds
			p.at = comma
			return nil
		}
	}
	return nil
}

func (p *parser) timeRange() (timeRange, error) {
	start := p.at
	from, err := p.clock()
	if err != nil {
		return timeRange{}, err
	}
	if from >= minutesPerDay {
		return timeRange{}, p.fault(start, "hours begin before 24:00")
	}
	if !p.take("-") {
		return timeRange{}, p.fault(p.at, p.unexpected("expected `-` and a closing time"))
	}
	if !p.timeAhead() {
		return timeRange{}, p.fault(p.at, p.unexpected("expected a closing time, as 18:00"))
	}
	end := p.at
	to, err := p.clock()
	if err != nil {
		return timeRange{}, err
	}
	if to <= from {
		to += minutesPerDay
	}
	if to-from > minutesPerDay {
		return timeRange{}, p.fault(end, "hours longer than a day")
	}
	return timeRange{from, to}, nil
}

// clock reads a time of day, up to 48:00.
func (p *parser) clock() (int16, error) {
	start := p.at
	if p.digitsAhead() > 2 {
		return 0, p.fault(start, "a time has the form 08:00")
	}
	hour := p.number()
	p.at++ // the colon that timeAhead saw
	if p.digitsAhead() != 2 {
		return 0, p.fault(start, "a time has the form 08:00")
	}
	minute := p.number()
	if minute > 59 || hour*60+minute > 2*minutesPerDay {
		return 0, p.fault(start, "no such time of day")
	}
	return int16(hour*60 + minute), nil
}

func (p *parser) modifier(r *rule) error {
	modified := true
	switch {
	case p.word("open"):
		r.meaning = open
	case p.word("off"), p.word("closed"):
		r.meaning = closed
	case p.word("unknown"):
		r.meaning = unknown
	default:
		modified = false
	}
	if !p.ahead(`"`) {
		return nil
	}
	length := strings.IndexByte(p.text[p.at+1:], '"')
	if length < 0 {
		return p.fault(p.at, "the comment has no closing quote")
	}
	if !modified {
		r.meaning = unknown
	}
	r.comment = p.text[p.at+1 : p.at+1+length]
	p.at += length + 2
	p.spaces()
	return nil
}

// Below: the words of the form.

var weekdayNames = [...]string{"Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"}

var monthNames = [...]string{"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"}

func (p *parser) spaces() {
	for p.at < len(p.text) && p.text[p.at] == ' ' {
		p.at++
	}
}

// ahead reports whether the text goes on so; letter case does not matter.
func (p *parser) ahead(prefix string) bool {
	return len(p.text)-p.at >= len(prefix) && strings.EqualFold(p.text[p.at:p.at+len(prefix)], prefix)
}

func (p *parser) take(mark string) bool {
	if !p.ahead(mark) {
		return false
	}
	p.at += len(mark)
	p.spaces()
	return true
}

// word takes a word that no further letter follows.
func (p *parser) word(word string) bool {
	if end := p.at + len(word); !p.ahead(word) || end < len(p.text) && isLetter(p.text[end]) {
		return false
	}
	return p.take(word)
}

// name takes one of the words and returns its place in the list, or -1.
func (p *parser) name(words []string) int {
	for i, word := range words {
		if p.word(word) {
			return i
		}
	}
	return -1
}

func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

func (p *parser) digitsAhead() int {
	n := 0
	for p.at+n < len(p.text) && '0' <= p.text[p.at+n] && p.text[p.at+n] <= '9' {
		n++
	}
	return n
}

// timeAhead reports whether a time follows: digits, a colon and a digit.
func (p *parser) timeAhead() bool {
	n := p.digitsAhead()
	rest := p.text[p.at+n:]
	return n > 0 && len(rest) > 1 && rest[0] == ':' && '0' <= rest[1] && rest[1] <= '9'
}

// number takes the digits ahead; more than four count as 9999.
func (p *parser) number() int {
	n := p.digitsAhead()
	value := 0
	for _, c := range p.text[p.at : p.at+n] {
		value = min(value*10+int(c-'0'), 9999)
	}
	p.at += n
	p.spaces()
	return value
}
