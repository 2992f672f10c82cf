package web

import (
	"strings"

	"gridatlas/geo"
	"gridatlas/geo/snapshot"
)

// entry is one row of the lists that the server writes, for browsers without
// script and for the moment before it runs.
type entry struct{ Name, Kind, Code, Where, Phone string }

const listed = 20

// find looks for a text in names, codes and numbers of what people look for.
// Small layers are read through: it is the slow twin of /search, for a page that
// few ask for.
func find(s *snapshot.Snapshot, query string, at geo.Instant, lang int) (entries []entry, more bool) {
	query = strings.ToLower(strings.TrimSpace(query))
	if query == "" {
		return nil, false
	}
	for _, name := range []geo.Layer{geo.Booths, geo.Shelters, geo.Facilities, geo.Places, geo.Compounds, geo.Streets} {
		layer := s.Layer(name)
		seen := map[string]bool{} // a street is stored in pieces
		for f := range layer.After(0) {
			if !geo.ForPublic(f) || !f.Common().InEffect(at) {
				continue
			}
			base := f.Common()
			number := ""
			if booth, ok := f.(*geo.Booth); ok {
				number = booth.Number
			}
			if !strings.Contains(strings.ToLower(base.Name), query) && !strings.EqualFold(base.Code, query) && !strings.EqualFold(number, query) {
				continue
			}
			if name == geo.Streets && (base.Name == "" || seen[base.Name]) {
				continue
			}
			seen[base.Name] = true
			if len(entries) == listed {
				return entries, true
			}
			entries = append(entries, describe(layer.Schema(), f, lang))
		}
	}
	return entries, false
}

// first lists the first booths and shelters by number.
func first(s *snapshot.Snapshot, at geo.Instant, lang int) []entry {
	var entries []entry
	for _, name := range []geo.Layer{geo.Booths, geo.Shelters} {
		layer, n := s.Layer(name), 0
		for f := range layer.After(0) {
			if n == listed/2 {
				break
			}
			if !f.Common().InEffect(at) {
				continue
			}
			entries = append(entries, describe(layer.Schema(), f, lang))
			n++
		}
	}
	return entries
}

func describe(schema *geo.Schema, f geo.Feature, lang int) entry {
	base := f.Common()
	e := entry{Name: base.Name, Code: base.Code, Kind: titles{schema.Zh, schema.En}[lang]}
	if field, ok := schema.Field(schema.KindField); ok {
		var words []string
		for _, value := range field.Values(f) {
			if term, ok := field.Term(value); ok {
				words = append(words, titles{term.Zh, term.En}[lang])
			}
		}
		if len(words) > 0 {
			e.Kind = strings.Join(words, " · ")
		}
	}
	switch f := f.(type) {
	case *geo.Booth:
		e.Code, e.Where, e.Phone = f.Number, f.Landmark, f.Phone
	case *geo.Shelter:
		e.Phone = f.DutyPhone
	case *geo.Facility:
		e.Where, e.Phone = f.Address, f.Phone
	}
	if e.Name == "" {
		e.Name = e.Kind
	}
	return e
}
