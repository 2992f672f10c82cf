package api_test

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"image/jpeg"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"gridatlas/api"
	"gridatlas/api/access"
	"gridatlas/data/gpkg"
	"gridatlas/geo"
	"gridatlas/geo/report"
)

// newReports is a writer to which three reports were sent: one about a booth, with a
// photo, one at a point of a grid, and one far from every grid.
func newReports(t testing.TB) (w *writer, booth, point, nowhere string) {
	t.Helper()
	w = newWriter(t)
	booth = receiptOf(t, w.sendForm(t, typed("photo", picture(t, 80, 60), "note", "<script>alert(1)</script>")))
	point = receiptOf(t, w.sendForm(t, typed("of", "", "lon", "119.101", "lat", "36.701", "kind", "other")))
	nowhere = receiptOf(t, w.sendForm(t, typed("of", "", "lon", "120.5", "lat", "36.7")))
	return w, booth, point, nowhere
}

func (w *writer) report(t testing.TB, number string) map[string]any {
	t.Helper()
	return inside(t, w.asStaff(t, "/reports/"+number), "properties").(map[string]any)
}

// move sends a move of a report, of the version that stands.
func (w *writer) move(t testing.TB, number, state, more string, status int) map[string]any {
	t.Helper()
	version := int64(w.report(t, number)["version"].(float64))
	answer := w.send(t, http.MethodPost, "/reports/"+number+"/state", fmt.Sprintf(`{"version":%d,"state":%q%s}`, version, state, more), asJSON...)
	if answer.Code != status {
		t.Fatalf("%s: %d %s", state, answer.Code, answer.Body)
	}
	return parse(t, answer.Body.Bytes())
}

// TestPromisedDay: a report says by which day it is answered; when that is past it comes
// first, is counted, and its public page says so and whom to call, until it is answered.
func TestPromisedDay(t *testing.T) {
	store, err := gpkg.Open(t.Context(), filepath.Join(t.TempDir(), "promised.gpkg"))
	if err != nil {
		t.Fatal(err)
	}
	var day atomic.Int64
	clock := func() time.Time { return now.AddDate(0, 0, int(day.Load())) }
	w := newWriterOn(t, store, func(c *api.Config) {
		c.Clock = clock
		c.Reports = report.NewBook(store, clock, report.Limits{}, report.Promise{Days: 2, Zone: c.Zone})
	})
	send := func(note string) string {
		return receiptOf(t, w.sendForm(t, typed("of", "", "lon", "119.101", "lat", "36.701", "note", note)))
	}
	late := send("first")
	day.Store(2)
	fresh := send("second")
	due, err := time.Parse(time.DateOnly, w.report(t, late)["due"].(string))
	if err != nil {
		t.Fatal(err)
	}
	day.Store(int64(due.Sub(now.Truncate(24*time.Hour)) / (24 * time.Hour)))
	if w.report(t, late)["overdue"] != false || strings.Contains(w.get(t, "/r/"+late).Body.String(), `"Late":true`) {
		t.Error("late on the promised day")
	}
	day.Add(1)
	list := w.asStaff(t, "/reports")
	if list["overdue"] != 1. || inside(t, list, "features", 0, "id") != late || inside(t, list, "features", 1, "id") != fresh || inside(t, list, "features", 0, "properties", "overdue") != true {
		t.Errorf("%v", list)
	}
	if page := w.get(t, "/r/"+late).Body.String(); !strings.Contains(page, `"Late":true`) || !strings.Contains(page, `"Community":{`) {
		t.Errorf("the page says %s", page)
	}
	if page := w.get(t, "/r/"+fresh).Body.String(); !strings.Contains(page, `"Late":false`) || !strings.Contains(page, `"due":`) {
		t.Errorf("the page of another says %s", page)
	}
	for _, step := range []string{"working", "settled"} {
		w.move(t, late, step, "", 200)
	}
	if w.report(t, late)["overdue"] != true {
		t.Error("what is settled is answered")
	}
	w.move(t, late, "answered", `,"answer":"好了"`, 200)
	if w.report(t, late)["overdue"] != false || w.asStaff(t, "/reports")["overdue"] != 0. {
		t.Error("late after the answer")
	}
}

