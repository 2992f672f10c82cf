package api_test

import (
	"fmt"
	"math"
	"net/http"
	"strings"
	"testing"

	"gridatlas/api/access"
	"gridatlas/geo"
	"gridatlas/geo/crs"
	"gridatlas/geo/geojson"
	"gridatlas/geo/worklist"
)

// read is what somebody reads at a path.
func (w *writer) read(t testing.TB, name, path string) map[string]any {
	t.Helper()
	return parse(t, w.must(t, 200, w.as(t, name, "GET", path, "")).Body.Bytes())
}

// A proposal says what it is about, what each area gains and loses, and who may do
// what with it, from what its author saw, also when the map has moved on.
func TestWhatAProposalSays(t *testing.T) {
	w := newOffice(t)
	id := w.idOf(t, geo.Grids, gridOfTown)
	border := string(geojson.AppendGeometry(nil, box(100, 0, 430, 400)))
	path := local(t, w.must(t, 202, w.as(t, "wang", "POST", "/changes", fmt.Sprintf(`{"note":"让路","changes":[
		{"action":"patch","layer":"grids","id":%d,"version":1,"feature":{"properties":{"name":"东一网格"},"geometry":%s}},
		{"action":"insert","layer":"assignments","feature":{"type":"Feature","geometry":null,"properties":{"role":"grid_head","who":"某单位","of_layer":"grids","of_code":%q}}}]}`,
		id, border, gridOfTown))).Header().Get("Location"))

	line := inside(t, w.read(t, "li", "/proposals?state=open"), "proposals", 0).(map[string]any)
	if got := fmt.Sprint(line["layers"], line["titles"], line["changed"], line["note"]); got != "[map[added:0 changed:1 layer:grids removed:0] map[added:1 changed:0 layer:assignments removed:0]] [东一网格 某单位] 2让路" {
		t.Errorf("the list says %s", got)
	}
	west, east := inside(t, line, "bbox", 0).(float64), inside(t, line, "bbox", 2).(float64)
	if width := (east - west) * 111_320 * math.Cos(middleLat*math.Pi/180); math.Abs(width-430) > 2 {
		t.Errorf("what lies before and after is %g m wide", width)
	}
	for name, may := range map[string]string{"li": "[publish refuse]", "wang": "[withdraw]", "worker": "[]"} {
		if got := fmt.Sprint(w.read(t, name, path)["may"]); got != may {
			t.Errorf("%s may %s", name, got)
		}
	}
	check := func(moved any) {
		t.Helper()
		grid := inside(t, w.read(t, "li", path), "changes", 0).(map[string]any)
		for name, width := range map[string]float64{"lost": 100, "gained": 30} {
			if area := inside(t, grid, name, "area_m2").(float64); math.Abs(area-width*400) > 10 {
				t.Errorf("%s %g m²", name, area)
			}
			if kind := inside(t, grid, name, "geometry", "type"); kind != "Polygon" {
				t.Errorf("%s a %v", name, kind)
			}
		}
		if fmt.Sprint(inside(t, grid, "differences", 0)) != "map[field:name is:东一网格 was:第一网格]" || grid["moved"] != moved || grid["title"] != "东一网格" {
			t.Errorf("%v, moved %v", grid["differences"], grid["moved"])
		}
	}
	check(nil)
	// Somebody else's change is published first: what the author saw is told apart from
	// what stands, and publishing is refused.
	w.must(t, 200, w.as(t, "li", "POST", w.proposed(t, "南一网格")+"/publish", ""))
	check(true)
	if answer := w.must(t, 409, w.as(t, "li", "POST", path+"/publish", "")); !strings.Contains(answer.Body.String(), "problem:conflict") {
		t.Errorf("%s", answer.Body)
	}
	w.must(t, 200, w.as(t, "li", "POST", path+"/refuse", `{"reason":" 地图已变 "}`))
	check(nil) // it does not wait any more
	if got := w.read(t, "wang", path); got["reason"] != "地图已变" || len(got["may"].([]any)) != 0 {
		t.Errorf("%v, may %v", got["reason"], got["may"])
	}
	if n := w.read(t, "wang", "/proposals?state=decided")["numberMatched"]; n != 2. {
		t.Errorf("%v are decided", n)
	}
}

