package api_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"gridatlas/api"
	"gridatlas/api/access"
	"gridatlas/geo"
	"gridatlas/geo/geojson"
	"gridatlas/geo/report"
)

// answering are operations of GET that take any parameter: pages, a stream, and what
// watchers ask, who must not be refused for a detail.
var answering = []string{"getDocs", "getSignIn", "getEvents", "getHealth", "getReadiness", "getVersion", "getNear", "findPlate", "getPlate", "getPlaceOfCode", "getReportForm", "getReceiptForm", "getReceipt"}

// Every parameter that a route takes is described, and every one that is described is
// taken: a route names those that it knows to who brings another.
func TestParametersAreDescribed(t *testing.T) {
	n := newTown(t, packages, func(c *api.Config) {
		c.Accounts, c.Store = everything(), deaf{}
		c.Reports, c.ReportPages = report.NewBook(deaf{}, time.Now, report.Limits{}, report.Promise{}), plainPages{}
		c.Cards, c.CardPage = access.NewBook(deaf{}, time.Now), plainCard
		c.LabelsPage, c.CardsPage = plainLabels, plainCards
		c.PhotoPage = plainPhoto
	})
	places := strings.NewReplacer(
		"{layer}", "booths", "{id}", "8", "{revision}", "1", "{layers}", "map", "{z}", "14", "{x}", "13612", "{y}", "6394",
		"{number}", "370702000186", "{code}", "XLP-1", "{tileMatrix}", "14", "{tileRow}", "6394", "{tileCol}", "13612", "{name}", "day", "{mark}", "0",
	)
	asked := 0
	for _, op := range api.Description().Operations {
		if op.Method != http.MethodGet || slices.Contains(answering, op.ID) || op.Path == "/worklist" {
			continue
		}
		w := n.get(t, places.Replace(op.Path)+"?f=json&no_such=1", "Authorization", "Bearer "+token)
		body := parse(t, w.Body.Bytes())
		if w.Code != http.StatusBadRequest || body["parameter"] != "no_such" {
			t.Errorf("%s: a parameter that nobody knows is %d %s", op.Path, w.Code, w.Body)
			continue
		}
		asked++
		var taken, described []string
		for _, name := range body["allowed"].([]any) {
			taken = append(taken, name.(string))
		}
		for _, parameter := range op.Parameters {
			if parameter.In == "query" {
				described = append(described, parameter.Name)
			}
		}
		if op.ID == "getItems" { // its description speaks of the fields as such
			for _, field := range geojson.Fields(geo.MustSchema(geo.Booths), true) {
				described = append(described, field.Name)
			}
		} else {
			taken = slices.DeleteFunc(taken, func(name string) bool { return name == "f" })
		}
		slices.Sort(taken)
		slices.Sort(described)
		if !slices.Equal(taken, described) {
			t.Errorf("%s takes another set than is described: %s", op.Path, cmp.Diff(described, taken))
		}
	}
	if asked < 30 {
		t.Errorf("only %d routes were asked", asked)
	}
}

// What a route answers is of a form that is described for that status.
func TestAnswersAreDescribed(t *testing.T) {
	n := newTown(t, packages)
	router := map[string][]string{} // forms of 200 by path
	for _, op := range api.Description().Operations {
		if op.Method != http.MethodGet {
			continue
		}
		for _, answer := range op.Responses {
			if answer.Status == "200" {
				router[op.Path] = answer.MediaTypes
			}
		}
	}
	for _, test := range good {
		if test.mediaType == "" { // a page of somebody else
			continue
		}
		path, _, _ := strings.Cut(test.path, "?")
		forms, best := []string(nil), -1
		for described, types := range router {
			if literal := pathMatches(described, path); literal > best {
				forms, best = types, literal
			}
		}
		got, _, _ := strings.Cut(n.get(t, test.path).Header().Get("Content-Type"), ";")
		if !slices.Contains(forms, got) {
			t.Errorf("%s answers with %s, described are %v", test.path, got, forms)
		}
	}
}

// pathMatches returns how many characters of a path with names in braces are matched
// literally; -1 when it does not match.
func pathMatches(described, path string) int {
	literal := 0
	for {
		before, rest, braced := strings.Cut(described, "{")
		if !strings.HasPrefix(path, before) {
			return -1
		}
		path, literal = path[len(before):], literal+len(before)
		if !braced {
			if path != "" {
				return -1
			}
			return literal
		}
		_, described, _ = strings.Cut(rest, "}")
		end := strings.IndexByte(path, '/')
		if next, _, _ := strings.Cut(described, "{"); next != "" && next[0] != '/' {
			end = strings.Index(path, next)
		}
		if end < 0 {
			end = len(path)
		}
		path = path[end:]
	}
}