func TestReportsAreForStaff(t *testing.T) {
	w, booth, _, _ := newReports(t)
	for _, path := range []string{"/reports", "/reports/" + booth, "/reports/" + booth + "/photo"} {
		if answer := w.get(t, path); answer.Code != http.StatusUnauthorized {
			t.Errorf("%s for the public: %d %s", path, answer.Code, answer.Body)
		}
	}
	if answer := w.ask(t, http.MethodPost, "/reports/"+booth+"/state"); answer.Code != http.StatusUnauthorized {
		t.Errorf("a move by the public: %d", answer.Code)
	}
}

// TestReportIsWorked goes all the way: taken on, handed back, taken on, settled,
// answered; the public page follows and tells nobody who it was.
func TestReportIsWorked(t *testing.T) {
	w, booth, _, _ := newReports(t)
	photoOf := func() int {
		return w.send(t, http.MethodGet, "/reports/"+booth+"/photo", "").Code
	}
	shown := w.send(t, http.MethodGet, "/reports/"+booth+"/photo", "")
	if config, err := jpeg.DecodeConfig(bytes.NewReader(shown.Body.Bytes())); err != nil || config.Width != 80 || shown.Header().Get("Content-Type") != "image/jpeg" || shown.Header().Get("Cache-Control") != "private, no-store" {
		t.Errorf("the photo: %v %v", shown.Header(), err)
	}
	first := w.report(t, booth)
	if first["state"] != "accepted" || fmt.Sprint(first["next"]) != "[working]" || inside(t, first, "of", "name") == "" || inside(t, first, "grid", "code") != "370705001000001" || first["photo"] != true {
		t.Errorf("%v", first)
	}
	for _, step := range []struct {
		state, more string
		status      int
	}{
		{"settled", "", 422}, {"answered", `,"answer":"好"`, 422}, {"done", "", 422},
		{"working", "", 200}, {"accepted", `,"note":"不在我的网格"`, 200}, {"working", `,"answer":"好"`, 422}, {"working", "", 200},
		{"answered", `,"answer":"好"`, 422}, {"settled", `,"note":"已清理，联系 13800138000"`, 422}, {"settled", `,"note":"已清理"`, 200},
		{"answered", "", 422}, {"answered", `,"answer":" "`, 422}, {"answered", `,"answer":"` + strings.Repeat("长", 501) + `"`, 422},
		{"answered", `,"answer":"已经清理，谢谢您。"`, 200}, {"working", "", 422},
	} {
		w.move(t, booth, step.state, step.more, step.status)
		if page := w.get(t, "/r/"+booth).Body.String(); strings.Contains(page, "chief") || strings.Contains(page, "不在我的网格") || strings.Contains(page, "script") {
			t.Errorf("the public is shown %s", page)
		}
	}
	last := w.report(t, booth)
	if last["state"] != "answered" || last["photo"] != false || len(last["steps"].([]any)) != 6 || inside(t, last, "steps", 4, "by") != "chief" || fmt.Sprint(last["next"]) != "[]" {
		t.Errorf("%v", last)
	}
	if photoOf() != 404 {
		t.Error("the photo outlives the answer")
	}
	if page := w.get(t, "/r/"+booth).Body.String(); !strings.Contains(page, "已经清理") || !strings.Contains(page, `"state":"answered"`) {
		t.Errorf("the page says %s", page)
	}
	if w.count(t, "/reports") != 2 || w.count(t, "/reports?state=answered") != 1 {
		t.Error("the lists do not follow")
	}
	var lines []string
	err := report.NewBook(w.store, nil, report.Limits{}, report.Promise{}).Log(t.Context(), func(e report.Entry) error {
		lines = append(lines, fmt.Sprintf("%s %s-%s", e.By, e.From, e.To))
		return nil
	})
	if err != nil || len(lines) != 5 || !strings.HasPrefix(lines[0], "chief ") {
		t.Errorf("the log: %v, %v", lines, err)
	}
}

