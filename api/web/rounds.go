package web

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"gridatlas/api/rounds"
	"gridatlas/geo"
	"gridatlas/geo/report"
)

var (
	roundSheetTemplate = smallPage("rounds.html")
	roundLostTemplate  = smallPage("roundlost.html")
)

const (
	plainPath = "/my/plain"
	roundRows = 20  // of a list, before all are asked for
	wholeRows = 500 // of a list that is shown whole: an old phone is to bear it
)

// roundSheet is what the template of a grid worker's lists sees.
type roundSheet struct {
	shell
	Sheet *rounds.Sheet
	Lead  string
	Saved string
	Lists []roundList
	Find  bool // buildings can be looked for
	Opens []pick
}

// roundList is one list of the page.
type roundList struct {
	ID, Title string
	Jump      string // its name, in a word
	N         int    // how many it has
	Urgent    bool   // some are overdue, or new reports
	Rows      []roundRow
	None      string // what is said of an empty one
	Whole     string // the address of all of it; empty: it is shown
	More      string // what leads there
	Cut       string // that there is more than can be shown
}

// roundRow is something on a list.
type roundRow struct{ Link, Title, What, Badge, Is string }

// RoundSheet writes the page of a grid worker's lists.
func (h *Handler) RoundSheet(w http.ResponseWriter, r *http.Request, status int, sheet *rounds.Sheet) {
	p := &roundSheet{shell: h.roundShell(w, r), Sheet: sheet}
	p.Heading = p.T("my")
	if sheet.Saved != "" {
		p.Saved = p.fill("plain.saved", "name", sheet.Saved)
	}
	var names []string
	for _, grid := range sheet.Grids {
		names = append(names, p.gridName(grid))
	}
	switch {
	case sheet.All == 0:
		p.Lead = p.T("my.grids.none")
	case len(names) == 0:
		p.Lead = p.fill("plain.grids.many", "n", strconv.Itoa(sheet.All))
	default:
		p.Lead = strings.Join(names, p.pause())
	}
	for _, grid := range sheet.Choices {
		p.Opens = append(p.Opens, pick{grid.Code, p.gridName(grid), len(sheet.Grids) == 1 && sheet.Grids[0].Code == grid.Code})
	}
	if len(sheet.Grids) > 0 {
		p.lists(h, r.URL)
	}
	h.write(w, r, status, roundSheetTemplate, p)
}

// roundShell begins a page of grid workers that needs no script.
func (h *Handler) roundShell(w http.ResponseWriter, r *http.Request) shell {
	beginSmall(w)
	p := h.shell(w, r, h.config.Live.Current())
	p.Unlisted = true
	if h.bundle.MyStyles != "" {
		p.Styles = append(p.Styles, h.bundle.MyStyles)
	}
	return p
}

func (p *roundSheet) lists(h *Handler, here *url.URL) {
	sheet := p.Sheet
	var reports, booths, due, buildings []roundRow
	for _, one := range sheet.Reports {
		what := []string{p.stamp(one.Since(report.Accepted), h.config.Clock().In(h.config.Zone))}
		if one.Due != 0 {
			what = append(what, p.dueOf(&one))
		}
		badge := map[report.State]string{report.Accepted: "danger", report.Working: "warn"}[one.State()]
		reports = append(reports, roundRow{"/my/reports/" + string(one.Receipt), p.reportName(&one), joined(append(what, one.Note)...), p.stateWord(one.State()), cmp.Or(badge, "open")})
	}
	late := 0
	stops := func(all []rounds.Stop) (rows []roundRow) {
		for i := range all {
			stop := &all[i]
			row := roundRow{Link: stopLink(stop), Title: p.stopName(stop), What: joined(p.dueText(stop, sheet.Today), stop.Where)}
			if stop.Waits(sheet.Today) {
				late++
				row.Badge, row.Is = p.T("my.late"), "danger"
				if stop.Due == 0 {
					row.Badge, row.Is = p.T("my.never"), "warn"
				}
			}
			rows = append(rows, row)
		}
		return rows
	}
	due = stops(sheet.Due)
	late = 0
	booths = stops(sheet.Booths)
	boothsTitle := p.fill("my.booths", "n", strconv.Itoa(len(booths)))
	if late > 0 {
		boothsTitle = p.fill("my.booths.due", "n", strconv.Itoa(len(booths)), "late", strconv.Itoa(late))
	}
	for i := range sheet.Buildings {
		stop := &sheet.Buildings[i]
		buildings = append(buildings, roundRow{Link: stopLink(stop), Title: p.stopName(stop), What: p.figuresLine(stop)})
	}
	n := func(rows []roundRow) string { return strconv.Itoa(len(rows)) }
	p.Find = sheet.Words != "" || len(buildings) > 8
	p.Lists = []roundList{
		p.list(here, "reports", "plain.jump.reports", p.fill("my.reports", "n", n(reports)), p.T("my.reports.none"), reports),
		p.list(here, "booths", "plain.jump.booths", boothsTitle, p.T("my.booths.none"), booths),
	}
	if len(due) > 0 {
		p.Lists = append(p.Lists, p.list(here, "due", "plain.jump.due", p.fill("my.others.due", "n", n(due)), "", due))
	}
	none := p.T("my.here.nobuildings")
	if sheet.Words != "" {
		none = p.T("my.find.none")
	}
	list := p.list(here, "buildings", "plain.jump.buildings", p.fill("my.buildings", "n", n(buildings)), none, buildings)
	if sheet.Cut {
		list.Cut = p.T("my.cut")
	}
	p.Lists = append(p.Lists, list)
}

