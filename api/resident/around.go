package resident

import (
	"time"

	"gridatlas/geo"
	"gridatlas/geo/snapshot"
	"gridatlas/geo/walk"
)

// PointOf is where a place is shown and walked to: itself, for a piece of ground its
// pole of inaccessibility, which lies inside whatever its form.
func PointOf(f geo.Feature) geo.Point {
	shape := f.Common().Shape
	if shape.Kind() == geo.Polygons {
		return walk.Pole(shape)
	}
	for part := range shape.Parts() {
		return part.Points[len(part.Points)/2]
	}
	return geo.Point{}
}

// WhomToAsk is the community that a point lies in and its contact, who has a phone; nil
// each where there is none.
func WhomToAsk(s *snapshot.Snapshot, p geo.Point, at time.Time) (community *geo.Place, contact *geo.Facility) {
	return whomToAsk(s, p, &until{after: at})
}

// whomToAsk is WhomToAsk at the instant after which it notes until when.
func whomToAsk(s *snapshot.Snapshot, p geo.Point, u *until) (community *geo.Place, contact *geo.Facility) {
	if community = communityAt(s, p, u); community != nil {
		contact = contactOf(s, community, u)
	}
	return community, contact
}

// communityAt is the community that a point lies in, of several the first by code.
func communityAt(s *snapshot.Snapshot, p geo.Point, u *until) *geo.Place {
	var found *geo.Place
	for f := range s.Layer(geo.Places).Search(geo.NoBox.With(p)) {
		place := f.(*geo.Place)
		if place.Kind != "community" || place.Shape.Kind() != geo.Polygons || !place.Shape.Covers(p) {
			continue
		}
		u.life(place)
		if !place.InEffect(geo.InstantOf(u.after)) {
			continue
		}
		if found == nil || place.Code < found.Code {
			found = place
		}
	}
	return found
}

// contactOf is whom people of a community ask: its contact point, else a service
// station in it, the first by id that has a phone.
func contactOf(s *snapshot.Snapshot, community *geo.Place, u *until) *geo.Facility {
	var found *geo.Facility
	for f := range s.Layer(geo.Facilities).Search(community.Shape.Box()) {
		facility := f.(*geo.Facility)
		if facility.Phone == "" || facility.Kind != "contact_point" && facility.Kind != "station" || !community.Shape.Covers(PointOf(facility)) {
			continue
		}
		u.life(facility)
		if !facility.InEffect(geo.InstantOf(u.after)) {
			continue
		}
		if found == nil || rank(facility) < rank(found) || rank(facility) == rank(found) && facility.ID < found.ID {
			found = facility
		}
	}
	return found
}

func rank(f *geo.Facility) int {
	if f.Kind == "contact_point" {
		return 0
	}
	return 1
}
