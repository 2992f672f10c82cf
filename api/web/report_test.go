package web_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"gridatlas/api/web"
	"gridatlas/geo"
	"gridatlas/geo/report"
)

const script = `"><script>alert('x')</script><img src=x onerror=alert(1)>`

// shown is the page that a handler writes.
func shown(t *testing.T, target string, write func(w http.ResponseWriter, r *http.Request)) (*http.Response, string) {
	t.Helper()
	w := httptest.NewRecorder()
	write(w, httptest.NewRequest(http.MethodGet, target, nil))
	answer := w.Result()
	return answer, text(t, answer)
}

// Every fault of a form has a text, beside its field where it has one, and what was
// typed comes out as text.
func TestReportForm(t *testing.T) {
	h := web.New(web.Config{Live: town()})
	faults := []report.Fault{
		report.FaultKind, report.FaultNote, report.FaultLong, report.FaultPersonal, report.FaultNotPhoto, report.FaultLarge, report.FaultBroken,
		report.FaultPhotos, report.FaultFull, report.FaultTooSoon, report.FaultBusy, report.FaultAway, report.FaultOrigin,
	}
	for _, lang := range []string{"zh", "en"} {
		for _, fault := range faults {
			answer, page := shown(t, "/report?lang="+lang, func(w http.ResponseWriter, r *http.Request) {
				h.ReportForm(w, r, 422, report.Form{
					Layer: geo.Booths, ID: 17, Name: script, Where: script, Kinds: report.KindsOf(geo.Booths), Once: script, Days: 5,
					Kind: report.Dirty, Note: "</textarea>" + script, Photo: true, Faults: []report.Fault{fault},
				})
			})
			if answer.StatusCode != http.StatusUnprocessableEntity || answer.Header.Get("Cache-Control") != "no-store" || !strings.Contains(answer.Header.Get("Content-Security-Policy"), "default-src 'none'") {
				t.Errorf("%s: %d %v", fault, answer.StatusCode, answer.Header)
			}
			if strings.Contains(page, "<script") || strings.Contains(page, "<img") || !strings.Contains(page, "&lt;/textarea&gt;") {
				t.Errorf("%s: markup that was typed: %s", fault, page)
			}
			if title := "<title>" + map[string]string{"zh": "填写有误：", "en": "Error: "}[lang]; !strings.Contains(page, title) {
				t.Errorf("%s: the title does not say so", fault)
			}
			if !strings.Contains(page, `role="alert"`) || !strings.Contains(page, `value="dirty" required checked`) || !strings.Contains(page, map[string]string{"zh": "5 个工作日内答复", "en": "within 5 working days"}[lang]) || !strings.Contains(page, "/report?big=1&amp;of=booths%2F17") {
				t.Errorf("%s: %s", fault, page)
			}
		}
	}
	if _, page := shown(t, "/report", func(w http.ResponseWriter, r *http.Request) {
		h.ReportForm(w, r, 404, report.Form{Faults: []report.Fault{report.FaultPlace}})
	}); strings.Contains(page, `method="post"`) || !strings.Contains(page, "没有找到这个地点") {
		t.Errorf("no place: %s", page)
	}
}

