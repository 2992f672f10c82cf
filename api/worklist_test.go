package api_test

import (
	"fmt"
	"net/http"
	"sync"
	"testing"

	"gridatlas/api/access"
	"gridatlas/geo"
	"gridatlas/geo/worklist"
)

// newWorklist is a writer whose town has three items: a booth without a place that
// may be at the compound or at a booth that stands, one that is nowhere, and a gap.
func newWorklist(t testing.TB) (w *writer, booth, nowhere, gap string) {
	t.Helper()
	w = newWriter(t)
	row := func(title string, candidates ...worklist.Candidate) worklist.Item {
		f := &geo.Booth{Base: geo.Base{Name: title}, Phone: "0536-77"}
		return worklist.Item{
			Kind: worklist.Unplaced, Layer: geo.Booths, Title: title, File: "places.csv", Where: "row 2", Address: title + "旁",
			Feature: geo.AppendCanonical(nil, f), Fields: []string{"name", "phone"}, State: worklist.Open,
			Candidates: candidates, Line: []worklist.Cell{{Column: "名称", Value: title}}, FoundAt: now,
		}
	}
	items := []worklist.Item{
		row("修鞋的", worklist.Candidate{Layer: geo.Compounds, ID: 1, Lon: 119.1012, Lat: 36.701, Score: .6, Name: "五道庙小区"}, worklist.Candidate{Layer: geo.Booths, ID: 1, Lon: 119.1001, Lat: 36.7027, Score: .5, Name: "新华路小蓝棚"}),
		row("配钥匙的"),
		{Kind: worklist.Gap, Layer: geo.Grids, At: &[2]float64{119.1, 36.7}, AreaM2: 12, Members: []string{"甲", "乙"}, State: worklist.Open, FoundAt: now},
	}
	var changes []geo.RecordChange
	var ids []string
	for _, item := range items {
		change, err := worklist.Items.Put(item.ID(), 0, item)
		if err != nil {
			t.Fatal(err)
		}
		changes, ids = append(changes, change), append(ids, item.ID())
	}
	if _, err := w.store.Apply(t.Context(), geo.ChangeSet{Records: geo.RecordChanges(changes...)}); err != nil {
		t.Fatal(err)
	}
	return w, ids[0], ids[1], ids[2]
}

var asJSON = []string{"Content-Type", "application/json"}

func (w *writer) item(t testing.TB, id string) map[string]any {
	t.Helper()
	return inside(t, w.asStaff(t, "/worklist/"+id), "properties").(map[string]any)
}

func (w *writer) versionOf(t testing.TB, id string) int64 {
	t.Helper()
	return int64(w.item(t, id)["version"].(float64))
}

// settle sends a choice for an item; %d stands for its version.
func (w *writer) settle(t testing.TB, id, what, body string, status int) map[string]any {
	t.Helper()
	response := w.send(t, http.MethodPost, "/worklist/"+id+"/"+what, fmt.Sprintf(body, w.versionOf(t, id)), asJSON...)
	if response.Code != status {
		t.Fatalf("%s %s: %d %s", what, body, response.Code, response.Body)
	}
	return parse(t, response.Body.Bytes())
}

func (w *writer) count(t testing.TB, path string) float64 {
	t.Helper()
	return w.asStaff(t, path)["numberMatched"].(float64)
}

func TestWorklistIsForStaff(t *testing.T) {
	public := newTown(t)
	w, booth, _, _ := newWorklist(t)
	for _, path := range []string{"/worklist", "/worklist/" + booth} {
		if response := public.get(t, path); response.Code != http.StatusNotFound {
			t.Errorf("%s without a token for writing: %d", path, response.Code)
		}
		if response := w.get(t, path); response.Code != http.StatusUnauthorized {
			t.Errorf("%s for the public: %d %s", path, response.Code, response.Body)
		}
	}
	for _, what := range []string{"settle", "reopen"} {
		if response := w.ask(t, http.MethodPost, "/worklist/"+booth+"/"+what); response.Code != http.StatusUnauthorized {
			t.Errorf("%s by the public: %d", what, response.Code)
		}
	}
}

