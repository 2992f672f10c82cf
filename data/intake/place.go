package intake

import (
	"cmp"
	"fmt"

	"gridatlas/geo"
	"gridatlas/geo/crs"
	"gridatlas/geo/match"
	"gridatlas/geo/snapshot"
	"gridatlas/geo/source"
	"gridatlas/geo/worklist"
)

// candidates is how many places of a row a person may choose from.
const candidates = 5

// place finds where rows without coordinates are, if they are new. A row that
// surely means a feature of its own layer is about that feature; one whose place
// is sure is put there; the others go to the worklist.
func (in *Intake) place(s *snapshot.Snapshot, known map[string]source.Known, rows []Row, o Options) {
	var index *match.Index
	sure, unsure := 0, 0
	for i := range rows {
		row := &rows[i]
		schema := geo.MustSchema(row.Feature.Layer())
		if !row.Feature.Common().Shape.IsZero() || schema.Allows(geo.NoShape) {
			continue
		}
		if _, again := known[row.Key]; again && o.Source != nil {
			continue
		}
		if _, stands := s.Layer(schema.Layer).ByCode(row.Feature.Common().Code); stands {
			continue
		}
		if index == nil {
			index = match.NewIndex(s)
		}
		found := index.Find(row.Says, candidates)
		if found.Sure && in.take(row, schema, found.Candidates[0], s) {
			sure++
			continue
		}
		unsure++
		in.Worklist = append(in.Worklist, in.unplaced(row, found, s))
	}
	if sure+unsure > 0 {
		in.Notes = append(in.Notes, fmt.Sprintf("%d rows without coordinates: %d have a sure place, %d wait on the worklist", sure+unsure, sure, unsure))
	}
}

// take gives a row the place of a candidate, and reports whether that is possible.
func (in *Intake) take(row *Row, schema *geo.Schema, c match.Candidate, s *snapshot.Snapshot) bool {
	name := nameOf(s, c.Key)
	score := fmt.Sprintf("%.0f %%", 100*c.Score)
	switch {
	case c.Key.Layer == schema.Layer:
		row.Adopt = c.Key.ID
		in.Notes = append(in.Notes, fmt.Sprintf("  %s is %s (%v), %s", row.Where, name, c.Key, score))
	case schema.Allows(geo.Points):
		row.Feature.Common().Shape, row.Placed = geo.PointShape(c.At), true
		in.Notes = append(in.Notes, fmt.Sprintf("  %s lies at %s, %s: %s", row.Where, name, score, reasons(c)))
	default:
		return false
	}
	return true
}

// unplaced is the worklist's item for a row.
func (in *Intake) unplaced(row *Row, found match.Result, s *snapshot.Snapshot) worklist.Item {
	base := row.Feature.Common()
	item := worklist.Item{
		Kind: worklist.Unplaced, Layer: row.Feature.Layer(),
		Title: cmp.Or(base.Name, base.Code, row.Key, row.Where), Where: row.Where,
		Feature: geo.AppendCanonical(nil, row.Feature), Fields: row.Fields, Address: said(row.Says), Line: row.Line,
	}
	if in.source != nil {
		item.Source, item.Key = in.source.Name, row.Key
	}
	for _, c := range found.Candidates {
		lon, lat := crs.ToDegrees(c.At)
		item.Candidates = append(item.Candidates, worklist.Candidate{
			Layer: c.Key.Layer, ID: c.Key.ID, Lon: lon, Lat: lat, Score: c.Score, Name: nameOf(s, c.Key), Why: reasons(c),
		})
	}
	return item
}

func reasons(c match.Candidate) string {
	text := ""
	for i, reason := range c.Reasons {
		if i > 0 {
			text += "；"
		}
		text += reason.Zh
	}
	return text
}

// said is all that a row says of its place, for people.
func said(q match.Query) string {
	text := ""
	for _, part := range []string{q.Address, q.Community, q.Compound, q.Building, q.Street, q.Landmark, q.Name} {
		if part == "" {
			continue
		}
		if text != "" {
			text += " "
		}
		text += part
	}
	return text
}

// nameOf is what people call a feature: its name, else its code.
func nameOf(s *snapshot.Snapshot, key geo.Key) string {
	f, ok := s.Get(key)
	if !ok {
		return key.String()
	}
	if b, ok := f.(*geo.Building); ok && b.Name == "" {
		if compound, ok := s.Layer(geo.Compounds).ByCode(b.Compound); ok {
			return compound.Common().Name + b.Number + "号楼"
		}
	}
	return cmp.Or(f.Common().Name, f.Common().Code, key.String())
}
