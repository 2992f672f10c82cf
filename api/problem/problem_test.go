package problem_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"gridatlas/api/problem"
	"gridatlas/geo"
	"gridatlas/geo/walk"
)

func TestOf(t *testing.T) {
	place := geo.Point{X: 1191000000, Y: 367000000}
	for _, test := range []struct {
		name   string
		err    error
		status int
		kind   string
		want   string // stands in the body
	}{
		{"not found", fmt.Errorf("grid 12: %w", geo.ErrNotFound), 404, "not-found", "grid 12"},
		{"conflict", &geo.Conflict{Keys: []geo.Key{{Layer: geo.Grids, ID: 7}}}, 409, "conflict", `"features":["grids/7"]`},
		{"stale", &geo.Stale{Layers: []geo.Layer{geo.Grids}}, 409, "stale", `"layers":["grids"]`},
		{
			"violation", fmt.Errorf("line 3: %w", &geo.Violation{Rule: "term", Layer: geo.Gates, ID: 4, Field: "kind", Detail: "no", At: &place}),
			422, "violation", `"lat":36.7,"layer":"gates","lon":119.1,"rule":"term"`,
		},
		{"far from streets", &walk.TooFar{From: place, Why: walk.Why{Reason: walk.NoStreet, Metres: 412.4}}, 422, "too-far-from-street", `"distance_metres":412,`},
		{"nowhere near streets", &walk.TooFar{From: place, Why: walk.Why{Reason: walk.NoStreet}}, 422, "too-far-from-street", `"distance_metres":null`},
		{"the rule and the distance", &walk.TooFar{From: place, Why: walk.Why{Reason: walk.NoStreet, Metres: 412.4}}, 422, "too-far-from-street", `no walkable street within 250 m; the nearest is 412 m away`},
		{"the rule alone", &walk.TooFar{From: place, Why: walk.Why{Reason: walk.NoStreet}}, 422, "too-far-from-street", `no walkable street within 250 m; the nearest is more than 2000 m away`},
		{"the rule for programs", &walk.TooFar{From: place, Why: walk.Why{Reason: walk.NoStreet}}, 422, "too-far-from-street", `"reach_metres":250`},
		{"no route", &walk.NoRoute{Why: walk.Why{Reason: walk.OtherIsland}}, 404, "no-route", `"reason":"other_island"`},
		{"deadline", fmt.Errorf("circle: %w", context.DeadlineExceeded), 503, "too-slow", "time allowed"},
		{"large body", &http.MaxBytesError{Limit: 10}, 413, "body-too-large", "10 bytes"},
		{"own", fmt.Errorf("x: %w", problem.Parameter("limit", "is %d", 0)), 400, "bad-parameter", `"parameter":"limit"`},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := problem.Of(test.err)
			w := httptest.NewRecorder()
			p.Write(w, "abc")
			var body map[string]any
			if err := json.Unmarshal(w.Body.Bytes(), &body); err != nil {
				t.Fatal(err)
			}
			if w.Code != test.status || body["status"] != float64(test.status) || body["type"] != "urn:gridatlas:problem:"+test.kind {
				t.Errorf("got %d %s", w.Code, w.Body)
			}
			if body["title"] == "" || body["instance"] != "urn:gridatlas:request:abc" || w.Header().Get("Content-Type") != problem.MediaType {
				t.Errorf("got %s", w.Body)
			}
			if !strings.Contains(w.Body.String(), test.want) {
				t.Errorf("%q is not in %s", test.want, w.Body)
			}
			if (w.Code == 503) != (w.Header().Get("Retry-After") != "") {
				t.Errorf("Retry-After %q", w.Header().Get("Retry-After"))
			}
		})
	}
}

// What is not known says nothing of the inside.
func TestUnknownErrorsStayInside(t *testing.T) {
	w := httptest.NewRecorder()
	problem.Of(errors.New("open /etc/secret: permission denied")).Write(w, "abc")
	if w.Code != 500 || strings.Contains(w.Body.String(), "secret") {
		t.Errorf("got %d %s", w.Code, w.Body)
	}
	if p := problem.Of(fmt.Errorf("x: %w", context.Canceled)); p != nil {
		t.Errorf("a cancelled request got %v", p)
	}
}
