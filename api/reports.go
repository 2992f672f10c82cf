package api

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"time"

	"github.com/gorilla/mux"

	"gridatlas/api/access"
	"gridatlas/api/problem"
	"gridatlas/geo"
	"gridatlas/geo/geojson"
	"gridatlas/geo/report"
)

// reportList is the reports that somebody may see.
type reportList struct {
	Type     string       `json:"type"`
	Links    []link       `json:"links"`
	Matched  int          `json:"numberMatched"`
	Returned int          `json:"numberReturned"`
	Overdue  int          `json:"overdue"` // of those that match
	States   []reportSum  `json:"states"`
	Kinds    []reportSum  `json:"kinds"`
	Grids    []reportSum  `json:"grids"`
	Features []reportItem `json:"features"`
}

// reportSum counts the reports of a state, of a kind or of a grid.
type reportSum struct {
	State report.State `json:"state,omitempty"`
	Kind  report.Kind  `json:"kind,omitempty"`
	Zh    string       `json:"zh,omitempty"` // the word for the state or the kind
	En    string       `json:"en,omitempty"`
	Code  string       `json:"code,omitempty"`
	Name  string       `json:"name,omitempty"`
	N     int          `json:"n"`
}

// reportItem is one report as staff see it; its id is the receipt number.
type reportItem struct {
	Type       string           `json:"type"`
	ID         report.Receipt   `json:"id"`
	Geometry   json.RawMessage  `json:"geometry"`
	Properties reportProperties `json:"properties"`
}

type reportProperties struct {
	Kind      report.Kind    `json:"kind"`
	KindZh    string         `json:"kind_zh"`
	KindEn    string         `json:"kind_en"`
	Of        *reportedPlace `json:"of"` // null: it is about the point
	Note      string         `json:"note,omitempty"`
	Photo     bool           `json:"photo"`
	State     report.State   `json:"state"`
	StateZh   string         `json:"state_zh"`
	StateEn   string         `json:"state_en"`
	Next      []report.State `json:"next"` // those to which who asks may bring it
	Steps     []report.Step  `json:"steps"`
	Due       string         `json:"due,omitempty"` // the last day of the answer that was promised
	Overdue   bool           `json:"overdue"`
	Answer    string         `json:"answer,omitempty"`
	Forgotten bool           `json:"forgotten,omitempty"` // what was typed is dropped
	Grid      *namedArea     `json:"grid"`
	Community *namedArea     `json:"community"`
	Version   int64          `json:"version"`
}

// reportedPlace is the place of a report by the name that it had.
type reportedPlace struct {
	Layer geo.Layer `json:"layer"`
	ID    int64     `json:"id"`
	Name  string    `json:"name,omitempty"`
}

type namedArea struct {
	Code string `json:"code"`
	Name string `json:"name,omitempty"`
}

// areaOf names an area; nil for none.
func areaOf(f geo.Feature) *namedArea { return &namedArea{f.Common().Code, f.Common().Name} }

// lies says where a report is and in whose ground, as the map is now: when grids are
// drawn anew, reports go to the new ones.
func (v view) lies(r *report.Report) (p geo.Point, grid, community *namedArea, err error) {
	if p, err = r.Point(); err != nil {
		return p, nil, nil, err
	}
	b := belongingOf(v.grounds.snap, p, v.at)
	if b.grid != nil {
		grid = areaOf(b.grid)
	}
	if b.community != nil {
		community = areaOf(b.community)
	}
	return p, grid, community, nil
}

// reportOf is a report as a view shows it.
func (v view) reportOf(held *report.Held) (reportItem, error) {
	p, grid, community, err := v.lies(&held.Report)
	if err != nil {
		return reportItem{}, err
	}
	item := reportItem{Type: "Feature", ID: held.Receipt, Geometry: geojson.AppendGeometry(nil, geo.PointShape(p)), Properties: reportProperties{
		Kind: held.Kind, KindZh: held.Kind.Zh(), KindEn: held.Kind.En(), Note: held.Note, Photo: held.Photo,
		State: held.State(), StateZh: held.State().Zh(), StateEn: held.State().En(), Next: []report.State{}, Steps: held.Steps,
		Due: held.Due.String(), Overdue: held.Late(v.today), Answer: held.Answer, Forgotten: held.Forgotten, Grid: grid, Community: community, Version: held.Version,
	}}
	if held.Layer != "" {
		item.Properties.Of = &reportedPlace{held.Layer, held.ID, held.Name}
	}
	if v.who.May(access.Record, v.grounds.around(geo.PointShape(p), v.at)) {
		item.Properties.Next = append(item.Properties.Next, held.State().Next()...)
	}
	return item, nil
}

// isWaiting is the state of all that is not answered, in addresses.
const isWaiting = "open"

// wantedReports is which reports a request is about; empty: of every kind, in every grid.
type wantedReports struct {
	state report.State
	kind  report.Kind
	grid  string
}

