package api_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"gridatlas/api/problem"
	"gridatlas/geo"
	"gridatlas/geo/crs"
)

func (n *node) post(t testing.TB, path, body string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest(http.MethodPost, "http://map.example"+path, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	n.ServeHTTP(w, r)
	return w
}

// suppose posts a change that must be answered with 200 and an object.
func (n *node) suppose(t testing.TB, path, body string) map[string]any {
	t.Helper()
	w := n.post(t, path, body)
	if w.Code != http.StatusOK {
		t.Fatalf("%s %s: %d %s", path, body, w.Code, w.Body)
	}
	return parse(t, w.Body.Bytes())
}

// corners writes metres around the middle of the town as positions.
func corners(metres ...float64) string {
	var words []string
	for _, p := range ring(metres...) {
		lon, lat := crs.ToDegrees(p)
		words = append(words, fmt.Sprintf("[%.7f,%.7f]", lon, lat))
	}
	return "[" + strings.Join(words, ",") + "]"
}

func idOf[T geo.Feature](code string) int64 {
	for _, f := range town() {
		if _, is := f.(T); is && f.Common().Code == code {
			return f.Common().ID
		}
	}
	return 0
}

// member digs into a document.
func member(t testing.TB, doc any, path ...any) any {
	t.Helper()
	for _, step := range path {
		switch step := step.(type) {
		case string:
			doc = doc.(map[string]any)[step]
		case int:
			list := doc.([]any)
			if step >= len(list) {
				t.Fatalf("no item %d of %v in %v", step, path, doc)
			}
			doc = list[step]
		}
	}
	return doc
}

const circlePath = "/walk/circle?lon=119.1&lat=36.7&minutes=15&of=booths,facilities"

// A road across is closed, a booth is taken away and another put up: the answer is
// of that, and says what is other than today.
func TestSuppose(t *testing.T) {
	n := newTown(t)
	gone := idOf[*geo.Booth]("XLP-2")
	body := fmt.Sprintf(`{"closures":[{"type":"LineString","coordinates":%s}],
		"add":[{"layer":"booths","kind":"key","lon":119.0985,"lat":36.7,"name":"假设的小蓝棚"}],"remove":["booths/%d"]}`,
		corners(-50, 150, 50, 150), gone)
	before := n.get(t, circlePath).Body.String()
	doc := n.suppose(t, circlePath, body)
	booths := member(t, doc, "reachable", "booths").([]any)
	if len(booths) != 1 || member(t, booths, 0, "id") != -1.0 || member(t, booths, 0, "name") != "假设的小蓝棚" || member(t, booths, 0, "kind") != "key" {
		t.Errorf("booths %v", booths)
	}
	if doc["closures"] != 1.0 {
		t.Errorf("%v closures", doc["closures"])
	}
	gained, lost := member(t, doc, "changed", "reachable", "booths", "gained").([]any), member(t, doc, "changed", "reachable", "booths", "lost").([]any)
	if len(gained) != 1 || member(t, gained, 0, "id") != -1.0 || member(t, gained, 0, "minutes_before") != nil ||
		len(lost) != 2 || member(t, lost, 0, "code") != "XLP-1" || member(t, lost, 0, "minutes") != nil || member(t, lost, 1, "code") != "XLP-2" {
		t.Errorf("gained %v, lost %v", gained, lost)
	}
	area := member(t, doc, "changed", "bands", 0, "area_m2").(map[string]any)
	if !(area["after"].(float64) < area["before"].(float64)) || area["after"] != member(t, doc, "features", 0, "properties", "area_m2") {
		t.Errorf("area %v", area)
	}
	if after := n.get(t, circlePath).Body.String(); after != before {
		t.Error("something was stored")
	}
	for _, nothing := range []string{`{}`, `{"closures":[],"open_gates":[],"add":[],"remove":[]}`} {
		doc := n.suppose(t, circlePath, nothing)
		if len(member(t, doc, "changed", "reachable", "booths", "lost").([]any)) != 0 {
			t.Errorf("%s changes %v", nothing, doc["changed"])
		}
		delete(doc, "changed")
		if fmt.Sprint(doc) != fmt.Sprint(parse(t, []byte(before))) {
			t.Errorf("%s is answered by %v", nothing, doc)
		}
	}

	nearest := n.suppose(t, "/walk/nearest?lon=119.1&lat=36.7&of=booths", body)
	if len(member(t, nearest, "items").([]any)) != 1 || len(member(t, nearest, "changed", "lost").([]any)) != 2 {
		t.Errorf("nearest %v", nearest)
	}
	route := "/walk/route?from=119.1,36.7&to=119.1,36.702"
	if w := n.post(t, route, body); w.Code != 404 {
		t.Errorf("through the closure: %d %s", w.Code, w.Body)
	}
	changed := n.suppose(t, "/walk/route?from=119.1,36.7&to=119.1,36.701", body)["changed"].(map[string]any)
	if member(t, changed, "minutes", "before") != member(t, changed, "minutes", "after") || member(t, changed, "metres", "before") == nil {
		t.Errorf("changed %v", changed)
	}
}

func TestSupposeRefuses(t *testing.T) {
	n := newTown(t)
	many := func(item string, n int) string {
		return "[" + strings.TrimSuffix(strings.Repeat(item+",", n), ",") + "]"
	}
	var circle strings.Builder
	for i := range 20_001 {
		fmt.Fprintf(&circle, "[119.1,%.6f],", 36+float64(i)*1e-6)
	}
	line := strings.TrimSuffix(circle.String(), ",")
	polygon := func(coordinates string) string {
		return `{"closures":[{"type":"Polygon","coordinates":[` + coordinates + `]}]}`
	}
	for _, c := range []struct {
		name, body string
		status     int
		want       string
	}{
		{"no body", "", 400, "ends before"},
		{"no object", `[]`, 400, `"type":"urn:gridatlas:problem:bad-body"`},
		{"half", `{"closures":[`, 400, "ends before"},
		{"two", `{}{}`, 400, "more follows"},
		{"unknown member", `{"closure":[]}`, 400, `closure`},
		{"unknown member inside", `{"add":[{"layer":"booths","lon":119.1,"lat":36.7,"height":3}]}`, 400, "height"},
		{"wrong type", `{"open_gates":["a"]}`, 400, `"field":"open_gates"`},
		{"no gate", `{"open_gates":[99]}`, 422, `"field":"open_gates","index":0`},
		{"many gates", `{"open_gates":` + many("1", 101) + `}`, 422, `"field":"open_gates"`},
		{"many closures", `{"closures":` + many("{}", 101) + `}`, 422, `"field":"closures"`},
		{"many added", `{"add":` + many("{}", 101) + `}`, 422, `"field":"add"`},
		{"many removed", `{"remove":` + many(`"booths/1"`, 101) + `}`, 422, `"field":"remove"`},
		{"no place", `{"remove":["booths/8","booths/99"]}`, 422, `"field":"remove","index":1`},
		{"no layer", `{"remove":["houses/1"]}`, 422, `"field":"remove","index":0`},
		{"a building", `{"remove":["buildings/6"]}`, 422, `"field":"remove","index":0`},
		{"added nowhere", `{"add":[{"layer":"booths"}]}`, 422, "lon and lat are missing"},
		{"added beyond", `{"add":[{"layer":"booths","lon":190,"lat":36}]}`, 422, `"field":"add","index":0`},
		{"added as a street", `{"add":[{"layer":"streets","lon":119.1,"lat":36}]}`, 422, "layer: "},
		{"of no kind", `{"add":[{"layer":"facilities","kind":"castle","lon":119.1,"lat":36}]}`, 422, "castle"},
		{"a camera", `{"add":[{"layer":"facilities","kind":"camera_high","lon":119.1,"lat":36}]}`, 422, "camera_high"},
		{"a point", `{"closures":[{"type":"Point","coordinates":[119,36]}]}`, 422, `"field":"closures","index":0`},
		{"coordinates of another type", `{"closures":[{"type":"Polygon","coordinates":[119,36]}]}`, 422, "coordinates"},
		{"open ring", polygon(corners(0, 0, 10, 0, 10, 10)), 422, "does not end where it begins"},
		{"bow tie", polygon(corners(0, 0, 10, 10, 10, 0, 0, 10, 0, 0)), 422, `"lon":119.1`},
		{"back over itself", polygon(corners(0, 0, 20, 0, 20, 20, 20, 5, 20, 0, 0, 20, 0, 0)), 422, "crosses itself"},
		{"out of the world", polygon(`[[181,0],[182,0],[182,1],[181,0]]`), 422, "coordinates"},
		{"too long", `{"closures":[{"type":"LineString","coordinates":[[100,30],[120,36]]}]}`, 422, "1000 km"},
		{"too many points", `{"closures":[{"type":"LineString","coordinates":[` + line + `]}]}`, 422, "20000 points"},
		{"too large", `{"closures":[` + strings.Repeat(" ", 2<<20) + `]}`, 413, "body-too-large"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := n.post(t, circlePath, c.body)
			if w.Code != c.status || w.Header().Get("Content-Type") != problem.MediaType || !strings.Contains(w.Body.String(), c.want) {
				t.Errorf("%d %.300s", w.Code, w.Body)
			}
		})
	}
	r := httptest.NewRequest(http.MethodPost, circlePath, strings.NewReader("a=1"))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	if n.ServeHTTP(w, r); w.Code != http.StatusUnsupportedMediaType {
		t.Errorf("a form: %d", w.Code)
	}
}

