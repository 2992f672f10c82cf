package api

import (
	"fmt"
	"net/http"

	"gridatlas/geo/crs"
	"gridatlas/geo/walk"
)

// maxRoutes is how many places of each category have a line in one circle. With
// all of them the answer for a whole city would be tens of megabytes.
const maxRoutes = 20

// circle answers /walk/circle: the outlines of what is reached on foot within
// each number of minutes, and every place of the asked kinds with the walk to it.
func (s *server) circle(w http.ResponseWriter, r *http.Request) error {
	q, err := readQuery(r, "lon", "lat", "minutes", "of", "speed", "direction", "at", "routes", "outlines", "datum")
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
	if want.Minutes, err = readMinutes(q); err != nil {
		return err
	}
	if want.Of, err = readCategories(q); err != nil {
		return err
	}
	if want.Routes, err = q.flag("routes", false); err != nil {
		return err
	}
	want.MaxRoutes = maxRoutes
	v, err := s.view(w, r)
	if err != nil {
		return err
	}
	want.OwnFigures = v.ownFigures()
	if want.Outlines, err = q.flag("outlines", true); err != nil {
		return err
	}
	if want.Change, err = readChange(r, q.datum); err != nil {
		return err
	}
	m, err := s.walkMap(w)
	if err != nil {
		return err
	}
	c, err := m.Circle(r.Context(), want)
	if err != nil {
		return fmt.Errorf("circle: %w", err)
	}
	var today *walk.Circle
	if want.Change != nil {
		plain := want
		plain.Change, plain.Routes = nil, false
		if today, err = m.Circle(r.Context(), plain); err != nil {
			return fmt.Errorf("circle of today: %w", err)
		}
	}
	return write(w, typeGeoJSON, circleJSON(c, today, want, q.datum))
}

// CircleJSON is the body of /walk/circle: a FeatureCollection of one
// MultiPolygon for each number of minutes, and what is reached. q is the query
// that c answers.
func CircleJSON(c *walk.Circle, q walk.Query) []byte { return circleJSON(c, nil, q, crs.WGS84) }

// circleJSON is CircleJSON in a datum; today is the circle without the change that
// q supposes, if it does.
func circleJSON(c, today *walk.Circle, q walk.Query, datum crs.System) []byte {
	o := object{text: make([]byte, 0, 16<<10), datum: datum, exact: q.OwnFigures}
	o.open()
	o.str("type", "FeatureCollection")
	array(&o, "features", c.Bands, func(b walk.Band) { o.band(b, q.Outlines) })
	o.walkHeader(c.Origin, c.SpeedMPS, q, c.Revision, c.NetworkRevision)
	o.int("closures", int64(c.Closures))
	o.figures()
	o.name("reachable")
	o.open()
	leftOut := int64(0)
	for _, listing := range c.Reachable {
		places := forPublic(listing.Places)
		array(&o, listing.Category.Word, places, o.place)
		for _, p := range places {
			if p.Route.IsZero() {
				leftOut++
			}
		}
	}
	o.close()
	if q.Routes {
		o.int("routes_left_out", leftOut)
	}
	if today != nil {
		o.changedCircle(c, today, q.Outlines)
	}
	o.close()
	return o.text
}

func (o *object) band(b walk.Band, outlines bool) {
	o.open()
	o.str("type", "Feature")
	o.name("geometry")
	o.multiPolygon(b.Outline)
	o.name("properties")
	o.open()
	o.int("minutes", int64(b.Minutes))
	o.num("metres_walked_max", b.MetresWalkedMax, 0)
	if outlines {
		o.num("area_m2", b.AreaM2, 0)
	} else {
		o.raw("area_m2", "null") // it is measured on the outline
	}
	o.people("households", b.Households)
	o.people("people", b.People)
	o.int("buildings", int64(b.Buildings))
	o.num("known", b.Known, 3)
	o.estimated(b.Sums)
	o.close()
	o.close()
}
