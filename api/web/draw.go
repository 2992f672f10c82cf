package web

import (
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"gridatlas/geo"
	"gridatlas/geo/crs"
	"gridatlas/geo/geojson"
	"gridatlas/geo/stalls"
)

var drawTemplate = smallPage("draw.html")

// drawPath is where rows of parking spaces are drawn.
const drawPath = "/registers/parking/draw"

// drawPage is what the template of the page sees on which a row of parking spaces is
// drawn.
type drawPage struct {
	shell
	*stalls.Page
	Choices []choice // compounds that may be meant
	Place   string   // the community
	Back    string   // to the register
	Angles  []pick
	Sides   []pick
	Kinds   []pick
	Incomes []pick
	Facts   []fact
	Forbids []string // what is in the way, as sentences
	Doubts  []string
	Result  string // what was drawn, or taken back
	Good    bool   // it stands
	Rows    [][]cell
	Columns []choice
	AllLink string
	Config  drawConfig
	Shown   planShown
	Picture template.HTML // empty: the script has a map
}

// pick is a value that can be chosen.
type pick struct {
	Value, Text string
	Chosen      bool
}

// drawConfig is what the script reads; src/draw.ts is its twin.
type drawConfig struct {
	Compound shape             `json:"compound"`
	Around   []float64         `json:"around"` // west, south, east, north of it
	Fails    string            `json:"fails"`
	Words    map[string]string `json:"words"` // what is said while the line is drawn
	Map      smallMap          `json:"map"`
}

// planShown is what the script draws of a plan.
type planShown struct {
	Type     string         `json:"type"`
	Features []spaceOfAPlan `json:"features"`
}

type spaceOfAPlan struct {
	Type       string `json:"type"`
	Geometry   shape  `json:"geometry"`
	Properties struct {
		Number string `json:"number"`
		Part   string `json:"part"`
	} `json:"properties"`
}

// How a space of a plan stands: nothing is in its way, something that wants a look, or
// something that forbids it. small.css and src/draw.ts name them, too.
const (
	partGood  = "good"
	partDoubt = "doubt"
	partBad   = "bad"
)

// shape is written as GeoJSON.
type shape struct{ geo.Shape }

// MarshalJSON writes the shape.
func (s shape) MarshalJSON() ([]byte, error) { return geojson.AppendGeometry(nil, s.Shape), nil }

// DrawRow writes the page on which a row of parking spaces is drawn, or, of a form that
// asks for a part, what is said of the row alone.
func (h *Handler) DrawRow(w http.ResponseWriter, r *http.Request, status int, page *stalls.Page) {
	beginSmall(w)
	p := &drawPage{shell: h.shell(w, r, h.config.Live.Current()), Page: page, Back: registersPath + "?view=parking"}
	p.Heading, p.Unlisted = p.T("draw.title"), true
	here := &url.URL{Path: drawPath} // of a form that was sent, the page in another language is the form anew
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		here.RawQuery = r.URL.RawQuery
	} else if page.Compound != nil {
		here.RawQuery = url.Values{"compound": {page.Compound.Code}}.Encode()
	}
	p.standsAt(here)
	if page.Community != nil {
		p.Place = page.Community.Name
		p.Back += "&community=" + url.QueryEscape(page.Community.Code)
	}
	p.faults()
	if page.Plan != nil {
		p.describePlan()
	}
	if page.Ground != nil {
		p.Picture = p.picture(p.parts())
	}
	if page.Part {
		h.write(w, r, status, drawTemplate.Lookup("plan"), p)
		return
	}
	for _, compound := range page.Found {
		name := compound.Name
		if place := h.placeName(compound.Community); place != "" {
			name += " · " + place
		}
		p.Choices = append(p.Choices, choice{Text: name, Link: drawPath + "?" + url.Values{"compound": {compound.Code}}.Encode()})
	}
	if page.Compound != nil {
		p.describeForm()
		p.describeDone()
		p.listSpaces(here)
		box := page.Compound.Shape.Box()
		west, south := crs.ToDegrees(geo.Point{X: box.W, Y: box.S})
		east, north := crs.ToDegrees(geo.Point{X: box.E, Y: box.N})
		p.Config = drawConfig{
			Compound: shape{page.Compound.Shape}, Around: []float64{west, south, east, north}, Fails: p.T("place.map.fails"), Map: h.smallMap(p.speech),
			Words: map[string]string{"start": p.T("draw.start"), "next": p.T("draw.next"), "more": p.T("draw.more"), "rest": p.T("draw.rest")},
		}
		p.Scripts = []string{h.bundle.Draw}
		w.Header().Set("Content-Security-Policy", h.policy())
	}
	h.write(w, r, status, drawTemplate, p)
}

