package api_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"gridatlas/api"
	"gridatlas/api/access"
	"gridatlas/api/rounds"
	"gridatlas/geo/report"
)

// roundsShown are pages of a grid worker that keep what they were to show.
type roundsShown struct {
	sheet *rounds.Sheet
	place *rounds.Place
	one   *rounds.Case
	lost  *rounds.Lost
}

func (p *roundsShown) RoundSheet(w http.ResponseWriter, _ *http.Request, status int, sheet *rounds.Sheet) {
	*p = roundsShown{sheet: sheet}
	w.WriteHeader(status)
}

func (p *roundsShown) RoundPlace(w http.ResponseWriter, _ *http.Request, status int, place *rounds.Place) {
	*p = roundsShown{place: place}
	w.WriteHeader(status)
}

func (p *roundsShown) RoundReport(w http.ResponseWriter, _ *http.Request, status int, one *rounds.Case) {
	*p = roundsShown{one: one}
	w.WriteHeader(status)
}

func (p *roundsShown) RoundLost(w http.ResponseWriter, _ *http.Request, status int, lost *rounds.Lost) {
	*p = roundsShown{lost: lost}
	w.WriteHeader(status)
}

// walker is a grid worker with a browser that runs no script.
type walker struct {
	*writer
	shown  *roundsShown
	cookie []string
}

func newWalker(t *testing.T, role access.Role, place string) *walker {
	t.Helper()
	shown := &roundsShown{}
	w := newWriter(t, func(c *api.Config) {
		c.SignInPage = func(http.ResponseWriter, *http.Request, int, access.Form) {}
		c.RoundPages = shown
	})
	w.known["session"] = access.Who{Name: "wang", Grants: []access.Grant{{Role: role, Place: place}}}
	return &walker{w, shown, []string{"Authorization", "", "Cookie", "__Host-gridatlas=session", "Content-Type", "application/x-www-form-urlencoded"}}
}

func (w *walker) opens(t *testing.T, status int, path string) {
	t.Helper()
	if answer := w.get(t, path, w.cookie[2:4]...); answer.Code != status {
		t.Errorf("%s: %d, not %d: %s", path, answer.Code, status, answer.Body)
	}
}

func (w *walker) sends(t *testing.T, status int, path string, form url.Values, header ...string) *httptest.ResponseRecorder {
	t.Helper()
	answer := w.send(t, "POST", path, form.Encode(), append(header, w.cookie...)...)
	if answer.Code != status {
		t.Errorf("%s %v: %d, not %d: %s", path, form, answer.Code, status, answer.Body)
	}
	return answer
}

// idsOf finds the ids of what a list holds.
func idsOf(stops []rounds.Stop) (ids []int64) {
	for _, stop := range stops {
		ids = append(ids, stop.Key.ID)
	}
	return ids
}

