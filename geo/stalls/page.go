package stalls

import "gridatlas/geo"

// Page is what the page on which rows are drawn shows.
type Page struct {
	Typed string          // of a compound that is looked for
	Found []*geo.Compound // that it may mean
	More  bool            // and more than these

	Compound  *geo.Compound // in which is drawn; nil: none is chosen yet
	Community *geo.Place    // that it lies in; nil: in none
	Given     []*geo.ParkingSpace
	All       bool // all of them are to be shown, however many

	Form   Form
	Faults []Fault // of its fields, and of none in particular
	Plan   *Plan   // nil: there is none of the form as it stands
	Part   bool    // of the page, what is said of the plan is asked for alone
	Done   *Done   // nil: nothing was drawn just now
	Ground *Ground // for a picture; nil: none is asked for
}

// Faults of no field.
const (
	RuleSure    Rule = "sure"    // what is in the way but forbids nothing has to be looked at first
	RuleAway    Rule = "away"    // the store does not answer
	RuleChanged Rule = "changed" // what is to be undone was changed since
)

// Done is a row that was drawn.
type Done struct {
	Revision int64
	Spaces   []*geo.ParkingSpace // in the order of the row
	State    DoneState
	Undo     bool // who asks may undo it
}

// DoneState is what became of a row.
type DoneState uint8

// The states: it stands as it was drawn; it was taken back; some of it was changed
// or taken away.
const (
	Stands DoneState = iota
	Undone
	Changed
)
