package api_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"gridatlas/api"
	"gridatlas/api/access"
	"gridatlas/geo"
	"gridatlas/geo/register"
	"gridatlas/geo/stalls"
)

const drawPath = "/registers/parking/draw"

// drawer is a town with the page on which rows are drawn, of which the last is kept.
type drawer struct {
	*writer
	last *stalls.Page
}

func newDrawer(t *testing.T) *drawer {
	d := &drawer{}
	d.writer = newWriter(t, func(c *api.Config) {
		c.Pages = http.NotFoundHandler()
		c.RegisterPage = func(http.ResponseWriter, *http.Request, register.Sheet) {}
		c.RowPage = func(w http.ResponseWriter, _ *http.Request, status int, p *stalls.Page) {
			d.last = p
			w.WriteHeader(status)
		}
	})
	return d
}

// rowForm is the form of ten spaces along the north of the courtyard of C1.
func rowForm(change ...string) url.Values {
	at := strings.NewReplacer("[", "", "]", "", ",", " ")
	form := url.Values{
		"compound": {"C1"}, "line": {at.Replace(lonLat(100, 100)) + ", " + at.Replace(lonLat(130, 100))}, "count": {"10"}, "first": {"098"},
		"angle": {"perpendicular"}, "side": {"left"}, "kind": {"ordinary"}, "fee_yuan_month": {"60"}, "public_income": {"yes"}, "once": {"a form"}, "press": {"draw"},
	}
	for i := 0; i < len(change); i += 2 {
		form.Set(change[i], change[i+1])
	}
	return form
}

func (d *drawer) post(t *testing.T, form url.Values, header ...string) *httptest.ResponseRecorder {
	d.last = nil
	return d.send(t, "POST", drawPath, form.Encode(), append([]string{"Content-Type", "application/x-www-form-urlencoded"}, header...)...)
}

// must holds an answer, a page, to a status.
func (d *drawer) must(t *testing.T, status int, answer *httptest.ResponseRecorder) *httptest.ResponseRecorder {
	t.Helper()
	if answer.Code != status {
		t.Fatalf("%d, want %d: %s, page %+v, plan %+v", answer.Code, status, answer.Body, d.last, d.last.Plan)
	}
	return answer
}

func (d *drawer) spaces() int { return d.live.Current().Layer(geo.Parking).Len() }

// A row is drawn by a form, once for each form, and taken back; the page tells of both.
func TestDrawByHand(t *testing.T) {
	d := newDrawer(t)
	d.must(t, 200, d.send(t, "GET", drawPath+"?compound=C1", ""))
	if p := d.last; p.Compound == nil || p.Form.First != "001" || p.Form.Once == "" || len(p.Given) != 0 {
		t.Fatalf("the empty page: %+v", d.last)
	}
	d.must(t, 200, d.post(t, rowForm("press", "preview")))
	if p := d.last; len(p.Plan.Spaces) != 10 || p.Plan.Fits != 12 || p.Part || d.spaces() != 0 {
		t.Errorf("the preview: %+v", d.last.Plan)
	}
	first := d.must(t, 303, d.post(t, rowForm())).Header().Get("Location")
	again := d.must(t, 303, d.post(t, rowForm())).Header().Get("Location")
	if first != drawPath+"?compound=C1&drew=2" || again != first || d.spaces() != 10 {
		t.Fatalf("led to %s, then to %s; %d spaces", first, again, d.spaces())
	}
	d.must(t, 200, d.send(t, "GET", first, ""))
	if p := d.last; p.Done == nil || p.Done.State != stalls.Stands || !p.Done.Undo || len(p.Done.Spaces) != 10 || p.Done.Spaces[0].Number != "098" || p.Form.First != "108" || len(p.Given) != 10 {
		t.Errorf("the page of what was drawn: %+v", d.last)
	}
	// Another form of the same row: its numbers are given, its ground is taken.
	d.must(t, 422, d.post(t, rowForm("once", "another")))
	if p := d.last; p.Form.Line != rowForm().Get("line") || len(p.Plan.Obstacles) != 20 || !p.Plan.Forbidden() || d.spaces() != 10 {
		t.Errorf("the same row again: %+v", d.last.Plan)
	}
	undo := url.Values{"compound": {"C1"}, "press": {"undo"}, "revision": {"2"}}
	for range 2 {
		if back := d.must(t, 303, d.post(t, undo)).Header().Get("Location"); back != first || d.spaces() != 0 {
			t.Errorf("undone: to %s, %d spaces", back, d.spaces())
		}
	}
	d.must(t, 200, d.send(t, "GET", first, ""))
	if d.last.Done.State != stalls.Undone {
		t.Errorf("after the undoing: %+v", d.last.Done)
	}
	// A row of which something was changed since stays.
	d.must(t, 303, d.post(t, rowForm("once", "a third")))
	number := fmt.Sprint(d.live.Current().Head().Revision)
	for space := range d.live.Current().Layer(geo.Parking).After(0) {
		d.must(t, 200, d.send(t, "PATCH", "/collections/parking/items/"+fmt.Sprint(space.Common().ID), `{"type":"Feature","properties":{"kind":"charging"}}`, "If-Match", "*"))
		break
	}
	undo.Set("revision", number)
	d.must(t, 409, d.post(t, undo))
	if p := d.last; len(p.Faults) != 1 || p.Faults[0].Rule != stalls.RuleChanged || d.spaces() != 10 {
		t.Errorf("undoing what was changed: %+v", d.last)
	}
	d.must(t, 200, d.send(t, "GET", drawPath+"?compound=C1&drew="+number, ""))
	if d.last.Done.State != stalls.Changed {
		t.Errorf("of what was changed: %+v", d.last.Done)
	}
	for _, none := range []string{"1", "99", "x"} { // the town, and no revisions
		d.must(t, 200, d.send(t, "GET", drawPath+"?compound=C1&drew="+none, ""))
		if d.last.Done != nil {
			t.Errorf("revision %s is taken for a row", none)
		}
	}
}

