package api_test

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"gridatlas/api"
	"gridatlas/geo"
	"gridatlas/tiles/mvt"
)

// The tests named TestAbuseNN are what a public port is exposed to: NN is the row of the
// table in SECURITY.md that says what is done about it.

// problem asks for a path that must be answered with a problem of a status.
func (n *node) problem(t *testing.T, status int, method, path string, header ...string) string {
	t.Helper()
	w := n.ask(t, method, path, header...)
	if w.Code != status || w.Header().Get("Content-Type") != "application/problem+json" {
		t.Errorf("%s %.120s: %d %.200s, want a problem of %d", method, path, w.Code, w.Body, status)
	}
	return w.Body.String()
}

// A box around the whole world is answered page by page, never cut silently.
func TestAbuse01HugeBox(t *testing.T) {
	n := newTown(t)
	document := n.getJSON(t, "/collections/places/items?bbox=-180,-90,180,90&limit=100000")
	if document["numberReturned"].(float64) != 251 && linkOf(document, "next") == "" {
		t.Errorf("%v of %v and no next", document["numberReturned"], document["numberMatched"])
	}
	for _, path := range []string{"/collections/places/items?bbox=-181,0,0,0", "/collections/places/items?bbox=0,0,0,91"} {
		n.problem(t, 400, "GET", path)
	}
}

// Numbers that are none, swapped axes and corners. A box whose west is east of its east
// goes across the date line, as OGC API Features has it.
func TestAbuse02StrangeCoordinates(t *testing.T) {
	n := newTown(t)
	for _, number := range []string{"NaN", "Inf", "-Inf", "+Infinity", "1e400", "0x10", "1_0", "1 2", "", "119,1", "--1", "1e", "１"} {
		for _, path := range []string{
			"/walk/circle?lon=%s&lat=36.7", "/walk/circle?lon=119.1&lat=%s", "/walk/nearest?lon=%s&lat=36.7&of=booths",
			"/grids/at?lon=%s&lat=36.7", "/collections/booths/items?bbox=%s,36,120,37", "/walk/circle?lon=119.1&lat=36.7&minutes=%s",
			"/collections/booths/items?limit=%s", "/walk/circle?lon=119.1&lat=36.7&speed=%s",
		} {
			if number == "" && (strings.Contains(path, "limit") || strings.Contains(path, "speed")) || number == "119,1" && strings.Contains(path, "bbox") {
				continue
			}
			n.problem(t, 400, "GET", fmt.Sprintf(path, url.QueryEscape(number)))
		}
	}
	for _, path := range []string{
		"/walk/circle?lon=36.7&lat=119.1", "/grids/at?lon=36.7&lat=119.1", "/walk/circle?lon=181&lat=0",
		"/collections/booths/items?bbox=119,37,120,36",
		"/collections/booths/items?bbox=1,2,3", "/collections/booths/items?bbox=1,2,3,4,5",
	} {
		n.problem(t, 400, "GET", path)
	}
}

// Deep zooms and tiles outside the world are refused before anything is shifted, and
// going through all the tiles there are pushes out none that shows something.
func TestAbuse03DeepZooms(t *testing.T) {
	const tileBytes = 1 << 20
	n := newTown(t, func(c *api.Config) { c.TileBytes = tileBytes })
	for _, tile := range []string{
		"23/0/0", "99/0/0", "9999/0/0", "-1/0/0", "1/2/0", "1/0/2", "22/4194304/0", "64/0/0", "18446744073709551616/0/0", "22/18446744073709551616/0",
	} {
		n.problem(t, 404, "GET", "/tiles/map/"+tile+".mvt")
	}
	full := townTile(16)
	n.get(t, full)
	for i := range 3000 {
		if w := n.get(t, fmt.Sprintf("/tiles/map/20/%d/%d.mvt", i, 2*i)); w.Code != 204 || w.Body.Len() > 0 {
			t.Fatalf("the empty tile %d: %d", i, w.Code)
		}
	}
	before := n.Handler.(*api.Handler).Stats().Tiles
	if n.get(t, full); before.Bytes > tileBytes || n.Handler.(*api.Handler).Stats().Tiles.Hits != before.Hits+1 {
		t.Errorf("the tile of the town is made again beside %+v", before)
	}
}

