package web

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"gridatlas/api/resident"
	"gridatlas/geo"
	"gridatlas/geo/crs"
	"gridatlas/geo/plate"
	"gridatlas/geo/snapshot"
	"gridatlas/geo/walk"
)

var nearTemplate = smallPage("near.html")

// How many places a page of what is near lists at first and with each press, and at most.
const (
	nearStep = 20
	nearMost = 400
)

// nearPage is what the template of /near sees: a list from a position, or the ways to
// say where one is.
type nearPage struct {
	shell
	From     string // in words; empty: nobody knows where somebody is
	Change   string // leads to the ways
	Asked    nearAsked
	Chips    []chip
	Trades   []chip
	OpenOnly chip
	Count    string
	None     string
	Other    string // leads to all kinds, when there are none of one
	Rows     []nearRow
	More     string // leads to more rows
	MoreText string

	Searched  bool
	Typed     string
	Found     []foundRow
	NoneFound string
	Areas     []foundRow
	AreaTitle string

	Config nearConfig
}

// chip is a choice that is a link.
type chip struct {
	Text, URL string
	On        bool
}

// foundRow is somewhere to begin from.
type foundRow struct{ Name, What, URL string }

// nearConfig is what the script of the page reads; src/near.ts is its twin.
type nearConfig struct {
	At      *[2]float64 `json:"at,omitempty"` // absent: the page asks where somebody is
	Places  []nearPlace `json:"places,omitempty"`
	Waiting string      `json:"waiting"`
	Stop    string      `json:"stop"`
	Failed  string      `json:"failed"`
	Fails   string      `json:"fails"` // the map
	Map     smallMap    `json:"map"`
}

// nearPlace is a row as the map shows it.
type nearPlace struct {
	At   [2]float64 `json:"at"`
	Name string     `json:"name"`
}

// nearAsked is what stands in an address, as far as it is understood: whatever does
// not make sense is left out, since nobody types these addresses.
type nearAsked struct {
	Of       string // as it was asked; empty: all kinds
	OpenOnly bool
	N        int
	start    string // from=… or lon=…&lat=…; empty: not known
	of       []walk.Category
}

// allKinds are what is listed when nobody chose. Parking spaces come by the hundred and
// are asked for by name only.
const allKinds = "booths,shelters,facilities"

func readNear(q url.Values) nearAsked {
	a := nearAsked{Of: q.Get("of"), OpenOnly: q.Get("open") == "1", N: nearStep}
	of, err := walk.ParseCategories(a.Of)
	if a.Of == "" || err != nil || len(of) > len(nearChips) || !forPublic(of) {
		a.Of = ""
		of, _ = walk.ParseCategories(allKinds) // which are kinds
	}
	a.of = of
	if n, err := strconv.Atoi(q.Get("n")); err == nil {
		a.N = min(max(n, nearStep), nearMost)
	}
	return a
}

// forPublic reports whether the public may know that there are such places.
func forPublic(of []walk.Category) bool {
	for _, category := range of {
		if !geo.ForPublic(&geo.Facility{Kind: category.Kind}) {
			return false
		}
	}
	return true
}

// link is the address of the same question with a start, kinds and a number of rows.
func (a *nearAsked) link(start, of string, openOnly bool, n int) string {
	var parts []string
	if start != "" {
		parts = append(parts, start)
	}
	if of != "" {
		parts = append(parts, "of="+url.QueryEscape(of))
	}
	if openOnly {
		parts = append(parts, "open=1")
	}
	if n > nearStep {
		parts = append(parts, "n="+strconv.Itoa(n))
	}
	if len(parts) == 0 {
		return nearPath
	}
	return nearPath + "?" + strings.Join(parts, "&")
}

// nearPath is where the page stands.
const nearPath = "/near"

// serveNear answers /near. Positions are kept by nobody: neither here, nor in a cache
// on the way, nor in the log.
func (h *Handler) serveNear(w http.ResponseWriter, r *http.Request) {
	m := h.config.Walk()
	if m == nil {
		h.serveWaiting(w, r)
		return
	}
	s, q := m.Snapshot(), r.URL.Query()
	beginSmall(w)
	w.Header().Set("Content-Security-Policy", h.policy())
	w.Header().Set("Permissions-Policy", "geolocation=(self), camera=(), microphone=()")
	p := &nearPage{shell: h.shell(w, r, s), Asked: readNear(q)}
	p.Scripts, p.Unlisted = []string{h.bundle.Near}, true
	p.Heading = p.T("near.title")
	p.Config = nearConfig{
		Waiting: p.T("locate.waiting"), Stop: p.T("locate.stop"), Failed: p.T("locate.failed"), Fails: p.T("place.map.fails"), Map: h.smallMap(p.speech),
	}
	now := h.config.Clock().In(h.config.Zone).Truncate(time.Minute)
	begin, from, known := p.begin(s, q)
	var err error
	if known {
		err = p.list(r.Context(), m, begin, from, now)
	} else {
		err = h.ways(r.Context(), p, s, q, now)
	}
	if err != nil {
		h.fail(w, r, err)
		return
	}
	h.write(w, r, http.StatusOK, nearTemplate, p)
}

