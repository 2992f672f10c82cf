package api_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"gridatlas/api"
	"gridatlas/api/web"
)

const byBrowser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"

// A page that cannot be had says so on a page to browsers, in JSON to programs; a route
// for programs answers everybody in JSON.
func TestProblemsOfPages(t *testing.T) {
	n := newNode(t, func(c *api.Config) {
		pages := web.New(web.Config{Live: c.Live})
		c.ProblemPage = pages.Problem
		c.Pages = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/near" {
				panic("on purpose")
			}
			pages.ServeHTTP(w, r)
		})
	})
	for _, test := range []struct {
		path   string
		status int
		page   string // what people read; empty: nothing, it is JSON for all
	}{
		{"/nothing", 404, "没有这个网页"},
		{"//elsewhere.example/b/1", 404, "没有这个网页"},
		{"/near", 500, "这一页出错了"},
		{"/collections", 503, ""},
		{"/collections/places/items?bbox=1", 400, ""},
	} {
		w := n.get(t, test.path, "Accept", byBrowser)
		kind, page := w.Header().Get("Content-Type"), w.Body.String()
		if w.Code != test.status || strings.HasPrefix(kind, "text/html") != (test.page != "") || !strings.Contains(page, test.page) || w.Header().Get("Cache-Control") != "no-store" {
			t.Errorf("%s: %d %s %s", test.path, w.Code, kind, page)
		}
		if id := w.Header().Get("X-Request-Id"); test.status == 500 && !strings.Contains(page, id) {
			t.Errorf("%s: no number to quote: %s", test.path, page)
		}
		for _, accept := range []string{"*/*", "application/json", ""} {
			n.problem(t, test.status, "GET", test.path, "Accept", accept)
		}
	}
	n.problem(t, 404, "GET", "/nothing?f=json", "Accept", byBrowser)
}

// Whatever route is described as a page tells browsers on a page what goes wrong.
func TestPagesAreForPeople(t *testing.T) {
	found := 0
	for _, op := range api.Description().Operations {
		for _, answer := range op.Responses {
			if strings.HasPrefix(answer.Status, "2") && slices.Equal(answer.MediaTypes, []string{"text/html"}) {
				found++
				if !api.ForPeople(op.Path) {
					t.Errorf("%s %s is a page whose problems are JSON", op.Method, op.Path)
				}
			}
		}
	}
	if found < 8 {
		t.Errorf("only %d pages are described", found)
	}
}
