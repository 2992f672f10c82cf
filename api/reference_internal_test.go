package api

import (
	"net/url"
	"testing"

	"gridatlas/geo/crs"
)

const epsg = "http://www.opengis.net/def/crs/EPSG/0/"

// One place in every system, in the order of its axes.
func TestFilterPosition(t *testing.T) {
	want := crs.At(119.1, 36.7)
	for name, order := range map[string]struct {
		system    crs.System
		eastFirst bool
	}{
		"": {crs.WGS84, true}, crs.CRS84.String(): {crs.WGS84, true}, epsg + "4326": {crs.WGS84, false}, epsg + "4490": {crs.CGCS2000, false},
		epsg + "3857": {crs.WebMercator, true}, epsg + "4549": {crs.Zone(120, false), false}, epsg + "4528": {crs.Zone(120, true), false},
	} {
		q := query{values: url.Values{}}
		if name != "" {
			q.values.Set("filter-crs", name)
		}
		position, err := filterPosition(q)
		if err != nil {
			t.Fatal(err)
		}
		first, second, err := order.system.FromWGS84(119.1, 36.7)
		if err != nil {
			t.Fatal(err)
		}
		if !order.eastFirst {
			first, second = second, first
		}
		if got, err := position(first, second); got != want || err != nil {
			t.Errorf("%s: %v, %v is %v (%v), want %v", name, first, second, got, err, want)
		}
	}
	// As EPSG:4549 has them: northing, then easting around 500,000.
	position, err := filterPosition(query{values: url.Values{"filter-crs": {epsg + "4549"}}})
	if err != nil {
		t.Fatal(err)
	}
	if got, err := position(4_063_000, 420_000); err != nil || got.Y < 36e7 || got.Y > 37e7 || got.X < 119e7 || got.X > 120e7 {
		t.Errorf("got %v (%v)", got, err)
	}
}
