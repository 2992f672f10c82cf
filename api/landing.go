package api

import (
	"net/http"

	"gridatlas/api/access"
)

// root answers /: the map page for browsers, the landing document of OGC API
// Features for programs, which ask for JSON by Accept or by f=json.
func (s *server) root(w http.ResponseWriter, r *http.Request) error {
	w.Header().Add("Vary", "Accept")
	if s.Pages != nil && !wantsJSON(r) {
		return s.page(w, r)
	}
	if _, err := readQuery(r); err != nil {
		return err
	}
	base := s.base(r)
	links := []link{
		{Href: base + "/?f=json", Rel: "self", Type: typeJSON, Title: "this document"},
		{Href: base + "/openapi.json", Rel: "service-desc", Type: typeOpenAPIJSON, Title: "the routes"},
		{Href: base + "/openapi.yaml", Rel: "service-desc", Type: typeOpenAPI, Title: "the routes"},
		{Href: base + "/conformance", Rel: "conformance", Type: typeJSON, Title: "what of OGC API is kept"},
		{Href: base + "/collections", Rel: "data", Type: typeJSON, Title: "图层 layers"},
		{Href: base + "/tiles/map.json", Rel: "describedby", Type: typeJSON, Title: "TileJSON"},
		{Href: base + "/tiles", Rel: relTilesets, Type: typeJSON, Title: "瓦片 tiles"},
		{Href: base + matrixSetsPath(), Rel: relSchemes, Type: typeJSON},
	}
	if s.Pages != nil {
		links = append(links,
			link{Href: base + "/docs", Rel: "service-doc", Type: typeHTML, Title: "接口说明 the routes, for people"},
			link{Href: base + "/", Rel: "alternate", Type: typeHTML, Title: "地图 map"})
	}
	return writeDocument(w, typeJSON, struct {
		Title       string `json:"title"`
		Description string `json:"description"`
		Attribution string `json:"attribution,omitempty"`
		Links       []link `json:"links"`
	}{s.Title, "社区工作地图：网格、楼栋、便民点、避难场所与步行服务圈", s.attribution(s.Live.Current()), links})
}

// page answers with a page, which learns who asks.
func (s *server) page(w http.ResponseWriter, r *http.Request) error {
	who, err := s.who(w, r)
	if err != nil {
		return err
	}
	s.Pages.ServeHTTP(w, r.WithContext(access.With(r.Context(), who)))
	return nil
}

// staffPage answers /staff, the page of who works here. Others are led to the
// sign-in, where there is one.
func (s *server) staffPage(w http.ResponseWriter, r *http.Request) error {
	_, err := s.pageOfStaff(w, r, "staff")
	return err
}

// myPage answers /my, the page that grid workers have on their phones.
func (s *server) myPage(w http.ResponseWriter, r *http.Request) error {
	who, err := s.pageOfStaff(w, r, "my")
	if err == nil && who.SignedIn() && who.Token == "" {
		nameAccount(w, who.Name, access.SessionLength)
	}
	return err
}

// pageOfStaff answers with a page for who has signed in; others are led to the sign-in
// that leads back to it by a word.
func (s *server) pageOfStaff(w http.ResponseWriter, r *http.Request, word string) (access.Who, error) {
	who, err := s.who(w, r)
	if err != nil {
		return who, err
	}
	if !who.SignedIn() && s.SignInPage != nil {
		toSignIn(w, r, word)
		return who, nil
	}
	return who, s.page(w, r)
}

// orSignIn returns who has signed in. Others are led to the sign-in that leads back by a
// word, or refused where there is none.
func (s *server) orSignIn(w http.ResponseWriter, r *http.Request, word string) (who access.Who, led bool, err error) {
	who, err = s.who(w, r)
	switch {
	case err != nil || who.SignedIn():
	case s.SignInPage != nil:
		toSignIn(w, r, word)
		led = true
	default:
		_, err = s.signedIn(w, r)
	}
	return who, led, err
}