// begin reads where somebody is, and how rows say so.
func (p *nearPage) begin(s *snapshot.Snapshot, q url.Values) (begin start, from string, known bool) {
	if from = q.Get("from"); from != "" {
		if begin, known = p.origin(s, from); known {
			p.Asked.start = "from=" + url.QueryEscape(from)
		}
		return begin, from, known
	}
	datum := map[string]crs.System{"gcj02": crs.GCJ02, "bd09": crs.BD09}[q.Get("datum")] // WGS 84 of any other
	at, known := position(q.Get("lon"), q.Get("lat"), datum)
	if !known {
		return begin, "", false
	}
	lon, lat := crs.ToDegrees(at)
	p.Asked.start = fmt.Sprintf("lon=%.6f&lat=%.6f", lon, lat)
	return start{at: at, name: p.T("place.position")}, fmt.Sprintf("%.6f,%.6f", lon, lat), true
}

// list fills the page with what is near a position.
func (p *nearPage) list(ctx context.Context, m *walk.Map, begin start, from string, now time.Time) error {
	a := &p.Asked
	p.From = begin.name
	p.Change = a.link("", a.Of, a.OpenOnly, 0)
	p.choices()
	question := resident.Question{From: begin.at, Besides: begin.place, Of: a.of, OpenOnly: a.OpenOnly, SpeedMPS: walk.PlannerSpeed, At: now}
	if p.Big {
		question.SpeedMPS = walk.ElderSpeed
	}
	listing, err := resident.List(ctx, m, question)
	if err != nil {
		return fmt.Errorf("list what is near: %w", err)
	}
	lon, lat := crs.ToDegrees(begin.at)
	p.Config.At = &[2]float64{lon, lat}
	places := listing.Places
	n := strconv.Itoa(resident.Near)
	switch {
	case listing.OffStreet:
		p.None = p.T("place.offstreet")
	case len(places) > 0:
		p.Count = p.fill("near.count", "n", strconv.Itoa(len(places)), "minutes", n)
	case listing.Beyond != nil:
		p.None = p.fill("place.none.near", "n", n)
		places = []walk.Place{*listing.Beyond}
	default:
		p.None = p.T("place.none")
	}
	if len(listing.Places) == 0 && a.start != "" && (a.Of != "" || a.OpenOnly) {
		p.Other = a.link(a.start, "", false, 0)
	}
	for i := range places[:min(len(places), a.N)] {
		row := p.nearRow(&places[i], now, from)
		lon, lat := crs.ToDegrees(places[i].At)
		p.Rows = append(p.Rows, row)
		p.Config.Places = append(p.Config.Places, nearPlace{[2]float64{lon, lat}, row.Name})
	}
	if len(places) > a.N && a.N < nearMost {
		p.More = a.link(a.start, a.Of, a.OpenOnly, a.N+nearStep) + "#row-" + strconv.Itoa(a.N+1)
		p.MoreText = p.fill("list.more", "step", strconv.Itoa(min(nearStep, len(places)-a.N)), "n", strconv.Itoa(len(places)))
	}
	return nil
}

// nearChips are the kinds to choose from: words of a question, and the text; empty: the
// text of the kind.
var nearChips = []struct{ of, text string }{
	{"", "chip.all"},
	{"booths", "chip.repair"},
	{"facilities.market", ""},
	{"facilities.stall_group", ""},
	{"facilities.station,facilities.contact_point", "near.stations"},
	{"facilities.charging_shed,facilities.charger", "chip.charging"},
	{"parking", "chip.parking"},
	{"facilities.clinic,facilities.hospital,facilities.pharmacy", "chip.health"},
	{"shelters", "chip.shelter"},
	{"facilities.toilet", ""},
	{"facilities.bus_stop", "chip.transit"},
}

// choices fills the page with the kinds, the trades of booths, and open or not.
func (p *nearPage) choices() {
	a := &p.Asked
	isBooths := a.Of == string(geo.Booths) || strings.HasPrefix(a.Of, string(geo.Booths)+".")
	known := false
	for _, one := range nearChips {
		c := chip{URL: a.link(a.start, one.of, a.OpenOnly, 0), On: a.Of == one.of || one.of == string(geo.Booths) && isBooths}
		if one.text != "" {
			c.Text = p.T(one.text)
		} else {
			c.Text = p.category(one.of)
		}
		known = known || c.On
		p.Chips = append(p.Chips, c)
	}
	if !known {
		p.Chips = append(p.Chips, chip{p.category(a.Of), a.link(a.start, a.Of, a.OpenOnly, 0), true})
	}
	if isBooths {
		p.Trades = append(p.Trades, chip{p.T("near.trades"), a.link(a.start, string(geo.Booths), a.OpenOnly, 0), a.Of == string(geo.Booths)})
		schema := geo.MustSchema(geo.Booths)
		field, _ := schema.Field(schema.KindField)
		for _, term := range field.Terms {
			of := string(geo.Booths) + "." + term.Value
			p.Trades = append(p.Trades, chip{titles{term.Zh, term.En}[p.language], a.link(a.start, of, a.OpenOnly, 0), a.Of == of})
		}
	}
	p.OpenOnly = chip{p.T("near.open"), a.link(a.start, a.Of, !a.OpenOnly, 0), a.OpenOnly}
}

