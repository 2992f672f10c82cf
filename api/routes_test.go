package api_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"gridatlas/api"
	"gridatlas/api/problem"
)

// good are requests that every route answers with 200.
var good = []struct{ path, mediaType, holds string }{
	{"/", "", `"rel":"service-desc"`},
	{"/?f=html", "", "<!doctype html>/"},
	{"/?f=json", "application/json", `"rel":"conformance"`},
	{"/conformance", "application/json", "ogcapi-features-1/1.0/conf/core"},
	{"/collections", "application/json", `"id":"streets"`},
	{"/collections/places", "application/json", `"title":"区划"`},
	{"/collections/places/queryables", "application/schema+json", `"title":"级别"`},
	{"/collections/places/schema", "application/schema+json", `"x-ogc-role":"primary-geometry"`},
	{"/collections/places/items", "application/geo+json", `"numberMatched":251,"numberReturned":100`},
	{"/collections/places/items?kind=community&limit=1", "application/geo+json", `"numberMatched":250,"numberReturned":1`},
	{"/collections/places/items?limit=5000", "application/geo+json", `"numberReturned":251`},
	{"/collections/places/items?limit=99999999999999999999", "application/geo+json", `"numberReturned":251`},
	{"/collections/places/items?code=370705", "application/geo+json", `"numberMatched":1,`},
	{"/collections/places/items?population=400000", "application/geo+json", `"numberMatched":1,`},
	{"/collections/places/items?datetime=2026-01-01T00:00:00Z", "application/geo+json", `"numberMatched":126,`},
	{"/collections/places/items?datetime=../2024-01-01", "application/geo+json", `"numberMatched":251,`},
	{"/collections/booths/items?trades=shoe", "application/geo+json", `"numberMatched":1,`},
	{"/collections/booths/items?trades=watch", "application/geo+json", `"numberMatched":0,"numberReturned":0,"revision":1,"features":[]`},
	{"/collections/booths/items?bbox=119.09,36.69,119.11,36.71", "application/geo+json", `"numberMatched":2,`},
	{"/collections/booths/items?bbox=119.09,36.69,-5,119.11,36.71,90", "application/geo+json", `"numberMatched":2,`},
	{"/collections/booths/items?bbox=119.2,36.69,119.3,36.71", "application/geo+json", `"numberMatched":0,`},
	{"/collections/booths/items?bbox=119.0,36.0,-170,37", "application/geo+json", `"numberMatched":2,`}, // over 180 degrees
	{"/collections/streets/items?bridge=true", "application/geo+json", `"numberMatched":1,`},
	{"/collections/places/items?limit=1&filter=" + url.QueryEscape("kind = 'community' AND until IS NULL"), "application/geo+json", `"numberMatched":125,`},
	{"/collections/places/items?limit=1&kind=community&filter=until+IS+NULL", "application/geo+json", `"numberMatched":125,`},
	{"/collections/places/items?limit=1&filter-lang=cql2-json&filter=" + url.QueryEscape(`{"op":"in","args":[{"property":"code"},["370705","370705001007","no"]]}`), "application/geo+json", `"numberMatched":2,`},
	{"/collections/buildings/items?filter=" + url.QueryEscape("S_WITHIN(geometry, BBOX(119.1, 36.7, 119.102, 36.7005))"), "application/geo+json", `"numberMatched":1,`},
	{"/collections/buildings/items?filter=" + url.QueryEscape("S_WITHIN(geometry, BBOX(36.7, 119.1, 36.7005, 119.102))") + "&filter-crs=http://www.opengis.net/def/crs/EPSG/0/4326", "application/geo+json", `"numberMatched":1,`},
	{"/collections/booths/items?filter=" + url.QueryEscape("a_contains(trades, ('shoe')) OR name LIKE '健康街%'"), "application/geo+json", `"numberMatched":2,`},
	{"/collections/facilities/items", "application/geo+json", `"numberMatched":1,`}, // not the camera
	{"/collections/assignments/items", "application/geo+json", `"numberMatched":1,`},
	{"/collections/booths/items?f=csv", "text/csv; charset=utf-8", "id,code,name,"},
	{"/collections/booths/items?f=csv&titles=1&limit=1", "text/csv; charset=utf-8", "id,编码,名称,"},
	{"/collections/places/items/1", "application/geo+json", `"name":"奎文区"`},
	{"/search?q=%E4%BA%94%E9%81%93%E5%BA%99", "application/json", `"name":"五道庙小区"`},
	{"/grids/at?lon=119.101&lat=36.701", "application/json", `"grid":{"id":17,"layer":"grids","kind":"general","code":"370705001000001","name":"第一网格"}`},
	{"/grids/tints", "application/json", `"revision":1,"tints":[[17],[],[],[],[],[]]`},
	{"/tiles/map.json", "application/json", `"tilejson":"3.0.0"`},
	{"/tiles/streets,places.json", "application/json", `"tiles":["http://map.example/tiles/places,streets/{z}/{x}/{y}.mvt"]`},
	{"/tiles/map/14/13612/6394.mvt", "application/vnd.mapbox-vector-tile", "健康街"},
	{"/tiles/map/14/13612/6394.pbf", "application/vnd.mapbox-vector-tile", "健康街"},
	{"/styles/day.json", "application/json", "http://map.example/tiles/map.json"},
	{"/styles/map.json", "application/json", "http://map.example/tiles/map.json"},
	{"/qr/370702000186.svg", "image/svg+xml", "<svg "},
	{"/qr/3707%200200%200186.png", "image/png", "PNG"},
	{"/qr/p/XLP-1.svg", "image/svg+xml", "<svg "},
	{"/qr/p/370705001000001.png", "image/png", "PNG"},
	{"/walk/circle?lon=119.1&lat=36.7", "application/geo+json", `"reachable":{"parking":[]`},
	{"/walk/circle?lon=119.1&lat=36.7&at=2026-11-22T09:00:00+08:00", "application/geo+json", `"at":"2026-11-22T09:00:00+08:00"`},
	{"/collections/places/items?datetime=2026-01-01T08:00:00+08:00/..", "application/geo+json", `"numberMatched":126,`},
	{"/walk/nearest?lon=119.1&lat=36.7&of=booths", "application/json", `"items":[{"id":`},
	{"/walk/route?from=119.1,36.7&to=119.102,36.7", "application/geo+json", `"LineString"`},
	{"/walk/route?from=119.1,36.7&to=shelters/12", "application/geo+json", `"LineString"`},
	{"/coverage?of=booths", "application/json", `"code":"370705001001"`},
	{"/coverage/outside?of=facilities.clinic&minutes=1&by=grid&code=370705001000001", "application/json", `"items":[{"id":`},
	{"/coverage/buildings?of=booths&bbox=119,36.6,119.2,36.8", "application/json", `"ids":[6,7]`},
	{"/openapi.yaml", "application/vnd.oai.openapi;version=3.0", "openapi: 3.0.3"},
	{"/openapi.json", "application/vnd.oai.openapi+json;version=3.0", `"openapi":"3.0.3"`},
	{"/docs", "", "<!doctype html>/docs"},
	{"/healthz", "application/json", `"ok"`},
	{"/readyz", "application/json", `"revision":1`},
	{"/version", "application/json", `"name":"gridatlas"`},
	{"/assets/app.js", "", "/assets/app.js"},
}

