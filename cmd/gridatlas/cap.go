package main

import (
	"strings"
	"time"

	"gridatlas/geo"
	"gridatlas/geo/register"
	"gridatlas/geo/snapshot"
)

// checkCap checks what the flags say of a cap.
func (c *importCommand) checkCap() error {
	if c.BoothCap < 0 {
		return usagef("--booth-cap is 0, for any number, or more")
	}
	if c.Decision = strings.TrimSpace(c.Decision); len(c.Decision) > register.MaxDecision {
		return usagef("--decision has %d bytes, at most %d are kept", len(c.Decision), register.MaxDecision)
	}
	return nil
}

// underCap holds an intake to the number of booths that the city allows itself. It
// returns why it may not be, or adds to the change set the decision by which it may.
func (c *importCommand) underCap(standing *snapshot.Snapshot, set *geo.ChangeSet, now time.Time) (beyond string, err error) {
	if c.BoothCap == 0 {
		return "", nil
	}
	var changes []geo.Change
	for change, err := range set.Changes {
		if err != nil {
			return "", err
		}
		changes = append(changes, change)
	}
	set.Changes = geo.Changes(changes...)
	growth := register.GrowthOf(standing, changes, geo.InstantOf(now))
	if growth.Grows() {
		set.Relies = append(set.Relies, growth.Reliance())
	}
	switch {
	case !growth.Exceeds(c.BoothCap):
	case c.Decision == "":
		fault := growth.Fault(c.BoothCap)
		return fault.Error() + ": --decision names it", nil
	default:
		records, by := set.Records, set.Author
		set.Records = func(yield func(geo.RecordChange, error) bool) {
			for change, err := range records {
				if !yield(change, err) {
					return
				}
			}
			yield(growth.Decided(by, c.Decision, c.BoothCap, now))
		}
	}
	return "", nil
}
