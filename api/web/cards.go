package web

import (
	"html/template"
	"net/http"
	"strconv"
	"time"

	"gridatlas/api/label"
)

var cardsTemplate = template.Must(template.New("cards.html").ParseFS(templates, "cards.html", "sheets.html", "shell.html"))

// cardsPage is what the template of /cards sees.
type cardsPage struct {
	shell
	Print        sheets
	Page         *label.CardPage
	Sizes        []option
	Rows         []cardRow
	Fault, Found string
}

// cardRow is a booth on the page.
type cardRow struct {
	label.CardBooth
	Since string // of its card; empty: it has none
	End   string // what the button says that ends it, to who does not see the row
}

var (
	cardSizeTexts  = map[string]string{"cards": "cards.size.cards", "a6": "cards.size.a6"}
	cardPageFaults = map[label.CardFault]string{
		label.CardsNoAddress: "labels.no_address", label.CardsNone: "cards.fault.none", label.CardsMade: "cards.fault.made",
		label.CardsChanged: "cards.fault.changed", label.CardsGone: "cards.fault.gone",
	}
)

// Cards writes the page on which staff make cards of masters and print them.
func (h *Handler) Cards(w http.ResponseWriter, r *http.Request, status int, page *label.CardPage) {
	beginSmall(w)
	p := &cardsPage{shell: h.shell(w, r, h.config.Live.Current()), Print: sheetsOf(&page.Sheets), Page: page}
	p.Heading, p.Unlisted = p.T("cards"), true
	if h.bundle.Labels != "" {
		p.Styles = append(p.Styles, h.bundle.Labels)
	}
	for _, size := range label.CardSizes {
		p.Sizes = append(p.Sizes, option{size.Name, p.T(cardSizeTexts[size.Name])})
	}
	for _, booth := range page.Booths {
		row := cardRow{CardBooth: booth}
		if !booth.Made.IsZero() {
			row.Since = p.fill("cards.since", "day", booth.Made.In(h.config.Zone).Format(time.DateOnly), "by", booth.By)
			row.End = p.fill("cards.end.of", "number", booth.Number)
		}
		p.Rows = append(p.Rows, row)
	}
	switch {
	case page.Fault != "":
		p.Fault, p.Amiss = p.T(cardPageFaults[page.Fault]), true
	case len(page.Sheets.Labels) > 0:
		p.Found = p.fill("cards.made", "n", strconv.Itoa(len(page.Sheets.Labels)), "sheets", strconv.Itoa(len(p.Print.Sheets)))
	case page.Ended != "":
		p.Found = p.fill("cards.ended", "number", page.Ended)
	}
	h.write(w, r, status, cardsTemplate, p)
}

// MoreText says that a community is to be chosen, since not all booths are on the page.
func (p *cardsPage) MoreText() string {
	if p.Page.More <= 0 {
		return ""
	}
	return p.fill("cards.more", "n", strconv.Itoa(len(p.Rows)), "all", strconv.Itoa(len(p.Rows)+p.Page.More))
}

// BareText says how many booths get no card, since they have no number.
func (p *cardsPage) BareText() string {
	if p.Page.Bare == 0 {
		return ""
	}
	return p.fill("cards.bare", "n", strconv.Itoa(p.Page.Bare))
}
