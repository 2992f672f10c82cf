package api

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"

	"gridatlas/api/problem"
	"gridatlas/geo"
	"gridatlas/geo/entry"
	"gridatlas/geo/geojson"
)

// history answers /collections/{layer}/items/{id}/history: the states of a feature,
// newest first, each with what it changed, who wrote it and why. Features that were
// deleted have one, too.
func (s *server) history(w http.ResponseWriter, r *http.Request) error {
	key, err := keyOf(r)
	if err != nil {
		return err
	}
	if _, err := s.signedIn(w, r); err != nil {
		return err
	}
	q, err := readQuery(r, "limit", "before")
	if err != nil {
		return err
	}
	limit, err := q.limit()
	if err != nil {
		return err
	}
	before, err := q.integer("before", 1, 0)
	if err != nil {
		return err
	}
	states, err := s.Store.History(r.Context(), key)
	if err != nil {
		return err
	}
	hides, err := s.hiding(w, r)
	if err != nil {
		return err
	}
	deeds := slices.DeleteFunc(deedsOf(states), func(deed dated) bool { return hides(deed.Deed) })
	if len(deeds) == 0 {
		return problem.NotFound("%s has no feature %d", key.Layer, key.ID)
	}
	if before > 0 {
		deeds = slices.DeleteFunc(deeds, func(deed dated) bool { return deed.revision >= int64(before) })
	}
	slices.Reverse(deeds)
	self := fmt.Sprintf("%s%s/%d/history", s.base(r), itemsPath(key.Layer), key.ID)
	links := []link{{Href: withQuery(self, q.values), Rel: "self", Type: typeJSON}}
	if len(deeds) > limit {
		deeds = deeds[:limit]
		next := cloneValues(q.values)
		next.Set("before", strconv.FormatInt(deeds[limit-1].revision, 10))
		links = append(links, link{Href: withQuery(self, next), Rel: "next", Type: typeJSON})
	}
	headers, err := s.headers(r.Context(), deeds)
	if err != nil {
		return err
	}
	o := object{}
	o.open()
	o.str("layer", string(key.Layer))
	o.int("id", key.ID)
	o.links(links)
	array(&o, "states", deeds, func(deed dated) {
		o.open()
		o.header(headers[deed.revision])
		o.deed(deed.Deed)
		o.close()
	})
	o.close()
	return write(w, typeJSON, o.text)
}

// dated is a deed with the revision that did it.
type dated struct {
	geo.Deed
	revision int64
}

// deedsOf turns the states of a feature, oldest first, into what happened to it.
func deedsOf(states []geo.Past) []dated {
	var deeds []dated
	var before geo.Feature
	for _, past := range states {
		key := geo.KeyOf(past.Feature)
		deeds = append(deeds, dated{geo.Deed{Key: key, Before: before, After: past.Feature, Ended: past.Ended}, past.Feature.Common().Revision})
		if before = past.Feature; past.Deleted {
			deeds = append(deeds, dated{geo.Deed{Key: key, Before: before}, past.Ended})
			before = nil
		}
	}
	return deeds
}

// headers reads the change sets that deeds belong to.
func (s *server) headers(ctx context.Context, deeds []dated) (map[int64]geo.Header, error) {
	revisions := make([]int64, len(deeds))
	for i, deed := range deeds {
		revisions[i] = deed.revision
	}
	list, err := s.Store.Headers(ctx, revisions)
	headers := map[int64]geo.Header{}
	for _, header := range list {
		headers[header.Revision] = header
	}
	return headers, err
}

// deed appends the version that a deed wrote and what is other than before.
func (o *object) deed(deed geo.Deed) {
	if deed.After == nil {
		o.raw("deleted", "true")
	} else {
		o.int("version", deed.After.Common().Version)
	}
	o.name("differences")
	o.text = append(o.text, '[')
	differ := func(field string, was, is func()) {
		if o.text[len(o.text)-1] != '[' {
			o.text = append(o.text, ',')
		}
		o.open()
		o.str("field", field)
		o.name("was")
		was()
		o.name("is")
		is()
		o.close()
	}
	schema := geo.MustSchema(deed.Key.Layer)
	for i := range schema.Fields {
		field := &schema.Fields[i]
		was, is := valueText(field, deed.Before), valueText(field, deed.After)
		if was != is {
			differ(field.Name, func() { o.text = append(o.text, was...) }, func() { o.text = append(o.text, is...) })
		}
	}
	if was, is := shapeOf(deed.Before), shapeOf(deed.After); !was.Equal(is) {
		differ(entry.Geometry,
			func() { o.text = geojson.AppendGeometry(o.text, was) },
			func() { o.text = geojson.AppendGeometry(o.text, is) })
	}
	o.text = append(o.text, ']')
}

// hiding returns what tells the deeds that the view does not show whole: deeds tell
// what features were, field by field.
func (s *server) hiding(w http.ResponseWriter, r *http.Request) (func(geo.Deed) bool, error) {
	v, err := s.view(w, r)
	if err != nil {
		return nil, err
	}
	snap, err := s.snapshot(w)
	if err != nil {
		return nil, err
	}
	v = s.on(v, snap)
	hidden := func(f geo.Feature) bool { return f != nil && !v.sees(f) }
	return func(d geo.Deed) bool { return hidden(d.Before) || hidden(d.After) }, nil
}

// valueText is the value of a field in JSON. A feature that is not there has none,
// and no flag of it is set.
func valueText(field *geo.Field, f geo.Feature) string {
	if f == nil || field.Type == geo.Flag && field.Get(f) == false {
		return "null"
	}
	return string(geojson.AppendValue(nil, field.Get(f)))
}

func shapeOf(f geo.Feature) geo.Shape {
	if f == nil {
		return geo.Shape{}
	}
	return f.Common().Shape
}
