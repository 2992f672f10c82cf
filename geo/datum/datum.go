package datum

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"sync"

	"github.com/paulmach/orb"

	"gridatlas/geo"
	"gridatlas/geo/crs"
	"gridatlas/geo/snapshot"
)

// Claim is one thing of a sample: what it says it is, and numbers for where.
type Claim struct {
	Layer geo.Layer    // empty: unknown
	Shape orb.Geometry // in the numbers of its file; nil is passed over
	Name  string       // name, code or number by which the map may know it; empty: none
	Place string       // name or code of the place it says it is in; empty: none
}

// Candidate is one reading of the sample.
type Candidate struct {
	System  crs.System
	Swapped bool // x and y are in the other order in the sample
	// Inside is the share of the sample that comes to lie in the box of the map;
	// of an empty map, in China.
	Inside float64
	// Fits is the share that fits what is known there, 0 to 1: a thing that fits
	// the map counts 1, one that contradicts it 0, one that may be so a half.
	Fits float64
	// Chance is what the same sample fits by chance, near by.
	Chance float64
	// Margin is by how many standard deviations of chance Fits is above it.
	Margin float64
}

// String names the reading: the text that crs.ParseSystem reads, and whether x and
// y are swapped.
func (c Candidate) String() string {
	if c.Swapped {
		return c.System.String() + ", x and y swapped"
	}
	return c.System.String()
}

// Finding is what an examination found.
type Finding struct {
	Claims     int         // things of the sample that were looked at
	Judged     int         // of those, for how many the map holds something to compare with
	Candidates []Candidate // the best first; only those that put a part of the sample on the map
	Clear      bool        // the first one is far ahead of chance and of the others
	Why        string      // one sentence
	// East and North say how far the sample must be pushed from where the first
	// candidate puts it to fit much better: the sign of another datum. Zero: there
	// is no such push within 160 m.
	East, North geo.Metres
}

const (
	// mostClaims are looked at; of a larger sample every so many.
	mostClaims = 600
	// clearMargin is how far above chance a clear answer is. Wrong systems are
	// pushes like those that chance is measured with: of 30 pushes one in thousands
	// is 4 deviations away.
	clearMargin = 4.0
	// clearLead is how many deviations a clear answer is before the next.
	clearLead = 3.0
	// clearShare is the least difference in shares, so that a large sample does not
	// make much of little.
	clearShare = 0.05
)

// Examine reads the sample under each system that comes into question. Of an empty
// map, or where the sample touches nothing known, it only says what the numbers
// look like. It takes well under a second for a city and may be called from any
// number of goroutines.
func Examine(s *snapshot.Snapshot, sample []Claim) Finding {
	claims := prepare(sample)
	f := Finding{Claims: len(claims)}
	if len(claims) == 0 {
		f.Why = "the sample holds no positions"
		return f
	}
	box := s.Box()
	empty := box.Empty()
	if empty {
		box = china
	}
	readings := readingsOf(claims, box, empty)
	if empty || len(readings) == 0 {
		for _, r := range readings {
			f.Candidates = append(f.Candidates, r.Candidate)
		}
		f.Why = withoutMap(f.Candidates, empty)
		return f
	}
	ground := newGround(s, claims)
	var judging sync.WaitGroup
	for _, r := range readings {
		judging.Go(func() { r.judge(ground, claims) })
	}
	judging.Wait()
	onMap := func(r *reading) int { // 1 when most of the sample is
		return int(math.Round(r.Inside))
	}
	slices.SortStableFunc(readings, func(a, b *reading) int {
		return cmp.Or(cmp.Compare(onMap(b), onMap(a)), cmp.Compare(b.Margin, a.Margin), cmp.Compare(b.Inside, a.Inside))
	})
	for _, r := range readings {
		f.Candidates = append(f.Candidates, r.Candidate)
		f.Judged = max(f.Judged, r.judged)
	}
	f.Clear, f.Why = verdict(readings)
	if best := readings[0]; best.judged > 0 {
		if top := best.peak(ground, claims); top.beats(best) {
			f.East, f.North = top.push()
			f.Clear = false
			f.Why = fmt.Sprintf("as %v the sample fits better when pushed %.0f m east and %.0f m north (%.0f %% in place of %.0f %%): another datum (an old survey, a city's own system), for which control points are needed",
				best, f.East, f.North, top.fits*100, best.Fits*100)
		}
	}
	return f
}

