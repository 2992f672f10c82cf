package main

import (
	"context"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"gridatlas/geo/seedtest"
)

// oddValues are what strangers put into queries and paths.
var oddValues = []string{
	"", "0", "-1", "+5", "1e309", "NaN", "-Infinity", "９９", "9223372036854775808", strings.Repeat("1", 400), "\x00", "\xff\xfe", "\u202e", "../../x",
	"<script>alert(1)</script>", `"><img src=x>`, "119.1,36.7", "36.7;119.1", "180,90", "1,2,3", "[]", "null", "a\r\nX-Odd: 1", strings.Repeat("一", 200), "zh", "geojson", "370702",
}

// TestOddQueries asks every route that is described and only answers for all that is
// described of it, with odd values, as a stranger and as somebody of the office: each
// time the question is answered or refused, and nothing breaks.
func TestOddQueries(t *testing.T) {
	store := canaryTown(t)
	runs(t, exitOK, "user", "add", "--store", store, "zhao", "planner", "administrator", "--password", "seven kites over the river")
	token := strings.TrimSpace(runs(t, exitOK, "user", "token", "--store", store, "--label", "odd", "zhao"))
	s := startServer(t, "--store", store, "--cache-dir", "none", "--paces", "0", "--log-level", "info")
	random := seedtest.New(t)

	asked, status := 0, map[int]int{}
	ask := func(path string, query url.Values) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, s.url+path+"?"+query.Encode(), nil)
		if err != nil {
			return // no client can ask that
		}
		if random.IntN(3) > 0 {
			r.Header.Set("Authorization", "Bearer "+token)
		}
		answer, err := http.DefaultTransport.RoundTrip(r)
		if err != nil {
			t.Fatalf("%s: %v", r.URL, err)
		}
		body, err := io.ReadAll(answer.Body)
		_ = answer.Body.Close()
		asked++
		status[answer.StatusCode]++
		raw := strings.HasPrefix(answer.Header.Get("Content-Type"), "text/html") && strings.Contains(string(body), "<script>alert")
		if err != nil || raw || answer.StatusCode >= 500 && answer.StatusCode != http.StatusServiceUnavailable {
			t.Errorf("%s: %s, %v: %.300s", r.URL, answer.Status, err, body)
		}
		if answer.Header.Get("X-Odd") != "" {
			t.Errorf("%s: what is asked becomes a header", r.URL)
		}
	}

	inPath := regexp.MustCompile(`\{\w+\}`)
	routes := described(t, s)
	for _, path := range slices.Sorted(maps.Keys(routes)) {
		keys := routes[path]
		for range 3 * (len(keys) + 1) {
			odd := func() string { return oddValues[random.IntN(len(oddValues))] }
			query := url.Values{}
			for _, key := range keys {
				if random.IntN(len(keys)) < 2 {
					query.Set(key, odd())
				}
			}
			ask(inPath.ReplaceAllStringFunc(path, func(string) string { value := odd(); return url.PathEscape(value) }), query)
		}
		for _, key := range keys {
			for _, value := range oddValues {
				ask(inPath.ReplaceAllString(path, "1"), url.Values{key: {value}})
			}
		}
	}
	t.Logf("%d questions, %v", asked, status)
	if status[http.StatusOK] < asked/50 || status[http.StatusBadRequest] < asked/50 {
		t.Error("hardly any question was understood, or refused")
	}
}

// described lists the paths that answer GET with the keys of their queries, but for those
// whose answers do not end.
func described(t *testing.T, s *server) map[string][]string {
	t.Helper()
	_, said := s.get(t, "/openapi.json")
	text, err := json.Marshal(said)
	if err != nil {
		t.Fatal(err)
	}
	type parameter struct {
		Ref      string `json:"$ref"`
		Name, In string
	}
	var document struct {
		Paths map[string]struct {
			Parameters []parameter
			Get        *struct {
				Parameters []parameter
				Responses  map[string]struct{ Content map[string]any }
			}
		}
		Components struct{ Parameters map[string]parameter }
	}
	if err := json.Unmarshal(text, &document); err != nil {
		t.Fatal(err)
	}
	routes := map[string][]string{}
	for path, route := range document.Paths {
		if route.Get == nil {
			continue
		}
		if _, stream := route.Get.Responses["200"].Content["text/event-stream"]; stream {
			continue
		}
		keys := []string{}
		for _, p := range slices.Concat(route.Parameters, route.Get.Parameters) {
			if _, name, found := strings.Cut(p.Ref, "#/components/parameters/"); found {
				p = document.Components.Parameters[name]
			}
			if p.In == "query" {
				keys = append(keys, p.Name)
			}
		}
		routes[path] = keys
	}
	if len(routes) < 40 {
		t.Fatalf("only %d routes are described", len(routes))
	}
	return routes
}
