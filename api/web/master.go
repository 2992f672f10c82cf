package web

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"gridatlas/geo"
	"gridatlas/geo/booth"
	"gridatlas/geo/hours"
	"gridatlas/geo/plate"
)

var masterTemplate = smallPage("master.html")

// masterPage is what the template of a master's card sees.
type masterPage struct {
	shell
	Card     booth.Card
	Number   string // of the plate, in groups
	Standing badge
	Until    string
	Today    string
	Touched  string // when the status was last set
	Fault    string
	Deeds    []deedButton
	Returns  []deedButton // times of return
	From, To []timeChoice
}

// deedButton is what is pressed for one thing that a master says.
type deedButton struct {
	Value, Text, More string
	Likely            bool // the one that is most likely the next
}

type timeChoice struct {
	Value  string
	Chosen bool
}

// deedTexts are the texts of the buttons: what is done, and what that means.
var deedTexts = map[booth.Deed][2]string{
	booth.ComesIn: {"master.deed.open", "master.more.open"}, booth.PacksUp: {"master.deed.closed", "master.more.closed"},
	booth.TakesOff: {"master.deed.day_off", "master.more.day_off"},
}

// returns are the times of return that are offered, in minutes from now.
var returns = []struct {
	minutes int
	text    string
}{{30, "master.back.30"}, {60, "master.back.60"}, {120, "master.back.120"}, {180, "master.back.180"}}

// cardFaults are the texts of the faults.
var cardFaults = map[booth.Fault]string{
	booth.FaultCard: "master.fault.card", booth.FaultBack: "master.fault.back", booth.FaultSpan: "master.fault.span", booth.FaultTooSoon: "master.fault.too_soon",
	booth.FaultAway: "master.fault.away", booth.FaultUndo: "master.fault.undo", booth.FaultEnded: "master.fault.ended",
}

// MasterCard writes the page that a master's card opens. No page that it leads to
// learns its address.
func (h *Handler) MasterCard(w http.ResponseWriter, r *http.Request, status int, card booth.Card) {
	beginSmall(w)
	w.Header().Set("Referrer-Policy", "no-referrer")
	p := &masterPage{shell: h.shell(w, r, h.config.Live.Current()), Card: card}
	here := &url.URL{Path: card.Action} // without the word that something was done
	if card.Action == "" {
		here.Path = r.URL.Path
	}
	p.standsAt(here)
	p.Heading, p.Unlisted = p.T("master.title"), true
	if card.Fault != "" {
		p.Fault, p.Amiss = p.T(cardFaults[card.Fault]), true
	}
	if card.Booth != nil {
		p.describe()
	}
	if p.Usable() && h.bundle.Master != "" {
		p.Scripts = []string{h.bundle.Master}
		w.Header().Set("Content-Security-Policy", filePolicy+"; frame-ancestors 'none'")
	}
	h.write(w, r, status, masterTemplate, p)
}

func (p *masterPage) describe() {
	card := &p.Card
	p.Number = plate.Number(card.Booth.Number).Grouped()
	p.Standing, p.Until = p.badge(card.State.Kind, ofBooths), p.untilText(card.State, true, card.Now)
	if p.Standing.Text == "" {
		p.Standing.Text = p.T("master.unsaid")
	}
	if len(card.Today) > 0 {
		p.Today = p.fill("place.today", "hours", p.todayText(card.Today))
	}
	if at := card.Booth.StatusAt; at != 0 {
		p.Touched = p.fill("master.touched", "time", p.moment(at.Time().In(card.Now.Location())))
	}
	likely := booth.ComesIn
	if card.State.Kind == booth.Open {
		likely = booth.PacksUp
	}
	for _, deed := range []booth.Deed{booth.ComesIn, booth.PacksUp, booth.TakesOff} {
		p.Deeds = append(p.Deeds, deedButton{string(deed), p.T(deedTexts[deed][0]), p.T(deedTexts[deed][1]), deed == likely})
	}
	for _, offered := range returns {
		back := card.Now.Add(time.Duration(offered.minutes) * time.Minute)
		p.Returns = append(p.Returns, deedButton{Value: strconv.Itoa(offered.minutes), Text: p.T(offered.text), More: p.fill("until.away", "time", p.soon(back, card.Now))})
	}
	p.choices()
}

// choices are the hours of today that can be chosen: half hours from five in the
// morning until midnight, beginning with what stands.
func (p *masterPage) choices() {
	from, to := "08:00", "18:00"
	if spans := p.Card.Today; len(spans) > 0 {
		from, to = spans[0].From.String(), spans[len(spans)-1].To.String()
	}
	if p.Card.From != "" && p.Card.To != "" {
		from, to = p.Card.From, p.Card.To
	}
	for minute := 5 * 60; minute <= 24*60; minute += 30 {
		value := hours.Clock(minute).String()
		if minute < 24*60 {
			p.From = append(p.From, timeChoice{value, value == from})
		}
		p.To = append(p.To, timeChoice{value, value == to})
	}
}

// IsAway and SaysHours report whether that part of the form is to stand open, since
// what was sent of it was wrong.
func (p *masterPage) IsAway() bool { return p.Card.Fault == booth.FaultBack }

// SaysHours is IsAway of the hours of today.
func (p *masterPage) SaysHours() bool { return p.Card.Fault == booth.FaultSpan }

// Usable reports whether the card opens a booth in use.
func (p *masterPage) Usable() bool {
	return p.Card.Booth != nil && p.Card.Fault != booth.FaultEnded
}

// IsWrong reports whether the card opens nothing.
func (p *masterPage) IsWrong() bool { return p.Card.Fault == booth.FaultCard }

// BoothName is what the booth is called.
func (p *masterPage) BoothName() string { return p.nameOf(geo.Booths, p.Card.Booth.Name) }

// NowText says that an act was carried out, and how the booth stands now.
func (p *masterPage) NowText() string { return p.fill("master.done", "state", p.Standing.Text) }

// UnsentText says of what was pressed and not sent that residents do not know it; {deed}
// is for the script.
func (p *masterPage) UnsentText() string { return p.fill("master.unsent", "state", p.Standing.Text) }

// PublicLink is the page that residents see.
func (p *masterPage) PublicLink() string { return fmt.Sprintf("/b/%s", p.Card.Booth.Number) }
