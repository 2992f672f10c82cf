package web

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"gridatlas/geo"
	"gridatlas/geo/crs"
	"gridatlas/geo/snapshot"
	"gridatlas/geo/walk"
)

var nearTemplate = smallPage("near.html")

// nearPath is where the page of what is near stands.
const nearPath = "/near"

// nearPage is what the template of /near sees: a list from a position with its map, the
// ways to say where one is, or the map to point it out on.
type nearPage struct {
	shell
	Asked nearAsked

	From      string // in words; empty: nobody knows where somebody is
	FromLink  string // the page of the place that From names; empty: it has none
	Change    string // leads to the ways
	Chips     []chip
	Trades    []chip
	OpenOnly  chip
	Sides     []side // the list, and the map, of which a phone shows one
	Pace      string
	Count     string
	None      string
	Other     string // what to do where nothing is listed: all kinds, another start
	OtherText string
	Rows      []nearRow
	More      string // leads to more rows
	MoreText  string

	Searched  bool
	Typed     string
	Found     []foundRow
	Only      string // what was searched for is one place alone, to begin from at once
	Datum     string // of typed degrees, as the address names it
	NoneFound string
	Meant     []foundRow // plates that somebody may have meant
	Areas     []foundRow
	AreaTitle string
	Whole     *foundRow // the area itself, whose parts are listed; nil: it is too large to begin from
	Pick      string    // leads to the map to point it out on
	Ways      string    // leads back from there

	Config nearConfig
}

// chip is a choice that is a link.
type chip struct {
	Text, URL string
	On        bool
}

// side is a chip of the list or of the map.
type side struct {
	chip
	Side string
}

// foundRow is somewhere to begin from.
type foundRow struct{ Name, What, URL string }

// nearConfig is what the script of the page reads; src/near.ts is its twin.
type nearConfig struct {
	At     *[2]float64 `json:"at,omitempty"` // where the walks begin
	Places []nearPlace `json:"places,omitempty"`
	Pick   *[4]float64 `json:"pick,omitempty"` // west, south, east, north: somebody points out where they are
	Texts  nearTexts   `json:"texts"`
	Map    smallMap    `json:"map"`
}

// nearTexts are the sentences that the script says.
type nearTexts struct {
	Waiting  string `json:"waiting"`
	Stop     string `json:"stop"`
	Begin    string `json:"begin"` // the mark of where the walks begin
	Offline  string `json:"offline"`
	Busy     string `json:"busy"`
	Cut      string `json:"cut"` // off from the network while another list was asked for
	NoMap    string `json:"noMap"`
	MapFails string `json:"mapFails"`
	Retry    string `json:"retry"`
}

func (p *nearPage) texts(dataTime time.Time) nearTexts {
	return nearTexts{
		Waiting: p.T("locate.waiting"), Stop: p.T("locate.stop"), Begin: p.T("near.begin"),
		Offline: p.fill("banner.offline", "time", p.moment(dataTime)), Busy: p.T("near.busy"), Cut: p.T("near.cut"),
		NoMap: p.T("near.map.none"), MapFails: p.T("near.map.fails"), Retry: p.T("retry"),
	}
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
	OnMap    bool // a phone shows the map instead of the list
	rows     int  // at most
	start    string
	of       []walk.Category
}

// How many places a page of what is near lists at first and with each press, and at most.
const (
	nearStep = 20
	nearMost = 400
)

// allKinds are what is listed when nobody chose. Parking spaces come by the hundred and
// are asked for by name only.
const allKinds = "booths,shelters,facilities"

