package api_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/paulmach/orb/encoding/mvt"

	"gridatlas/api"
	"gridatlas/geo"
	"gridatlas/geo/walk"
)

// While a writer publishes, each answer is of one revision: all features carry
// the name of the revision that the answer states.
func TestOneAnswerOneRevision(t *testing.T) {
	n := newNode(t)
	var features []geo.Feature
	for i := range 60 {
		features = append(features, &geo.Place{Base: geo.Base{
			ID: int64(i + 1), Name: "r1", Version: 1, Shape: box(float64(i*10), 0, float64(i*10+10), 400),
		}, Kind: "community"})
	}
	n.publish(build(1, features...))
	end := time.Now().Add(2 * time.Second)
	ended := make(chan struct{})
	var writer, readers sync.WaitGroup
	writer.Go(func() {
		for {
			select {
			case <-ended:
				return
			case <-time.After(time.Millisecond):
				advance(n)
			}
		}
	})
	var answers [3]int
	for reader := range 3 {
		readers.Go(func() {
			for answers[reader] < 10 || time.Now().Before(end) { // a slow machine answers less in that time
				switch reader {
				case 0:
					doc := n.getJSON(t, "/collections/places/items?limit=50")
					want := fmt.Sprintf("r%v", doc["revision"])
					for _, f := range doc["features"].([]any) {
						if name := f.(map[string]any)["properties"].(map[string]any)["name"]; name != want {
							t.Errorf("%v in an answer of %s", name, want)
							return
						}
					}
				case 1:
					doc := n.getJSON(t, "/search?q=r&limit=50")
					want := fmt.Sprintf("r%v", doc["revision"])
					for _, item := range doc["items"].([]any) {
						if name := item.(map[string]any)["name"]; name != want {
							t.Errorf("%v in an answer of %s", name, want)
							return
						}
					}
				case 2:
					a := tileAt(14)
					layers, err := mvt.Unmarshal(n.get(t, fmt.Sprintf("/tiles/places/14/%d/%d.mvt", a[0], a[1])).Body.Bytes())
					if err != nil {
						t.Error(err)
						return
					}
					seen := map[any]bool{}
					for _, layer := range layers {
						for _, f := range layer.Features {
							seen[f.Properties["name"]] = true
						}
					}
					if len(seen) != 1 {
						t.Errorf("a tile of %v", seen)
						return
					}
				}
				answers[reader]++
			}
		})
	}
	readers.Wait()
	close(ended)
	writer.Wait()
	t.Logf("%v answers up to revision %d", answers, n.live.Current().Head().Revision)
}

// A request that its client has left gets nothing: no body, and work that stops.
func TestCancelledRequestsStop(t *testing.T) {
	n := newTown(t)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	a := tileAt(14)
	for _, path := range []string{
		"/collections/places/items?kind=community", "/search?q=x", "/walk/circle?lon=119.1&lat=36.7&minutes=30",
		"/walk/nearest?lon=119.1&lat=36.7", "/walk/route?from=119.1,36.7&to=119.102,36.7",
		fmt.Sprintf("/tiles/map/14/%d/%d.mvt", a[0], a[1]),
	} {
		w := httptest.NewRecorder()
		n.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil).WithContext(ctx))
		if w.Body.Len() != 0 {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
	}
	if w := n.get(t, fmt.Sprintf("/tiles/map/14/%d/%d.mvt", a[0], a[1])); w.Code != http.StatusOK {
		t.Errorf("the next one for that tile: %d", w.Code)
	}
}

// A server that stops is not a client that left: who still waits is told.
func TestStoppingIsTold(t *testing.T) {
	n := newTown(t)
	ctx, cancel := context.WithCancelCause(context.Background())
	cancel(http.ErrServerClosed)
	for _, path := range []string{"/walk/circle?lon=119.1&lat=36.7", "/search?q=x", "/collections/places/items"} {
		w := httptest.NewRecorder()
		n.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil).WithContext(ctx))
		if w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") == "" || !strings.Contains(w.Body.String(), "stopping") {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
	}
}

