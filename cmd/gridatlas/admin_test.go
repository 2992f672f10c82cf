package main

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"gridatlas/geo"
	"gridatlas/geo/canarytest"
)

// adminURL is where a server tells operators how it is doing.
func (s *server) adminURL(t *testing.T) string {
	t.Helper()
	s.says(t, "serving operators")
	s.mu.Lock()
	defer s.mu.Unlock()
	for line := range strings.Lines(s.log.String()) {
		if url := urlIn(line, "serving operators"); url != "" {
			return url
		}
	}
	t.Fatal("the log has no address for operators")
	return ""
}

func askFor(t *testing.T, r *http.Request) (int, string) {
	t.Helper()
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(body)
}

func getFrom(t *testing.T, address string) (int, string) {
	t.Helper()
	r, err := http.NewRequest(http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	return askFor(t, r)
}

// canary stands in everything that a stranger may send.
const canary = "CANARY9d1"

// annoy asks for things that would stain a log or a metric: line ends, colours of a
// terminal, bytes that are no text, in the path, the query, headers, the method and
// the name of an account.
func annoy(t *testing.T, s *server) {
	t.Helper()
	for _, path := range []string{
		"/" + canary + "%0d%0alevel=ERROR%20msg=made-up", "/collections/" + canary + "%1b%5b31m/items", "/collections/booths/items/" + canary + "%ff%fe",
		"/search?q=" + canary + "%0a%1b%5b2J", "/collections/booths/items?" + canary + "=1", "/tiles/" + canary + "/1/1/1.mvt",
	} {
		r, err := http.NewRequest(http.MethodGet, s.url+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("User-Agent", canary)
		r.Header.Set("X-Request-Id", canary)
		r.Header.Set("X-Forwarded-For", "203.0.113.77")
		r.Header.Set("Authorization", "Bearer "+canary)
		r.Header.Set("Referer", "http://"+canary+"/")
		askFor(t, r)
		r.Method = canary
		askFor(t, r)
	}
	for _, name := range []string{canary, canary + "\r\nmsg=made-up", "\x1b[31m" + canary, canary + "\xff"} {
		answer, err := http.PostForm(s.url+"/signin", url.Values{"name": {name}, "password": {canary}})
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
	}
}

// TestAbuse32Operators: metrics and profiles are told on the listener for operators and
// nowhere else, and hold nothing that a stranger has sent.
func TestAbuse32Operators(t *testing.T) {
	s := boothServer(t, "--admin-listen", "127.0.0.1:0")
	annoy(t, s)
	tile := "/tiles/booths/14/13606/6449.mvt"
	for range 3 {
		getFrom(t, s.url+tile)
	}
	for _, path := range []string{"/metrics", "/debug/pprof/", "/debug/pprof/heap", "/debug/pprof/cmdline"} {
		if status, _ := getFrom(t, s.url+path); status != http.StatusNotFound {
			t.Errorf("the public port answers %d at %s", status, path)
		}
	}
	operators := s.adminURL(t)
	status, text := getFrom(t, operators+"/metrics")
	if status != http.StatusOK {
		t.Fatalf("metrics: %d", status)
	}
	for _, want := range []string{
		`gridatlas_requests_total{method="GET",route="/tiles/{layers}/{z}/{x}/{y}.mvt",status="2xx"} 3`,
		`gridatlas_requests_total{method="other",route="none",status="4xx"}`,
		`gridatlas_request_seconds_bucket{route="/tiles/{layers}/{z}/{x}/{y}.mvt",le="0.001"}`,
		`gridatlas_response_bytes_total{route="/search"}`,
		"gridatlas_requests_in_flight 0", `gridatlas_turns_waiting{class="walk"} 0`, `gridatlas_turns_refused_total{class="items"} 0`,
		"gridatlas_tile_cache_hits_total 2", "gridatlas_tile_cache_misses_total 1", "gridatlas_tile_cache_tiles 1",
		"gridatlas_snapshot_revision 1", "gridatlas_snapshot_age_seconds ", "gridatlas_store_away 0", "gridatlas_follow_errors_total 0",
		`gridatlas_sign_ins_total{result="failed"} 4`, `gridatlas_sign_ins_total{result="ok"} 0`,
		"gridatlas_connections ", `gridatlas_connections_hung_up_total{reason="network"} 0`, "go_goroutines ", "process_open_fds ",
	} {
		if !strings.Contains(text, "\n"+want) {
			t.Errorf("there is no metric %s", want)
		}
	}
	if strings.Contains(text, canary) || strings.Contains(text, "203.0.113") || strings.Contains(text, "127.0.0.1") {
		t.Errorf("a metric holds what a stranger has sent:\n%s", text)
	}
	if t.Failed() {
		t.Log(regexp.MustCompile(`(?m)^gridatlas.*$`).FindAllString(text, -1))
	}
	if status, text := getFrom(t, operators+"/debug/pprof/goroutine?debug=1"); status != http.StatusOK || !strings.Contains(text, "goroutine profile") {
		t.Errorf("profile: %d", status)
	}
	r, err := http.NewRequest(http.MethodGet, operators+"/metrics", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Host = "strange.example"
	if status, _ := askFor(t, r); status != http.StatusMisdirectedRequest {
		t.Errorf("by a strange name: %d", status)
	}
}

// TestAbuse24OperatorsSeeNothing: what operators are told of a town in which all that is
// for staff holds what occurs nowhere else, after everything was asked for, holds none
// of it, and neither does the log.
func TestAbuse24OperatorsSeeNothing(t *testing.T) {
	store := canaryTown(t)
	s := startServer(t, "--store", store, "--paces", "0", "--admin-listen", "127.0.0.1:0")
	for _, schema := range geo.Catalog() {
		for _, tail := range []string{"/items", "/items?f=csv", "/items/1", "/items?name=" + canarytest.Text, "/" + canarytest.Text} {
			getFrom(t, s.url+"/collections/"+string(schema.Layer)+tail)
		}
	}
	for _, path := range []string{"/search?q=" + canarytest.Text, "/walk/circle?lon=119.1&lat=36.7", "/coverage?of=booths", "/upkeep", "/worklist", "/" + canarytest.Text} {
		getFrom(t, s.url+path)
	}
	operators := s.adminURL(t)
	for _, path := range []string{
		"/metrics", "/debug/pprof/", "/debug/pprof/symbol", "/debug/pprof/profile?seconds=1", "/debug/pprof/trace?seconds=0.1",
		"/debug/pprof/goroutine?debug=2", "/debug/pprof/goroutine?debug=1", "/debug/pprof/heap?debug=1", "/debug/pprof/heap", "/debug/pprof/allocs?debug=1",
		"/debug/pprof/block?debug=1", "/debug/pprof/mutex?debug=1", "/debug/pprof/threadcreate?debug=1",
	} {
		status, text := getFrom(t, operators+path)
		if names := canarytest.Found([]byte(text)); status != http.StatusOK || len(names) > 0 {
			t.Errorf("%s: %d tells %v", path, status, names)
		}
	}
	// The command line may name a database with its password.
	for _, path := range []string{"/debug/pprof/cmdline", "/debug/vars", "/", "/collections"} {
		if status, _ := getFrom(t, operators+path); status != http.StatusNotFound {
			t.Errorf("operators are told something at %s: %d", path, status)
		}
	}
	s.stop(t)
	if names := canarytest.Found([]byte(s.log.String())); len(names) > 0 {
		t.Errorf("the log tells %v", names)
	}
}

// textEntry is a line of a log in the form of text.
var textEntry = regexp.MustCompile(`^time=\S+ level=(DEBUG|INFO|WARN|ERROR) msg=("([^"\\]|\\.)*"|[^\s"]+)( [\w.]+=("([^"\\]|\\.)*"|[^\s"]*))*\n$`)

// TestAbuse35LogHoldsNobody: each line of the log, in either form, is one entry, and none
// holds what a stranger has sent, nor from where.
func TestAbuse35LogHoldsNobody(t *testing.T) {
	for form, of := range map[string]struct {
		request string
		isEntry func(line string) bool
	}{
		"json": {`"msg":"request"`, func(line string) bool {
			var entry map[string]any
			err := json.Unmarshal([]byte(line), &entry)
			return err == nil && (entry["msg"] != "request" || len(entry["id"].(string)) == 16 && entry["route"] != "")
		}},
		"text": {" msg=request ", func(line string) bool {
			return textEntry.MatchString(line) && (!strings.Contains(line, " msg=request ") || regexp.MustCompile(` id=\w{16} method=\w+ route=\S+ status=\d+ `).MatchString(line))
		}},
	} {
		t.Run(form, func(t *testing.T) {
			s := boothServer(t, "--log-format", form)
			annoy(t, s)
			s.stop(t)
			text := s.log.String()
			if n := strings.Count(text, of.request); n < 16 {
				t.Errorf("%d requests are in the log", n)
			}
			for line := range strings.Lines(text) {
				if !of.isEntry(line) {
					t.Errorf("%q is no entry", line)
				}
			}
			for _, not := range []string{canary, "\x1b", "made-up", "203.0.113", "\xff"} {
				if strings.Contains(text, not) {
					t.Errorf("the log holds %q", not)
				}
			}
		})
	}
}
