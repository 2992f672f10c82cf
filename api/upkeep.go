package api

import (
	"context"
	"net/http"
	"slices"
	"sync"
	"time"

	"gridatlas/api/access"
	"gridatlas/api/problem"
	"gridatlas/geo"
	"gridatlas/geo/find"
	"gridatlas/geo/snapshot"
	"gridatlas/geo/upkeep"
)

// surveys keeps what has to be looked after on the newest map: worked out when
// somebody asks, once for a map and a day. What comes into effect in the course of
// the day is judged with the next map or on the next day.
type surveys struct {
	turn  sync.Mutex // held while one is worked out
	mu    sync.Mutex // guards the rest
	snap  *snapshot.Snapshot
	last  *upkeep.Report
	parts map[string]*upkeep.Report // of last, by view
}

// of returns the report of a map. Those who ask while it is worked out wait.
func (k *surveys) of(ctx context.Context, snap *snapshot.Snapshot, now time.Time) (*upkeep.Report, error) {
	if kept := k.kept(snap, now); kept != nil {
		return kept, nil
	}
	k.turn.Lock()
	defer k.turn.Unlock()
	if kept := k.kept(snap, now); kept != nil {
		return kept, nil
	}
	report, err := upkeep.Survey(ctx, snap, now)
	if err != nil {
		return nil, err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.snap, k.last, k.parts = snap, report, map[string]*upkeep.Report{}
	return report, nil
}

func (k *surveys) kept(snap *snapshot.Snapshot, now time.Time) *upkeep.Report {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.snap == snap && k.last.On == geo.DateOf(now) {
		return k.last
	}
	return nil
}

// maxParts is how many views of one report are kept.
const maxParts = 64

// part is what a view shows of a report.
func (k *surveys) part(report *upkeep.Report, v view) *upkeep.Report {
	if v.whole {
		return report
	}
	k.mu.Lock()
	kept := k.parts[v.name()]
	if report != k.last {
		kept = nil
	}
	k.mu.Unlock()
	if kept != nil {
		return kept
	}
	part := report.Within(func(community *geo.Place) bool {
		return v.who.May(access.See, v.grounds.up(nil, community, v.at))
	}, v.sees)
	k.mu.Lock()
	defer k.mu.Unlock()
	if report == k.last {
		if len(k.parts) >= maxParts {
			clear(k.parts)
		}
		k.parts[v.name()] = part
	}
	return part
}

// report is for staff: it names who is in charge of what, and what is not public. Who
// has roles at some places sees what lies there.
func (s *server) report(w http.ResponseWriter, r *http.Request) (*snapshot.Snapshot, *upkeep.Report, error) {
	snap, err := s.snapshot(w)
	if err != nil {
		return nil, nil, err
	}
	v, err := s.view(w, r)
	if err != nil {
		return nil, nil, err
	}
	report, err := s.surveys.of(r.Context(), snap, s.Clock().In(s.Zone))
	if err != nil {
		return nil, nil, err
	}
	return snap, s.surveys.part(report, s.on(v, snap)), nil
}

// upkeep answers /upkeep: how much has to be looked after, by community and layer.
func (s *server) upkeep(w http.ResponseWriter, r *http.Request) error {
	if err := s.beginStaff(w, r); err != nil {
		return err
	}
	_, report, err := s.report(w, r)
	if err != nil {
		return err
	}
	o := object{text: make([]byte, 0, 64<<10)}
	o.open()
	o.reported(report)
	o.name("rules")
	o.open()
	o.name("check_days")
	o.open()
	for _, layer := range upkeep.Layers {
		if days := geo.MustSchema(layer).CheckDays; days > 0 {
			o.int(string(layer), int64(days))
		}
	}
	o.close()
	o.num("outside_metres", upkeep.OutsideMetres, 0)
	o.num("ground_tolerance", upkeep.GroundTolerance, 2)
	o.num("floor_tolerance", upkeep.FloorTolerance, 2)
	o.close()
	array(&o, "rows", report.Rows, func(row upkeep.Row) {
		o.open()
		if row.Community == nil {
			o.area(nil)
		} else {
			o.area(row.Community)
		}
		o.counts(row.Layers)
		o.close()
	})
	o.name("total")
	o.open()
	o.counts(report.Total)
	o.close()
	o.close()
	return write(w, typeJSON, o.text)
}

// reported appends what every answer about upkeep says of itself.
func (o *object) reported(report *upkeep.Report) {
	o.int("revision", report.Revision)
	o.str("on", report.On.String())
}

// counts appends the layers that have features, each with how many and how many
// findings of each kind.
func (o *object) counts(layers []upkeep.Count) {
	o.name("layers")
	o.open()
	for i, count := range layers {
		if count.Features == 0 {
			continue
		}
		o.name(string(upkeep.Layers[i]))
		o.open()
		o.int("features", int64(count.Features))
		o.found(count.Found[:])
		o.close()
	}
	o.close()
}

func (o *object) found(counts []int) {
	for _, kind := range upkeep.Kinds {
		o.int(kind.String(), int64(counts[kind]))
	}
}

// upkeepStewards answers /upkeep/stewards: who has how much to do.
func (s *server) upkeepStewards(w http.ResponseWriter, r *http.Request) error {
	if err := s.beginStaff(w, r); err != nil {
		return err
	}
	_, report, err := s.report(w, r)
	if err != nil {
		return err
	}
	o := object{text: make([]byte, 0, 32<<10)}
	o.open()
	o.reported(report)
	array(&o, "stewards", report.Stewards, func(steward *upkeep.Steward) {
		o.open()
		o.str("who", steward.Who)
		o.found(steward.Found[:])
		o.close()
	})
	o.name("nobody")
	o.open()
	o.found(report.Nobody[:])
	o.close()
	o.close()
	return write(w, typeJSON, o.text)
}

// none is what a parameter says for: in no community, nobody's.
const none = "-"

// wanted is which findings a request is about; nothing said: all.
type wanted struct {
	kind               *upkeep.Kind
	layer              geo.Layer
	community, steward string
}

// wantedParameters are the names of those that readWanted reads.
var wantedParameters = []string{"finding", "layer", "community", "steward"}

func readWanted(q query) (want wanted, err error) {
	for _, name := range wantedParameters {
		if q.has(name) && q.text(name) == "" {
			return want, problem.Parameter(name, "is empty")
		}
	}
	if q.has("finding") {
		kind, ok := upkeep.ParseKind(q.text("finding"))
		if !ok {
			return want, problem.Parameter("finding", "%q is none of %v", q.text("finding"), upkeep.Kinds)
		}
		want.kind = &kind
	}
	want.layer = geo.Layer(q.text("layer"))
	if want.layer != "" && !slices.Contains(upkeep.Layers, want.layer) {
		return want, problem.Parameter("layer", "%q is none of %v", want.layer, upkeep.Layers)
	}
	want.community, want.steward = q.text("community"), q.text("steward")
	return want, nil
}

func (want *wanted) has(f *upkeep.Finding) bool {
	community, steward := none, none
	if f.Community != nil {
		community = f.Community.Code
	}
	if f.Steward != nil {
		steward = f.Steward.Who
	}
	return (want.kind == nil || *want.kind == f.Kind) &&
		(want.layer == "" || want.layer == f.Feature.Layer()) &&
		(want.community == "" || want.community == community) &&
		(want.steward == "" || want.steward == steward)
}

// find returns the findings that are wanted. It looks at ctx now and then.
func (want *wanted) find(ctx context.Context, report *upkeep.Report) (found []*upkeep.Finding, err error) {
	for i := range report.Findings {
		if i%65536 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if want.has(&report.Findings[i]) {
			found = append(found, &report.Findings[i])
		}
	}
	return found, nil
}

// upkeepItems answers /upkeep/items: what has to be looked after, one by one.
func (s *server) upkeepItems(w http.ResponseWriter, r *http.Request) error {
	if err := s.staffOnly(w, r); err != nil {
		return err
	}
	q, err := readQuery(r, slices.Concat(partParameters, wantedParameters)...)
	if err != nil {
		return err
	}
	want, err := readWanted(q)
	if err != nil {
		return err
	}
	p, err := q.part()
	if err != nil {
		return err
	}
	snap, report, err := s.report(w, r)
	if err != nil {
		return err
	}
	found, err := want.find(r.Context(), report)
	if err != nil {
		return err
	}
	matched := len(found)
	found = partOf(found, p)
	o := object{text: make([]byte, 0, 64<<10)}
	o.open()
	o.str("type", "FeatureCollection")
	o.reported(report)
	o.links(s.partLinks(r, "/upkeep/items", q, p, matched, typeGeoJSON))
	o.int("numberMatched", int64(matched))
	o.int("numberReturned", int64(len(found)))
	array(&o, "features", found, func(f *upkeep.Finding) { o.finding(snap, f) })
	o.close()
	return write(w, typeGeoJSON, o.text)
}

// finding appends what has to be looked after, with the point where the feature is.
func (o *object) finding(snap *snapshot.Snapshot, f *upkeep.Finding) {
	base := f.Feature.Common()
	o.open()
	o.str("type", "Feature")
	o.str("id", f.Kind.String()+" "+geo.KeyOf(f.Feature).String())
	o.geometry("geometry", placed(f.Feature))
	o.name("properties")
	o.open()
	o.str("finding", f.Kind.String())
	o.str("layer", string(f.Feature.Layer()))
	o.int("id", base.ID)
	o.kind(f.Feature)
	o.code("code", base.Code)
	title, _ := find.Title(snap, f.Feature)
	o.code("title", title)
	o.code("where", whereOf(snap, f))
	zh, en := f.Texts()
	o.str("text_zh", zh)
	o.str("text_en", en)
	o.code("checked_on", f.Checked.String())
	o.code("due_on", f.Due.String())
	o.code("community", nameOfPlace(f.Community))
	o.code("steward", whoOf(f.Steward))
	o.close()
	o.close()
}

// placed is the point where a feature is; no shape where it is nowhere.
func placed(f geo.Feature) geo.Shape {
	shape := f.Common().Shape
	if shape.IsZero() {
		return shape
	}
	return geo.PointShape(middle(shape))
}

// whereOf says in words where a feature is: its address, what it is part of, or the
// grid that it lies in.
func whereOf(snap *snapshot.Snapshot, f *upkeep.Finding) string {
	switch f := f.Feature.(type) {
	case *geo.Booth:
		if f.Landmark != "" {
			return f.Landmark
		}
	case *geo.Facility:
		if f.Address != "" {
			return f.Address
		}
	case *geo.Gate:
		for _, layer := range []geo.Layer{geo.Compounds, geo.Buildings, geo.Shelters} {
			if of, ok := snap.Layer(layer).ByCode(f.Of); ok {
				title, _ := find.Title(snap, of)
				return title
			}
		}
	}
	if _, within := find.Title(snap, f.Feature); within != "" {
		return within
	}
	if f.Grid != nil {
		return f.Grid.Name
	}
	return ""
}

func nameOfPlace(place *geo.Place) string {
	if place == nil {
		return ""
	}
	return place.Name
}

func whoOf(steward *upkeep.Steward) string {
	if steward == nil {
		return ""
	}
	return steward.Who
}
