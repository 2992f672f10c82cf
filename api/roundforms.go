package api

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"gridatlas/api/problem"
	"gridatlas/api/rounds"
	"gridatlas/geo"
	"gridatlas/geo/crs"
	"gridatlas/geo/personal"
	"gridatlas/geo/report"
	"gridatlas/geo/snapshot"
	"gridatlas/geo/visit"
)

// savePlace answers POST /my/{layer}/{id}: what was done there is written, once for each
// form, as the routes for programs write it; or the form is shown again with what was
// typed and what is wrong.
func (s *server) savePlace(w http.ResponseWriter, r *http.Request) error {
	p, r, err := s.openPlace(w, r)
	if p == nil || err != nil {
		return err
	}
	form, err := readForm(r)
	if err != nil {
		return err
	}
	mark := sumOf(form)
	var work *writing
	switch p.Typed.Press = rounds.Press(form.Get("press")); {
	case p.Typed.Press == rounds.Inspect && p.Key.Layer == geo.Booths:
		work = s.inspected(p, form)
	case p.Typed.Press == rounds.Visit && p.Key.Layer == geo.Buildings:
		work = s.visited(p, form, mark)
	case p.Typed.Press == rounds.Correct && p.Key.Layer == geo.Buildings:
		work, err = p.corrected(form)
	case p.Typed.Press == rounds.Look && p.Key.Layer != geo.Booths && p.Key.Layer != geo.Buildings:
		work, err = p.entered(form, map[string]any{})
	default:
		return unreadable("the form does not say what was done", 0)
	}
	if err != nil {
		return err
	}
	if len(p.Faults) > 0 {
		s.RoundPages.RoundPlace(w, r, http.StatusUnprocessableEntity, &p.Place)
		return nil
	}
	key := "ROUND " + p.who.Name + " " + mark
	work.who, work.fingerprint = p.who, key
	if _, err := s.carryOut(r.Context(), w, key, work); err != nil {
		return s.notSaved(w, r, p, err)
	}
	return toSheet(w, r, p.Grid, p.Key.String())
}

// toSheet leads back to the lists, which say what was saved.
func toSheet(w http.ResponseWriter, r *http.Request, grid, saved string) error {
	query := url.Values{"saved": {saved}}
	if grid != "" {
		query.Set("grid", grid)
	}
	w.Header().Set("Cache-Control", "no-store")
	http.Redirect(w, r, plainPath+"?"+query.Encode(), http.StatusSeeOther)
	return nil
}

// inspected reads the seven checks, each of which is answered.
func (s *server) inspected(p *ownPlace, form url.Values) *writing {
	checks, _ := geo.MustSchema(geo.Booths).Field("checks")
	sent := &inspection{Passed: []string{}}
	p.Typed.Answered = map[string]string{}
	var open []string
	for _, check := range checks.Terms {
		switch answer := form.Get(check.Value); answer {
		case "yes":
			sent.Passed = append(sent.Passed, check.Value)
			fallthrough
		case "no":
			p.Typed.Answered[check.Value] = answer
		default:
			open = append(open, check.Value)
		}
	}
	if len(open) > 0 {
		p.Faults = append(p.Faults, rounds.Fault{Field: open[0], Rule: rounds.Missing, N: len(open)})
	}
	return s.atBooth(p.Key, "inspect", "", sent.write)
}

// visited reads a visit to a building.
func (s *server) visited(p *ownPlace, form url.Values, mark string) *writing {
	made := visit.Visit{Building: p.Key.ID, On: form.Get("on"), Topics: form["topics"], Note: strings.TrimSpace(form.Get("note"))}
	p.Typed.Topics, p.Typed.On, p.Typed.Note = made.Topics, made.On, made.Note
	for _, fault := range made.Check(p.Today) {
		rule := map[string]rounds.Rule{"note range": rounds.Long, "note personal": rounds.Personal, "topics missing": rounds.Missing}[fault.Field+" "+fault.Rule]
		switch {
		case rule != "":
		case fault.Field == "on":
			rule = rounds.Day
		default:
			rule = rounds.Refused
		}
		p.Faults = append(p.Faults, rounds.Fault{Field: fault.Field, Rule: rule, Detail: fault.Detail})
	}
	return s.visiting(made, made.On+"-"+visitName(mark, p.who), p.who)
}

