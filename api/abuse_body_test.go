package api_test

import (
	"fmt"
	"math"
	"net/http/httptest"
	"strings"
	"testing"

	"gridatlas/geo"
)

// polygonBody is a lawn with coordinates.
func polygonBody(coordinates string) string {
	return `{"type":"Feature","properties":{"kind":"green"},"geometry":{"type":"Polygon","coordinates":` + coordinates + `}}`
}

// star is a ring of n corners that crosses itself nowhere.
func star(n int) string {
	var b strings.Builder
	for i := range n + 1 {
		turn, radius := 2*math.Pi*float64(i%n)/float64(n), 0.01+0.001*float64(i%n%2)
		fmt.Fprintf(&b, ",[%.7f,%.7f]", 119.1+radius*math.Cos(turn), 36.7+radius*math.Sin(turn))
	}
	return "[[" + b.String()[1:] + "]]"
}

// refuses posts a body, which must be answered with a problem of a status that says
// certain words.
func (w *writer) refuses(t *testing.T, name, path, body string, status int, words string) *httptest.ResponseRecorder {
	t.Helper()
	var header []string
	if path == "/changes" {
		header = []string{"Content-Type", "application/json"}
	}
	answer := w.send(t, "POST", path, body, header...)
	if answer.Code != status || answer.Header().Get("Content-Type") != "application/problem+json" || !strings.Contains(answer.Body.String(), words) {
		t.Errorf("%s: %d %.200s, want %d with %q", name, answer.Code, answer.Body, status, words)
	}
	return answer
}

// head is that of the store.
func (w *writer) head(t *testing.T) geo.Head {
	t.Helper()
	head, err := w.store.Load(t.Context(), func(geo.Feature) error { return nil })
	if err != nil {
		t.Fatal(err)
	}
	return head
}

const landItems = "/collections/land/items"

// Bodies of too many bytes and shapes of too many corners, in one ring or in many.
func TestAbuse06PolygonBombs(t *testing.T) {
	w := newWriter(t)
	before := w.head(t)
	w.refuses(t, "too large", landItems, polygonBody("[["+strings.Repeat(" ", 5<<20)+"]]"), 413, "body-too-large")
	w.refuses(t, "too large a set", "/changes", strings.Repeat(" ", 33<<20), 413, "body-too-large")
	w.refuses(t, "corners", landItems, polygonBody(star(20_002)), 422, "has 20002 corners, more than 20000")
	rings := strings.Builder{}
	for i := range 7000 {
		x, y := 119+float64(i%100)*1e-3, 36+float64(i/100)*1e-3
		fmt.Fprintf(&rings, ",[[%[1]f,%[2]f],[%[3]f,%[2]f],[%[3]f,%[4]f],[%[1]f,%[2]f]]", x, y, x+5e-4, y+5e-4)
	}
	w.refuses(t, "rings", landItems, polygonBody("[[[118,35],[121,35],[121,38],[118,35]]"+rings.String()+"]"), 422, "has 21003 corners, more than 20000")
	for _, path := range []string{"/walk/circle?lon=119.1&lat=36.7", "/coverage?of=booths"} {
		answer := w.send(t, "POST", path, strings.Repeat(" ", 3<<20), "Content-Type", "application/json")
		if answer.Code != 413 {
			t.Errorf("%s: %d %s", path, answer.Code, answer.Body)
		}
	}
	if head := w.head(t); head != before {
		t.Errorf("something was written: %v", head)
	}
	w.must(t, 201, w.send(t, "POST", landItems, polygonBody(star(20_000))))
}