// A deadline that passes is 503 with advice, not a broken answer.
func TestDeadline(t *testing.T) {
	n := newTown(t)
	ctx, cancel := context.WithDeadline(context.Background(), time.Now().Add(-time.Second))
	defer cancel()
	w := httptest.NewRecorder()
	n.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/walk/circle?lon=119.1&lat=36.7", nil).WithContext(ctx))
	if w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") == "" {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

// When the store has been away, every answer that depends on data says how old
// it is.
func TestAgeIsTold(t *testing.T) {
	n := newTown(t, func(c *api.Config) { c.Stale = time.Nanosecond })
	for _, test := range good {
		told := n.get(t, test.path).Header().Get("X-Data-Age") != ""
		want := !slices.Contains([]string{"/", "/?f=html", "/?f=json", "/conformance", "/styles/day.json", "/styles/map.json", "/openapi.yaml", "/openapi.json", "/docs", "/healthz", "/version", "/assets/app.js"}, test.path) &&
			!strings.HasSuffix(test.path, "/schema") && !strings.HasSuffix(test.path, "/queryables")
		if told != want {
			t.Errorf("%s: age told %v", test.path, told)
		}
	}
	if body := n.getJSON(t, "/readyz"); body["degraded"] != true || body["walk_revision"] != 1.0 || body["epoch"] != "7fffffffffffff01" {
		t.Errorf("got %v", body)
	}
	if body := newTown(t).getJSON(t, "/readyz"); body["degraded"] != false {
		t.Errorf("got %v", body)
	}
}

// Why the map may be old is said from the first moment on: a map from the node's
// file, a store that was lost, and neither once the store stands by the map.
func TestStandingIsTold(t *testing.T) {
	n := newNode(t)
	if w := n.get(t, "/readyz"); w.Code != http.StatusServiceUnavailable || !strings.Contains(w.Body.String(), "is being loaded") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	n.live.Lost()
	if w := n.get(t, "/readyz"); w.Code != http.StatusServiceUnavailable || !strings.Contains(w.Body.String(), "the store does not answer") || w.Header().Get("Retry-After") == "" {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	told := func(when, reason, age string) {
		t.Helper()
		w := n.get(t, "/readyz")
		body := parse(t, w.Body.Bytes())
		said, _ := body["reason"].(string)
		if w.Code != http.StatusOK || body["degraded"] != (reason != "") || !strings.Contains(said, reason) || (said == "") != (reason == "") {
			t.Errorf("%s: %d %s", when, w.Code, w.Body)
		}
		for _, path := range []string{"/readyz", "/collections/booths/items", "/search?q=x"} {
			if got := n.get(t, path).Header().Get("X-Data-Age"); got != age {
				t.Errorf("%s: %s has the age %q, want %q", when, path, got, age)
			}
		}
	}
	map1 := build(1, town()...)
	n.live.Resume(map1, time.Now().Add(-2*time.Hour))
	if w := n.get(t, "/readyz"); w.Code != http.StatusServiceUnavailable || !strings.Contains(w.Body.String(), "urn:gridatlas:problem:starting") {
		t.Errorf("before the store was asked: %d %s", w.Code, w.Body)
	}
	if w := n.get(t, "/collections/booths/items"); w.Code != http.StatusOK || w.Header().Get("X-Data-Age") != "7200" {
		t.Errorf("before the store was asked: %d, age %q", w.Code, w.Header().Get("X-Data-Age"))
	}
	n.walk.Store(walk.Prepare(map1, nil))
	n.live.Lost()
	told("from the file", "since this node started", "7200")
	n.live.Publish(map1)
	told("confirmed", "", "")
	n.live.Lost()
	told("lost", "the store does not answer", "0")
	n.live.Resume(map1, time.Now().Add(time.Hour)) // a clock that was wrong
	n.live.Lost()
	told("from the future", "since this node started", "0")
}

// A node that is to stop says so to who asks whether it is ready, serves on, and asks
// clients to come back over another connection; one that takes no writes says that.
func TestStopAndReadOnlyAreTold(t *testing.T) {
	n := newTown(t, func(c *api.Config) { c.ReadOnly = func() bool { return true } })
	if body := n.getJSON(t, "/readyz"); body["read_only"] != true || body["degraded"] != false {
		t.Errorf("got %v", body)
	}
	n.Handler.(*api.Handler).BeginStop()
	if w := n.get(t, "/readyz"); w.Code != http.StatusServiceUnavailable || !strings.Contains(w.Body.String(), "urn:gridatlas:problem:stopping") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	for _, path := range []string{"/healthz", "/collections/booths/items"} {
		if w := n.get(t, path); w.Code != http.StatusOK || w.Header().Get("Connection") != "close" {
			t.Errorf("%s: %d, %v", path, w.Code, w.Header())
		}
	}
}

// A panic in a handler is a 500 that says nothing of the inside; the log has the
// rest, and neither has queries or places.
func TestPanicsAndLog(t *testing.T) {
	var log bytes.Buffer
	var mu sync.Mutex
	n := newTown(t, func(c *api.Config) {
		c.Log = slog.New(slog.NewJSONHandler(&lockedWriter{&mu, &log}, nil))
		c.Style = func(string, string) ([]byte, bool) { panic("secret inside") }
	})
	w := n.get(t, "/styles/day.json")
	if w.Code != http.StatusInternalServerError || strings.Contains(w.Body.String(), "secret") || !strings.Contains(w.Body.String(), w.Header().Get("X-Request-Id")) {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	n.get(t, "/search?q=somewhere")
	n.get(t, "/collections/places/items/1")
	text := log.String()
	for _, want := range []string{"secret inside", `"route":"/styles/{name}.json"`, `"route":"/search"`, `"route":"/collections/{layer}/items/{id}"`, `"status":200`, `"status":500`} {
		if !strings.Contains(text, want) {
			t.Errorf("%s is not in the log %s", want, text)
		}
	}
	if strings.Contains(text, "somewhere") {
		t.Errorf("a query is in the log: %s", text)
	}
}

type lockedWriter struct {
	mu  *sync.Mutex
	out *bytes.Buffer
}

func (w *lockedWriter) Write(b []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.out.Write(b)
}
