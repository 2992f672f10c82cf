package api

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"mime"
	"net/http"
	"slices"
	"strings"
	"time"

	"gridatlas/api/access"
	"gridatlas/api/problem"
	"gridatlas/geo"
	"gridatlas/geo/crs"
	"gridatlas/geo/entry"
	"gridatlas/geo/find"
	"gridatlas/geo/geojson"
	"gridatlas/geo/snapshot"
	"gridatlas/geo/table"
	"gridatlas/geo/visit"
)

// maxVisit is how many bytes the body of one visit may have.
const maxVisit = 4 << 10

// logVisit answers POST /visits: somebody went to a building. Nothing of the building
// changes, so there is no revision.
func (s *server) logVisit(w http.ResponseWriter, r *http.Request) error {
	if err := s.begin(w, r); err != nil {
		return err
	}
	body, err := readBody(w, r, typeJSON)
	if err != nil {
		return err
	}
	var sent struct {
		Building int64    `json:"building"`
		On       string   `json:"on"`
		Topics   []string `json:"topics"`
		Note     string   `json:"note"`
	}
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.DisallowUnknownFields()
	if err := decodeOne(decoder, &sent); err != nil {
		return badBody(err)
	}
	made := visit.Visit{Building: sent.Building, On: sent.On, Topics: sent.Topics, Note: strings.TrimSpace(sent.Note)}
	if faults := made.Check(s.today()); len(faults) > 0 {
		return problem.Faults(ofChange(0, faults), false)
	}
	who, err := s.who(w, r)
	if err != nil {
		return err
	}
	id := made.On + "-" + visitName(r.Header.Get(headerIdempotency), who)
	work := s.visiting(made, id, who)
	work.fingerprint = fingerprint(r, body)
	if _, err := s.commit(w, r, work); err != nil {
		return err
	}
	// A request that is sent again is answered with what the first one logged.
	kept, _, err := visit.Of(visit.Month(made.On)).Get(r.Context(), s.Store, id)
	if err != nil {
		return err
	}
	w.WriteHeader(http.StatusCreated)
	o := object{}
	o.visit(&loggedVisit{id, kept})
	return write(w, typeJSON, o.text)
}

// visiting is the write that logs a visit, under an id, in somebody's name.
func (s *server) visiting(made visit.Visit, id string, who access.Who) *writing {
	made.By, made.Sent = who.Name, s.Clock().UTC()
	work := &writing{note: "log a visit"}
	work.prepare = func(snap *snapshot.Snapshot) ([]geo.Change, []entry.Fault, error) {
		building, there := snap.Layer(geo.Buildings).Get(made.Building)
		if !there {
			return nil, nil, problem.NotFound("there is no building %d", made.Building)
		}
		if !work.who.May(access.Record, s.groundsOf(snap).place(building, geo.InstantOf(s.Clock()))) {
			return nil, nil, notHere(work.who, access.Record, "log a visit to this building")
		}
		made.Title, _ = find.Title(snap, building)
		made.At[0], made.At[1] = crs.ToDegrees(middle(building.Common().Shape))
		change, err := visit.Of(visit.Month(made.On)).Put(id, 0, made)
		work.records = geo.RecordChanges(change)
		return nil, nil, err
	}
	return work
}

// visitName names a visit within its day, the same for a request that is sent again by
// its key.
func visitName(key string, who access.Who) string {
	if key == "" {
		key = rand.Text()
	}
	sum := sha256.Sum256([]byte(who.Name + "\n" + key))
	return hex.EncodeToString(sum[:6])
}

// notHere refuses what somebody may not do at a place.
func notHere(who access.Who, action access.Action, what string) *problem.Problem {
	return &problem.Problem{
		Name: "forbidden", Status: http.StatusForbidden, Title: "The account may not do this",
		Detail:  who.Name + " has no role that lets it " + what,
		Members: map[string]any{"account": who.Name, "action": action},
	}
}

// loggedVisit is a visit with the key of its record.
type loggedVisit struct {
	id string
	visit.Visit
}

// wantedVisits is which visits a request is about: of one month, and of one building
// or of all that who asks may see.
type wantedVisits struct {
	month    string
	building int64 // 0: all
}

// visitParameters are the names of those that readVisits reads.
var visitParameters = []string{"month", "building"}

func (s *server) readVisits(q query) (want wantedVisits, err error) {
	want.month = cmp.Or(q.text("month"), s.Clock().In(s.Zone).Format("2006-01"))
	if _, err := time.Parse("2006-01", want.month); err != nil {
		return want, problem.Parameter("month", "%q is no month as 2026-11", want.month)
	}
	if q.has("building") {
		building, err := q.integer("building", 1, 1)
		if err != nil {
			return want, err
		}
		want.building = int64(building)
	}
	return want, nil
}

