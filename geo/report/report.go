package report

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"gridatlas/geo"
	"gridatlas/geo/crs"
	"gridatlas/geo/personal"
)

// Report is what somebody said is wrong, and what became of it.
type Report struct {
	Kind  Kind       `json:"kind"`
	Layer geo.Layer  `json:"layer,omitempty"` // of the place; empty: it is about a point
	ID    int64      `json:"id,omitempty"`
	Name  string     `json:"name,omitempty"` // of the place, as it was
	At    [2]float64 `json:"at"`             // longitude and latitude of the place, as it was, or of the point
	Note  string     `json:"note,omitempty"`
	Photo bool       `json:"photo,omitempty"` // there is one
	// Steps are the states that it went through, in order; the first is Accepted.
	Steps  []Step   `json:"steps"`
	Due    geo.Date `json:"due,omitempty"`    // the last day of the answer that was promised; unknown: none was
	Answer string   `json:"answer,omitempty"` // of Answered; for everybody who has the number
	// Forgotten: what was typed is dropped, for the time to keep it is over.
	Forgotten bool `json:"forgotten,omitempty"`
}

// Step is one state that a report came to.
type Step struct {
	State State     `json:"state"`
	At    time.Time `json:"at"`
	By    string    `json:"by,omitempty"` // the account; empty: who reported
	Note  string    `json:"note,omitempty"`
}

// Bounds of texts, in characters, and of the steps of one report.
const (
	MaxNote  = 500
	maxSteps = 200
)

// ErrUnfit says that a report does not go on as somebody wanted.
var ErrUnfit = errors.New("the report does not go on so")

func unfit(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrUnfit, fmt.Sprintf(format, args...))
}

// State is where a report stands.
func (r *Report) State() State { return r.Steps[len(r.Steps)-1].State }

// Since is when it came to a state in which it is, or which it has behind it; zero: it
// has not come so far. A state that it was taken back from does not count.
func (r *Report) Since(state State) (at time.Time) {
	if slices.Index(AllStates, state) > slices.Index(AllStates, r.State()) {
		return at
	}
	if state == Accepted { // handing it back does not make it a new one
		return r.Steps[0].At
	}
	for _, step := range r.Steps {
		if step.State == state {
			at = step.At
		}
	}
	return at
}

// Point is where it is.
func (r *Report) Point() (geo.Point, error) { return crs.ToLattice(r.At[0], r.At[1]) }

// Public is what everybody is shown who has the number: neither who worked on it, nor
// what was written or photographed.
func (r *Report) Public() Report {
	public := Report{Kind: r.Kind, Layer: r.Layer, ID: r.ID, Name: r.Name, At: r.At, Due: r.Due, Answer: r.Answer, Forgotten: r.Forgotten}
	for _, step := range r.Steps {
		public.Steps = append(public.Steps, Step{State: step.State, At: step.At})
	}
	return public
}

// Move is what somebody does with a report.
type Move struct {
	To     State
	By     string // the account
	Note   string // for staff
	Answer string // of Answered, and of no other: for who reported
}

// after returns a report as it is after a move.
func (r *Report) after(m Move, at time.Time) (Report, error) {
	next := *r
	m.Note, m.Answer = Text(m.Note), Text(m.Answer)
	switch {
	case !slices.Contains(AllStates, m.To):
		return next, unfit("there is no state %q", m.To)
	case !r.State().leadsTo(m.To):
		return next, unfit("from %s to %s there is no way", r.State(), m.To)
	case m.To == Answered && m.Answer == "":
		return next, unfit("who answers writes an answer")
	case m.To != Answered && m.Answer != "":
		return next, unfit("an answer is given when it is answered")
	case utf8.RuneCountInString(m.Note) > MaxNote, utf8.RuneCountInString(m.Answer) > MaxNote:
		return next, unfit("a text is longer than %d characters", MaxNote)
	case personal.Number(m.Note), personal.Number(m.Answer):
		return next, unfit("a text holds what looks like the number of a mobile phone or of an identity card")
	case len(r.Steps) >= maxSteps:
		return next, unfit("it went to and fro %d times", maxSteps)
	}
	next.Steps = append(slices.Clip(r.Steps), Step{State: m.To, At: at.UTC().Truncate(time.Second), By: m.By, Note: m.Note})
	next.Answer = m.Answer
	if m.To == Answered { // what was photographed is of no more use, and may show people
		next.Photo = false
	}
	return next, nil
}

// did reports whether a move is the one that was made last: who sends it twice is told
// that it is done.
func (r *Report) did(m Move) bool {
	last := r.Steps[len(r.Steps)-1]
	return len(r.Steps) > 1 && last.State == m.To && last.By == m.By && last.Note == Text(m.Note) && r.Answer == Text(m.Answer)
}

// Text makes what a stranger typed plain text: without characters that steer the
// device or turn the direction of writing, lines end in one way, and nothing is around
// it. What is no UTF-8 becomes U+FFFD.
func Text(typed string) string {
	typed = strings.ReplaceAll(strings.ToValidUTF8(typed, "\uFFFD"), "\r\n", "\n")
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		switch {
		case r == '\r':
			return '\n'
		case r == '\n':
			return r
		case r == '\t':
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Bidi_Control, r), r == '\u2028', r == '\u2029', r == '\uFEFF':
			return -1
		}
		return r
	}, typed))
}
