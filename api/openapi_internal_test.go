package api

import (
	"net/http"
	"regexp"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/gorilla/mux"

	"gridatlas/api/access"
	"gridatlas/api/label"
	"gridatlas/geo/booth"
	"gridatlas/geo/photo"
	"gridatlas/geo/report"
	"gridatlas/geo/snapshot"
)

// nobody stands in for what a server is made of, where nothing is asked of it.
type nobody struct {
	Store
	Accounts
	Cards
	ReportPages
}

// forWorkers are pages of people who work here, and files.
var forWorkers = []string{"/staff", "/my", "/my/worker.js", "/registers", "/assets/", "/sprites/"}

// Every route is described, and every description has a route.
func TestRoutesAreDescribed(t *testing.T) {
	s := &server{Config: Config{Live: &snapshot.Live{}, Store: nobody{}, Accounts: nobody{}, Reports: &report.Book{}, ReportPages: nobody{}, LabelsPage: func(http.ResponseWriter, *http.Request, int, *label.Page) {}, CardsPage: func(http.ResponseWriter, *http.Request, int, *label.CardPage) {}, Cards: nobody{}, CardPage: func(http.ResponseWriter, *http.Request, int, booth.Card) {}, PhotoPage: func(http.ResponseWriter, *http.Request, int, *photo.Page) {}, Pages: http.NotFoundHandler(), SignInPage: func(http.ResponseWriter, *http.Request, int, access.Form) {}}}
	var routes []string
	err := s.router().Walk(func(route *mux.Route, _ *mux.Router, _ []*mux.Route) error {
		path, err := route.GetPathTemplate()
		if !slices.Contains(forWorkers, path) {
			routes = append(routes, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	var described []string
	for _, match := range regexp.MustCompile(`(?m)^  (/\S*):$`).FindAllSubmatch(openAPI, -1) {
		described = append(described, string(match[1]))
	}
	slices.Sort(routes)
	slices.Sort(described)
	if !cmp.Equal(routes, described) {
		t.Error(cmp.Diff(routes, described))
	}
}