func TestGoodRequests(t *testing.T) {
	n := newTown(t)
	for _, test := range good {
		t.Run(test.path, func(t *testing.T) {
			w := n.get(t, test.path)
			body := w.Body.String()
			if w.Code != http.StatusOK || !strings.Contains(body, test.holds) {
				t.Fatalf("%d, %q is not in %s", w.Code, test.holds, body)
			}
			if test.mediaType != "" && w.Header().Get("Content-Type") != test.mediaType {
				t.Errorf("Content-Type %q", w.Header().Get("Content-Type"))
			}
			for _, name := range []string{"Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy", "X-Request-Id", "Access-Control-Allow-Origin"} {
				if w.Header().Get(name) == "" {
					t.Errorf("no %s", name)
				}
			}
			if w.Header().Get("X-Data-Age") != "" {
				t.Errorf("fresh data with the age %s", w.Header().Get("X-Data-Age"))
			}
		})
	}
}

// HEAD is GET without the body, gzip is the same bytes packed, and who has an
// answer already gets 304.
func TestEachAnswerInOtherForms(t *testing.T) {
	n := newTown(t)
	for _, test := range good {
		t.Run(test.path, func(t *testing.T) {
			plain := n.get(t, test.path)
			packed := n.get(t, test.path, "Accept-Encoding", "gzip")
			body := packed.Body.Bytes()
			if packed.Header().Get("Content-Encoding") == "gzip" {
				reader, err := gzip.NewReader(bytes.NewReader(body))
				if err != nil {
					t.Fatal(err)
				}
				if body, err = io.ReadAll(reader); err != nil {
					t.Fatal(err)
				}
				if tag := plain.Header().Get("ETag"); tag != "" && tag == packed.Header().Get("ETag") && !strings.HasPrefix(tag, "W/") {
					t.Errorf("two encodings, one tag %s", tag)
				}
			} else if len(body) > 2000 && test.mediaType != "" {
				t.Errorf("%d bytes went out plain", len(body))
			}
			if test.mediaType != "" && plain.Body.Len() > 1024 && !strings.Contains(strings.Join(packed.Header().Values("Vary"), ","), "Accept-Encoding") {
				t.Errorf("Vary %q", packed.Header().Values("Vary"))
			}
			if test.path != "/readyz" && !bytes.Equal(body, plain.Body.Bytes()) {
				t.Error("another content when packed")
			}
			for _, w := range []http.Header{plain.Header(), packed.Header()} {
				tag := w.Get("ETag")
				if tag == "" {
					continue
				}
				again := n.get(t, test.path, "If-None-Match", tag, "Accept-Encoding", "gzip")
				if again.Code != http.StatusNotModified || again.Body.Len() != 0 || again.Header().Get("ETag") == "" {
					t.Errorf("with %s: %d, %d bytes", tag, again.Code, again.Body.Len())
				}
				if other := n.get(t, test.path, "If-None-Match", `"other"`); other.Code != http.StatusOK {
					t.Errorf("with another tag: %d", other.Code)
				}
			}
		})
	}
}

