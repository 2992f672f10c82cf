package api

import (
	"context"
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
	q, err := readQuery(r, "lon", "lat", "of", "limit", "speed", "direction", "at", "routes", "datum")
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
	if want.Change, err = readChange(r, q.datum); err != nil {
		return err
	}
	m, err := s.walkMap(w)
	if err != nil {
		return err
	}
	n, places, err := nearestPublic(r.Context(), m, want, limit)
	if err != nil {
		return fmt.Errorf("nearest: %w", err)
	}
	o := object{text: make([]byte, 0, 4<<10), datum: q.datum}
	o.open()
	o.walkHeader(n.Origin, n.SpeedMPS, want, n.Revision, n.NetworkRevision)
	array(&o, "items", places, o.place)
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
		o.why(u.Why)
		o.close()
	})
	if want.Change != nil {
		if err := o.changedNearest(r.Context(), m, want, places, limit); err != nil {
			return fmt.Errorf("nearest of today: %w", err)
		}
	}
	o.close()
	return write(w, typeJSON, o.text)
}

// nearestPublic asks for the nearest places that the public may know of. Those that
// are for staff are left out afterwards, so more may be needed.
func nearestPublic(ctx context.Context, m *walk.Map, q walk.Query, limit int) (*walk.Nearest, []walk.Place, error) {
	for ask := limit; ; ask *= 2 {
		n, err := m.Nearest(ctx, q, ask)
		if err != nil {
			return nil, nil, err
		}
		if places := forPublic(n.Places); len(places) >= limit || len(n.Places) < ask {
			return n, places[:min(len(places), limit)], nil
		}
	}
}
