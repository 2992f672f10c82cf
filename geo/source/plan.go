package source

import (
	"encoding/json"
	"fmt"
	"iter"
	"maps"

	"gridatlas/geo"
	"gridatlas/geo/estimate"
)

// Plan is what a delivery changes, before anything is written.
type Plan struct {
	Steps     []Step
	Unchanged int // rows that change nothing

	// Kept lists the fields that the source changed and somebody had edited since:
	// the edit stands. Overwritten lists them where the caller asked to take the
	// source's word. Standing counts edits that the source says nothing new of.
	Kept, Overwritten []Edit
	Standing          int
	Left              []Left     // rows whose features were deleted or retired by hand
	Unplaced          []Delivery // new rows without geometry in a layer that needs some
	Refused           []string   // rows that mean the feature of another row, and why
	Live              int        // rows of the last delivery

	known map[string]Known
	byID  map[int64]int // steps by the feature they are about
}

// Kind says what a step does.
type Kind string

// The kinds of steps.
const (
	Insert Kind = "insert" // a new row
	Adopt  Kind = "adopt"  // a new row for a feature that stands already, by its code
	Change Kind = "change" // a row that was there
	Retire Kind = "retire" // a row that is gone: its feature goes out of effect
	Return Kind = "return" // a row that was gone and is back
)

// Step is what happens to one row.
type Step struct {
	Kind   Kind
	Key    string
	Where  string      // in the file; empty for rows that are gone
	Before geo.Feature // nil: there is none
	After  geo.Feature // nil: the feature stays as it is
	Fields []Difference

	row      Row
	version  int64 // of the row's record
	reshaped bool  // somebody edited the geometry by hand
}

// Difference is one field that a step changes; values are JSON.
type Difference struct {
	Field   string
	Was, Is json.RawMessage
}

// Edit is a field that was edited by hand and that the source changed too.
type Edit struct {
	Key, Where     string
	Feature        geo.Feature
	Field          string
	Stands, Source json.RawMessage
}

// Left is a row whose feature somebody deleted, or else retired: it stays so.
type Left struct {
	Key, Where string
	Feature    geo.Feature
	Deleted    bool
}

func (p *Plan) add(step Step) {
	if step.row.ID != 0 {
		p.byID[step.row.ID] = len(p.Steps)
	}
	p.Steps = append(p.Steps, step)
}

// Changed is how many features the plan inserts or changes.
func (p *Plan) Changed() int {
	n := 0
	for i := range p.Steps {
		if p.Steps[i].After != nil {
			n++
		}
	}
	return n
}

// Count tells how many features a kind of step inserts or changes. Rows that
// change nothing are not counted.
func (p *Plan) Count(kind Kind) int {
	n := 0
	for i := range p.Steps {
		if p.Steps[i].Kind == kind && (p.Steps[i].After != nil || kind == Adopt) {
			n++
		}
	}
	return n
}

// Loss is the share of the rows of the last delivery that this one retires.
func (p *Plan) Loss() float64 {
	if p.Live == 0 {
		return 0
	}
	return float64(p.Count(Retire)) / float64(p.Live)
}

// Reshape gives a feature that stands another geometry, as mending a coverage
// does; it reports whether the feature belongs to this source.
func (p *Plan) Reshape(id int64, shape geo.Shape) bool {
	i, ok := p.byID[id]
	if !ok || p.Steps[i].Before == nil {
		return false
	}
	step := &p.Steps[i]
	if step.After == nil {
		step.After = geo.Clone(step.Before)
	}
	step.After.Common().Shape = shape
	if !step.reshaped {
		delete(step.row.Held, shapeField) // written anew with what is stored now
	}
	return true
}

// Changes streams what the plan does to features.
func (p *Plan) Changes() iter.Seq2[geo.Change, error] {
	return func(yield func(geo.Change, error) bool) {
		for i := range p.Steps {
			step := &p.Steps[i]
			if step.After == nil {
				continue
			}
			change := geo.Replace(step.After)
			if step.Before == nil {
				change = geo.Insert(step.After)
			}
			if !yield(change, nil) {
				return
			}
		}
	}
}

