package upkeep

import (
	"context"
	"runtime"
	"slices"
	"sync"
	"time"

	"gridatlas/geo"
	"gridatlas/geo/belong"
	"gridatlas/geo/snapshot"
)

// Kind says what is to be done about a feature.
type Kind uint8

// The kinds of findings.
const (
	Overdue     Kind = iota // look at it again
	Unchecked               // look at it for the first time
	NoHours                 // ask for its hours
	Outside                 // its place, or what it names, is wrong
	AreaDiffers             // its area, or its outline, is wrong
)

// Kinds lists the kinds.
var Kinds = []Kind{Overdue, Unchecked, NoHours, Outside, AreaDiffers}

var kindWords = [...]string{"overdue", "unchecked", "no_hours", "outside", "area"}

// String is the word of a kind in queries and answers.
func (k Kind) String() string { return kindWords[k] }

// ParseKind reads a kind by its word.
func ParseKind(word string) (Kind, bool) {
	i := slices.Index(kindWords[:], word)
	return Kind(max(i, 0)), i >= 0
}

// Layers lists the layers that are looked after: those with a rhythm of checks,
// with hours, or with a reference to what lies around them.
var Layers = func() (list []geo.Layer) {
	for _, schema := range geo.Catalog() {
		if !schema.Allows(geo.NoShape) && (schema.CheckDays > 0 || len(referencesOf(schema)) > 0) {
			list = append(list, schema.Layer)
		}
	}
	return list
}()

// Finding is one thing that has to be looked after. A feature has one of each kind
// at most.
type Finding struct {
	Kind      Kind
	Feature   geo.Feature
	Community *geo.Place // that it belongs to; nil: to none
	Grid      *geo.Grid  // that its place lies in; nil: none
	Steward   *Steward   // whose work it is; nil: nobody's

	// Due is when an overdue check was, and Checked the last one, zero: none known.
	Due, Checked geo.Date
	// Parent is what the feature lies outside of, and Metres how far.
	Parent geo.Feature
	Metres float64
	// Field is the area that is not the drawn one, both in m2.
	Field         *geo.Field
	Stated, Drawn float64
}

// Count is how many features there are and how many findings of each kind.
type Count struct {
	Features int
	Found    [len(kindWords)]int
}

func (c *Count) add(other *Count) {
	c.Features += other.Features
	for kind, n := range other.Found {
		c.Found[kind] += n
	}
}

// Row counts by layers, in the order of Layers, what belongs to a community; nil:
// what belongs to none.
type Row struct {
	Community *geo.Place
	Layers    []Count
}

// Report is what has to be looked after on one map on one day. It does not change.
type Report struct {
	Revision int64
	On       geo.Date
	// Rows has every community in effect, by code, and in the end, where there is
	// something, what belongs to none.
	Rows []Row
	// Total counts by layers all that the rows hold.
	Total []Count
	// Findings come in the order of the catalog, then of id, then of kind.
	Findings []Finding
	// Stewards are those with something to do, by name.
	Stewards []*Steward
	// Nobody counts by kind what nobody is in charge of.
	Nobody [len(kindWords)]int
}

// Survey looks through a map. Now is the instant for what is in effect, and its
// day, in its own location, is today. It ends early with ctx's error. It uses all
// processors and may be called by several goroutines.
func Survey(ctx context.Context, s *snapshot.Snapshot, now time.Time) (*Report, error) {
	v := newSurvey(s, now)
	r := &Report{Revision: s.Head().Revision, On: geo.DateOf(now), Total: make([]Count, len(Layers))}
	for _, community := range v.Communities() {
		r.Rows = append(r.Rows, Row{community, make([]Count, len(Layers))})
	}
	none := Row{nil, make([]Count, len(Layers))}
	for i, layer := range Layers {
		found, counts, err := v.layer(ctx, s.Layer(layer))
		if err != nil {
			return nil, err
		}
		r.Findings = append(r.Findings, found...)
		for row, count := range counts {
			r.Total[i].add(&count)
			if row == len(r.Rows) {
				none.Layers[i] = count
			} else {
				r.Rows[row].Layers[i] = count
			}
		}
	}
	if slices.ContainsFunc(none.Layers, func(c Count) bool { return c.Features > 0 }) {
		r.Rows = append(r.Rows, none)
	}
	r.Stewards, r.Nobody = v.stewards.busy(r.Findings)
	return r, nil
}

// chunk is how many features are looked through at a time.
const chunk = 2048

// layer looks through one layer. Counts are by index of the community, the last for
// what belongs to none.
func (v *survey) layer(ctx context.Context, layer *snapshot.Layer) ([]Finding, []Count, error) {
	features := slices.Collect(layer.After(0))
	chunks := slices.Collect(slices.Chunk(features, chunk))
	found := make([][]Finding, len(chunks))
	counts := make([]Count, len(v.Communities())+1)
	var mu sync.Mutex // of counts
	var workers sync.WaitGroup
	next := make(chan int)
	judge := newJudge(v, layer.Schema())
	for range min(runtime.GOMAXPROCS(0), len(chunks)) {
		workers.Go(func() {
			own := make([]Count, len(counts))
			for i := range next {
				if ctx.Err() == nil {
					found[i] = judge.features(chunks[i], own)
				}
			}
			mu.Lock()
			defer mu.Unlock()
			for i := range own {
				counts[i].add(&own[i])
			}
		})
	}
	for i := range chunks {
		next <- i
	}
	close(next)
	workers.Wait()
	return slices.Concat(found...), counts, ctx.Err()
}

// survey is what all layers are judged by.
type survey struct {
	*belong.Map
	on       geo.Instant
	today    geo.Date
	standing *snapshot.Snapshot
	floors   map[string]floor // by code of the compound
	stewards *stewards
}

func newSurvey(s *snapshot.Snapshot, now time.Time) *survey {
	on := geo.InstantOf(now)
	return &survey{
		Map: belong.New(s, on), on: on, today: geo.DateOf(now), standing: s,
		floors: floorsOf(s, on), stewards: newStewards(s, on),
	}
}
