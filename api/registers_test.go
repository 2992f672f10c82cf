package api_test

import (
	"context"
	"encoding/csv"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"gridatlas/api"
	"gridatlas/api/access"
	"gridatlas/geo"
	"gridatlas/geo/register"
)

var registerPaths = []string{"/registers/booths", "/registers/booths.csv", "/registers/parking", "/registers/parking.csv"}

// registered is the town with parking in its courtyard, two booths that want a look
// after them, and a cap.
func registered(t testing.TB, change ...func(*api.Config)) *node {
	t.Helper()
	list := append(town(),
		&geo.ParkingSpace{Base: geo.Base{ID: 9001, Version: 1, Shape: box(30, 80, 32, 85)}, Compound: "C1", Number: "001", Kind: "accessible", FeeYuanMonth: geo.Some(60.0), PublicIncome: geo.Some(true)},
		&geo.ParkingSpace{Base: geo.Base{ID: 9002, Version: 1, Shape: box(40, 80, 60, 90)}, Compound: "C1", Kind: "ordinary", Capacity: geo.Some[int32](9)},
	)
	for _, f := range list {
		switch f := f.(type) {
		case *geo.Booth:
			f.LastChecked = geo.DateOf(now) - 91 // a day too long ago
			f.Landmark = "=HYPERLINK(\"x\")"
		case *geo.Compound:
			f.Name, f.Community = "@五道庙小区", "370705001001"
		}
	}
	n := newNode(t, append([]func(*api.Config){func(c *api.Config) {
		c.Accounts, c.BoothCap, c.BoothSpacing = everything(), 2, 1000
	}}, change...)...)
	n.publish(build(1, list...))
	return n
}

func TestRegistersAreForStaff(t *testing.T) {
	public, staff := newTown(t), registered(t)
	for _, path := range registerPaths {
		if w := public.get(t, path); w.Code != http.StatusNotFound {
			t.Errorf("%s without accounts: %d", path, w.Code)
		}
		for _, header := range [][]string{nil, {"Authorization", "Bearer wrong"}} {
			if w := staff.get(t, path, header...); w.Code != http.StatusUnauthorized || strings.Contains(w.Body.String(), "小蓝棚") {
				t.Errorf("%s for the public: %d %s", path, w.Code, w.Body)
			}
		}
	}
	for path, status := range map[string]int{
		"/registers/booths?by=booth": 400, "/registers/booths.csv?by=street": 400, "/registers/booths.csv?lang=fr": 400,
		"/registers/parking?limit=3": 400, "/registers/parking.csv?by=booth": 400, "/registers/parking?community=none": 200,
	} {
		if w := staff.get(t, path, "Authorization", "Bearer "+token); w.Code != status {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
}

func TestRegisterOfBooths(t *testing.T) {
	n := registered(t)
	body := n.asStaff(t, "/registers/booths")
	if body["cap"] != 2.0 || body["in_use"] != 2.0 || body["spacing_metres"] != 1000.0 || body["figures"] != "own" || body["decisions"] != nil {
		t.Errorf("about itself: %v", body)
	}
	rows := body["rows"].([]any)
	if len(rows) != 125 || inside(t, rows, 62, "code") != "370705001125" || inside(t, rows, 62, "booths") != 1.0 || inside(t, body, "total", "booths") != 2.0 {
		t.Errorf("%d rows, that of the booth in the east is %v", len(rows), rows[62])
	}
	total := inside(t, body, "total")
	// Both were checked 91 days ago, with no check passed, and stand some 700 m apart.
	if inside(t, total, "overdue") != 2.0 || inside(t, total, "failing") != 2.0 || inside(t, total, "failed", "canopy") != 2.0 ||
		inside(t, total, "close") != 2.0 || inside(t, total, "status", "away") != 1.0 {
		t.Errorf("total: %v", total)
	}
	pairs := body["pairs"].([]any)
	if len(pairs) != 1 || inside(t, pairs, 0, "a", "number") != "370702000186" || inside(t, pairs, 0, "metres").(float64) < 650 {
		t.Errorf("pairs: %v", pairs)
	}
}

func TestRegisterOfParking(t *testing.T) {
	n := registered(t)
	body := n.asStaff(t, "/registers/parking?community=370705001001")
	if rows := body["rows"].([]any); len(rows) != 1 || inside(t, rows, 0, "code") != "C1" || inside(t, rows, 0, "community") != "370705001001" {
		t.Errorf("rows: %v", rows)
	}
	for name, want := range map[string]float64{
		"compounds": 1, "features": 2, "spaces": 10, "numbered": 1, "accessible": 1, "ordinary": 9, "public": 1, "priced": 1, "yuan_a_year": 720, "known": 0.1,
	} {
		if got := inside(t, body, "total", name); got != want {
			t.Errorf("%s is %v, want %v", name, got, want)
		}
	}
	if rows := n.asStaff(t, "/registers/parking?community=none")["rows"].([]any); len(rows) != 0 {
		t.Errorf("of no community: %v", rows)
	}
}

// Tables are files that no spreadsheet runs, in the language asked for.
func TestRegisterTables(t *testing.T) {
	n := registered(t)
	for path, want := range map[string]struct{ name, header, cell string }{
		"/registers/booths.csv":                      {"小蓝棚台账-2026-11-21.csv", "七统一不合格项", `'=HYPERLINK("x")`},
		"/registers/booths.csv?lang=en":              {"小蓝棚台账-2026-11-21.csv", "nearest_number", `'=HYPERLINK("x")`},
		"/registers/booths.csv?by=community":         {"小蓝棚台账-分社区-2026-11-21.csv", "不合格：遮阳棚（伞）", "370705001001"},
		"/registers/booths.csv?by=community&lang=en": {"小蓝棚台账-分社区-2026-11-21.csv", "failed_canopy", "370705001001"},
		"/registers/parking.csv":                     {"停车位台账-2026-11-21.csv", "年公共收益_元", "'@五道庙小区"},
		"/registers/parking.csv?lang=en":             {"停车位台账-2026-11-21.csv", "yuan_a_year", "720"},
	} {
		w := n.get(t, path, "Authorization", "Bearer "+token)
		lines, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(w.Body.String(), "\ufeff"))).ReadAll()
		if err != nil || len(lines) < 2 {
			t.Fatalf("%s: %d lines, %v: %s", path, len(lines), err, w.Body)
		}
		cells := map[string]bool{}
		for _, cell := range lines[0] {
			cells[cell] = true
		}
		if !cells[want.header] {
			t.Errorf("%s: no column %s in %q", path, want.header, lines[0])
		}
		for _, line := range lines[1:] {
			for _, cell := range line {
				cells[cell] = true
				if cell != "" && strings.ContainsAny(cell[:1], "=+-@\t\r") {
					t.Errorf("%s: a spreadsheet runs %q", path, cell)
				}
			}
		}
		if !cells[want.cell] {
			t.Errorf("%s: no cell %s in %q", path, want.cell, lines[1:])
		}
		if name := w.Header().Get("Content-Disposition"); name != "attachment; filename*=utf-8''"+url.PathEscape(want.name) {
			t.Errorf("%s: the file is %s", path, name)
		}
	}
}