// category says what the words of a question are.
func (s speech) category(of string) string {
	var words []string
	categories, err := walk.ParseCategories(of)
	if err != nil {
		return ""
	}
	for _, category := range categories {
		schema := geo.MustSchema(category.Layer)
		word := titles{schema.Zh, schema.En}[s.language]
		if field, ok := schema.Field(schema.KindField); ok {
			if term, ok := field.Term(category.Kind); ok {
				word = titles{term.Zh, term.En}[s.language]
			}
		}
		words = append(words, word)
	}
	return strings.Join(words, s.pause())
}

// mostFound is how many of what was searched for, and mostAreas how many areas, a page
// lists.
const (
	mostFound = 20
	mostTyped = 60 // runes
	mostAreas = 500
)

// ways fills the page with the ways to say where one is: a search, and the areas.
func (h *Handler) ways(ctx context.Context, p *nearPage, s *snapshot.Snapshot, q url.Values, now time.Time) error {
	p.Typed = strings.ToValidUTF8(strings.TrimSpace(q.Get("q")), "")
	if p.Typed = strings.TrimSuffix(cut(p.Typed, mostTyped), "…"); p.Typed != "" {
		p.Searched = true
		if err := h.search(ctx, p); err != nil {
			return err
		}
	}
	p.areas(s, q.Get("in"), geo.InstantOf(now))
	return nil
}

// search lists what was searched for.
func (h *Handler) search(ctx context.Context, p *nearPage) error {
	text := p.Typed
	if number, err := plate.Parse(text); err == nil {
		text = string(number)
	}
	found, err := h.config.Find(ctx, text, mostFound)
	if err != nil {
		return fmt.Errorf("search: %w", err)
	}
	for _, one := range found {
		what := p.kind(one.Feature)
		if one.Within != "" {
			what = one.Within + " · " + what
		}
		if b, isBooth := one.Feature.(*geo.Booth); isBooth && b.Number != "" {
			what += " · " + plate.Number(b.Number).Grouped()
		}
		p.Found = append(p.Found, foundRow{one.Title, what, p.Asked.link("from="+reference(one.Feature), p.Asked.Of, p.Asked.OpenOnly, 0)})
	}
	if len(found) == 0 {
		p.NoneFound = p.SearchNone(p.Typed)
	}
	return nil
}

// areas lists the communities to begin from: first the areas that have parts, then the
// parts of the one that was pressed. What has no parts is a place to begin from.
func (p *nearPage) areas(s *snapshot.Snapshot, in string, at geo.Instant) {
	parts := map[string][]*geo.Place{}
	known := map[string]bool{}
	for place := range snapshot.All[*geo.Place](s) {
		if place.InEffect(at) && place.Code != "" {
			known[place.Code] = true
		}
	}
	for place := range snapshot.All[*geo.Place](s) {
		if !place.InEffect(at) || place.Name == "" || place.Kind == "zone" || !geo.ForPublic(place) {
			continue
		}
		parent := place.Parent
		if !known[parent] {
			parent = ""
		}
		parts[parent] = append(parts[parent], place)
	}
	if _, there := parts[in]; !there {
		in = ""
	}
	if in == "" { // where there is one city, or one district, nobody has to press that
		for len(parts[in]) == 1 && parts[in][0].Code != "" && len(parts[parts[in][0].Code]) > 0 {
			in = parts[in][0].Code
		}
	}
	p.AreaTitle = p.T("near.areas")
	if place, there := s.Layer(geo.Places).ByCode(in); there {
		p.AreaTitle = p.fill("near.areas.of", "name", p.name(place))
	}
	for i, place := range parts[in] {
		if i == mostAreas {
			break
		}
		row := foundRow{Name: p.name(place), What: p.kind(place)}
		if place.Code != "" && len(parts[place.Code]) > 0 {
			row.URL = p.Asked.link("in="+url.QueryEscape(place.Code), p.Asked.Of, p.Asked.OpenOnly, 0) + "#areas"
		} else {
			row.URL = p.Asked.link("from="+reference(place), p.Asked.Of, p.Asked.OpenOnly, 0)
		}
		p.Areas = append(p.Areas, row)
	}
}

// FromText says where the walks begin.
func (p *nearPage) FromText() string { return p.fill("near.from", "name", p.From) }

// Ordinal is the number of a row, from 1.
func (p *nearPage) Ordinal(i int) int { return i + 1 }
