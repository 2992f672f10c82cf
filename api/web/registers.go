package web

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"gridatlas/api/resident"
	"gridatlas/geo"
	"gridatlas/geo/booth"
	"gridatlas/geo/crs"
	"gridatlas/geo/hours"
	"gridatlas/geo/plate"
	"gridatlas/geo/register"
	"gridatlas/geo/stalls"
)

var registersTemplate = smallPage("registers.html")

// registersPath is where the page of the registers stands.
const registersPath = "/registers"

// rowsShown is how many rows of a table are shown before somebody asks for all.
const rowsShown = 20

// registers is what the template of the registers sees.
type registers struct {
	shell
	Views     []choice
	Facts     []fact
	Full      bool // as many booths as the cap, or more
	Columns   []choice
	Rows      [][]cell
	Matched   int
	AllLink   string // to all rows; empty: they are all there
	CSV       string
	DrawLink  string // to where rows of parking spaces are drawn; empty: who asks may not
	Of        string // the community whose rows alone are shown; empty: all
	OfAll     string // leads back to all communities
	Decisions []decision
	Decided   bool
	ShowCap   bool // the decisions belong to this table
	Config    numberedMap
}

// numberedMap is what the script reads that shows the rows of a table on a map;
// src/registers.ts is its twin.
type numberedMap struct {
	Places []nearPlace `json:"places"` // of the rows, in their order; those that lie nowhere are left out
	Rows   []int       `json:"rows"`   // which row that is, from 1
	Fails  string      `json:"fails"`
	Map    smallMap    `json:"map"`
}

// choice is a word that leads somewhere; Link is empty where one is already.
type choice struct {
	Text, Link string
	Current    bool
	Figure     bool // a column of numbers
}

type fact struct{ Name, Text, Badge string }

type cell struct {
	Text, Link, Badge string
	Figure            bool
	Number            bool        // of a booth: on one line
	at                *[2]float64 // where that is
}

type decision struct{ Day, By, Text, Count string }

// Registers writes the page of the registers.
func (h *Handler) Registers(w http.ResponseWriter, r *http.Request, sheet register.Sheet) {
	beginSmall(w)
	p := &registers{shell: h.shell(w, r, h.config.Live.Current()), Decided: sheet.Decided}
	p.Heading, p.Unlisted = p.T("registers"), true
	link := func(name, value string) string { return withParameter(r.URL, name, value) }
	for _, view := range register.Views {
		query := url.Values{"view": {view}}
		if sheet.Community != "" {
			query.Set("community", sheet.Community)
		}
		p.Views = append(p.Views, choice{Text: p.T(viewTexts[view]), Link: registersPath + "?" + query.Encode(), Current: view == sheet.View})
	}
	if sheet.Community != "" {
		p.Of, p.OfAll = h.placeName(sheet.Community), registersPath+"?view="+sheet.View
	}
	switch sheet.View {
	case "communities":
		p.ShowCap = true
		p.boothFacts(&sheet)
		p.communities(sheet.Booths)
		p.CSV = "/registers/booths.csv?by=community&lang=" + p.Language()
	case "booths":
		p.boothFacts(&sheet)
		p.booths(sheet.Booths, h.config.Clock().In(h.config.Zone))
		p.CSV = "/registers/booths.csv?lang=" + p.Language()
	case "pairs":
		p.boothFacts(&sheet)
		p.pairs(sheet.Booths)
	case "parking":
		p.parking(sheet.Parking)
		if sheet.Draws {
			p.DrawLink = drawPath
		}
		p.CSV = "/registers/parking.csv?" + url.Values{"lang": {p.Language()}}.Encode()
		if sheet.Community != "" {
			p.CSV += "&community=" + url.QueryEscape(sheet.Community)
		}
	}
	if p.Of != "" && (sheet.View == "parking" || sheet.View == "booths") {
		p.withoutCommunity()
	}
	for i, sort := range p.Columns {
		if p.Columns[i].Link = ""; slices.Contains(register.Sorts[sheet.View], sort.Link) {
			p.Columns[i].Link, p.Columns[i].Current = link("sort", sort.Link), sort.Link == sheet.Sort
		}
	}
	if p.Matched = len(p.Rows); p.Matched > rowsShown && !sheet.All {
		p.Rows, p.AllLink = p.Rows[:rowsShown], link("all", "1")
	}
	if p.onOneMap(h.smallMap(p.speech)); len(p.Config.Places) > 0 {
		p.Scripts = []string{h.bundle.Registers}
		w.Header().Set("Content-Security-Policy", h.policy())
	}
	for _, d := range sheet.Decisions {
		p.Decisions = append(p.Decisions, decision{
			Day: d.At.In(h.config.Zone).Format([...]string{"2006年1月2日 15:04", "2 Jan 2006 15:04"}[p.language]), By: d.By, Text: d.Text,
			Count: p.fill("registers.decided.count", "n", strconv.Itoa(d.InUse), "cap", strconv.Itoa(d.Cap)),
		})
	}
	h.write(w, r, http.StatusOK, registersTemplate, p)
}