func TestWorklistLists(t *testing.T) {
	w, booth, nowhere, _ := newWorklist(t)
	list := w.asStaff(t, "/worklist")
	if list["numberMatched"] != 3. || list["numberReturned"] != 3. {
		t.Fatalf("%v", list)
	}
	if kinds := list["kinds"]; inside(t, kinds, 0, "kind") != "unplaced" || inside(t, kinds, 0, "n") != 2. || inside(t, kinds, 1, "n") != 1. {
		t.Errorf("%v", kinds)
	}
	sum := 0.
	for _, community := range list["communities"].([]any) {
		n := inside(t, community, "n").(float64)
		if found := w.count(t, "/worklist?community="+inside(t, community, "code").(string)); found != n {
			t.Errorf("%v: %v", community, found)
		}
		sum += n
	}
	if sum != 3 || w.count(t, "/worklist?kind=gap") != 1 || w.count(t, "/worklist?state=settled") != 0 {
		t.Errorf("%v by community", sum)
	}
	item := w.item(t, booth)
	if item["feature"] != nil || item["fields"] != nil || item["placeable"] != true || inside(t, item, "line", 0, "value") != "修鞋的" || inside(t, item, "candidates", 1, "name") != "新华路小蓝棚" {
		t.Errorf("%v", item)
	}
	if lost := w.asStaff(t, "/worklist/"+nowhere); lost["geometry"] != nil {
		t.Errorf("%v", lost)
	}
	page := w.asStaff(t, "/worklist?limit=2")
	rest := w.asStaff(t, local(t, linkOf(page, "next")))
	if page["numberReturned"] != 2. || rest["numberReturned"] != 1. || linkOf(rest, "next") != "" {
		t.Errorf("%v then %v", page["numberReturned"], rest["numberReturned"])
	}
	for path, status := range map[string]int{"/worklist?state=lost": 400, "/worklist?limit=0": 400, "/worklist?x=1": 400, "/worklist/nothing": 404, "/worklist/" + booth + "?x=1": 400} {
		if response := w.get(t, path, "Authorization", "Bearer "+token); response.Code != status {
			t.Errorf("%s: %d", path, response.Code)
		}
	}
}

// An item is settled by a position, leaves the open list, is among the settled ones,
// and waits again when that is taken back.
func TestSettleByPosition(t *testing.T) {
	w, _, nowhere, _ := newWorklist(t)
	before := w.count(t, "/collections/booths/items")
	answer := w.settle(t, nowhere, "settle", `{"version":%d,"at":[119.1003,36.7004],"note":"现场看过"}`, http.StatusOK)
	made := inside(t, answer, "properties", "settled", "wrote").(map[string]any)
	if inside(t, answer, "properties", "state") != "placed" || made["made"] != true || made["row"] != nil {
		t.Fatalf("%v", answer)
	}
	f := w.getJSON(t, fmt.Sprintf("/collections/booths/items/%v", made["id"]))
	if inside(t, f, "geometry", "coordinates", 0) != 119.1003 || inside(t, f, "properties", "phone") != "0536-77" {
		t.Errorf("%v", f)
	}
	if w.count(t, "/worklist") != 2 || w.count(t, "/worklist?state=settled") != 1 || w.count(t, "/collections/booths/items") != before+1 {
		t.Error("the lists are not those of a settled item")
	}
	log := w.asStaff(t, "/changes?since=1")["changes"].([]any)
	if note := inside(t, log[len(log)-1], "note"); note != "settle worklist item "+nowhere+": 现场看过" {
		t.Errorf("the history says %q", note)
	}

	answer = w.settle(t, nowhere, "reopen", `{"version":%d,"note":"点错了"}`, http.StatusOK)
	if inside(t, answer, "properties", "state") != "open" || inside(t, answer, "properties", "earlier", 1, "note") != "点错了" {
		t.Errorf("%v", answer)
	}
	if w.count(t, "/worklist") != 3 || w.count(t, "/collections/booths/items") != before {
		t.Error("taken back, and still there")
	}
	w.settle(t, nowhere, "reopen", `{"version":%d}`, http.StatusUnprocessableEntity)
}