// Shapes that are none are refused with the place of the fault, and never mended
// silently.
func TestAbuse07BadRings(t *testing.T) {
	w := newWriter(t)
	before := w.head(t)
	for name, c := range map[string]struct{ coordinates, rule string }{
		"bow tie":        {"[[[119.1,36.7],[119.2,36.8],[119.2,36.7],[119.1,36.8],[119.1,36.7]]]", "self_crossing"},
		"no area":        {"[[[119.1,36.7],[119.2,36.8],[119.3,36.9],[119.1,36.7]]]", ""},
		"a spike":        {"[[[119.1,36.7],[119.2,36.7],[119.3,36.7],[119.2,36.7],[119.2,36.8],[119.1,36.7]]]", ""},
		"twice the ring": {"[[[119.1,36.7],[119.2,36.7],[119.2,36.8],[119.1,36.7]],[[119.1,36.7],[119.2,36.7],[119.2,36.8],[119.1,36.7]]]", ""},
		"hole outside":   {"[[[119.1,36.7],[119.2,36.7],[119.2,36.8],[119.1,36.7]],[[119.4,36.7],[119.5,36.7],[119.5,36.8],[119.4,36.7]]]", ""},
		"one corner":     {"[[[119.1,36.7],[119.1,36.7],[119.1,36.7],[119.1,36.7]]]", ""},
		"open":           {"[[[119.1,36.7],[119.2,36.7],[119.2,36.8],[119.1,36.8]]]", ""},
	} {
		answer := w.refuses(t, name, landItems, polygonBody(c.coordinates), 422, c.rule)
		violations, _ := parse(t, answer.Body.Bytes())["violations"].([]any)
		if len(violations) == 0 || violations[0].(map[string]any)["field"] != "geometry" || name != "one corner" && violations[0].(map[string]any)["lon"] == nil {
			t.Errorf("%s: no place in %s", name, answer.Body)
		}
	}
	for name, body := range map[string]string{
		"a collection": `{"type":"Feature","properties":{},"geometry":{"type":"GeometryCollection","geometries":[]}}`,
		"a curve":      `{"type":"Feature","properties":{},"geometry":{"type":"CircularString","coordinates":[]}}`,
		"null":         `{"type":"Feature","properties":{},"geometry":{"type":"Polygon","coordinates":[[[null,1],[1,1],[1,2],[null,1]]]}}`,
	} {
		w.refuses(t, name, landItems, body, 422, "geometry")
	}
	if head := w.head(t); head != before {
		t.Errorf("something was written: %v", head)
	}
}

// A grid that overlaps its neighbour or leaves a gap is refused with both codes, and
// the rest of its change set with it.
func TestAbuse08OverlapsAndGaps(t *testing.T) {
	w := newWriter(t)
	west, _ := quarter(t, w)
	before := w.head(t)
	for rule, shape := range map[string]geo.Shape{"overlap": box(0, 9000, 120, 9100), "gap": box(0, 9000, 80, 9100)} {
		set := fmt.Sprintf(`{"changes":[{"action":"insert","layer":"booths","feature":%s},{"action":"patch","layer":"grids","id":%s,"version":1,"feature":%s}]}`,
			feature(at(1, 1), `"name":"x","trades":["shoe"]`), strings.TrimPrefix(west, gridItems+"/"), feature(shape, ""))
		answer := w.refuses(t, rule, "/changes", set, 422, `"rule":"`+rule+`"`)
		if text := answer.Body.String(); !strings.Contains(text, "Q1") || rule == "overlap" && !strings.Contains(text, "Q2") {
			t.Errorf("%s: not whose border it is: %s", rule, text)
		}
	}
	if head := w.head(t); head != before {
		t.Errorf("something was written: %v", head)
	}
}

// Texts that nest without end, or say a thing twice, or what nobody asked for.
func TestAbuse09DeepJSON(t *testing.T) {
	w := newWriter(t)
	for name, c := range map[string]struct {
		path, body, words string
	}{
		"deep coordinates": {landItems, polygonBody(strings.Repeat("[", 40) + strings.Repeat("]", 40)), ""},
		"deep properties":  {landItems, `{"type":"Feature","properties":{"kind":` + strings.Repeat(`{"a":`, 40) + "1" + strings.Repeat("}", 40) + `},"geometry":null}`, ""},
		"100,000 deep":     {"/changes", strings.Repeat("[", 100_000), ""},
		"a million deep":   {landItems, strings.Repeat(`{"a":`, 700_000), ""},
		"not UTF-8":        {boothItems, "{\"type\":\"Feature\xff\"}", ""},
		"twice the member": {"/changes", `{"changes":[{"action":"insert"}],"changes":[]}`, ""},
		"a stranger":       {"/changes", `{"changes":[{"action":"insert","layer":"booths","sql":"x"}]}`, ""},
		"two texts":        {"/changes", `{"changes":[]} {"changes":[]}`, ""},
		"nothing":          {"/changes", ``, ""},
	} {
		w.refuses(t, name, c.path, c.body, 400, c.words)
	}
	filter := strings.Repeat(`{"op":"not","args":[`, 2000)
	w.problem(t, 400, "GET", "/collections/booths/items?filter-lang=cql2-json&filter="+strings.NewReplacer(`"`, "%22", "{", "%7B", "[", "%5B").Replace(filter[:1000]))
	w.problem(t, 400, "GET", "/collections/booths/items?filter="+strings.Repeat("(", 1000))
}