// Tricks with the digits and with the path find nothing, least of all a file.
func TestAbuse04TilePathTricks(t *testing.T) {
	n := newTown(t)
	good := tileAt(14)
	for _, tile := range []string{
		"+1/0/0", "01/0/0", "1e1/0/0", "0x1/0/0", "1/%200/0", "1/0/%30%30", "١/0/0", "1/0/-0", "1_0/0/0", "１/0/0",
		"../../etc/passwd", "..%2f..%2fetc/0/passwd", "%2e%2e/0/0", "1/..%5c/0", "1/0/0%00", fmt.Sprintf("14/0%d/%d", good[0], good[1]),
	} {
		n.problem(t, 404, "GET", "/tiles/map/"+tile+".mvt")
	}
	for _, path := range []string{"/assets/../go.mod", "/assets/%2e%2e/go.mod", "/assets/..%2f..%2fetc%2fpasswd", "/sprites//etc/passwd", "//etc/passwd", "/\\etc"} {
		if w := n.get(t, path); w.Code == 200 && strings.Contains(w.Body.String(), "module ") {
			t.Errorf("%s: %s", path, w.Body)
		}
	}
}

// One layer many times, more layers than there are, strange ones.
func TestAbuse05Layers(t *testing.T) {
	n := newTown(t)
	for layers, status := range map[string]int{
		"booths,booths": 400, "map,map": 404, strings.Repeat("booths,", 3000) + "booths": 414, "booths,": 404, ",": 404, "nothing": 404, "booths,nothing": 404,
		"places,grids,compounds,buildings,parking,booths,shelters,facilities,gates": 400, "booths;drop table": 404, "assignments": 404,
	} {
		n.problem(t, status, "GET", "/tiles/"+url.PathEscape(layers)+"/14/0/0.mvt")
	}
}

// What a table calls a formula is text in our tables; the other forms give it as it is.
func TestAbuse14Formulas(t *testing.T) {
	for _, name := range []string{"=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "\x00x", "'=1+1", "=HYPERLINK(\"http://evil.example\",\"地图\")", "=cmd|' /C calc'!A0"} {
		n := newNode(t)
		b := booth(1, 10, 300)
		b.Common().Name = name
		n.publish(build(1, b))
		w := n.get(t, "/collections/booths/items?f=csv")
		rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(w.Body.String(), "\ufeff"))).ReadAll()
		if err != nil || len(rows) != 2 || w.Header().Get("X-Content-Type-Options") != "nosniff" {
			t.Fatalf("%q: %d %q, %v", name, w.Code, w.Body, err)
		}
		for _, cell := range rows[1] {
			if strings.Contains(cell, name) && !strings.HasPrefix(cell, "'") {
				t.Errorf("%q stands in a table as %q", name, cell)
			}
		}
		if list := n.getJSON(t, "/collections/booths/items")["features"].([]any); list[0].(map[string]any)["properties"].(map[string]any)["name"] != name {
			t.Errorf("%q is not kept as it is: %v", name, list[0])
		}
	}
}

// Words of SQL, of templates, of other query languages, in every parameter: they are
// values, or refused, and nothing fails inside.
func TestAbuse15Injection(t *testing.T) {
	n := newTown(t)
	for _, text := range []string{
		"' OR 1=1 --", "1; DROP TABLE booths", "${jndi:ldap://x}", "{{7*7}}", "<script>alert(1)</script>", "%00", "../../etc/passwd", "\r\nSet-Cookie: x=1",
		"exec(\"x\")", "name) UNION SELECT", strings.Repeat("(", 500), strings.Repeat("NOT ", 800) + "name='x'", "ⅷ' OR '",
	} {
		escaped := url.QueryEscape(text)
		for _, path := range []string{
			"/collections/booths/items?name=", "/collections/booths/items?filter=", "/collections/booths/items?filter-lang=cql2-json&filter=",
			"/collections/booths/items?trades=", "/collections/booths/items?page=", "/collections/booths/items?datetime=", "/collections/booths/items?crs=",
			"/search?q=", "/walk/circle?lon=119.1&lat=36.7&of=", "/walk/circle?lon=119.1&lat=36.7&at=", "/coverage?of=booths&by=", "/?f=", "/tiles/map.json?revision=",
			"/collections/" + url.PathEscape(text) + "/items?f=", "/styles/" + url.PathEscape(text) + ".json?x=",
		} {
			w := n.get(t, path+escaped)
			if w.Code >= 500 || len(w.Header().Values("Set-Cookie")) > 0 || w.Header().Get("X: y") != "" {
				t.Errorf("%s%s: %d %.200s", path, escaped, w.Code, w.Body)
			}
			if kind := w.Header().Get("Content-Type"); strings.HasPrefix(kind, "text/html") && strings.Contains(w.Body.String(), "<script>alert") {
				t.Errorf("%s gives a script back", path)
			}
		}
	}
}

