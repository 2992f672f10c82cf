package api

import (
	"fmt"
	"net/http"

	"gridatlas/geo"
	"gridatlas/geo/walk"
)

// How many places a nearest list has when nobody says, and at most.
const (
	defaultNearest = 5
	maxNearest     = 50
)

// nearest answers /walk/nearest: the places of some kinds in order of walking
// time, up to an hour away.
func (s *server) nearest(w http.ResponseWriter, r *http.Request) error {
	q, err := readQuery(r, "lon", "lat", "of", "limit", "speed", "direction", "at", "routes")
	if err != nil {
		return err
	}
	want, err := s.readWalk(q)
	if err != nil {
		return err
	}
	if want.Origin, err = q.point("lon", "lat"); err != nil {
		return err
	}
	if want.Of, err = readCategories(q); err != nil {
		return err
	}
	limit, err := q.integer("limit", 1, defaultNearest)
	if err != nil {
		return err
	}
	limit = min(limit, maxNearest)
	if want.Routes, err = q.flag("routes", false); err != nil {
		return err
	}
	m, err := s.walkMap(w)
	if err != nil {
		return err
	}
	var n *walk.Nearest
	var places []walk.Place
	// Places that are for staff are left out afterwards, so more may be needed.
	for ask := limit; ; ask *= 2 {
		if n, err = m.Nearest(r.Context(), want, ask); err != nil {
			return fmt.Errorf("nearest: %w", err)
		}
		if places = forPublic(n.Places); len(places) >= limit || len(n.Places) < ask {
			break
		}
	}
	o := object{text: make([]byte, 0, 4<<10)}
	o.open()
	o.walkHeader(n.Origin, n.SpeedMPS, want, n.Revision, n.NetworkRevision)
	array(&o, "items", places[:min(len(places), limit)], o.place)
	var unreachable []walk.Unreached
	for _, u := range n.Unreachable {
		if geo.ForPublic(u.Feature) {
			unreachable = append(unreachable, u)
		}
	}
	array(&o, "unreachable", unreachable, func(u walk.Unreached) {
		base := u.Feature.Common()
		o.open()
		o.int("id", base.ID)
		o.str("layer", string(u.Feature.Layer()))
		o.code("name", base.Name)
		o.str("reason", u.Reason)
		o.close()
	})
	o.close()
	return write(w, typeJSON, o.text)
}
