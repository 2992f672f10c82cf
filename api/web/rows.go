package web

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"gridatlas/api/resident"
	"gridatlas/geo"
	"gridatlas/geo/crs"
	"gridatlas/geo/plate"
	"gridatlas/geo/snapshot"
	"gridatlas/geo/walk"
)

// nearRow is a place in a list of what is near.
type nearRow struct{ Minutes, Metres, Name, What, URL string }

// nearRow says how far a place is on foot, what it is and how it stands at an instant.
// It links to the page of the place, told from where somebody comes.
func (s speech) nearRow(place *walk.Place, at time.Time, from string) nearRow {
	f := place.Feature
	minutes, metres := s.walked(place.Minutes, place.Metres)
	row := nearRow{Minutes: minutes, Metres: metres, Name: s.name(f), URL: addressOf(f)}
	words := []string{s.kind(f)}
	_, isBooth := f.(*geo.Booth)
	if isBooth {
		words = s.terms(f, "trades")
	}
	if row.Name == s.kind(f) {
		words = nil
	}
	state, _ := resident.Stand(f, at)
	if b := s.badge(state.Kind, stancesOf(f)); b.Text != "" {
		words = append(words, b.Text)
	}
	if shelter, isShelter := f.(*geo.Shelter); isShelter {
		words = append(words, s.terms(shelter, "state")...)
	}
	row.What = strings.Join(words, " · ")
	if !strings.Contains(row.URL, "?") { // the map page has a from of its own
		row.URL += "?from=" + url.QueryEscape(from)
	}
	return row
}

// addressOf is the page of a place; the map where it has none.
func addressOf(f geo.Feature) string {
	if b, isBooth := f.(*geo.Booth); isBooth && plate.Check(b.Number) == nil {
		return "/b/" + b.Number
	}
	if code := f.Common().Code; code != "" {
		return "/p/" + url.PathEscape(code)
	}
	return fmt.Sprintf("/?show=%s/%d", f.Layer(), f.Common().ID)
}

// reference names a place in addresses: booths.12.
func reference(f geo.Feature) string { return fmt.Sprintf("%s.%d", f.Layer(), f.Common().ID) }

// start is where somebody is.
type start struct {
	at    geo.Point
	place geo.Feature // nil: no place, a position
	name  string
}

// origin reads where somebody is: booths.12, or lon,lat. False: it is neither, nothing
// that the public knows of, or an area too large to walk from, as a city.
func (s speech) origin(of *snapshot.Snapshot, from string) (start, bool) {
	if layer, id, cut := strings.Cut(from, "."); cut {
		if n, err := strconv.ParseInt(id, 10, 64); err == nil {
			if _, known := geo.SchemaOf(geo.Layer(layer)); known {
				if f, there := of.Get(geo.Key{Layer: geo.Layer(layer), ID: n}); there && geo.ForPublic(f) {
					at, small := resident.StartOf(of, f)
					return start{at, f, s.name(f)}, small
				}
			}
		}
	}
	lon, lat, _ := strings.Cut(from, ",")
	at, ok := position(lon, lat, crs.WGS84)
	return start{at: at, name: s.T("place.position")}, ok
}

// position reads the degrees of a datum; false: they are no place.
func position(lonText, latText string, datum crs.System) (geo.Point, bool) {
	lon, err1 := strconv.ParseFloat(lonText, 64)
	lat, err2 := strconv.ParseFloat(latText, 64)
	if err1 != nil || err2 != nil {
		return geo.Point{}, false
	}
	lon, lat, err := datum.ToWGS84(lon, lat)
	if err != nil {
		return geo.Point{}, false
	}
	at, err := crs.ToLattice(lon, lat)
	return at, err == nil
}