// A worker without a script has the lists that a script shows, works through each of
// them, and what is sent twice is done once.
func TestRoundsWithoutScript(t *testing.T) {
	w := newWalker(t, access.GridWorker, gridOfTown)
	w.opens(t, 200, "/my/plain")
	sheet := w.shown.sheet
	mine := parse(t, w.must(t, 200, w.get(t, "/my/work", w.cookie[2:4]...)).Body.Bytes())
	for list, got := range map[string][]int64{"booths": idsOf(sheet.Booths), "due": idsOf(sheet.Due), "buildings": idsOf(sheet.Buildings)} {
		if want := codesIn(t, mine, list, "id"); fmt.Sprint(got) != fmt.Sprint(want) || len(want) == 0 {
			t.Errorf("%s: %v, with a script %v", list, got, want)
		}
	}
	if sheet.All != 1 || len(sheet.Grids) != 1 || len(sheet.Choices) != 0 {
		t.Errorf("%+v", sheet)
	}
	w.opens(t, 200, "/my/plain?find=13")
	if got := w.shown.sheet.Buildings; len(got) != 1 || got[0].Title != "五道庙小区13号楼" {
		t.Errorf("%+v", got)
	}
	revision := func() int64 { return w.live.Current().Head().Revision }

	booth := "/my/" + sheet.Booths[0].Key.String()
	w.opens(t, 200, booth)
	form := url.Values{"once": {w.shown.place.Once}, "press": {"inspect"}, "number": {"yes"}}
	w.sends(t, 422, booth, form)
	if fault := w.shown.place.Faults[0]; fault.Rule != rounds.Missing || fault.N != 6 || w.shown.place.Typed.Answered["number"] != "yes" {
		t.Errorf("%+v", w.shown.place)
	}
	for _, check := range mine["checks"].([]any) {
		form.Set(check.(map[string]any)["value"].(string), "yes")
	}
	form.Set("bins", "no")
	before := revision()
	for range 2 {
		if to := w.sends(t, 303, booth, form).Header().Get("Location"); to != "/my/plain?saved="+url.QueryEscape(sheet.Booths[0].Key.String()) {
			t.Errorf("leads to %s", to)
		}
	}
	w.opens(t, 200, booth)
	if p := w.shown.place; revision() != before+1 || len(p.Passed) != 6 || slices.Contains(p.Passed, "bins") || p.By != "wang" || p.Checked != p.Today {
		t.Errorf("revision %d after %d, %+v", revision(), before, p)
	}
	w.opens(t, 200, "/my/plain?saved="+sheet.Booths[0].Key.String())
	if w.shown.sheet.Saved != sheet.Booths[0].Title {
		t.Errorf("saved %q", w.shown.sheet.Saved)
	}

	building := "/my/" + sheet.Buildings[0].Key.String()
	w.opens(t, 200, building)
	form = url.Values{"once": {w.shown.place.Once}, "press": {"visit"}, "on": {"2026-01-01"}, "note": {"电话 13800138000"}}
	w.sends(t, 422, building, form)
	if got := fmt.Sprint(w.shown.place.Faults); !strings.Contains(got, "on day") || !strings.Contains(got, "topics missing") || !strings.Contains(got, "note personal") || w.shown.place.Typed.Note != "电话 13800138000" {
		t.Errorf("%v", got)
	}
	form = url.Values{"once": form["once"], "press": {"visit"}, "on": {"2026-11-20"}, "topics": {"gas", "fire"}, "note": {"三单元已查"}}
	for range 2 {
		w.sends(t, 303, building, form)
	}
	w.opens(t, 200, building)
	if made := w.shown.place.Visits; len(made) != 1 || made[0].By != "wang" || made[0].Note != "三单元已查" {
		t.Errorf("%+v", made)
	}

	look := "/my/" + sheet.Due[0].Key.String()
	w.opens(t, 200, look)
	w.sends(t, 303, look, url.Values{"once": {w.shown.place.Once}, "press": {"look"}, "seen": {w.shown.place.Seen}})
	w.opens(t, 200, look)
	if p := w.shown.place; p.Checked != p.Today || p.By != "wang" {
		t.Errorf("%+v", p)
	}
}

// Figures are written over those that were seen; of others the worker is told, with what
// was typed, and writes them by sending once more.
func TestFiguresWithoutScript(t *testing.T) {
	w := newWalker(t, access.GridWorker, gridOfTown)
	w.opens(t, 200, "/my/plain")
	building := w.shown.sheet.Buildings[1].Key
	path := "/my/" + building.String()
	w.opens(t, 200, path)
	first := w.shown.place
	form := url.Values{"once": {first.Once}, "press": {"correct"}, "seen": {first.Seen}, "households": {"7"}, "residents": {"2x"}, "rental_dwellings": {"9"}}
	w.sends(t, 422, path, form)
	if got := fmt.Sprint(w.shown.place.Faults); !strings.Contains(got, "residents number") || !strings.Contains(got, "rental_dwellings rental") || w.shown.place.Typed.Figures != [3]string{"7", "2x", "9"} {
		t.Errorf("%v %v", got, w.shown.place.Typed)
	}
	form.Set("residents", "20")
	form.Set("rental_dwellings", "")
	others := `{"properties":{"households":6,"surveyed_on":"2026-11-19","surveyed_by":"zhao"}}`
	w.must(t, 200, w.send(t, "PATCH", "/collections/buildings/items/"+strconv.FormatInt(building.ID, 10), others, "If-Match", "*"))
	w.sends(t, 409, path, form)
	p := w.shown.place
	if fault := p.Faults[0]; fault.Rule != rounds.Changed || fault.By != "zhao" || fault.On.String() != "2026-11-19" || p.Stop.Figures[0].Value != 6 || p.Typed.Figures != [3]string{"7", "20", ""} || p.Seen == first.Seen {
		t.Errorf("%+v", p)
	}
	form.Set("once", p.Once)
	form.Set("seen", p.Seen)
	w.sends(t, 303, path, form)
	w.opens(t, 200, path)
	if p := w.shown.place; p.Stop.Figures[0].Value != 7 || p.Stop.Figures[1].Value != 20 || p.By != "wang" {
		t.Errorf("%+v", p)
	}
}