// Where there is a POST, it is said; nowhere else is one.
func TestPostIsOffered(t *testing.T) {
	n := newTown(t)
	for path, allow := range map[string]string{
		"/walk/circle": "GET, HEAD, OPTIONS, POST", "/walk/nearest": "GET, HEAD, OPTIONS, POST", "/walk/route": "GET, HEAD, OPTIONS, POST",
		"/collections": "GET, HEAD, OPTIONS",
	} {
		w := n.ask(t, http.MethodOptions, path)
		if w.Header().Get("Allow") != allow || w.Header().Get("Access-Control-Allow-Methods") != allow ||
			!strings.Contains(w.Header().Get("Access-Control-Allow-Headers"), "Content-Type") || w.Header().Get("Set-Cookie") != "" {
			t.Errorf("%s: %v", path, w.Header())
		}
		if w := n.ask(t, http.MethodPut, path); w.Code != 405 || w.Header().Get("Allow") != allow {
			t.Errorf("PUT %s: %d %v", path, w.Code, w.Header())
		}
	}
}

func FuzzWhatIf(f *testing.F) {
	n := newTown(f)
	f.Add(`{"closures":[{"type":"Polygon","coordinates":[[[119.1,36.7],[119.11,36.7],[119.11,36.71],[119.1,36.7]]]}],"open_gates":[1],"add":[{"layer":"booths","kind":"key","lon":119.1,"lat":36.7,"name":"x"}],"remove":["booths/8"]}`)
	f.Add(`{"closures":[{"type":"MultiLineString","coordinates":[[[119.0,36.7],[119.2,36.7]]]}]}`)
	f.Add(`{"closures":[{"type":"MultiPolygon","coordinates":[[[[1,2],[1,2],[1,2],[1,2]]]]}]}`)
	f.Add(`{"closures":null,"add":null}x`)
	f.Fuzz(func(t *testing.T, body string) {
		for _, path := range []string{circlePath, "/walk/nearest?lon=119.1&lat=36.7", "/walk/route?from=119.1,36.7&to=119.1,36.702&datum=gcj02"} {
			w := n.post(t, path, body)
			switch w.Code {
			case 200, 400, 404, 422:
			default:
				t.Fatalf("%s %q: %d %s", path, body, w.Code, w.Body)
			}
			if w.Code >= 400 && w.Header().Get("Content-Type") != problem.MediaType {
				t.Fatalf("%s %q: %d as %s", path, body, w.Code, w.Header().Get("Content-Type"))
			}
		}
	})
}
