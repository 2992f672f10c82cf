package web

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"

	"gridatlas/api/rounds"
	"gridatlas/geo"
	"gridatlas/geo/plate"
	"gridatlas/geo/report"
	"gridatlas/geo/visit"
)

var (
	roundPlaceTemplate  = smallPage("roundplace.html")
	roundReportTemplate = smallPage("roundreport.html")
)

// roundPlace is what the template of one place of a grid worker sees.
type roundPlace struct {
	shell
	*rounds.Place
	Name     string
	Plate    string // of a booth
	Back     string
	Standing string // when it was looked at, and is to be
	Checks   []roundCheck
	Facts    []fact
	Topics   []pick
	Earliest string // the first day of a visit
	Figures  []roundFigure
	Visits   []roundVisit
	Photo    string // where its photo is set; empty: not by who looks
}

// roundCheck is one of the seven checks.
type roundCheck struct {
	Name, Text, Before string
	Yes, No            bool
}

// roundFigure is one figure of a building.
type roundFigure struct{ Name, Text, Value string }

// roundVisit is a visit that was logged.
type roundVisit struct{ On, Topics, Note, By string }

// figureTexts are those of rounds.Names.
var figureTexts = [...]string{"my.households", "my.residents", "my.rental"}

// RoundPlace writes the page of one place, with the form of what is done there.
func (h *Handler) RoundPlace(w http.ResponseWriter, r *http.Request, status int, place *rounds.Place) {
	p := &roundPlace{shell: h.roundShell(w, r), Place: place, Back: backTo(place.Grid)}
	p.Name = p.stopName(&place.Stop)
	p.Heading = p.Name
	if s := h.config.Live.Current(); s != nil {
		if f, there := s.Get(place.Key); there {
			p.Photo = h.photoLink(r.Context(), f)
		}
	}
	p.Standing = p.checkedText(&place.Stop)
	if place.Due != 0 {
		p.Standing = joined(p.dueText(&place.Stop, place.Today), p.Standing)
	}
	if number, err := plate.Parse(place.Number); err == nil {
		p.Plate = p.fill("my.number", "number", number.Grouped())
	}
	for _, fault := range place.Faults {
		p.sayOf(fault)
	}
	switch place.Key.Layer {
	case geo.Booths:
		p.checks()
	case geo.Buildings:
		p.building()
	}
	h.write(w, r, status, roundPlaceTemplate, p)
}

// backTo is the address of the lists with a grid open.
func backTo(grid string) string {
	if grid == "" {
		return plainPath
	}
	return plainPath + "?grid=" + grid
}

func (p *roundPlace) checks() {
	field, _ := geo.MustSchema(geo.Booths).Field("checks")
	for _, term := range field.Terms {
		check := roundCheck{Name: term.Value, Text: [...]string{term.Zh, term.En}[p.language]}
		if p.Checked != 0 {
			check.Before = p.T(map[bool]string{true: "my.before.yes", false: "my.before.no"}[slices.Contains(p.Passed, term.Value)])
		}
		check.Yes, check.No = p.Typed.Answered[term.Value] == "yes", p.Typed.Answered[term.Value] == "no"
		p.Checks = append(p.Checks, check)
	}
}

func (p *roundPlace) building() {
	for i, name := range rounds.Names {
		known := fact{Name: p.T(figureTexts[i]), Text: p.T("my.unknown")}
		if n := p.Stop.Figures[i]; n.Known {
			known.Text = p.count(int64(n.Value))
			if p.Estimated && i < 2 {
				known.Text += " (" + p.T("my.estimated") + ")"
			}
		}
		p.Facts = append(p.Facts, known)
		p.Figures = append(p.Figures, roundFigure{name, known.Name, p.Typed.Figures[i]})
	}
	for _, topic := range visit.Topics {
		p.Topics = append(p.Topics, pick{topic.Value, [...]string{topic.Zh, topic.En}[p.language], slices.Contains(p.Typed.Topics, topic.Value)})
	}
	p.Earliest = (p.Today - visit.MaxAge).String()
	for _, made := range p.Place.Visits {
		p.Visits = append(p.Visits, roundVisit{made.On, p.titles(visit.Topics, made.Topics), made.Note, made.By})
	}
}