// Records streams what is remembered of the rows of a source. It must be read
// after the store gave new features their ids.
func (p *Plan) Records(name string) iter.Seq2[geo.RecordChange, error] {
	return func(yield func(geo.RecordChange, error) bool) {
		rows := Rows(name)
		for i := range p.Steps {
			step := &p.Steps[i]
			row := step.remembered()
			if before, ok := p.known[step.Key]; ok && same(before.Row, row) {
				continue
			}
			if !yield(rows.Put(step.Key, step.version, row)) {
				return
			}
		}
	}
}

// remembered is the row as it is kept once the step is carried out.
func (step *Step) remembered() Row {
	row := step.row
	if step.After != nil {
		row.ID = step.After.Common().ID
	}
	if step.Kind == Retire {
		return row
	}
	held := map[string]json.RawMessage{}
	for field, said := range row.Given {
		stored, kept := row.Held[field]
		if !kept && step.After != nil {
			stored, kept = valueOf(estimate.Without(step.After), field), true
		}
		if kept && !equal(stored, said) {
			held[field] = stored
		}
	}
	row.Held = nil
	if len(held) > 0 {
		row.Held = held
	}
	return row
}

func same(a, b Row) bool {
	return a.ID == b.ID && a.Gone == b.Gone && maps.EqualFunc(a.Given, b.Given, equal) && maps.EqualFunc(a.Held, b.Held, equal)
}

// Lines returns the plan for people to read: what is inserted, changed and
// retired, then the edits that stand against the source, some of each unless all
// are asked for.
func (p *Plan) Lines(all bool) []string {
	most := 10
	if all {
		most = len(p.Steps) + len(p.Kept) + len(p.Overwritten) + len(p.Left)
	}
	lines := []string{fmt.Sprintf("%d new, %d taken over by their code, %d changed, %d gone, %d back, %d unchanged",
		p.Count(Insert), p.Count(Adopt), p.Count(Change), p.Count(Retire), p.Count(Return), p.Unchanged)}
	list := func(title string, n int, line func(i int) string) {
		if n == 0 {
			return
		}
		lines = append(lines, title)
		for i := range min(n, most) {
			lines = append(lines, "  "+line(i))
		}
		if n > most {
			lines = append(lines, fmt.Sprintf("  … %d more", n-most))
		}
	}
	for _, kind := range []Kind{Insert, Adopt, Change, Retire, Return} {
		var steps []*Step
		for i := range p.Steps {
			if step := &p.Steps[i]; step.Kind == kind && step.After != nil {
				steps = append(steps, step)
			}
		}
		list(titles[kind], len(steps), func(i int) string { return steps[i].String() })
	}
	edit := func(edits []Edit) func(int) string {
		return func(i int) string { return edits[i].String() }
	}
	list("edited by hand since, kept against the source:", len(p.Kept), edit(p.Kept))
	list("edited by hand since, overwritten as asked:", len(p.Overwritten), edit(p.Overwritten))
	list("deleted or retired by hand, left so:", len(p.Left), func(i int) string { return p.Left[i].String() })
	if p.Standing > 0 {
		lines = append(lines, fmt.Sprintf("%d fields edited by hand stand; the source says nothing new of them", p.Standing))
	}
	return lines
}

var titles = map[Kind]string{
	Insert: "new:", Adopt: "taken over:", Change: "changed:", Retire: "gone, to be retired:", Return: "back, in effect again:",
}

func (step *Step) String() string {
	f := step.After
	text := fmt.Sprintf("%s %s", step.Key, f.Common().Name)
	for i, d := range step.Fields {
		separator := ", "
		if i == 0 {
			separator = ": "
		}
		if d.Field == shapeField {
			text += separator + "geometry"
			continue
		}
		text += fmt.Sprintf("%s%s %s → %s", separator, d.Field, d.Was, d.Is)
	}
	return text
}

func (e Edit) String() string {
	return fmt.Sprintf("%s %s (%v): %s is %s, the source says %s", e.Key, e.Feature.Common().Name, geo.KeyOf(e.Feature), e.Field, e.Stands, e.Source)
}

func (l Left) String() string {
	if l.Deleted {
		return fmt.Sprintf("%s (%s): its feature was deleted", l.Key, l.Where)
	}
	return fmt.Sprintf("%s %s (%v) is out of effect since %v", l.Key, l.Feature.Common().Name, geo.KeyOf(l.Feature), l.Feature.Common().Until)
}