// Who sends a proposal back says why.
func TestRefusingNeedsAReason(t *testing.T) {
	w := newOffice(t)
	proposal := w.proposed(t, "甲")
	for _, body := range []string{`{}`, `{"reason":" "}`} {
		w.must(t, 422, w.as(t, "li", "POST", proposal+"/refuse", body))
	}
	w.must(t, 400, w.as(t, "li", "POST", proposal+"/refuse", `{"reason":"`+strings.Repeat("x", 2001)+`"}`))
	w.must(t, 200, w.as(t, "wang", "POST", proposal+"/withdraw", `{}`))
}

// A reviewer alone takes nothing back that is drawn, neither his own nor the work of
// others; what needs nobody else he does.
func TestRevertsWait(t *testing.T) {
	w := newOffice(t)
	w.known["zhou"] = access.Who{Name: "zhou", Grants: w.known["li"].Grants}
	w.must(t, 200, w.as(t, "li", "POST", w.proposed(t, "甲")+"/publish", ""))
	drawn := w.live.Current().Head().Revision
	revert := w.must(t, 202, w.send(t, "POST", fmt.Sprintf("/changes/%d/revert", drawn), "", "Authorization", "Bearer li"))
	path := local(t, revert.Header().Get("Location"))
	if w.gridName(t) != "甲" {
		t.Fatal("one reviewer took back what somebody drew")
	}
	if got := w.read(t, "zhou", path); got["reverts"] != float64(drawn) || got["author"] != "li" || got["note"] != "" {
		t.Errorf("%v", got)
	}
	w.must(t, 403, w.as(t, "li", "POST", path+"/publish", ""))
	w.must(t, 200, w.as(t, "zhou", "POST", path+"/publish", ""))
	if w.gridName(t) != "第一网格" {
		t.Errorf("the grid is named %s", w.gridName(t))
	}
	log, err := w.store.Log(t.Context(), drawn, 1)
	if err != nil || log[0].Author != "li" || !strings.HasPrefix(log[0].Note, fmt.Sprintf("revert of revision %d: ", drawn)) || !strings.Contains(log[0].Note, "published by zhou") {
		t.Errorf("%+v %v", log, err)
	}
	w.must(t, 200, w.as(t, "worker", "PATCH", fmt.Sprintf("%s/%d", boothItems, w.idOf(t, geo.Booths, "XLP-1")), `{"properties":{"phone":"1"}}`, "If-Match", "*"))
	w.must(t, 200, w.send(t, "POST", fmt.Sprintf("/changes/%d/revert", w.live.Current().Head().Revision), "", "Authorization", "Bearer li"))
}

// rowOfGrid is an item of the worklist: a row that may mean the grid of the town, with
// another name for it.
func (w *writer) rowOfGrid(t testing.TB, name string) (id string) {
	t.Helper()
	at := box(0, 0, 400, 400).Box().Centre()
	lon, lat := crs.ToDegrees(at)
	item := worklist.Item{
		Kind: worklist.Unplaced, Layer: geo.Grids, Title: name, File: "grids.csv", Where: "row 2", State: worklist.Open, FoundAt: now,
		Feature: geo.AppendCanonical(nil, &geo.Grid{Base: geo.Base{Name: name}}), Fields: []string{"name"}, Source: "grids", Key: name,
		Candidates: []worklist.Candidate{{Layer: geo.Grids, ID: w.idOf(t, geo.Grids, gridOfTown), Lon: lon, Lat: lat, Name: "第一网格"}},
	}
	put, err := worklist.Items.Put(item.ID(), 0, item)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.store.Apply(t.Context(), geo.ChangeSet{Records: geo.RecordChanges(put)}); err != nil {
		t.Fatal(err)
	}
	return item.ID()
}

