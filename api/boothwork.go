package api

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/gorilla/mux"

	"gridatlas/api/access"
	"gridatlas/api/problem"
	"gridatlas/geo"
	"gridatlas/geo/crs"
	"gridatlas/geo/entry"
	"gridatlas/geo/personal"
	"gridatlas/geo/snapshot"
)

// Limits of what staff send about a booth.
const (
	maxBoothWork = 4 << 10 // bytes of a body
	maxBoothNote = 200     // characters
	// longestAgo is how many days ago something may have been done that is entered now:
	// a phone may have been without a net, a list may wait on a desk.
	longestAgo = 30
)

// boothKey reads which booth a path names.
func boothKey(r *http.Request) (geo.Key, error) {
	text := mux.Vars(r)["id"]
	id, err := strconv.ParseInt(text, 10, 64)
	if err != nil || strconv.FormatInt(id, 10) != text {
		return geo.Key{}, problem.NotFound("there is no booth %q", text)
	}
	return geo.Key{Layer: geo.Booths, ID: id}, nil
}

// onBooth writes what staff did at a booth: read reads what was sent, change writes it
// into the booth. The answer is the booth as it is then. A request that is sent again
// with its Idempotency-Key is answered as the first one was.
func (s *server) onBooth(w http.ResponseWriter, r *http.Request, deed string, sent any, noted func() string, change func(*boothWork) error) error {
	key, err := boothKey(r)
	if err != nil {
		return err
	}
	if err := s.begin(w, r); err != nil {
		return err
	}
	body, err := readBody(w, r, typeJSON)
	if err != nil {
		return err
	}
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.DisallowUnknownFields()
	if err := decodeOne(decoder, sent); err != nil {
		return badBody(err)
	}
	work := s.atBooth(key, deed, noted(), change)
	work.fingerprint = fingerprint(r, body)
	done, err := s.commit(w, r, work)
	if err != nil {
		return err
	}
	return s.writtenFeature(w, r, done, crs.CRS84, http.StatusOK)
}

// atBooth is the write of what somebody did at a booth.
func (s *server) atBooth(key geo.Key, deed, note string, change func(*boothWork) error) *writing {
	note = strings.TrimSpace(note)
	work := &writing{deed: deed + " " + key.String(), note: note, whatever: true}
	work.prepare = func(snap *snapshot.Snapshot) ([]geo.Change, []entry.Fault, error) {
		before, there := snap.Get(key)
		if !there {
			return nil, nil, problem.NotFound("there is no booth %d", key.ID)
		}
		job := &boothWork{writing: work, snap: snap, booth: geo.Clone(before).(*geo.Booth), today: s.today(), now: geo.InstantOf(s.Clock())}
		job.checkNote(note)
		if err := change(job); err != nil {
			return nil, nil, err
		}
		return []geo.Change{geo.Replace(job.booth)}, ofChange(0, job.faults), nil
	}
	return work
}

// boothWork is work at a booth on one map.
type boothWork struct {
	*writing
	snap   *snapshot.Snapshot
	booth  *geo.Booth
	today  geo.Date // in the city
	now    geo.Instant
	faults []geo.Violation
}

func (job *boothWork) fault(field, rule, format string, args ...any) {
	job.faults = append(job.faults, geo.Violation{
		Rule: rule, Layer: geo.Booths, ID: job.booth.ID, Field: field, Detail: fmt.Sprintf(format, args...),
	})
}

func (job *boothWork) checkNote(note string) {
	if n := utf8.RuneCountInString(note); n > maxBoothNote {
		job.fault("note", "range", "has %d characters, at most %d are kept", n, maxBoothNote)
	}
	if personal.Number(note) {
		job.fault("note", "personal", "holds what looks like the number of a phone or of an identity card; no personal data is kept")
	}
}

// day reads the day on which something was done; not given: today.
func (job *boothWork) day(text string) geo.Date {
	day, err := geo.ParseDate(text)
	switch {
	case err != nil:
		job.fault("on", "value", "%v", err)
	case day == 0:
		return job.today
	case day > job.today:
		job.fault("on", "range", "%v is still to come", day)
	case day < job.today-longestAgo:
		job.fault("on", "range", "%v is more than %d days ago", day, longestAgo)
	}
	return day
}

// inspection is what somebody found at a booth: which of the seven checks are met.
type inspection struct {
	Passed []string `json:"passed"`
	On     string   `json:"on"`
	Note   string   `json:"note"`
}

// inspect answers POST /booths/{id}/inspections: which of the seven checks somebody
// found to be met. The rhythm of the layer says when the booth is due again.
func (s *server) inspect(w http.ResponseWriter, r *http.Request) error {
	var sent inspection
	return s.onBooth(w, r, "inspect", &sent, func() string { return sent.Note }, sent.write)
}

