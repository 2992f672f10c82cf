package web

import (
	"net/http"
	"strconv"

	"gridatlas/api/access"
	"gridatlas/geo"
)

// signIn is what the template of the sign-in page sees.
type signIn struct {
	speech
	Title        string
	Big          bool
	Theme        string
	BigLink      string
	LanguageLink string
	Assets       manifest
	Form         access.Form
	Fault        string // why nobody was let in; empty: nothing is wrong
	Grants       []string
}

// signInPolicy is that of a page without a script.
const signInPolicy = "default-src 'none'; style-src 'self'; img-src data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

// SignIn writes the sign-in page; a password that was typed is not in it.
func (h *Handler) SignIn(w http.ResponseWriter, r *http.Request, status int, form access.Form) {
	header := w.Header()
	header.Set("Content-Type", "text/html; charset=utf-8")
	header.Set("Content-Security-Policy", signInPolicy)
	header.Set("Cache-Control", "no-store")
	header.Add("Vary", "Cookie, Accept-Language")
	choices := readChoices(w, r)
	p := &signIn{
		speech: speech{choices.language}, Title: h.title(choices.language), Big: choices.big, Theme: choices.theme,
		BigLink:      withParameterAt("/signin", r.URL, "big", map[bool]string{true: "0", false: "1"}[choices.big]),
		LanguageLink: withParameterAt("/signin", r.URL, "lang", map[int]string{chinese: "en", english: "zh"}[choices.language]),
		Assets:       h.bundle, Form: form,
	}
	switch {
	case form.Fault == access.FaultTooSoon:
		p.Fault = p.fill("signin.too_soon", "n", strconv.Itoa(form.Wait))
	case form.Fault != "":
		p.Fault = p.T(faultTexts[form.Fault])
	case form.Plain:
		p.Fault = p.T("signin.plain")
	}
	for _, grant := range form.Who.Grants {
		p.Grants = append(p.Grants, p.grant(grant, h.placeName(grant.Place)))
	}
	h.write(w, r, status, signInTemplate, p)
}

// placeName is what the map calls a place or grid; its code where it knows no name.
func (h *Handler) placeName(code string) string {
	if s := h.config.Live.Current(); s != nil {
		for _, layer := range []geo.Layer{geo.Places, geo.Grids} {
			if f, there := s.Layer(layer).ByCode(code); there && f.Common().Name != "" {
				return f.Common().Name
			}
		}
	}
	return code
}

// faultTexts are the texts of the faults that hold no value.
var faultTexts = map[access.Fault]string{
	access.FaultWrong: "signin.wrong", access.FaultCode: "signin.code_needed", access.FaultBusy: "signin.busy",
	access.FaultAway: "signin.away", access.FaultOrigin: "signin.origin",
}

// SignedInAs says who is signed in.
func (s speech) SignedInAs(name string) string { return s.fill("signin.as", "name", name) }

// grant says a role and where it holds.
func (s speech) grant(g access.Grant, place string) string {
	role := [...]string{g.Role.Zh(), g.Role.En()}[s.language]
	if g.Place == "" {
		return s.fill("signin.everywhere", "role", role)
	}
	return s.fill("signin.at", "role", role, "place", place)
}
