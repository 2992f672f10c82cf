package api

import (
	"crypto/rand"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"gridatlas/api/problem"
	"gridatlas/geo"
	"gridatlas/geo/crs"
	"gridatlas/geo/personal"
	"gridatlas/geo/photo"
	"gridatlas/geo/report"
	"gridatlas/geo/snapshot"
	"gridatlas/geo/walk"
)

// ReportPages shows the pages of residents' reports: web.Handler has it.
type ReportPages interface {
	ReportForm(http.ResponseWriter, *http.Request, int, report.Form)
	ReportReceipt(http.ResponseWriter, *http.Request, int, report.Answer)
}

// keptPhoto is how large a photo of a report is kept, in bytes.
const keptPhoto = 400 << 10

// reportPage answers GET /report: the form for a place (of=booths/17) or a point. It
// asks neither who reports nor how to reach them.
func (s *server) reportPage(w http.ResponseWriter, r *http.Request) error {
	q, err := readShared(r, "of", "lon", "lat", "datum", "lang", "big")
	if err != nil {
		return err
	}
	snap, err := s.snapshot(w)
	if err != nil {
		return err
	}
	var form report.Form
	switch {
	case q.has("of"):
		form = formOf(snap, q.text("of"))
	case q.has("lon") || q.has("lat"):
		p, err := q.point("lon", "lat")
		if err != nil {
			return err
		}
		form = formAt(p)
	}
	status := http.StatusOK
	if form.Has(report.FaultPlace) {
		status = http.StatusNotFound
	}
	form.Once, form.Days = rand.Text(), s.Reports.AnswerDays()
	s.ReportPages.ReportForm(w, r, status, form)
	return nil
}

// formOf is the form for a place, "layer/id", of which the public may know.
func formOf(snap *snapshot.Snapshot, of string) report.Form {
	none := report.Form{Faults: []report.Fault{report.FaultPlace}}
	name, idText, _ := strings.Cut(of, "/")
	layer := geo.Layer(name)
	id, err := strconv.ParseInt(idText, 10, 64)
	if kinds := report.KindsOf(layer); err != nil || layer == "" || len(kinds) == 0 {
		return none
	}
	f, there := snap.Get(geo.Key{Layer: layer, ID: id})
	if !there || !geo.ForPublic(f) || f.Common().Shape.IsZero() {
		return none
	}
	form := formAt(standsAt(f))
	form.Layer, form.ID, form.Name, form.Kinds = layer, id, f.Common().Name, report.KindsOf(layer)
	switch f := f.(type) {
	case *geo.Booth:
		form.Where = f.Landmark
	case *geo.Facility:
		form.Where = f.Address
	}
	return form
}

// formAt is the form for a point.
func formAt(p geo.Point) report.Form {
	form := report.Form{Kinds: report.KindsOf("")}
	form.At[0], form.At[1] = crs.ToDegrees(p)
	return form
}

// standsAt is a point that stands for a feature, within it.
func standsAt(f geo.Feature) geo.Point {
	shape := f.Common().Shape
	if shape.Kind() == geo.Polygons {
		return walk.Pole(shape)
	}
	return shape.Points()[0]
}

// sentReport is what came of the form.
type sentReport struct{ upload }

