package web

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"gridatlas/api/resident"
	"gridatlas/geo"
	"gridatlas/geo/crs"
	"gridatlas/geo/walk"
)

// list fills the page with what is near a position.
func (p *nearPage) list(ctx context.Context, m *walk.Map, begin start, from string, now time.Time) error {
	a := p.Asked
	p.From, p.FromLink = begin.name, linkOf(begin.place)
	ways := a.from("")
	ways.OnMap = false
	p.Change = ways.link()
	p.choices()
	question := resident.Question{From: begin.at, Besides: begin.place, Of: a.of, OpenOnly: a.OpenOnly, SpeedMPS: walk.PlannerSpeed, At: now}
	pace := "near.pace"
	if p.Big {
		pace, question.SpeedMPS = "near.slowly", walk.ElderSpeed
	}
	p.Pace = p.fill(pace, "mps", strconv.FormatFloat(question.SpeedMPS, 'f', 1, 64))
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
		p.None, p.Other, p.OtherText = p.T("place.offstreet"), p.Change, p.T("near.elsewhere")
	case len(places) > 0:
		p.Count = p.fill("near.count", "n", strconv.Itoa(len(places)), "minutes", n)
	case listing.Beyond != nil:
		far, _ := p.walked(listing.Beyond.Minutes, listing.Beyond.Metres)
		p.None = p.fill("near.none", "minutes", n, "kind", p.wanted(), "far", far)
		places = []walk.Place{*listing.Beyond}
	default:
		p.None = p.fill("near.none.hour", "kind", p.wanted())
	}
	if len(listing.Places) == 0 && !listing.OffStreet && (a.Of != "" || a.OpenOnly) {
		all := a.kinds("")
		all.OpenOnly = false
		p.Other, p.OtherText = all.link(), p.T("list.other")
	}
	for i := range places[:min(len(places), a.rows)] {
		row := p.nearRow(&places[i], now, from)
		lon, lat := crs.ToDegrees(places[i].At)
		p.Rows = append(p.Rows, row)
		p.Config.Places = append(p.Config.Places, nearPlace{[2]float64{lon, lat}, row.Name})
	}
	if len(places) > a.rows && a.rows < nearMost {
		more := a
		more.rows += nearStep
		p.More = more.link() + "#row-" + strconv.Itoa(a.rows+1)
		p.MoreText = p.fill("list.more", "step", strconv.Itoa(min(nearStep, len(places)-a.rows)), "n", strconv.Itoa(len(places)))
	}
	return nil
}

// wanted says what was asked for.
func (p *nearPage) wanted() string {
	kind := p.T("near.kind.any")
	if p.Asked.Of != "" {
		kind = p.category(p.Asked.Of)
	}
	if p.Asked.OpenOnly {
		kind = p.fill("near.kind.open", "kind", kind)
	}
	return kind
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

// choices fills the page with the kinds, the trades of booths, open or not, and list or
// map.
func (p *nearPage) choices() {
	a := p.Asked
	isBooths := a.Of == string(geo.Booths) || strings.HasPrefix(a.Of, string(geo.Booths)+".")
	known := false
	for _, one := range nearChips {
		c := chip{URL: a.kinds(one.of).link(), On: a.Of == one.of || one.of == string(geo.Booths) && isBooths}
		if one.text != "" {
			c.Text = p.T(one.text)
		} else {
			c.Text = p.category(one.of)
		}
		known = known || c.On
		p.Chips = append(p.Chips, c)
	}
	if !known {
		p.Chips = append(p.Chips, chip{p.category(a.Of), a.kinds(a.Of).link(), true})
	}
	if isBooths {
		p.Trades = append(p.Trades, chip{p.T("near.trades"), a.kinds(string(geo.Booths)).link(), a.Of == string(geo.Booths)})
		schema := geo.MustSchema(geo.Booths)
		field, _ := schema.Field(schema.KindField)
		for _, term := range field.Terms {
			of := string(geo.Booths) + "." + term.Value
			p.Trades = append(p.Trades, chip{titles{term.Zh, term.En}[p.language], a.kinds(of).link(), a.Of == of})
		}
	}
	open, list, onMap := a.kinds(a.Of), a, a
	open.OpenOnly = !a.OpenOnly
	p.OpenOnly = chip{p.T("near.open"), open.link(), a.OpenOnly}
	list.OnMap, onMap.OnMap = false, true
	p.Sides = []side{{chip{p.T("near.list"), list.link(), !a.OnMap}, "list"}, {chip{p.T("near.map"), onMap.link(), a.OnMap}, "map"}}
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
