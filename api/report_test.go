package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/textproto"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"gridatlas/api"
	"gridatlas/data/gpkg"
	"gridatlas/geo"
	"gridatlas/geo/photo"
	"gridatlas/geo/report"
)

// plainPages are the pages of reports as JSON.
type plainPages struct{}

func (plainPages) ReportForm(w http.ResponseWriter, _ *http.Request, status int, form report.Form) {
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(form)
}

func (plainPages) ReportReceipt(w http.ResponseWriter, _ *http.Request, status int, answer report.Answer) {
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(answer)
}

// field is one of a form; with a file name it is a file.
type field struct{ name, value, file string }

// sendForm sends fields as a browser does, from a page of our own host.
func (w *writer) sendForm(t testing.TB, fields []field, header ...string) *httptest.ResponseRecorder {
	t.Helper()
	body, mediaType := formBody(t, fields)
	r := httptest.NewRequest(http.MethodPost, "http://map.example/report", body)
	r.Header.Set("Content-Type", mediaType)
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	answer := httptest.NewRecorder()
	w.ServeHTTP(answer, r)
	return answer
}

func formBody(t testing.TB, fields []field) (*bytes.Buffer, string) {
	t.Helper()
	body := &bytes.Buffer{}
	form := multipart.NewWriter(body)
	for _, f := range fields {
		head := textproto.MIMEHeader{"Content-Disposition": {fmt.Sprintf(`form-data; name=%q`, f.name)}}
		if f.file != "" {
			head.Set("Content-Disposition", head.Get("Content-Disposition")+fmt.Sprintf(`; filename=%q`, f.file))
			head.Set("Content-Type", "image/jpeg")
		}
		part, err := form.CreatePart(head)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = part.Write([]byte(f.value))
	}
	if err := form.Close(); err != nil {
		t.Fatal(err)
	}
	return body, form.FormDataContentType()
}

const onceWord = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

// typed is a form that is in order, with other values for some of its fields; photo is
// a file.
func typed(others ...string) []field {
	fields := []field{{name: "of", value: "booths/1"}, {name: "once", value: onceWord}, {name: "kind", value: "dirty"}, {name: "note", value: "垃圾没有清"}}
next:
	for i := 0; i < len(others); i += 2 {
		one := field{name: others[i], value: others[i+1]}
		if one.name == "photo" {
			one.file = "a.jpg"
		}
		for j := range fields {
			if fields[j].name == one.name {
				fields[j] = one
				continue next
			}
		}
		fields = append(fields, one)
	}
	return fields
}

// picture is a photo of a size, with a word in its metadata.
func picture(t testing.TB, w, h int) string {
	t.Helper()
	var out bytes.Buffer
	if err := jpeg.Encode(&out, image.NewGray(image.Rect(0, 0, w, h)), nil); err != nil {
		t.Fatal(err)
	}
	return out.String()[:2] + "\xff\xfe\x00\x0bwhere-you" + out.String()[2:]
}

// receiptOf reads the number that an answer leads to.
func receiptOf(t testing.TB, answer *httptest.ResponseRecorder) string {
	t.Helper()
	number, found := strings.CutPrefix(answer.Header().Get("Location"), "/r/")
	if answer.Code != http.StatusSeeOther || !found {
		t.Fatalf("not accepted: %d %v %s", answer.Code, answer.Header(), answer.Body)
	}
	return number
}

// faultsOf reads what a form that is shown again says is wrong.
func faultsOf(t testing.TB, answer *httptest.ResponseRecorder) (report.Form, string) {
	t.Helper()
	var form report.Form
	if err := json.Unmarshal(answer.Body.Bytes(), &form); err != nil {
		t.Fatalf("%d %s: %v", answer.Code, answer.Body, err)
	}
	return form, fmt.Sprint(form.Faults)
}