// Who looks after a grid sees the booths and compounds in it, and not the communities
// around.
func TestRegistersWithinAPlace(t *testing.T) {
	n := registered(t, func(c *api.Config) {
		all := everything()
		all["local"] = access.Who{Name: "wang", Grants: []access.Grant{{Role: access.GridWorker, Place: gridOfTown}}}
		all["elsewhere"] = access.Who{Name: "li", Grants: []access.Grant{{Role: access.GridWorker, Place: "370705001003"}}}
		c.Accounts = all
	})
	read := func(path, who string) map[string]any {
		w := n.get(t, path, "Authorization", "Bearer "+who)
		if w.Code != 200 {
			t.Fatalf("%s for %s: %d %s", path, who, w.Code, w.Body)
		}
		return parse(t, w.Body.Bytes())
	}
	for who, want := range map[string]struct{ booths, rows, spaces float64 }{
		token: {2, 125, 10}, "local": {1, 1, 10}, "elsewhere": {0, 1, 0},
	} {
		booths, parking := read("/registers/booths", who), read("/registers/parking", who)
		if got := inside(t, booths, "total", "booths"); got != want.booths || float64(len(booths["rows"].([]any))) != want.rows || booths["in_use"] != 2.0 {
			t.Errorf("%s sees %v booths in %d rows", who, got, len(booths["rows"].([]any)))
		}
		if figures := booths["figures"]; (figures == "own") != (who == token) {
			t.Errorf("%s is told of households by %v", who, figures)
		}
		if got := inside(t, parking, "total", "spaces"); got != want.spaces {
			t.Errorf("%s sees %v spaces", who, got)
		}
	}
	if table := n.get(t, "/registers/booths.csv", "Authorization", "Bearer elsewhere").Body.String(); strings.Count(table, "\n") != 1 {
		t.Errorf("who looks after other ground reads %s", table)
	}
}

