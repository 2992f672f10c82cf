package report

import (
	"gridatlas/geo"
	"gridatlas/geo/photo"
)

// Form is the form of a report as it is to be shown.
type Form struct {
	// Of is the place: its name, and where it is in words, so far as it is known. No
	// layer: it is about the point At.
	Layer       geo.Layer
	ID          int64
	Name, Where string
	At          [2]float64 // longitude and latitude
	Kinds       []Kind     // to choose from; none: there is no such place
	Once        string     // makes one report of what is sent twice
	Days        int        // working days within which an answer is promised; 0: none is

	Kind  Kind   // as it was chosen
	Note  string // as it was typed
	Photo bool   // one was chosen, and is to be chosen again: no page can keep it

	Faults []Fault
}

// Fault is why nothing was accepted, as the page says it.
type Fault string

// The faults of a form.
const (
	FaultKind     Fault = "kind" // none was chosen
	FaultNote     Fault = "note" // which Other needs
	FaultLong     Fault = "long"
	FaultPersonal Fault = "personal" // it holds the number of a phone or of an identity card
	FaultNotPhoto       = Fault(photo.FaultKind)
	FaultLarge          = Fault(photo.FaultLarge)
	FaultBroken         = Fault(photo.FaultBroken)
	FaultPhotos   Fault = "photos" // no more are kept now, but reports without one are
	FaultFull     Fault = "full"   // no more reports are accepted now
	FaultTooSoon  Fault = "too_soon"
	FaultBusy           = Fault(photo.FaultBusy)
	FaultAway           = Fault(photo.FaultAway) // the store takes nothing now
	FaultOrigin   Fault = "origin"
	FaultPlace    Fault = "place" // there is no such place
)

// Has reports whether the form has a fault.
func (f *Form) Has(fault Fault) bool {
	for _, one := range f.Faults {
		if one == fault {
			return true
		}
	}
	return false
}

// Answer is the page of a receipt number as it is to be shown.
type Answer struct {
	Receipt Receipt // empty: none was asked for, or there is none of this number
	Report  Report  // what is public of it
	// Late: the promised day is past, and there is no answer yet. Then Community is where
	// it is, and Contact whom one may call there, so far as they are known.
	Late      bool
	Community *geo.Place
	Contact   *geo.Facility
	Typed     string // the number that was asked for, where there is none
	Wrong     bool   // a digit of Typed is wrong or missing
	Unknown   bool   // there is no report of this number
}
