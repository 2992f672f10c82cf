package api_test

import (
	"encoding/csv"
	"net/http"
	"strings"
	"testing"
	"time"

	"gridatlas/api"
	"gridatlas/geo"
)

// staffed is a town of which much has to be looked after, with a token.
func staffed(t testing.TB, change ...func(*api.Config)) *node {
	t.Helper()
	list := town()
	for _, f := range list {
		if booth, is := f.(*geo.Booth); is {
			booth.LastChecked = geo.DateOf(now) - 91 // a day too long ago
			booth.Landmark = "=HYPERLINK(\"x\")"
			booth.Shape = at(100, 300)
		}
	}
	list = append(list,
		&geo.Assignment{Base: geo.Base{ID: 9001, Version: 1}, Role: "grid_worker", Who: "第一网格网格员", OfLayer: "grids", OfCode: "370705001000001"},
		&geo.Gate{Base: geo.Base{ID: 9002, Version: 1, Shape: at(300, 300), SurveyedOn: geo.DateOf(now)}, Of: "C1"},
	)
	n := newNode(t, append(change, func(c *api.Config) { c.Accounts = everything() })...)
	n.publish(build(1, list...))
	return n
}

func (n *node) asStaff(t testing.TB, path string) map[string]any {
	t.Helper()
	w := n.get(t, path, "Authorization", "Bearer "+token)
	if w.Code != http.StatusOK {
		t.Fatalf("%s: %d %s", path, w.Code, w.Body)
	}
	return parse(t, w.Body.Bytes())
}

// inside walks into an answer.
func inside(t testing.TB, value any, names ...any) any {
	t.Helper()
	for _, name := range names {
		switch name := name.(type) {
		case string:
			value = value.(map[string]any)[name]
		case int:
			value = value.([]any)[name]
		}
	}
	return value
}

var upkeepPaths = []string{"/upkeep", "/upkeep/stewards", "/upkeep/items", "/upkeep.csv"}

