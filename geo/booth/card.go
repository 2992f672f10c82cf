package booth

import (
	"time"

	"gridatlas/geo"
	"gridatlas/geo/hours"
)

// Card is the page that a master's card opens, as it is to be shown.
type Card struct {
	Booth   *geo.Booth // nil: the card opens nothing
	Action  string     // where the form is sent
	Service string     // the number of the service line; empty: none
	Now     time.Time  // on the clock of the place
	State   State
	Today   []hours.Span
	Once    string // makes what is sent twice one
	Undo    bool   // the last act may be undone
	Done    bool   // an act was just carried out
	Fault   Fault  // why one was not
	Act     Deed   // of which the fault is, to show it again
	// What was typed, as it was typed.
	Back, From, To string
}

// Fault is why an act was not carried out, or the card opens nothing, as the page says
// it.
type Fault string

// The faults.
const (
	FaultCard    Fault = "card" // is of no booth, or not any more
	FaultBack    Fault = "back"
	FaultSpan    Fault = "span"
	FaultTooSoon Fault = "too_soon"
	FaultAway    Fault = "away"  // the store does not answer
	FaultUndo    Fault = "undo"  // somebody else changed the booth since
	FaultEnded   Fault = "ended" // the booth is out of use
)
