package web

import (
	"bytes"
	"html/template"
	"net/http"
	"strconv"
	"strings"
	"time"

	"gridatlas/geo"
	"gridatlas/geo/snapshot"
)

var (
	pageTemplate    = template.Must(template.ParseFS(templates, "page.html"))
	staffTemplate   = template.Must(template.ParseFS(templates, "staff.html"))
	waitingTemplate = smallPage("waiting.html")
	unbuiltTemplate = template.Must(template.ParseFS(templates, "unbuilt.html"))
	siteTemplate    = template.Must(template.ParseFS(templates, "site.html"))
)

// filePolicy lets the page load from its own host alone and run no script that
// stands in it. Icons of map controls are data addresses of style sheets; the map
// decodes images from blobs.
const filePolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; " +
	"connect-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'self'"

// policy is that with what only a server can say, in which frames a page may stand,
// and with the host of an underlay where there is one.
func (h *Handler) policy() string {
	policy := filePolicy + "; frame-ancestors 'self'"
	if h.config.Underlay != nil {
		policy = strings.Replace(policy, "connect-src 'self'", "connect-src 'self' "+h.config.Underlay.Origin, 1)
	}
	return policy
}

// staffPath is where the page of who works here stands. What it shows it asks for
// with the token; in itself it holds nothing that is not public.
const staffPath = "/staff"

// page is what the template sees.
type page struct {
	shell
	City     string
	Style    string // of the map: planner, emergency; empty: the usual one
	Revision int64
	DataTime time.Time // in the zone of the city
	Query    string
	Entries  []entry
	More     bool
	SignIn   bool // people can sign in
	Assets   manifest
	Config   clientConfig
}

// clientConfig is what the script reads; src/config.ts is its twin.
type clientConfig struct {
	Language string     `json:"language"`
	Title    string     `json:"title"`
	City     string     `json:"city"`
	Demo     bool       `json:"demo"`
	Bounds   [4]float64 `json:"bounds"`
	Centre   [2]float64 `json:"centre"`
	Head     string     `json:"head"`    // names the map that the page is of, as /events does
	DataAge  int64      `json:"dataAge"` // seconds
	Catalog  string     `json:"catalog"`
	MapStyle string     `json:"mapStyle"`
	Worker   string     `json:"worker"`
	Who      string     `json:"who"`                // has signed in; empty: nobody
	Archive  string     `json:"archive,omitempty"`  // of tiles, beside a page without a server
	Underlay *Underlay  `json:"underlay,omitempty"` // none: left out
}

func (h *Handler) servePage(w http.ResponseWriter, r *http.Request) {
	header := w.Header()
	header.Set("Content-Type", "text/html; charset=utf-8")
	header.Set("Content-Security-Policy", h.policy())
	header.Set("Referrer-Policy", "same-origin")
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Permissions-Policy", "geolocation=(self), camera=(), microphone=()")
	header.Set("Cache-Control", "private, no-cache")
	header.Add("Vary", "Cookie, Accept-Language")
	switch s := h.config.Live.Current(); {
	case s == nil:
		header.Set("Cache-Control", "no-store")
		header.Set("Retry-After", strconv.Itoa(waitSeconds))
		h.write(w, r, http.StatusServiceUnavailable, waitingTemplate, h.waiting(w, r))
	case !h.built:
		h.write(w, r, http.StatusOK, unbuiltTemplate, nil)
	case r.URL.Path == staffPath:
		h.write(w, r, http.StatusOK, staffTemplate, h.page(w, r, s))
	case r.URL.Path == myPath:
		h.serveMy(w, r, s)
	default:
		h.write(w, r, http.StatusOK, pageTemplate, h.page(w, r, s))
	}
}

func (h *Handler) write(w http.ResponseWriter, r *http.Request, status int, t *template.Template, data any) {
	var body bytes.Buffer
	if err := t.Execute(&body, data); err != nil {
		http.Error(w, "the page could not be written", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Length", strconv.Itoa(body.Len()))
	w.WriteHeader(status)
	if r.Method == http.MethodHead {
		return
	}
	_, _ = w.Write(body.Bytes()) // a visitor who left reads nothing
}

// waitSeconds is after how long a page that waits for the map asks again.
const waitSeconds = 5

// waiting is what a visitor sees while there is no map.
type waiting struct {
	shell
	Away bool // the store does not answer; else the map is on its way
}

func (h *Handler) waiting(w http.ResponseWriter, r *http.Request) *waiting {
	p := &waiting{shell: h.shell(w, r, nil), Away: h.config.Live.Standing().Away}
	p.Again = waitSeconds
	return p
}

func (h *Handler) title(language int) string {
	if h.config.Title != "" {
		return h.config.Title
	}
	return speech{language}.T("title")
}

func (h *Handler) page(w http.ResponseWriter, r *http.Request, s *snapshot.Snapshot) *page {
	age, city := h.config.Live.Age(), h.facts.get(s)
	p := &page{
		shell: h.shell(w, r, s), City: city.City, Style: readChoices(w, r).style, Revision: s.Head().Revision,
		DataTime: h.config.Clock().Add(-age).In(h.config.Zone), Query: strings.TrimSpace(r.URL.Query().Get("q")),
		SignIn: h.config.SignIn, Assets: h.bundle,
	}
	now := geo.InstantOf(h.config.Clock())
	if p.Query != "" {
		p.Entries, p.More = find(s, p.Query, now, p.language)
	} else {
		p.Entries = first(s, now, p.language)
	}
	p.Config = clientConfig{
		Language: p.Language(), Title: p.Title, City: p.City, Demo: p.Demo,
		Bounds: city.Bounds, Centre: city.Centre, Head: s.Head().Name(), DataAge: int64(age.Seconds()),
		Catalog: "/assets/" + h.catalog.name, MapStyle: "/assets/" + h.bundle.Map, Worker: "/assets/" + h.bundle.Worker,
		Who: p.Who, Underlay: h.config.Underlay,
	}
	return p
}