// TestCap: one booth more than the city allows itself is refused, by whatever write,
// unless its change set names a decision, which is kept with who and when.
func TestCap(t *testing.T) {
	w := newWriter(t, func(c *api.Config) { c.BoothCap = 2 })
	body := boothBody(`"name":"第三个","number":"370702500318"`)
	set := func(decision string) string {
		return `{"note":"one more"` + decision + `,"changes":[{"action":"insert","layer":"gates","feature":{"type":"Feature",` + place + `,"properties":{}}},{"action":"insert","layer":"booths","feature":` + body + `}]}`
	}
	refused := func(answer string) {
		t.Helper()
		if violations := parse(t, []byte(answer))["violations"].([]any); len(violations) != 1 || inside(t, violations, 0, "rule") != "cap" {
			t.Errorf("refused for %v", violations)
		}
	}
	refused(w.must(t, 422, w.send(t, "POST", boothItems, body)).Body.String())
	answer := w.must(t, 422, w.send(t, "POST", "/changes", set(""), "Content-Type", "application/json")).Body.String()
	refused(answer)
	if change := inside(t, parse(t, []byte(answer)), "violations", 0, "change"); change != 1.0 {
		t.Errorf("the fault is of change %v", change)
	}
	refused(w.must(t, 422, w.send(t, "POST", "/changes", set(`,"decision":"  "`), "Content-Type", "application/json")).Body.String())
	w.must(t, 400, w.send(t, "POST", "/changes", set(`,"decision":"`+strings.Repeat("长", 1000)+`"`), "Content-Type", "application/json"))
	if got := w.asStaff(t, "/registers/booths"); got["in_use"] != 2.0 || len(got["decisions"].([]any)) != 0 {
		t.Fatalf("after refusals there are %v booths, decided by %v", got["in_use"], got["decisions"])
	}

	w.must(t, 200, w.send(t, "POST", "/changes", set(`,"decision":" 潍城管纪〔2026〕3号 "`), "Content-Type", "application/json"))
	register := w.asStaff(t, "/registers/booths")
	decisions := register["decisions"].([]any)
	third := w.getJSON(t, boothItems+"?number=370702500318")["features"].([]any)
	if register["in_use"] != 3.0 || len(decisions) != 1 || len(third) != 1 {
		t.Fatalf("%v booths, decided by %v", register["in_use"], decisions)
	}
	id := inside(t, third, 0, "id").(float64)
	if got := decisions[0].(map[string]any); got["text"] != "潍城管纪〔2026〕3号" || got["by"] != "chief" || got["at"] != "2026-11-21T01:12:40Z" ||
		got["in_use"] != 3.0 || got["cap"] != 2.0 || inside(t, got, "booths", 0) != id {
		t.Errorf("kept is %v", got)
	}

	// What leaves as many as before needs none; giving one up and taking it back does.
	third3 := fmt.Sprintf("%s/%d", boothItems, int64(id))
	w.must(t, 200, w.send(t, "PATCH", third3, `{"properties":{"status":"away"}}`, "If-Match", "*"))
	w.must(t, 200, w.send(t, "PATCH", third3, `{"properties":{"status":"retired"}}`, "If-Match", "*"))
	refused(w.must(t, 422, w.send(t, "PATCH", third3, `{"properties":{"status":"open"}}`, "If-Match", "*")).Body.String())
	if got := w.asStaff(t, "/registers/booths"); got["in_use"] != 2.0 || inside(t, got, "total", "status", "retired") != 1.0 {
		t.Errorf("with one given up: %v", got["total"])
	}
	// While the store is away the register stands without the decisions.
	w.through.Store = unread{w.store}
	if got := w.asStaff(t, "/registers/booths"); got["in_use"] != 2.0 || got["decisions"] != nil {
		t.Errorf("without a store: %v", got["decisions"])
	}
}

// unread is a store that is away for who reads its records.
type unread struct{ api.Store }

func (unread) Records(context.Context, string, func(geo.Record) error) error {
	return geo.ErrUnavailable
}

// TestRegisterPage hands the page the table that was asked for, and only to staff.
func TestRegisterPage(t *testing.T) {
	var shown register.Sheet
	n := registered(t, func(c *api.Config) {
		c.RegisterPage = func(_ http.ResponseWriter, _ *http.Request, sheet register.Sheet) { shown = sheet }
		c.SignInPage = func(http.ResponseWriter, *http.Request, int, access.Form) {}
	})
	if w := n.get(t, "/registers"); w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/signin?to=registers" {
		t.Errorf("for the public: %d %s", w.Code, w.Header().Get("Location"))
	}
	for path, status := range map[string]int{
		"/registers?view=houses": 400, "/registers?sort=income": 400, "/registers?view=parking&sort=income": 200, "/registers?all=maybe": 400, "/registers?limit=1": 400,
	} {
		if w := n.get(t, path, "Authorization", "Bearer "+token); w.Code != status {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
	n.get(t, "/registers?community=370705001125", "Authorization", "Bearer "+token)
	if shown.View != "communities" || shown.Sort != "booths" || shown.Cap != 2 || len(shown.Booths.Rows) != 1 || len(shown.Booths.List) != 1 || shown.Booths.InUse != 2 {
		t.Errorf("of one community: %+v", shown)
	}
	n.get(t, "/registers?view=booths&sort=metres", "Authorization", "Bearer "+token)
	if shown.Parking != nil || len(shown.Booths.List) != 2 {
		t.Errorf("one by one: %+v", shown)
	}
}
