package api

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"gridatlas/api/access"
	"gridatlas/api/problem"
	"gridatlas/geo"
	"gridatlas/geo/estimate"
	"gridatlas/geo/find"
	"gridatlas/geo/geojson"
	"gridatlas/geo/report"
	"gridatlas/geo/snapshot"
	"gridatlas/geo/upkeep"
	"gridatlas/geo/visit"
)

// Limits of what one phone takes along.
const (
	maxOwnGrids     = 8    // of which everything is given at once
	maxOwnChoices   = 500  // grids to choose among
	maxOwnBuildings = 3000 // of all grids that are given
	// maxOwnStreets is how many bytes of the answer streets may take. A grid has a few
	// thousand; one that spans half a town must not fill an old phone.
	maxOwnStreets = 256 << 10
	// dueSoon is how many days ahead a check is on the list: the way is made once.
	dueSoon = 14
)

// mine is what somebody who records on the spot takes along: their grids, and what
// lies in these.
type mine struct {
	view
	all       []*geo.Grid // by code
	grids     []*geo.Grid // of all, those whose ground is given
	buildings []ownFeature
	booths    []ownFeature
	due       []ownFeature // other than booths
	streets   []*geo.Street
	cut       bool // there are more buildings than are given
	fewer     bool // there are more streets than are given
}

// ownFeature is a feature in a grid of one's own.
type ownFeature struct {
	geo.Feature
	grid         *geo.Grid
	checked, due geo.Date
}

// ownWork answers /my/work: what a grid worker needs in the street, in one answer that
// a phone keeps for where there is no net. Of many grids the caller names one.
func (s *server) ownWork(w http.ResponseWriter, r *http.Request) error {
	v, err := s.viewNow(w, r)
	if err != nil {
		return err
	}
	q, err := readQuery(r, "grid")
	if err != nil {
		return err
	}
	if !v.who.MayAnywhere(access.Record) {
		return notHere(v.who, access.Record, "record what is found on the spot")
	}
	m := &mine{view: v}
	if err := m.findGrids(r.Context()); err != nil {
		return err
	}
	if !m.open(q.text("grid")) {
		return problem.NotFound("%q is no grid of %s", q.text("grid"), v.who.Name)
	}
	if err := m.gather(r.Context()); err != nil {
		return err
	}
	return write(w, typeJSON, m.document(s.Clock()))
}

// findGrids lists the grids in effect in which somebody may see and record.
func (m *mine) findGrids(ctx context.Context) error {
	for grid := range snapshot.All[*geo.Grid](m.grounds.snap) {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if grid.Code != "" && grid.InEffect(m.at) && m.isMine(m.grounds.up(nil, grid, m.at)) {
			m.all = append(m.all, grid)
		}
	}
	slices.SortFunc(m.all, func(a, b *geo.Grid) int { return strings.Compare(a.Code, b.Code) })
	return nil
}

// open says which grids' ground is given: that of a code, which may be none of one's
// own; without a code all, if they are few.
func (m *mine) open(code string) bool {
	switch i := slices.IndexFunc(m.all, func(g *geo.Grid) bool { return g.Code == code }); {
	case i >= 0:
		m.grids = m.all[i : i+1]
	case code != "":
		return false
	case len(m.all) <= maxOwnGrids:
		m.grids = m.all
	}
	return true
}

func (m *mine) isMine(place access.Place) bool {
	return m.who.May(access.See, place) && m.who.May(access.Record, place)
}

// gather finds what lies in the grids. A feature is in the grid that holds its middle,
// and is given where it may be written, which asks that the whole of it lies in one's
// place.
func (m *mine) gather(ctx context.Context) error {
	snap := m.grounds.snap
	streets := map[*geo.Street]bool{}
	for _, grid := range m.grids {
		box := grid.Shape.Box()
		for _, layer := range ownLayers {
			for f := range snap.Layer(layer).Search(box) {
				if ctx.Err() != nil {
					return ctx.Err()
				}
				m.take(f, grid)
			}
		}
		for street := range snapshot.Search[*geo.Street](snap, box) {
			if street.InEffect(m.at) && !streets[street] {
				streets[street] = true
				m.streets = append(m.streets, street)
			}
		}
	}
	byID := func(a, b ownFeature) int {
		return cmp.Or(cmp.Compare(a.Layer(), b.Layer()), cmp.Compare(a.Common().ID, b.Common().ID))
	}
	slices.SortFunc(m.buildings, byID)
	slices.SortFunc(m.booths, byID)
	slices.SortFunc(m.due, byID)
	m.boundStreets()
	if m.cut = len(m.buildings) > maxOwnBuildings; m.cut {
		m.buildings = m.buildings[:maxOwnBuildings]
	}
	return nil
}

// boundStreets puts the streets in order, the main ones first, and leaves out the last
// where all are more than a phone takes along.
func (m *mine) boundStreets() {
	classes, _ := geo.MustSchema(geo.Streets).Field("class")
	rank := func(street *geo.Street) int {
		i := slices.IndexFunc(classes.Terms, func(t geo.Term) bool { return t.Value == street.Class })
		return (i + len(classes.Terms) + 1) % (len(classes.Terms) + 1) // of no class: the last
	}
	slices.SortFunc(m.streets, func(a, b *geo.Street) int { return cmp.Or(rank(a)-rank(b), cmp.Compare(a.ID, b.ID)) })
	const around, position = 90, len("[-179.1234567,-36.1234567],") // bytes of a street beside its name, and of a point
	bytes := 0
	for i, street := range m.streets {
		if bytes += around + len(street.Name) + position*len(street.Shape.Points()); bytes > maxOwnStreets {
			m.streets, m.fewer = m.streets[:i], true
			return
		}
	}
}

