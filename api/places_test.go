package api_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"gridatlas/api/access"
	"gridatlas/geo"
	"gridatlas/geo/crs"
)

// gridOfTown is the grid of the town, which holds the eastern booth and its courtyard.
const gridOfTown = "370705001000001"

// within lets somebody in whose roles hold in the grid of the town alone, and returns
// the header that says so.
func (w *writer) within(roles ...access.Role) []string {
	who := access.Who{Name: "wang"}
	for _, role := range roles {
		who.Grants = append(who.Grants, access.Grant{Role: role, Place: gridOfTown})
	}
	w.known["local"] = who
	return []string{"Authorization", "Bearer local"}
}

// TestAbuse23PlacesBindWhatIsSeen: what is for staff is shown of what lies in a place of
// one's own and unknown elsewhere, and no filter tells it.
func TestAbuse23PlacesBindWhatIsSeen(t *testing.T) {
	w := newWriter(t)
	local := w.within(access.GridWorker)
	seen := func(path string, header ...string) (values map[string]any, body string) {
		t.Helper()
		answer := w.must(t, 200, w.get(t, path, header...))
		values = map[string]any{}
		list, isList := parse(t, answer.Body.Bytes())["features"].([]any)
		if !isList {
			list = []any{parse(t, answer.Body.Bytes())}
		}
		for _, f := range list {
			properties := f.(map[string]any)["properties"].(map[string]any)
			values[fmt.Sprint(properties["code"])] = properties["surveyed_by"]
		}
		return values, answer.Body.String()
	}
	values, _ := seen(boothItems, local...)
	if values["XLP-1"] != canaryText || values["XLP-2"] != nil || len(values) != 2 {
		t.Errorf("booths are seen as %v", values)
	}
	for code, want := range map[string]any{"XLP-1": canaryText, "XLP-2": nil} {
		id := w.idOf(t, geo.Booths, code)
		if values, _ := seen(fmt.Sprintf("%s/%d", boothItems, id), local...); values[code] != want {
			t.Errorf("%s is seen as %v", code, values)
		}
		history := w.get(t, fmt.Sprintf("%s/%d/history", boothItems, id), local...)
		if (history.Code == 200) != (want != nil) || history.Code != 200 && history.Code != 404 {
			t.Errorf("the history of %s: %d", code, history.Code)
		}
	}
	for _, filter := range []string{"surveyed_by=" + canaryText, "filter=surveyed_by+IS+NOT+NULL", "filter=surveyed_by+LIKE+%27C%25%27"} {
		if values, _ := seen(boothItems+"?"+filter, local...); len(values) != 1 || values["XLP-1"] == nil {
			t.Errorf("%s finds %v", filter, values)
		}
	}
	if values, _ := seen(boothItems+"?filter=surveyed_by+IS+NULL", local...); len(values) != 1 || values["XLP-1"] != nil {
		t.Errorf("what is hidden is not unknown to filters: %v", values)
	}
	// Cameras are for staff: that of the town lies in the grid's neighbourhood, not in it.
	if _, body := seen("/collections/facilities/items", local...); strings.Contains(body, canaryText+" 鹰眼") {
		t.Error("a camera elsewhere is shown")
	}
	if _, body := seen("/collections/facilities/items", "Authorization", "Bearer "+token); !strings.Contains(body, canaryText+" 鹰眼") {
		t.Error("a camera is not shown to who may see everything")
	}
	table := w.get(t, boothItems+"?f=csv", local...)
	if n := strings.Count(table.Body.String(), canaryText); table.Code != 200 || n != 1 {
		t.Errorf("the table tells it %d times", n)
	}
	tags := map[string]bool{}
	for _, header := range [][]string{local, {"Authorization", "Bearer " + token}, nil} {
		tags[w.get(t, boothItems, header...).Header().Get("ETag")] = true
	}
	if len(tags) != 3 {
		t.Errorf("three views have the tags %v", tags)
	}
}