// withoutCommunity leaves out the column that says the same in each row.
func (p *registers) withoutCommunity() {
	i := slices.IndexFunc(p.Columns, func(c choice) bool { return c.Text == p.T("registers.community") })
	p.Columns = slices.Delete(p.Columns, i, i+1)
	for k := range p.Rows {
		p.Rows[k] = slices.Delete(p.Rows[k], i, i+1)
	}
}

var viewTexts = map[string]string{
	"communities": "registers.communities", "booths": "registers.booths", "pairs": "registers.pairs", "parking": "registers.parking",
}

// From1 numbers rows as people do.
func (p *registers) From1(i int) int { return i + 1 }

// MoreText leads to all rows.
func (p *registers) MoreText() string {
	return p.fill("registers.more", "n", p.count(int64(p.Matched)))
}

// AllText says how many rows there are in all.
func (p *registers) AllText() string { return p.fill("registers.all", "n", p.count(int64(p.Matched))) }

// CSVText is the name of the link to the table.
func (p *registers) CSVText() string { return p.T("registers.csv") }

// count writes a number with commas between thousands.
func (s speech) count(n int64) string {
	text := strconv.FormatInt(n, 10)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}

// percent writes a share with one decimal; what is not nothing and not all is not
// written as 0 or 100.
func (s speech) percent(share float64) string {
	switch text := fmt.Sprintf("%.1f%%", 100*share); {
	case text == "0.0%" && share > 0:
		return "<0.1%"
	case text == "100.0%" && share < 1:
		return ">99.9%"
	default:
		return text
	}
}

// boothFacts are the sums above the tables of booths.
func (p *registers) boothFacts(sheet *register.Sheet) {
	r := sheet.Booths
	inUse := fact{Name: p.T("registers.in_use"), Text: p.count(int64(r.InUse))}
	if sheet.Cap > 0 {
		inUse.Text = p.fill("registers.of_cap", "n", p.count(int64(r.InUse)), "cap", p.count(int64(sheet.Cap)))
		if p.Full = r.InUse >= sheet.Cap; p.Full {
			inUse.Badge = p.T("registers.full")
		}
	}
	p.Facts = append(p.Facts, inUse,
		fact{Name: p.T("registers.overdue"), Text: p.count(int64(r.Total.Overdue))},
		fact{Name: p.T("registers.failing"), Text: p.count(int64(r.Total.Failing))},
	)
	if r.Spacing != nil {
		p.Facts = append(p.Facts, fact{
			Name: p.fill("registers.closer", "n", p.count(int64(r.Spacing.Metres))), Text: p.fill("registers.pairs.n", "n", strconv.Itoa(len(r.Pairs))),
		})
	}
	if share, known := r.Total.Reach.Share(); known {
		p.Facts = append(p.Facts, fact{Name: p.T("registers.near"), Text: p.percent(share)})
	}
}