// counted is how many reports are kept.
func (w *writer) counted(t testing.TB) (n int) {
	t.Helper()
	err := report.NewBook(w.store, nil, report.Limits{}, report.Promise{}).Open(t.Context(), func(report.Held) error { n++; return nil })
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func (w *writer) held(t testing.TB, number string) report.Held {
	t.Helper()
	held, err := report.NewBook(w.store, nil, report.Limits{}, report.Promise{}).Get(t.Context(), report.Receipt(number))
	if err != nil {
		t.Fatal(err)
	}
	return held
}

// TestReport: a form is shown for a place, filled in, and read back by its number.
func TestReport(t *testing.T) {
	w := newWriter(t)
	form, _ := faultsOf(t, w.get(t, "/report?of=booths/1"))
	if form.Name == "" || form.Layer != geo.Booths || len(form.Kinds) != 6 || len(form.Once) < 20 || len(form.Faults) > 0 {
		t.Fatalf("the form is %+v", form)
	}
	number := receiptOf(t, w.sendForm(t, typed("note", "  没有人\r\n十点 ", "photo", picture(t, 3200, 1600))))
	if receipt, err := report.ParseReceipt(number); err != nil || string(receipt) != number {
		t.Fatalf("the number is %s: %v", number, err)
	}
	held := w.held(t, number)
	if held.Kind != report.Dirty || held.Name != form.Name || held.At != form.At || held.Note != "没有人\n十点" || !held.Photo || held.State() != report.Accepted {
		t.Errorf("kept is %+v", held)
	}
	kept, err := report.NewBook(w.store, nil, report.Limits{}, report.Promise{}).Photo(t.Context(), report.Receipt(number))
	if err != nil || bytes.Contains(kept, []byte("where-you")) {
		t.Errorf("the photo: %v, %.60q", err, kept)
	}
	if config, err := jpeg.DecodeConfig(bytes.NewReader(kept)); err != nil || config.Width != 1600 || config.Height != 800 {
		t.Errorf("the photo is %v, %v", config, err)
	}
	answer := w.get(t, "/r/"+number)
	if answer.Code != http.StatusOK || strings.Contains(answer.Body.String(), "没有人") || !strings.Contains(answer.Body.String(), form.Name) {
		t.Errorf("its page: %d %s", answer.Code, answer.Body)
	}
	for _, typed := range []string{number, report.Receipt(number).Groups(), " " + number[:3] + "-" + number[3:] + " "} {
		if found := w.get(t, "/r?number="+url.QueryEscape(typed)); found.Header().Get("Location") != "/r/"+number {
			t.Errorf("%q leads to %v", typed, found.Header())
		}
	}
}

// TestReportAtPoint: what is no place may be reported, too.
func TestReportAtPoint(t *testing.T) {
	w := newWriter(t)
	form, _ := faultsOf(t, w.get(t, "/report?lon=119.1&lat=36.7"))
	if len(form.Kinds) != 2 || form.At != [2]float64{119.1, 36.7} {
		t.Fatalf("the form is %+v", form)
	}
	if shifted, _ := faultsOf(t, w.get(t, "/report?lon=119.1&lat=36.7&datum=gcj02")); shifted.At == form.At {
		t.Error("the datum is passed over")
	}
	held := w.held(t, receiptOf(t, w.sendForm(t, typed("of", "", "lon", "119.1", "lat", "36.7"))))
	if held.At != form.At || held.Layer != "" {
		t.Errorf("kept is %+v", held)
	}
	if answer := w.sendForm(t, typed("of", "", "lon", "NaN", "lat", "36.7")); answer.Code != 400 {
		t.Errorf("nowhere: %d %s", answer.Code, answer.Body)
	}
}

// TestReportOnce: a form sent twice, or many times at once, makes one report; filled in
// anew, it makes another.
func TestReportOnce(t *testing.T) {
	w := newWriter(t)
	fields := typed("photo", picture(t, 40, 30))
	first := receiptOf(t, w.sendForm(t, fields))
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if again := w.sendForm(t, fields); again.Header().Get("Location") != "/r/"+first {
				t.Errorf("sent again: %d %v", again.Code, again.Header())
			}
		})
	}
	all.Wait()
	if n := w.counted(t); n != 1 {
		t.Errorf("%d reports", n)
	}
	others := []string{receiptOf(t, w.sendForm(t, typed("note", "还有气味"))), receiptOf(t, w.sendForm(t, typed("once", "another-word-of-another-form"))), receiptOf(t, w.sendForm(t, typed("once", ""))), receiptOf(t, w.sendForm(t, typed("once", "")))}
	if n := w.counted(t); n != 5 {
		t.Errorf("%d reports, %v", n, others)
	}
}