// TestReportTable: the table has the rows of the list, with texts that no spreadsheet
// runs.
func TestReportTable(t *testing.T) {
	w, booth, point, nowhere := newReports(t)
	formula := receiptOf(t, w.sendForm(t, typed("note", "=1+1")))
	w.move(t, point, "working", "", 200)
	read := func(path string) [][]string {
		answer := w.send(t, http.MethodGet, path, "")
		if answer.Code != 200 || !strings.HasPrefix(answer.Header().Get("Content-Disposition"), "attachment") {
			t.Fatalf("%s: %d %s", path, answer.Code, answer.Body)
		}
		rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(answer.Body.String(), "\ufeff"))).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		return rows
	}
	rows := read("/reports.csv")
	byNumber := map[string][]string{}
	for _, row := range rows[1:] {
		byNumber[strings.ReplaceAll(row[0], " ", "")] = row
	}
	if len(rows) != 5 || rows[0][0] != "受理编号" || byNumber[booth][6] != "<script>alert(1)</script>" || byNumber[formula][6] != "'=1+1" || byNumber[point][1] != "处理中" || byNumber[nowhere][4] != "" || byNumber[booth][4] == "" {
		t.Errorf("%q", rows)
	}
	if rows := read("/reports.csv?state=working&lang=en"); len(rows) != 2 || rows[0][1] != "state" || rows[1][1] != "Being worked on" {
		t.Errorf("%q", rows)
	}
	if answer := w.get(t, "/reports.csv"); answer.Code != http.StatusUnauthorized {
		t.Errorf("the table for the public: %d", answer.Code)
	}
	if answer := w.send(t, http.MethodGet, "/reports.csv?state=done", ""); answer.Code != http.StatusBadRequest {
		t.Errorf("no such state: %d", answer.Code)
	}
}

// TestReportsAreListed by state, kind and grid, with sums that agree with the lists.
func TestReportsAreListed(t *testing.T) {
	w, booth, point, nowhere := newReports(t)
	w.move(t, point, "working", "", 200)
	list := w.asStaff(t, "/reports")
	if list["numberMatched"] != 3. || inside(t, list, "features", 0, "geometry", "type") != "Point" {
		t.Fatalf("%v", list)
	}
	for _, by := range []struct{ sums, name, member string }{{"states", "state", "state"}, {"kinds", "kind", "kind"}, {"grids", "grid", "code"}} {
		total := 0.
		for _, sum := range list[by.sums].([]any) {
			n := inside(t, sum, "n").(float64)
			if found := w.count(t, fmt.Sprintf("/reports?%s=%v", by.name, inside(t, sum, by.member))); found != n {
				t.Errorf("%s %v: %v", by.sums, sum, found)
			}
			total += n
		}
		if total != 3 {
			t.Errorf("%v by %s", total, by.name)
		}
	}
	if ids := w.asStaff(t, "/reports?grid=-"); inside(t, ids, "features", 0, "id") != nowhere {
		t.Errorf("%v", ids)
	}
	seen := map[any]bool{}
	for path := "/reports?limit=1"; path != ""; {
		page := w.asStaff(t, path)
		seen[inside(t, page, "features", 0, "id")] = true
		if path = linkOf(page, "next"); path != "" {
			path = local(t, path)
		}
	}
	if len(seen) != 3 || !seen[booth] {
		t.Errorf("page by page: %v", seen)
	}
	for _, path := range []string{"/reports?state=lost", "/reports?kind=rude", "/reports?limit=0", "/reports?x=1"} {
		if answer := w.send(t, http.MethodGet, path, ""); answer.Code != 400 {
			t.Errorf("%s: %d", path, answer.Code)
		}
	}
	for _, number := range []string{"1", string(report.ReceiptOf([]byte("none")))} {
		if answer := w.send(t, http.MethodGet, "/reports/"+number, ""); answer.Code != 404 {
			t.Errorf("%s: %d", number, answer.Code)
		}
	}
}

