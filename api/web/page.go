package web

import (
	"bytes"
	"embed"
	"html/template"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"gridatlas/api/access"
	"gridatlas/geo"
	"gridatlas/geo/snapshot"
)

//go:embed page.html staff.html site.html signin.html waiting.html unbuilt.html docs.html
var templates embed.FS

var (
	pageTemplate    = template.Must(template.New("page.html").ParseFS(templates, "page.html"))
	staffTemplate   = template.Must(template.ParseFS(templates, "staff.html"))
	siteTemplate    = template.Must(template.ParseFS(templates, "site.html"))
	signInTemplate  = template.Must(template.ParseFS(templates, "signin.html"))
	docsTemplate    = template.Must(template.ParseFS(templates, "docs.html"))
	waitingTemplate = template.Must(template.ParseFS(templates, "waiting.html"))
	unbuiltTemplate = template.Must(template.ParseFS(templates, "unbuilt.html"))
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
	facts
	speech
	Title, Approval string
	Demo, Big       bool
	Theme           string // day, night; empty: as the device asks
	Style           string // of the map: planner, emergency; empty: the usual one
	Revision        int64
	DataTime        time.Time // in the zone of the city
	Banner          *banner   // nil: the data is fresh
	Query           string
	Entries         []entry
	More            bool
	BigLink         string
	LanguageLink    string
	SignIn          bool   // people can sign in
	Who             string // has signed in; empty: nobody
	Assets          manifest
	Config          clientConfig
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
	speech
	Title  string
	Big    bool
	Theme  string
	Away   bool // the store does not answer; else the map is on its way
	Again  int  // seconds
	Assets manifest
}

func (h *Handler) waiting(w http.ResponseWriter, r *http.Request) *waiting {
	choices := readChoices(w, r)
	return &waiting{
		speech: speech{choices.language}, Title: h.title(choices.language), Big: choices.big, Theme: choices.theme,
		Away: h.config.Live.Standing().Away, Again: waitSeconds, Assets: h.bundle,
	}
}

func (h *Handler) title(language int) string {
	if h.config.Title != "" {
		return h.config.Title
	}
	return speech{language}.T("title")
}

func (h *Handler) page(w http.ResponseWriter, r *http.Request, s *snapshot.Snapshot) *page {
	choices := readChoices(w, r)
	age := h.config.Live.Age()
	p := &page{
		facts:    h.facts.get(s),
		speech:   speech{choices.language},
		Title:    h.title(choices.language),
		Approval: h.config.Approval,
		Big:      choices.big,
		Theme:    choices.theme,
		Style:    choices.style,
		Revision: s.Head().Revision,
		DataTime: time.Now().Add(-age).In(h.config.Zone),
		Query:    strings.TrimSpace(r.URL.Query().Get("q")),
		Assets:   h.bundle,
	}
	p.Banner = p.banner(age, p.DataTime)
	p.SignIn, p.Who = h.config.SignIn, access.From(r.Context()).Name
	p.Demo = h.config.Demo || p.facts.Demo
	p.BigLink = withParameter(r.URL, "big", map[bool]string{true: "0", false: "1"}[p.Big])
	p.LanguageLink = withParameter(r.URL, "lang", map[int]string{chinese: "en", english: "zh"}[choices.language])
	now := geo.InstantOf(time.Now())
	if p.Query != "" {
		p.Entries, p.More = find(s, p.Query, now, choices.language)
	} else {
		p.Entries = first(s, now, choices.language)
	}
	p.Config = clientConfig{
		Language: p.Language(), Title: p.Title, City: p.City, Demo: p.Demo,
		Bounds: p.Bounds, Centre: p.Centre, Head: s.Head().Name(), DataAge: int64(age.Seconds()),
		Catalog: "/assets/" + h.catalog.name, MapStyle: "/assets/" + h.bundle.Map, Worker: "/assets/" + h.bundle.Worker,
		Who: p.Who, Underlay: h.config.Underlay,
	}
	return p
}

// withParameter is the address of the same state with one parameter changed.
func withParameter(u *url.URL, name, value string) string {
	return withParameterAt("/", u, name, value)
}

func withParameterAt(path string, u *url.URL, name, value string) string {
	query := u.Query()
	query.Set(name, value)
	return path + "?" + query.Encode()
}
