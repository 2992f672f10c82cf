package api_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
)

// filled puts values for the parameters of a path of the OpenAPI document, of things
// that are there or not, so that nothing is changed.
var filled = strings.NewReplacer(
	"{layer}", "booths", "{id}", "1", "{revision}", "99999", "{layers}", "map", "{name}", "day", "{number}", "370702000186", "{code}", "XLP-1",
	"{z}", "14", "{x}", "1", "{y}", "1", "{tileMatrix}", "14", "{tileRow}", "1", "{tileCol}", "1", "{mark}", "0",
)

// What OPTIONS and 405 allow is what is described and what is served, whoever asks.
func TestAllowIsTrue(t *testing.T) {
	w := newWriter(t)
	methods := []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"}
	checked := 0
	for path, item := range w.getJSON(t, "/openapi.json")["paths"].(map[string]any) {
		address := filled.Replace(path)
		if path == "/events" || strings.HasPrefix(path, "/sign") || path == "/worklist" { // has no end; not served here
			continue
		}
		want := []string{"OPTIONS"}
		for _, method := range methods {
			_, described := item.(map[string]any)[strings.ToLower(method)]
			if _, got := item.(map[string]any)["get"]; described || method == "HEAD" && got {
				want = append(want, method)
			}
		}
		slices.Sort(want)
		for _, authorization := range []string{"", "Bearer " + token} {
			options := w.ask(t, "OPTIONS", address, "Authorization", authorization)
			allow := strings.Split(options.Header().Get("Allow"), ", ")
			slices.Sort(allow)
			if options.Code != http.StatusNoContent || !slices.Equal(allow, want) || options.Header().Get("Access-Control-Allow-Methods") != options.Header().Get("Allow") {
				t.Errorf("OPTIONS %s: %d %v, described are %v", address, options.Code, allow, want)
			}
			for _, method := range methods {
				answer := w.ask(t, method, address, "Authorization", authorization)
				if refused := answer.Code == http.StatusMethodNotAllowed; refused == slices.Contains(want, method) || refused && answer.Header().Get("Allow") != options.Header().Get("Allow") {
					t.Errorf("%s %s: %d, Allow %q, described are %v", method, address, answer.Code, answer.Header().Get("Allow"), want)
				}
				checked++
			}
		}
	}
	if checked < 300 || w.live.Current().Head().Revision != 1 {
		t.Errorf("%d questions, the map is at revision %d", checked, w.live.Current().Head().Revision)
	}
	headers := w.ask(t, "OPTIONS", boothItems).Header().Get("Access-Control-Allow-Headers")
	for _, header := range []string{"Authorization", "Content-Crs", "Content-Type", "If-Match", "If-None-Match", "Idempotency-Key"} {
		if !slices.Contains(strings.Split(headers, ", "), header) {
			t.Errorf("pages of elsewhere may not send %s", header)
		}
	}
}
