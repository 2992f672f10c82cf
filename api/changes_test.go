package api_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"gridatlas/geo"
)

// set posts a change set that must be taken, and returns its answer.
func (w *writer) set(t testing.TB, body string, header ...string) map[string]any {
	t.Helper()
	header = append([]string{"Content-Type", "application/json"}, header...)
	return parse(t, w.must(t, 200, w.send(t, "POST", "/changes", body, header...)).Body.Bytes())
}

func (w *writer) refused(t testing.TB, status int, body string) map[string]any {
	t.Helper()
	return parse(t, w.must(t, status, w.send(t, "POST", "/changes", body, "Content-Type", "application/json")).Body.Bytes())
}

func (w *writer) see(t testing.TB, path string) map[string]any {
	t.Helper()
	return parse(t, w.must(t, 200, w.send(t, "GET", path, "")).Body.Bytes())
}

const place = `"geometry":{"type":"Point","coordinates":[119.1,36.7]}`

// Many features become one revision, or none: one that names another of the same
// set, a patch, a deletion.
func TestManyChangesOneRevision(t *testing.T) {
	w := newWriter(t)
	square := `{"type":"Polygon","coordinates":[[[119.1,36.7],[119.101,36.7],[119.101,36.701],[119.1,36.7]]]}`
	body := `{"note":"一次修改","source":"测试","changes":[
		{"action":"insert","layer":"buildings","feature":{"type":"Feature","geometry":` + square + `,"properties":{"compound":"C9","number":"1"}}},
		{"action":"insert","layer":"compounds","feature":{"type":"Feature","geometry":` + square + `,"properties":{"code":"C9"}}},
		{"action":"patch","layer":"shelters","id":1,"version":1,"feature":{"properties":{"state":"open"}}},
		{"action":"replace","layer":"land","id":1,"version":1,"feature":{"type":"Feature","geometry":` + square + `,"properties":{"kind":"green"}}},
		{"action":"delete","layer":"streets","id":4,"version":1}]}`
	done := w.set(t, body, "Idempotency-Key", "set")
	if done["revision"] != 2.0 || len(done["wrote"].([]any)) != 5 {
		t.Fatalf("got %v", done)
	}
	if again := w.set(t, body, "Idempotency-Key", "set"); fmt.Sprint(again) != fmt.Sprint(done) {
		t.Errorf("again %v, first %v", again, done)
	}
	if got := fmt.Sprint(member(t, done, "wrote", 4)); got != "map[deleted:true id:4 layer:streets]" {
		t.Errorf("deleted %v", got)
	}
	if got := w.see(t, "/collections/shelters/items/1"); member(t, got, "properties", "state") != "open" || member(t, got, "properties", "name") != "人民公园" || got["revision"] != 2.0 {
		t.Errorf("patched %v", got)
	}
	if got := member(t, w.see(t, "/collections/land/items/1"), "properties", "name"); got != nil {
		t.Errorf("replaced, and still called %v", got)
	}

	// Of several that are wrong each is named, and the others do not happen either.
	got := w.refused(t, 422, `{"changes":[
		{"action":"insert","layer":"booths","feature":{"type":"Feature",`+place+`,"properties":{"name":"good"}}},
		{"action":"insert","layer":"booths","feature":{"type":"Feature",`+place+`,"properties":{"status":"asleep"}}},
		{"action":"insert","layer":"compounds","feature":{"type":"Feature","properties":{"code":"C9"}}}]}`)
	var faults []string
	for _, v := range got["violations"].([]any) {
		v := v.(map[string]any)
		faults = append(faults, fmt.Sprintf("%v %v.%v %v", v["change"], v["layer"], v["field"], v["rule"]))
	}
	if want := "1 booths.status term; 2 compounds.geometry shape_missing; 2 compounds.code code_taken"; strings.Join(faults, "; ") != want {
		t.Errorf("faults %q", faults)
	}
	for _, test := range []struct {
		status      int
		body, holds string
	}{
		{400, `{"changes":[]}`, "there are 0 changes"},
		{400, `{"changes":[{}],"more":1}`, "more"},
		{422, `{"changes":[{"action":"move","layer":"booths"}]}`, "none of insert"},
		{422, `{"changes":[{"action":"insert","layer":"cafes","feature":{"type":"Feature"}}]}`, "cafes"},
		{422, `{"changes":[{"action":"insert","layer":"booths","id":3,"feature":{"type":"Feature"}}]}`, `"field":"id"`},
		{422, `{"changes":[{"action":"delete","layer":"booths","id":1}]}`, `"field":"version"`},
		{422, `{"changes":[{"action":"delete","layer":"booths","id":1,"version":1,"feature":{}}]}`, `"field":"feature"`},
		{422, `{"changes":[{"action":"patch","layer":"booths","id":1,"version":1,"feature":[]}]}`, `"field":"feature"`},
		{422, `{"changes":[{"action":"delete","layer":"booths","id":1,"version":1},{"action":"delete","layer":"booths","id":1,"version":1}]}`, "changed_twice"},
		{409, `{"changes":[{"action":"patch","layer":"booths","id":1,"version":7,"feature":{}},{"action":"delete","layer":"streets","id":4,"version":1}]}`, `"features":["booths/1","streets/4"]`},
	} {
		answer := w.must(t, test.status, w.send(t, "POST", "/changes", test.body, "Content-Type", "application/json"))
		if !strings.Contains(answer.Body.String(), test.holds) {
			t.Errorf("%s: %s", test.body, answer.Body)
		}
	}
	if head := w.live.Current().Head(); head.Revision != 2 {
		t.Errorf("revision %d", head.Revision)
	}
}

