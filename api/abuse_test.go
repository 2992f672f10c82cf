package api_test

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"gridatlas/api"
	"gridatlas/geo"
	"gridatlas/tiles/mvt"
)

// The tests of this file are what a public port is exposed to, one test for a kind of
// abuse, named after it.

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
func TestAbuseHugeBox(t *testing.T) {
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
func TestAbuseStrangeCoordinates(t *testing.T) {
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

// Deep zooms, tiles outside the world, tricks with the digits and with the path: all
// refused before anything is shifted or looked for in the file system.
func TestAbuseTilePaths(t *testing.T) {
	n := newTown(t)
	for _, tile := range []string{
		"23/0/0", "99/0/0", "9999/0/0", "-1/0/0", "1/2/0", "1/0/2", "22/4194304/0", "64/0/0", "18446744073709551616/0/0",
		"+1/0/0", "01/0/0", "1e1/0/0", "0x1/0/0", "1/%200/0", "1/0/%30%30", "١/0/0", "1/0/-0",
		"../../etc/passwd", "..%2f..%2fetc/0/passwd", "%2e%2e/0/0", "1/..%5c/0", "1/0/0%00",
	} {
		w := n.get(t, "/tiles/map/"+tile+".mvt")
		if w.Code != 404 && w.Code != 400 {
			t.Errorf("%s: %d", tile, w.Code)
		}
	}
	for _, path := range []string{"/assets/../go.mod", "/assets/%2e%2e/go.mod", "/assets/..%2f..%2fetc%2fpasswd", "/sprites//etc/passwd", "//etc/passwd", "/\\etc"} {
		if w := n.get(t, path); w.Code == 200 && strings.Contains(w.Body.String(), "module ") {
			t.Errorf("%s: %s", path, w.Body)
		}
	}
}

// One layer many times, more layers than there are, strange ones.
func TestAbuseLayers(t *testing.T) {
	n := newTown(t)
	for layers, status := range map[string]int{
		"booths,booths": 400, "map,map": 404, strings.Repeat("booths,", 3000) + "booths": 414, "booths,": 404, ",": 404, "nothing": 404, "booths,nothing": 404,
		"places,grids,compounds,buildings,parking,booths,shelters,facilities,gates": 400, "booths;drop table": 404, "assignments": 404,
	} {
		n.problem(t, status, "GET", "/tiles/"+url.PathEscape(layers)+"/14/0/0.mvt")
	}
}

// Bodies that are too large, too deep, too many corners or rings, or no text.
func TestAbuseBodies(t *testing.T) {
	w := newWriter(t)
	ring := strings.TrimSuffix(strings.Repeat("[119.1,36.7],", 30_000), ",")
	polygon := func(coordinates string) string {
		return `{"type":"Feature","properties":{"kind":"green"},"geometry":{"type":"Polygon","coordinates":` + coordinates + `}}`
	}
	for name, c := range map[string]struct {
		path, body string
		status     int
	}{
		"too large":        {"/collections/land/items", polygon("[[" + strings.Repeat(" ", 5<<20) + "]]"), 413},
		"too deep":         {"/collections/land/items", polygon(strings.Repeat("[", 40) + strings.Repeat("]", 40)), 400},
		"10,000 deep":      {"/changes", strings.Repeat("[", 100_000), 400},
		"many corners":     {"/collections/land/items", polygon("[[" + ring + "]]"), 422},
		"many rings":       {"/collections/land/items", polygon("[" + strings.TrimSuffix(strings.Repeat("[[1,1],[2,1],[2,2],[1,1]],", 2000), ",") + "]"), 422},
		"bow tie":          {"/collections/land/items", polygon("[[[119.1,36.7],[119.2,36.8],[119.2,36.7],[119.1,36.8],[119.1,36.7]]]"), 422},
		"no area":          {"/collections/land/items", polygon("[[[119.1,36.7],[119.2,36.8],[119.3,36.9],[119.1,36.7]]]"), 422},
		"a collection":     {"/collections/land/items", `{"type":"Feature","properties":{},"geometry":{"type":"GeometryCollection","geometries":[]}}`, 422},
		"not UTF-8":        {boothItems, "{\"type\":\"Feature\xff\"}", 400},
		"twice the member": {"/changes", `{"changes":[{"action":"insert"}],"changes":[]}`, 400},
		"a stranger":       {"/changes", `{"changes":[{"action":"insert","layer":"booths","sql":"x"}]}`, 400},
	} {
		header := []string{}
		if c.path == "/changes" {
			header = []string{"Content-Type", "application/json"}
		}
		answer := w.send(t, "POST", c.path, c.body, header...)
		if answer.Code != c.status || answer.Header().Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s: %d %.200s, want %d", name, answer.Code, answer.Body, c.status)
		}
	}
}

// Words of SQL, of templates, of other query languages, in every parameter: they are
// values, or refused, and nothing fails inside.
func TestAbuseInjection(t *testing.T) {
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
func TestAbuseMadeUpSecrets(t *testing.T) {
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
func TestAbuseCaches(t *testing.T) {
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
func TestAbuseHosts(t *testing.T) {
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

// A flood of circles from one network is told to wait, and others are served; the
// usual pace leaves a network 20 circles a second.
func TestAbuseFlood(t *testing.T) {
	clock := now
	n := newTown(t, func(c *api.Config) { c.Paces, c.Clock = 1, func() time.Time { return clock } })
	ask := func(address, path string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(http.MethodGet, "http://map.example"+path, nil)
		r.RemoteAddr = address
		w := httptest.NewRecorder()
		n.ServeHTTP(w, r)
		return w
	}
	const circle = "/walk/circle?lon=119.1&lat=36.7&minutes=5"
	served := 0
	for range 100 {
		if ask("192.0.2.1:5000", circle).Code == 200 {
			served++
		}
	}
	if served != 60 {
		t.Errorf("%d of 100 at once are served", served)
	}
	w := ask("192.0.2.1:5001", circle)
	if wait := w.Header().Get("Retry-After"); w.Code != 429 || wait < "1" || wait > "4" || !strings.Contains(w.Body.String(), "rate-limited") {
		t.Errorf("a flood: %d %v %s", w.Code, w.Header(), w.Body)
	}
	for _, path := range []string{"/healthz", "/tiles/map/14/0/0.mvt", "/collections/booths/items", "/"} {
		if w := ask("192.0.2.1:5002", path); w.Code >= 400 {
			t.Errorf("%s while circles are slowed down: %d", path, w.Code)
		}
	}
	if w := ask("192.0.2.2:5000", circle); w.Code != 200 {
		t.Errorf("another network: %d", w.Code)
	}
	served = 0
	for range 10 * 100 { // ten seconds at 100 a second
		clock = clock.Add(10 * time.Millisecond)
		if ask("192.0.2.1:5000", circle).Code == 200 {
			served++
		}
	}
	if served < 195 || served > 205 {
		t.Errorf("%d circles in ten seconds", served)
	}
}

// Script in every text field comes back as text, in every form.
func TestAbuseScriptInNames(t *testing.T) {
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
		if strings.Contains(kind, "csv") && strings.Contains(text, ",=HYPERLINK") {
			t.Errorf("%s runs a formula", path)
		}
	}
	tile := n.get(t, "/tiles/booths/14/13612/6374.mvt")
	if tile.Code == 200 {
		if _, err := mvt.Decode(tile.Body.Bytes()); err != nil || !bytes.Contains(tile.Body.Bytes(), []byte(script)) {
			t.Errorf("a tile does not hold the text as it is: %v", err)
		}
	}
}

// No parameter names an address that is asked or led to.
func TestAbuseAddresses(t *testing.T) {
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

// A flood of sign-ins is bounded in what it costs: access.Hasher lets two hash at a
// time, and who has guessed too often waits.
func TestAbuseSignInFlood(t *testing.T) {
	v := newDoor(t)
	statuses := map[int]int{}
	for range 30 {
		w := v.send(t, "POST", "/signin", signInForm("wrong", ""))
		statuses[w.Code]++
	}
	if statuses[401] != 6 || statuses[429] != 24 {
		t.Errorf("30 guesses at once: %v", statuses)
	}
}