// visitsOf reads the visits of a month that the view shows, the last first.
func (s *server) visitsOf(ctx context.Context, v view, want wantedVisits) (list []loggedVisit, err error) {
	seen := map[[2]float64]bool{}
	err = visit.Of(want.month).All(ctx, s.Store, func(id string, _ int64, made visit.Visit) error {
		if want.building != 0 && want.building != made.Building {
			return ctx.Err()
		}
		shown, asked := seen[made.At]
		if !asked {
			p, err := crs.ToLattice(made.At[0], made.At[1])
			shown = err == nil && v.seesPoint(&p)
			seen[made.At] = shown
		}
		if shown {
			list = append(list, loggedVisit{id, made})
		}
		return ctx.Err()
	})
	slices.SortFunc(list, func(a, b loggedVisit) int {
		return cmp.Or(cmp.Compare(b.On, a.On), b.Sent.Compare(a.Sent), cmp.Compare(a.id, b.id))
	})
	return list, err
}

// listVisits answers GET /visits: what was logged in a month, the last first.
func (s *server) listVisits(w http.ResponseWriter, r *http.Request) error {
	v, err := s.viewNow(w, r)
	if err != nil {
		return err
	}
	q, err := readQuery(r, slices.Concat(partParameters, visitParameters)...)
	if err != nil {
		return err
	}
	want, err := s.readVisits(q)
	if err != nil {
		return err
	}
	p, err := q.part()
	if err != nil {
		return err
	}
	list, err := s.visitsOf(r.Context(), v, want)
	if err != nil {
		return err
	}
	matched := len(list)
	list = partOf(list, p)
	o := object{}
	o.open()
	o.str("month", want.month)
	o.links(s.partLinks(r, "/visits", q, p, matched, typeJSON))
	o.int("numberMatched", int64(matched))
	o.int("numberReturned", int64(len(list)))
	array(&o, "visits", list, func(made loggedVisit) { o.visit(&made) })
	o.close()
	return write(w, typeJSON, o.text)
}

func (o *object) visit(made *loggedVisit) {
	o.open()
	o.str("id", made.id)
	o.int("building", made.Building)
	o.str("title", made.Title)
	o.num("lon", made.At[0], 7)
	o.num("lat", made.At[1], 7)
	o.str("on", made.On)
	array(o, "topics", made.Topics, func(topic string) { o.text = geojson.AppendString(o.text, topic) })
	o.code("note", made.Note)
	o.str("by", made.By)
	o.str("sent", made.Sent.Format(time.RFC3339))
	o.close()
}

// visitHeader names the columns of /visits.csv in Chinese and in English.
var visitHeader = [...][]string{
	{"走访日期", "楼栋", "走访事项", "情况说明", "走访人账号", "登记时间", "经度_wgs84", "纬度_wgs84", "楼栋号"},
	{"on", "building", "topics", "note", "by", "sent", "lon_wgs84", "lat_wgs84", "feature"},
}

// visitsCSV answers /visits.csv: the same as a table.
func (s *server) visitsCSV(w http.ResponseWriter, r *http.Request) error {
	v, err := s.viewNow(w, r)
	if err != nil {
		return err
	}
	q, err := readQuery(r, append([]string{"lang"}, visitParameters...)...)
	if err != nil {
		return err
	}
	want, err := s.readVisits(q)
	if err != nil {
		return err
	}
	language, err := languageOf(q)
	if err != nil {
		return err
	}
	list, err := s.visitsOf(r.Context(), v, want)
	if err != nil {
		return err
	}
	var text bytes.Buffer
	out, err := table.NewCSV(&text, visitHeader[language])
	if err != nil {
		return err
	}
	for i, made := range list {
		if i%4096 == 0 && r.Context().Err() != nil {
			return r.Context().Err()
		}
		titles := make([]string, len(made.Topics))
		for k, topic := range made.Topics {
			titles[k] = topic
			if i := slices.IndexFunc(visit.Topics, func(t geo.Term) bool { return t.Value == topic }); i >= 0 {
				titles[k] = [...]string{visit.Topics[i].Zh, visit.Topics[i].En}[language]
			}
		}
		if err := out.Row([]any{
			made.On, made.Title, strings.Join(titles, ";"), made.Note, made.By, made.Sent.In(s.Zone).Format("2006-01-02 15:04"),
			made.At[0], made.At[1], geo.Key{Layer: geo.Buildings, ID: made.Building}.String(),
		}); err != nil {
			return err
		}
	}
	if err := out.Flush(); err != nil {
		return err
	}
	w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": "走访记录-" + want.month + ".csv"}))
	return write(w, "text/csv; charset=utf-8; header=present", text.Bytes())
}
