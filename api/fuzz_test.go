package api_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"gridatlas/api"
	"gridatlas/api/problem"
	"gridatlas/geo"
)

// fuzzed asks for a path with a query from outside. Whatever stands in it, the
// answer is one of those that the route can give, and faults are problems.
func fuzzed(t *testing.T, n *node, path, query string, allowed ...int) {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, "http://map.example/", nil)
	r.URL.Path, r.URL.RawQuery = path, query
	r.RequestURI = r.URL.RequestURI()
	w := httptest.NewRecorder()
	n.ServeHTTP(w, r)
	known := false
	for _, status := range allowed {
		known = known || w.Code == status
	}
	if !known {
		t.Fatalf("%s?%s: %d %s", path, query, w.Code, w.Body)
	}
	if w.Code >= 400 && w.Header().Get("Content-Type") != problem.MediaType {
		t.Fatalf("%s?%s: %d as %s", path, query, w.Code, w.Header().Get("Content-Type"))
	}
}

func FuzzItemsQuery(f *testing.F) {
	n := newTown(f)
	f.Add("119,36,120,37", "2025-01-01/..", "10", "", "community")
	f.Add("170,-10,-170,10", "../..", "0", "AQ", "")
	f.Add("NaN,1,2,Inf", "2025-01-01T00:00:00+99:99", "1e9", "AQICAgIAAAAA", "%")
	f.Add("1,2,3,4,5,6", "/", "999999999999999999999", "====", "kind")
	f.Fuzz(func(t *testing.T, bbox, datetime, limit, page, kind string) {
		for name, value := range map[string]string{"bbox": bbox, "datetime": datetime, "limit": limit, "page": page, "kind": kind} {
			fuzzed(t, n, "/collections/places/items", url.Values{name: {value}}.Encode(), 200, 400, 410, 414)
		}
	})
}

// FuzzBBox asks for boxes in the coordinate systems that strangers name.
func FuzzBBox(f *testing.F) {
	n := newTown(f)
	f.Add("119.09,36.69,119.11,36.71", "http://www.opengis.net/def/crs/OGC/1.3/CRS84")
	f.Add("36.0,119.0,-5,37,-170,5", "http://www.opengis.net/def/crs/EPSG/0/4326")
	f.Add("-9e9,-9e9,9e9,9e9", "http://www.opengis.net/def/crs/EPSG/0/4549")
	f.Add("1e308,-1e308,-0,5e-324", "http://www.opengis.net/def/crs/EPSG/0/3857")
	f.Add("NaN,Inf,0x1p4,1_0", "http://www.opengis.net/def/crs/EPSG/0/04490")
	f.Add(",,,", "EPSG:4326")
	f.Fuzz(func(t *testing.T, bbox, system string) {
		for _, layer := range []string{"booths", "streets", "buildings", "assignments"} {
			fuzzed(t, n, "/collections/"+layer+"/items", url.Values{"bbox": {bbox}, "bbox-crs": {system}, "f": {"csv"}}.Encode(), 200, 400, 414)
		}
		fuzzed(t, n, "/coverage/buildings", url.Values{"bbox": {bbox}, "of": {"booths"}}.Encode(), 200, 400, 414)
	})
}

// FuzzPath asks for paths that strangers make up: none is more than not there.
func FuzzPath(f *testing.F) {
	n := newTown(f)
	for _, path := range []string{
		"/", "//", "/collections/places/items/1", "/collections/places/items/1/history", "/collections/../../etc/passwd",
		"/collections/places/items/%2e%2e", "/changes/9223372036854775808", "/tiles/map/14/13612/6394.mvt", "/styles/day.json",
		"/collections/\x00/items", "/assets/../page.html", "/tileMatrixSets/WebMercatorQuad/", "/docs/", "/collections/booths/items/-1",
	} {
		f.Add(path)
	}
	f.Fuzz(func(t *testing.T, path string) {
		fuzzed(t, n, path, "", 200, 204, 400, 401, 404, 405, 414)
		fuzzed(t, n, "/collections/"+path, "", 200, 204, 400, 401, 404, 405, 414)
	})
}

