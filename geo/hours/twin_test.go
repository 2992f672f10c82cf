package hours_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"gridatlas/geo"
	"gridatlas/geo/hours"
	"gridatlas/geo/seedtest"
)

// The slow plain twin: rules are painted one after the other, each onto the
// minutes of two days, for every day anew. It shares no code with the package:
// it makes its own rules, and only their text goes through the parser.

type twinRule struct {
	text    string // without the separator before it
	adds    bool
	dates   func(month time.Month, day int) bool // nil: all year
	days    map[time.Weekday]bool
	ph      bool
	times   [][2]int // nil: the whole day
	mark    byte     // 'o'pen, 'c'losed, '?'
	comment string
}

func (r *twinRule) names(d time.Time, as time.Weekday, holiday bool) bool {
	if r.dates != nil && !r.dates(d.Month(), d.Day()) {
		return false
	}
	return len(r.days) == 0 && !r.ph || r.days[as] || r.ph && holiday
}

type minute struct {
	mark    byte
	comment string
}

// paint gives the minutes of a day and the night after it.
func paint(rules []twinRule, d time.Time, as time.Weekday, holiday bool) [2880]minute {
	var m [2880]minute
	for i := range m {
		m[i].mark = 'c'
	}
	for _, r := range rules {
		if !r.names(d, as, holiday) {
			continue
		}
		times := r.times
		if times == nil {
			times = [][2]int{{0, 1440}}
		}
		if r.mark == 'c' && r.times == nil || r.mark != 'c' && !r.adds {
			for i := range m {
				m[i] = minute{mark: 'c'}
			}
		}
		for _, span := range times {
			for i := span[0]; i < span[1]; i++ {
				m[i] = minute{r.mark, r.comment}
			}
		}
	}
	return m
}

// reading is what a day counts as.
type reading struct {
	as      time.Weekday
	holiday bool
}

// twinReadings lists what a day may count as, the likeliest first. The few
// special days of the test's weeks stand here by hand.
func twinReadings(d time.Time) []reading {
	ordinary := reading{d.Weekday(), false}
	switch date := d.Format(time.DateOnly); {
	case d.Year() > 2026:
		list := []reading{ordinary, {d.Weekday(), true}}
		if d.Weekday() == time.Saturday || d.Weekday() == time.Sunday {
			list = append(list, reading{time.Friday, false})
		}
		return list
	case date >= "2026-09-25" && date <= "2026-09-27", date >= "2026-10-01" && date <= "2026-10-07":
		return []reading{{d.Weekday(), true}}
	case date == "2026-09-20", date == "2026-10-10":
		return []reading{{time.Friday, false}}
	}
	return []reading{ordinary}
}

type twinState struct {
	mark    byte
	comment string
	doubt   bool
}

func rank(mark byte) int { return strings.IndexByte("c?o", mark) }

// twinStates judges every minute of the days from first on.
func twinStates(rules []twinRule, first time.Time, days int) []twinState {
	paintings := func(d time.Time) [][2880]minute {
		var all [][2880]minute
		for _, r := range twinReadings(d) {
			all = append(all, paint(rules, d, r.as, r.holiday))
		}
		return all
	}
	var states []twinState
	before := paintings(first.AddDate(0, 0, -1))
	for n := range days {
		today := paintings(first.AddDate(0, 0, n))
		for m := range 1440 {
			pick := func(a, b *[2880]minute) minute {
				if rank(b[m+1440].mark) > rank(a[m].mark) {
					return b[m+1440]
				}
				return a[m]
			}
			likely := pick(&today[0], &before[0])
			state := twinState{likely.mark, likely.comment, false}
			for i := range today {
				for j := range before {
					state.doubt = state.doubt || pick(&today[i], &before[j]).mark != likely.mark
				}
			}
			states = append(states, state)
		}
		before = today
	}
	return states
}

func clock(m int) string { return fmt.Sprintf("%02d:%02d", m/60, m%60) }

var (
	weekdays = []string{"Su", "Mo", "Tu", "We", "Th", "Fr", "Sa"}
	months   = []string{"", "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"}
)

