package web

import (
	"embed"
	"html/template"
	"net/http"
	"net/url"
	"strings"
	"time"

	"gridatlas/api/access"
	"gridatlas/geo/snapshot"
)

//go:embed *.html
var templates embed.FS

// smallPage reads the template of a page that the server writes whole. It may use
// "head" and "foot" of shell.html, which want a shell.
func smallPage(name string) *template.Template {
	return template.Must(template.New(name).ParseFS(templates, name, "shell.html"))
}

// shell is what every page shows around its own: name of the service, language,
// letter size, age of the data, whose data it is. Templates of small pages begin
// with {{template "head" .}}, have <main id="main">, and end with {{template "foot" .}}.
type shell struct {
	speech
	Title        string       // of the service
	Heading      string       // of the page; empty: it has that of the service
	Amiss        bool         // a form came back with what is wrong: the title is what is read out first
	Said         []fieldFault // what that is, which {{template "faults" .}} lists above the form
	Big          bool
	Theme        string // day, night; empty: as the device asks
	BigLink      string
	LanguageLink string
	Demo         bool // the ground is made up
	Sources      []string
	Approval     string  // of the map
	Register     string  // number of the site (ICP 备案号)
	DataDay      string  // of when the data is
	Banner       *banner // nil: the data is fresh
	Who          string  // has signed in; empty: nobody
	Again        int     // seconds after which the page is to be read again; 0: never
	Plain        string  // the page for who has no script; empty: this one
	Unlisted     bool    // search engines leave it out
	Styles       []string
	Scripts      []string
}

// fieldFault is what is wrong with a field of a form; with none in particular: empty.
type fieldFault struct{ Field, Text string }

// standsAt says at which address the page stands in another language or letter size:
// of what was sent by a form, that of the form anew.
func (p *shell) standsAt(here *url.URL) {
	p.BigLink = withParameter(here, "big", map[bool]string{true: "0", false: "1"}[p.Big])
	p.LanguageLink = withParameter(here, "lang", map[int]string{chinese: "en", english: "zh"}[p.language])
}

// say says what is wrong with a field, above the form and beside the field.
func (p *shell) say(field, text string) {
	p.Said, p.Amiss = append(p.Said, fieldFault{field, text}), true
}

// Wrong lists what is wrong with a field.
func (p *shell) Wrong(field string) (list []string) {
	for _, fault := range p.Said {
		if fault.Field == field {
			list = append(list, fault.Text)
		}
	}
	return list
}

// shell returns what stands around a page of a request. The snapshot is nil while
// there is none.
func (h *Handler) shell(w http.ResponseWriter, r *http.Request, s *snapshot.Snapshot) shell {
	return h.shellFor(readChoices(w, r), r, s)
}

// shellFor is shell for choices that were read.
func (h *Handler) shellFor(choices choices, r *http.Request, s *snapshot.Snapshot) shell {
	p := shell{
		speech: speech{choices.language}, Title: h.title(choices.language), Big: choices.big, Theme: choices.theme,
		Demo: h.config.Demo, Approval: h.config.Approval, Register: h.config.Register,
		Who: access.From(r.Context()).Name,
	}
	p.standsAt(r.URL)
	if h.bundle.Small != "" {
		p.Styles = []string{h.bundle.Small}
	}
	if s != nil {
		facts, age := h.facts.get(s), h.config.Live.Age()
		dataTime := h.config.Clock().Add(-age).In(h.config.Zone)
		p.Demo, p.Sources = p.Demo || facts.Demo, facts.Sources
		p.DataDay, p.Banner = p.day(dataTime), p.banner(age, dataTime)
	}
	return p
}

// Policies of pages without a script and with ours. Where pages may be framed,
// 'self' takes the place of 'none'.
const smallPolicy = "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

// beginSmall writes the headers of a page that the server writes whole and that no
// cache keeps.
func beginSmall(w http.ResponseWriter) {
	header := w.Header()
	header.Set("Content-Type", "text/html; charset=utf-8")
	header.Set("Content-Security-Policy", smallPolicy)
	header.Set("Referrer-Policy", "same-origin")
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Cache-Control", "no-store")
	header.Add("Vary", "Cookie, Accept-Language")
}

// withParameter is the address of the same state with one parameter changed.
func withParameter(u *url.URL, name, value string) string {
	query := u.Query()
	query.Set(name, value)
	return "/" + strings.TrimLeft(u.Path, "/") + "?" + query.Encode() // two slashes would name a host
}

// day writes a date as people here do.
func (s speech) day(t time.Time) string {
	return s.fill("foot.day", "day", t.Format([...]string{"2006年1月2日", "2 Jan 2006"}[s.language]))
}