// number is a cell of a number, nothing for none, so that what there is stands out.
func (s speech) number(n int64) cell {
	if n == 0 {
		return cell{Text: "—", Figure: true}
	}
	return cell{Text: s.count(n), Figure: true}
}

// onMap is a cell that leads to a feature on the map.
func (p *registers) onMap(f geo.Feature, none string) cell {
	base := f.Common()
	text := base.Name
	if text == "" {
		text = none
	}
	lon, lat := crs.ToDegrees(resident.PointOf(f))
	return cell{Text: text, Link: "/?show=" + geo.KeyOf(f).String(), at: &[2]float64{lon, lat}}
}

// onOneMap shows the rows on a map beside their table, under their numbers.
func (p *registers) onOneMap(m smallMap) {
	p.Config = numberedMap{Fails: p.T("place.map.fails"), Map: m}
	for i, row := range p.Rows {
		if row[0].at != nil {
			p.Config.Places = append(p.Config.Places, nearPlace{At: *row[0].at, Name: row[0].Text})
			p.Config.Rows = append(p.Config.Rows, i+1)
		}
	}
}

func (p *registers) community(place *geo.Place) cell {
	if place == nil {
		return cell{Text: p.T("registers.none")}
	}
	return p.onMap(place, place.Code)
}

func (p *registers) communities(r *register.Booths) {
	figure := func(key, sort string) choice { return choice{Text: p.T(key), Link: sort, Figure: true} }
	p.Columns = []choice{
		{Text: p.T("registers.community")}, figure("registers.in_use", "booths"), figure("registers.overdue", "overdue"),
		figure("registers.unchecked", ""), figure("registers.failing", "failing"), figure("registers.close", "close"), figure("registers.near", "near"),
	}
	for i := range r.Rows {
		row := &r.Rows[i]
		near := cell{Text: "—", Figure: true}
		if share, known := row.Reach.Share(); known {
			near.Text = p.percent(share)
		}
		booths := p.number(int64(row.Booths))
		if row.Community != nil && row.Booths > 0 {
			booths.Link = registersPath + "?" + url.Values{"view": {"booths"}, "community": {row.Community.Code}}.Encode()
		}
		p.Rows = append(p.Rows, []cell{
			p.community(row.Community), booths, p.number(int64(row.Overdue)), p.number(int64(row.Unchecked)),
			p.number(int64(row.Failing)), p.number(int64(row.Close)), near,
		})
	}
}

func (p *registers) booths(r *register.Booths, now time.Time) {
	p.Columns = []choice{
		{Text: p.T("registers.booth")}, {Text: p.T("registers.number")}, {Text: p.T("registers.community")}, {Text: p.T("registers.status")},
		{Text: p.T("registers.due"), Link: "due"}, {Text: p.T("registers.failed"), Link: "failed"}, {Text: p.T("registers.nearest"), Link: "metres"},
	}
	for i := range r.List {
		b := &r.List[i]
		due := cell{Text: b.Due.String()}
		switch {
		case b.Overdue:
			due.Badge = "warn"
		case b.Unchecked:
			due.Text, due.Badge = p.T("registers.unchecked"), "warn"
		}
		nearest := cell{Text: "—"}
		if len(b.Near) > 0 {
			nearest = p.onMap(b.Near[0].Booth, b.Near[0].Number)
			nearest.Text = p.walk(b.Near[0].Metres, b.Near[0].Minutes) + " · " + nearest.Text
		}
		p.Rows = append(p.Rows, []cell{
			p.onMap(b.Booth, b.Number), {Text: plate.Number(b.Number).Grouped(), Number: true}, p.community(b.Community), p.status(b.Booth, now),
			due, p.failed(b), nearest,
		})
	}
}

// failed names the checks that a booth did not pass.
func (p *registers) failed(b *register.Booth) cell {
	if len(b.Failed) == 0 {
		return cell{Text: "—"}
	}
	return cell{Text: p.titles(register.Checks, b.Failed)}
}