func randomRule(rng *rand.Rand) twinRule {
	var r twinRule
	var words []string
	if rng.IntN(4) == 0 {
		m1, m2 := time.Month(8+rng.IntN(5)), time.Month(1+rng.IntN(12))
		if d1, d2 := 1+rng.IntN(28), 1+rng.IntN(28); rng.IntN(2) == 0 {
			words = append(words, fmt.Sprintf("%s %d-%s %02d", months[m1], d1, months[m2], d2))
			from, to := int(m1)*100+d1, int(m2)*100+d2
			r.dates = func(m time.Month, d int) bool {
				at := int(m)*100 + d
				if from <= to {
					return from <= at && at <= to
				}
				return at >= from || at <= to
			}
		} else {
			words = append(words, months[m1]+","+months[m2])
			r.dates = func(m time.Month, _ int) bool { return m == m1 || m == m2 }
		}
	}
	if rng.IntN(4) != 0 {
		r.days = map[time.Weekday]bool{}
		var list []string
		for range 1 + rng.IntN(2) {
			first, length := rng.IntN(7), 1+rng.IntN(6)
			for i := range length {
				r.days[time.Weekday((first+i)%7)] = true
			}
			list = append(list, weekdays[first])
			if length > 1 {
				list[len(list)-1] += "-" + weekdays[(first+length-1)%7]
			}
		}
		if rng.IntN(4) == 0 {
			r.ph = true
			list = append(list, "PH")
		}
		if rng.IntN(5) == 0 {
			r.days, r.ph, list = nil, true, []string{"PH"}
		}
		words = append(words, strings.Join(list, ","))
	}
	r.mark = "oooooc?"[rng.IntN(7)]
	if rng.IntN(5) != 0 {
		var list []string
		for range 1 + rng.IntN(3) {
			// Quarters of an hour, so that spans touch and overlap often.
			from := 15 * rng.IntN(96)
			to := from + 15*(1+rng.IntN(40))
			r.times = append(r.times, [2]int{from, to})
			end := clock(to)
			if to > 1440 && rng.IntN(2) == 0 {
				end = clock(to - 1440)
			}
			list = append(list, clock(from)+"-"+end)
		}
		words = append(words, strings.Join(list, ","))
	}
	words = append(words, map[byte]string{'o': "open", 'c': "off", '?': "unknown"}[r.mark])
	if rng.IntN(4) == 0 {
		r.comment = fmt.Sprint("no ", rng.IntN(3))
		words = append(words, `"`+r.comment+`"`)
	}
	r.text = strings.Join(words, " ")
	return r
}

func randomRules(rng *rand.Rand) (rules []twinRule, text string) {
	for i := range 1 + rng.IntN(4) {
		r := randomRule(rng)
		r.adds = i > 0 && rng.IntN(3) == 0
		switch {
		case r.adds:
			text += ", "
		case i > 0:
			text += "; "
		}
		text += r.text
		rules = append(rules, r)
	}
	return rules, text
}

func TestAgainstTwin(t *testing.T) {
	rng := seedtest.New(t)
	schedules := 100
	if testing.Short() {
		schedules = 40
	}
	for range schedules {
		rules, text := randomRules(rng)
		s := mustParse(t, text)
		// Weeks with holidays and make-up days, and the turn to a year without data.
		for _, start := range []string{"2026-09-18", "2026-12-27"} {
			const days = 24
			first := local(t, start+" 00:00")
			states := twinStates(rules, first, days)
			next := make([]int, len(states)) // minute of the next change
			next[len(states)-1] = len(states)
			for m := len(states) - 2; m >= 0; m-- {
				if next[m] = next[m+1]; states[m] != states[m+1] {
					next[m] = m + 1
				}
			}
			for m := rng.IntN(60); m < len(states); m += 1 + rng.IntN(120) {
				at := first.Add(time.Duration(m) * time.Minute)
				got := s.At(at.Add(time.Duration(rng.IntN(60))*time.Second), hours.China())
				want := states[m]
				mark := byte('c')
				if got.Open {
					mark = 'o'
				} else if !got.Known {
					mark = '?'
				}
				if (twinState{mark, got.Comment, got.HolidayUnknown}) != want {
					t.Fatalf("%q at %v: %c %+v, twin says %c %+v", text, at, mark, got, want.mark, want)
				}
				change := first.Add(time.Duration(next[m]) * time.Minute)
				if next[m] < len(states) && !got.Until.Equal(change) {
					t.Fatalf("%q at %v until %v, twin says %v", text, at, got.Until, change)
				}
				if next[m] == len(states) && !got.Until.IsZero() && got.Until.Before(change) {
					t.Fatalf("%q at %v changes at %v, twin sees no change before %v", text, at, got.Until, change)
				}
			}
		}
	}
}