// figureText is a figure as a field of a form has it.
func figureText(n geo.Opt[int32]) string {
	if !n.Known {
		return ""
	}
	return strconv.Itoa(int(n.Value))
}

// corrected reads the figures of a building; one that is empty is unknown.
func (p *ownPlace) corrected(form url.Values) (*writing, error) {
	const most = 999_999
	entered := map[string]any{}
	var numbers [len(rounds.Names)]geo.Opt[int32]
	for i, name := range rounds.Names {
		text := strings.TrimSpace(form.Get(name))
		p.Typed.Figures[i] = text
		if text != "" {
			n, err := strconv.Atoi(text)
			if err != nil || n < 0 || n > most {
				p.Faults = append(p.Faults, rounds.Fault{Field: name, Rule: rounds.Number})
				continue
			}
			numbers[i] = geo.Some(int32(n))
		}
		switch {
		case numbers[i] == p.Figures[i]:
		case numbers[i].Known:
			entered[name] = numbers[i].Value
		default:
			entered[name] = nil
		}
	}
	if households, rented := numbers[0], numbers[2]; households.Known && rented.Known && rented.Value > households.Value {
		p.Faults = append(p.Faults, rounds.Fault{Field: rounds.Names[2], Rule: rounds.Rental})
	}
	return p.entered(form, entered)
}

// entered is the write of properties into a feature that somebody looked at today.
func (p *ownPlace) entered(form url.Values, properties map[string]any) (*writing, error) {
	properties["surveyed_on"], properties["surveyed_by"] = p.Today.String(), p.who.Name
	body, err := json.Marshal(map[string]any{"properties": properties})
	if err != nil {
		return nil, err
	}
	e, err := readFeature(body, crs.CRS84, true)
	if err != nil {
		return nil, err
	}
	return editing(p.view, p.Key, form.Get("seen"), e, geo.Clone), nil
}

// notSaved shows the form again and says why nothing was written.
func (s *server) notSaved(w http.ResponseWriter, r *http.Request, p *ownPlace, failure error) error {
	status, fault, err := roundFault(failure)
	if err != nil {
		return err
	}
	if fault.Rule == rounds.Changed {
		if conflict := (*geo.Conflict)(nil); errors.As(failure, &conflict) { // the map has yet to hear of it
			s.await(r.Context(), func(snap *snapshot.Snapshot) bool { return snap != p.grounds.snap })
		}
		if p, err = s.placeNow(w, r, p); err != nil {
			return err
		}
		if p == nil {
			s.RoundPages.RoundLost(w, r, http.StatusNotFound, &rounds.Lost{Why: rounds.NotYours})
			return nil
		}
		fault.By, fault.On = p.By, p.Checked
	}
	if status == http.StatusServiceUnavailable {
		w.Header().Set("Retry-After", "5")
	}
	p.Faults = append(p.Faults, fault)
	s.RoundPages.RoundPlace(w, r, status, &p.Place)
	return nil
}

// roundFault says why nothing was written; errors that a form can say nothing of come
// back.
func roundFault(failure error) (status int, fault rounds.Fault, err error) {
	var own *problem.Problem
	var conflict *geo.Conflict
	switch isOwn := errors.As(failure, &own); {
	case errors.As(failure, &conflict), isOwn && (own.Status == http.StatusPreconditionFailed || own.Status == http.StatusConflict):
		return http.StatusConflict, rounds.Fault{Rule: rounds.Changed}, nil
	case isOwn && (own.Status == http.StatusUnprocessableEntity || own.Status == http.StatusForbidden):
		return own.Status, rounds.Fault{Rule: rounds.Refused, Detail: own.Detail}, nil
	case errors.Is(failure, geo.ErrUnavailable), errors.Is(failure, geo.ErrFull):
		return http.StatusServiceUnavailable, rounds.Fault{Rule: rounds.Away}, nil
	}
	return 0, fault, failure
}