func TestHeadOverTheWire(t *testing.T) {
	n := newTown(t)
	server := newServer(t, n)
	for _, test := range good {
		response, err := http.Head(server.URL + test.path)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(response.Body)
		_ = response.Body.Close()
		if response.StatusCode != http.StatusOK || len(body) != 0 || err != nil {
			t.Errorf("%s: %d, %d bytes, %v", test.path, response.StatusCode, len(body), err)
		}
	}
}

func TestBadRequests(t *testing.T) {
	n := newTown(t)
	for _, test := range []struct {
		path   string
		status int
		kind   string
		holds  string
	}{
		{"/nothing", 404, "not-found", ""},
		{"//collections", 404, "not-found", ""},
		{"/collections/", 404, "not-found", ""},
		{"/collections/roads", 404, "not-found", `\"roads\"`},
		{"/collections/roads/items", 404, "not-found", `\"roads\"`},
		{"/collections/places/items/999999", 404, "not-found", "999999"},
		{"/collections/places/items/01", 404, "not-found", ""},
		{"/collections/places/items/x", 404, "not-found", ""},
		{"/collections/facilities/items/11", 404, "not-found", ""}, // the camera
		{"/collections?x=1", 400, "unknown-parameter", `"parameter":"x"`},
		{"/collections/places/items?colour=red", 400, "unknown-parameter", `"allowed":["bbox","bbox-crs","crs","datetime","filter","filter-crs","filter-lang","limit","page","titles","code","name"`},
		{"/collections/places/items?surveyed_by=x", 400, "unknown-parameter", ""},
		{"/collections/buildings/items?residents=47", 400, "unknown-parameter", ""},
		{"/collections/places/items?limit=0", 400, "bad-parameter", "limit: 0 is less than 1"},
		{"/collections/places/items?limit=-1", 400, "bad-parameter", `"parameter":"limit"`},
		{"/collections/places/items?limit=-99999999999999999999", 400, "bad-parameter", `"parameter":"limit"`},
		{"/collections/places/items?limit=1.5", 400, "bad-parameter", `\"1.5\" is not a whole number`},
		{"/collections/places/items?crs=EPSG:4326", 400, "bad-parameter", `"parameter":"crs"`},
		{"/collections/places/items?crs=http://www.opengis.net/def/crs/EPSG/0/27700", 400, "bad-parameter", `"parameter":"crs"`},
		{"/collections/places/items/1?crs=http://www.opengis.net/def/crs/EPSG/0/2154", 400, "bad-parameter", `"parameter":"crs"`},
		{"/collections/places/items?bbox=1,2,3,4&bbox-crs=urn:x", 400, "bad-parameter", `"parameter":"bbox-crs"`},
		{"/collections/places/items?bbox=119,37,120,36", 400, "bad-parameter", `"parameter":"bbox"`},
		{"/collections/places/items?bbox=37,119,36,120&bbox-crs=http://www.opengis.net/def/crs/EPSG/0/4326", 400, "bad-parameter", `"parameter":"bbox"`},
		{"/collections/places/items?bbox=9,9,1,1&bbox-crs=http://www.opengis.net/def/crs/EPSG/0/3857", 400, "bad-parameter", `"parameter":"bbox"`},
		{"/collections/places/items?limit=ten", 400, "bad-parameter", `\"ten\" is not a whole number`},
		{"/collections/places/items?limit=1&limit=2", 400, "bad-parameter", "2 times"},
		{"/collections/places/items?kind=", 400, "bad-parameter", "kind: is empty"},
		{"/collections/places/items?population=many", 400, "bad-parameter", "not a number"},
		{"/collections/places/items?from=yesterday", 400, "bad-parameter", "neither RFC 3339"},
		{"/collections/streets/items?bridge=maybe", 400, "bad-parameter", "neither true nor false"},
		{"/collections/places/items?f=gml", 400, "bad-parameter", "gml"},
		{"/collections/places/items?bbox=1,2,3", 400, "bad-parameter", "3 numbers"},
		{"/collections/places/items?bbox=1,2,3,x", 400, "bad-parameter", `\"x\" is not a number`},
		{"/collections/places/items?bbox=NaN,2,3,4", 400, "bad-parameter", "not a number"},
		{"/collections/places/items?bbox=1,2,3,Inf", 400, "bad-parameter", "not a number"},
		{"/collections/places/items?bbox=0x1p4,2,3,4", 400, "bad-parameter", "not a number"},
		{"/collections/places/items?bbox=1,5,3,4", 400, "bad-parameter", "south lies above north"},
		{"/collections/places/items?bbox=1,2,181,4", 400, "bad-parameter", "outside the world"},
		{"/collections/places/items?bbox=1,2,9,3,4,8", 400, "bad-parameter", "lower height"},
		{"/collections/places/items?datetime=soon", 400, "bad-parameter", "datetime"},
		{"/collections/places/items?datetime=2025-01-02/2025-01-01", 400, "bad-parameter", "ends before it begins"},
		{"/collections/places/items?filter=", 400, "bad-parameter", `"position":1`},
		{"/collections/places/items?filter=" + url.QueryEscape("name = '区' AND colour = 'red'"), 400, "bad-parameter", `filter: character 16: there is no field \"colour\"`},
		{"/collections/places/items?filter=" + url.QueryEscape("surveyed_by LIKE '%'"), 400, "bad-parameter", `there is no field \"surveyed_by\"`},
		{"/collections/buildings/items?filter=" + url.QueryEscape("residents > 40"), 400, "bad-parameter", `there is no field \"residents\"`},
		{"/collections/places/items?filter-lang=cql2-json&filter=" + url.QueryEscape(`{"op":"=","args":[1]}`), 400, "bad-parameter", "needs 2 arguments"},
		{"/collections/places/items?filter-crs=EPSG:4326", 400, "bad-parameter", `"parameter":"filter-crs"`},
		{"/collections/assignments/items?filter=" + url.QueryEscape("geometry IS NULL"), 400, "bad-parameter", `there is no field \"geometry\"`},
		{"/collections/places/items?filter-lang=ecql", 400, "bad-parameter", `"parameter":"filter-lang"`},
		{"/collections/places/items?page=xyz", 400, "bad-parameter", "not a page"},
		{"/collections/places/items?a=%zz", 400, "bad-query", ""},
		{"/collections/places/items?q=" + strings.Repeat("x", 5000), 414, "query-too-long", ""},
		{"/" + strings.Repeat("x", 9000), 414, "uri-too-long", ""},
		{"/search", 400, "bad-parameter", "q: is missing"},
		{"/search?q=%20%20", 400, "bad-parameter", "q: is missing"},
		{"/search?q=a+b+c+d+e+f+g+h+i", 400, "bad-parameter", "more than 8 words"},
		{"/search?q=" + strings.Repeat("x", 201), 400, "bad-parameter", "longer than 200"},
		{"/search?q=x&limit=-1", 400, "bad-parameter", "limit"},
		{"/grids/at", 400, "bad-parameter", "lon: is missing"},
		{"/grids/at?lon=119.1&lat=91", 400, "bad-parameter", "outside the world"},
		{"/grids/at?lon=119.1&lat=36.7&of=x", 400, "unknown-parameter", "of"},
		{"/grids/at?lon=119.09&lat=36.7", 404, "outside-grids", `"metres":0`},
		{"/tiles/roads.json", 404, "not-found", "roads"},
		{"/tiles/streets,streets.json", 400, "bad-parameter", "named twice"},
		{"/tiles/roads/1/0/0.mvt", 404, "not-found", "roads"},
		{"/tiles/map/23/0/0.mvt", 404, "tile-out-of-range", "above 22"},
		{"/tiles/map/1/2/0.mvt", 404, "tile-out-of-range", "end at 1"},
		{"/tiles/map/1/-1/0.mvt", 404, "tile-out-of-range", ""},
		{"/tiles/map/01/0/0.mvt", 404, "tile-out-of-range", ""},
		{"/tiles/map/1e1/0/0.mvt", 404, "tile-out-of-range", ""},
		{"/tiles/map/1/0/0.png", 404, "not-found", ""},
		{"/tiles/map/../map/1/0/0.mvt", 404, "not-found", ""},
		{"/tiles/map/1/0/0.mvt?v=1", 400, "unknown-parameter", ""},
		{"/qr/370702000168.svg", 404, "qr-unknown", `"suggestions":["370702000186"]`},
		{"/qr/370702000186.svg?size=9", 400, "unknown-parameter", "size"},
		{"/qr/370702000186.gif", 404, "not-found", ""},
		{"/qr/7.png", 404, "qr-unknown", "not 12 digits"},
		{"/qr/p/nowhere.svg", 404, "qr-unknown", "nowhere"},
		{"/styles/nothing.json", 404, "not-found", "nothing"},
		{"/coverage", 400, "bad-parameter", "of: is missing"},
		{"/coverage?of=", 400, "bad-parameter", "of: is empty"},
		{"/coverage?of=cafes", 400, "bad-parameter", `\"cafes\"`},
		{"/coverage?of=facilities.camera_high", 400, "bad-parameter", "no such kind"},
		{"/coverage?of=booths&minutes=5,10", 400, "bad-parameter", "one number"},
		{"/coverage?of=booths&minutes=31", 400, "bad-parameter", "31 is not from 1 to 30"},
		{"/coverage?of=booths&by=block", 400, "bad-parameter", "none of [grid community street zone district]"},
		{"/coverage?of=booths&direction=to", 400, "unknown-parameter", "direction"},
		{"/coverage?of=booths&lon=119", 400, "unknown-parameter", "lon"},
		{"/coverage/outside?of=booths&code=", 400, "bad-parameter", "code: is empty"},
		{"/coverage/outside?of=booths&code=nowhere", 404, "not-found", "no community nowhere"},
		{"/coverage/outside?of=booths&after=-1", 400, "bad-parameter", "after"},
		{"/coverage/outside?of=booths&limit=0", 400, "bad-parameter", "limit"},
		{"/coverage/buildings?of=booths", 400, "bad-parameter", "bbox: is missing"},
		{"/coverage/buildings?of=booths&bbox=1,2,3", 400, "bad-parameter", "bbox"},
		{"/coverage/buildings?of=booths&bbox=1,2,3,4&minutes=5", 400, "unknown-parameter", "minutes"},
		{"/walk/circle", 400, "bad-parameter", "lon: is missing"},
		{"/walk/circle?lon=119.1", 400, "bad-parameter", "lat: is missing"},
		{"/walk/circle?lon=east&lat=36.7", 400, "bad-parameter", `\"east\" is not a number`},
		{"/walk/circle?lon=219.1&lat=36.7", 400, "bad-parameter", "outside the world"},
		{"/walk/circle?lon=119.1&lat=36.7&minutes=0", 400, "bad-parameter", "0 is not from 1 to 30"},
		{"/walk/circle?lon=119.1&lat=36.7&minutes=31", 400, "bad-parameter", "31 is not from 1 to 30"},
		{"/walk/circle?lon=119.1&lat=36.7&minutes=5,x", 400, "bad-parameter", "not a whole number"},
		{"/walk/circle?lon=119.1&lat=36.7&minutes=1,2,3,4,5,6,7", 400, "bad-parameter", "more than 6"},
		{"/walk/circle?lon=119.1&lat=36.7&speed=0.2", 400, "bad-parameter", "speed"},
		{"/walk/circle?lon=119.1&lat=36.7&speed=run", 400, "bad-parameter", "planner, adult, elder"},
		{"/walk/circle?lon=119.1&lat=36.7&direction=up", 400, "bad-parameter", "neither from nor to"},
		{"/walk/circle?lon=119.1&lat=36.7&at=noon", 400, "bad-parameter", "at: "},
		{"/walk/circle?lon=119.1&lat=36.7&at=2026-11-22+09:00", 400, "bad-parameter", "at: "},
		{"/walk/circle?lon=119.1&lat=36.7&of=cafes", 400, "bad-parameter", `\"cafes\"`},
		{"/walk/circle?lon=119.1&lat=36.7&of=", 400, "bad-parameter", "of: is empty"},
		{"/walk/circle?lon=119.1&lat=36.7&of=facilities.camera_high", 400, "bad-parameter", "no such kind"},
		{"/walk/circle?lon=119.1&lat=36.7&routes=yes", 400, "bad-parameter", "neither 1 nor 0"},
		{"/walk/circle?lon=119.1&lat=36.7&radius=9", 400, "unknown-parameter", "radius"},
		{"/walk/circle?lon=119.3&lat=36.7", 422, "too-far-from-street", `"distance_metres":null`},
		{"/walk/circle?lon=119.1137&lat=36.7", 422, "too-far-from-street", `"distance_metres":3`},
		{"/walk/route?from=119.1,36.7&to=streets/2", 400, "bad-parameter", "no layer of places"},
		{"/walk/route?from=119.1,36.7&to=cafes/2", 400, "bad-parameter", "no layer of places"},
		{"/walk/route?from=119.1,36.7&to=booths/x", 400, "bad-parameter", `\"x\" is not an id`},
		{"/walk/route?from=booths/-1&to=119.1,36.7", 400, "bad-parameter", "is not an id"},
		{"/walk/route?from=119.1,36.7&to=booths/999", 404, "not-found", "booths/999"},
		{"/walk/route?from=119.1,36.7&to=facilities/11", 404, "not-found", "facilities/11"}, // the camera
		{"/walk/nearest?lon=119.1&lat=36.7&limit=0", 400, "bad-parameter", "limit"},
		{"/walk/route?from=119.1,36.7", 400, "bad-parameter", "to: "},
		{"/walk/route?from=119.1&to=119.1,36.7", 400, "bad-parameter", "lon,lat"},
	} {
		t.Run(test.path[:min(len(test.path), 80)], func(t *testing.T) {
			w := n.get(t, test.path)
			if w.Code != test.status || w.Header().Get("Content-Type") != problem.MediaType {
				t.Fatalf("%d %s: %s", w.Code, w.Header().Get("Content-Type"), w.Body)
			}
			if body := parse(t, w.Body.Bytes()); body["type"] != "urn:gridatlas:problem:"+test.kind || body["instance"] != "urn:gridatlas:request:"+w.Header().Get("X-Request-Id") {
				t.Errorf("got %s", w.Body)
			}
			if !strings.Contains(w.Body.String(), test.holds) {
				t.Errorf("%q is not in %s", test.holds, w.Body)
			}
		})
	}
}