// Today's spans are the painted minutes of the day and its night.
func TestTodayAgainstTwin(t *testing.T) {
	rng := seedtest.New(t)
	for range 500 {
		rules, text := randomRules(rng)
		day := local(t, "2026-09-18 00:00").AddDate(0, 0, rng.IntN(24))
		as := twinReadings(day)[0]
		want := paint(rules, day, as.as, as.holiday)
		var got [2880]minute
		for i := range got {
			got[i].mark = 'c'
			want[i].comment = strings.TrimPrefix(want[i].comment, map[bool]string{true: want[i].comment}[want[i].mark == 'c'])
		}
		for _, span := range mustParse(t, text).Today(day.Add(time.Duration(rng.IntN(1440))*time.Minute), hours.China()) {
			mark := byte('o')
			if !span.Known {
				mark = '?'
			}
			for m := span.From; m < span.To; m++ {
				if got[m].mark != 'c' {
					t.Fatalf("%q: spans overlap", text)
				}
				got[m] = minute{mark, span.Comment}
			}
		}
		if got != want {
			t.Fatalf("%q on %v: spans differ from the twin's minutes", text, day)
		}
	}
}

func TestRandomTextsReadBack(t *testing.T) {
	rng := seedtest.New(t)
	for range 5000 {
		_, text := randomRules(rng)
		checkReadBack(t, text)
	}
}

func checkReadBack(t *testing.T, text string) {
	t.Helper()
	s, err := hours.Parse(geo.Hours(text))
	if err != nil {
		return
	}
	again := mustParse(t, s.String())
	if !hours.Equal(s, again) {
		t.Fatalf("%q prints %q, which reads as something else", text, s)
	}
	if again.String() != s.String() {
		t.Fatalf("%q prints %q, then %q", text, s, again)
	}
}

func FuzzParse(f *testing.F) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 20 {
		_, text := randomRules(rng)
		f.Add(text)
	}
	for _, text := range []string{
		"24/7", "Mo-Fr 08:00-18:00; PH off", "Apr-Oct: 8:00-18:00", "Dec 24-26,Jan 01 off", `"ring"`, "Mo 08:00-10:00, 12:00-14:00 off",
		"Mo[1] 10:00", "sunrise-sunset", "week 1-10", "2026 Jan 01", "Mo-", "Dec 10:00-12:00", "周一 8:00", "Mo 1:00 ,,", "99:99-99:99", "-", "\"", ":",
	} {
		f.Add(text)
	}
	at := time.Date(2026, 9, 30, 23, 59, 59, 0, hours.Shanghai)
	f.Fuzz(func(t *testing.T, text string) {
		checkReadBack(t, text)
		s, err := hours.Parse(geo.Hours(text))
		if err != nil {
			var fault *hours.SyntaxError
			if !errors.As(err, &fault) || fault.Offset < 0 || fault.Offset > len(text) || fault.Error() == "" {
				t.Fatalf("%q: %v", text, err)
			}
			return
		}
		state := s.At(at, hours.China())
		if !state.Until.IsZero() && !state.Until.After(at) {
			t.Fatalf("%q: until %v at %v", text, state.Until, at)
		}
		for _, span := range s.Today(at, hours.China()) {
			if span.From >= span.To {
				t.Fatalf("%q: empty span %v", text, span)
			}
		}
	})
}
