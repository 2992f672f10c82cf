package api

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"math"
	"net/http"
	"time"

	"gridatlas/api/problem"
	"gridatlas/geo"
	"gridatlas/geo/crs"
	"gridatlas/geo/snapshot"
)

// belonging is the areas that a point lies in; nil where there is none.
type belonging struct {
	grid                              *geo.Grid
	community, street, district, zone *geo.Place
}

// gridAt answers /grids/at: the grid of a point, the places it belongs to, and who
// is in charge of them.
func (s *server) gridAt(w http.ResponseWriter, r *http.Request) error {
	q, err := readQuery(r, "lon", "lat", "at", "datum")
	if err != nil {
		return err
	}
	point, err := q.point("lon", "lat")
	if err != nil {
		return err
	}
	at, err := s.instant(q)
	if err != nil {
		return err
	}
	snap, err := s.snapshot(w)
	if err != nil {
		return err
	}
	found := belongingOf(snap, point, geo.InstantOf(at))
	if found.grid == nil {
		return outsideGrids(r.Context(), snap, point, geo.InstantOf(at))
	}
	duties, err := dutiesOf(r.Context(), snap, found.areas(), geo.InstantOf(at))
	if err != nil {
		return err
	}
	o := object{text: make([]byte, 0, 2<<10), datum: q.datum}
	o.open()
	o.position("lon", "lat", point)
	o.str("at", at.Format(time.RFC3339))
	if o.datum != crs.WGS84 {
		o.str("datum", o.datum.String())
	}
	o.int("revision", snap.Head().Revision)
	for _, area := range found.areas() {
		o.name(area.word)
		if area.feature == nil {
			o.text = append(o.text, "null"...)
			continue
		}
		o.open()
		o.named(area.feature)
		o.close()
	}
	array(&o, "assignments", duties, o.duty)
	o.close()
	return write(w, typeJSON, o.text)
}

// area is one area of a point, with the word for it in the answer.
type area struct {
	word    string
	feature geo.Feature // nil: none
}

// areas lists what a point belongs to, the smallest first.
func (b *belonging) areas() []area {
	list := []area{{word: "grid"}, {word: "community"}, {word: "street"}, {word: "district"}, {word: "zone"}}
	if b.grid != nil {
		list[0].feature = b.grid
	}
	for i, place := range []*geo.Place{b.community, b.street, b.district, b.zone} {
		if place != nil {
			list[i+1].feature = place
		}
	}
	return list
}

// belongingOf finds the areas of a point at an instant. What the records say of the
// grid and of its places counts first; where they say nothing, or name what is not
// there, the area around the point does: of several the first by code.
func belongingOf(snap *snapshot.Snapshot, p geo.Point, at geo.Instant) belonging {
	var b belonging
	for grid := range around[*geo.Grid](snap, p, at) {
		b.grid = firstByCode(b.grid, grid)
	}
	ground := map[string]*geo.Place{}
	for place := range around[*geo.Place](snap, p, at) {
		ground[place.Kind] = firstByCode(ground[place.Kind], place)
	}
	placeOf := func(code, kind string) *geo.Place {
		if place := placeOf(snap, code, kind, at); place != nil {
			return place
		}
		return ground[kind]
	}
	community, zone := "", ""
	if b.grid != nil {
		community = b.grid.Community
	}
	b.community = placeOf(community, "community")
	parent := func(place *geo.Place) string {
		if place == nil {
			return ""
		}
		zone = cmp.Or(zone, place.Zone)
		return place.Parent
	}
	above := parent(b.community)
	b.street = placeOf(above, "street")
	// A community may lie right under its district.
	b.district = placeOf(cmp.Or(parent(b.street), above), "district")
	b.zone = placeOf(zone, "zone")
	return b
}

// placeOf returns the place of a code if it is of a kind and in effect.
func placeOf(snap *snapshot.Snapshot, code, kind string, at geo.Instant) *geo.Place {
	if code == "" {
		return nil
	}
	if f, ok := snap.Layer(geo.Places).ByCode(code); ok {
		if place := f.(*geo.Place); place.Kind == kind && place.InEffect(at) {
			return place
		}
	}
	return nil
}

