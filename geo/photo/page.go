package photo

import "gridatlas/geo"

// Page is the page on which staff set the photo of a place, as it is to be shown.
type Page struct {
	Feature geo.Feature // its mark is that of the photo that is shown now
	Once    string      // makes one change of what is sent twice
	Done    *Done       // what was just done; nil: nothing was
	Faults  []Fault     // why nothing was
}

// Done is what a change set did with the photo.
type Done struct {
	Revision int64
	Was, Is  string // marks
	// Undo: who looks may take it back, for nothing has changed since.
	Undo bool
}

// Fault is why a photo is not kept.
type Fault string

// The faults of a photo.
const (
	FaultMissing Fault = "missing"   // none was chosen
	FaultKind    Fault = "not_photo" // neither JPEG nor PNG
	FaultLarge   Fault = "large"
	FaultBroken  Fault = "broken"
	FaultBusy    Fault = "busy"    // too many are being made small
	FaultAway    Fault = "away"    // the store takes nothing now
	FaultChanged Fault = "changed" // the place was changed meanwhile
)