// ownLayers are buildings and all that is looked at again from time to time.
var ownLayers = func() []geo.Layer {
	list := []geo.Layer{geo.Buildings}
	for _, layer := range upkeep.Layers {
		if geo.MustSchema(layer).CheckDays > 0 && access.Writing(layer) == access.Record {
			list = append(list, layer)
		}
	}
	return list
}()

// owns reports whether a feature is one's own, in a grid that is.
func (m *mine) owns(grid *geo.Grid, f geo.Feature) bool {
	base := f.Common()
	if !base.InEffect(m.at) || base.Shape.IsZero() || !grid.Shape.Covers(middle(base.Shape)) {
		return false
	}
	// What lies in the grid as a whole is as much one's own as the grid is.
	return m.grounds.holds(grid, base.Shape) || m.isMine(m.grounds.place(f, m.at))
}

func (m *mine) take(f geo.Feature, grid *geo.Grid) {
	if !m.owns(grid, f) {
		return
	}
	own := ownFeature{Feature: f, grid: grid}
	own.checked, own.due = upkeep.Due(f)
	switch f := f.(type) {
	case *geo.Building:
		m.buildings = append(m.buildings, own)
	case *geo.Booth:
		if f.Status != "retired" {
			m.booths = append(m.booths, own)
		}
	default:
		if own.due == 0 && own.checked == 0 || own.due != 0 && own.due <= m.today+dueSoon {
			m.due = append(m.due, own)
		}
	}
}

func (m *mine) document(now time.Time) []byte {
	o := &object{text: make([]byte, 0, 64<<10)}
	o.open()
	o.str("account", m.who.Name)
	o.int("revision", m.grounds.snap.Head().Revision)
	o.str("at", now.UTC().Format(time.RFC3339))
	o.str("today", m.today.String())
	o.int("numberMatched", int64(len(m.all)))
	array(o, "choices", m.all[:min(len(m.all), maxOwnChoices)], func(grid *geo.Grid) {
		o.open()
		m.grid(o, grid)
		o.close()
	})
	array(o, "grids", m.grids, func(grid *geo.Grid) {
		o.open()
		m.grid(o, grid)
		o.count("households", grid.Households)
		o.count("residents", grid.Residents)
		o.geometry("geometry", grid.Shape)
		o.close()
	})
	array(o, "buildings", m.buildings, func(own ownFeature) { m.building(o, own) })
	array(o, "booths", m.booths, func(own ownFeature) { m.booth(o, own) })
	array(o, "due", m.due, func(own ownFeature) {
		o.open()
		m.feature(o, own)
		o.close()
	})
	array(o, "streets", m.streets, func(street *geo.Street) {
		o.open()
		o.code("name", street.Name)
		o.code("class", street.Class)
		o.geometry("geometry", street.Shape)
		o.close()
	})
	array(o, "topics", visit.Topics, o.term)
	checks, _ := geo.MustSchema(geo.Booths).Field("checks")
	array(o, "checks", checks.Terms, o.term)
	array(o, "report_kinds", report.AllKinds, func(k report.Kind) { o.term(geo.Term{Value: string(k), Zh: k.Zh(), En: k.En()}) })
	array(o, "report_states", report.AllStates, func(s report.State) { o.term(geo.Term{Value: string(s), Zh: s.Zh(), En: s.En()}) })
	o.raw("cut", strconv.FormatBool(m.cut))
	o.raw("streets_cut", strconv.FormatBool(m.fewer))
	o.close()
	return o.text
}

func (m *mine) grid(o *object, grid *geo.Grid) {
	o.str("code", grid.Code)
	title, within := find.Title(m.grounds.snap, grid)
	o.str("name", title)
	o.code("community", within)
}

// feature appends what every feature on the list says of itself; its tag is what
// If-Match wants.
func (m *mine) feature(o *object, own ownFeature) {
	snap := m.grounds.snap
	base := own.Common()
	title, within := find.Title(snap, own.Feature)
	o.str("layer", string(own.Layer()))
	o.int("id", base.ID)
	o.str("etag", itemTag(snap.Head().Epoch, base.Version, m.name()))
	o.code("title", title)
	o.code("where", whereOf(snap, &upkeep.Finding{Feature: own.Feature}))
	o.code("within", within)
	o.kind(own.Feature)
	o.str("grid", own.grid.Code)
	o.position("lon", "lat", middle(base.Shape))
	o.code("checked_on", own.checked.String())
	o.code("due_on", own.due.String())
	o.code("checked_by", base.SurveyedBy)
}

func (m *mine) building(o *object, own ownFeature) {
	b := own.Feature.(*geo.Building)
	o.open()
	m.feature(o, own)
	o.code("use", b.Use)
	o.count("households", b.Households)
	o.count("residents", b.Residents)
	o.count("rental_dwellings", b.RentalDwellings)
	mark := estimate.Of(b)
	o.raw("estimated", strconv.FormatBool(mark.Households || mark.People))
	o.geometry("geometry", b.Shape)
	o.close()
}

func (m *mine) booth(o *object, own ownFeature) {
	b := own.Feature.(*geo.Booth)
	o.open()
	m.feature(o, own)
	o.code("number", b.Number)
	o.code("status", b.Status)
	array(o, "checks", b.Checks, func(check string) { o.text = geojson.AppendString(o.text, check) })
	o.close()
}

// count appends a number, null where it is unknown.
func (o *object) count(name string, n geo.Opt[int32]) {
	if !n.Known {
		o.raw(name, "null")
		return
	}
	o.int(name, int64(n.Value))
}

// term appends a value of a closed list with its titles.
func (o *object) term(t geo.Term) {
	o.open()
	o.str("value", t.Value)
	o.str("zh", t.Zh)
	o.str("en", t.En)
	o.close()
}
