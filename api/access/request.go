package access

import (
	"context"

	"gridatlas/geo"
)

type whoKey struct{}

// With returns a context that says who asks.
func With(ctx context.Context, who Who) context.Context { return context.WithValue(ctx, whoKey{}, who) }

// From says who asks; a resident when nobody said.
func From(ctx context.Context) Who {
	who, _ := ctx.Value(whoKey{}).(Who)
	return who
}

// Writing returns what somebody must have leave for who writes a feature of a layer.
func Writing(layer geo.Layer) Action {
	switch layer {
	case geo.Places, geo.Grids, geo.Blocks, geo.Assignments:
		return Draw
	case geo.Shelters, geo.Incidents, geo.Closures:
		return Alert
	}
	return Record
}

// Form is the sign-in page as it is to be shown.
type Form struct {
	Who   Who    // who is signed in already
	Name  string // as it was typed
	To    string // the word for where to go afterwards
	Code  bool   // ask for the code of the second factor, too
	Fault Fault  // why nobody was let in; empty: not tried yet
	Wait  int    // seconds until the next try, of FaultTooSoon
	Plain bool   // the connection is not secure: no browser would keep the session
}

// Fault is why nobody was let in, as the page says it.
type Fault string

// The faults of a sign-in.
const (
	FaultWrong   Fault = "wrong"
	FaultCode    Fault = "code_needed"
	FaultTooSoon Fault = "too_soon"
	FaultBusy    Fault = "busy"
	FaultAway    Fault = "away" // the store does not answer
	FaultOrigin  Fault = "origin"
)
