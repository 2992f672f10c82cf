package web

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"gridatlas/api/resident"
	"gridatlas/geo"
	"gridatlas/geo/booth"
	"gridatlas/geo/crs"
	"gridatlas/geo/plate"
	"gridatlas/geo/report"
	"gridatlas/geo/snapshot"
	"gridatlas/geo/walk"
)

var (
	placeTemplate   = smallPage("place.html")
	noPlateTemplate = smallPage("noplate.html")
)

// placePage is what the template of a place sees: what stands on a plate, said whole
// before any script has run.
type placePage struct {
	shell
	Kind, Number, Name string
	Standing           badge
	Until, Today       string
	Notices            []notice
	What, Where        string
	Prices             []string
	Phone              string
	Links              []handover
	Degrees            string // latitude and longitude, as people type them
	Checks             *checks
	NearTitle          string
	Near               []nearRow
	NearNone           string
	NearLink           string // everything else near
	Contact            *contact
	MapLink            string
	ReportLink         string
	Walk               *walkText // how to walk here from where somebody was
	Config             placeConfig
}

// notice is a sentence about the place that must not be overlooked.
type notice struct {
	Is, Text       string
	Link, LinkText string // where to go instead; empty: nowhere
}

type handover struct{ Name, URL string }

// checks is how the place did in the inspection of seven things.
type checks struct{ Text, Missing string }

type nearRow struct{ Minutes, Metres, Name, What, URL string }

type contact struct{ Text, Phone string }

type walkText struct {
	From, Minutes, Metres string
	Steps                 []string
}

// placeConfig is what the script of the page reads; src/place.ts is its twin.
type placeConfig struct {
	At     [2]float64   `json:"at"`
	Line   [][2]float64 `json:"line,omitempty"` // of the walk
	Copied string       `json:"copied"`
	Fails  string       `json:"fails"` // the map
	Map    smallMap     `json:"map"`
}

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

// noPlatePage says that there is no such number or code, and what may be meant.
type noPlatePage struct {
	shell
	Typed       string
	Code        bool
	Suggestions []suggestion
}

type suggestion struct{ Number, Name, URL string }

// TypedText repeats what was typed.
func (p *noPlatePage) TypedText() string { return p.fill("noplate.typed", "text", p.Typed) }

func cut(text string, most int) string {
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return text
}

// withQuery is a path with what was asked of another.
func withQuery(path string, u *url.URL) string {
	if u.RawQuery == "" {
		return path
	}
	return path + "?" + u.RawQuery
}