// Change sets are listed page by page, each with what it did.
func TestChangesAreListed(t *testing.T) {
	w := newWriter(t)
	for i := range 4 {
		w.set(t, fmt.Sprintf(`{"note":"n%d","changes":[{"action":"patch","layer":"booths","id":1,"version":%d,"feature":{"properties":{"phone":"%d"}}}]}`, i, i+1, i))
	}
	var notes []string
	for path := "/changes?since=1&limit=2"; path != ""; {
		doc := w.see(t, path)
		for _, c := range doc["changes"].([]any) {
			c := c.(map[string]any)
			notes = append(notes, fmt.Sprintf("%v %v %v", c["revision"], c["note"], c["changed"]))
		}
		path = ""
		if next := linkOf(doc, "next"); next != "" {
			path = local(t, next)
		}
	}
	if got := strings.Join(notes, "; "); got != "2 n0 1; 3 n1 1; 4 n2 1; 5 n3 1" {
		t.Errorf("listed %s", got)
	}
	one := w.see(t, "/changes/3")
	if got := fmt.Sprint(one["note"], one["features"]); got != "n1[map[differences:[map[field:phone is:1 was:0]] id:1 layer:booths version:3]]" {
		t.Errorf("revision 3: %v", got)
	}
	for path, status := range map[string]int{
		"/changes/0": 404, "/changes/99": 404, "/changes/x": 404, "/changes/03": 404, "/changes?since=-1": 400, "/changes?limit=x": 400,
		"/changes?since=99": 200, boothItems + "/99/history": 404, boothItems + "/1/history?limit=0": 400,
	} {
		w.must(t, status, w.send(t, "GET", path, ""))
		if w.must(t, 401, w.get(t, path)).Header().Get("WWW-Authenticate") == "" {
			t.Errorf("%s tells nobody how to ask", path)
		}
	}
	w.must(t, 405, w.send(t, "GET", "/changes/3/revert", ""))
	n := newTown(t)
	for _, path := range []string{"/changes", "/changes/1", "/changes/1/revert", boothItems + "/1/history"} {
		for _, method := range []string{"GET", "POST"} {
			answer, nowhere := n.ask(t, method, path, "Authorization", "Bearer "+token), n.ask(t, method, "/nowhere")
			if answer.Code != nowhere.Code {
				t.Errorf("%s %s without a token at the start: %d, as if there were something", method, path, answer.Code)
			}
		}
	}
}