// An item of the worklist that changes a grid waits, open, until somebody else
// publishes it; then grid and item are written together.
func TestSettlingAGridWaits(t *testing.T) {
	w := newOffice(t)
	item := w.rowOfGrid(t, "甲&乙")
	adopt := func(t *testing.T, item string) string {
		t.Helper()
		body := fmt.Sprintf(`{"version":%d,"candidate":1,"overwrite":true,"note":"核对过"}`, w.versionOf(t, item))
		return local(t, w.must(t, 202, w.as(t, "wang", "POST", "/worklist/"+item+"/settle", body)).Header().Get("Location"))
	}
	first, second := adopt(t, item), adopt(t, item)
	if w.item(t, item)["state"] != "open" || w.gridName(t) != "第一网格" {
		t.Fatal("what waits is written")
	}
	if got := w.read(t, "li", first); got["item"] != item || got["note"] != "核对过" {
		t.Errorf("%v", got)
	}
	w.must(t, 403, w.as(t, "wang", "POST", first+"/publish", ""))
	w.must(t, 200, w.as(t, "li", "POST", first+"/publish", ""))
	settled := inside(t, w.item(t, item), "settled").(map[string]any)
	if w.gridName(t) != "甲&乙" || settled["by"] != "wang" || inside(t, settled, "wrote", "layer") != "grids" {
		t.Errorf("grid %s, item settled by %v", w.gridName(t), settled)
	}
	w.must(t, 409, w.as(t, "li", "POST", second+"/publish", "")) // and so is the grid

	// Taking it back waits as well.
	reopen := w.must(t, 202, w.as(t, "wang", "POST", "/worklist/"+item+"/reopen", fmt.Sprintf(`{"version":%d}`, w.versionOf(t, item))))
	if w.item(t, item)["state"] != "placed" {
		t.Error("it is taken back by one alone")
	}
	w.must(t, 200, w.as(t, "li", "POST", local(t, reopen.Header().Get("Location"))+"/publish", ""))
	if w.item(t, item)["state"] != "open" || w.gridName(t) != "第一网格" {
		t.Errorf("%v, named %s", w.item(t, item)["state"], w.gridName(t))
	}

	// Of a grid that somebody changed meanwhile the item means another change than was
	// looked at.
	third := adopt(t, item)
	w.must(t, 200, w.as(t, "li", "POST", w.proposed(t, "丁")+"/publish", ""))
	w.must(t, 409, w.as(t, "li", "POST", third+"/publish", ""))
	if w.gridName(t) != "丁" {
		t.Errorf("what nobody looked at is published: %s", w.gridName(t))
	}

	// An item that was settled otherwise meanwhile is a conflict that says so.
	w.must(t, 200, w.as(t, "wang", "POST", "/worklist/"+item+"/settle", fmt.Sprintf(`{"version":%d,"drop":true,"note":"重复"}`, w.versionOf(t, item))))
	if answer := w.must(t, 409, w.as(t, "li", "POST", third+"/publish", "")); !strings.Contains(answer.Body.String(), "worklist") {
		t.Errorf("%s", answer.Body)
	}
	if w.item(t, item)["state"] != "dropped" || w.read(t, "li", third)["state"] != "open" {
		t.Error("a conflict leaves something half done")
	}
}

// What does not fit into a proposal is refused with the numbers; what fits can be
// decided with the longest name and reason.
func TestProposalsHaveABound(t *testing.T) {
	w := newOffice(t)
	set := func(note int) string {
		return fmt.Sprintf(`{"note":%q,"changes":[{"action":"patch","layer":"grids","id":%d,"version":1,"feature":{"properties":{"name":"甲"}}}]}`,
			strings.Repeat("x", note), w.idOf(t, geo.Grids, gridOfTown))
	}
	const most = geo.MaxRecordValue - 16<<10
	refused := w.must(t, http.StatusRequestEntityTooLarge, w.as(t, "wang", "POST", "/changes", set(most)))
	problem := parse(t, refused.Body.Bytes())
	if problem["max_bytes"] != float64(most) || problem["bytes"].(float64) <= most || !strings.Contains(problem["detail"].(string), fmt.Sprint(most)) {
		t.Errorf("%v", problem)
	}
	if n := w.read(t, "li", "/proposals")["numberMatched"]; n != 0. {
		t.Errorf("%v proposals of a refusal", n)
	}
	room := most - int(problem["bytes"].(float64)) + most
	path := local(t, w.must(t, 202, w.as(t, "wang", "POST", "/changes", set(room))).Header().Get("Location"))
	w.must(t, 413, w.as(t, "wang", "POST", "/changes", set(room+1)))
	w.must(t, 200, w.as(t, "li", "POST", path+"/refuse", `{"reason":"`+strings.Repeat("<", 2000)+`"}`))
}