func TestUpkeepIsForStaff(t *testing.T) {
	public, staff := newTown(t), staffed(t)
	for _, path := range upkeepPaths {
		if w := public.get(t, path); w.Code != http.StatusNotFound {
			t.Errorf("%s without a token for writing: %d", path, w.Code)
		}
		for _, header := range [][]string{nil, {"Authorization", "Bearer wrong"}} {
			w := staff.get(t, path, header...)
			if w.Code != http.StatusUnauthorized || strings.Contains(w.Body.String(), "网格") {
				t.Errorf("%s for the public: %d %s", path, w.Code, w.Body)
			}
		}
	}
	for path, status := range map[string]int{
		"/upkeep?of=x": 400, "/upkeep/items?finding=late": 400, "/upkeep/items?layer=streets": 400, "/upkeep/items?community=": 400,
		"/upkeep/items?limit=0": 400, "/upkeep/items?skip=-1": 400, "/upkeep.csv?lang=fr": 400, "/upkeep.csv?limit=3": 400,
	} {
		if w := staff.get(t, path, "Authorization", "Bearer "+token); w.Code != status {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
}

func TestUpkeepCounts(t *testing.T) {
	n := staffed(t)
	report := n.asStaff(t, "/upkeep")
	if report["on"] != "2026-11-21" || inside(t, report, "rules", "check_days", "booths") != 90. {
		t.Errorf("on %v by %v", report["on"], report["rules"])
	}
	total := inside(t, report, "total", "layers")
	if inside(t, total, "booths", "features") != 2. || inside(t, total, "booths", "overdue") != 2. || inside(t, total, "gates", "outside") != 1. {
		t.Errorf("%v", total)
	}
	// The rows hold what the total holds, and each number leads to as many items.
	sums := map[string]float64{}
	rows := report["rows"].([]any)
	for _, row := range rows {
		for layer, counts := range inside(t, row, "layers").(map[string]any) {
			for name, n := range counts.(map[string]any) {
				sums[layer+" "+name] += n.(float64)
			}
		}
	}
	for layer, counts := range total.(map[string]any) {
		for name, count := range counts.(map[string]any) {
			if sums[layer+" "+name] != count {
				t.Errorf("%s %s: %v in rows, %v in all", layer, name, sums[layer+" "+name], count)
			}
			if name == "features" {
				continue
			}
			items := n.asStaff(t, "/upkeep/items?limit=1000&layer="+layer+"&finding="+name)
			if items["numberMatched"] != count || items["numberReturned"] != count {
				t.Errorf("%s %s: %v items of %v", layer, name, items["numberMatched"], count)
			}
		}
	}
	last := rows[len(rows)-1]
	if inside(t, last, "code") != nil {
		t.Fatalf("the last row is %v", last)
	}
	nowhere := n.asStaff(t, "/upkeep/items?community=-&layer=booths&finding=overdue")
	if nowhere["numberMatched"] != inside(t, last, "layers", "booths", "overdue") {
		t.Errorf("%v items, the row has %v", nowhere["numberMatched"], inside(t, last, "layers"))
	}
}

func TestUpkeepItems(t *testing.T) {
	n := staffed(t)
	seen := map[string]bool{}
	pages := 0
	for path := "/upkeep/items?limit=2"; path != ""; pages++ {
		page := n.asStaff(t, path)
		for _, f := range page["features"].([]any) {
			seen[inside(t, f, "id").(string)] = true
			for _, language := range []string{"text_zh", "text_en"} {
				if inside(t, f, "properties", language) == "" {
					t.Errorf("%v says nothing", f)
				}
			}
		}
		if path = linkOf(page, "next"); path != "" {
			path = local(t, path)
		}
		if all := int(page["numberMatched"].(float64)); path == "" && len(seen) != all {
			t.Errorf("%d items of %d", len(seen), all)
		}
	}
	if pages < 3 || !seen["outside gates/9002"] {
		t.Errorf("%d pages, %v", pages, seen)
	}
	gate := inside(t, n.asStaff(t, "/upkeep/items?layer=gates&finding=outside"), "features", 0)
	if where := inside(t, gate, "properties", "where"); where != "五道庙小区" {
		t.Errorf("a gate of %v", where)
	}
	if who := inside(t, gate, "properties", "steward"); who != "第一网格网格员" {
		t.Errorf("the work of %v", who)
	}
	mine := n.asStaff(t, "/upkeep/items?steward=第一网格网格员")["numberMatched"].(float64)
	others := n.asStaff(t, "/upkeep/items?steward=-")["numberMatched"].(float64)
	stewards := n.asStaff(t, "/upkeep/stewards")
	if inside(t, stewards, "stewards", 0, "who") != "第一网格网格员" || len(stewards["stewards"].([]any)) != 1 || mine < 3 || others < 1 || int(mine+others) != len(seen) {
		t.Errorf("%v and %v: %v", mine, others, stewards)
	}
}

func TestUpkeepCSV(t *testing.T) {
	n := staffed(t)
	w := n.get(t, "/upkeep.csv?steward=第一网格网格员", "Authorization", "Bearer "+token)
	text, marked := strings.CutPrefix(w.Body.String(), "\ufeff")
	if w.Code != http.StatusOK || !marked || !strings.HasPrefix(w.Header().Get("Content-Disposition"), "attachment; filename*=utf-8''") {
		t.Fatalf("%d %s %s", w.Code, w.Header(), w.Body)
	}
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil || rows[0][0] != "责任人（单位）" {
		t.Fatalf("%v %v", err, rows)
	}
	booths := 0
	for _, row := range rows[1:] {
		if row[0] != "第一网格网格员" {
			t.Errorf("the work of another: %v", row)
		}
		if row[3] == "小蓝棚" {
			booths++
			if row[1] == "超期未核查" && row[2] != "应于 2026-11-20 前核查，上次核查 2026-08-22" || row[6] != `'=HYPERLINK("x")` {
				t.Errorf("%q", row)
			}
		}
	}
	if booths != 4 { // without hours too
		t.Errorf("%d booths", booths)
	}
	all, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(n.get(t, "/upkeep.csv?lang=en", "Authorization", "Bearer "+token).Body.String(), "\ufeff"))).ReadAll()
	if err != nil || all[0][0] != "steward" || all[1][0] == "" || all[len(all)-1][0] != "" {
		t.Errorf("nobody's work is not the last: %v %v", err, all)
	}
}

// The report is of the newest map and of today.
func TestUpkeepMovesOn(t *testing.T) {
	clock := now
	n := staffed(t, func(c *api.Config) { c.Clock = func() time.Time { return clock } })
	overdue := func() any { return n.asStaff(t, "/upkeep/items?finding=overdue")["numberMatched"] }
	if overdue() != 2. {
		t.Errorf("%v overdue", overdue())
	}
	clock = now.AddDate(1, 0, 1)
	if overdue() != 3. { // the gate too
		t.Errorf("%v overdue a year and a day later", overdue())
	}
	n.publish(build(2))
	if overdue() != 0. {
		t.Errorf("%v overdue on an empty map", overdue())
	}
}
