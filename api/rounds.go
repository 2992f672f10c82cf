package api

import (
	"cmp"
	"crypto/rand"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"gridatlas/api/access"
	"gridatlas/api/problem"
	"gridatlas/api/rounds"
	"gridatlas/geo"
	"gridatlas/geo/estimate"
	"gridatlas/geo/find"
	"gridatlas/geo/report"
	"gridatlas/geo/upkeep"
	"gridatlas/geo/visit"
)

// plainPath is where a grid worker's lists are that need no script.
const plainPath = "/my/plain"

// maxRoundForm is how large a form of a grid worker may be, in bytes: a text of 500
// characters, each of which takes nine.
const maxRoundForm = 8 << 10

// RoundPages shows the pages of a grid worker that need no script: web.Handler has it.
type RoundPages interface {
	RoundSheet(http.ResponseWriter, *http.Request, int, *rounds.Sheet)
	RoundPlace(http.ResponseWriter, *http.Request, int, *rounds.Place)
	RoundReport(http.ResponseWriter, *http.Request, int, *rounds.Case)
	RoundLost(http.ResponseWriter, *http.Request, int, *rounds.Lost)
}

// openRounds begins a page for who records on the spot, with their grids; nil: it was
// answered, since that is nobody.
func (s *server) openRounds(w http.ResponseWriter, r *http.Request) (*mine, *http.Request, error) {
	who, err := s.who(w, r)
	if err != nil {
		return nil, r, err
	}
	r = r.WithContext(access.With(r.Context(), who))
	switch {
	case !who.SignedIn() && (r.Method == http.MethodGet || r.Method == http.MethodHead) && s.SignInPage != nil:
		toSignIn(w, r, "plain")
		return nil, r, nil
	case !who.SignedIn():
		return nil, r, s.keepSent(w, r)
	case !who.MayAnywhere(access.Record):
		s.RoundPages.RoundLost(w, r, http.StatusForbidden, &rounds.Lost{Why: rounds.NoRole})
		return nil, r, nil
	}
	v, err := s.viewNow(w, r)
	if err != nil {
		return nil, r, err
	}
	m := &mine{view: v}
	return m, r, m.findGrids(r.Context())
}

// keepSent answers who sent a form and is not signed in any more: what was sent is on
// the page, to be sent again afterwards. Only what our own page sends is.
func (s *server) keepSent(w http.ResponseWriter, r *http.Request) error {
	if r.Method != http.MethodPost {
		_, err := s.signedIn(w, r)
		return err
	}
	if crossOrigin.Check(r) != nil {
		return &problem.Problem{Name: "cross-origin", Status: http.StatusForbidden, Title: "The request comes from the page of another host"}
	}
	form, err := readForm(r)
	if err != nil {
		return err
	}
	lost := &rounds.Lost{Why: rounds.SignedOut}
	for name, values := range form {
		for _, value := range values {
			lost.Sent = append(lost.Sent, rounds.Field{Name: name, Value: value})
		}
	}
	slices.SortStableFunc(lost.Sent, func(a, b rounds.Field) int { return strings.Compare(a.Name, b.Name) })
	s.RoundPages.RoundLost(w, r, http.StatusUnauthorized, lost)
	return nil
}

// roundSheet answers GET /my/plain: what a grid worker has to do, as lists.
func (s *server) roundSheet(w http.ResponseWriter, r *http.Request) error {
	q, err := readQuery(r, "grid", "find", "whole", "saved", "lang", "big")
	if err != nil {
		return err
	}
	m, r, err := s.openRounds(w, r)
	if m == nil || err != nil {
		return err
	}
	if !m.open(q.text("grid")) {
		s.RoundPages.RoundLost(w, r, http.StatusNotFound, &rounds.Lost{Why: rounds.NotYours})
		return nil
	}
	if err := m.gather(r.Context()); err != nil {
		return err
	}
	sheet := &rounds.Sheet{Today: m.today, All: len(m.all), Words: strings.TrimSpace(q.text("find")), Whole: q.text("whole"), Cut: m.cut}
	sheet.Grids = m.named(m.grids)
	if len(m.grids) < len(m.all) {
		sheet.Choices = m.named(m.all[:min(len(m.all), maxOwnChoices)])
	}
	sheet.Booths, sheet.Due, sheet.Buildings = m.stops(m.booths), m.stops(m.due), m.stops(m.buildings)
	rounds.Sort(sheet.Booths)
	rounds.Sort(sheet.Due)
	if sheet.Words != "" {
		wanted := find.Fold(sheet.Words)
		sheet.Buildings = slices.DeleteFunc(sheet.Buildings, func(b rounds.Stop) bool {
			return !strings.Contains(find.Fold(b.Within+" "+b.Title), wanted)
		})
	}
	if sheet.Reports, err = s.reportsIn(r, m); err != nil {
		return err
	}
	sheet.Saved = m.saved(q.text("saved"))
	s.RoundPages.RoundSheet(w, r, http.StatusOK, sheet)
	return nil
}

func (m *mine) named(grids []*geo.Grid) []rounds.Grid {
	list := make([]rounds.Grid, len(grids))
	for i, grid := range grids {
		list[i].Code = grid.Code
		list[i].Name, list[i].Community = find.Title(m.grounds.snap, grid)
	}
	return list
}

func (m *mine) stops(all []ownFeature) []rounds.Stop {
	list := make([]rounds.Stop, len(all))
	for i, own := range all {
		list[i] = m.stop(own.Feature)
	}
	return list
}

