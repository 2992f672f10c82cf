package web

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"gridatlas/api/access"
	"gridatlas/api/resident"
	"gridatlas/geo"
	"gridatlas/geo/crs"
	"gridatlas/geo/plate"
	"gridatlas/geo/snapshot"
	"gridatlas/geo/walk"
)

// servePlate answers /b/{number}: the booth of a plate.
func (h *Handler) servePlate(w http.ResponseWriter, r *http.Request, typed string) {
	s := h.config.Live.Current()
	number, err := plate.Parse(typed)
	if err == nil && string(number) != typed {
		http.Redirect(w, r, "/b/"+string(number), http.StatusMovedPermanently)
		return
	}
	if err == nil {
		if b, there := resident.ByNumber(s, number); there {
			h.servePlace(w, r, s, b)
			return
		}
	}
	p := &noPlatePage{shell: h.shell(w, r, s), Typed: plate.Number(cut(typed, 40)).Grouped()}
	p.Heading = p.T("noplate.title")
	for _, b := range resident.Suggest(s, typed) {
		p.Suggestions = append(p.Suggestions, suggestion{plate.Number(b.Number).Grouped(), p.name(b), "/b/" + b.Number})
	}
	beginSmall(w)
	h.write(w, r, http.StatusNotFound, noPlateTemplate, p)
}

// serveCode answers /p/{code}: the place of a code, which stands for a position.
func (h *Handler) serveCode(w http.ResponseWriter, r *http.Request, code string) {
	s := h.config.Live.Current()
	if f, there := resident.ByCode(s, code); there {
		if b, isBooth := f.(*geo.Booth); isBooth && plate.Check(b.Number) == nil {
			http.Redirect(w, r, withQuery("/b/"+b.Number, r.URL), http.StatusFound)
			return
		}
		h.servePlace(w, r, s, f)
		return
	}
	p := &noPlatePage{shell: h.shell(w, r, s), Typed: cut(code, 40), Code: true}
	p.Heading = p.T("nocode.title")
	beginSmall(w)
	h.write(w, r, http.StatusNotFound, noPlateTemplate, p)
}

// withQuery is a path with what was asked of another.
func withQuery(path string, u *url.URL) string {
	if u.RawQuery == "" {
		return path
	}
	return path + "?" + u.RawQuery
}

// servePlace writes the page of a place. What the public sees of it is kept; who
// has signed in, comes from somewhere, or is told that the data is old gets a page
// made for the moment.
func (h *Handler) servePlace(w http.ResponseWriter, r *http.Request, s *snapshot.Snapshot, f geo.Feature) {
	header := w.Header()
	beginSmall(w)
	header.Set("Content-Security-Policy", h.policy())
	header.Set("Permissions-Policy", "geolocation=(self), camera=(), microphone=()")
	chosen, foot := readChoices(w, r), h.facts.get(s)
	m, now := h.config.Walk(), h.config.Clock().In(h.config.Zone)
	current := s
	if m != nil && m.Snapshot() != s { // one page is of one map: that on which one can walk
		if walked, there := m.Snapshot().Get(geo.KeyOf(f)); there {
			s, f = m.Snapshot(), walked
		} else {
			m = nil
		}
	}
	age, from := h.config.Live.Age(), ""
	if r.URL.RawQuery != "" {
		from = r.URL.Query().Get("from")
	}
	around := func() shell {
		p := h.shellFor(chosen, r, current)
		p.Scripts = []string{h.bundle.Place}
		return p
	}
	if from != "" || access.From(r.Context()).SignedIn() || age >= fresh || m == nil {
		text, err := h.placeText(r.Context(), s, m, f, now, around(), from)
		if err != nil {
			h.fail(w, r, err)
			return
		}
		header.Set("Content-Length", strconv.Itoa(len(text.text)))
		if r.Method != http.MethodHead {
			_, _ = w.Write(text.text) // a visitor who left reads nothing
		}
		return
	}
	key := pageKey{
		path: r.URL.Path, of: geo.KeyOf(f), choices: chosen,
		day: geo.DateOf(now.Add(-age)), sources: strings.Join(foot.Sources, "\n"), demo: foot.Demo,
	}
	page, err := h.kept.get(r.Context(), m, key, now, func() (rendered, error) {
		plain := around()
		plain.Banner = nil // the data has grown old since it was looked at
		plain.BigLink, plain.LanguageLink = plainLink(plain.BigLink, "big"), plainLink(plain.LanguageLink, "lang")
		// Who waits for the page must not lose it because who came first has left.
		return h.placeText(context.WithoutCancel(r.Context()), s, m, f, now, plain, "")
	})
	if err != nil {
		h.fail(w, r, err)
		return
	}
	page.send(w, r)
}

