package api_test

import (
	"fmt"
	"strings"
	"testing"

	"gridatlas/api/access"
)

const sixChecks = `{"passed":["seats","number","marked_place","canopy","clothing","bins"],"on":"2026-11-20","note":"地垫破了"}`

// An inspection that is sent twice counts once, and says when the next one is due.
func TestInspection(t *testing.T) {
	w := newWriter(t)
	local := append(w.within(access.GridWorker), asJSON...)
	id := w.idOf(t, "booths", "XLP-1")
	path := fmt.Sprintf("/booths/%d/inspections", id)
	for range 2 {
		booth := parse(t, w.must(t, 200, w.send(t, "POST", path, sixChecks, append(local, "Idempotency-Key", "7")...)).Body.Bytes())
		want := "[number marked_place canopy clothing bins seats] 2026-11-20 2026-11-20 wang 2027-02-18"
		if got := fmt.Sprint(inside(t, booth, "properties", "checks"), " ", inside(t, booth, "properties", "last_checked"), " ", inside(t, booth, "properties", "surveyed_on"), " ",
			inside(t, booth, "properties", "surveyed_by"), " ", inside(t, booth, "properties", "due_on")); got != want {
			t.Errorf("%s, want %s", got, want)
		}
		if revision := w.live.Current().Head().Revision; revision != 2 {
			t.Errorf("revision %d", revision)
		}
	}
	change := w.asStaff(t, "/changes/2")
	if note := inside(t, change, "note"); !strings.Contains(note.(string), "地垫破了") || inside(t, change, "author") != "wang" {
		t.Errorf("%v", change)
	}
	if public := w.getJSON(t, fmt.Sprintf("/collections/booths/items/%d", id)); strings.Contains(fmt.Sprint(public), "wang") {
		t.Errorf("the public reads who inspected: %v", public)
	}
	// What comes late from a phone does not undo what is newer.
	w.must(t, 409, w.send(t, "POST", path, strings.Replace(sixChecks, "-20", "-19", 1), local...))
	w.must(t, 422, w.send(t, "POST", path, strings.Replace(sixChecks, "-20", "-21", 1), append(local, "Idempotency-Key", "7")...))
	w.must(t, 200, w.send(t, "POST", path, `{"passed":[]}`, local...))
	if got := inside(t, w.getJSON(t, "/collections/booths/items?code=XLP-1"), "features", 0, "properties", "checks"); fmt.Sprint(got) != "[]" && got != nil {
		t.Errorf("checks %v", got)
	}
}

func TestInspectionRefused(t *testing.T) {
	w := newWriter(t)
	local := append(w.within(access.GridWorker), asJSON...)
	path := fmt.Sprintf("/booths/%d/inspections", w.idOf(t, "booths", "XLP-1"))
	for name, test := range map[string]struct {
		path, body string
		status     int
		says       string
	}{
		"no such booth":    {"/booths/99999/inspections", sixChecks, 404, "99999"},
		"no id":            {"/booths/01/inspections", sixChecks, 404, "01"},
		"no such check":    {path, strings.Replace(sixChecks, "seats", "roof", 1), 422, `"field":"passed"`},
		"a check twice":    {path, strings.Replace(sixChecks, "seats", "bins", 1), 422, "twice"},
		"nothing said":     {path, `{}`, 422, `"rule":"missing"`},
		"tomorrow":         {path, strings.Replace(sixChecks, "-20", "-22", 1), 422, `"field":"on"`},
		"long ago":         {path, strings.Replace(sixChecks, "11-20", "10-20", 1), 422, `"field":"on"`},
		"somebody's phone": {path, strings.Replace(sixChecks, "地垫破了", "电话13800138000", 1), 422, `"rule":"personal"`},
		"a long note":      {path, strings.Replace(sixChecks, "地垫破了", strings.Repeat("破", 201), 1), 422, `"field":"note"`},
		"another field":    {path, strings.Replace(sixChecks, "note", "name", 1), 400, "name"},
		"a long body":      {path, strings.Replace(sixChecks, "地垫破了", strings.Repeat("破", 2000), 1), 413, ""},
	} {
		t.Run(name, func(t *testing.T) {
			if answer := w.must(t, test.status, w.send(t, "POST", test.path, test.body, local...)); !strings.Contains(answer.Body.String(), test.says) {
				t.Errorf("%s", answer.Body)
			}
		})
	}
	w.must(t, 401, w.ask(t, "POST", path))
	w.must(t, 403, w.send(t, "POST", path, sixChecks, append(w.within(access.Reviewer), asJSON...)...))
	w.known["elsewhere"] = access.Who{Name: "li", Grants: []access.Grant{{Role: access.GridWorker, Place: "370705001001"}}}
	w.must(t, 403, w.send(t, "POST", path, sixChecks, append([]string{"Authorization", "Bearer elsewhere"}, asJSON...)...))
	if revision := w.live.Current().Head().Revision; revision != 1 {
		t.Errorf("revision %d", revision)
	}
}