// drawFaults say by field and rule which text says what is wrong; one of a field alone
// says it of every other rule.
var drawFaults = map[string]string{
	"line.missing": "draw.fault.line.missing", "line.points": "draw.fault.line.points", "line.swapped": "draw.fault.line.swapped", "line.short": "draw.fault.line.short", "line": "draw.fault.line",
	"count.missing": "draw.fault.count.missing", "count": "draw.fault.count", "first.missing": "draw.fault.first.missing", "first": "draw.fault.first",
	"angle": "draw.fault.angle", "side": "draw.fault.side", "kind": "draw.fault.kind", "length_m": "draw.fault.size", "width_m": "draw.fault.size",
	"fee_yuan_month": "draw.fault.fee", "public_income": "draw.fault.income", "sure": "draw.fault.sure", ".away": "draw.fault.away", ".changed": "draw.fault.changed",
}

func (p *drawPage) faults() {
	for _, fault := range p.Faults {
		key, known := drawFaults[fault.Field+"."+string(fault.Rule)]
		if !known {
			key = drawFaults[fault.Field]
		}
		p.say(fault.Field, p.fill(key, "n", strconv.Itoa(fault.Fits), "most", strconv.Itoa(stalls.MaxCount)))
	}
}

// Live lists what is wrong with what was typed already, for who is still typing.
func (p *drawPage) Live() (list []string) {
	for i, fault := range p.Faults {
		if fault.Rule != stalls.RuleMissing {
			list = append(list, p.Said[i].Text)
		}
	}
	return list
}

// Brief says what would be drawn in so few words that they stand beside the button that
// draws it; empty: nothing would.
func (p *drawPage) Brief() string {
	if p.Plan == nil {
		return ""
	}
	return p.fill("draw.brief", "n", strconv.Itoa(len(p.Plan.Spaces)), "numbers", span(p.Plan.Spaces), "area", areaOf(p.Plan), "fits", strconv.Itoa(p.Plan.Fits))
}

// BriefFault says in the same place why nothing would be drawn yet.
func (p *drawPage) BriefFault() string {
	if live := p.Live(); len(live) > 0 {
		return live[0]
	}
	return p.T("draw.brief.none")
}

func areaOf(plan *stalls.Plan) string { return strconv.FormatFloat(plan.Area(), 'f', 0, 64) }

func (p *drawPage) describeForm() {
	f := &p.Form
	options := func(chosen string, pairs ...string) (list []pick) {
		for i := 0; i < len(pairs); i += 2 {
			list = append(list, pick{pairs[i], p.T(pairs[i+1]), pairs[i] == chosen})
		}
		return list
	}
	p.Angles = options(f.Angle, "perpendicular", "draw.angle.perpendicular", "parallel", "draw.angle.parallel")
	p.Sides = options(f.Side, "left", "draw.side.left", "right", "draw.side.right")
	p.Incomes = options(f.Public, "", "draw.unknown", "yes", "draw.income.yes", "no", "draw.income.no")
	for _, kind := range stalls.Kinds {
		p.Kinds = append(p.Kinds, pick{kind.Value, [...]string{kind.Zh, kind.En}[p.language], kind.Value == f.Kind})
	}
	p.Kinds = append(p.Kinds, options(f.Kind, "", "draw.unknown")...)
}

// inTheWay are the texts of what is in the way of spaces, what forbids them first.
var inTheWay = []struct {
	rule stalls.Rule
	text string
}{
	{stalls.RuleTaken, "draw.taken"}, {stalls.RuleOverlap, "draw.overlap"}, {stalls.RuleItself, "draw.itself"}, {stalls.RuleLeave, "draw.leave"},
	{stalls.RuleOutside, "draw.outside"}, {stalls.RuleBuilding, "draw.building"},
}

// describePlan says what would be drawn, and what is in the way.
func (p *drawPage) describePlan() {
	plan := p.Plan
	wish, _ := p.Form.Wish()
	length, width := wish.Size()
	n := len(plan.Spaces)
	p.Facts = []fact{
		{Name: p.T("draw.spaces"), Text: p.fill("draw.spaces.n", "n", strconv.Itoa(n), "numbers", span(plan.Spaces))},
		{Name: p.T("draw.size"), Text: p.fill("draw.size.m", "length", metres(length), "width", metres(width))},
		{Name: p.T("draw.area"), Text: p.fill("draw.area.m2", "n", areaOf(plan))},
		{Name: p.T("draw.line.length"), Text: p.fill("draw.line.fits", "metres", strconv.FormatFloat(plan.Metres, 'f', 1, 64), "n", strconv.Itoa(plan.Fits))},
	}
	worst := p.parts()
	for _, one := range inTheWay {
		rule := one.rule
		var spaces []*geo.ParkingSpace
		var others []string
		seen := map[geo.Feature]bool{}
		for _, obstacle := range plan.Obstacles {
			if obstacle.Rule != rule {
				continue
			}
			if space := plan.Spaces[obstacle.Space]; len(spaces) == 0 || spaces[len(spaces)-1] != space {
				spaces = append(spaces, space)
			}
			if with := obstacle.With; with != nil && !seen[with] {
				seen[with] = true
				others = append(others, p.nameOf(with.Layer(), with.Common().Name))
			}
		}
		if len(spaces) == 0 {
			continue
		}
		said := p.fill(one.text, "numbers", p.spans(plan.Spaces, spaces), "with", p.some(others))
		if rule.Forbids() {
			p.Forbids = append(p.Forbids, said)
		} else {
			p.Doubts = append(p.Doubts, said)
		}
	}
	p.Shown = planShown{Type: "FeatureCollection"}
	for i, space := range plan.Spaces {
		one := spaceOfAPlan{Type: "Feature", Geometry: shape{space.Shape}}
		one.Properties.Number, one.Properties.Part = space.Number, worst[i]
		p.Shown.Features = append(p.Shown.Features, one)
	}
}