// TestReportFaults: what is wrong is said with what was typed, and nothing is kept.
func TestReportFaults(t *testing.T) {
	w := newWriter(t)
	long := strings.Repeat("长", report.MaxNote+1)
	for name, c := range map[string]struct {
		fields []field
		status int
		faults string
	}{
		"no kind":         {typed("kind", ""), 422, "[kind]"},
		"unknown kind":    {typed("kind", "rude"), 422, "[kind]"},
		"kind of another": {typed("of", "shelters/1", "kind", "moved"), 422, "[kind]"},
		"other, no note":  {typed("kind", "other", "note", " \n"), 422, "[note]"},
		"long note":       {typed("note", long), 422, "[long]"},
		"a phone":         {typed("note", "师傅电话 138 0013 8000"), 422, "[personal]"},
		"both":            {typed("kind", "", "note", long), 422, "[kind long]"},
		"no such place":   {typed("of", "booths/999"), 404, "[place]"},
		"the camera":      {typed("of", "facilities/2"), 404, "[place]"},
		"no layer":        {typed("of", "cafes/1"), 404, "[place]"},
		"no place at all": {typed("of", "streets/1"), 404, "[place]"},
		"a page":          {typed("photo", "<html><script>alert(1)</script>"), 415, "[not_photo]"},
		"gif":             {typed("photo", "GIF89a"), 415, "[not_photo]"},
		"half a photo":    {typed("photo", picture(t, 400, 300)[:900]), 422, "[broken]"},
		"huge photo":      {typed("photo", picture(t, 40, 30)+strings.Repeat("x", photo.MaxUpload)), 413, "[large]"},
		"much too huge":   {typed("photo", picture(t, 40, 30)+strings.Repeat("x", 2*photo.MaxUpload)), 413, "[large]"},
	} {
		answer := w.sendForm(t, c.fields)
		form, faults := faultsOf(t, answer)
		if answer.Code != c.status || faults != c.faults {
			t.Errorf("%s: %d %s, want %d %s", name, answer.Code, faults, c.status, c.faults)
		}
		if c.status != 404 && (form.Once != onceWord || form.Note == "" && c.faults != "[note]" || len(form.Kinds) == 0) {
			t.Errorf("%s: what was typed is gone: %+v", name, form)
		}
	}
	if n := w.counted(t); n != 0 {
		t.Errorf("%d reports are kept", n)
	}
}

