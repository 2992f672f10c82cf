package web

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"time"

	"gridatlas/api/resident"
	"gridatlas/geo"
	"gridatlas/geo/crs"
	"gridatlas/geo/degrees"
	"gridatlas/geo/plate"
	"gridatlas/geo/snapshot"
)

// mostFound is how many of what was searched for, and mostAreas how many areas, a page
// lists.
const (
	mostFound = 20
	mostTyped = 60 // runes
	mostAreas = 500
)

// ways fills the page with the ways to say where one is: a search, the areas, and the
// map.
func (h *Handler) ways(ctx context.Context, p *nearPage, s *snapshot.Snapshot, q url.Values, now time.Time) error {
	if word := q.Get("datum"); datumOf(word) != crs.WGS84 {
		p.Datum = word
	}
	p.Typed = strings.ToValidUTF8(strings.TrimSpace(q.Get("q")), "")
	if p.Typed = strings.TrimSuffix(cut(p.Typed, mostTyped), "…"); p.Typed != "" {
		p.Searched = true
		if err := h.search(ctx, p, s); err != nil {
			return err
		}
	}
	in := q.Get("in")
	if place, there := p.tooLarge(s, q.Get("from")); there {
		in = place.Code
	}
	in = p.areas(s, in, geo.InstantOf(now))
	p.Pick = p.Asked.from("pick=1").link()
	if in != "" {
		p.Pick = p.Asked.from("pick=1&in=" + url.QueryEscape(in)).link()
	}
	return nil
}

// tooLarge returns the city or district that somebody wanted to begin from.
func (p *nearPage) tooLarge(s *snapshot.Snapshot, from string) (*geo.Place, bool) {
	begin, _ := p.origin(s, from)
	place, isPlace := begin.place.(*geo.Place)
	return place, isPlace
}

// search lists what was searched for. A plate and degrees of a known datum mean one
// place alone: what is near it is shown at once.
func (h *Handler) search(ctx context.Context, p *nearPage, s *snapshot.Snapshot) error {
	text := p.Typed
	if number, err := plate.Parse(text); err == nil {
		if b, there := resident.ByNumber(s, number); there {
			p.Only = p.Asked.from("from=" + reference(b)).link()
			return nil
		}
		text = string(number)
	}
	if p.typedDegrees(text, h.facts.get(s).Bounds); len(p.Found) > 0 {
		return nil
	}
	found, err := h.config.Find(ctx, text, mostFound)
	if err != nil {
		return fmt.Errorf("search: %w", err)
	}
	for _, one := range found {
		what := p.kind(one.Feature)
		if one.Within != "" {
			what = one.Within + " · " + what
		}
		row := foundRow{one.Title, what, p.Asked.from("from=" + reference(one.Feature)).link()}
		switch f := one.Feature.(type) {
		case *geo.Booth:
			if f.Number != "" {
				row.What += " · " + plate.Number(f.Number).Grouped()
			}
		case *geo.Place:
			if _, small := resident.StartOf(s, f); !small {
				row.URL = p.Asked.from("in="+url.QueryEscape(f.Code)).link() + "#areas"
			}
		}
		p.Found = append(p.Found, row)
	}
	if len(found) > 0 {
		return nil
	}
	p.NoneFound = p.SearchNone(p.Typed)
	for _, b := range resident.Suggest(s, p.Typed) {
		p.Meant = append(p.Meant, foundRow{plate.Number(b.Number).Grouped(), p.name(b), p.Asked.from("from=" + reference(b)).link()})
	}
	return nil
}

// typedDegrees lists the places that typed degrees may mean, one for each datum in which
// maps here write them. Where the text or the address names the datum, or none shifts
// there, it is one place alone.
func (p *nearPage) typedDegrees(text string, bounds [4]float64) {
	typed, ok := degrees.Read(text, bounds)
	if !ok {
		return
	}
	named := typed.Named
	if !named && p.Datum != "" {
		typed.Datum, named = datumOf(p.Datum), true
	}
	seen := map[string]bool{}
	for _, one := range typedDatums {
		if named && one.system != typed.Datum {
			continue
		}
		lon, lat, err := one.system.ToWGS84(typed.Lon, typed.Lat)
		if err != nil {
			continue
		}
		start := fmt.Sprintf("lon=%.6f&lat=%.6f&by=%s", lon, lat, byDegrees)
		if seen[start] {
			continue
		}
		seen[start] = true
		p.Found = append(p.Found, foundRow{fmt.Sprintf("%.6f, %.6f", typed.Lon, typed.Lat), p.fill("search.position", "datum", p.T(one.text)), p.Asked.from(start).link()})
	}
	if len(p.Found) == 1 {
		p.Only = p.Found[0].URL
	}
}

