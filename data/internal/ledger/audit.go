package ledger

import (
	"cmp"
	"fmt"
	"slices"

	"gridatlas/data"
	"gridatlas/geo"
)

// Audit gathers every state that a store holds and compares it with the chain.
type Audit struct {
	byRevision map[int64][]digest
	last       map[geo.Layer]int64 // highest id of each layer
	joints     map[joint]bool      // ends and beginnings of states that wait for their other half
}

// joint is where one state of a feature follows another: version ended at the
// revision that wrote the next one. The chain holds when each state began; that
// it ended then, and not sooner or later, is held here.
type joint struct {
	layer             int
	id, next, written int64
}

// NewAudit returns an audit that has seen nothing yet.
func NewAudit() *Audit {
	return &Audit{byRevision: map[int64][]digest{}, last: map[geo.Layer]int64{}, joints: map[joint]bool{}}
}

// Live adds a live feature.
func (a *Audit) Live(f geo.Feature) {
	d, base := state(f), f.Common()
	a.byRevision[base.Revision] = append(a.byRevision[base.Revision], d)
	a.last[f.Layer()] = max(a.last[f.Layer()], base.ID)
	if base.Version > 1 {
		a.meet(joint{d.layer, base.ID, base.Version, base.Revision})
	}
}

// Past adds a superseded feature; its own Revision must be set.
func (a *Audit) Past(p geo.Past) {
	a.Live(p.Feature)
	key := geo.KeyOf(p.Feature)
	if p.Deleted {
		a.byRevision[p.Ended] = append(a.byRevision[p.Ended], deletion(key))
		return
	}
	a.meet(joint{layerIndex(key.Layer), key.ID, p.Feature.Common().Version + 1, p.Ended})
}

// meet notes one half of a joint, or forgets the joint when that is its second.
func (a *Audit) meet(j joint) {
	if a.joints[j] {
		delete(a.joints, j)
	} else {
		a.joints[j] = true
	}
}

// Faults compares what was added with the log, oldest entry first, the head and
// the last ids given.
func (a *Audit) Faults(log []geo.Header, head geo.Head, counters map[geo.Layer]int64) []data.Fault {
	faults := a.chainFaults(log, head)
	if len(faults) == 0 { // else what does not join is told already
		for j := range a.joints {
			faults = append(faults, data.Fault{Revision: j.written, Detail: fmt.Sprintf(
				"%s/%d: the state before version %d does not end where that begins", geo.Catalog()[j.layer].Layer, j.id, j.next)})
		}
		// Every id ever given belongs to a live feature or to a superseded one.
		for _, schema := range geo.Catalog() {
			if given, highest := counters[schema.Layer], a.last[schema.Layer]; given != highest {
				faults = append(faults, data.Fault{Detail: fmt.Sprintf("%s: the last id given is said to be %d, it is %d", schema.Layer, given, highest)})
			}
		}
	}
	slices.SortStableFunc(faults, func(x, y data.Fault) int { return cmp.Compare(x.Revision, y.Revision) })
	return faults
}

func (a *Audit) chainFaults(log []geo.Header, head geo.Head) []data.Fault {
	var faults []data.Fault
	var previous geo.Hash
	next := int64(1)
	for _, header := range log {
		for ; next < header.Revision; next++ {
			faults = append(faults, data.Fault{Revision: next, Detail: "the log entry is missing"})
		}
		digests := a.byRevision[header.Revision]
		delete(a.byRevision, header.Revision)
		if len(digests) != header.Changed {
			faults = append(faults, data.Fault{
				Revision: header.Revision,
				Detail:   fmt.Sprintf("%d features are stored, the log says %d", len(digests), header.Changed),
			})
		} else if link(previous, header, digests) != header.Hash {
			faults = append(faults, data.Fault{Revision: header.Revision, Detail: "content and hash differ: a row or the log entry was changed outside gridatlas"})
		}
		previous = header.Hash // go on from what is written, so that one fault is named once
		next = header.Revision + 1
	}
	if head.Revision != next-1 || head.Hash != previous {
		faults = append(faults, data.Fault{Detail: fmt.Sprintf("the head says revision %d, the log ends at %d or with another hash", head.Revision, next-1)})
	}
	for revision, digests := range a.byRevision {
		faults = append(faults, data.Fault{Revision: revision, Detail: fmt.Sprintf("%d rows belong to a revision that the log does not have", len(digests))})
	}
	return faults
}
