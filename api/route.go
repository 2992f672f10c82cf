package api

import (
	"fmt"
	"net/http"

	"gridatlas/geo/geojson"
	"gridatlas/geo/walk"
)

// route answers /walk/route: the fastest walk between two points, with steps in
// Chinese and in English.
func (s *server) route(w http.ResponseWriter, r *http.Request) error {
	q, err := readQuery(r, "from", "to", "speed", "direction", "at")
	if err != nil {
		return err
	}
	want, err := s.readWalk(q)
	if err != nil {
		return err
	}
	from, err := q.pair("from")
	if err != nil {
		return err
	}
	to, err := q.pair("to")
	if err != nil {
		return err
	}
	m, err := s.walkMap(w)
	if err != nil {
		return err
	}
	found, err := m.Route(r.Context(), from, to, want)
	if err != nil {
		return fmt.Errorf("route: %w", err)
	}
	o := object{text: make([]byte, 0, 4<<10)}
	o.open()
	o.str("type", "Feature")
	o.name("geometry")
	o.text = geojson.AppendGeometry(o.text, found.Line)
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
	o.close()
	return write(w, typeGeoJSON, o.text)
}