// The history of a feature says what was changed, when, and how it was before, also
// after its end.
func TestHistory(t *testing.T) {
	w := newWriter(t)
	made := w.must(t, 201, w.send(t, "POST", boothItems, boothBody(`"name":"甲","trades":["shoe"]`)))
	path := local(t, made.Header().Get("Location"))
	w.must(t, 200, w.send(t, "PATCH", path, `{"properties":{"name":"乙"},"geometry":{"coordinates":[119.2,36.8]}}`, "If-Match", "*"))
	w.must(t, 204, w.send(t, "DELETE", path, "", "If-Match", "*"))
	doc := w.see(t, path+"/history")
	want := []string{
		"4 deleted name 乙→<nil> trades [shoe]→<nil> geometry [119.2 36.8]→<nil>",
		"3 version 2 name 甲→乙 geometry [119.1001 36.7003]→[119.2 36.8]",
		"2 version 1 name <nil>→甲 trades <nil>→[shoe] geometry <nil>→[119.1001 36.7003]",
	}
	var got []string
	for _, s := range doc["states"].([]any) {
		s := s.(map[string]any)
		text := fmt.Sprintf("%v ", s["revision"])
		if s["deleted"] == true {
			text += "deleted"
		} else {
			text += fmt.Sprintf("version %v", s["version"])
		}
		for _, d := range s["differences"].([]any) {
			d := d.(map[string]any)
			show := func(v any) any {
				if g, ok := v.(map[string]any); ok {
					return g["coordinates"]
				}
				return v
			}
			text += fmt.Sprintf(" %v %v→%v", d["field"], show(d["was"]), show(d["is"]))
		}
		got = append(got, text)
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	first := w.see(t, path+"/history?limit=2")
	rest := w.see(t, local(t, linkOf(first, "next")))
	if len(first["states"].([]any)) != 2 || len(rest["states"].([]any)) != 1 || linkOf(rest, "next") != "" {
		t.Errorf("pages of %d and %d", len(first["states"].([]any)), len(rest["states"].([]any)))
	}
}

// A revert is a change set that undoes another: what it made is gone, also a code
// that took effect, what it changed is as before, what it deleted is back.
func TestRevert(t *testing.T) {
	w := newWriter(t)
	before := map[string]string{}
	paths := []string{boothItems + "/1", "/collections/land/items/1"}
	for _, path := range paths {
		before[path] = fmt.Sprint(member(t, w.see(t, path), "properties"), member(t, w.see(t, path), "geometry"))
	}
	done := w.set(t, `{"note":"ein Versehen","changes":[
		{"action":"insert","layer":"booths","feature":{"type":"Feature",`+place+`,"properties":{"code":"NEW","number":"370702009983"}}},
		{"action":"patch","layer":"booths","id":1,"version":1,"feature":{"geometry":{"type":"Point","coordinates":[119.3,36.9]},"properties":{"phone":null,"status":"moved"}}},
		{"action":"delete","layer":"land","id":1,"version":1}]}`)
	made := fmt.Sprintf("%s/%v", boothItems, member(t, done, "wrote", 0, "id"))
	w.must(t, 422, w.send(t, "DELETE", made, "", "If-Match", "*")) // its code is spent
	back := w.must(t, 200, w.send(t, "POST", "/changes/2/revert", "", "Content-Type", ""))
	w.must(t, 404, w.send(t, "GET", made, ""))
	doc := w.see(t, paths[0])
	if got := fmt.Sprint(doc["properties"], doc["geometry"]); got != before[paths[0]] || doc["version"] != 3.0 {
		t.Errorf("got %v, want %v", got, before[paths[0]])
	}
	var again string
	for _, wrote := range parse(t, back.Body.Bytes())["wrote"].([]any) {
		if wrote := wrote.(map[string]any); wrote["layer"] == "land" {
			again = fmt.Sprintf("/collections/land/items/%v", wrote["id"])
		}
	}
	doc = w.see(t, again)
	if got := fmt.Sprint(doc["properties"], doc["geometry"]); got != before[paths[1]] {
		t.Errorf("got %v, want %v", got, before[paths[1]])
	}
	log, err := w.store.Log(t.Context(), 2, 0)
	if err != nil || len(log) != 1 || log[0].Note != "revert of revision 2: ein Versehen" {
		t.Errorf("log %v, %v", log, err)
	}
	if faults, err := w.store.Check(t.Context()); err != nil || len(faults) > 0 {
		t.Errorf("check: %v, %v", faults, err)
	}

	// A revert can be reverted; what was changed again since cannot.
	w.must(t, 200, w.send(t, "POST", "/changes/3/revert", "", "Content-Type", ""))
	w.must(t, 200, w.send(t, "PATCH", paths[0], `{"properties":{"phone":"1"}}`, "If-Match", "*"))
	if got := parse(t, w.must(t, 409, w.send(t, "POST", "/changes/4/revert", "", "Content-Type", "")).Body.Bytes()); fmt.Sprint(got["features"]) != "[booths/1]" {
		t.Errorf("refused because of %v", got["features"])
	}
	if faults, err := w.store.Check(t.Context()); err != nil || len(faults) > 0 {
		t.Errorf("check: %v, %v", faults, err)
	}
}

// Counts that somebody enters are no estimates any more.
func TestEnteredFiguresAreNoEstimates(t *testing.T) {
	w := newWriter(t)
	mark := "OSM; 估算（户数、人口）：按住宅建筑面积分摊社区统计数 2026-11-25"
	stored, ok := w.live.Current().Get(geo.Key{Layer: geo.Buildings, ID: 2})
	if !ok {
		t.Fatal("no building 2")
	}
	marked := geo.Clone(stored)
	marked.Common().Source = mark
	if _, err := w.store.Apply(t.Context(), geo.ChangeSet{Changes: geo.Changes(geo.Replace(marked))}); err != nil {
		t.Fatal(err)
	}
	path := "/collections/buildings/items/2"
	w.must(t, http.StatusOK, w.send(t, "PATCH", path, `{"properties":{"households":5}}`, "If-Match", "*"))
	want := "OSM; 估算（人口）：按住宅建筑面积分摊社区统计数 2026-11-25"
	if got := member(t, w.see(t, path), "properties", "source"); got != want {
		t.Errorf("the source is %v", got)
	}
}
