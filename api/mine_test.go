package api_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"gridatlas/api"
	"gridatlas/api/access"
	"gridatlas/geo"
)

// codesIn lists a member of the entries of a list.
func codesIn(t testing.TB, document any, list, member string) (codes []string) {
	t.Helper()
	for _, entry := range inside(t, document, list).([]any) {
		codes = append(codes, fmt.Sprint(inside(t, entry, member)))
	}
	return codes
}

// What a grid worker takes along is what lies in their grids, with tags by which it
// can be written.
func TestOwnWork(t *testing.T) {
	w := newWriter(t)
	local := w.within(access.GridWorker)
	mine := parse(t, w.must(t, 200, w.get(t, "/my/work", local...)).Body.Bytes())
	if inside(t, mine, "account") != "wang" || inside(t, mine, "numberMatched") != 1.0 || inside(t, mine, "today") != "2026-11-21" {
		t.Errorf("%v", mine)
	}
	for list, want := range map[string]string{
		"grids": "[" + gridOfTown + "]", "choices": "[" + gridOfTown + "]",
	} {
		if got := fmt.Sprint(codesIn(t, mine, list, "code")); got != want {
			t.Errorf("%s: %v", list, got)
		}
	}
	for list, want := range map[string]string{
		"buildings": "[五道庙小区3号楼 五道庙小区13号楼]", "booths": "[新华路小蓝棚]", "due": "[五道庙小区]",
	} {
		if got := fmt.Sprint(codesIn(t, mine, list, "title")); got != want {
			t.Errorf("%s: %v", list, got)
		}
	}
	if got := fmt.Sprint(codesIn(t, mine, "streets", "name")); got != "[健康街 健康街 新华路]" {
		t.Errorf("streets: %v", got)
	}
	building := inside(t, mine, "buildings", 1)
	if inside(t, building, "households") != 4.0 || inside(t, building, "rental_dwellings") != nil || inside(t, building, "checked_by") != canaryText || inside(t, building, "estimated") != false {
		t.Errorf("%v", building)
	}
	if len(inside(t, mine, "topics").([]any)) < 5 || len(inside(t, mine, "checks").([]any)) != 7 {
		t.Errorf("%v", inside(t, mine, "checks"))
	}

	// The tag lets the worker write, once.
	path := fmt.Sprintf("/collections/buildings/items/%v", inside(t, building, "id"))
	tag := inside(t, building, "etag").(string)
	patch := `{"properties":{"households":5,"surveyed_on":"2026-11-21","surveyed_by":"wang"}}`
	w.must(t, 200, w.send(t, "PATCH", path, patch, append(local, "If-Match", tag, "Idempotency-Key", "a")...))
	w.must(t, 200, w.send(t, "PATCH", path, patch, append(local, "If-Match", tag, "Idempotency-Key", "a")...))
	w.must(t, 412, w.send(t, "PATCH", path, patch, append(local, "If-Match", tag, "Idempotency-Key", "b")...))
	if head := w.live.Current().Head().Revision; head != 2 {
		t.Errorf("one change made revision %d", head)
	}
	mine = parse(t, w.must(t, 200, w.get(t, "/my/work", local...)).Body.Bytes())
	if building := inside(t, mine, "buildings", 1); inside(t, building, "households") != 5.0 || inside(t, building, "checked_on") != "2026-11-21" || inside(t, building, "etag") == tag {
		t.Errorf("%v", building)
	}

	// Who sees nothing of it.
	w.must(t, 401, w.get(t, "/my/work"))
	w.must(t, 404, w.get(t, "/my/work?grid=370705001000002", local...))
	w.must(t, 403, w.get(t, "/my/work", w.within(access.Reviewer)...))
	w.must(t, 400, w.get(t, "/my/work?x=1", local...))
}

// Whoever has more grids than a phone takes along chooses one.
func TestOwnWorkOfManyGrids(t *testing.T) {
	w := newWriter(t)
	var changes []geo.Change
	for i := range 9 {
		changes = append(changes, geo.Insert(&geo.Grid{Base: geo.Base{Code: fmt.Sprintf("3707050010002%02d", i), Name: fmt.Sprintf("第%d网格", i+2), Shape: box(1000+float64(i)*100, 0, 1100+float64(i)*100, 100)}, Kind: "general"}))
	}
	if _, err := w.store.Apply(t.Context(), geo.ChangeSet{Note: "grids", At: now, Changes: geo.Changes(changes...)}); err != nil {
		t.Fatal(err)
	}
	for w.live.Current().Head().Revision < 2 {
		if t.Context().Err() != nil {
			t.Fatal("no map came")
		}
	}
	mine := w.asStaff(t, "/my/work")
	if inside(t, mine, "numberMatched") != 10.0 || len(codesIn(t, mine, "choices", "code")) != 10 || len(codesIn(t, mine, "grids", "code"))+len(codesIn(t, mine, "buildings", "id")) != 0 {
		t.Errorf("%v", mine)
	}
	mine = w.asStaff(t, "/my/work?grid="+gridOfTown)
	if fmt.Sprint(codesIn(t, mine, "grids", "code")) != "["+gridOfTown+"]" || len(codesIn(t, mine, "buildings", "id")) != 2 || len(codesIn(t, mine, "choices", "code")) != 10 {
		t.Errorf("%v", mine)
	}
}

// The page is led to by the sign-in, and says by a cookie that its script can read who
// is signed in; that goes with the session.
func TestMyPage(t *testing.T) {
	w := newWriter(t, func(c *api.Config) {
		c.SignInPage = func(http.ResponseWriter, *http.Request, int, access.Form) {}
	})
	w.known["session"] = access.Who{Name: "wang", Grants: []access.Grant{{Role: access.GridWorker, Place: gridOfTown}}}
	if answer := w.get(t, "/my"); answer.Code != http.StatusSeeOther || answer.Header().Get("Location") != "/signin?to=my" {
		t.Errorf("%d %v", answer.Code, answer.Header())
	}
	named := func(answer *httptest.ResponseRecorder) string {
		for _, cookie := range answer.Result().Cookies() {
			if cookie.Name == "gridatlas-account" {
				return fmt.Sprintf("%s %v %s %v", cookie.Value, cookie.HttpOnly, cookie.Path, cookie.MaxAge > 0)
			}
		}
		return ""
	}
	signedIn := []string{"Cookie", "__Host-gridatlas=session"}
	if answer := w.must(t, 200, w.get(t, "/my", signedIn...)); named(answer) != "wang false /my true" {
		t.Errorf("%v", answer.Header())
	}
	form := append([]string{"Content-Type", "application/x-www-form-urlencoded", "Authorization", ""}, signedIn...)
	if answer := w.send(t, "POST", "/signout", "", form...); answer.Code != http.StatusSeeOther || named(answer) != " false /my false" {
		t.Errorf("%d %v", answer.Code, answer.Header())
	}
	if answer := w.get(t, "/my", signedIn...); answer.Code != http.StatusSeeOther || named(answer) != " false /my false" {
		t.Errorf("a session that is over: %d %v", answer.Code, answer.Header())
	}
	w.must(t, 200, w.get(t, "/my/worker.js"))
}