func TestMethods(t *testing.T) {
	n := newTown(t)
	for _, path := range []string{"/", "/collections", "/collections/places/items", "/collections/places/items/1", "/tiles/map/1/0/0.mvt", "/coverage/outside", "/healthz"} {
		for _, method := range []string{"POST", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND"} {
			w := n.ask(t, method, path)
			if w.Code != http.StatusMethodNotAllowed || w.Header().Get("Allow") != "GET, HEAD, OPTIONS" || w.Header().Get("Content-Type") != problem.MediaType {
				t.Errorf("%s %s: %d, Allow %q", method, path, w.Code, w.Header().Get("Allow"))
			}
		}
		w := n.ask(t, "OPTIONS", path, "Origin", "https://elsewhere.example", "Access-Control-Request-Method", "GET")
		if w.Code != http.StatusNoContent || w.Header().Get("Allow") != "GET, HEAD, OPTIONS" ||
			w.Header().Get("Access-Control-Allow-Origin") != "*" || w.Header().Get("Access-Control-Allow-Methods") == "" {
			t.Errorf("OPTIONS %s: %d %v", path, w.Code, w.Header())
		}
	}
}

func TestRootForWhom(t *testing.T) {
	n := newTown(t)
	for _, test := range []struct {
		path, accept string
		page         bool
	}{
		{"/", "", false},
		{"/", "*/*", false}, // OWSLib, GDAL, curl
		{"/", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", true},
		{"/", "application/json", false},
		{"/", "application/json, text/html;q=0.5", false},
		{"/", "application/json;q=0.2, text/html;q=0.5", true},
		{"/?f=json", "text/html", false},
		{"/?f=html", "application/json", true},
	} {
		w := n.get(t, test.path, "Accept", test.accept)
		if page := strings.HasPrefix(w.Body.String(), "<!doctype"); page != test.page || w.Code != 200 || w.Header().Get("Vary") != "Accept" && !strings.Contains(strings.Join(w.Header().Values("Vary"), ","), "Accept") {
			t.Errorf("%s with %q: %d %s", test.path, test.accept, w.Code, w.Body)
		}
	}
}

// Before the first map all routes that need one say so, and the process lives.
func TestBeforeTheFirstMap(t *testing.T) {
	n := newNode(t)
	for _, test := range []struct {
		path   string
		status int
	}{
		{"/healthz", 200}, {"/version", 200}, {"/conformance", 200}, {"/", 200}, {"/collections/places/schema", 200},
		{"/readyz", 503}, {"/collections", 503}, {"/collections/places/items", 503}, {"/search?q=x", 503},
		{"/tiles/map.json", 503}, {"/tiles/map/1/0/0.mvt", 503}, {"/walk/circle?lon=119.1&lat=36.7", 503},
		{"/grids/at?lon=119.1&lat=36.7", 503}, {"/coverage?of=booths", 503}, {"/coverage/outside?of=booths", 503}, {"/coverage/buildings?of=booths&bbox=1,2,3,4", 503},
	} {
		w := n.get(t, test.path)
		if w.Code != test.status || (w.Code == 503) != (w.Header().Get("Retry-After") != "") {
			t.Errorf("%s: %d, Retry-After %q", test.path, w.Code, w.Header().Get("Retry-After"))
		}
	}
}

func TestDemoSaysSo(t *testing.T) {
	n := newTown(t, func(c *api.Config) { c.Demo = true })
	for _, path := range []string{"/?f=json", "/tiles/map.json", "/collections/places"} {
		if got := n.getJSON(t, path)["attribution"]; got != "演示数据" {
			t.Errorf("%s: attribution %v", path, got)
		}
	}
	if got := newTown(t).getJSON(t, "/tiles/map.json")["attribution"]; got != nil {
		t.Errorf("attribution %v", got)
	}
	osm := town()
	osm[0].Common().Source = "osm:relation/1"
	imported := newNode(t)
	imported.publish(build(2, osm...))
	if got := imported.getJSON(t, "/tiles/map.json")["attribution"]; got != "© OpenStreetMap contributors" {
		t.Errorf("attribution %v", got)
	}
}

// A server that was started before the demo city was there says what it shows
// as soon as it is; who made the rest is said beside it.
func TestDemoThatArrivesLater(t *testing.T) {
	n := newTown(t)
	paths := []string{"/?f=json", "/tiles/map.json", "/collections/places"}
	for _, path := range paths {
		if got := n.getJSON(t, path)["attribution"]; got != nil {
			t.Errorf("before: %s: attribution %v", path, got)
		}
	}
	features := town()
	features[1].Common().Source = "演示数据（地面为虚构）"
	n.publish(build(2, features...))
	for _, path := range paths {
		if got := n.getJSON(t, path)["attribution"]; got != "演示数据" {
			t.Errorf("after: %s: attribution %v", path, got)
		}
	}
	features[0].Common().Source = "osm:relation/1"
	n.publish(build(3, features...))
	if got := n.getJSON(t, "/tiles/map.json")["attribution"]; got != "演示数据；© OpenStreetMap contributors" {
		t.Errorf("both: attribution %v", got)
	}
	n.publish(build(4, town()...))
	if got := n.getJSON(t, "/tiles/map.json")["attribution"]; got != nil {
		t.Errorf("gone: attribution %v", got)
	}
}

func TestTileJSON(t *testing.T) {
	doc := newTown(t).getJSON(t, "/tiles/map.json")
	bounds := doc["bounds"].([]any)
	if len(bounds) != 4 || !(bounds[0].(float64) < 119.1 && bounds[2].(float64) > 119.1 && bounds[1].(float64) < 36.7 && bounds[3].(float64) > 36.7) {
		t.Errorf("bounds %v", bounds)
	}
	fields := map[string]any{}
	for _, layer := range doc["vector_layers"].([]any) {
		fields[layer.(map[string]any)["id"].(string)] = layer.(map[string]any)["fields"]
	}
	want := map[string]any{"code": "编码 Code", "name": "名称 Name", "from": "生效时间 In effect from", "until": "停用时间 In effect until", "kind": "类型 Kind"}
	if !cmp.Equal(fields["barriers"], any(want)) || fields["places_label"] == nil {
		t.Errorf("fields of barriers %v", fields["barriers"])
	}
	empty := newNode(t)
	empty.publish(build(1))
	if doc := empty.getJSON(t, "/tiles/map.json"); doc["bounds"] != nil {
		t.Errorf("an empty map has the bounds %v", doc["bounds"])
	}
}

func TestEmptyTile(t *testing.T) {
	w := newTown(t).get(t, "/tiles/map/14/1/1.mvt")
	if w.Code != http.StatusNoContent || w.Body.Len() != 0 || w.Header().Get("Cache-Control") == "" {
		t.Errorf("%d, %d bytes, %v", w.Code, w.Body.Len(), w.Header())
	}
}

func TestPublicURL(t *testing.T) {
	n := newTown(t, func(c *api.Config) { c.PublicURL = mustURL(t, "https://map.weifang.example/atlas/") })
	if got := n.getJSON(t, "/tiles/map.json")["tiles"].([]any)[0]; got != "https://map.weifang.example/atlas/tiles/map/{z}/{x}/{y}.mvt" {
		t.Errorf("tiles at %v", got)
	}
	if got := linkOf(n.getJSON(t, "/collections/places/items"), "next"); !strings.HasPrefix(got, "https://map.weifang.example/atlas/collections/places/items?page=") {
		t.Errorf("next %v", got)
	}
}