// plainLink is a link with one parameter alone: a kept page must not hold what the
// first who asked for it had in the address.
func plainLink(link, parameter string) string {
	u, err := url.Parse(link)
	if err != nil {
		return link
	}
	return u.Path + "?" + parameter + "=" + url.QueryEscape(u.Query().Get(parameter))
}

// fail answers that a page could not be made.
func (h *Handler) fail(w http.ResponseWriter, r *http.Request, err error) {
	if r.Context().Err() != nil {
		return // nobody waits for it
	}
	h.config.Log.ErrorContext(r.Context(), "page", "error", err)
	h.Problem(w, r, http.StatusInternalServerError, w.Header().Get("X-Request-Id"))
}

// placeText renders the page of a place. The walking map is that of the snapshot;
// without one it is the page without what is near.
func (h *Handler) placeText(ctx context.Context, s *snapshot.Snapshot, m *walk.Map, f geo.Feature, now time.Time, around shell, from string) (rendered, error) {
	speed := walk.PlannerSpeed
	if around.Big {
		speed = walk.ElderSpeed
	}
	told, err := resident.Tell(ctx, s, m, f, now, speed)
	if err != nil {
		return rendered{}, fmt.Errorf("page of %s %d: %w", f.Layer(), f.Common().ID, err)
	}
	p := &placePage{shell: around}
	p.describe(told)
	p.PhotoLink = h.photoLink(ctx, f)
	p.Config = h.placeConfig(p, told)
	if from != "" && m != nil && !p.Gone {
		if err := p.walkFrom(ctx, m, told, from); err != nil {
			return rendered{}, err
		}
	}
	var text bytes.Buffer
	if err := placeTemplate.Execute(&text, p); err != nil {
		return rendered{}, err
	}
	return rendered{text.Bytes(), told.Until, told.Reach()}, nil
}

func (h *Handler) placeConfig(p *placePage, told *resident.Place) placeConfig {
	lon, lat := crs.ToDegrees(told.Point)
	return placeConfig{At: [2]float64{lon, lat}, Copied: p.T("place.copied"), Fails: p.T("place.map.fails"), Map: h.smallMap(p.speech)}
}

// serveWaiting answers while there is no map.
func (h *Handler) serveWaiting(w http.ResponseWriter, r *http.Request) {
	beginSmall(w)
	w.Header().Set("Retry-After", strconv.Itoa(waitSeconds))
	h.write(w, r, http.StatusServiceUnavailable, waitingTemplate, h.waiting(w, r))
}

// servePlaces answers /b/ and /p/.
func (h *Handler) servePlaces(w http.ResponseWriter, r *http.Request) {
	if h.config.Live.Current() == nil {
		h.serveWaiting(w, r)
		return
	}
	if r.URL.Path == "/b" { // what the form of noplate.html asks
		h.serveTyped(w, r, r.URL.Query().Get("number"))
		return
	}
	if typed, isPlate := strings.CutPrefix(r.URL.Path, "/b/"); isPlate {
		h.servePlate(w, r, typed)
		return
	}
	h.serveCode(w, r, strings.TrimPrefix(r.URL.Path, "/p/"))
}

// serveTyped leads to the page of a number that somebody typed.
func (h *Handler) serveTyped(w http.ResponseWriter, r *http.Request, typed string) {
	number, err := plate.Parse(typed)
	switch {
	case typed == "":
		http.Redirect(w, r, "/near", http.StatusFound)
	case err == nil:
		http.Redirect(w, r, "/b/"+string(number), http.StatusSeeOther)
	default:
		h.servePlate(w, r, typed)
	}
}
