package register

import (
	"crypto/rand"
	"fmt"
	"strings"
	"time"

	"gridatlas/geo"
	"gridatlas/geo/snapshot"
)

// Decision says why there are more booths than the cap: who decided what, and when,
// and which booths came with it.
type Decision struct {
	At     time.Time `json:"at"`
	By     string    `json:"by"`
	Text   string    `json:"text"`   // the reference: a minute, a notice, a number
	Booths []int64   `json:"booths"` // ids of those that the change brought
	InUse  int       `json:"in_use"` // how many there were after it
	Cap    int       `json:"cap"`
}

// MaxDecision bounds the text of a decision, in bytes.
const MaxDecision = 2000

// CapRule is the rule that changes break which pass the cap without a decision.
const CapRule = "cap"

// Decisions are kept by the time at which they were made.
var Decisions = geo.RecordTable[Decision]{Kind: "booth_decision"}

// Growth is what changes do to the number of booths in use.
type Growth struct {
	Before, After int
	First         int           // the place of the first change that brings one
	came          []geo.Feature // that count after the changes, and did not before
}

// GrowthOf counts what changes do to the booths of a map at an instant. Booths that
// the store has yet to number take part.
func GrowthOf(s *snapshot.Snapshot, changes []geo.Change, at geo.Instant) Growth {
	var g Growth
	touched := false
	for _, change := range changes {
		touched = touched || change.Key.Layer == geo.Booths
	}
	if !touched { // most changes
		return g
	}
	for booth := range snapshot.All[*geo.Booth](s) {
		g.Before += one(counts(booth, at))
	}
	g.After = g.Before
	for i, change := range changes {
		if change.Key.Layer != geo.Booths {
			continue
		}
		before, _ := s.Get(change.Key)
		did, does := counts(before, at), counts(change.After, at)
		g.After += one(does) - one(did)
		if does && !did {
			if g.came == nil {
				g.First = i
			}
			g.came = append(g.came, change.After)
		}
	}
	return g
}

// Exceeds reports whether changes need a decision under a cap; 0: there is none.
func (g *Growth) Exceeds(most int) bool { return most > 0 && g.After > most && g.After > g.Before }

// Grows reports whether there are more booths afterwards.
func (g *Growth) Grows() bool { return g.After > g.Before }

// Fault says that changes pass a cap without a decision.
func (g *Growth) Fault(most int) geo.Violation {
	return geo.Violation{Rule: CapRule, Layer: geo.Booths, Detail: fmt.Sprintf(
		"there would be %d booths in use, and the city allows itself %d; more need a decision, which is to be named with the change set", g.After, most)}
}

// Decided is the decision by which changes pass a cap, to be kept with them: asked for
// when the store has numbered the booths.
func (g *Growth) Decided(by, text string, most int, at time.Time) (geo.RecordChange, error) {
	ids := make([]int64, len(g.came))
	for i, f := range g.came {
		ids[i] = f.Common().ID
	}
	d := Decision{At: at.UTC().Truncate(time.Second), By: by, Text: text, Booths: ids, InUse: g.After, Cap: most}
	return Decisions.Put(d.At.Format("20060102-150405-")+strings.ToLower(rand.Text()[:6]), 0, d)
}

// Reliance is what a count was made on: two writers who add a booth each at the same
// time do not pass the cap together.
func (g *Growth) Reliance() geo.Reliance {
	return geo.Reliance{Layer: geo.Booths, Box: geo.World}
}

// counts reports whether a feature is a booth that counts against the cap.
func counts(f geo.Feature, at geo.Instant) bool {
	booth, is := f.(*geo.Booth)
	return is && booth != nil && booth.InUse() && !ended(booth, at)
}

func ended(booth *geo.Booth, at geo.Instant) bool { return booth.Until != 0 && booth.Until <= at }