// TestReportsOfOneGrid: a grid worker sees and works on what lies in the grid, a
// reviewer sees it, and nobody else's shows.
func TestReportsOfOneGrid(t *testing.T) {
	w, booth, point, nowhere := newReports(t)
	const grid = "370705001000001"
	as := func(role access.Role, place string) []string {
		secret := string(role) + place
		w.known[secret] = access.Who{Name: secret, Grants: []access.Grant{{Role: role, Place: place}}}
		return []string{"Authorization", "Bearer " + secret, "Content-Type", "application/json"}
	}
	worker, elsewhere, reviewer := as(access.GridWorker, grid), as(access.GridWorker, "370705001099"), as(access.Reviewer, grid)
	for name, c := range map[string]struct {
		who  []string
		want float64
	}{"worker": {worker, 2}, "elsewhere": {elsewhere, 0}, "reviewer": {reviewer, 2}} {
		if list := parse(t, w.send(t, http.MethodGet, "/reports", "", c.who...).Body.Bytes()); list["numberMatched"] != c.want {
			t.Errorf("%s sees %v", name, list["numberMatched"])
		}
	}
	if answer := w.send(t, http.MethodGet, "/reports/"+booth+"/photo", "", elsewhere...); answer.Code != 404 {
		t.Errorf("the photo elsewhere: %d", answer.Code)
	}
	body := fmt.Sprintf(`{"version":%d,"state":"working"}`, w.held(t, point).Version)
	for name, c := range map[string]struct {
		who    []string
		number string
		status int
	}{"elsewhere": {elsewhere, point, 404}, "reviewer": {reviewer, point, 403}, "nowhere": {worker, nowhere, 404}} {
		if answer := w.send(t, http.MethodPost, "/reports/"+c.number+"/state", body, c.who...); answer.Code != c.status {
			t.Errorf("%s moves it: %d %s", name, answer.Code, answer.Body)
		}
	}
	if item := parse(t, w.send(t, http.MethodGet, "/reports/"+point, "", reviewer...).Body.Bytes()); fmt.Sprint(inside(t, item, "properties", "next")) != "[]" {
		t.Errorf("a reviewer is offered %v", item)
	}
	if answer := w.send(t, http.MethodPost, "/reports/"+point+"/state", body, worker...); answer.Code != 200 {
		t.Errorf("the worker takes it on: %d %s", answer.Code, answer.Body)
	}
}

// TestTwoTakeOneReport: of many who take it on at once, one has it; the others are
// told who was quicker by what stands. Sent again, the move of the one is done once.
func TestTwoTakeOneReport(t *testing.T) {
	w, booth, _, _ := newReports(t)
	version := w.held(t, booth).Version
	var done, late atomic.Int32
	var all sync.WaitGroup
	for i := range 8 {
		secret := fmt.Sprintf("worker%d", i)
		w.known[secret] = access.Who{Name: secret, Grants: []access.Grant{{Role: access.GridWorker}}}
	}
	for i := range 8 {
		all.Go(func() {
			body := fmt.Sprintf(`{"version":%d,"state":"working"}`, version)
			header := []string{"Authorization", fmt.Sprintf("Bearer worker%d", i), "Content-Type", "application/json"}
			for range 2 {
				switch answer := w.send(t, http.MethodPost, "/reports/"+booth+"/state", body, header...); answer.Code {
				case 200:
					done.Add(1)
				case 409:
					late.Add(1)
					if inside(t, parse(t, answer.Body.Bytes()), "report", "properties", "state") != "working" {
						t.Errorf("told %s", answer.Body)
					}
				default:
					t.Errorf("%d %s", answer.Code, answer.Body)
				}
			}
		})
	}
	all.Wait()
	if done.Load() != 2 || late.Load() != 14 || len(w.held(t, booth).Steps) != 2 {
		t.Errorf("%d did it, %d came late, %v", done.Load(), late.Load(), w.held(t, booth).Steps)
	}
}

// BenchmarkReports lists the first hundred of ten thousand reports that wait, to who
// sees everything and to the worker of one grid.
func BenchmarkReports(b *testing.B) {
	w := newWriter(b)
	table := geo.RecordTable[report.Report]{Kind: "report"}
	var changes []geo.RecordChange
	for i := range 10_000 {
		change, err := table.Put(string(report.ReceiptOf(fmt.Append(nil, i))), 0, report.Report{
			Kind: report.AllKinds[i%6], Layer: geo.Booths, ID: 1, Name: "新华路小蓝棚", At: [2]float64{119.1 + float64(i%100)/20_000, 36.7 + float64(i/100)/20_000},
			Note: "上午十点到了没有人，等了半小时。", Steps: []report.Step{{State: report.Accepted, At: now}},
		})
		if err != nil {
			b.Fatal(err)
		}
		changes = append(changes, change)
	}
	if _, err := w.store.Apply(b.Context(), geo.ChangeSet{Records: geo.RecordChanges(changes...)}); err != nil {
		b.Fatal(err)
	}
	w.known["worker"] = access.Who{Name: "worker", Grants: []access.Grant{{Role: access.GridWorker, Place: "370705001000001"}}}
	for _, who := range []string{token, "worker"} {
		b.Run(map[bool]string{true: "everywhere", false: "one grid"}[who == token], func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				w.must(b, http.StatusOK, w.send(b, http.MethodGet, "/reports", "", "Authorization", "Bearer "+who))
			}
		})
	}
}