// roundFaults say which text says what is wrong, by field and rule or by the rule alone.
var roundFaults = map[string]string{
	"topics.missing": "my.topics.missing", "note.personal": "my.note.personal", "note.missing": "my.report.answer.missing", "note.long": "plain.fault.long",
	"on.day": "my.on.wrong", ".number": "my.figures.number", ".rental": "my.figures.rental", ".missing": "my.inspection.open",
	".changed": "plain.fault.changed", ".away": "plain.fault.away", ".refused": "my.why.refused",
}

// sayOf says what is wrong with what a grid worker sent.
func (p *shell) sayOf(fault rounds.Fault) {
	key := cmp.Or(roundFaults[fault.Field+"."+string(fault.Rule)], roundFaults["."+string(fault.Rule)])
	by, on := fault.By, p.T("my.meanwhile")
	if fault.On != 0 {
		on = unbroken(fault.On)
	}
	p.say(fault.Field, p.fill(key, "n", strconv.Itoa(fault.N), "by", cmp.Or(by, p.T("my.somebody")), "on", on))
}

// Corrects reports whether the form of the figures was sent.
func (p *roundPlace) Corrects() bool { return p.Typed.Press == rounds.Correct }

// WhoText says whose name is kept with what is entered.
func (p *roundPlace) WhoText() string { return p.fill("my.figures.who", "name", p.Who) }

// roundCase is what the template of one report sees.
type roundCase struct {
	shell
	*rounds.Case
	What, At, AtLink       string
	Number, State, Is, Due string
	Back                   string
	Steps                  []progressStep
	Moves                  []roundMove
	Answers                bool // what is written is for everybody
}

// roundMove is a state to which the report may be brought.
type roundMove struct {
	State report.State
	Text  string
	First bool
}

var moveTexts = map[report.State]string{
	report.Accepted: "my.report.back", report.Working: "my.report.take", report.Settled: "my.report.settle", report.Answered: "my.report.answer",
}

// RoundReport writes the page of one report, and of what is done with it.
func (h *Handler) RoundReport(w http.ResponseWriter, r *http.Request, status int, one *rounds.Case) {
	p := &roundCase{shell: h.roundShell(w, r), Case: one, Back: backTo(one.Grid)}
	state := one.State()
	p.What = [...]string{one.Kind.Zh(), one.Kind.En()}[p.language]
	p.Heading = p.What
	if one.Layer != "" {
		p.At = p.nameOf(one.Layer, one.Name)
		if one.Layer == geo.Booths {
			p.AtLink = stopLink(&rounds.Stop{Key: geo.Key{Layer: one.Layer, ID: one.ID}})
		}
	}
	p.Number = p.fill("my.report.number", "number", one.Receipt.Groups())
	p.State, p.Is = p.stateWord(state), cmp.Or(map[report.State]string{report.Accepted: "danger", report.Working: "warn"}[state], "open")
	if one.Due != 0 && state != report.Answered {
		p.Due = p.dueOf(&one.Report)
	}
	for _, fault := range one.Faults {
		p.sayOf(fault)
	}
	for _, step := range one.Steps[1:] {
		p.Steps = append(p.Steps, progressStep{Text: joined(p.stateWord(step.State), step.By, step.Note), Time: p.stamp(step.At, h.config.Clock().In(h.config.Zone))})
	}
	for i, next := range one.Next {
		p.Answers = p.Answers || next == report.Answered
		p.Moves = append(p.Moves, roundMove{next, p.T(moveTexts[next]), i == 0})
	}
	h.write(w, r, status, roundReportTemplate, p)
}