// openCase begins the page of the report that a path names; nil: it was answered.
func (s *server) openCase(w http.ResponseWriter, r *http.Request) (*mine, *rounds.Case, *http.Request, error) {
	m, r, err := s.openRounds(w, r)
	if m == nil || err != nil {
		return nil, nil, r, err
	}
	held, err := s.heldReport(r, m.view)
	if own := (*problem.Problem)(nil); errors.As(err, &own) && own.Status == http.StatusNotFound {
		s.RoundPages.RoundLost(w, r, http.StatusNotFound, &rounds.Lost{Why: rounds.NotYours})
		return nil, nil, r, nil
	}
	if err != nil {
		return nil, nil, r, err
	}
	page, err := m.caseOf(held)
	return m, page, r, err
}

// caseOf is the page of a report.
func (m *mine) caseOf(held report.Held) (*rounds.Case, error) {
	item, err := m.reportOf(&held)
	if err != nil {
		return nil, err
	}
	page := &rounds.Case{Report: rounds.Report{Held: held, Late: item.Properties.Overdue, Next: item.Properties.Next}}
	if in := item.Properties.Grid; in != nil {
		i := slices.IndexFunc(m.all, func(g *geo.Grid) bool { return g.Code == in.Code })
		if i >= 0 {
			page.Grid = m.backTo(m.all[i])
		}
	}
	return page, nil
}

// roundReport answers GET /my/reports/{receipt}: a report, and what is done with it.
func (s *server) roundReport(w http.ResponseWriter, r *http.Request) error {
	if _, err := readQuery(r, "lang", "big"); err != nil {
		return err
	}
	m, page, r, err := s.openCase(w, r)
	if m == nil || err != nil {
		return err
	}
	s.RoundPages.RoundReport(w, r, http.StatusOK, page)
	return nil
}

// workReport answers POST /my/reports/{receipt}: the report is brought to another state.
func (s *server) workReport(w http.ResponseWriter, r *http.Request) error {
	m, page, r, err := s.openCase(w, r)
	if m == nil || err != nil {
		return err
	}
	form, err := readForm(r)
	if err != nil {
		return err
	}
	version, err := strconv.ParseInt(form.Get("version"), 10, 64)
	if err != nil {
		return unreadable("the form does not say which state of the report was seen", 0)
	}
	page.Note = report.Text(form.Get("note"))
	sent := sentMove{Version: version, State: report.State(form.Get("state")), Note: page.Note}
	if sent.State == report.Answered {
		sent.Note, sent.Answer = "", page.Note
	}
	status := http.StatusUnprocessableEntity
	switch {
	case sent.State == report.Answered && sent.Answer == "":
		page.Faults = append(page.Faults, rounds.Fault{Field: "note", Rule: rounds.Missing})
	case utf8.RuneCountInString(page.Note) > report.MaxNote:
		page.Faults = append(page.Faults, rounds.Fault{Field: "note", Rule: rounds.Long})
	case personal.Number(page.Note):
		page.Faults = append(page.Faults, rounds.Fault{Field: "note", Rule: rounds.Personal})
	default:
		_, err := s.bring(r, m.view, &page.Held, &sent)
		if err == nil {
			return toSheet(w, r, page.Grid, "reports/"+string(page.Receipt))
		}
		if status, err = s.notBrought(m, page, err); err != nil {
			return err
		}
	}
	s.RoundPages.RoundReport(w, r, status, page)
	return nil
}

// notBrought puts onto the page why a report was not brought on, and how it stands.
func (s *server) notBrought(m *mine, page *rounds.Case, failure error) (int, error) {
	var changed *report.ChangedError
	if errors.As(failure, &changed) {
		now, err := m.caseOf(changed.Now)
		if err != nil {
			return 0, err
		}
		last := changed.Now.Steps[len(changed.Now.Steps)-1]
		now.Note, now.Faults = page.Note, []rounds.Fault{{Rule: rounds.Changed, By: last.By, On: geo.DateOf(last.At.In(s.Zone))}}
		*page = *now
		return http.StatusConflict, nil
	}
	if errors.Is(failure, report.ErrUnfit) {
		page.Faults = append(page.Faults, rounds.Fault{Rule: rounds.Refused, Detail: failure.Error()})
		return http.StatusUnprocessableEntity, nil
	}
	status, fault, err := roundFault(failure)
	page.Faults = append(page.Faults, fault)
	return status, err
}