func readNear(q url.Values) nearAsked {
	a := nearAsked{Of: q.Get("of"), OpenOnly: q.Get("open") == "1", OnMap: q.Get("view") == "map", rows: nearStep}
	of, err := walk.ParseCategories(a.Of)
	if a.Of == "" || err != nil || len(of) > len(nearChips) || !forPublic(of) {
		a.Of = ""
		of, _ = walk.ParseCategories(allKinds) // which are kinds
	}
	a.of = of
	if n, err := strconv.Atoi(q.Get("n")); err == nil {
		a.rows = min(max(n, nearStep), nearMost)
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

// from is the same question from a start, which is a part of an address (from=… or
// lon=…&lat=…); empty: it is asked where somebody is.
func (a nearAsked) from(start string) nearAsked { a.start, a.rows = start, nearStep; return a }

// kinds is the same question for other kinds.
func (a nearAsked) kinds(of string) nearAsked { a.Of, a.rows = of, nearStep; return a }

// link is the address of a question.
func (a nearAsked) link() string {
	var parts []string
	if a.start != "" {
		parts = append(parts, a.start)
	}
	if a.Of != "" {
		parts = append(parts, "of="+url.QueryEscape(a.Of))
	}
	if a.OpenOnly {
		parts = append(parts, "open=1")
	}
	if a.rows > nearStep {
		parts = append(parts, "n="+strconv.Itoa(a.rows))
	}
	if a.OnMap {
		parts = append(parts, "view=map")
	}
	if len(parts) == 0 {
		return nearPath
	}
	return nearPath + "?" + strings.Join(parts, "&")
}

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
	now := h.config.Clock().In(h.config.Zone).Truncate(time.Minute)
	p.Config = nearConfig{Texts: p.texts(now.Add(-h.config.Live.Age())), Map: h.smallMap(p.speech)}
	begin, from, known := p.begin(s, q)
	var err error
	switch {
	case known:
		err = p.list(r.Context(), m, begin, from, now)
	case q.Get("pick") == "1":
		h.pick(p, s, q.Get("in"))
	default:
		err = h.ways(r.Context(), p, s, q, now)
	}
	switch {
	case err != nil:
		h.fail(w, r, err)
		return
	case p.Only != "":
		http.Redirect(w, r, p.Only, http.StatusSeeOther)
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
	at, known := position(q.Get("lon"), q.Get("lat"), datumOf(q.Get("datum")))
	if !known {
		return begin, "", false
	}
	lon, lat := crs.ToDegrees(at)
	begin, from = start{at: at, name: p.T("place.position")}, fmt.Sprintf("%.6f,%.6f", lon, lat)
	p.Asked.start = fmt.Sprintf("lon=%.6f&lat=%.6f", lon, lat)
	switch by := q.Get("by"); by {
	case byPoint:
		begin.name = p.T("near.by.point")
		p.Asked.start += "&by=" + by
	case byDegrees:
		begin.name = fmt.Sprintf("%.6f, %.6f", lon, lat)
		p.Asked.start += "&by=" + by
	default:
		if metres, err := strconv.Atoi(q.Get("accuracy")); err == nil && metres > 0 && metres < 100_000 {
			begin.name = p.fill("near.by.me", "n", strconv.Itoa(metres))
			p.Asked.start += "&accuracy=" + strconv.Itoa(metres)
		}
	}
	return begin, from, known
}

// How a position came to be known, as addresses say it; of a device without a word.
const (
	byPoint   = "point"   // pointed out on the map
	byDegrees = "degrees" // typed
)

// FromText says that walks begin at a name.
func (p *nearPage) FromText(name string) string { return p.fill("near.from", "name", name) }

// Ordinal is the number of a row, from 1.
func (p *nearPage) Ordinal(i int) int { return i + 1 }

// linkOf is the page of a place that residents use; empty: it has none.
func linkOf(f geo.Feature) string {
	if f == nil || !geo.MustSchema(f.Layer()).Service {
		return ""
	}
	return addressOf(f)
}

// linkTo is the page of a place of a map that residents use; empty: it has none, is not
// there, or there is no map.
func linkTo(s *snapshot.Snapshot, layer geo.Layer, id int64) string {
	if s == nil || layer == "" {
		return ""
	}
	f, there := s.Get(geo.Key{Layer: layer, ID: id})
	if !there || !geo.ForPublic(f) {
		return ""
	}
	return linkOf(f)
}
