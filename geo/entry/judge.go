package entry

import (
	"context"
	"fmt"
	"slices"

	"gridatlas/geo"
	"gridatlas/geo/coverage"
	"gridatlas/geo/snapshot"
	"gridatlas/geo/valid"
)

// Geometry is what faults of a geometry name as their field.
const Geometry = "geometry"

// Fault is what one of several changes does wrong.
type Fault struct {
	Change int // its place among the changes
	geo.Violation
}

// faults returns everything that is wrong with a feature by itself: kind and parts of
// its geometry, its size if it is drawn anew, the rules of geo/valid, values of its
// fields.
func faults(f geo.Feature, anew bool) (found []geo.Violation) {
	for violation := range geo.FieldFaults(f) {
		found = append(found, *violation)
	}
	if len(found) > 0 && found[0].Field == "" { // its geometry is none to be looked at
		return found
	}
	if anew {
		if large := tooLarge(f); len(large) > 0 {
			return append(found, large...)
		}
	}
	base := f.Common()
	broken := valid.Check(base.Shape)
	for _, fault := range broken {
		found = append(found, geo.Violation{
			Rule: string(fault.Rule), Layer: f.Layer(), ID: base.ID, Detail: fault.Detail, At: &fault.At,
		})
	}
	if anew && len(broken) == 0 {
		found = append(found, tooSmall(f)...)
	}
	return found
}

// Judgement is what there is to say of changes, and what of the map was judged by.
type Judgement struct {
	Faults []Fault
	Relies []geo.Reliance
}

// Judge returns everything that is wrong with changes on the map they were made
// for: each by itself, codes and numbers that are taken, references to nobody, gaps
// and overlaps that they make from an instant on (see geo/coverage). The changes are
// carried out together, so that one may take what another gives up, and name what
// another brings. Unread are those whose geometry could not be read: nothing is said
// of it. The error is that of a context that ended.
func Judge(ctx context.Context, s *snapshot.Snapshot, changes []geo.Change, unread map[int]bool, from geo.Instant) (Judgement, error) {
	j := judge{on: s, changed: map[geo.Key]bool{}, bearers: map[bearer][]int{}}
	for i, change := range changes {
		if change.Key.ID != 0 {
			j.changed[change.Key] = true
		}
		if change.After == nil {
			continue
		}
		for _, field := range geo.MustSchema(change.Key.Layer).UniqueFields() {
			if value, _ := field.Get(change.After).(string); value != "" {
				name := bearer{change.Key.Layer, field.Name, value}
				j.bearers[name] = append(j.bearers[name], i)
			}
		}
	}
	var found []Fault
	broken := map[int]bool{}
	for i, change := range changes {
		if change.After == nil {
			continue
		}
		if i%looks == 0 && ctx.Err() != nil {
			return Judgement{}, ctx.Err()
		}
		broken[i] = unread[i]
		for _, violation := range slices.Concat(faults(change.After, j.drawnAnew(change)), j.taken(i, change), j.references(change)) {
			if violation.Field == "" {
				violation.Field, broken[i] = Geometry, true
				if unread[i] {
					continue
				}
			}
			violation.ID = change.Key.ID
			found = append(found, Fault{Change: i, Violation: violation})
		}
	}
	verdict, err := coverage.Judge(ctx, s, changes, broken, from)
	if err != nil {
		return Judgement{}, fmt.Errorf("judge borders: %w", err)
	}
	for _, fault := range verdict.Faults {
		found = append(found, Fault(fault))
	}
	return Judgement{found, verdict.Relies}, nil
}

// looks is how many changes pass between two looks at the context.
const looks = 64

// drawnAnew reports whether a change brings another shape than what stands.
func (j *judge) drawnAnew(change geo.Change) bool {
	if change.Key.ID == 0 {
		return true
	}
	before, stands := j.on.Get(change.Key)
	return !stands || !before.Common().Shape.Equal(change.After.Common().Shape)
}

type judge struct {
	on      *snapshot.Snapshot
	changed map[geo.Key]bool
	bearers map[bearer][]int // which changes bring a code or number
}

type bearer struct {
	layer        geo.Layer
	field, value string
}

// taken finds codes and numbers of a change that another feature has.
func (j *judge) taken(i int, change geo.Change) (faults []geo.Violation) {
	for _, field := range geo.MustSchema(change.Key.Layer).UniqueFields() {
		value, _ := field.Get(change.After).(string)
		if value == "" {
			continue
		}
		other := ""
		if brought := j.bearers[bearer{change.Key.Layer, field.Name, value}]; brought[0] != i {
			other = fmt.Sprintf("change %d", brought[0])
		} else if f, stands := j.standing(change.Key.Layer, field, value); stands && !j.changed[geo.KeyOf(f)] {
			other = geo.KeyOf(f).String()
		}
		if other != "" {
			faults = append(faults, geo.Violation{
				Rule: "code_taken", Layer: change.Key.Layer, Field: field.Name,
				Detail: fmt.Sprintf("%s is that of %s already", value, other),
			})
		}
	}
	return faults
}

// standing finds the feature of the map that has a unique value. Only codes have an
// index; the other such values are numbers of booths, of which a city has hundreds.
func (j *judge) standing(layer geo.Layer, field *geo.Field, value string) (geo.Feature, bool) {
	if field.Name == "code" {
		return j.on.Layer(layer).ByCode(value)
	}
	for f := range j.on.Layer(layer).After(0) {
		if field.Get(f) == value {
			return f, true
		}
	}
	return nil, false
}

// references finds codes of a change that no feature has.
func (j *judge) references(change geo.Change) (faults []geo.Violation) {
	schema := geo.MustSchema(change.Key.Layer)
	for i := range schema.Fields {
		field := &schema.Fields[i]
		if field.Refs == nil {
			continue
		}
		code, _ := field.Get(change.After).(string)
		if code == "" || slices.ContainsFunc(field.Refs, func(layer geo.Layer) bool { return j.has(layer, code) }) {
			continue
		}
		faults = append(faults, geo.Violation{
			Rule: "reference", Layer: schema.Layer, Field: field.Name,
			Detail: fmt.Sprintf("no feature of %v has the code %s", field.Refs, code),
		})
	}
	return faults
}

func (j *judge) has(layer geo.Layer, code string) bool {
	if j.bearers[bearer{layer, "code", code}] != nil {
		return true
	}
	f, stands := j.on.Layer(layer).ByCode(code)
	return stands && !j.changed[geo.KeyOf(f)]
}
