package api

import (
	"encoding/hex"
	"hash/fnv"
	"net/http"
	"slices"

	"gridatlas/api/access"
	"gridatlas/geo"
	"gridatlas/geo/estimate"
	"gridatlas/geo/geojson"
	"gridatlas/geo/snapshot"
)

// view is what of one map somebody is shown: what is public, and besides what is for
// staff of everything that lies where they may see it. Lists, documents and filters
// look at features through a view and never past it.
type view struct {
	who     access.Who
	grounds *grounds
	at      geo.Instant
	today   geo.Date // in the city
	staff   bool     // something that is for staff may be shown
	whole   bool     // all of it is, everywhere
}

// view returns what a request is shown, of no map yet.
func (s *server) view(w http.ResponseWriter, r *http.Request) (view, error) {
	who, err := s.who(w, r)
	return view{who: who, at: geo.InstantOf(s.Clock()), today: s.today(), staff: who.MayAnywhere(access.See), whole: who.May(access.See, nil)}, err
}

// today is the day in the city.
func (s *server) today() geo.Date { return geo.DateOf(s.Clock().In(s.Zone)) }

// on is the view of a map.
func (s *server) on(v view, snap *snapshot.Snapshot) view {
	v.grounds = s.groundsOf(snap)
	return v
}

// sees reports whether the view shows all of a feature.
func (v view) sees(f geo.Feature) bool {
	return v.whole || v.staff && v.who.May(access.See, v.grounds.place(f, v.at))
}

// seesPoint reports whether the view shows what lies at a point; nil is nowhere in
// particular, which is shown with everything alone.
func (v view) seesPoint(p *geo.Point) bool {
	return v.whole || p != nil && v.staff && v.who.May(access.See, v.grounds.around(geo.PointShape(*p), v.at))
}

// fields lists the fields of a layer that the view may show, in catalog order.
func (v view) fields(schema *geo.Schema) []*geo.Field { return geojson.Fields(schema, v.staff) }

// box is around the features of a layer that the view may show.
func (v view) box(layer *snapshot.Layer) geo.Box {
	if v.staff {
		return layer.Box()
	}
	return layer.PublicBox()
}

// ownFigures reports whether sums of people are made of what was counted at the
// buildings. A sum is of ground that no place bounds, so that is for those who may see
// what is for staff everywhere; others get sums of what places publish.
func (v view) ownFigures() bool { return v.whole }

// of returns a feature as the view shows it, false if not at all: where it lies out
// of reach, what is for staff is unknown.
func (v view) of(f geo.Feature) (geo.Feature, bool) {
	switch {
	case v.sees(f):
		return f, true
	case !geo.ForPublic(f):
		return nil, false
	case !v.staff: // none of its fields for staff is among those of the view
		return estimate.Unmarked(f), true
	}
	return publicOf(f), true
}

// publicOf returns a feature without what is for staff; itself if there is nothing.
func publicOf(f geo.Feature) geo.Feature {
	f = estimate.Unmarked(f)
	schema := geo.MustSchema(f.Layer())
	var bare geo.Feature
	for i := range schema.Fields {
		field := &schema.Fields[i]
		if !field.Staff || field.Get(f) == nil {
			continue
		}
		if bare == nil {
			bare = geo.Clone(f)
		}
		if err := field.Set(bare, nil); err != nil {
			panic(err) // every field can be unknown
		}
	}
	if bare == nil {
		return f
	}
	return bare
}

// name tells views apart that show different things of one map; empty: the public's.
func (v view) name() string {
	switch {
	case v.whole:
		return "staff"
	case !v.staff:
		return ""
	}
	var places []string
	for _, grant := range v.who.Grants {
		places = append(places, grant.Place)
	}
	slices.Sort(places)
	h := fnv.New64a()
	for _, place := range slices.Compact(places) {
		h.Write([]byte(place + "\n"))
	}
	return "staff" + hex.EncodeToString(h.Sum(nil))
}