// verdict decides on sorted readings.
func verdict(readings []*reading) (isClear bool, why string) {
	best := readings[0]
	switch {
	case best.judged == 0:
		return false, "the map knows nothing near the sample to compare it with"
	case best.Inside < 0.5:
		return false, fmt.Sprintf("under %v, the best, only %.0f %% of the sample lies on the map", best, best.Inside*100)
	case best.Margin < clearMargin || best.Fits < best.Chance+clearShare:
		return false, fmt.Sprintf("%v fits best, but hardly better than chance: too few things to compare, or another datum (an old survey, a city's own system)", best)
	case len(readings) > 1 && (best.Margin < readings[1].Margin+clearLead || best.Fits < readings[1].Fits+clearShare):
		return false, fmt.Sprintf("%v fits best, but %v fits nearly as well", best, readings[1])
	}
	return true, fmt.Sprintf("%v fits, %.0f deviations above chance", best, best.Margin)
}

// withoutMap says what the numbers alone tell.
func withoutMap(candidates []Candidate, empty bool) string {
	reason := "the map is empty"
	if !empty {
		reason = "under no known system does the sample lie on the map"
	}
	switch {
	case len(candidates) == 0 && empty:
		return reason + ", and under no known system does the sample lie in China"
	case len(candidates) == 0:
		return reason
	case candidates[0].System.Geographic():
		return reason + ": the numbers are degrees, and nothing tells WGS84, GCJ-02 and BD-09 apart"
	case len(candidates) == 1:
		return fmt.Sprintf("%s: by its numbers the sample can only be %v", reason, candidates[0])
	}
	return reason + ": the numbers are metres, and nothing tells the central meridian"
}

// reading is a candidate with the sample on its ground.
type reading struct {
	Candidate
	at        [][]geo.Point // of each claim; nil where it is no place in the system
	judged    int
	deviation float64 // of chance
}

// judge measures how well the sample fits where it lies and around it.
func (r *reading) judge(g *ground, claims []claim) {
	r.Fits, r.judged = r.fits(g, claims, 0, 0, 1)
	if r.judged == 0 {
		return
	}
	var sum, square float64
	const pushes = 30
	local := crs.NewLocal(r.middle())
	for i := range pushes {
		// Directions by the golden angle, 350 to 900 m: as far as the systems are apart,
		// and in the same kind of town.
		angle, metres := float64(i)*2.399963, 350+550*math.Mod(float64(i)*0.618034, 1)
		sin, cos := math.Sincos(angle)
		to := local.Point(metres*cos, metres*sin)
		middle := local.Point(0, 0)
		share, _ := r.fits(g, claims, to.X-middle.X, to.Y-middle.Y, 1)
		sum, square = sum+share, square+share*share
	}
	r.Chance = sum / pushes
	// Few claims agree by chance more often than 30 pushes can show.
	r.deviation = max(math.Sqrt(max(0, square/pushes-r.Chance*r.Chance)), 0.5/float64(r.judged), 0.005)
	r.Margin = (r.Fits - r.Chance) / r.deviation
}

// middle is a point amid the sample.
func (r *reading) middle() geo.Point {
	box := geo.NoBox
	for _, points := range r.at {
		if len(points) > 0 {
			box = box.With(points[0])
		}
	}
	return box.Centre()
}

// fits returns the mean of what the claims, or every so many of them, score when
// all are pushed by so many lattice steps, and how many could be judged.
func (r *reading) fits(g *ground, claims []claim, dx, dy int32, every int) (share float64, judged int) {
	var pushed []geo.Point
	total := 0.0
	for i := 0; i < len(claims); i += every {
		if len(r.at[i]) == 0 {
			continue
		}
		pushed = pushed[:0]
		for _, p := range r.at[i] {
			pushed = append(pushed, geo.Point{X: p.X + dx, Y: p.Y + dy})
		}
		if score, ok := g.score(&claims[i], pushed); ok {
			total += score
			judged++
		}
	}
	if judged == 0 {
		return 0, 0
	}
	return total / float64(judged), judged
}
