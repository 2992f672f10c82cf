package api

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"gridatlas/api/problem"
	"gridatlas/geo"
	"gridatlas/geo/walk"
)

// route answers /walk/route: the fastest walk between two ends, with steps in
// Chinese and in English.
func (s *server) route(w http.ResponseWriter, r *http.Request) error {
	q, err := readQuery(r, "from", "to", "speed", "direction", "at", "datum")
	if err != nil {
		return err
	}
	want, err := s.readWalk(q)
	if err != nil {
		return err
	}
	from, err := q.end("from")
	if err != nil {
		return err
	}
	to, err := q.end("to")
	if err != nil {
		return err
	}
	if want.Change, err = readChange(r, q.datum); err != nil {
		return err
	}
	m, err := s.walkMap(w)
	if err != nil {
		return err
	}
	for _, end := range []walk.End{from, to} {
		if !publicEnd(m, end) {
			return problem.NotFound("no place to walk to: %v", end.Place)
		}
	}
	found, err := m.RouteBetween(r.Context(), from, to, want)
	if err != nil {
		return fmt.Errorf("route: %w", err)
	}
	o := object{text: make([]byte, 0, 4<<10), datum: q.datum}
	o.open()
	o.str("type", "Feature")
	o.geometry("geometry", found.Line)
	o.name("properties")
	o.open()
	o.num("minutes", found.Minutes, 1)
	o.num("metres", found.Metres, 0)
	array(&o, "steps", found.Steps, func(step walk.Step) {
		o.open()
		o.str("text_zh", step.TextZh)
		o.str("text_en", step.TextEn)
		o.num("metres", step.Metres, 0)
		o.num("minutes", step.Minutes, 1)
		o.close()
	})
	o.close()
	o.walkHeader(found.From, found.SpeedMPS, want, found.Revision, found.NetworkRevision)
	o.origin("destination", found.To)
	if want.Change != nil {
		if err := o.changedRoute(r.Context(), m, want, from, to, found); err != nil {
			return fmt.Errorf("route of today: %w", err)
		}
	}
	o.close()
	return write(w, typeGeoJSON, o.text)
}

// end reads one end of a walk: "lon,lat", or "layer/id" for a place.
func (q query) end(name string) (walk.End, error) {
	layer, idText, isPlace := strings.Cut(q.text(name), "/")
	if !isPlace {
		point, err := q.pair(name)
		return walk.End{Point: point}, err
	}
	schema, ok := geo.SchemaOf(geo.Layer(layer))
	if !ok || !schema.Service && schema.Layer != geo.Buildings {
		return walk.End{}, problem.Parameter(name, "%q is no layer of places to walk to", layer)
	}
	id, err := strconv.ParseInt(idText, 10, 64)
	if err != nil || id < 1 {
		return walk.End{}, problem.Parameter(name, "%q is not an id", idText)
	}
	return walk.End{Place: geo.Key{Layer: schema.Layer, ID: id}}, nil
}

// publicEnd reports whether the public may know of an end. What is not there is
// for the walking map to say.
func publicEnd(m *walk.Map, end walk.End) bool {
	if end.Place.Layer == "" {
		return true
	}
	f, ok := m.Snapshot().Get(end.Place)
	return !ok || geo.ForPublic(f)
}