func FuzzRawQuery(f *testing.F) {
	n := newTown(f)
	f.Add("a=b;c=d&&=%zz")
	f.Add("limit=1&limit=1&bbox=&&")
	f.Add("lon=119.1&lat=36.7&minutes=5,10,15&of=booths&speed=1_0")
	f.Fuzz(func(t *testing.T, query string) {
		fuzzed(t, n, "/collections/places/items", query, 200, 400, 410, 414)
		fuzzed(t, n, "/walk/circle", query, 200, 400, 414, 422)
		fuzzed(t, n, "/walk/route", query, 200, 400, 404, 414, 422)
	})
}

// FuzzWalk puts strangers' words into each parameter of the walking questions, one
// by one beside good others.
func FuzzWalk(f *testing.F) {
	n := newTown(f)
	f.Add("119.1", "36.7", "5,10,15", "booths,booths.shoe", "adult", "2026-11-21T09:12")
	f.Add("NaN", "-Inf", "15,", "facilities.camera_police", "1e-400", "2026-11-21T09:12:00+99:99")
	f.Add("180.0000001", "91", "0", ",", "3.0000000001", "0000-00-00T00:00")
	f.Add("119.1,36.7", "119.1;36.7", "999999999999999999999", "booths.", "-0", "9999-12-31T23:59:59-23:59")
	f.Add(" 119.1", "+36.7", "1_0", strings.Repeat("booths,", 50), "0x1p-2", "1970-01-01T00:00:00Z")
	f.Fuzz(func(t *testing.T, lon, lat, minutes, of, speed, at string) {
		for name, value := range map[string]string{
			"lon": lon, "lat": lat, "minutes": minutes, "of": of, "speed": speed, "at": at, "direction": of,
			"datum": speed, "routes": minutes, "outlines": minutes, "limit": minutes, "from": lon, "to": lat,
		} {
			circle := url.Values{"lon": {"119.1"}, "lat": {"36.7"}, "minutes": {"3"}}
			nearest := url.Values{"lon": {"119.1"}, "lat": {"36.7"}, "of": {"booths"}}
			route := url.Values{"from": {"119.1,36.7"}, "to": {"119.1,36.702"}}
			for path, q := range map[string]url.Values{"/walk/circle": circle, "/walk/nearest": nearest, "/walk/route": route} {
				q.Set(name, value)
				fuzzed(t, n, path, q.Encode(), 200, 400, 404, 414, 422, 503)
			}
		}
	})
}

func FuzzSearch(f *testing.F) {
	n := newTown(f)
	for _, seed := range []string{"五道庙　3号楼", "１１９．１，３６．７", "\x00\xff", "3707", strings.Repeat("a ", 20)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, q string) {
		fuzzed(t, n, "/search", url.Values{"q": {q}}.Encode(), 200, 400, 414)
	})
}

func FuzzTilePath(f *testing.F) {
	n := newTown(f)
	f.Add("map/14/13612/6394.mvt")
	f.Add("map/../../x.mvt")
	f.Add("streets,streets/1/0/0.pbf")
	f.Add("map/99999999999/0/0.mvt")
	f.Add("%2e%2e/1/0/0.mvt")
	f.Fuzz(func(t *testing.T, path string) {
		fuzzed(t, n, "/tiles/"+path, "", 200, 204, 400, 404, 414)
		fuzzed(t, n, "/tiles/WebMercatorQuad/"+path, "", 200, 204, 400, 404, 414)
		fuzzed(t, n, "/collections/streets/tiles/"+path, "", 200, 204, 400, 404, 414)
	})
}

