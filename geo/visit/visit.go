// Package visit keeps the record of visits to buildings (走访记录): which building a
// grid worker went to on which day, what about, and a short note. It keeps nothing
// about people: a note that holds what looks like the number of a phone or of an
// identity card is refused, and there is no field for a name.
//
// Visits lie in records of the store, one table a month, so that what a list reads
// does not grow from year to year. They are never changed.
package visit

import (
	"fmt"
	"slices"
	"time"
	"unicode/utf8"

	"gridatlas/geo"
	"gridatlas/geo/personal"
)

// Visit is one visit to one building.
type Visit struct {
	Building int64 `json:"building"` // its id
	// Title and At are what the building was called and where it stood then: it may be
	// renamed or pulled down, the visit was made all the same.
	Title  string     `json:"title"`
	At     [2]float64 `json:"at"` // longitude and latitude
	On     string     `json:"on"` // the day of the visit, 2026-11-21
	Topics []string   `json:"topics"`
	Note   string     `json:"note,omitempty"`
	By     string     `json:"by"`   // the account
	Sent   time.Time  `json:"sent"` // when it came in: a phone may have been without a net
}

// Topics are what a visit may be about.
var Topics = []geo.Term{
	{Value: "policy", Zh: "政策宣传", En: "Policies explained"},
	{Value: "opinion", Zh: "意见征集", En: "Opinions asked"},
	{Value: "fire", Zh: "消防用电安全", En: "Fire and electric safety"},
	{Value: "gas", Zh: "燃气安全", En: "Gas safety"},
	{Value: "rental", Zh: "出租房屋核对", En: "Rented dwellings counted"},
	{Value: "elderly", Zh: "敬老助残", En: "Help for old and disabled people"},
	{Value: "dispute", Zh: "邻里调解", En: "Neighbours' disputes"},
	{Value: "waste", Zh: "环境卫生、垃圾分类", En: "Cleanliness, sorted waste"},
	{Value: "building", Zh: "违法建设", En: "Illegal building"},
	{Value: "flood", Zh: "防汛防灾", En: "Floods and other dangers"},
	{Value: "facility", Zh: "公共设施", En: "Public facilities"},
	{Value: "other", Zh: "其他", En: "Other"},
}

// Limits of one visit.
const (
	MaxNote = 200 // characters
	// MaxAge is how long ago, in days, a visit may have been made: who logs it later
	// does not remember it.
	MaxAge = 30
)

// Check tells all that is wrong with what somebody entered of a visit: its day,
// topics and note. Today is the day in the city.
func (v *Visit) Check(today geo.Date) (faults []geo.Violation) {
	fault := func(field, rule, format string, args ...any) {
		faults = append(faults, geo.Violation{Rule: rule, Layer: "visits", Field: field, Detail: fmt.Sprintf(format, args...)})
	}
	switch on, err := geo.ParseDate(v.On); {
	case v.On == "":
		fault("on", "missing", "the day of the visit is not given")
	case err != nil:
		fault("on", "value", "%v", err)
	case on > today:
		fault("on", "range", "%v is still to come", on)
	case on < today-MaxAge:
		fault("on", "range", "%v is more than %d days ago", on, MaxAge)
	}
	if len(v.Topics) == 0 {
		fault("topics", "missing", "a visit is about something")
	}
	for i, topic := range v.Topics {
		switch {
		case !slices.ContainsFunc(Topics, func(t geo.Term) bool { return t.Value == topic }):
			fault("topics", "value", "%.40q is no topic of a visit", topic)
		case slices.Contains(v.Topics[:i], topic):
			fault("topics", "value", "%q is named twice", topic)
		}
		if len(faults) > len(Topics) {
			break // a list without end
		}
	}
	if n := utf8.RuneCountInString(v.Note); n > MaxNote {
		fault("note", "range", "has %d characters, at most %d are kept", n, MaxNote)
	}
	if personal.Number(v.Note) {
		fault("note", "personal", "holds what looks like the number of a phone or of an identity card; no personal data is kept")
	}
	return faults
}

// Month names the month of a day, as 2026-11; empty if it is no day.
func Month(day string) string {
	if d, err := geo.ParseDate(day); err != nil || d == 0 {
		return ""
	}
	return day[:len("2006-01")]
}

// Of is the table of the visits of one month, as Month names it.
func Of(month string) geo.RecordTable[Visit] {
	return geo.RecordTable[Visit]{Kind: "visit " + month}
}