// toSignIn leads to the sign-in, which leads back by a word. Nobody keeps that answer:
// who has signed in gets the page.
func toSignIn(w http.ResponseWriter, r *http.Request, word string) {
	w.Header().Set("Cache-Control", "no-store")
	http.Redirect(w, r, "/signin?to="+word, http.StatusSeeOther)
}

// forPeople are the routes of pages, and what is no route, which somebody may have
// mistyped: what goes wrong there is told to browsers on a page.
var forPeople = map[string]bool{
	"none": true, "/": true, "/near": true, "/b": true, "/b/{number}": true, "/p/{code}": true, "/report": true, "/r": true, "/r/{receipt}": true,
	"/m/{secret}": true, "/labels": true, "/cards": true, "/registers": true, drawPath: true, "/staff": true, "/my": true, plainPath: true,
	"/my/reports/{receipt}": true, "/my/{layer}/{id}": true, "/photos/{layer}/{id}": true, "/docs": true, "/signin": true, "/signout": true,
}

// wantsJSON reports whether a client would rather have JSON than a page. A page
// goes to those that name HTML, as browsers do: programs take anything (*/*).
func wantsJSON(r *http.Request) bool {
	switch f := r.URL.Query().Get("f"); f {
	case "":
	case "html":
		return false
	default:
		return true
	}
	accepted := parseAccept(r.Header.Get("Accept"))
	json, page := accepted.named(typeJSON, typeGeoJSON), accepted.named(typeHTML, "application/xhtml+xml")
	return page == 0 || json > page
}

// assets answers /assets/ and /sprites/: the files of the pages and the pictures of
// the map styles.
func (s *server) assets(w http.ResponseWriter, r *http.Request) error {
	s.Pages.ServeHTTP(w, r)
	return nil
}

// conformance answers /conformance. It claims what the tests of this package
// hold, nothing else.
func (s *server) conformance(w http.ResponseWriter, r *http.Request) error {
	if _, err := readQuery(r); err != nil {
		return err
	}
	w.Header().Set("Cache-Control", revalidate)
	conformsTo := []string{
		"http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core",
		"http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/geojson",
		"http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/oas30",
		"http://www.opengis.net/spec/ogcapi-features-2/1.0/conf/crs",
		"http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/queryables",
		"http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/queryables-query-parameters",
		"http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/filter",
		"http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/features-filter",
		"http://www.opengis.net/spec/cql2/1.0/conf/cql2-text",
		"http://www.opengis.net/spec/cql2/1.0/conf/cql2-json",
		"http://www.opengis.net/spec/cql2/1.0/conf/basic-cql2",
		"http://www.opengis.net/spec/cql2/1.0/conf/advanced-comparison-operators",
		"http://www.opengis.net/spec/cql2/1.0/conf/case-insensitive-comparison",
		"http://www.opengis.net/spec/cql2/1.0/conf/basic-spatial-functions",
		"http://www.opengis.net/spec/cql2/1.0/conf/basic-spatial-functions-plus",
		"http://www.opengis.net/spec/cql2/1.0/conf/spatial-functions",
		"http://www.opengis.net/spec/cql2/1.0/conf/temporal-functions",
		"http://www.opengis.net/spec/cql2/1.0/conf/array-functions",
		"http://www.opengis.net/spec/cql2/1.0/conf/property-property",
		"http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/core",
		"http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/tileset",
		"http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/tilesets-list",
		"http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/dataset-tilesets",
		"http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/geodata-tilesets",
		"http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/collections-selection",
		"http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/mvt",
	}
	if s.Store != nil {
		conformsTo = append(conformsTo,
			"http://www.opengis.net/spec/ogcapi-features-4/1.0/conf/create-replace-delete",
			"http://www.opengis.net/spec/ogcapi-features-4/1.0/conf/update")
	}
	return writeDocument(w, typeJSON, map[string]any{"conformsTo": conformsTo})
}
