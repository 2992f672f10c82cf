package source

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"gridatlas/geo"
	"gridatlas/geo/estimate"
)

// Delivery is one row of a new delivery, read into a feature without id.
type Delivery struct {
	Key     string // of the row
	Where   string // in the file, for people: "row 12"
	Feature geo.Feature
	// Fields are those that the row has columns for. Others are never touched, nor is
	// the geometry of a row that has none.
	Fields []string
	// Placed says that the geometry was found for the row, which has none itself.
	Placed bool
	// Adopt is the id of the feature that a row without geometry was found to mean;
	// zero: none. Otherwise a new row means the feature that has its code.
	Adopt int64
}

// Known is a row as it was stored, with the version of its record.
type Known struct {
	Row
	Version int64
}

// Standing is what a comparison asks of the map: *snapshot.Layer is one.
type Standing interface {
	Get(id int64) (geo.Feature, bool)
	ByCode(code string) (geo.Feature, bool)
}

// Options say how a delivery is compared.
type Options struct {
	// Now is when rows that are missing are retired.
	Now geo.Instant
	// Overwrite takes what the source says where it differs from an edit by hand.
	// The edits are listed all the same.
	Overwrite bool
}

// Compare works out what a delivery changes. Features of the delivery belong to
// the plan afterwards; those that stand are only read. The keys of a delivery
// must be different from each other; the caller has checked.
func Compare(known map[string]Known, standing Standing, delivered []Delivery, o Options) (*Plan, error) {
	p := &Plan{known: known, byID: map[int64]int{}}
	seen := make(map[string]bool, len(delivered))
	owners := map[int64]string{} // whose row a feature is
	for key, row := range known {
		owners[row.ID] = "row " + key + " of an earlier delivery"
		if !row.Gone {
			p.Live++
		}
	}
	for _, d := range delivered {
		seen[d.Key] = true
		row, ok := known[d.Key]
		var err error
		if ok {
			err = p.again(d, row, standing, o)
		} else {
			err = p.first(d, standing, owners, o)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", d.Where, err)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(known)) {
		if row := known[key]; !seen[key] && !row.Gone {
			p.missing(key, row, standing, o.Now)
		}
	}
	return p, nil
}

// first takes a row that the source never had: a feature that has its code
// already is taken over, where its values stand until somebody overwrites them.
func (p *Plan) first(d Delivery, standing Standing, owners map[int64]string, o Options) error {
	before, ok := standing.ByCode(d.Feature.Common().Code)
	if d.Adopt != 0 {
		if before, ok = standing.Get(d.Adopt); !ok {
			return fmt.Errorf("%s/%d, which it was found to mean, is gone", d.Feature.Layer(), d.Adopt)
		}
	}
	if ok {
		id := before.Common().ID
		if other, twice := owners[id]; twice {
			p.Refused = append(p.Refused, fmt.Sprintf("%s: it means %v %s, and so does %s", d.Where, geo.KeyOf(before), before.Common().Name, other))
			return nil
		}
		owners[id] = d.Where
		step := Step{Kind: Adopt, Key: d.Key, Where: d.Where, Before: before, row: Row{ID: id}}
		return p.merge(step, d, o, func(string) (wrote, given json.RawMessage) {
			return unknown, unknown
		})
	}
	schema := geo.MustSchema(d.Feature.Layer())
	if d.Feature.Common().Shape.IsZero() && !schema.Allows(geo.NoShape) {
		p.Unplaced = append(p.Unplaced, d)
		return nil
	}
	p.add(Step{
		Kind: Insert, Key: d.Key, Where: d.Where, After: d.Feature,
		row: Row{Given: given(d)},
	})
	return nil
}

// again takes a row that an earlier delivery had.
func (p *Plan) again(d Delivery, row Known, standing Standing, o Options) error {
	before, ok := standing.Get(row.ID)
	if !ok {
		p.Left = append(p.Left, Left{Key: d.Key, Where: d.Where, Deleted: true})
		return nil
	}
	if before.Common().Until != 0 && !row.Gone {
		p.Left = append(p.Left, Left{Key: d.Key, Where: d.Where, Feature: before})
		return nil
	}
	step := Step{Kind: Change, Key: d.Key, Where: d.Where, Before: before, row: Row{ID: row.ID}, version: row.Version}
	if row.Gone {
		step.Kind = Return
	}
	return p.merge(step, d, o, func(field string) (wrote, given json.RawMessage) {
		given = row.Given[field]
		if wrote = given; row.Held[field] != nil {
			wrote = row.Held[field]
		}
		return wrote, given
	})
}

// merge decides each field of a row that stands; last tells what the source said
// of a field last time and what was then stored.
func (p *Plan) merge(step Step, d Delivery, o Options, last func(field string) (wrote, given json.RawMessage)) error {
	after := geo.Clone(step.Before)
	stands := estimate.Without(step.Before) // an estimate is nobody's edit
	step.row.Given = given(d)
	step.row.Held = map[string]json.RawMessage{}
	if d.Placed { // the feature stands somewhere already
		delete(step.row.Given, shapeField)
	}
	for _, field := range slices.Sorted(maps.Keys(step.row.Given)) {
		ours, theirs := step.row.Given[field], valueOf(stands, field)
		wrote, said := last(field)
		if said == nil { // the delivery has a column that the last one had not
			said, wrote = unknown, unknown
		}
		edited := !equal(theirs, wrote)
		step.reshaped = step.reshaped || field == shapeField && edited
		switch {
		case equal(ours, theirs):
		case equal(ours, said): // the source says nothing new
			step.row.Held[field] = wrote
			if edited {
				p.Standing++
			}
		case edited && !o.Overwrite:
			step.row.Held[field] = wrote
			p.Kept = append(p.Kept, Edit{Key: step.Key, Where: step.Where, Feature: step.Before, Field: field, Stands: theirs, Source: ours})
		default:
			if edited {
				p.Overwritten = append(p.Overwritten, Edit{Key: step.Key, Where: step.Where, Feature: step.Before, Field: field, Stands: theirs, Source: ours})
			}
			if err := copyField(after, d.Feature, field); err != nil {
				return err
			}
			step.Fields = append(step.Fields, Difference{Field: field, Was: theirs, Is: ours})
		}
	}
	// What this delivery has no column for is remembered as it was.
	before := p.known[step.Key]
	for field, said := range before.Given {
		if _, again := step.row.Given[field]; !again {
			step.row.Given[field] = said
			if held, ok := before.Held[field]; ok {
				step.row.Held[field] = held
			}
		}
	}
	if step.Kind == Return {
		after.Common().Until = 0
	}
	if step.Kind == Return || len(step.Fields) > 0 {
		estimate.Settle(step.Before, after)
		step.After = after
	} else {
		p.Unchanged++
	}
	p.add(step)
	return nil
}

// missing retires the feature of a row that the delivery has not.
func (p *Plan) missing(key string, row Known, standing Standing, now geo.Instant) {
	step := Step{Kind: Retire, Key: key, row: row.Row, version: row.Version}
	step.row.Gone = true
	if before, ok := standing.Get(row.ID); ok {
		step.Before = before
		if before.Common().Until == 0 {
			step.After = geo.Clone(before)
			step.After.Common().Until = max(now, before.Common().From)
		}
	}
	p.add(step)
}

// given is what a row says, by field; geometry only when it has some.
func given(d Delivery) map[string]json.RawMessage {
	said := make(map[string]json.RawMessage, len(d.Fields)+1)
	for _, field := range d.Fields {
		said[field] = valueOf(d.Feature, field)
	}
	switch {
	case d.Placed:
		said[shapeField] = unknown
	case !d.Feature.Common().Shape.IsZero():
		said[shapeField] = valueOf(d.Feature, shapeField)
	}
	return said
}
