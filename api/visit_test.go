package api_test

import (
	"encoding/csv"
	"fmt"
	"strings"
	"testing"

	"gridatlas/api/access"
)

const gasVisit = `{"building":%d,"on":"2026-11-20","topics":["gas","waste"],"note":"=三单元管道已检查"}`

// A visit is logged once, however often it is sent, and makes no revision; those read
// it who may see what is for staff there.
func TestVisits(t *testing.T) {
	w := newWriter(t)
	local := append(w.within(access.GridWorker), asJSON...)
	building := w.idOf(t, "buildings", "B1")
	body := fmt.Sprintf(gasVisit, building)
	for range 2 {
		made := parse(t, w.must(t, 201, w.send(t, "POST", "/visits", body, append(local, "Idempotency-Key", "7")...)).Body.Bytes())
		if inside(t, made, "title") != "五道庙小区3号楼" || inside(t, made, "by") != "wang" || inside(t, made, "sent") != "2026-11-21T01:12:40Z" {
			t.Errorf("%v", made)
		}
	}
	w.must(t, 422, w.send(t, "POST", "/visits", strings.Replace(body, "gas", "fire", 1), append(local, "Idempotency-Key", "7")...))
	w.must(t, 201, w.send(t, "POST", "/visits", strings.Replace(body, "-20", "-21", 1), asJSON...))
	w.must(t, 201, w.send(t, "POST", "/visits", strings.Replace(body, "-20", "-21", 1), asJSON...))
	if head := w.live.Current().Head().Revision; head != 1 {
		t.Errorf("visits made revision %d", head)
	}

	list := parse(t, w.must(t, 200, w.get(t, "/visits?limit=2", local...)).Body.Bytes())
	if inside(t, list, "numberMatched") != 3.0 || fmt.Sprint(codesIn(t, list, "visits", "on")) != "[2026-11-21 2026-11-21]" || inside(t, list, "links", 1, "rel") != "next" {
		t.Errorf("%v", list)
	}
	list = parse(t, w.must(t, 200, w.get(t, "/visits?limit=2&skip=2", local...)).Body.Bytes())
	if fmt.Sprint(codesIn(t, list, "visits", "by")) != "[wang]" || len(inside(t, list, "links").([]any)) != 1 {
		t.Errorf("%v", list)
	}
	for path, want := range map[string]float64{
		"/visits?month=2026-10": 0, "/visits?month=2026-11": 3, fmt.Sprintf("/visits?building=%d", building): 3, fmt.Sprintf("/visits?building=%d", building+1): 0,
	} {
		if got := inside(t, w.asStaff(t, path), "numberMatched"); got != want {
			t.Errorf("%s: %v, want %v", path, got, want)
		}
	}
	table := w.must(t, 200, w.get(t, "/visits.csv?month=2026-11", local...))
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(table.Body.String(), "\ufeff"))).ReadAll()
	if err != nil || len(rows) != 4 || strings.Join(rows[3][:6], "|") != "2026-11-20|五道庙小区3号楼|燃气安全;环境卫生、垃圾分类|'=三单元管道已检查|wang|2026-11-21 09:12" {
		t.Errorf("%v %v", err, rows)
	}
}

// Who may not be there, and what may not be written.
func TestVisitsRefused(t *testing.T) {
	w := newWriter(t)
	local := append(w.within(access.GridWorker), asJSON...)
	building := w.idOf(t, "buildings", "B1")
	body := fmt.Sprintf(gasVisit, building)
	for name, test := range map[string]struct {
		body   string
		status int
		says   string
	}{
		"no such building": {fmt.Sprintf(gasVisit, 99999), 404, "99999"},
		"somebody's phone": {strings.Replace(body, "=三单元管道已检查", "电话13800138000", 1), 422, `"field":"note","layer":"visits","rule":"personal"`},
		"no topic":         {strings.Replace(body, `"gas","waste"`, "", 1), 422, `"field":"topics"`},
		"tomorrow":         {strings.Replace(body, "-20", "-22", 1), 422, `"field":"on"`},
		"a name":           {strings.Replace(body, `"note"`, `"name"`, 1), 400, "name"},
		"two":              {body + body, 400, "more follows"},
		"no JSON":          {"building=6", 400, ""},
		"a long body":      {strings.Replace(body, "检查", strings.Repeat("检查", 2000), 1), 413, ""},
	} {
		t.Run(name, func(t *testing.T) {
			if answer := w.must(t, test.status, w.send(t, "POST", "/visits", test.body, local...)); !strings.Contains(answer.Body.String(), test.says) {
				t.Errorf("%s", answer.Body)
			}
		})
	}
	w.must(t, 415, w.send(t, "POST", "/visits", body))
	w.must(t, 401, w.get(t, "/visits"))
	w.must(t, 401, w.get(t, "/visits.csv"))
	w.must(t, 400, w.get(t, "/visits?month=11", local...))
	w.must(t, 400, w.get(t, "/visits.csv?lang=fr", local...))
	w.must(t, 403, w.send(t, "POST", "/visits", body, append(w.within(access.Reviewer), asJSON...)...))
	// Of another community: neither written nor read.
	w.must(t, 201, w.send(t, "POST", "/visits", body, asJSON...))
	elsewhere := access.Who{Name: "li", Grants: []access.Grant{{Role: access.GridWorker, Place: "370705001001"}}}
	w.known["elsewhere"] = elsewhere
	there := append([]string{"Authorization", "Bearer elsewhere"}, asJSON...)
	w.must(t, 403, w.send(t, "POST", "/visits", body, there...))
	if list := parse(t, w.must(t, 200, w.get(t, "/visits", there...)).Body.Bytes()); inside(t, list, "numberMatched") != 0.0 {
		t.Errorf("%v", list)
	}
	if got := inside(t, w.asStaff(t, "/visits"), "numberMatched"); got != 1.0 {
		t.Errorf("%v visits", got)
	}
}
