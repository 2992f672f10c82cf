// Package rounds is what a grid worker is shown of their grids by pages that are whole
// without a script: lists of what is to be done, and forms of what was done. The page
// /my does the same, and more, with one. Nothing here knows HTTP or HTML.
package rounds

import (
	"cmp"
	"slices"

	"gridatlas/geo"
	"gridatlas/geo/report"
	"gridatlas/geo/visit"
)

// Grid is one that the worker looks after.
type Grid struct{ Code, Name, Community string }

// Stop is something that the worker looks after.
type Stop struct {
	Key                          geo.Key
	Title, Where, Within, Number string // empty: unknown
	Checked, Due                 geo.Date
	By                           string // who checked it
	// Figures are those of a building.
	Figures   Figures
	Estimated bool // some are estimates
}

// Figures are the people of a building as Names names them.
type Figures [len(Names)]geo.Opt[int32]

// Names are the fields of the figures.
var Names = [...]string{"households", "residents", "rental_dwellings"}

// Waits reports whether the stop is to be looked at now: its day is past, or it was
// never looked at.
func (s *Stop) Waits(today geo.Date) bool {
	if s.Due == 0 {
		return s.Checked == 0
	}
	return s.Due < today
}

// Sort puts the most overdue first, and last what has no day.
func Sort(stops []Stop) {
	day := func(s Stop) geo.Date {
		if s.Due == 0 {
			return 1 << 30
		}
		return s.Due
	}
	slices.SortStableFunc(stops, func(a, b Stop) int { return cmp.Compare(day(a), day(b)) })
}

// Report is what a resident reported, and to which states the worker may bring it.
type Report struct {
	report.Held
	Late bool // its promised day is past
	Next []report.State
}

// Sheet is the page of lists.
type Sheet struct {
	Today geo.Date
	All   int    // grids of the worker
	Grids []Grid // those that are open
	// Choices are the grids to open one of, where not all of them are.
	Choices                []Grid
	Reports                []Report
	Booths, Due, Buildings []Stop
	Words                  string // by which buildings were looked for; empty: all are there
	Whole                  string // the list that is shown whole: reports, booths, due, buildings
	Cut                    bool   // there are more buildings than these
	Saved                  string // what was saved just now: a title, or a receipt number
}

// Place is the page of one stop, with the form of what is done there.
type Place struct {
	Stop
	Today  geo.Date
	Grid   string // the code to go back to; empty: all grids are open
	Once   string // makes one of what is sent twice
	Seen   string // the state of the feature as the page has it, an entity tag
	Passed []string
	Visits []visit.Visit // to the building in this month
	Typed  Typed
	Faults []Fault
}

// Typed is what was sent with a form.
type Typed struct {
	Press    Press             // empty: nothing was
	Answered map[string]string // yes or no, by check
	Topics   []string
	Note, On string
	Figures  [len(Names)]string
}

// Press is which form was sent.
type Press string

// The forms.
const (
	Inspect Press = "inspect"
	Visit   Press = "visit"
	Correct Press = "correct" // the figures
	Look    Press = "look"    // it is as recorded
)

// Case is the page of one report.
type Case struct {
	Report
	Grid   string
	Note   string // as it was typed
	Faults []Fault
}

// Fault is what is wrong with what was sent.
type Fault struct {
	Field  string // empty: with none in particular
	Rule   Rule
	N      int      // how many answers are missing
	By     string   // who was quicker
	On     geo.Date // and when; unknown: 0
	Detail string   // of Refused: what the program says
}

// Rule is what a form is to keep.
type Rule string

// The rules.
const (
	Missing  Rule = "missing"
	Number   Rule = "number"
	Rental   Rule = "rental" // there are no more rented dwellings than households
	Long     Rule = "long"
	Personal Rule = "personal" // it holds the number of a phone or of an identity card
	Day      Rule = "day"
	Changed  Rule = "changed" // somebody else was quicker
	Away     Rule = "away"    // the store takes nothing now
	Refused  Rule = "refused"
)

// Lost is the page of who cannot be shown what was asked for.
type Lost struct {
	Why  Why
	Sent []Field // of SignedOut: what was sent, to be sent again
}

// Field is a field of a form.
type Field struct{ Name, Value string }

// Why is the reason of Lost.
type Why string

// The reasons.
const (
	NoRole    Why = "role"    // the account records nothing on the spot
	NotYours  Why = "place"   // it is not there, or in none of the worker's grids
	SignedOut Why = "session" // nobody is signed in any more
)