// reportParameters are the names of those that readReports reads.
var reportParameters = []string{"state", "kind", "grid"}

func readReports(q query) (want wantedReports, err error) {
	want = wantedReports{report.State(cmp.Or(q.text("state"), isWaiting)), report.Kind(q.text("kind")), q.text("grid")}
	switch {
	case want.state != isWaiting && !slices.Contains(report.AllStates, want.state):
		return want, problem.Parameter("state", "%q is neither open nor one of %v", want.state, report.AllStates)
	case want.kind != "" && !slices.Contains(report.AllKinds, want.kind):
		return want, problem.Parameter("kind", "%q is none of %v", want.kind, report.AllKinds)
	}
	return want, nil
}

// listReports answers /reports: what residents reported where somebody may see what is
// for staff; those whose promised day is past first, then those that wait the longest;
// answered ones the last first.
func (s *server) listReports(w http.ResponseWriter, r *http.Request) error {
	v, err := s.viewNow(w, r)
	if err != nil {
		return err
	}
	q, err := readQuery(r, slices.Concat(reportParameters, partParameters)...)
	if err != nil {
		return err
	}
	want, err := readReports(q)
	if err != nil {
		return err
	}
	p, err := q.part()
	if err != nil {
		return err
	}
	found, list, err := s.siftReports(r, v, want)
	if err != nil {
		return err
	}
	list.Matched = len(found)
	for _, held := range partOf(found, p) {
		item, err := v.reportOf(&held)
		if err != nil {
			return err
		}
		list.Features = append(list.Features, item)
	}
	list.Returned = len(list.Features)
	list.Links = s.partLinks(r, "/reports", q, p, list.Matched, typeGeoJSON)
	return writeDocument(w, typeGeoJSON, list)
}

// siftReports reads the wanted reports that a view shows, in the order of the list, and
// counts by each of state, kind and grid those that the others leave.
func (s *server) siftReports(r *http.Request, v view, want wantedReports) (found []report.Held, list reportList, err error) {
	list = reportList{Type: "FeatureCollection", Features: []reportItem{}}
	states, kinds, grids := map[report.State]*reportSum{}, map[report.Kind]*reportSum{}, map[string]*reportSum{}
	each := func(held report.Held) error {
		p, in, _, err := v.lies(&held.Report)
		if err != nil || !v.seesPoint(&p) {
			return err
		}
		sum := reportSum{Code: none}
		if in != nil {
			sum.Code, sum.Name = in.Code, in.Name
		}
		isState := want.state == isWaiting || want.state == held.State()
		isKind, isGrid := want.kind == "" || want.kind == held.Kind, want.grid == "" || want.grid == sum.Code
		if isKind && isGrid {
			count(states, held.State(), reportSum{State: held.State(), Zh: held.State().Zh(), En: held.State().En()})
		}
		if isState && isGrid {
			count(kinds, held.Kind, reportSum{Kind: held.Kind, Zh: held.Kind.Zh(), En: held.Kind.En()})
		}
		if isState && isKind {
			count(grids, sum.Code, sum)
		}
		if isState && isKind && isGrid {
			found = append(found, held)
		}
		return r.Context().Err()
	}
	read := s.Reports.Open
	if want.state == report.Answered {
		read = s.Reports.Answered
	}
	if err := read(r.Context(), each); err != nil {
		return nil, list, err
	}
	inTime := func(of *report.Held) int {
		if of.Late(v.today) {
			return 0
		}
		return 1
	}
	for _, held := range found {
		list.Overdue += 1 - inTime(&held)
	}
	slices.SortFunc(found, func(a, b report.Held) int {
		byTime := a.Since(report.Accepted).Compare(b.Since(report.Accepted))
		if want.state == report.Answered {
			byTime = b.Since(report.Answered).Compare(a.Since(report.Answered))
		}
		return cmp.Or(inTime(&a)-inTime(&b), byTime, cmp.Compare(a.Receipt, b.Receipt))
	})
	list.States, list.Kinds, list.Grids = summed(states), summed(kinds), summed(grids)
	return found, list, nil
}

func count[K comparable](sums map[K]*reportSum, key K, first reportSum) {
	if sums[key] == nil {
		sums[key] = &first
	}
	sums[key].N++
}

// summed lists sums: states and kinds in their order, grids by code.
func summed[K comparable](sums map[K]*reportSum) []reportSum {
	list := []reportSum{}
	for _, sum := range sums {
		list = append(list, *sum)
	}
	slices.SortFunc(list, func(a, b reportSum) int {
		return cmp.Or(
			cmp.Compare(slices.Index(report.AllStates, a.State), slices.Index(report.AllStates, b.State)),
			cmp.Compare(slices.Index(report.AllKinds, a.Kind), slices.Index(report.AllKinds, b.Kind)),
			cmp.Compare(a.Code, b.Code))
	})
	return list
}

