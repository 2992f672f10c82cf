package web

import (
	"net/http"
	"strconv"

	"gridatlas/api/access"
	"gridatlas/geo"
)

var signInTemplate = smallPage("signin.html")

// signIn is what the template of the sign-in page sees.
type signIn struct {
	shell
	Form   access.Form
	Fault  string // why nobody was let in; empty: nothing is wrong
	Grants []string
}

// SignIn writes the sign-in page; a password that was typed is not in it.
func (h *Handler) SignIn(w http.ResponseWriter, r *http.Request, status int, form access.Form) {
	beginSmall(w)
	p := &signIn{shell: h.shell(w, r, h.config.Live.Current()), Form: form}
	p.Heading, p.Unlisted = p.T("signin"), true
	p.Who = "" // the page itself says who
	switch {
	case form.Fault == access.FaultTooSoon:
		p.Fault = p.fill("signin.too_soon", "n", strconv.Itoa(form.Wait))
	case form.Fault != "":
		p.Fault = p.T(faultTexts[form.Fault])
	case form.Plain:
		p.Fault = p.T("signin.plain")
	}
	p.Amiss = form.Fault != ""
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