func TestSettleByCandidateAndReason(t *testing.T) {
	w, booth, _, gap := newWorklist(t)
	answer := w.settle(t, booth, "settle", `{"version":%d,"candidate":2,"overwrite":true}`, http.StatusOK)
	if inside(t, answer, "properties", "settled", "wrote", "id") != 1. {
		t.Errorf("%v", answer)
	}
	if phone := inside(t, w.getJSON(t, "/collections/booths/items/1"), "properties", "phone"); phone != "0536-77" {
		t.Errorf("phone %v", phone)
	}
	w.settle(t, booth, "reopen", `{"version":%d}`, http.StatusOK)
	if phone := inside(t, w.getJSON(t, "/collections/booths/items/1"), "properties", "phone"); phone != "0536-1" {
		t.Errorf("phone %v after it was taken back", phone)
	}
	answer = w.settle(t, gap, "settle", `{"version":%d,"drop":true,"note":"河道，不属任何网格"}`, http.StatusOK)
	if inside(t, answer, "properties", "state") != "dropped" {
		t.Errorf("%v", answer)
	}
}

// What cannot be done changes nothing.
func TestSettleRefuses(t *testing.T) {
	w, booth, _, gap := newWorklist(t)
	for body, status := range map[string]int{
		`{"version":%d}`: 422,
		`{"version":%d,"at":[1,2],"drop":true,"note":"x"}`: 422,
		`{"version":%d,"drop":true}`:                       422,
		`{"version":%d,"drop":true,"note":"  "}`:           422,
		`{"version":%d,"candidate":3}`:                     422,
		`{"version":%d,"at":[200,36]}`:                     422,
		`{"version":%d,"where":"here"}`:                    400,
		`{"version":%d`:                                    400,
		`[%d]`:                                             400,
	} {
		w.settle(t, booth, "settle", body, status)
	}
	w.settle(t, gap, "settle", `{"version":%d,"at":[119.1,36.7]}`, http.StatusUnprocessableEntity)
	w.settle(t, booth, "reopen", `{"version":%d,"drop":true}`, http.StatusUnprocessableEntity)
	if response := w.send(t, http.MethodPost, "/worklist/nothing/settle", `{"version":1,"drop":true,"note":"x"}`, asJSON...); response.Code != http.StatusNotFound {
		t.Errorf("%d", response.Code)
	}
	if w.count(t, "/worklist") != 3 {
		t.Error("something was settled")
	}
}

// Two people settle one item at a time: one does, the other is told what stands.
func TestSettleTogether(t *testing.T) {
	w, booth, _, _ := newWorklist(t)
	before := w.count(t, "/collections/booths/items")
	version := w.versionOf(t, booth)
	const people = 8
	codes := make([]int, people)
	bodies := make([]map[string]any, people)
	var together sync.WaitGroup
	for i := range people {
		together.Go(func() {
			body := fmt.Sprintf(`{"version":%d,"at":[119.10%d,36.7],"note":"第%d人"}`, version, i, i)
			response := w.send(t, http.MethodPost, "/worklist/"+booth+"/settle", body, asJSON...)
			codes[i], bodies[i] = response.Code, parse(t, response.Body.Bytes())
		})
	}
	together.Wait()
	done := 0
	for i, code := range codes {
		switch code {
		case http.StatusOK:
			done++
		case http.StatusConflict:
			if bodies[i]["type"] != "urn:gridatlas:problem:item-settled" || inside(t, bodies[i], "item", "properties", "state") != "placed" {
				t.Errorf("%v", bodies[i])
			}
		default:
			t.Errorf("%d %v", code, bodies[i])
		}
	}
	if now := w.count(t, "/collections/booths/items"); done != 1 || now != before+1 {
		t.Errorf("%d settled it, %v booths more", done, now-before)
	}
}

