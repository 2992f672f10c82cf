package web

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"gridatlas/geo"
	"gridatlas/geo/booth"
	"gridatlas/geo/hours"
)

// badge is how a place stands, in a word with a colour beside it: open, warn, danger,
// else that of what is closed.
type badge struct{ Is, Text string }

// sells are the kinds of facilities that do business, while others stand open; twin of
// sells in src/facts.ts.
var sells = []string{"market", "stall_group", "supermarket", "canteen", "restaurant", "shop", "pharmacy", "bank", "post"}

// stances are the texts of how something stands.
type stances map[booth.Kind]string

// A master is there or not, a shop does business, all else is open or not.
var (
	ofBooths = stances{
		booth.Open: "standing.open", booth.Closed: "standing.closed", booth.Away: "standing.away", booth.DayOff: "standing.day_off",
		booth.Unconfirmed: "standing.unconfirmed", booth.Moved: "standing.moved", booth.Retired: "standing.retired",
	}
	ofShops    = stances{booth.Open: "open.yes", booth.Closed: "open.no"}
	ofServices = stances{booth.Open: "open.service.yes", booth.Closed: "open.service.no"}
)

// stancesOf are the texts for what a feature is.
func stancesOf(f geo.Feature) stances {
	switch f := f.(type) {
	case *geo.Booth:
		return ofBooths
	case *geo.Facility:
		if slices.Contains(sells, f.Kind) {
			return ofShops
		}
	}
	return ofServices
}

// badge says how a place stands; nothing where that is not known.
func (s speech) badge(kind booth.Kind, texts stances) badge {
	b := badge{}
	switch kind {
	case booth.Unknown:
		return b
	case booth.Open:
		b.Is = "open"
	case booth.Away, booth.DayOff, booth.Unconfirmed, booth.Moved:
		b.Is = "warn"
	}
	b.Text = s.T(texts[kind])
	return b
}

// untilText says when that ends: closes at 18:00, opens tomorrow at 8:00, back at 14:30.
func (s speech) untilText(state booth.State, isBooth bool, now time.Time) string {
	if state.Until.IsZero() {
		return ""
	}
	when := s.soon(state.Until.In(now.Location()), now)
	switch state.Kind {
	case booth.Open:
		return s.fill("until.open", "time", when)
	case booth.Closed, booth.DayOff:
		if isBooth {
			return s.fill("until.closed.booth", "time", when)
		}
		return s.fill("until.closed", "time", when)
	case booth.Away:
		return s.fill("until.away", "time", when)
	}
	return ""
}

// soon names an instant by how near it is: a time today, tomorrow, a weekday of the
// next six days, else a date.
func (s speech) soon(t, now time.Time) string {
	clock := t.Format("15:04")
	days := int(geo.DateOf(t) - geo.DateOf(now))
	switch {
	case days <= 0:
		return clock
	case days == 1:
		return s.fill("soon.tomorrow", "time", clock)
	case days < 7:
		return s.fill("soon.weekday", "day", s.weekday(t.Weekday()), "time", clock)
	}
	return s.fill("soon.date", "day", t.Format([...]string{"1月2日", "2 Jan"}[s.language]), "time", clock)
}

// dayOf writes a day with its weekday: 12月3日（周四）.
func (s speech) dayOf(d geo.Date) string {
	day := d.Time()
	if s.language == english {
		return day.Format("Mon 2 Jan")
	}
	return day.Format("1月2日") + "（" + s.weekday(day.Weekday()) + "）"
}

func (s speech) weekday(d time.Weekday) string {
	if s.language == english {
		return d.String()
	}
	return "周" + string([]rune("日一二三四五六")[d])
}

// todayText says the hours of a day: 8:00–12:00、14:00–18:00.
func (s speech) todayText(spans []hours.Span) string {
	var words []string
	for _, span := range spans {
		if span.From == 0 && span.To == 24*60 {
			return s.T("hours.whole")
		}
		to := span.To.String()
		if span.To.NextDay() {
			to = s.fill("hours.night", "time", (span.To - 24*60).String())
		}
		words = append(words, span.From.String()+"–"+to)
	}
	return strings.Join(words, s.pause())
}

// terms says the values of a field that has a list of terms.
func (s speech) terms(f geo.Feature, name string) []string {
	field, ok := geo.MustSchema(f.Layer()).Field(name)
	if !ok {
		return nil
	}
	var words []string
	for _, value := range field.Values(f) {
		if term, ok := field.Term(value); ok {
			words = append(words, titles{term.Zh, term.En}[s.language])
		}
	}
	return words
}

// kind says what sort of thing a feature is: the kind of a facility, else its layer.
func (s speech) kind(f geo.Feature) string {
	schema := geo.MustSchema(f.Layer())
	if f.Layer() == geo.Facilities || f.Layer() == geo.Places || f.Layer() == geo.Gates || f.Layer() == geo.Parking {
		if words := s.terms(f, schema.KindField); len(words) > 0 {
			return words[0]
		}
	}
	return titles{schema.Zh, schema.En}[s.language]
}

// name is what a feature is called; its kind where it has no name.
func (s speech) name(f geo.Feature) string {
	if base := f.Common(); base.Name != "" {
		return base.Name
	}
	if b, isBuilding := f.(*geo.Building); isBuilding && b.Number != "" {
		return s.fill("card.building", "number", b.Number)
	}
	return s.kind(f)
}

// walked says how far something is on foot, rounded as format.ts does: minutes up,
// metres to the next ten.
func (s speech) walked(minutes, metres float64) (string, string) {
	return s.fill("walk.minutes", "n", strconv.Itoa(max(1, int(math.Ceil(minutes-0.05))))), s.metres(metres)
}

func (s speech) metres(n float64) string {
	if n < 995 {
		return s.fill("metres.n", "n", strconv.Itoa(max(10, int(math.Round(n/10)*10))))
	}
	return s.fill("kilometres.n", "n", strconv.FormatFloat(n/1000, 'f', 1, 64))
}