// A report is taken on and done; who was quicker is named.
func TestReportsWithoutScript(t *testing.T) {
	w := newWalker(t, access.GridWorker, gridOfTown)
	number := report.ReceiptOf([]byte("one"))
	at := parse(t, w.must(t, 200, w.get(t, "/my/work", w.cookie[2:4]...)).Body.Bytes())["booths"].([]any)[0].(map[string]any)
	if err := report.NewBook(w.store, func() time.Time { return now }, report.Limits{}, report.Promise{}).Accept(t.Context(), number, report.Report{Kind: report.Dirty, At: [2]float64{at["lon"].(float64), at["lat"].(float64)}, Note: "棚边堆了纸箱"}, nil); err != nil {
		t.Fatal(err)
	}
	w.opens(t, 200, "/my/plain")
	if list := w.shown.sheet.Reports; len(list) != 1 || list[0].Receipt != number {
		t.Fatalf("%+v", list)
	}
	path := "/my/reports/" + string(number)
	w.opens(t, 200, path)
	seen := strconv.FormatInt(w.shown.one.Version, 10)
	if fmt.Sprint(w.shown.one.Next) != "[working]" {
		t.Errorf("%v", w.shown.one.Next)
	}
	w.sends(t, 422, path, url.Values{"version": {seen}, "state": {"working"}, "note": {"电话 13800138000"}})
	if w.shown.one.Faults[0].Rule != rounds.Personal || w.shown.one.Note == "" {
		t.Errorf("%+v", w.shown.one)
	}
	w.sends(t, 422, path, url.Values{"version": {seen}, "state": {"answered"}})
	for range 2 {
		w.sends(t, 303, path, url.Values{"version": {seen}, "state": {"working"}, "note": {"已告知师傅"}})
	}
	w.sends(t, 409, path, url.Values{"version": {seen}, "state": {"settled"}})
	if one := w.shown.one; one.Faults[0].Rule != rounds.Changed || one.Faults[0].By != "wang" || one.State() != report.Working || len(one.Steps) != 2 {
		t.Errorf("%+v", one)
	}
	w.opens(t, 404, "/my/reports/1")
}

// Who is not signed in, or has no grid there, gets a page that says so; the form that
// was sent is on it. Forms of other hosts are not taken.
func TestRoundsAreOnesOwn(t *testing.T) {
	w := newWalker(t, access.GridWorker, gridOfTown)
	if answer := w.get(t, "/my/plain"); answer.Code != 303 || answer.Header().Get("Location") != "/signin?to=plain" {
		t.Errorf("%d %v", answer.Code, answer.Header())
	}
	w.opens(t, 200, "/my/plain")
	booth := "/my/" + w.shown.sheet.Booths[0].Key.String()
	w.opens(t, 404, "/my/booths/99")
	w.opens(t, 404, "/my/nothing/1")
	w.opens(t, 404, "/my/grids/1")
	w.opens(t, 404, "/my/plain?grid=370705001000002")
	w.opens(t, 400, "/my/plain?x=1")
	form := url.Values{"press": {"inspect"}, "number": {"yes"}, "once": {"abc"}}
	w.sends(t, 403, booth, form, "Sec-Fetch-Site", "cross-site")
	w.sends(t, 400, booth, url.Values{"press": {"visit"}})
	w.sends(t, 413, booth, url.Values{"note": {strings.Repeat("x", 9000)}})

	delete(w.known, "session")
	w.sends(t, 401, booth, form)
	if lost := w.shown.lost; lost == nil || lost.Why != rounds.SignedOut || fmt.Sprint(lost.Sent) != "[{number yes} {once abc} {press inspect}]" {
		t.Errorf("%+v", lost)
	}
	w.sends(t, 403, booth, form, "Sec-Fetch-Site", "cross-site")
	w.known["session"] = access.Who{Name: "li", Grants: []access.Grant{{Role: access.Reviewer}}}
	w.opens(t, 403, "/my/plain")
	if w.shown.lost.Why != rounds.NoRole {
		t.Errorf("%+v", w.shown.lost)
	}
	if head := w.live.Current().Head().Revision; head != 1 {
		t.Errorf("something was written: revision %d", head)
	}
}