// heldReport reads the report that a path names, if the view shows it.
func (s *server) heldReport(r *http.Request, v view) (report.Held, error) {
	number, err := report.ParseReceipt(mux.Vars(r)["receipt"])
	missing := problem.NotFound("there is no report %q", mux.Vars(r)["receipt"])
	if err != nil {
		return report.Held{}, missing
	}
	held, err := s.Reports.Get(r.Context(), number)
	if errors.Is(err, geo.ErrNotFound) {
		return held, missing
	}
	if err != nil {
		return held, err
	}
	if p, err := held.Point(); err != nil || !v.seesPoint(&p) {
		return report.Held{}, missing
	}
	return held, nil
}

// oneReport answers /reports/{receipt}: all that is known of a report.
func (s *server) oneReport(w http.ResponseWriter, r *http.Request) error {
	v, held, err := s.beginReport(w, r)
	if err != nil {
		return err
	}
	return writeReport(w, v, &held)
}

func (s *server) beginReport(w http.ResponseWriter, r *http.Request) (v view, held report.Held, err error) {
	if v, err = s.viewNow(w, r); err != nil {
		return v, held, err
	}
	if _, err = readQuery(r); err != nil {
		return v, held, err
	}
	held, err = s.heldReport(r, v)
	return v, held, err
}

func writeReport(w http.ResponseWriter, v view, held *report.Held) error {
	item, err := v.reportOf(held)
	if err != nil {
		return err
	}
	return writeDocument(w, typeGeoJSON, item)
}

// reportPhoto answers /reports/{receipt}/photo, for staff alone.
func (s *server) reportPhoto(w http.ResponseWriter, r *http.Request) error {
	_, held, err := s.beginReport(w, r)
	if err != nil {
		return err
	}
	jpeg, err := s.Reports.Photo(r.Context(), held.Receipt)
	if errors.Is(err, geo.ErrNotFound) {
		return problem.NotFound("report %s has no photo, or not any more", held.Receipt)
	}
	if err != nil {
		return err
	}
	return write(w, "image/jpeg", jpeg)
}

// sentMove is the body of what brings a report to another state. Version is that of
// the report as the sender saw it.
type sentMove struct {
	Version int64        `json:"version"`
	State   report.State `json:"state"`
	Note    string       `json:"note"`
	Answer  string       `json:"answer"`
}

// moveReport answers POST /reports/{receipt}/state: a report is taken on, handed back,
// settled or answered. Sent twice, it is done once; who comes second is told what stands.
func (s *server) moveReport(w http.ResponseWriter, r *http.Request) error {
	v, held, err := s.beginReport(w, r)
	if err != nil {
		return err
	}
	body, err := readBody(w, r, typeJSON)
	if err != nil {
		return err
	}
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.DisallowUnknownFields()
	var sent sentMove
	if err := decodeOne(decoder, &sent); err != nil {
		return badBody(err)
	}
	moved, err := s.bring(r, v, &held, &sent)
	var changed *report.ChangedError
	switch {
	case errors.Is(err, report.ErrUnfit):
		return &problem.Problem{Name: "bad-move", Status: http.StatusUnprocessableEntity, Title: "The report does not go on so", Detail: err.Error()}
	case errors.As(err, &changed):
		item, failed := v.reportOf(&changed.Now)
		if failed != nil {
			return failed
		}
		return &problem.Problem{
			Name: "report-changed", Status: http.StatusConflict, Title: "Somebody else was quicker",
			Detail: changed.Error(), Members: map[string]any{"report": item},
		}
	case err != nil:
		return err
	}
	return writeReport(w, v, &moved)
}

// bring brings a report to another state, for who may record where it is. Errors are
// those of report.Book.Move.
func (s *server) bring(r *http.Request, v view, held *report.Held, sent *sentMove) (report.Held, error) {
	p, err := held.Point()
	if err != nil {
		return *held, err
	}
	if !v.who.May(access.Record, v.grounds.around(geo.PointShape(p), v.at)) {
		return *held, &problem.Problem{
			Name: "forbidden", Status: http.StatusForbidden, Title: "The account may not do this",
			Detail:  v.who.Name + " has no role that lets it work on reports here (" + string(access.Record) + ")",
			Members: map[string]any{"account": v.who.Name, "action": access.Record},
		}
	}
	moved, err := s.Reports.Move(r.Context(), held.Receipt, sent.Version, report.Move{To: sent.State, By: v.who.Name, Note: sent.Note, Answer: sent.Answer})
	if err != nil {
		return *held, err
	}
	s.Log.InfoContext(r.Context(), "report moved", "id", recordOf(r).id, "state", moved.State(), "after", s.Clock().Sub(moved.Since(report.Accepted)).Round(time.Minute))
	return moved, nil
}