// parts says of each space that the page is about how it stands.
func (p *drawPage) parts() []string {
	parts := slices.Repeat([]string{partGood}, len(p.Drawn()))
	if p.Plan == nil {
		return parts
	}
	for _, obstacle := range p.Plan.Obstacles {
		switch {
		case obstacle.Rule.Forbids():
			parts[obstacle.Space] = partBad
		case parts[obstacle.Space] == partGood:
			parts[obstacle.Space] = partDoubt
		}
	}
	return parts
}

// span is the numbers of spaces from the first to the last.
func span(spaces []*geo.ParkingSpace) string {
	first, last := spaces[0].Number, spaces[len(spaces)-1].Number
	if first == last {
		return first
	}
	return first + "–" + last
}

// spans writes the numbers of some spaces of a row, those that follow each other as
// one span.
func (p *drawPage) spans(row, some []*geo.ParkingSpace) string {
	var texts []string
	for i := 0; len(some) > 0; i++ {
		if row[i] != some[0] {
			continue
		}
		n := 0
		for n < len(some) && i+n < len(row) && row[i+n] == some[n] {
			n++
		}
		texts = append(texts, span(some[:n]))
		some = some[n:]
	}
	return strings.Join(texts, p.pause())
}

// some names the first of several things.
func (p *drawPage) some(names []string) string {
	const most = 3
	if len(names) <= most {
		return strings.Join(names, p.pause())
	}
	return p.fill("draw.and_more", "names", strings.Join(names[:most], p.pause()), "n", strconv.Itoa(len(names)))
}

func metres(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

// describeDone says what became of a row that was drawn.
func (p *drawPage) describeDone() {
	done := p.Done
	if done == nil {
		return
	}
	key := map[stalls.DoneState]string{stalls.Stands: "draw.done", stalls.Undone: "draw.done.undone", stalls.Changed: "draw.done.changed"}[done.State]
	p.Good = done.State == stalls.Stands
	p.Result = p.fill(key, "n", strconv.Itoa(len(done.Spaces)), "numbers", span(done.Spaces))
}

// listSpaces lists the numbered spaces of the compound, those just drawn first.
func (p *drawPage) listSpaces(here *url.URL) {
	fresh := map[int64]bool{}
	if p.Done != nil {
		for _, space := range p.Done.Spaces {
			fresh[space.ID] = true
		}
	}
	p.Columns = []choice{{Text: p.T("draw.number")}, {Text: p.T("draw.kind")}, {Text: p.T("draw.fee"), Figure: true}, {Text: p.T("draw.income")}}
	for _, wanted := range []bool{true, false} {
		for _, space := range p.Given {
			if fresh[space.ID] == wanted {
				p.Rows = append(p.Rows, p.spaceRow(space, wanted))
			}
		}
	}
	if len(p.Rows) > rowsShown && !p.All && len(fresh) < len(p.Rows) {
		p.Rows = p.Rows[:max(rowsShown, min(len(fresh), len(p.Rows)))]
		p.AllLink = withParameter(here, "all", "1")
	}
}

func (p *drawPage) spaceRow(space *geo.ParkingSpace, fresh bool) []cell {
	number := cell{Text: space.Number, Link: "/?show=" + geo.KeyOf(space).String()}
	if fresh {
		number.Badge = p.T("draw.new")
	}
	fee, income := cell{Text: "—", Figure: true}, cell{Text: "—"}
	if space.FeeYuanMonth.Known {
		fee.Text = p.fill("registers.yuan", "n", strconv.FormatFloat(space.FeeYuanMonth.Value, 'f', -1, 64))
	}
	if space.PublicIncome.Known {
		income.Text = p.T(map[bool]string{true: "draw.income.yes", false: "draw.income.no"}[space.PublicIncome.Value])
	}
	kind := p.titles(stalls.Kinds, []string{space.Kind})
	if kind == "" {
		kind = "—"
	}
	return []cell{number, {Text: kind}, fee, income}
}

// CompoundName is what the compound is called.
func (p *drawPage) CompoundName() string { return p.nameOf(geo.Compounds, p.Compound.Name) }

// GivenText says how many spaces have a number.
func (p *drawPage) GivenText() string {
	return p.fill("draw.given", "n", p.count(int64(len(p.Given))))
}

// MoreText leads to all of them.
func (p *drawPage) MoreText() string {
	return p.fill("registers.more", "n", p.count(int64(len(p.Given))))
}

// OtherLink leads back to where a compound is chosen.
func (p *drawPage) OtherLink() string { return drawPath }

// UsualText says how large spaces are where nobody says.
func (p *drawPage) UsualText() string { return p.T("draw.size.usual") }

// NoneText says that no compound is called so.
func (p *drawPage) NoneText() string { return p.fill("draw.none", "text", p.Typed) }