// TestPlacesBindUpkeep: what has to be looked after in a place of one's own, and
// nothing of what lies elsewhere.
func TestPlacesBindUpkeep(t *testing.T) {
	w := newWriter(t)
	local := w.within(access.GridWorker)
	all := parse(t, w.must(t, 200, w.get(t, "/upkeep/items?limit=1000", "Authorization", "Bearer "+token)).Body.Bytes())
	mine := parse(t, w.must(t, 200, w.get(t, "/upkeep/items?limit=1000", local...)).Body.Bytes())
	codes := func(document map[string]any) map[string]bool {
		list := map[string]bool{}
		for _, f := range document["features"].([]any) {
			list[fmt.Sprint(f.(map[string]any)["properties"].(map[string]any)["code"])] = true
		}
		return list
	}
	if everything, here := codes(all), codes(mine); !everything["XLP-1"] || !everything["XLP-2"] || !here["XLP-1"] || here["XLP-2"] || here["S1"] {
		t.Errorf("of %v here are %v", everything, here)
	}
	table := w.must(t, 200, w.get(t, "/upkeep.csv", local...)).Body.String()
	if !strings.Contains(table, "XLP-1") || strings.Contains(table, "XLP-2") {
		t.Errorf("the table: %s", table)
	}
	// A grid is a part of a community: no row of counts is of it alone.
	if rows := parse(t, w.must(t, 200, w.get(t, "/upkeep", local...)).Body.Bytes())["rows"].([]any); len(rows) != 0 {
		t.Errorf("rows of communities: %v", rows)
	}
	w.known["community"] = access.Who{Name: "li", Grants: []access.Grant{{Role: access.Planner, Place: "370705001125"}}}
	if rows := parse(t, w.must(t, 200, w.get(t, "/upkeep", "Authorization", "Bearer community")).Body.Bytes())["rows"].([]any); len(rows) != 1 {
		t.Errorf("rows of one community: %v", rows)
	}
	stewards := parse(t, w.must(t, 200, w.get(t, "/upkeep/stewards", local...)).Body.Bytes())
	n := 0.0
	for _, count := range stewards["nobody"].(map[string]any) {
		n += count.(float64)
	}
	if n != mine["numberMatched"].(float64) {
		t.Errorf("%v findings, %v of nobody", mine["numberMatched"], n)
	}
	w.known["none"] = access.Who{Name: "zhao"}
	for _, path := range []string{"/upkeep", "/upkeep/items", "/upkeep/stewards", "/upkeep.csv", "/worklist"} {
		w.must(t, 403, w.get(t, path, "Authorization", "Bearer none"))
		w.must(t, 401, w.get(t, path))
	}
}

// TestPlacesBindWorklist: items that may lie in a place of one's own are shown and can
// be settled there, and nowhere else.
func TestPlacesBindWorklist(t *testing.T) {
	w, booth, nowhere, _ := newWorklist(t)
	local := append(w.within(access.GridWorker), asJSON...)
	list := parse(t, w.must(t, 200, w.get(t, "/worklist", local...)).Body.Bytes())
	if list["numberMatched"].(float64) != 2 || strings.Contains(fmt.Sprint(list), nowhere) || len(list["kinds"].([]any)) != 2 {
		t.Errorf("the worklist of a grid: %v", list)
	}
	w.must(t, 404, w.get(t, "/worklist/"+nowhere, local...))
	settle := func(status int, x, y float64) {
		t.Helper()
		lon, lat := crs.ToDegrees(ring(x, y)[0])
		version := w.versionOf(t, booth)
		w.must(t, status, w.send(t, "POST", "/worklist/"+booth+"/settle", fmt.Sprintf(`{"version":%d,"at":[%v,%v]}`, version, lon, lat), local...))
	}
	settle(403, -400, 300)
	settle(200, 50, 50)
	w.must(t, 404, w.send(t, "POST", "/worklist/"+nowhere+"/settle", `{"version":1,"drop":true,"note":"x"}`, local...))
}

// TestAbuse23PlacesBindWhatIsWritten: what stands and what is to stand must lie in a place of
// one's own, by the map and not by what a feature says of itself.
func TestAbuse23PlacesBindWhatIsWritten(t *testing.T) {
	w := newWriter(t)
	local := append(w.within(access.GridWorker, access.Emergency), "If-Match", "*")
	inside, outside := w.idOf(t, geo.Booths, "XLP-1"), w.idOf(t, geo.Booths, "XLP-2")
	booth := func(id int64) string { return fmt.Sprintf("%s/%d", boothItems, id) }
	position := func(p geo.Point) string {
		lon, lat := crs.ToDegrees(p)
		return fmt.Sprintf(`{"type":"Feature","properties":{"name":"新","trades":["shoe"]},"geometry":{"type":"Point","coordinates":[%v,%v]}}`, lon, lat)
	}
	here, there := ring(50, 300)[0], ring(-400, 300)[0]
	for _, c := range []struct {
		name, method, path, body string
		status                   int
	}{
		{"patch inside", "PATCH", booth(inside), `{"properties":{"phone":"1"}}`, 200},
		{"patch outside", "PATCH", booth(outside), `{"properties":{"phone":"1"}}`, 403},
		{"delete outside", "DELETE", booth(outside), "", 403},
		{"make inside", "POST", boothItems, position(here), 201},
		{"make outside", "POST", boothItems, position(there), 403},
		{"make without a place", "POST", boothItems, `{"type":"Feature","properties":{"name":"新","trades":["shoe"]},"geometry":null}`, 403},
		{"carry away", "PUT", booth(inside), position(there), 403},
		{"fetch", "PUT", booth(outside), position(here), 403},
		{"a building that says it is of the compound, elsewhere", "POST", "/collections/buildings/items", areaBody(box(-90, 30, -80, 42), `"compound":"C1","use":"residential"`), 403},
		{"a building across the border", "POST", "/collections/buildings/items", areaBody(box(-9, 230, 9, 242), `"use":"residential"`), 403},
		{"a building at the border, inside", "POST", "/collections/buildings/items", areaBody(box(0, 230, 9, 242), `"use":"residential"`), 201},
		{"a layer of another role", "PATCH", fmt.Sprintf("/collections/grids/items/%d", w.idOf(t, geo.Grids, gridOfTown)), `{"properties":{"name":"甲"}}`, 403},
		{"a closure inside", "POST", "/collections/closures/items", areaBody(box(20, 20, 30, 30), `"name":"积水"`), 201},
		{"many, one of them outside", "POST", "/changes", fmt.Sprintf(`{"changes":[{"action":"patch","layer":"booths","id":%d,"version":2,"feature":{"properties":{"phone":"2"}}},{"action":"delete","layer":"booths","id":%d,"version":1}]}`, inside, outside), 403},
	} {
		header := local
		if c.path == "/changes" {
			header = append(header[:len(header):len(header)], "Content-Type", "application/json")
		}
		answer := w.send(t, c.method, c.path, c.body, header...)
		if answer.Code != c.status {
			t.Errorf("%s: %d, want %d: %s", c.name, answer.Code, c.status, answer.Body)
		}
		if c.status == 403 && !strings.Contains(answer.Body.String(), `"refused":[{"action":"`) {
			t.Errorf("%s: no place of the fault: %s", c.name, answer.Body)
		}
	}
}