var typedDatums = []struct {
	system crs.System
	text   string
}{{crs.WGS84, "datum.wgs84"}, {crs.GCJ02, "datum.gcj02"}, {crs.BD09, "datum.bd09"}}

// datumOf is the datum that an address names; WGS 84 of any other word.
func datumOf(word string) crs.System {
	return map[string]crs.System{"gcj02": crs.GCJ02, "bd09": crs.BD09}[word]
}

// areas lists the communities to begin from: first the areas that have parts, then the
// parts of the one that was pressed, which is one to begin from itself where it is not
// too large. It returns the code of the area whose parts are listed; empty: of none.
func (p *nearPage) areas(s *snapshot.Snapshot, in string, at geo.Instant) string {
	parts := map[string][]*geo.Place{}
	known := map[string]bool{}
	for place := range snapshot.All[*geo.Place](s) {
		if place.InEffect(at) && place.Code != "" {
			known[place.Code] = true
		}
	}
	for place := range snapshot.All[*geo.Place](s) {
		if !place.InEffect(at) || place.Name == "" || place.Kind == "zone" || !geo.ForPublic(place) {
			continue
		}
		parent := place.Parent
		if !known[parent] {
			parent = ""
		}
		parts[parent] = append(parts[parent], place)
	}
	if _, there := parts[in]; !there {
		in = ""
	}
	if in == "" { // where there is one city, or one district, nobody has to press that
		for len(parts[in]) == 1 && parts[in][0].Code != "" && len(parts[parts[in][0].Code]) > 0 {
			in = parts[in][0].Code
		}
	}
	p.AreaTitle = p.T("near.areas")
	if place, there := s.Layer(geo.Places).ByCode(in); there {
		p.AreaTitle = p.fill("near.areas.of", "name", p.name(place))
		if _, small := p.origin(s, reference(place)); small {
			p.Whole = &foundRow{Name: p.fill("near.areas.whole", "name", p.name(place)), URL: p.Asked.from("from=" + reference(place)).link()}
		}
	}
	for i, place := range parts[in] {
		if i == mostAreas {
			break
		}
		row := foundRow{Name: p.name(place), What: p.kind(place)}
		if place.Code != "" && len(parts[place.Code]) > 0 {
			row.URL = p.Asked.from("in="+url.QueryEscape(place.Code)).link() + "#areas"
		} else {
			row.URL = p.Asked.from("from=" + reference(place)).link()
		}
		p.Areas = append(p.Areas, row)
	}
	return in
}

// pickWidth is how much of a city is shown to somebody who points out where they are, in
// degrees: some two kilometres, where streets have names.
const pickWidth = 0.02

// pick fills the page with the map on which somebody points out where they are: of an
// area, or of the middle of the city.
func (h *Handler) pick(p *nearPage, s *snapshot.Snapshot, in string) {
	p.Heading = p.T("near.pick")
	centre := h.facts.get(s).Centre
	box := geo.NoBox.With(crs.At(centre[0]-pickWidth/2, centre[1]-pickWidth/2)).With(crs.At(centre[0]+pickWidth/2, centre[1]+pickWidth/2))
	ways := p.Asked.from("")
	if place, there := s.Layer(geo.Places).ByCode(in); there && place.Common().Shape.Kind() == geo.Polygons {
		box = place.Common().Shape.Box()
		ways = ways.from("in=" + url.QueryEscape(in))
	}
	p.Ways = ways.link()
	p.Config.Pick = new([4]float64)
	p.Config.Pick[0], p.Config.Pick[1] = crs.ToDegrees(geo.Point{X: box.W, Y: box.S})
	p.Config.Pick[2], p.Config.Pick[3] = crs.ToDegrees(geo.Point{X: box.E, Y: box.N})
}
