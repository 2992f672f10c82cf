package api

import (
	"fmt"
	"net/http"
	"strings"

	"gridatlas/api/problem"
	"gridatlas/geo"
	"gridatlas/geo/entry"
	"gridatlas/geo/register"
	"gridatlas/geo/snapshot"
)

// underCap holds changes to the number of booths that the city allows itself (总量控制).
// Changes that pass it are kept with the decision that their change set names, by
// a record more; without one that is a fault. What is judged here holds as long as
// nobody else changes a booth.
func (s *server) underCap(snap *snapshot.Snapshot, work *writing, changes []geo.Change) (relies []geo.Reliance, decided func() (geo.RecordChange, error), faults []entry.Fault) {
	if s.BoothCap == 0 {
		return nil, nil, nil
	}
	growth := register.GrowthOf(snap, changes, geo.InstantOf(s.Clock()))
	if growth.Grows() {
		relies = []geo.Reliance{growth.Reliance()}
	}
	switch {
	case !growth.Exceeds(s.BoothCap):
	case work.decision == "":
		faults = []entry.Fault{{Change: growth.First, Violation: growth.Fault(s.BoothCap)}}
	default:
		decided = func() (geo.RecordChange, error) {
			return growth.Decided(work.who.Name, work.decision, s.BoothCap, s.Clock())
		}
	}
	return relies, decided, faults
}

// readDecision reads what a change set says of a decision.
func readDecision(text string) (string, error) {
	text = strings.TrimSpace(text)
	if len(text) > register.MaxDecision {
		return "", &problem.Problem{
			Name: "bad-body", Status: http.StatusBadRequest, Title: "The body cannot be read",
			Detail: fmt.Sprintf("decision has %d bytes, at most %d are kept", len(text), register.MaxDecision),
		}
	}
	return text, nil
}
