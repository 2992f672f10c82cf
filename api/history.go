package api

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"

	"github.com/gorilla/mux"

	"gridatlas/api/problem"
	"gridatlas/geo"
	"gridatlas/geo/entry"
	"gridatlas/geo/geojson"
	"gridatlas/geo/snapshot"
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
	limit, err := q.integer("limit", 1, defaultLimit)
	if err != nil {
		return err
	}
	limit = min(limit, maxLimit)
	before, err := q.integer("before", 1, 0)
	if err != nil {
		return err
	}
	states, err := s.Store.History(r.Context(), key)
	if err != nil {
		return err
	}
	deeds := deedsOf(states)
	if deeds, err = s.shownDeeds(w, r, deeds); err != nil {
		return err
	}
	if len(deeds) == 0 {
		return problem.NotFound("%s has no feature %d", key.Layer, key.ID)
	}
	if before > 0 {
		deeds = slices.DeleteFunc(deeds, func(deed deed) bool { return deed.revision >= int64(before) })
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
	array(&o, "states", deeds, func(deed deed) {
		o.open()
		o.header(headers[deed.revision])
		o.deed(deed)
		o.close()
	})
	o.close()
	return write(w, typeJSON, o.text)
}

// deed is what one revision did to one feature.
type deed struct {
	key           geo.Key
	revision      int64
	before, after geo.Feature // nil: there was none; there is none any more
	ended         int64       // the revision that ended after; 0: it stands
}

// deedsOf turns the states of a feature, oldest first, into what happened to it.
func deedsOf(states []geo.Past) []deed {
	var deeds []deed
	var before geo.Feature
	for _, past := range states {
		key := geo.KeyOf(past.Feature)
		deeds = append(deeds, deed{key, past.Feature.Common().Revision, before, past.Feature, past.Ended})
		if before = past.Feature; past.Deleted {
			deeds = append(deeds, deed{key: key, revision: past.Ended, before: before})
			before = nil
		}
	}
	return deeds
}

// headers reads the change sets that deeds belong to.
func (s *server) headers(ctx context.Context, deeds []deed) (map[int64]geo.Header, error) {
	headers := map[int64]geo.Header{}
	if len(deeds) == 0 {
		return headers, nil
	}
	for _, deed := range deeds {
		headers[deed.revision] = geo.Header{Revision: deed.revision}
	}
	first := slices.MinFunc(deeds, func(a, b deed) int { return int(a.revision - b.revision) }).revision
	log, err := s.Store.Log(ctx, first-1)
	if err != nil {
		return nil, err
	}
	for _, header := range log {
		if _, wanted := headers[header.Revision]; wanted {
			headers[header.Revision] = header
		}
	}
	return headers, nil
}

// deed appends the version that a deed wrote and what is other than before.
func (o *object) deed(deed deed) {
	if deed.after == nil {
		o.raw("deleted", "true")
	} else {
		o.int("version", deed.after.Common().Version)
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
	schema := geo.MustSchema(deed.key.Layer)
	for i := range schema.Fields {
		field := &schema.Fields[i]
		was, is := valueText(field, deed.before), valueText(field, deed.after)
		if was != is {
			differ(field.Name, func() { o.text = append(o.text, was...) }, func() { o.text = append(o.text, is...) })
		}
	}
	if was, is := shapeOf(deed.before), shapeOf(deed.after); !was.Equal(is) {
		differ(entry.Geometry,
			func() { o.text = geojson.AppendGeometry(o.text, was) },
			func() { o.text = geojson.AppendGeometry(o.text, is) })
	}
	o.text = append(o.text, ']')
}

// shownDeeds leaves out what happened where the view does not show everything: deeds
// tell what features were, field by field.
func (s *server) shownDeeds(w http.ResponseWriter, r *http.Request, deeds []deed) ([]deed, error) {
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
	return slices.DeleteFunc(deeds, func(d deed) bool { return hidden(d.before) || hidden(d.after) }), nil
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

// maxDeeds is how many features may have changed since a revision that is still
// taken apart: each is asked for by itself.
const maxDeeds = 2000

// revision answers /changes/{revision}: what one change set did, feature by feature.
func (s *server) revision(w http.ResponseWriter, r *http.Request) error {
	if err := s.begin(w, r); err != nil {
		return err
	}
	header, deeds, err := s.deedsIn(r)
	if err != nil {
		return err
	}
	if deeds, err = s.shownDeeds(w, r, deeds); err != nil {
		return err
	}
	o := object{}
	o.open()
	o.header(header)
	array(&o, "features", deeds, func(deed deed) {
		o.open()
		o.str("layer", string(deed.key.Layer))
		o.int("id", deed.key.ID)
		o.deed(deed)
		o.close()
	})
	o.close()
	return write(w, typeJSON, o.text)
}

// deedsIn finds what the revision did that a path names. Features that it made and
// that are gone again are not among it. Only what was changed since is looked
// through: far back in a busy city that is too much.
func (s *server) deedsIn(r *http.Request) (header geo.Header, deeds []deed, err error) {
	text := mux.Vars(r)["revision"]
	revision, err := strconv.ParseInt(text, 10, 64)
	if err != nil || strconv.FormatInt(revision, 10) != text || revision < 1 {
		return header, nil, problem.NotFound("there is no revision %q", text)
	}
	log, err := s.Store.Log(r.Context(), revision-1)
	if err != nil {
		return header, nil, err
	}
	if len(log) == 0 || log[0].Revision != revision {
		return header, nil, problem.NotFound("there is no revision %d", revision)
	}
	s.await(r.Context(), func(snap *snapshot.Snapshot) bool { return snap.Head().Revision >= revision })
	changed := 0
	for _, later := range log {
		changed += later.Changed
	}
	if changed > maxDeeds {
		return header, nil, &problem.Problem{
			Name: "too-far-back", Status: http.StatusUnprocessableEntity, Title: "Too much has changed since",
			Detail: fmt.Sprintf("revision %d and those after it changed %d features, more than %d", revision, changed, maxDeeds),
		}
	}
	delta, err := s.Store.Changes(r.Context(), revision-1)
	if err != nil {
		return header, nil, err
	}
	keys := delta.Deleted
	for _, f := range delta.Changed {
		keys = append(keys, geo.KeyOf(f))
	}
	for _, key := range keys {
		states, err := s.Store.History(r.Context(), key)
		if err != nil {
			return header, nil, err
		}
		for _, deed := range deedsOf(states) {
			if deed.revision == revision {
				deeds = append(deeds, deed)
			}
		}
	}
	return log[0], deeds, nil
}