// servePlace writes the page of a place. What the public sees of a plate is kept; who
// has signed in, comes from somewhere, or is told that the data is old gets a page
// made for the moment.
func (h *Handler) servePlace(w http.ResponseWriter, r *http.Request, s *snapshot.Snapshot, f geo.Feature) {
	header := w.Header()
	beginSmall(w)
	header.Set("Content-Security-Policy", h.policy())
	header.Set("Permissions-Policy", "geolocation=(self), camera=(), microphone=()")
	around := h.shell(w, r, s)
	around.Scripts = []string{h.bundle.Place}
	m, now := h.config.Walk(), h.config.Clock().In(h.config.Zone)
	from := r.URL.Query().Get("from")
	if from != "" || around.Who != "" || around.Banner != nil || m == nil {
		text, err := h.placeText(r.Context(), s, m, f, now, around, from)
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
	key := fmt.Sprint(r.URL.Path, " ", around.language, around.Big, around.Theme)
	of := s.Head().Name() + " " + m.Snapshot().Head().Name()
	page, err := h.kept.get(of, key, now, func() (rendered, error) {
		plainLinks := around
		plainLinks.BigLink, plainLinks.LanguageLink = plainLink(around.BigLink, "big"), plainLink(around.LanguageLink, "lang")
		// Who waits for the page must not lose it because who came first has left.
		return h.placeText(context.WithoutCancel(r.Context()), s, m, f, now, plainLinks, "")
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
	http.Error(w, "the page could not be made", http.StatusInternalServerError)
}

// placeText renders the page of a place. Without a walking map it is the page without
// what is near.
func (h *Handler) placeText(ctx context.Context, s *snapshot.Snapshot, m *walk.Map, f geo.Feature, now time.Time, around shell, from string) (rendered, error) {
	if m != nil && m.Snapshot() != s { // one page is of one map: that on which one can walk
		if walked, there := m.Snapshot().Get(geo.KeyOf(f)); there {
			s, f = m.Snapshot(), walked
		} else {
			m = nil
		}
	}
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
	p.Config = h.placeConfig(p, told)
	if from != "" && m != nil {
		if err := p.walkFrom(ctx, m, told, from); err != nil {
			return rendered{}, err
		}
	}
	var text bytes.Buffer
	if err := placeTemplate.Execute(&text, p); err != nil {
		return rendered{}, err
	}
	return rendered{text.Bytes(), told.Until}, nil
}

func (h *Handler) placeConfig(p *placePage, told *resident.Place) placeConfig {
	lon, lat := crs.ToDegrees(told.Point)
	return placeConfig{At: [2]float64{lon, lat}, Copied: p.T("place.copied"), Fails: p.T("place.map.fails"), Map: h.smallMap(p.speech)}
}

// describe fills the page with what is told.
func (p *placePage) describe(told *resident.Place) {
	f := told.Feature
	b, isBooth := f.(*geo.Booth)
	p.Kind, p.Name, p.Heading = p.kind(f), p.name(f), p.name(f)
	p.Standing = p.badge(told.State.Kind, isBooth)
	p.Until = p.untilText(told.State, told.At)
	p.Today = p.todayLine(told)
	lon, lat := crs.ToDegrees(told.Point)
	p.Degrees = fmt.Sprintf("%.6f, %.6f", lat, lon)
	p.MapLink = fmt.Sprintf("/?view=%.6f,%.6f,17&show=%s/%d", lon, lat, f.Layer(), f.Common().ID)
	p.ReportLink = fmt.Sprintf("/report?of=%s/%d", f.Layer(), f.Common().ID)
	if len(report.KindsOf(f.Layer())) == 0 {
		p.ReportLink = fmt.Sprintf("/report?lon=%.6f&lat=%.6f", lon, lat)
	}
	for _, link := range resident.Links(p.Name, told.Point) {
		p.Links = append(p.Links, handover{p.T(appTexts[link.App]), link.URL})
	}
	p.Number = f.Common().Code
	switch f := f.(type) {
	case *geo.Booth:
		p.booth(f, told)
	case *geo.Facility:
		p.Phone, p.Where = f.Phone, f.Address
	case *geo.Shelter:
		p.Phone = f.DutyPhone
		p.What = strings.Join(p.terms(f, "state"), p.pause())
	case *geo.Compound, *geo.Gate:
		p.What = p.kind(f)
	}
	p.near(told, isBooth && b != nil)
	if told.Contact != nil {
		p.Contact = &contact{p.fill("place.contact", "community", p.name(told.Community), "name", p.name(told.Contact)), told.Contact.Phone}
	}
}

var appTexts = map[resident.App]string{resident.AMap: "app.amap", resident.Tencent: "app.tencent", resident.Baidu: "app.baidu"}

// todayLine says the hours of today, or that there are none.
func (p *placePage) todayLine(told *resident.Place) string {
	switch told.State.Kind {
	case booth.Moved, booth.Retired:
		return ""
	}
	if len(told.Today) > 0 {
		return p.fill("place.today", "hours", p.todayText(told.Today))
	}
	return ""
}

// booth fills the page with what only booths have.
func (p *placePage) booth(b *geo.Booth, told *resident.Place) {
	p.Number = plate.Number(b.Number).Grouped()
	p.Phone, p.Where = b.Phone, b.Landmark
	p.What = strings.Join(p.terms(b, "trades"), " · ")
	if b.Prices != "" {
		p.Prices = strings.FieldsFunc(b.Prices, func(r rune) bool { return strings.ContainsRune("，,；;", r) })
	}
	switch told.State.Kind {
	case booth.Unconfirmed:
		p.Notices = append(p.Notices, notice{Is: "warn", Text: p.T("place.unconfirmed")})
	case booth.Moved, booth.Retired:
		p.Phone = ""
		n := notice{Is: "warn", Text: p.T("place.retired")}
		if told.State.Kind == booth.Moved {
			n.Text = p.T("place.moved")
			if b.MovedOn != 0 {
				n.Text = p.fill("place.moved.on", "day", p.monthDay(b.MovedOn))
			}
		}
		if told.Successor != nil {
			n.Link, n.LinkText = "/b/"+told.Successor.Number, p.fill("place.successor", "name", p.name(told.Successor))
		}
		p.Notices = append(p.Notices, n)
	default:
		if b.MovedOn != 0 && geo.DateOf(told.At)-b.MovedOn < newPlace {
			p.Notices = append(p.Notices, notice{Is: "warn", Text: p.fill("place.newly", "day", p.monthDay(b.MovedOn), "from", b.MovedFrom)})
		}
	}
	if b.LastChecked != 0 && told.State.Kind != booth.Moved && told.State.Kind != booth.Retired {
		p.Checks = p.inspected(b)
	}
}

// newPlace is for how many days a booth that moved says so.
const newPlace = 180

// inspected says how many of the seven checks a booth passed, which not, and when.
func (p *placePage) inspected(b *geo.Booth) *checks {
	field, _ := geo.MustSchema(geo.Booths).Field("checks")
	passed := map[string]bool{}
	for _, value := range field.Values(b) {
		passed[value] = true
	}
	var missing []string
	for _, term := range field.Terms {
		if !passed[term.Value] {
			missing = append(missing, titles{term.Zh, term.En}[p.language])
		}
	}
	c := &checks{Text: p.fill("place.checked", "n", strconv.Itoa(len(field.Terms)-len(missing)), "of", strconv.Itoa(len(field.Terms)), "day", p.monthDay(b.LastChecked))}
	if len(missing) > 0 {
		c.Missing = p.fill("place.unchecked", "list", strings.Join(missing, p.pause()))
	}
	return c
}

// monthDay writes a date of the last months as people here do.
func (p *placePage) monthDay(d geo.Date) string {
	return d.Time().Format([...]string{"1月2日", "2 Jan"}[p.language])
}

// near fills the page with the list of what is near.
func (p *placePage) near(told *resident.Place, isBooth bool) {
	p.NearTitle = p.fill("place.near", "n", strconv.Itoa(resident.Near))
	if isBooth && !told.IsOpen() {
		p.NearTitle = p.T("place.elsewhere")
	}
	lon, lat := crs.ToDegrees(told.Point)
	p.NearLink = fmt.Sprintf("/near?lon=%.6f&lat=%.6f", lon, lat)
	for i := range told.Nearby {
		p.Near = append(p.Near, p.nearRow(&told.Nearby[i], told))
	}
	switch {
	case len(told.Nearby) > 0:
	case told.OffStreet:
		p.NearNone = p.T("place.offstreet")
	case told.Beyond != nil:
		p.NearNone = p.fill("place.none.near", "n", strconv.Itoa(resident.Near))
		p.Near = append(p.Near, p.nearRow(told.Beyond, told))
	default:
		p.NearNone = p.T("place.none")
	}
}

func (p *placePage) nearRow(place *walk.Place, told *resident.Place) nearRow {
	f := place.Feature
	minutes, metres := p.walked(place.Minutes, place.Metres)
	row := nearRow{Minutes: minutes, Metres: metres, Name: p.name(f)}
	words := []string{p.kind(f)}
	_, isBooth := f.(*geo.Booth)
	if isBooth {
		words = p.terms(f, "trades")
	}
	if row.Name == p.kind(f) {
		words = nil
	}
	state, _ := resident.Stand(f, told.At)
	if b := p.badge(state.Kind, isBooth); b.Text != "" {
		words = append(words, b.Text)
	}
	if shelter, isShelter := f.(*geo.Shelter); isShelter {
		words = append(words, p.terms(shelter, "state")...)
	}
	row.What = strings.Join(words, " · ")
	row.URL = addressOf(f) + "?from=" + url.QueryEscape(reference(told.Feature))
	return row
}

// addressOf is the page of a place.
func addressOf(f geo.Feature) string {
	if b, isBooth := f.(*geo.Booth); isBooth && plate.Check(b.Number) == nil {
		return "/b/" + b.Number
	}
	if code := f.Common().Code; code != "" {
		return "/p/" + url.PathEscape(code)
	}
	return fmt.Sprintf("/?show=%s/%d", f.Layer(), f.Common().ID)
}

// reference names a place in addresses: booths.12.
func reference(f geo.Feature) string { return fmt.Sprintf("%s.%d", f.Layer(), f.Common().ID) }

// walkFrom adds the walk from where somebody was: a place, or a position.
func (p *placePage) walkFrom(ctx context.Context, m *walk.Map, told *resident.Place, from string) error {
	start, name, ok := p.origin(m.Snapshot(), from)
	if !ok {
		return nil // what stood in the address is nothing; the page says all the rest
	}
	goal := walk.End{Point: told.Point}
	if schema := geo.MustSchema(told.Feature.Layer()); schema.Service {
		goal.Place = geo.KeyOf(told.Feature) // through its entrances
	}
	route, err := m.RouteBetween(ctx, start, goal, walk.Query{At: told.At, SpeedMPS: told.SpeedMPS})
	var tooFar *walk.TooFar
	var none *walk.NoRoute
	switch {
	case errors.As(err, &tooFar), errors.As(err, &none), errors.Is(err, geo.ErrNotFound):
		return nil
	case err != nil:
		return fmt.Errorf("walk from %s: %w", from, err)
	}
	minutes, metres := p.walked(route.Minutes, route.Metres)
	p.Walk = &walkText{From: p.fill("place.from", "name", name), Minutes: minutes, Metres: metres}
	for _, step := range route.Steps {
		p.Walk.Steps = append(p.Walk.Steps, titles{step.TextZh, step.TextEn}[p.language])
	}
	for part := range route.Line.Parts() {
		for _, point := range part.Points {
			lon, lat := crs.ToDegrees(point)
			p.Config.Line = append(p.Config.Line, [2]float64{lon, lat})
		}
	}
	return nil
}

// origin reads where a walk begins: booths.12, or lon,lat.
func (p *placePage) origin(s *snapshot.Snapshot, from string) (walk.End, string, bool) {
	if layer, id, cut := strings.Cut(from, "."); cut {
		if n, err := strconv.ParseInt(id, 10, 64); err == nil {
			if _, known := geo.SchemaOf(geo.Layer(layer)); known {
				if f, there := s.Get(geo.Key{Layer: geo.Layer(layer), ID: n}); there && geo.ForPublic(f) {
					return walk.End{Point: resident.PointOf(f)}, p.name(f), true
				}
			}
		}
	}
	if first, second, cut := strings.Cut(from, ","); cut {
		lon, err1 := strconv.ParseFloat(first, 64)
		lat, err2 := strconv.ParseFloat(second, 64)
		if point, err := crs.ToLattice(lon, lat); err == nil && err1 == nil && err2 == nil {
			return walk.End{Point: point}, p.T("place.position"), true
		}
	}
	return walk.End{}, "", false
}

// servePlaces answers /b/ and /p/.
func (h *Handler) servePlaces(w http.ResponseWriter, r *http.Request) {
	if h.config.Live.Current() == nil {
		beginSmall(w)
		w.Header().Set("Retry-After", strconv.Itoa(waitSeconds))
		h.write(w, r, http.StatusServiceUnavailable, waitingTemplate, h.waiting(w, r))
		return
	}
	if typed, isPlate := strings.CutPrefix(r.URL.Path, "/b/"); isPlate {
		if typed == "" { // what the form of noplate.html asks
			h.serveTyped(w, r, r.URL.Query().Get("number"))
			return
		}
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
