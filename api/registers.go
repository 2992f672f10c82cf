package api

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"gridatlas/api/access"
	"gridatlas/geo"
	"gridatlas/geo/register"
	"gridatlas/geo/snapshot"
	"gridatlas/geo/stalls"
	"gridatlas/geo/walk"
)

// usualSpacing is how many metres on foot booths are to stand apart where nobody says:
// five minutes at the planners' speed, so that two of them do not serve one doorstep.
const usualSpacing = 300

// spacings keeps how far booths stand apart: measured when somebody asks and it is not
// what it was.
type spacings struct {
	turn sync.Mutex // held while one is measured
	last atomic.Pointer[register.Spacing]
}

// on returns the spacing of a map, nil where there is none. Those who ask while it is
// measured wait.
func (k *spacings) on(ctx context.Context, m *walk.Map, metres float64, now time.Time) (*register.Spacing, error) {
	if m == nil {
		return nil, nil
	}
	if kept := k.last.Load(); kept != nil && kept.Holds(m, now) {
		return kept, nil
	}
	k.turn.Lock()
	defer k.turn.Unlock()
	if kept := k.last.Load(); kept != nil && kept.Holds(m, now) {
		return kept, nil
	}
	spacing, err := register.MeasureSpacing(ctx, m, metres, now)
	if err != nil {
		return nil, err
	}
	k.last.Store(spacing)
	return spacing, nil
}

// registers is what the registers of one map show somebody.
type registers struct {
	view
	now time.Time // in the zone of the city
}

// openRegisters lets in who may see what is for staff somewhere.
func (s *server) openRegisters(w http.ResponseWriter, r *http.Request) (registers, error) {
	if err := s.staffOnly(w, r); err != nil {
		return registers{}, err
	}
	snap, err := s.snapshot(w)
	if err != nil {
		return registers{}, err
	}
	v, err := s.view(w, r)
	return registers{s.on(v, snap), s.Clock().In(s.Zone)}, err
}

func (g *registers) snap() *snapshot.Snapshot { return g.grounds.snap }

// isTheirs reports whether somebody sees all of a community.
func (g *registers) isTheirs(community *geo.Place) bool {
	return g.who.May(access.See, g.grounds.up(nil, community, g.at))
}

// booths is the register of booths as a view shows it.
func (s *server) booths(ctx context.Context, g *registers) (*register.Booths, error) {
	m := s.Walk()
	spacing, err := s.spacings.on(ctx, m, s.BoothSpacing, g.now)
	if err != nil {
		return nil, err
	}
	var reaches map[int64]register.Reach
	if m != nil {
		_, rows, _, err := counted(ctx, m, coverageQuery{
			Query: walk.Query{
				At: register.Noon(g.now), OwnFigures: g.ownFigures(), Of: []walk.Category{{Word: string(geo.Booths), Layer: geo.Booths}},
			},
			minutes: register.ReachMinutes, by: walk.ByCommunity,
		})
		if err != nil {
			return nil, err
		}
		as := coarse
		if g.ownFigures() {
			as = func(sum geo.Opt[int64]) geo.Opt[int64] { return sum }
		}
		reaches = register.Reaches(rows, as)
	}
	booths := register.ListBooths(g.snap(), spacing, reaches, g.now)
	if !g.whole {
		booths = booths.Within(g.isTheirs, g.sees)
	}
	return booths, nil
}

// parking is the register of parking as a view shows it.
func (g *registers) parking() *register.Parking {
	parking := register.ListParking(g.snap(), g.now)
	if !g.whole {
		parking = parking.Within(g.isTheirs, g.sees)
	}
	return parking
}

// decisions are those about booths that a view shows, the newest first. None where the
// store does not answer: the register goes without them.
func (s *server) decisions(ctx context.Context, g *registers) (list []register.Decision, known bool, err error) {
	if s.Store == nil {
		return nil, false, nil
	}
	err = register.Decisions.All(ctx, s.Store, func(_ string, _ int64, d register.Decision) error {
		if g.showsDecision(&d) {
			list = append([]register.Decision{d}, list...)
		}
		return ctx.Err()
	})
	if errors.Is(err, geo.ErrUnavailable) {
		return nil, false, nil
	}
	return list, err == nil, err
}

// showsDecision reports whether a view shows a booth that a decision was about.
func (g *registers) showsDecision(d *register.Decision) bool {
	if g.whole {
		return true
	}
	for _, id := range d.Booths {
		if f, there := g.snap().Get(geo.Key{Layer: geo.Booths, ID: id}); there && g.sees(f) {
			return true
		}
	}
	return false
}