// TestTakingBack: one takes back one's own change sets; those of others a reviewer does.
func TestTakingBack(t *testing.T) {
	w := newWriter(t)
	local := w.within(access.GridWorker)
	booth := fmt.Sprintf("%s/%d", boothItems, w.idOf(t, geo.Booths, "XLP-1"))
	patch := func(header ...string) string {
		answer := w.must(t, 200, w.send(t, "PATCH", booth, fmt.Sprintf(`{"properties":{"phone":"%d"}}`, w.live.Current().Head().Revision), append(header, "If-Match", "*")...))
		return "/changes/" + answer.Header().Get("X-Revision") + "/revert"
	}
	w.must(t, 200, w.send(t, "POST", patch(local...), "", local...))
	other := patch()
	w.must(t, 403, w.send(t, "POST", other, "", local...))
	w.within(access.Reviewer)
	w.must(t, 200, w.send(t, "POST", other, "", local...))
	header := w.must(t, 200, w.get(t, "/changes?since=1", local...))
	if body := header.Body.String(); strings.Count(body, `"author":"wang"`) != 3 || strings.Count(body, `"author":"chief"`) != 1 {
		t.Errorf("who wrote what: %s", body)
	}
}

// TestTokensScope: a token for reading writes nothing, whatever its account may.
func TestTokensScope(t *testing.T) {
	w := newWriter(t)
	who := w.known[token]
	who.Scope = []access.Action{access.See}
	w.known["reads"] = who
	booth := fmt.Sprintf("%s/%d", boothItems, w.idOf(t, geo.Booths, "XLP-1"))
	w.must(t, 403, w.send(t, "PATCH", booth, `{"properties":{"phone":"1"}}`, "If-Match", "*", "Authorization", "Bearer reads"))
	if answer := w.get(t, booth, "Authorization", "Bearer reads"); !strings.Contains(answer.Body.String(), canaryText) {
		t.Error("a token for seeing sees nothing")
	}
	delete(w.known, "reads")
	for _, ask := range []struct{ method, path string }{
		{"GET", "/"}, {"GET", "/me"}, {"GET", booth}, {"GET", boothItems}, {"GET", "/collections/booths/schema"}, {"GET", "/collections/booths/queryables"},
		{"GET", booth + "/history"}, {"GET", "/changes"}, {"GET", "/changes/1"}, {"POST", "/changes/1/revert"}, {"POST", "/changes"}, {"GET", "/upkeep"},
		{"PUT", booth}, {"PATCH", booth}, {"DELETE", booth}, {"POST", boothItems},
	} {
		answer := w.send(t, ask.method, ask.path, `{}`, "Authorization", "Bearer reads", "Accept", "text/html")
		if answer.Code != http.StatusUnauthorized || answer.Header().Get("WWW-Authenticate") == "" {
			t.Errorf("%s %s with a revoked token: %d", ask.method, ask.path, answer.Code)
		}
	}
}

// idOf finds the feature of a code on the map of the node.
func (w *writer) idOf(t testing.TB, layer geo.Layer, code string) int64 {
	t.Helper()
	f, there := w.live.Current().Layer(layer).ByCode(code)
	if !there {
		t.Fatalf("%s has no %s", layer, code)
	}
	return f.Common().ID
}

// areaBody is a feature with a polygon.
func areaBody(shape geo.Shape, properties string) string {
	var corners []string
	for _, p := range append(shape.Points(), shape.Points()[0]) {
		lon, lat := crs.ToDegrees(p)
		corners = append(corners, fmt.Sprintf("[%v,%v]", lon, lat))
	}
	return fmt.Sprintf(`{"type":"Feature","properties":{%s},"geometry":{"type":"Polygon","coordinates":[[%s]]}}`, properties, strings.Join(corners, ","))
}
