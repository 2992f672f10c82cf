package api

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"gridatlas/api/problem"
	"gridatlas/geo"
	"gridatlas/geo/crs"
	"gridatlas/geo/geojson"
	"gridatlas/geo/walk"
)

// Bounds of lists of buildings.
const (
	defaultOutside = 100
	maxOutside     = 1000
	// maxInView is how many buildings one answer colours: those of a large city on a
	// desktop's map are fewer.
	maxInView = 50_000
)

// coverageQuery is what all questions about coverage share.
type coverageQuery struct {
	walk.Query
	minutes int
	by      walk.Level
}

// readCoverage reads what all questions about coverage share: categories, of which
// any will do, speed and instant.
func (s *server) readCoverage(q query) (coverageQuery, error) {
	var want coverageQuery
	var err error
	if want.Query, err = s.readWalk(q); err != nil {
		return want, err
	}
	if !q.has("of") {
		return want, problem.Parameter("of", "is missing: name the kinds of places, as booths or facilities.clinic")
	}
	if want.Of, err = readCategories(q); err != nil {
		return want, err
	}
	minutes, err := readMinutes(q)
	if err != nil {
		return want, err
	}
	if len(minutes) != 1 {
		return want, problem.Parameter("minutes", "is one number here")
	}
	want.minutes = minutes[0]
	want.by = walk.ByCommunity
	if q.has("by") {
		by, ok := walk.ParseLevel(q.text("by"))
		if !ok {
			return want, problem.Parameter("by", "%q is none of %v", q.text("by"), walk.Levels)
		}
		want.by = by
	}
	return want, nil
}

// covered works the coverage out, or finds it where it is kept.
func (s *server) covered(w http.ResponseWriter, r *http.Request, q coverageQuery) (*walk.Coverage, error) {
	m, err := s.walkMap(w)
	if err != nil {
		return nil, err
	}
	c, err := m.Coverage(r.Context(), q.Query)
	if err != nil {
		return nil, fmt.Errorf("coverage: %w", err)
	}
	return c, nil
}

// coverage answers /coverage: by areas, how many buildings, households and people
// reach a place of some kinds on foot within some minutes.
func (s *server) coverage(w http.ResponseWriter, r *http.Request) error {
	q, err := readQuery(r, "of", "minutes", "by", "speed", "at")
	if err != nil {
		return err
	}
	want, err := s.readCoverage(q)
	if err != nil {
		return err
	}
	if want.Change, err = readChange(r, crs.WGS84); err != nil {
		return err
	}
	v, err := s.view(w, r)
	if err != nil {
		return err
	}
	want.OwnFigures = v.ownFigures()
	m, err := s.walkMap(w)
	if err != nil {
		return err
	}
	c, rows, total, err := counted(r.Context(), m, want)
	if err != nil {
		return err
	}
	o := coverageBody(c, want.by, want.minutes, rows, total)
	if want.Change != nil {
		plain := want
		plain.Change = nil
		_, today, totalToday, err := counted(r.Context(), m, plain)
		if err != nil {
			return err
		}
		o.changedCoverage(rows, today, total, totalToday)
	}
	o.close()
	return write(w, typeJSON, o.text)
}

// counted works a coverage out on a map, or finds it where it is kept, and counts it
// by areas.
func counted(ctx context.Context, m *walk.Map, q coverageQuery) (c *walk.Coverage, rows []walk.Row, total walk.Row, err error) {
	if c, err = m.Coverage(ctx, q.Query); err == nil {
		rows, total, err = c.Rows(ctx, q.by, q.minutes)
	}
	if err != nil {
		return nil, nil, walk.Row{}, fmt.Errorf("coverage: %w", err)
	}
	return c, rows, total, nil
}

// CoverageJSON is the body of /coverage.
func CoverageJSON(c *walk.Coverage, by walk.Level, minutes int, rows []walk.Row, total walk.Row) []byte {
	o := coverageBody(c, by, minutes, rows, total)
	o.close()
	return o.text
}

// coverageBody is the body of /coverage but for its end.
func coverageBody(c *walk.Coverage, by walk.Level, minutes int, rows []walk.Row, total walk.Row) *object {
	o := &object{text: make([]byte, 0, 16<<10), exact: c.OwnFigures}
	o.open()
	o.coverageHeader(c)
	o.int("minutes", int64(minutes))
	o.str("by", string(by))
	o.figures()
	array(o, "rows", rows, o.coverageRow)
	o.name("total")
	o.open()
	o.served(total)
	o.close()
	return o
}

// coverageHeader appends what every answer about coverage says of itself.
func (o *object) coverageHeader(c *walk.Coverage) {
	o.int("revision", c.Revision)
	o.int("network_revision", c.NetworkRevision)
	o.str("at", c.At.Format(time.RFC3339))
	o.num("speed_mps", c.SpeedMPS, 2)
	array(o, "of", c.Of, func(of walk.Category) { o.text = strconv.AppendQuote(o.text, of.Word) })
	o.int("places", int64(c.Places))
}

func (o *object) coverageRow(row walk.Row) {
	o.open()
	o.area(row.Area)
	o.served(row)
	o.close()
}

// area appends what names an area; nil stands for the buildings in none.
func (o *object) area(area geo.Feature) {
	if area == nil {
		o.raw("id", "null")
		o.raw("code", "null")
		o.raw("name", "null")
		o.raw("bbox", "null")
		return
	}
	base := area.Common()
	o.int("id", base.ID)
	o.code("code", base.Code)
	o.code("name", base.Name)
	o.box("bbox", base.Shape.Box())
}