// TestNoReport: what is no form of ours is refused.
func TestNoReport(t *testing.T) {
	w := newWriter(t)
	good, mediaType := formBody(t, typed())
	for name, c := range map[string]struct {
		body, mediaType string
		status          int
	}{
		"json":          {`{"kind":"dirty"}`, "application/json", 415},
		"plain form":    {"kind=dirty&of=booths/1", "application/x-www-form-urlencoded", 415},
		"no boundary":   {good.String(), "multipart/form-data", 415},
		"other bounds":  {good.String(), "multipart/form-data; boundary=x", 400},
		"cut":           {good.String()[:good.Len()/2], mediaType, 400},
		"empty":         {"", mediaType, 400},
		"no UTF-8":      {strings.Replace(good.String(), "垃圾", "\xff\xfe", 1), mediaType, 400},
		"unknown field": {strings.Replace(good.String(), `name="note"`, `name="phone"`, 1), mediaType, 400},
		"a field twice": {strings.Replace(good.String(), `name="note"`, `name="kind"`, 1), mediaType, 400},
		"much text":     {strings.Replace(good.String(), "垃圾", strings.Repeat("x", 8<<10), 1), mediaType, 400},
	} {
		r := httptest.NewRequest(http.MethodPost, "http://map.example/report", strings.NewReader(c.body))
		r.Header.Set("Content-Type", c.mediaType)
		answer := httptest.NewRecorder()
		w.ServeHTTP(answer, r)
		if answer.Code != c.status {
			t.Errorf("%s: %d, want %d: %s", name, answer.Code, c.status, answer.Body)
		}
	}
	for _, header := range [][]string{{"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Site", "", "Origin", "https://evil.example"}} {
		answer := w.sendForm(t, typed(), header...)
		if _, faults := faultsOf(t, answer); answer.Code != 403 || faults != "[origin]" {
			t.Errorf("from elsewhere: %d %s", answer.Code, answer.Body)
		}
	}
	if n := w.counted(t); n != 0 {
		t.Errorf("%d reports are kept", n)
	}
}

// TestReceiptsAreNotFound: who types a wrong number is told what is wrong with it; a
// A link that somebody passes on in a messenger comes back with marks on it, and opens
// the same page; what the page itself reads is checked all the same.
func TestSharedLinks(t *testing.T) {
	w, booth, _, _ := newReports(t)
	for _, path := range []string{"/r/" + booth + "?from=singlemessage&isappinstalled=0", "/r?from=timeline&from=timeline", "/report?of=booths/1&nsukey=x"} {
		if answer := w.get(t, path); answer.Code != http.StatusOK {
			t.Errorf("%s: %d %s", path, answer.Code, answer.Body)
		}
	}
	w.problem(t, http.StatusBadRequest, http.MethodGet, "/report?of=booths/1&of=booths/2&from=timeline")
	w.problem(t, http.StatusBadRequest, http.MethodGet, "/report?lon=1&lat=1&datum=x&from=timeline")
}

// number that might be one shows nothing.
func TestReceiptsAreNotFound(t *testing.T) {
	w := newWriter(t)
	none := report.ReceiptOf([]byte("nobody"))
	for path, want := range map[string]string{
		"/r/" + string(none):            `"Unknown":true`,
		"/r/" + string(none[:14]):       `"Wrong":true`,
		"/r/1":                          `"Wrong":true`,
		"/r/%3Cscript%3E":               `"Wrong":true`,
		"/r?number=%EF%BC%91%EF%BC%92x": `"Wrong":true`,
	} {
		if answer := w.get(t, path); answer.Code != 404 || !strings.Contains(answer.Body.String(), want) {
			t.Errorf("%s: %d %s", path, answer.Code, answer.Body)
		}
	}
	if answer := w.get(t, "/r"); answer.Code != 200 {
		t.Errorf("the form: %d", answer.Code)
	}
}