// list is a list of which the first rows are shown, unless all of it is asked for.
func (p *roundSheet) list(here *url.URL, id, jump, title, none string, rows []roundRow) roundList {
	list := roundList{ID: id, Title: title, Jump: p.T(jump), N: len(rows), Rows: rows, None: none}
	list.Urgent = slices.ContainsFunc(rows, func(row roundRow) bool { return row.Is == "danger" })
	most := roundRows
	if p.Sheet.Whole == id {
		most = wholeRows
	}
	if len(rows) > most {
		list.Rows = rows[:most]
		if most == wholeRows {
			list.Cut = p.fill("plain.cut", "n", strconv.Itoa(most))
		} else {
			list.Whole = withParameter(here, "whole", id) + "#" + id
			list.More = p.fill("plain.whole", "n", strconv.Itoa(len(rows)))
		}
	}
	return list
}

func stopLink(stop *rounds.Stop) string { return "/my/" + stop.Key.String() }

func joined(parts ...string) string {
	var some []string
	for _, part := range parts {
		if part != "" {
			some = append(some, part)
		}
	}
	return strings.Join(some, " · ")
}

func (s speech) gridName(grid rounds.Grid) string {
	if grid.Community == "" || strings.Contains(grid.Name, grid.Community) {
		return cmp.Or(grid.Name, grid.Code)
	}
	return grid.Community + [...]string{"", " "}[s.language] + grid.Name
}

func (s speech) stopName(stop *rounds.Stop) string {
	return cmp.Or(stop.Title, s.fill("my.unnamed", "id", strconv.FormatInt(stop.Key.ID, 10)))
}

// unbroken writes a day so that no line ends within it.
func unbroken(day geo.Date) string { return strings.ReplaceAll(day.String(), "-", "\u2011") }

// dueText says when something was looked at and is to be looked at again.
func (s speech) dueText(stop *rounds.Stop, today geo.Date) string {
	switch {
	case stop.Due != 0 && stop.Waits(today):
		return s.fill("my.due.late", "on", unbroken(stop.Due))
	case stop.Due != 0:
		return s.fill("my.due.by", "on", unbroken(stop.Due))
	case stop.Checked != 0:
		return s.fill("my.checked.on", "on", unbroken(stop.Checked))
	}
	return s.T("my.due.never")
}

// checkedText says who looked at it last.
func (s speech) checkedText(stop *rounds.Stop) string {
	switch {
	case stop.Checked == 0:
		return s.T("my.due.never")
	case stop.By == "":
		return s.fill("my.checked.on", "on", unbroken(stop.Checked))
	}
	return s.fill("my.checked", "on", unbroken(stop.Checked), "by", stop.By)
}

// figuresLine says how many live in a building.
func (s speech) figuresLine(stop *rounds.Stop) string {
	var known []string
	for i, key := range [...]string{"my.n.households", "my.n.residents"} {
		if n := stop.Figures[i]; n.Known {
			known = append(known, s.fill(key, "n", s.count(int64(n.Value))))
		}
	}
	if len(known) == 0 {
		return s.T("my.nofigures")
	}
	if stop.Estimated {
		known = append(known, s.T("my.estimated"))
	}
	return joined(known...)
}

func (s speech) reportName(one *rounds.Report) string {
	name := one.Name
	if one.Layer != "" {
		name = s.nameOf(one.Layer, name)
	}
	return joined(name, [...]string{one.Kind.Zh(), one.Kind.En()}[s.language])
}

func (s speech) stateWord(state report.State) string {
	return [...]string{state.Zh(), state.En()}[s.language]
}

// dueOf says by when an answer was promised; that the day is past, by a word and a shape.
func (s speech) dueOf(one *rounds.Report) string {
	by := s.fill("reports.due", "day", s.dayOf(one.Due))
	if one.Late {
		return "▲ " + s.T("reports.overdue") + [...]string{"，", ", "}[s.language] + by
	}
	return by
}

// roundLost is what the template sees of who cannot be shown what was asked for.
type roundLost struct {
	shell
	Lost *rounds.Lost
	Says string
	Path string // where what was sent is sent again
}

// RoundLost writes the page of who cannot be shown what was asked for.
func (h *Handler) RoundLost(w http.ResponseWriter, r *http.Request, status int, lost *rounds.Lost) {
	p := &roundLost{shell: h.roundShell(w, r), Lost: lost, Path: r.URL.Path}
	p.Heading = p.T("my")
	p.Says = p.T(map[rounds.Why]string{rounds.NoRole: "my.forbidden", rounds.NotYours: "plain.lost.place", rounds.SignedOut: "plain.lost.session"}[lost.Why])
	h.write(w, r, status, roundLostTemplate, p)
}

// SignedOut reports whether somebody is to sign in again.
func (p *roundLost) SignedOut() bool { return p.Lost.Why == rounds.SignedOut }
