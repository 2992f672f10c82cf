package api

import (
	"context"
	"net/http"

	"gridatlas/api/problem"
	"gridatlas/api/resident"
	"gridatlas/geo"
	"gridatlas/geo/crs"
	"gridatlas/geo/degrees"
	"gridatlas/geo/find"
)

// Limits of a search.
const (
	defaultFound = 10
	maxFound     = 50
)

// find answers /search: features by name, code or number, and coordinates.
func (s *server) find(w http.ResponseWriter, r *http.Request) error {
	q, err := readQuery(r, "q", "limit")
	if err != nil {
		return err
	}
	text := q.text("q")
	if len(text) > find.MaxText {
		return problem.Parameter("q", "is longer than %d bytes", find.MaxText)
	}
	words := find.Words(text)
	if len(words) == 0 {
		return problem.Parameter("q", "is missing")
	}
	if len(words) > find.MaxWords {
		return problem.Parameter("q", "has more than %d words", find.MaxWords)
	}
	limit, err := q.integer("limit", 1, defaultFound)
	if err != nil {
		return err
	}
	snap, err := s.snapshot(w)
	if err != nil || unchanged(w, r, s.etag(snap), revalidate) {
		return err
	}
	index, err := s.search.of(r.Context(), snap)
	if err != nil {
		return err
	}
	hits, err := index.Find(r.Context(), words, geo.InstantOf(s.Clock()), min(limit, maxFound))
	if err != nil {
		return err
	}
	o := object{}
	o.open()
	o.str("q", text)
	o.int("revision", snap.Head().Revision)
	if at, ok := position(text); ok {
		o.name("position")
		o.open()
		o.degrees("lon", at.X)
		o.degrees("lat", at.Y)
		o.close()
	}
	array(&o, "items", hits, o.hit)
	o.close()
	return write(w, typeJSON, o.text)
}

// Find returns what is found of the newest map by names, codes and numbers, as /search
// does; of a text that is too long to be a name, nothing.
func (h *Handler) Find(ctx context.Context, text string, limit int) ([]resident.Found, error) {
	snap, words := h.server.Live.Current(), find.Words(text)
	if snap == nil || len(words) == 0 || len(words) > find.MaxWords || len(text) > find.MaxText {
		return nil, nil
	}
	index, err := h.server.search.of(ctx, snap)
	if err != nil {
		return nil, err
	}
	hits, err := index.Find(ctx, words, geo.InstantOf(h.server.Clock()), min(limit, maxFound))
	if err != nil {
		return nil, err
	}
	found := make([]resident.Found, len(hits))
	for i, e := range hits {
		found[i] = resident.Found{Feature: e.Feature, Title: e.Title, Within: e.Within}
	}
	return found, nil
}

func (o *object) hit(e *find.Entry) {
	base := e.Feature.Common()
	schema := geo.MustSchema(e.Feature.Layer())
	at := middle(base.Shape)
	o.open()
	o.int("id", base.ID)
	o.str("layer", string(schema.Layer))
	o.kind(e.Feature)
	o.code("code", base.Code)
	o.str("name", e.Title)
	o.code("within", e.Within)
	o.degrees("lon", at.X)
	o.degrees("lat", at.Y)
	o.box("bbox", e.Box)
	o.close()
}

// position reads typed degrees, of WGS 84 where no datum is named.
func position(text string) (geo.Point, bool) {
	typed, ok := degrees.Read(text, [4]float64{})
	if !ok {
		return geo.Point{}, false
	}
	lon, lat, err := typed.Datum.ToWGS84(typed.Lon, typed.Lat)
	if err != nil {
		return geo.Point{}, false
	}
	at, err := crs.ToLattice(lon, lat)
	return at, err == nil
}