// TestReportFlood: one network sends some reports and is then told to wait, while
// others are heard; all together fill no more than the limits.
func TestReportFlood(t *testing.T) {
	store, err := gpkg.Open(t.Context(), filepath.Join(t.TempDir(), "flood.gpkg"))
	if err != nil {
		t.Fatal(err)
	}
	w := newWriterOn(t, store, func(c *api.Config) {
		c.Paces = 1
		c.Reports = report.NewBook(store, c.Clock, report.Limits{PerDay: 14, PhotoBytes: 4 << 10}, report.Promise{})
	})
	send := func(network string, others ...string) (int, string) {
		body, mediaType := formBody(t, typed(append([]string{"once", ""}, others...)...))
		r := httptest.NewRequest(http.MethodPost, "http://map.example/report", body)
		r.Header.Set("Content-Type", mediaType)
		r.RemoteAddr = network + ":1234"
		answer := httptest.NewRecorder()
		w.ServeHTTP(answer, r)
		if answer.Code == http.StatusSeeOther {
			return answer.Code, ""
		}
		if answer.Code >= 429 && answer.Header().Get("Retry-After") == "" && !strings.Contains(answer.Body.String(), "photos") {
			t.Errorf("%d without Retry-After", answer.Code)
		}
		form, faults := faultsOf(t, answer)
		if form.Note == "" {
			t.Error("what was typed is gone")
		}
		return answer.Code, faults
	}
	for i := range 12 {
		status, faults := send("192.0.2.1")
		if want := i < 10; (status == 303) != want || !want && (status != 429 || faults != "[too_soon]") {
			t.Fatalf("report %d of one network: %d %s", i+1, status, faults)
		}
	}
	photos := 0
	for range 9 {
		if status, faults := send("192.0.2.2", "photo", picture(t, 300, 300)); status == 303 {
			photos++
		} else if faults != "[photos]" && faults != "[full]" {
			t.Errorf("%d %s", status, faults)
		}
	}
	if photos == 0 || photos > 3 {
		t.Errorf("%d photos are kept", photos)
	}
	full := 0
	for range 6 {
		if status, faults := send("192.0.2.3"); status == 503 && faults == "[full]" {
			full++
		}
	}
	if n := w.counted(t); n != 14 || full == 0 {
		t.Errorf("%d reports are kept, %d were refused", n, full)
	}
}

// TestReportsAreAway: while the store takes nothing, that is said, and what was typed
// stays.
func TestReportsAreAway(t *testing.T) {
	readOnly := false
	w := newWriter(t, func(c *api.Config) { c.ReadOnly = func() bool { return readOnly } })
	for _, failure := range []error{geo.ErrUnavailable, geo.ErrFull} {
		w.through.Store = failing{w.store, failure}
		answer := w.sendForm(t, typed())
		if form, faults := faultsOf(t, answer); answer.Code != 503 || faults != "[away]" || form.Note == "" || answer.Header().Get("Retry-After") == "" {
			t.Errorf("%v: %d %v %s", failure, answer.Code, answer.Header(), answer.Body)
		}
	}
	w.through.Store = failing{w.store, errors.New("a secret of the store")}
	if answer := w.sendForm(t, typed()); answer.Code != 500 || strings.Contains(answer.Body.String(), "secret") {
		t.Errorf("%d %s", answer.Code, answer.Body)
	}
	w.through.Store, readOnly = w.store, true
	if answer := w.sendForm(t, typed()); answer.Code != 503 {
		t.Errorf("read-only: %d", answer.Code)
	}
}

// failing is a store that writes nothing.
type failing struct {
	api.Store
	failure error
}

func (f failing) Apply(context.Context, geo.ChangeSet) (geo.Head, error) {
	return geo.Head{}, f.failure
}

// FuzzReportForm: whatever bytes come as a form, the answer is a page or a problem, and
// never a failure of the server.
func FuzzReportForm(f *testing.F) {
	w := newWriter(f)
	w.through.Store = failing{w.store, geo.ErrUnavailable}
	for _, fields := range [][]field{typed(), typed("photo", picture(f, 20, 20)), typed("of", "", "lon", "1", "lat", "2"), {}} {
		body, mediaType := formBody(f, fields)
		boundary := strings.TrimPrefix(mediaType, "multipart/form-data; boundary=")
		f.Add(strings.ReplaceAll(body.String(), boundary, "x"))
	}
	f.Fuzz(func(t *testing.T, body string) {
		r := httptest.NewRequest(http.MethodPost, "http://map.example/report", strings.NewReader(body))
		r.Header.Set("Content-Type", "multipart/form-data; boundary=x")
		answer := httptest.NewRecorder()
		w.ServeHTTP(answer, r)
		if answer.Code == 500 || answer.Code < 400 {
			t.Fatalf("%d %s", answer.Code, answer.Body)
		}
	})
}