// accept answers POST /report: what was sent is kept and given a receipt number, whose
// page is shown; or the form is shown again with what was typed and what is wrong.
func (s *server) accept(w http.ResponseWriter, r *http.Request) error {
	if _, err := readQuery(r, "lang", "big"); err != nil {
		return err
	}
	read, err := readUpload(r, reportFields...)
	if err != nil {
		return err
	}
	sent := &sentReport{read}
	snap, err := s.snapshot(w)
	if err != nil {
		return err
	}
	form, err := sent.form(snap)
	if err != nil {
		return err
	}
	refuse := func(status int, wait time.Duration, faults ...report.Fault) error {
		form.Faults, form.Days = append(form.Faults, faults...), s.Reports.AnswerDays()
		if wait > 0 {
			w.Header().Set("Retry-After", strconv.Itoa(int(wait.Seconds())+1))
		}
		s.ReportPages.ReportForm(w, r, status, form)
		return nil
	}
	switch {
	case form.Has(report.FaultPlace):
		return refuse(http.StatusNotFound, 0)
	case crossOrigin.Check(r) != nil:
		return refuse(http.StatusForbidden, 0, report.FaultOrigin)
	case form.Has(report.FaultLarge):
		return refuse(http.StatusRequestEntityTooLarge, 0)
	case len(form.Faults) > 0:
		return refuse(http.StatusUnprocessableEntity, 0)
	case s.ReadOnly != nil && s.ReadOnly():
		return refuse(http.StatusServiceUnavailable, time.Minute, report.FaultAway)
	}
	if wait := s.reportPace.wait(s.networkOf(r)); wait > 0 {
		return refuse(http.StatusTooManyRequests, wait, report.FaultTooSoon)
	}
	var kept []byte
	if len(sent.photo) > 0 {
		kept, err = s.clean(r.Context(), func() ([]byte, error) { return photo.Clean(sent.photo, keptPhoto) })
	}
	if status, fault := photoFault(err); fault != "" {
		return refuse(status, 0, report.Fault(fault))
	}
	if err != nil {
		return err
	}
	number := sent.number()
	err = s.Reports.Accept(r.Context(), number, report.Report{
		Kind: form.Kind, Layer: form.Layer, ID: form.ID, Name: form.Name, At: form.At, Note: form.Note,
	}, kept)
	var full *report.FullError
	switch {
	case err == nil:
		w.Header().Set("Cache-Control", "no-store")
		http.Redirect(w, r, receiptPath(number), http.StatusSeeOther)
		return nil
	case errors.As(err, &full) && full.Limit == report.FullPhotos:
		return refuse(http.StatusServiceUnavailable, 0, report.FaultPhotos)
	case errors.As(err, &full):
		s.Log.WarnContext(r.Context(), "no more reports are accepted", "limit", full.Limit)
		return refuse(http.StatusServiceUnavailable, time.Hour, report.FaultFull)
	case errors.Is(err, geo.ErrUnavailable), errors.Is(err, geo.ErrFull):
		return refuse(http.StatusServiceUnavailable, time.Minute, report.FaultAway)
	}
	return err
}

// number is that of the report: what is sent twice has one.
func (sent *sentReport) number() report.Receipt {
	once := sent.fields["once"]
	if len(once) < 20 { // not from our form: none is like another
		once = rand.Text()
	}
	parts := [][]byte{[]byte(once), sent.photo}
	for _, name := range reportFields {
		parts = append(parts, []byte(sent.fields[name]))
	}
	return report.ReceiptOf(parts...)
}

// reportFields are the fields of the form beside the photo.
var reportFields = []string{"of", "lon", "lat", "kind", "note", "once"}

// form is what was sent as a form, with what is wrong with it.
func (sent *sentReport) form(snap *snapshot.Snapshot) (form report.Form, err error) {
	if of := sent.fields["of"]; of != "" {
		form = formOf(snap, of)
	} else {
		lon, err := number("lon", sent.fields["lon"])
		if err != nil {
			return form, err
		}
		lat, err := number("lat", sent.fields["lat"])
		if err != nil {
			return form, err
		}
		p, err := fromDatum(lon, lat, crs.WGS84)
		if err != nil {
			return form, problem.Parameter("lon", "%v", err)
		}
		form = formAt(p)
	}
	if form.Has(report.FaultPlace) {
		return form, nil
	}
	form.Kind, form.Note, form.Once = report.Kind(sent.fields["kind"]), report.Text(sent.fields["note"]), sent.fields["once"]
	form.Photo = len(sent.photo) > 0 || sent.cut
	if !slices.Contains(form.Kinds, form.Kind) {
		form.Kind = ""
		form.Faults = append(form.Faults, report.FaultKind)
	}
	if form.Kind == report.Other && form.Note == "" {
		form.Faults = append(form.Faults, report.FaultNote)
	}
	if utf8.RuneCountInString(form.Note) > report.MaxNote {
		form.Faults = append(form.Faults, report.FaultLong)
	}
	if personal.Number(form.Note) {
		form.Faults = append(form.Faults, report.FaultPersonal)
	}
	if sent.isLarge() {
		form.Faults = append(form.Faults, report.FaultLarge)
	}
	return form, nil
}