// What is doubtful is drawn when it was looked at; who may not write somewhere is told
// before.
func TestDrawDoubtful(t *testing.T) {
	d := newDrawer(t)
	at := strings.NewReplacer("[", "", "]", "", ",", " ")
	out := at.Replace(lonLat(190, 150)) + ", " + at.Replace(lonLat(230, 150))
	d.must(t, 422, d.post(t, rowForm("line", out)))
	if p := d.last; p.Plan.Outside() != 6 || len(p.Faults) != 1 || p.Faults[0].Rule != stalls.RuleSure || d.spaces() != 0 {
		t.Errorf("out of the courtyard: %+v", d.last)
	}
	d.must(t, 303, d.post(t, rowForm("line", out, "sure", "1")))
	if d.spaces() != 10 {
		t.Errorf("%d spaces", d.spaces())
	}
	local := d.within(access.GridWorker)
	beyond := at.Replace(lonLat(500, 150)) + ", " + at.Replace(lonLat(530, 150))
	d.must(t, 422, d.post(t, rowForm("line", beyond, "first", "300", "sure", "1"), local...))
	leave := 0
	for _, obstacle := range d.last.Plan.Obstacles {
		if obstacle.Rule == stalls.RuleLeave {
			leave++
		}
	}
	if leave != 10 || d.spaces() != 10 {
		t.Errorf("%d spaces are told to be beyond", leave)
	}
	d.must(t, 303, d.post(t, rowForm("first", "300"), local...))
}

func TestDrawIsForThoseWhoMay(t *testing.T) {
	d := newDrawer(t)
	d.must(t, 401, d.ask(t, "GET", drawPath))
	d.must(t, 401, d.ask(t, "POST", drawPath))
	d.must(t, 404, d.send(t, "GET", drawPath+"?compound=nowhere", ""))
	d.must(t, 404, d.post(t, rowForm("compound", "nowhere")))
	d.must(t, 400, d.post(t, rowForm("press", "jump")))
	d.must(t, 415, d.send(t, "POST", drawPath, "{}"))
	d.must(t, 404, d.post(t, rowForm("press", "undo", "revision", "77")))
	d.must(t, 200, d.post(t, rowForm("part", "1", "count", "")))
	if p := d.last; !p.Part || p.Plan != nil || len(p.Faults) != 1 {
		t.Errorf("a part: %+v", d.last)
	}
}
