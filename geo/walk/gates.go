package walk

import (
	"time"

	"gridatlas/geo"
	"gridatlas/geo/hours"
	"gridatlas/geo/street"
)

// isShut reports whether a gate lets nobody through at a moment.
func isShut(gate *street.Gate, when time.Time, cal *hours.Calendar) bool {
	if !gate.Feature.InEffect(geo.InstantOf(when)) {
		return false
	}
	if gate.Shut {
		return true
	}
	state := gate.Schedule.At(when, cal)
	return state.Known && !state.Open
}

// turns returns the first moment after when at which a gate may begin to let people
// through or cease to; the zero time when none is in sight.
func turns(gate *street.Gate, when time.Time, cal *hours.Calendar) time.Time {
	next := geo.InstantOf(when).FirstAfter(gate.Feature.From, gate.Feature.Until).Time()
	if !gate.Shut {
		next = sooner(next, gate.Schedule.At(when, cal).Until)
	}
	return next
}

// sooner returns the earlier of two moments; the zero time is none.
func sooner(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

// gating says how the gates stand from a moment on.
type gating struct {
	// shut are the nodes that let nobody through at the moment, always those that do
	// not for a whole walk of MaxMinutes. Opens has the others of shut, with the
	// milliseconds after which they may let people through.
	shut, always map[int32]bool
	opens        map[int32]uint32
	turns        time.Time // the first gate; the zero time: none in sight
}

const longestWalk = MaxMinutes * time.Minute

func (m *Map) gatesAt(now *situation, at time.Time) *gating {
	g := &gating{shut: map[int32]bool{}, always: map[int32]bool{}, opens: map[int32]uint32{}}
	for _, node := range m.net.GateNodes() {
		shut, stays, opens := false, false, uint32(0)
		for _, gate := range m.net.Gates(node) {
			if now.closed.Opens(gate.Feature) {
				continue
			}
			next := turns(gate, at, m.calendar)
			g.turns = sooner(g.turns, next)
			if isShut(gate, at, m.calendar) {
				shut = true
				if next.IsZero() || next.After(at.Add(longestWalk)) {
					stays = true
				} else {
					opens = max(opens, uint32(next.Sub(at).Milliseconds()))
				}
			}
		}
		if shut {
			g.shut[node] = true
		}
		if stays {
			g.always[node] = true
		} else if shut {
			g.opens[node] = opens
		}
	}
	return g
}

// still reports whether no gate turns within a walk of MaxMinutes.
func (g *gating) still(at time.Time) bool {
	return g.turns.IsZero() || g.turns.After(at.Add(longestWalk))
}