// around walks over the polygons of a layer that are in effect and hold a point;
// those on whose border it lies are among them.
func around[T geo.Feature](snap *snapshot.Snapshot, p geo.Point, at geo.Instant) iter.Seq[T] {
	return func(yield func(T) bool) {
		for f := range snapshot.Search[T](snap, geo.NoBox.With(p)) {
			if base := f.Common(); base.InEffect(at) && base.Shape.Covers(p) && !yield(f) {
				return
			}
		}
	}
}

func firstByCode[T interface {
	comparable
	geo.Feature
}](a, b T) T {
	var none T
	if a == none {
		return b
	}
	x, y := a.Common(), b.Common()
	if cmp.Or(cmp.Compare(x.Code, y.Code), cmp.Compare(x.ID, y.ID)) <= 0 {
		return a
	}
	return b
}

// dutiesOf lists the assignments of areas that are posted in public: in the order
// of the areas, then of id.
func dutiesOf(ctx context.Context, snap *snapshot.Snapshot, areas []area, at geo.Instant) ([]*geo.Assignment, error) {
	byArea := make([][]*geo.Assignment, len(areas))
	steps := 0
	for duty := range snapshot.All[*geo.Assignment](snap) {
		if steps++; steps%4096 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		for i, area := range areas {
			if area.feature == nil || duty.OfCode == "" || duty.OfCode != area.feature.Common().Code || duty.OfLayer != string(area.feature.Layer()) {
				continue
			}
			if geo.ForPublic(duty) && duty.InEffect(at) {
				byArea[i] = append(byArea[i], duty)
			}
		}
	}
	var list []*geo.Assignment
	for _, duties := range byArea {
		list = append(list, duties...)
	}
	return list, nil
}

// duty appends who is in charge, of what, and the word for it in both languages.
func (o *object) duty(a *geo.Assignment) {
	o.open()
	o.int("id", a.ID)
	o.str("layer", a.OfLayer)
	o.str("code", a.OfCode)
	o.code("role", a.Role)
	role, _ := geo.MustSchema(geo.Assignments).Field("role")
	title, _ := role.Term(a.Role)
	o.code("role_zh", title.Zh)
	o.code("role_en", title.En)
	o.code("who", a.Who)
	o.code("duty_phone", a.DutyPhone)
	o.close()
}

// outsideGrids is the answer where there is no grid: the community nearest to the
// point, which is 0 metres away where the point lies in it.
func outsideGrids(ctx context.Context, snap *snapshot.Snapshot, p geo.Point, at geo.Instant) error {
	missing := &problem.Problem{
		Name: "outside-grids", Status: http.StatusNotFound, Title: "There is no grid at this point",
		Detail: "there is no community either", Members: map[string]any{"nearest_community": nil},
	}
	var nearest *geo.Place
	least := math.Inf(1)
	steps := 0
	for place := range snapshot.All[*geo.Place](snap) {
		if steps++; steps%256 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		if place.Kind != "community" || place.Shape.Kind() != geo.Polygons || !place.InEffect(at) {
			continue
		}
		metres := 0.0
		if !place.Shape.Covers(p) {
			metres = crs.ToOutline(place.Shape, p)
		}
		if metres < least {
			nearest, least = place, metres
		}
	}
	if nearest == nil {
		return missing
	}
	missing.Detail = fmt.Sprintf("the nearest community is %s, %.0f metres away", cmp.Or(nearest.Name, nearest.Code), least)
	if least == 0 {
		missing.Detail = fmt.Sprintf("it lies in the community %s, in none of its grids", cmp.Or(nearest.Name, nearest.Code))
	}
	missing.Members["nearest_community"] = map[string]any{
		"id": nearest.ID, "code": nearest.Code, "name": nearest.Name, "metres": math.Round(least),
	}
	return missing
}