// inside appends a sum of the people who are served: nobody where no building is.
func (o *object) inside(name string, row walk.Row, in geo.Opt[int64]) {
	if row.In.Buildings == 0 {
		o.int(name, 0)
	} else {
		o.people(name, in)
	}
}

// served appends the sums of a row.
func (o *object) served(row walk.Row) {
	o.int("buildings", int64(row.All.Buildings))
	o.int("buildings_in", int64(row.In.Buildings))
	o.people("households", row.All.Households)
	o.inside("households_in", row, row.In.Households)
	o.people("people", row.All.People)
	o.inside("people_in", row, row.In.People)
	o.num("known", row.All.Known, 3)
	o.estimated(row.All)
}

// coverageOutside answers /coverage/outside: the buildings that reach no place in
// time, page by page in order of id.
func (s *server) coverageOutside(w http.ResponseWriter, r *http.Request) error {
	q, err := readQuery(r, "of", "minutes", "by", "code", "speed", "at", "after", "limit")
	if err != nil {
		return err
	}
	want, err := s.readCoverage(q)
	if err != nil {
		return err
	}
	outside := walk.Outside{Minutes: want.minutes, By: want.by, Code: q.text("code")}
	if q.has("code") && outside.Code == "" {
		return problem.Parameter("code", "is empty")
	}
	after, err := q.integer("after", 0, 0)
	if err != nil {
		return err
	}
	outside.After = int64(after)
	limit, err := q.integer("limit", 1, defaultOutside)
	if err != nil {
		return err
	}
	outside.Limit = min(limit, maxOutside)
	c, err := s.covered(w, r, want)
	if err != nil {
		return err
	}
	list, matched, err := c.Outside(r.Context(), outside)
	if err != nil {
		return fmt.Errorf("coverage: %w", err)
	}
	next := ""
	if len(list) == outside.Limit {
		page := url.Values{}
		for name, values := range q.values {
			page[name] = values
		}
		page.Set("at", want.At.Format(time.RFC3339)) // the pages are of one instant
		page.Set("after", strconv.FormatInt(list[len(list)-1].Building.ID, 10))
		next = s.base(r) + "/coverage/outside?" + page.Encode()
	}
	return write(w, typeJSON, OutsideJSON(c, want.minutes, list, matched, next))
}

// OutsideJSON is the body of /coverage/outside; next may be empty.
func OutsideJSON(c *walk.Coverage, minutes int, list []walk.Served, matched int, next string) []byte {
	o := object{text: make([]byte, 0, 16<<10)}
	o.open()
	o.coverageHeader(c)
	o.int("minutes", int64(minutes))
	o.int("matched", int64(matched))
	array(&o, "items", list, o.outside)
	if next != "" {
		o.str("next", next)
	}
	o.close()
	return o.text
}

func (o *object) outside(s walk.Served) {
	b := s.Building
	o.open()
	o.int("id", b.ID)
	o.code("code", b.Code)
	o.code("name", b.Name)
	o.code("compound", b.Compound)
	o.code("number", b.Number)
	o.degrees("lon", s.At.X)
	o.degrees("lat", s.At.Y)
	if s.Place == nil {
		o.raw("minutes", "null")
		o.str("reason", s.Reason)
		o.raw("nearest", "null")
	} else {
		o.num("minutes", s.Minutes, 1)
		o.raw("reason", "null")
		o.name("nearest")
		base := s.Place.Common()
		o.open()
		o.int("id", base.ID)
		o.str("layer", string(s.Place.Layer()))
		o.code("name", base.Name)
		o.close()
	}
	o.close()
}

// coverageBuildings answers /coverage/buildings: the ids of the buildings in view
// with a point inside and their minutes, to colour a map by.
func (s *server) coverageBuildings(w http.ResponseWriter, r *http.Request) error {
	q, err := readQuery(r, "of", "bbox", "speed", "at")
	if err != nil {
		return err
	}
	want, err := s.readCoverage(q)
	if err != nil {
		return err
	}
	boxes, err := q.boxes("bbox")
	if err != nil {
		return err
	}
	if boxes == nil {
		return problem.Parameter("bbox", "is missing")
	}
	c, err := s.covered(w, r, want)
	if err != nil {
		return err
	}
	var found []walk.Served
	for _, box := range boxes {
		for served := range c.In(box) {
			if found = append(found, served); len(found) > maxInView {
				return problem.Parameter("bbox", "holds more than %d buildings", maxInView)
			}
		}
	}
	// By id: the order of the index tells which buildings were edited last.
	slices.SortFunc(found, func(a, b walk.Served) int { return cmp.Compare(a.Building.ID, b.Building.ID) })
	o := object{text: make([]byte, 0, 16<<10)}
	o.open()
	o.coverageHeader(c)
	array(&o, "ids", found, func(s walk.Served) { o.text = strconv.AppendInt(o.text, s.Building.ID, 10) })
	array(&o, "minutes", found, func(s walk.Served) {
		if s.Place == nil {
			o.text = append(o.text, "null"...)
		} else {
			o.text = strconv.AppendInt(o.text, int64(math.Ceil(s.Minutes)), 10)
		}
	})
	array(&o, "points", found, func(s walk.Served) { o.text = geojson.AppendPosition(o.text, s.At) })
	o.close()
	return write(w, typeJSON, o.text)
}