// Tokens and sessions that are made up, of other kinds, cut, or doubled.
func TestAbuse19MadeUpSecrets(t *testing.T) {
	w := newWriter(t)
	for _, credentials := range []string{
		"Bearer", "Bearer ", "Bearer x", "Basic d2FuZzpwdw==", "bearer " + token + "x", token, "Bearer " + strings.Repeat("x", 4000), "Bearer \x00", "Digest x", "Bearer " + token + ", Bearer x",
	} {
		w.problem(t, 401, "GET", "/me", "Authorization", credentials)
		w.problem(t, 401, "GET", boothItems, "Authorization", credentials)
	}
	for _, cookie := range []string{"__Host-gridatlas=", "__Host-gridatlas=x", "gridatlas=" + token, "__Host-gridatlas=\"" + token + "x\"", "__Secure-gridatlas=" + token} {
		w.problem(t, 401, "GET", "/me", "Cookie", cookie)
		if answer := w.get(t, boothItems, "Cookie", cookie); answer.Code != 200 || strings.Contains(answer.Body.String(), canaryText) {
			t.Errorf("%s is somebody: %d", cookie, answer.Code)
		}
	}
}

// Keys that a cache would tell apart and we would not are refused, and what is for
// somebody lies in no cache.
func TestAbuse26Caches(t *testing.T) {
	w := newWriter(t)
	for _, path := range []string{
		"/", "/conformance", "/collections", "/collections/booths", "/collections/booths/items", "/collections/booths/items/1", "/collections/booths/schema",
		"/collections/booths/queryables", "/tiles/map.json", "/tiles/map/14/0/0.mvt", "/styles/day.json", "/walk/circle?lon=119.1&lat=36.7", "/walk/nearest?lon=119.1&lat=36.7&of=booths",
		"/coverage?of=booths", "/grids/at?lon=119.1&lat=36.7", "/search?q=x", "/openapi.yaml", "/tiles", "/collections/booths/tiles", "/tileMatrixSets",
	} {
		mark := "?"
		if strings.Contains(path, "?") {
			mark = "&"
		}
		w.problem(t, 400, "GET", path+mark+"utm_source=x", "Accept", "application/json")
	}
	for _, path := range []string{boothItems, boothItems + "/1", "/changes", "/me"} {
		if answer := w.get(t, path, "Authorization", "Bearer "+token); answer.Header().Get("Cache-Control") != "private, no-store" {
			t.Errorf("%s for somebody: %s", path, answer.Header().Get("Cache-Control"))
		}
	}
	n := newTown(t, func(c *api.Config) { c.Hosts = []string{} })
	for _, header := range [][]string{{"X-Forwarded-Host", "evil.example"}, {"X-Forwarded-Proto", "gopher"}, {"X-Original-URL", "/admin"}, {"Forwarded", "host=evil.example"}} {
		r := httptest.NewRequest(http.MethodGet, "http://localhost/?f=json", nil)
		r.Header.Set(header[0], header[1])
		answer := httptest.NewRecorder()
		n.ServeHTTP(answer, r)
		if answer.Code != 200 || strings.Contains(answer.Body.String(), "evil") || strings.Contains(answer.Body.String(), "gopher") {
			t.Errorf("%v: %d %s", header, answer.Code, answer.Body)
		}
	}
}

