package label

import "time"

// Sheets is what is printed: labels, and what stands on each of them or on each sheet.
type Sheets struct {
	Size     Size
	Labels   []Label
	Masters  bool   // they are cards of masters, which say what they are for
	Service  string // the number of the service line; empty: none
	Demo     bool   // the ground is made up, and each label and sheet says so
	DataTime time.Time
	Printed  time.Time
}

// Page is what the page of labels shows: what can be chosen, what was, and the sheets.
type Page struct {
	Of, Community, Size string   // as chosen
	Numbers             []string // as typed
	Communities         []Community
	Set                 *Set // nil: nothing was chosen yet, or it cannot be printed
	Sheets              Sheets
	Fault               Fault
	Most                int // labels at a time
}

// Community is one that places may lie in.
type Community struct{ Code, Name string }

// Fault is why nothing is printed.
type Fault string

// The faults of a choice.
const (
	FaultNoAddress Fault = "no_address" // nobody said under which address the server is reached
	FaultTooMany   Fault = "too_many"   // more than the page shows at a time
	FaultUnknown   Fault = "unknown"    // there is no such kind, size or community
)