// registerOfBooths answers /registers/booths.
func (s *server) registerOfBooths(w http.ResponseWriter, r *http.Request) error {
	if _, err := readQuery(r); err != nil {
		return err
	}
	g, err := s.openRegisters(w, r)
	if err != nil {
		return err
	}
	booths, err := s.booths(r.Context(), &g)
	if err != nil {
		return err
	}
	decisions, known, err := s.decisions(r.Context(), &g)
	if err != nil {
		return err
	}
	o := &object{text: make([]byte, 0, 64<<10)}
	o.open()
	o.int("revision", booths.Revision)
	o.str("on", booths.On.String())
	o.cap(s.BoothCap, booths.InUse)
	if spacing := booths.Spacing; spacing != nil {
		o.int("network_revision", spacing.NetworkRevision)
		o.num("spacing_metres", spacing.Metres, 0)
	}
	o.int("minutes", register.ReachMinutes)
	o.str("figures", map[bool]string{true: "own", false: "published"}[g.ownFigures()])
	array(o, "rows", booths.Rows, func(row register.BoothRow) {
		o.open()
		if row.Community == nil {
			o.area(nil)
		} else {
			o.area(row.Community)
		}
		o.boothCount(&row)
		o.close()
	})
	o.name("total")
	o.open()
	o.boothCount(&booths.Total)
	o.close()
	array(o, "pairs", booths.Pairs, func(pair register.Pair) {
		o.open()
		o.booth("a", pair.A)
		o.booth("b", pair.B)
		o.num("metres", pair.Metres, 0)
		o.num("minutes", pair.Minutes, 1)
		o.close()
	})
	if known {
		array(o, "decisions", decisions, func(d register.Decision) {
			o.open()
			o.str("at", d.At.UTC().Format(time.RFC3339))
			o.str("by", d.By)
			o.str("text", d.Text)
			array(o, "booths", d.Booths, func(id int64) { o.text = strconv.AppendInt(o.text, id, 10) })
			o.int("in_use", int64(d.InUse))
			o.int("cap", int64(d.Cap))
			o.close()
		})
	} else {
		o.raw("decisions", "null")
	}
	o.close()
	return write(w, typeJSON, o.text)
}

// cap appends how many booths there may be, null: any number, and how many there are.
func (o *object) cap(most, inUse int) {
	if most > 0 {
		o.int("cap", int64(most))
	} else {
		o.raw("cap", "null")
	}
	o.int("in_use", int64(inUse))
}

// boothCount appends the sums of a row.
func (o *object) boothCount(row *register.BoothRow) {
	o.int("booths", int64(row.Booths))
	o.name("status")
	o.open()
	for i, term := range register.Statuses {
		o.int(term.Value, int64(row.Status[i]))
	}
	o.close()
	o.int("overdue", int64(row.Overdue))
	o.int("unchecked", int64(row.Unchecked))
	o.int("failing", int64(row.Failing))
	o.name("failed")
	o.open()
	for i, term := range register.Checks {
		o.int(term.Value, int64(row.Failed[i]))
	}
	o.close()
	o.int("close", int64(row.Close))
	o.known("households", row.Reach.Households)
	o.known("households_near", row.Reach.Near)
}

// booth appends what names a booth.
func (o *object) booth(name string, b *geo.Booth) {
	o.name(name)
	o.open()
	o.int("id", b.ID)
	o.code("number", b.Number)
	o.code("name", b.Name)
	o.close()
}

// registerOfParking answers /registers/parking.
func (s *server) registerOfParking(w http.ResponseWriter, r *http.Request) error {
	q, err := readQuery(r, "community")
	if err != nil {
		return err
	}
	g, err := s.openRegisters(w, r)
	if err != nil {
		return err
	}
	parking := g.parking()
	if q.has("community") {
		parking = parking.Of(q.text("community"))
	}
	o := &object{text: make([]byte, 0, 64<<10)}
	o.open()
	o.int("revision", parking.Revision)
	o.str("on", parking.On.String())
	array(o, "rows", parking.Rows, func(row register.ParkingRow) {
		o.open()
		if row.Compound == nil {
			o.area(nil)
		} else {
			o.area(row.Compound)
		}
		o.code("community", codeOf(row.Community))
		o.code("community_name", nameOfPlace(row.Community))
		o.spaces(&row.Spaces)
		o.close()
	})
	o.name("total")
	o.open()
	o.int("compounds", int64(parking.Compounds))
	o.spaces(&parking.Total)
	o.close()
	o.close()
	return write(w, typeJSON, o.text)
}

func codeOf(place *geo.Place) string {
	if place == nil {
		return ""
	}
	return place.Code
}

// spaces appends sums of parking spaces.
func (o *object) spaces(s *register.Spaces) {
	o.int("features", int64(s.Features))
	o.int("without_capacity", int64(s.Unknown))
	o.int("spaces", s.Spaces)
	o.int("numbered", s.Numbered)
	for i, kind := range stalls.Kinds {
		o.int(kind.Value, s.Kinds[i])
	}
	o.int("public", s.Public)
	o.int("private", s.Private)
	o.int("priced", s.Priced)
	o.num("yuan_a_year", s.Income, 2)
	o.num("known", s.Known(), 3)
}