// The page of a number says the state in words, with times of the city, and what was
// answered as text.
func TestReportReceipt(t *testing.T) {
	year := 2026
	h := web.New(web.Config{Live: town(), Zone: time.FixedZone("", 8*3600), Clock: func() time.Time { return time.Date(year, 12, 31, 15, 0, 0, 0, time.UTC) }})
	at := func(hour int) time.Time { return time.Date(2026, 11, 26, hour, 5, 0, 0, time.UTC) }
	number := report.ReceiptOf([]byte("x"))
	r := report.Report{Kind: report.Price, Layer: geo.Booths, Name: script, Answer: script, Steps: []report.Step{
		{State: report.Accepted, At: at(1)}, {State: report.Working, At: at(2)}, {State: report.Settled, At: at(18)}, {State: report.Answered, At: at(19)},
	}}
	for n, want := range []string{"收到了", "已经有人在处理", "答复正在写", "答复见下"} {
		part := r
		part.Steps = r.Steps[:n+1]
		_, page := shown(t, "/r/"+string(number), func(w http.ResponseWriter, r *http.Request) {
			h.ReportReceipt(w, r, 200, report.Answer{Receipt: number, Report: part.Public()})
		})
		if !strings.Contains(page, want) || strings.Count(page, `class="reached"`) != n+1 || strings.Count(page, `aria-current="step"`) != 1 {
			t.Errorf("%s: %s", want, page)
		}
		if strings.Contains(page, "<script") || strings.Contains(page, "<img") || !strings.Contains(page, "收费与公示不符") {
			t.Errorf("%s", page)
		}
		for _, group := range strings.Fields(number.Groups()) {
			if !strings.Contains(page, "<span>"+group+"</span>") {
				t.Errorf("no %s", group)
			}
		}
	}
	part := r
	part.Steps, part.Due = r.Steps[:2], geo.DateOf(at(0))
	for language, want := range map[string][2]string{"zh": {"预计 11月26日（周四）前答复", "原定 11月26日（周四）前答复"}, "en": {"answer by Thu 26 Nov", "late"}} {
		for late, said := range map[bool]string{false: want[0], true: want[1]} {
			_, page := shown(t, "/r/"+string(number)+"?lang="+language, func(w http.ResponseWriter, r *http.Request) {
				h.ReportReceipt(w, r, 200, report.Answer{
					Receipt: number, Report: part.Public(), Late: late,
					Community: &geo.Place{Base: geo.Base{Name: script}}, Contact: &geo.Facility{Base: geo.Base{Name: script}, Phone: "0536-0000009"},
				})
			})
			if !strings.Contains(page, said) || strings.Contains(page, `href="tel:0536-0000009"`) != late || strings.Contains(page, "<script") {
				t.Errorf("late %v: %s", late, page)
			}
		}
	}
	r.Due = part.Due
	gone := r
	gone.Answer, gone.Forgotten = "", true
	if _, page := shown(t, "/r/"+string(number), func(w http.ResponseWriter, req *http.Request) {
		h.ReportReceipt(w, req, 200, report.Answer{Receipt: number, Report: gone.Public()})
	}); !strings.Contains(page, "文字都已删除") || strings.Contains(page, "答复见下") || strings.Contains(page, `class="said"`) {
		t.Errorf("forgotten: %s", page)
	}
	_, page := shown(t, "/r/"+string(number)+"?lang=en", func(w http.ResponseWriter, req *http.Request) {
		h.ReportReceipt(w, req, 200, report.Answer{Receipt: number, Report: r.Public()})
	})
	if strings.Contains(page, "answer by") {
		t.Errorf("a promise beside the answer: %s", page)
	}
	for _, want := range []string{"26 Nov 09:05", "27 Nov 02:05", "Answered", "Prices are other than posted"} {
		if !strings.Contains(page, want) {
			t.Errorf("no %s in %s", want, page)
		}
	}
	for id, there := range map[int64]bool{1: true, 999: false} { // back to the place, if it is there
		about := r
		about.ID = id
		_, page := shown(t, "/r/"+string(number), func(w http.ResponseWriter, req *http.Request) {
			h.ReportReceipt(w, req, 200, report.Answer{Receipt: number, Report: about.Public()})
		})
		if strings.Contains(page, `<dd><a href="/`) != there {
			t.Errorf("booth %d: %s", id, page)
		}
	}
	year = 2027
	if _, page := shown(t, "/r/"+string(number), func(w http.ResponseWriter, req *http.Request) {
		h.ReportReceipt(w, req, 200, report.Answer{Receipt: number, Report: r.Public()})
	}); !strings.Contains(page, "2026年11月26日 09:05") {
		t.Errorf("a year later: %s", page)
	}
	for _, answer := range []report.Answer{{}, {Typed: script, Wrong: true}, {Typed: "123", Unknown: true}} {
		_, page := shown(t, "/r", func(w http.ResponseWriter, r *http.Request) { h.ReportReceipt(w, r, 404, answer) })
		if strings.Contains(page, "<script") || !strings.Contains(page, `action="/r"`) || strings.Contains(page, `role="alert"`) != (answer.Typed != "") {
			t.Errorf("%+v: %s", answer, page)
		}
	}
}
