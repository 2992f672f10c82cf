package web

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"gridatlas/geo"
	"gridatlas/geo/report"
)

var (
	reportTemplate  = smallPage("report.html")
	receiptTemplate = smallPage("receipt.html")
)

// reportForm is what the template of the form of a report sees.
type reportForm struct {
	shell
	Form     report.Form
	Of       string // the place, as it stands in addresses
	Name     string // of the place, or what it is
	Position string // of a point
	Kinds    []kindChoice
}

type kindChoice struct {
	Kind report.Kind
	Text string
}

// reportFaults say which field a fault is of, and which text says it.
var reportFaults = map[report.Fault]fieldFault{
	report.FaultKind: {"kind", "report.fault.kind"}, report.FaultNote: {"note", "report.fault.note"}, report.FaultLong: {"note", "report.fault.long"},
	report.FaultPersonal: {"note", "report.fault.personal"},
	report.FaultNotPhoto: {"photo", "report.fault.not_photo"}, report.FaultLarge: {"photo", "report.fault.large"},
	report.FaultBroken: {"photo", "report.fault.broken"}, report.FaultPhotos: {"photo", "report.fault.photos"},
	report.FaultFull: {"", "report.fault.full"}, report.FaultTooSoon: {"", "report.fault.too_soon"}, report.FaultBusy: {"", "report.fault.busy"},
	report.FaultAway: {"", "report.fault.away"}, report.FaultOrigin: {"", "report.fault.origin"}, report.FaultPlace: {"", "report.fault.place"},
}

// ReportForm writes the page on which residents report what is wrong at a place, with
// what was typed and why it was not accepted.
func (h *Handler) ReportForm(w http.ResponseWriter, r *http.Request, status int, form report.Form) {
	beginSmall(w)
	p := &reportForm{Form: form, Position: fmt.Sprintf("%.5f, %.5f", form.At[0], form.At[1])}
	again := url.Values{}
	switch {
	case form.Layer != "":
		p.Of = fmt.Sprintf("%s/%d", form.Layer, form.ID)
		again.Set("of", p.Of)
	case len(form.Kinds) > 0:
		again.Set("lon", fmt.Sprint(form.At[0]))
		again.Set("lat", fmt.Sprint(form.At[1]))
	}
	p.shell = h.shell(w, r, h.config.Live.Current())
	p.standsAt(&url.URL{Path: "/report", RawQuery: again.Encode()})
	p.Heading, p.Unlisted = p.T("report.title"), true
	p.Name = p.nameOf(form.Layer, form.Name)
	for _, kind := range form.Kinds {
		p.Kinds = append(p.Kinds, kindChoice{kind, [...]string{kind.Zh(), kind.En()}[p.language]})
	}
	for _, fault := range form.Faults {
		of := reportFaults[fault]
		p.say(of.Field, p.T(of.Text))
	}
	if form.Photo && len(form.Faults) > 0 && len(p.Wrong("photo")) == 0 {
		p.say("photo", p.T("report.fault.again"))
	}
	h.write(w, r, status, reportTemplate, p)
}

// nameOf is how a place is called: by its name, else by what it is.
func (s speech) nameOf(layer geo.Layer, name string) string {
	if layer == "" {
		return s.T("report.point")
	}
	schema := geo.MustSchema(layer)
	return cmp.Or(name, [...]string{schema.Zh, schema.En}[s.language])
}

// Within says by when an answer is promised.
func (p *reportForm) Within() string {
	return p.fill(map[bool]string{false: "report.within", true: "report.within.one"}[p.Form.Days == 1], "n", strconv.Itoa(p.Form.Days))
}

// receiptPage is what the template of a receipt number sees.
type receiptPage struct {
	shell
	Answer   report.Answer
	Fault    string
	Groups   []string
	State    string
	Meaning  string // of the state, as a sentence
	Standing string // of the badge
	Due      string // by when an answer was promised; empty: it came, or nothing was
	Contact  *contact
	Place    string
	Link     string // to the page of the place; empty: it has none, or is not there any more
	Kind     string
	Steps    []progressStep
}

type progressStep struct {
	Text    string
	Time    string
	Reached bool
	Current bool
}

// standings are the badges of the states, and the texts of what they mean.
var standings = map[report.State]struct{ badge, meaning string }{
	report.Accepted: {"", "receipt.is.accepted"}, report.Working: {"warn", "receipt.is.working"},
	report.Settled: {"open", "receipt.is.settled"}, report.Answered: {"open", "receipt.is.answered"},
}

// ReportReceipt writes the page of a receipt number: how far a report is and what was
// answered; or where a number is typed.
func (h *Handler) ReportReceipt(w http.ResponseWriter, r *http.Request, status int, answer report.Answer) {
	beginSmall(w)
	p := &receiptPage{shell: h.shell(w, r, h.config.Live.Current()), Answer: answer}
	p.Heading, p.Unlisted = p.T("receipt.title"), true
	switch {
	case answer.Wrong:
		p.Fault = p.T("receipt.wrong")
	case answer.Unknown:
		p.Fault = p.T("receipt.unknown")
	case answer.Receipt != "":
		p.tell(h.config.Clock().In(h.config.Zone))
		p.Link = linkTo(h.config.Live.Current(), answer.Report.Layer, answer.Report.ID)
	}
	if answer.Receipt == "" {
		p.Heading = p.T("receipt.ask")
	}
	h.write(w, r, status, receiptTemplate, p)
}

// tell says how far the report is, in the time of the city; now is there.
func (p *receiptPage) tell(now time.Time) {
	of := &p.Answer.Report
	state := of.State()
	word := func(s report.State) string { return [...]string{s.Zh(), s.En()}[p.language] }
	p.Groups = strings.Fields(p.Answer.Receipt.Groups())
	p.State, p.Meaning, p.Standing = word(state), p.T(standings[state].meaning), standings[state].badge
	if of.Forgotten {
		p.Meaning = p.T("receipt.is.forgotten")
	}
	p.Place, p.Kind = p.nameOf(of.Layer, of.Name), [...]string{of.Kind.Zh(), of.Kind.En()}[p.language]
	if of.Due != 0 && state != report.Answered {
		p.Due = p.fill(map[bool]string{false: "receipt.due", true: "receipt.late"}[p.Answer.Late], "day", p.dayOf(of.Due))
		p.Contact = p.contact(p.Answer.Community, p.Answer.Contact)
	}
	for _, s := range report.AllStates {
		step := progressStep{Text: word(s), Current: s == state}
		if at := of.Since(s); !at.IsZero() {
			step.Reached, step.Time = true, p.stamp(at, now)
		}
		p.Steps = append(p.Steps, step)
	}
}