// A booth that moves keeps its number; one that is given up names who serves instead,
// and is listed no more by those who ask what is open.
func TestMoveAndRetire(t *testing.T) {
	w := newWriter(t)
	id, other := w.idOf(t, "booths", "XLP-1"), w.idOf(t, "booths", "XLP-2")
	path := fmt.Sprintf("/booths/%d/", id)
	to := fmt.Sprintf(`{"lon":%v,"lat":%v,"landmark":"新华路61号","note":"路口改造"}`, middleLon, middleLat)
	before := inside(t, w.getJSON(t, fmt.Sprintf("/collections/booths/items/%d", id)), "properties").(map[string]any)
	booth := parse(t, w.must(t, 200, w.send(t, "POST", path+"move", to, asJSON...)).Body.Bytes())
	after := inside(t, booth, "properties").(map[string]any)
	if after["landmark"] != "新华路61号" || after["moved_on"] != "2026-11-21" || after["moved_from"] != before["landmark"] || after["number"] != before["number"] {
		t.Errorf("%v", after)
	}
	if at := inside(t, booth, "geometry", "coordinates"); fmt.Sprint(at) != fmt.Sprint([]any{middleLon, middleLat}) {
		t.Errorf("stands at %v", at)
	}
	for body, says := range map[string]string{
		`{"lon":119.1,"lat":36.7}`: `"field":"landmark"`, `{"landmark":"甲"}`: `"field":"geometry"`, `{"lon":519.1,"lat":36.7,"landmark":"甲"}`: `"field":"geometry"`,
	} {
		if answer := w.must(t, 422, w.send(t, "POST", path+"move", body, asJSON...)); !strings.Contains(answer.Body.String(), says) {
			t.Errorf("%s: %s", body, answer.Body)
		}
	}
	w.must(t, 422, w.send(t, "POST", path+"retire", fmt.Sprintf(`{"replaced_by":%d}`, id), asJSON...))
	booth = parse(t, w.must(t, 200, w.send(t, "POST", path+"retire", fmt.Sprintf(`{"replaced_by":%d,"note":"合并"}`, other), asJSON...)).Body.Bytes())
	if p := inside(t, booth, "properties").(map[string]any); p["status"] != "moved" || p["moved_to"] != "XLP-2" || p["until"] != "2026-11-21T01:12:00Z" {
		t.Errorf("%v", p)
	}
	w.must(t, 409, w.send(t, "POST", path+"retire", `{}`, asJSON...))
	w.must(t, 409, w.send(t, "POST", path+"move", to, asJSON...))
	booth = parse(t, w.must(t, 200, w.send(t, "POST", fmt.Sprintf("/booths/%d/retire", other), `{}`, asJSON...)).Body.Bytes())
	if p := inside(t, booth, "properties").(map[string]any); p["status"] != "retired" || p["moved_to"] != nil {
		t.Errorf("%v", p)
	}
}