// Names that are not ours are refused; this machine, addresses and the public URL are
// always let in.
func TestAbuse26Hosts(t *testing.T) {
	public, _ := url.Parse("https://Map.Example.org")
	n := newTown(t, func(c *api.Config) { c.Hosts, c.PublicURL = []string{"gis.city"}, public })
	for host, status := range map[string]int{
		"localhost": 200, "localhost:8080": 200, "a.localhost": 200, "127.0.0.1:8080": 200, "[::1]:8080": 200, "192.168.1.9": 200, "[2001:db8::1]:80": 200,
		"map.example.org": 200, "MAP.example.org:443": 200, "map.example.org.": 200, "gis.city": 200,
		"evil.example": 421, "map.example.org.evil.example": 421, "localhost.evil.example": 421, "127.0.0.1.evil.example": 421, "": 421, "gis.city@evil.example": 421,
	} {
		r := httptest.NewRequest(http.MethodGet, "http://localhost/healthz", nil)
		r.Host = host
		w := httptest.NewRecorder()
		n.ServeHTTP(w, r)
		if w.Code != status {
			t.Errorf("%q: %d, want %d", host, w.Code, status)
		}
	}
}

// Script in every text field comes back as text, in every form.
func TestAbuse16ScriptInNames(t *testing.T) {
	const script = `<script>alert(1)</script>"'=HYPERLINK("x")`
	n := newNode(t)
	var features []geo.Feature
	for _, f := range town() {
		schema := geo.MustSchema(f.Layer())
		for i := range schema.Fields {
			if field := &schema.Fields[i]; field.Type == geo.Text && field.Terms == nil && field.Refs == nil && !field.Unique {
				if err := field.Set(f, script); err != nil {
					t.Fatal(err)
				}
			}
		}
		features = append(features, f)
	}
	n.publish(build(1, features...))
	for _, path := range []string{"/collections/booths/items", "/collections/booths/items?f=csv", "/search?q=script", "/walk/nearest?lon=119.1&lat=36.7&of=booths", "/walk/circle?lon=119.1&lat=36.7", "/coverage?of=booths"} {
		w := n.get(t, path)
		kind, text := w.Header().Get("Content-Type"), w.Body.String()
		if w.Code != 200 || strings.HasPrefix(kind, "text/html") || w.Header().Get("X-Content-Type-Options") != "nosniff" || !strings.HasPrefix(w.Header().Get("Content-Security-Policy"), "default-src 'none'") {
			t.Errorf("%s: %d %v", path, w.Code, w.Header())
		}
		if strings.Contains(kind, "json") && strings.Contains(text, "<script") {
			t.Errorf("%s: what a careless page would take for markup is not escaped", path)
		}
	}
	spot := tileAt(17)
	tile := n.get(t, fmt.Sprintf("/tiles/booths/17/%d/%d.mvt", spot[0], spot[1]-1)) // the booth is north of the middle
	if _, err := mvt.Decode(tile.Body.Bytes()); tile.Code != 200 || err != nil || !bytes.Contains(tile.Body.Bytes(), []byte(script)) {
		t.Errorf("a tile does not hold the text as it is: %d, %v", tile.Code, err)
	}
}

// No parameter names an address that is asked or led to.
func TestAbuse27Addresses(t *testing.T) {
	asked := false
	victim := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked = true }))
	defer victim.Close()
	n := newTown(t, func(c *api.Config) { c.Accounts, c.Store = everything(), deaf{} })
	for _, name := range []string{"url", "href", "src", "next", "to", "redirect", "return", "callback", "crs", "filter-crs", "profile", "page", "of", "q", "style"} {
		for _, path := range []string{"/", "/collections/booths/items", "/styles/day.json", "/search", "/walk/circle", "/tiles/map.json"} {
			w := n.get(t, path+"?"+name+"="+url.QueryEscape(victim.URL), "Accept", "application/json")
			if w.Header().Get("Location") != "" || w.Code >= 300 && w.Code < 400 || w.Code >= 500 {
				t.Errorf("%s?%s: %d %s", path, name, w.Code, w.Header().Get("Location"))
			}
		}
	}
	if asked {
		t.Error("an address of a stranger was asked")
	}
}