// write writes an inspection into its booth.
func (sent *inspection) write(job *boothWork) error {
	checks, _ := job.schema().Field("checks")
	for i, passed := range sent.Passed {
		if _, known := checks.Term(passed); !known && len(job.faults) <= len(checks.Terms) {
			job.fault("passed", "term", "%.40q is none of the checks", passed)
		} else if slices.Contains(sent.Passed[:i], passed) && len(job.faults) <= len(checks.Terms) {
			job.fault("passed", "value", "%.40q is named twice", passed)
		}
	}
	if sent.Passed == nil {
		job.fault("passed", "missing", "which checks are met is not given; none: []")
	}
	on := job.day(sent.On)
	if len(job.faults) > 0 {
		return nil
	}
	b := job.booth
	if b.LastChecked > on {
		return &problem.Problem{
			Name: "checked-since", Status: http.StatusConflict, Title: "The booth was checked again since then",
			Detail: fmt.Sprintf("it was checked on %v, this is of %v", b.LastChecked, on), Members: map[string]any{"last_checked": b.LastChecked.String()},
		}
	}
	b.Checks = nil
	for _, check := range checks.Terms { // in the order of the list, so that the same is equal
		if slices.Contains(sent.Passed, check.Value) {
			b.Checks = append(b.Checks, check.Value)
		}
	}
	b.LastChecked, b.SurveyedOn, b.SurveyedBy = on, on, job.who.Name
	b.DueOn = on + geo.Date(job.schema().CheckDays)
	return nil
}

func (job *boothWork) schema() *geo.Schema { return geo.MustSchema(geo.Booths) }

// moveBooth answers POST /booths/{id}/move: the booth stands somewhere else from a day
// on and keeps its number. Whoever scans the plate reads since when, and from where.
func (s *server) moveBooth(w http.ResponseWriter, r *http.Request) error {
	var sent struct {
		Lon      *float64 `json:"lon"`
		Lat      *float64 `json:"lat"`
		Landmark string   `json:"landmark"`
		On       string   `json:"on"`
		Note     string   `json:"note"`
	}
	return s.onBooth(w, r, "move", &sent, func() string { return sent.Note }, func(job *boothWork) error {
		if err := job.inUse(); err != nil {
			return err
		}
		landmark := strings.TrimSpace(sent.Landmark)
		switch n := utf8.RuneCountInString(landmark); {
		case n == 0:
			job.fault("landmark", "missing", "where the booth stands now is to be said in words")
		case n > maxBoothNote:
			job.fault("landmark", "range", "has %d characters, at most %d are kept", n, maxBoothNote)
		}
		on := job.day(sent.On)
		var to geo.Point
		if sent.Lon == nil || sent.Lat == nil {
			job.fault("geometry", "missing", "lon and lat of where the booth stands now are not given")
		} else if p, err := fromDatum(*sent.Lon, *sent.Lat, crs.WGS84); err != nil {
			job.fault("geometry", "value", "%v", err)
		} else {
			to = p
		}
		if len(job.faults) > 0 {
			return nil
		}
		b := job.booth
		b.MovedOn, b.MovedFrom = on, b.Landmark
		b.Shape, b.Landmark = geo.PointShape(to), landmark
		b.SurveyedOn, b.SurveyedBy = on, job.who.Name
		return nil
	})
}

// retireBooth answers POST /booths/{id}/retire: the booth is given up, or another one
// serves instead of it. Its number is never given again, and the card of its master
// opens nothing any more.
func (s *server) retireBooth(w http.ResponseWriter, r *http.Request) error {
	var sent struct {
		ReplacedBy int64  `json:"replaced_by"`
		Note       string `json:"note"`
	}
	return s.onBooth(w, r, "retire", &sent, func() string { return sent.Note }, func(job *boothWork) error {
		if err := job.inUse(); err != nil {
			return err
		}
		b := job.booth
		job.records = geo.RecordChanges(access.CardEnd(b.ID))
		b.Status, b.StatusAt, b.BackAt, b.HoursToday, b.Until = "retired", job.now, 0, "", job.now
		if sent.ReplacedBy != 0 {
			next, there := job.snap.Layer(geo.Booths).Get(sent.ReplacedBy)
			switch {
			case !there || outOfUse(next.(*geo.Booth), job.now) || next.Common().ID == b.ID:
				job.fault("replaced_by", "reference", "there is no other booth %d in use", sent.ReplacedBy)
			case next.Common().Code == "":
				job.fault("replaced_by", "reference", "booth %d has no code by which to name it", sent.ReplacedBy)
			default:
				b.Status, b.MovedTo = "moved", next.Common().Code
			}
		}
		return nil
	})
}

// inUse refuses work at a booth that was given up.
func (job *boothWork) inUse() error {
	if !outOfUse(job.booth, job.now) {
		return nil
	}
	return errOutOfUse
}

var errOutOfUse = &problem.Problem{Name: "out-of-use", Status: http.StatusConflict, Title: "The booth is out of use already"}

func outOfUse(b *geo.Booth, now geo.Instant) bool {
	return b.Status == "moved" || b.Status == "retired" || b.Until != 0 && b.Until <= now
}