// FuzzTileQuery asks for tiles of revisions and collections that strangers name.
func FuzzTileQuery(f *testing.F) {
	n := newTown(f)
	f.Add("1", "7fffffffffffff01", "streets,places", "14", "6394")
	f.Add("-0", "", "streets,streets", "1e1", "0x0")
	f.Add("9223372036854775808", "\x00", ",", "22", "4194304")
	f.Fuzz(func(t *testing.T, revision, epoch, collections, z, row string) {
		query := url.Values{"revision": {revision}, "epoch": {epoch}}
		fuzzed(t, n, "/tiles/map/"+z+"/0/"+row+".mvt", query.Encode(), 200, 204, 400, 404, 410, 414)
		fuzzed(t, n, "/tiles/map.json", query.Encode(), 200, 400, 404, 410, 414)
		query.Set("collections", collections)
		fuzzed(t, n, "/tiles/WebMercatorQuad/"+z+"/"+row+"/0", query.Encode(), 200, 204, 400, 404, 410, 414)
	})
}

// deaf is a store that takes everything and keeps nothing.
type deaf struct{ api.Store }

func (deaf) History(_ context.Context, key geo.Key) ([]geo.Past, error) {
	return []geo.Past{{Feature: &geo.Booth{Base: geo.Base{ID: key.ID}}}}, nil
}

func (deaf) Apply(_ context.Context, set geo.ChangeSet) (geo.Head, error) {
	for change, err := range set.Changes {
		if err != nil {
			return geo.Head{}, err
		}
		if change.After != nil {
			if violation := geo.CheckFields(change.After); violation != nil {
				panic(violation) // the judgement lets through what no store takes
			}
		}
	}
	return geo.Head{Revision: 1}, nil
}

// FuzzFeatureBody sends strangers' bytes where features belong: whatever they are,
// they are a feature that a store takes, or a problem.
func FuzzFeatureBody(f *testing.F) {
	n := newTown(f, func(c *api.Config) { c.Accounts, c.Store = everything(), deaf{} })
	booth := idOf[*geo.Booth]("XLP-1")
	for _, seed := range []string{
		boothBody(`"name":"x","trades":["shoe"],"hours":"Mo-Fr 09:00-17:00"`),
		`{"properties":{"phone":null,"last_checked":"2026年1月2日"},"geometry":{"coordinates":[119.1,36.7]}}`,
		`{"type":"Feature","geometry":{"type":"MultiPolygon","coordinates":[[[[1,2],[3,4],[5,1],[1,2]]],[[]]]},"properties":{"from":"0000-01-01"}}`,
		`{"type":"Feature","geometry":{"type":"Point","coordinates":[1e400,-0]},"id":7}`,
		`{"changes":[{"action":"insert","layer":"land","feature":{"type":"Feature","geometry":{"type":"Polygon","coordinates":[[[1,2],[3,4],[5,1],[1,2]]]}}}]}`,
		"{\"type\":\"Feature\",\"properties\":{\"name\":\"\\u0000\xff\"}}",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, body string) {
		for _, ask := range []struct{ method, path, mediaType string }{
			{"POST", boothItems, "application/geo+json"},
			{"POST", "/collections/land/items", "application/geo+json"},
			{"PUT", fmt.Sprintf("%s/%d", boothItems, booth), "application/geo+json"},
			{"PATCH", fmt.Sprintf("%s/%d", boothItems, booth), "application/merge-patch+json"},
			{"POST", "/changes", "application/json"},
		} {
			r := httptest.NewRequest(ask.method, "http://map.example"+ask.path, strings.NewReader(body))
			r.Header.Set("Authorization", "Bearer "+token)
			r.Header.Set("Content-Type", ask.mediaType)
			r.Header.Set("If-Match", "*")
			w := httptest.NewRecorder()
			n.ServeHTTP(w, r)
			if w.Code != 400 && w.Code != 422 && w.Code != 409 && w.Code != 200 && w.Code != 201 {
				t.Fatalf("%s %s: %d %s", ask.method, ask.path, w.Code, w.Body)
			}
		}
	})
}
