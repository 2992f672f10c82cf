package report

import "slices"

// State is how far a report was worked through.
type State string

// The states.
const (
	Accepted State = "accepted" // it waits for somebody who takes it on
	Working  State = "working"
	Settled  State = "settled" // done, not yet told
	Answered State = "answered"
)

// AllStates lists the states in the order in which a report goes through them.
var AllStates = []State{Accepted, Working, Settled, Answered}

// Zh returns the state in the words of the pages.
func (s State) Zh() string {
	switch s {
	case Accepted:
		return "已受理"
	case Working:
		return "处理中"
	case Settled:
		return "已办结"
	case Answered:
		return "已答复"
	}
	return string(s)
}

// En returns the state in English.
func (s State) En() string {
	switch s {
	case Accepted:
		return "Received"
	case Working:
		return "Being worked on"
	case Settled:
		return "Done"
	case Answered:
		return "Answered"
	}
	return string(s)
}

// Next lists the states that may follow. A report that was taken on may be handed
// back, and one that was not done after all is worked on again; an answer is the end.
func (s State) Next() []State {
	switch s {
	case Accepted:
		return []State{Working}
	case Working:
		return []State{Settled, Accepted}
	case Settled:
		return []State{Answered, Working}
	}
	return nil
}

// leadsTo reports whether a state may follow.
func (s State) leadsTo(next State) bool { return slices.Contains(s.Next(), next) }