// stop is a feature as it stands on a list.
func (m *mine) stop(f geo.Feature) (stop rounds.Stop) {
	snap := m.grounds.snap
	stop.Key = geo.KeyOf(f)
	stop.Title, stop.Within = find.Title(snap, f)
	stop.Where = whereOf(snap, &upkeep.Finding{Feature: f})
	stop.Checked, stop.Due = upkeep.Due(f)
	stop.By = f.Common().SurveyedBy
	switch f := f.(type) {
	case *geo.Booth:
		stop.Number = f.Number
	case *geo.Building:
		mark := estimate.Of(f)
		stop.Figures, stop.Estimated = rounds.Figures{f.Households, f.Residents, f.RentalDwellings}, mark.Households || mark.People
	}
	return stop
}

// reportsIn lists the reports that wait in the grids that are open, in the order in
// which they are to be worked through.
func (s *server) reportsIn(r *http.Request, m *mine) (list []rounds.Report, err error) {
	if s.Reports == nil || len(m.grids) == 0 {
		return nil, nil
	}
	want := wantedReports{state: isWaiting}
	if len(m.grids) == 1 {
		want.grid = m.grids[0].Code
	}
	found, _, err := s.siftReports(r, m.view, want)
	for _, held := range found {
		_, in, _, err := m.lies(&held.Report)
		if err != nil {
			return nil, err
		}
		if in != nil && slices.ContainsFunc(m.grids, func(g *geo.Grid) bool { return g.Code == in.Code }) {
			list = append(list, rounds.Report{Held: held, Late: held.Late(m.today)})
		}
	}
	return list, err
}

// saved reads what was saved just now from the address that a form leads back to.
func (m *mine) saved(text string) string {
	name, id, _ := strings.Cut(text, "/")
	if name == "reports" {
		if number, err := report.ParseReceipt(id); err == nil {
			return number.Groups()
		}
		return ""
	}
	n, err := strconv.ParseInt(id, 10, 64)
	if layer := geo.Layer(name); err == nil && slices.Contains(ownLayers, layer) {
		if f, there := m.grounds.snap.Get(geo.Key{Layer: layer, ID: n}); there && m.holding(f) != nil {
			title, _ := find.Title(m.grounds.snap, f)
			return cmp.Or(title, text)
		}
	}
	return ""
}

// holding is the grid of one's own in which a feature is one's own; nil: none is.
func (m *mine) holding(f geo.Feature) *geo.Grid {
	for _, grid := range m.all {
		if m.owns(grid, f) {
			return grid
		}
	}
	return nil
}

// backTo is the code of the grid that is opened again after a page about something in
// it; empty where all of them are open.
func (m *mine) backTo(grid *geo.Grid) string {
	if grid == nil || len(m.all) <= maxOwnGrids {
		return ""
	}
	return grid.Code
}

// ownPlace is the page of a feature with what it is made from.
type ownPlace struct {
	rounds.Place
	*mine
	feature geo.Feature
}

// openPlace begins the page of a feature that a path names; nil: it was answered.
func (s *server) openPlace(w http.ResponseWriter, r *http.Request) (*ownPlace, *http.Request, error) {
	m, r, err := s.openRounds(w, r)
	if m == nil || err != nil {
		return nil, r, err
	}
	p, err := s.placeIn(r, m)
	if p == nil && err == nil {
		s.RoundPages.RoundLost(w, r, http.StatusNotFound, &rounds.Lost{Why: rounds.NotYours})
	}
	return p, r, err
}

// ownKey reads which feature a path names, if it may be one that workers look after.
func ownKey(r *http.Request) (geo.Key, bool) {
	key, err := keyOf(r)
	return key, err == nil && slices.Contains(ownLayers, key.Layer)
}

// placeIn is the page of the feature that a path names as the map of m has it; nil: it
// is not one's own.
func (s *server) placeIn(r *http.Request, m *mine) (*ownPlace, error) {
	key, is := ownKey(r)
	if !is {
		return nil, nil
	}
	f, there := m.grounds.snap.Get(key)
	if !there {
		return nil, nil
	}
	grid := m.holding(f)
	if grid == nil {
		return nil, nil
	}
	p := &ownPlace{mine: m, feature: f}
	p.Stop, p.Today, p.Grid, p.Once = m.stop(f), m.today, m.backTo(grid), rand.Text()
	p.Seen = itemTag(m.grounds.snap.Head().Epoch, f.Common().Version, m.name())
	p.Typed.On = m.today.String()
	switch f := f.(type) {
	case *geo.Booth:
		p.Passed = f.Checks
	case *geo.Building:
		made, err := s.visitsOf(r.Context(), m.view, wantedVisits{month: visit.Month(m.today.String()), building: f.ID})
		if err != nil {
			return nil, err
		}
		for _, one := range made {
			p.Visits = append(p.Visits, one.Visit)
		}
		for i, figure := range p.Figures {
			p.Typed.Figures[i] = figureText(figure)
		}
	}
	return p, nil
}

// roundPlace answers GET /my/{layer}/{id}: what is known of a booth, a building or
// another thing that is looked at, and the form of what is done there.
func (s *server) roundPlace(w http.ResponseWriter, r *http.Request) error {
	if _, err := readQuery(r, "lang", "big"); err != nil {
		return err
	}
	p, r, err := s.openPlace(w, r)
	if p == nil || err != nil {
		return err
	}
	s.RoundPages.RoundPlace(w, r, http.StatusOK, &p.Place)
	return nil
}

// placeNow is the page of a feature as the newest map has it, with what was typed; nil:
// it is not there any more.
func (s *server) placeNow(w http.ResponseWriter, r *http.Request, was *ownPlace) (*ownPlace, error) {
	v, err := s.viewNow(w, r)
	if err != nil {
		return nil, err
	}
	m := &mine{view: v}
	if err := m.findGrids(r.Context()); err != nil {
		return nil, err
	}
	p, err := s.placeIn(r, m)
	if p != nil {
		p.Typed = was.Typed
	}
	return p, err
}