// status says how a booth stands, as its own page does: by what was said last, else by
// its hours.
func (p *registers) status(b *geo.Booth, now time.Time) cell {
	badge := p.badge(booth.Read(b).Kind(now, hours.China()), ofBooths)
	if badge.Text == "" {
		return cell{Text: "—"}
	}
	return cell{Text: badge.Text, Badge: cmp.Or(badge.Is, "closed")}
}

func (p *registers) pairs(r *register.Booths) {
	p.Columns = []choice{{Text: p.T("registers.booth")}, {Text: p.T("registers.other")}, {Text: p.T("registers.walk"), Figure: true}}
	for _, pair := range r.Pairs {
		p.Rows = append(p.Rows, []cell{p.onMap(pair.A, pair.A.Number), p.onMap(pair.B, pair.B.Number), {Text: p.walk(pair.Metres, pair.Minutes), Figure: true}})
	}
}

// walk says how long a way is.
func (s speech) walk(metres, minutes float64) string {
	return s.fill("registers.way", "minutes", strconv.FormatFloat(minutes, 'f', 0, 64), "metres", strconv.FormatFloat(metres, 'f', 0, 64))
}

func (p *registers) parking(r *register.Parking) {
	total := &r.Total
	p.Facts = []fact{
		{Name: p.T("registers.spaces"), Text: p.fill("registers.spaces.in", "n", p.count(total.Spaces), "compounds", p.count(int64(r.Compounds)))},
		{Name: p.T("registers.numbered"), Text: p.count(total.Numbered)},
		{Name: p.T("registers.accessible"), Text: p.kind(total, "accessible").Text},
		{Name: p.T("registers.charging"), Text: p.kind(total, "charging").Text},
		{Name: p.T("registers.income"), Text: p.yuan(total.Income)},
		{Name: p.T("registers.known"), Text: p.percent(total.Known())},
	}
	figure := func(key, sort string) choice { return choice{Text: p.T(key), Link: sort, Figure: true} }
	p.Columns = []choice{
		{Text: p.T("registers.compound")}, {Text: p.T("registers.community")}, figure("registers.spaces", "spaces"), figure("registers.numbered", ""),
		figure("registers.accessible", ""), figure("registers.charging", ""), figure("registers.income", "income"), figure("registers.known", "known"),
	}
	for i := range r.Rows {
		row := &r.Rows[i]
		compound := cell{Text: p.T("registers.no_compound")}
		if row.Compound != nil {
			compound = p.onMap(row.Compound, row.Compound.Code)
		}
		income := cell{Text: "—", Figure: true}
		if row.Priced > 0 {
			income.Text = p.yuan(row.Income)
		}
		known := cell{Text: "—", Figure: true}
		if row.Spaces.Spaces > 0 {
			known.Text = p.percent(row.Known())
		}
		p.Rows = append(p.Rows, []cell{
			compound, p.community(row.Community), p.number(row.Spaces.Spaces), p.number(row.Numbered),
			p.kind(&row.Spaces, "accessible"), p.kind(&row.Spaces, "charging"), income, known,
		})
	}
}

func (p *registers) yuan(v float64) string {
	return p.fill("registers.yuan", "n", p.count(int64(v+0.5)))
}

// kind says how many spaces are of a kind, and which part of all.
func (p *registers) kind(s *register.Spaces, kind string) cell {
	i := slices.IndexFunc(stalls.Kinds, func(t geo.Term) bool { return t.Value == kind })
	n := p.number(s.Kinds[i])
	if s.Kinds[i] > 0 {
		n.Text += " · " + p.percent(s.Share(kind))
	}
	return n
}

// titles writes the titles of those terms that are among values.
func (s speech) titles(terms []geo.Term, values []string) string {
	var titles []string
	for _, term := range terms {
		if slices.Contains(values, term.Value) {
			titles = append(titles, [...]string{term.Zh, term.En}[s.language])
		}
	}
	return strings.Join(titles, s.pause())
}