// A feature that was changed since is not taken away from who changed it.
func TestReopenAfterAnEdit(t *testing.T) {
	w, booth, _, _ := newWorklist(t)
	answer := w.settle(t, booth, "settle", `{"version":%d,"candidate":1}`, http.StatusOK)
	id := inside(t, answer, "properties", "settled", "wrote", "id")
	patched := w.send(t, http.MethodPatch, fmt.Sprintf("/collections/booths/items/%v", id), `{"properties":{"phone":"0536-5"}}`, "If-Match", "*")
	if patched.Code != http.StatusOK {
		t.Fatalf("%d %s", patched.Code, patched.Body)
	}
	if conflict := w.settle(t, booth, "reopen", `{"version":%d}`, http.StatusConflict); conflict["type"] != "urn:gridatlas:problem:conflict" {
		t.Errorf("%v", conflict)
	}
	if w.item(t, booth)["state"] != "placed" {
		t.Error("the item waits, and its feature is there")
	}
}

// The same request twice is carried out once.
func TestSettleAgain(t *testing.T) {
	w, booth, _, _ := newWorklist(t)
	body := fmt.Sprintf(`{"version":%d,"candidate":1}`, w.versionOf(t, booth))
	var ids []any
	for range 2 {
		response := w.send(t, http.MethodPost, "/worklist/"+booth+"/settle", body, append([]string{"Idempotency-Key", "once"}, asJSON...)...)
		if response.Code != http.StatusOK || response.Header().Get("X-Revision") != "2" {
			t.Fatalf("%d %v %s", response.Code, response.Header(), response.Body)
		}
		ids = append(ids, inside(t, parse(t, response.Body.Bytes()), "properties", "settled", "wrote", "id"))
	}
	if ids[0] != ids[1] {
		t.Errorf("%v", ids)
	}
}

// Who may write what an item is about, where it may lie, may settle it; what
// somebody else settled is taken back by who may publish.
func TestWhoMaySettle(t *testing.T) {
	w, booth, nowhere, gap := newWorklist(t)
	for secret, grant := range map[string]access.Grant{
		"worker": {Role: access.GridWorker}, "bound": {Role: access.GridWorker, Place: "370705001000"},
		"alert": {Role: access.Emergency}, "reviewer": {Role: access.Reviewer}, "planner": {Role: access.Planner},
	} {
		w.known[secret] = access.Who{Name: secret, Grants: []access.Grant{grant}}
	}
	as := func(secret, id, what, body string, status int) {
		t.Helper()
		body = fmt.Sprintf(body, w.versionOf(t, id))
		response := w.send(t, http.MethodPost, "/worklist/"+id+"/"+what, body, append([]string{"Authorization", "Bearer " + secret}, asJSON...)...)
		if response.Code != status {
			t.Errorf("%s, %s %s: %d %s", secret, what, body, response.Code, response.Body)
		}
	}
	drop, place := `{"version":%d,"drop":true,"note":"没有了"}`, `{"version":%d,"at":[119.1003,36.7004]}`
	as("alert", booth, "settle", place, http.StatusForbidden)
	as("alert", booth, "settle", drop, http.StatusForbidden)
	as("bound", booth, "settle", place, http.StatusNotFound) // lies elsewhere
	as("worker", gap, "settle", drop, http.StatusForbidden)  // borders are the planner's
	as("planner", gap, "settle", drop, http.StatusOK)
	as("worker", booth, "settle", place, http.StatusOK)
	as("worker", nowhere, "settle", drop, http.StatusOK)
	if by := inside(t, w.item(t, booth), "settled", "by"); by != "worker" {
		t.Errorf("settled by %v", by)
	}
	as("planner", booth, "reopen", `{"version":%d}`, http.StatusForbidden)
	as("worker", booth, "reopen", `{"version":%d}`, http.StatusOK)
	as("reviewer", nowhere, "reopen", `{"version":%d}`, http.StatusOK)
	if w.count(t, "/worklist") != 2 {
		t.Error("what was taken back does not wait")
	}
}
