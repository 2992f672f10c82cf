package resident_test

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"gridatlas/api/resident"
	"gridatlas/geo"
	"gridatlas/geo/crs"
	"gridatlas/geo/hours"
	"gridatlas/geo/seedtest"
	"gridatlas/geo/snapshot"
	"gridatlas/geo/walk"
)

// busyTown is a town in which nearly everything comes and goes, opens and closes within
// two days.
type busyTown struct {
	rng   *rand.Rand
	b     *snapshot.Builder
	begin time.Time
	next  int64
}

const townSide, townStreet = 2400, 300 // metres

func townPoint(x, y float64) geo.Point { return townLocal.Point(x, y) }

var townLocal = crs.NewLocal(crs.At(119.1, 36.7))

func townSquare(x, y, side float64) geo.Shape {
	return geo.PolygonShape([]geo.Point{townPoint(x, y), townPoint(x+side, y), townPoint(x+side, y+side), townPoint(x, y+side)})
}

func (w *busyTown) spot() geo.Point {
	return townPoint(w.rng.Float64()*townSide, w.rng.Float64()*townSide)
}

func (w *busyTown) corner() (x, y float64) {
	steps := townSide/townStreet + 1
	return float64(w.rng.IntN(steps) * townStreet), float64(w.rng.IntN(steps) * townStreet)
}

// instant is a minute of the two days.
func (w *busyTown) instant() geo.Instant {
	return geo.InstantOf(w.begin) + geo.Instant(w.rng.IntN(2*24*60))
}

// hours are those of a day with a pause, now and then of the night, or none known.
func (w *busyTown) hours() geo.Hours {
	at := func(from, to int) string {
		minute := from + w.rng.IntN(to-from)
		return fmt.Sprintf("%02d:%02d", minute/60, minute%60)
	}
	switch w.rng.IntN(6) {
	case 0:
		return ""
	case 1:
		return geo.Hours("Mo-Su " + at(18*60, 23*60) + "-" + at(60, 6*60))
	case 2:
		return geo.Hours([]string{"Mo,We,Fr", "Tu,Th,Sa", "PH,Th"}[w.rng.IntN(3)] + " " + at(6*60, 12*60) + "-" + at(12*60, 22*60))
	}
	return geo.Hours("Mo-Su " + at(5*60, 9*60) + "-" + at(10*60, 12*60) + "," + at(13*60, 15*60) + "-" + at(16*60, 23*60))
}

// add puts a feature into the town, one in three for a part of the two days.
func (w *busyTown) add(f geo.Feature, shape geo.Shape) {
	w.next++
	base := f.Common()
	base.ID, base.Version, base.Shape, base.Name = w.next, 1, shape, fmt.Sprint("甲", w.next)
	base.Code = fmt.Sprint("C", w.next)
	if _, isStreet := f.(*geo.Street); w.rng.IntN(3) == 0 && !isStreet {
		w.passing(base)
	}
	w.b.Add(f)
}

func (w *busyTown) passing(base *geo.Base) {
	switch a, b := w.instant(), w.instant(); {
	case a < b:
		base.From, base.Until = a, b
	case a > b:
		base.From = a
	default:
		base.Until = a
	}
}

func newBusyTown(rng *rand.Rand, begin time.Time) *snapshot.Snapshot {
	w := &busyTown{rng: rng, b: snapshot.NewBuilder(), begin: begin}
	for x := 0.0; x <= townSide; x += townStreet {
		for y := 0.0; y <= townSide; y += townStreet {
			for _, to := range [2]geo.Point{townPoint(x+townStreet, y), townPoint(x, y+townStreet)} {
				if rng.IntN(8) == 0 {
					continue
				}
				street := &geo.Street{Class: "local", Foot: "yes"}
				if rng.IntN(20) == 0 {
					w.passing(&street.Base)
				}
				w.add(street, geo.LineShape([]geo.Point{townPoint(x, y), to}))
			}
		}
	}
	for x := 0.0; x < townSide; x += townSide / 2 {
		for y := 0.0; y < townSide; y += townSide / 2 {
			w.add(&geo.Place{Kind: "community"}, townSquare(x, y, townSide/2))
		}
	}
	w.add(&geo.Place{Kind: "community"}, townSquare(300, 300, 900))
	for range 25 {
		x, y := w.corner()
		if rng.IntN(2) == 0 {
			x += townStreet / 3
		}
		w.add(&geo.Gate{Kind: "gate", Foot: "all", Hours: w.hours()}, geo.PointShape(townPoint(x, y)))
	}
	for range 6 {
		x, y := w.corner()
		w.add(&geo.Compound{ResidentsOnly: geo.Some(true)}, townSquare(x-40, y-40, 200))
		w.add(&geo.Closure{}, townSquare(rng.Float64()*townSide, rng.Float64()*townSide, 60+rng.Float64()*150))
	}
	for range 16 {
		b := &geo.Booth{Hours: w.hours(), Trades: []string{"shoe"}}
		if rng.IntN(2) == 0 {
			b.Status = []string{"open", "closed", "away", "day_off"}[rng.IntN(4)]
			b.StatusAt = w.instant() - geo.Instant(rng.IntN(2)*14*24*60)
			if b.Status == "away" && rng.IntN(2) == 0 {
				b.BackAt = b.StatusAt + geo.Instant(rng.IntN(24*60))
			}
			if rng.IntN(3) == 0 {
				b.HoursToday = w.hours()
			}
		}
		w.add(b, geo.PointShape(w.spot()))
	}
	for range 24 {
		kind := []string{"contact_point", "station", "toilet", "clinic", "market", "bus_stop"}[rng.IntN(6)]
		shape := geo.PointShape(w.spot())
		if rng.IntN(4) == 0 {
			shape = townSquare(rng.Float64()*townSide, rng.Float64()*townSide, 50+rng.Float64()*500)
		}
		f := &geo.Facility{Kind: kind, Hours: w.hours(), Phone: []string{"", "1"}[rng.IntN(2)]}
		w.add(f, shape)
		for range rng.IntN(3) {
			w.add(&geo.Gate{Kind: "gate", Foot: "all", Of: f.Code}, geo.PointShape(w.spot()))
		}
	}
	return w.b.Build(geo.Head{Epoch: 1, Revision: 1})
}

// TestUntil: minute by minute for two days the same is told of each place until the
// instant that was named, when something turns on its ground.
func TestUntil(t *testing.T) {
	rng := seedtest.New(t)
	begin := time.Date(2026, 9, 30, 0, 0, 0, 0, hours.Shanghai) // the next day is a holiday
	asked, named, idle := 0, 0, 0
	for range 2 {
		s := newBusyTown(rng, begin)
		m := walk.Prepare(s, nil)
		var places []geo.Feature
		for _, layer := range []geo.Layer{geo.Booths, geo.Facilities, geo.Gates} {
			for f := range s.Layer(layer).After(0) {
				if rng.IntN(10) == 0 {
					places = append(places, f)
				}
			}
		}
		for _, f := range places {
			speed := []float64{walk.PlannerSpeed, walk.ElderSpeed}[rng.IntN(2)]
			var kept *resident.Place
			for at := begin; at.Before(begin.AddDate(0, 0, 2)); at = at.Add(time.Minute) {
				fresh, err := resident.Tell(t.Context(), s, m, f, at, speed)
				if err != nil {
					t.Fatal(err)
				}
				asked++
				over := kept == nil || !at.Before(kept.Until)
				same := kept != nil && toldAlike(kept, fresh)
				switch {
				case !over && !same:
					t.Fatalf("%s %d at %v is not what was told at %v until %v:\n%+v\n%+v", f.Layer(), f.Common().ID, at, kept.At, kept.Until, fresh, kept)
				case over && kept != nil && geo.DateOf(at) == geo.DateOf(kept.At):
					named++
					if same {
						idle++
					}
					if !turnsOn(s, kept) {
						t.Fatalf("nothing turns at %v on the ground of %s %d, of which was told at %v", kept.Until, f.Layer(), f.Common().ID, kept.At)
					}
				}
				if over {
					kept = fresh
				}
			}
		}
	}
	t.Logf("%d answers; %d ends were named, of which %d changed nothing that is told", asked, named, idle)
	if named < 200 || idle > named*2/3 {
		t.Errorf("%d ends were named, of which %d changed nothing", named, idle)
	}
}

// toldAlike compares what is told at two instants.
func toldAlike(a, b *resident.Place) bool {
	x, y := *a, *b
	x.At, x.Until, x.State.Changes = y.At, y.Until, y.State.Changes
	return reflect.DeepEqual(x, y)
}

// turnsOn reports whether anything on the ground of a place turns when it was said that
// something does: there and then, a gate when one comes to it.
func turnsOn(s *snapshot.Snapshot, p *resident.Place) bool {
	minutes := resident.Near
	if len(p.Nearby) == 0 {
		minutes = walk.MaxMinutes
	}
	ground := walk.Reach(p.Point, float64(minutes)*60*p.SpeedMPS)
	if p.Community != nil {
		ground = ground.Union(p.Community.Shape.Box())
	}
	doors := map[string][]geo.Box{}
	for gate := range snapshot.All[*geo.Gate](s) {
		doors[gate.Of] = append(doors[gate.Of], gate.Shape.Box())
	}
	for _, layer := range s.Layers() {
		for f := range layer.After(0) {
			// What is closed farther off may close the nearer side of a market.
			closes := f.Layer() == geo.Closures || f.Layer() == geo.Streets
			if !closes && !slices.ContainsFunc(append(doors[f.Common().Code], f.Common().Shape.Box()), ground.Intersects) {
				continue
			}
			last := p.Until
			if f.Layer() == geo.Gates {
				last = last.Add(time.Duration(minutes) * time.Minute)
			}
			before, _ := resident.Stand(f, p.Until.Add(-time.Minute))
			for at := p.Until; !at.After(last); at = at.Add(time.Minute) {
				now, _ := resident.Stand(f, at)
				instant := geo.InstantOf(at)
				if now.Kind != before.Kind || before.Changes.Equal(at) || instant == f.Common().From || instant == f.Common().Until {
					return true
				}
			}
		}
	}
	return false
}

// TestUntilFar: gates that turn all day and closures that begin leave a place alone
// beyond its reach; within it they end what was told when they bear on it.
func TestUntilFar(t *testing.T) {
	begin := time.Date(2026, 11, 25, 9, 0, 0, 0, hours.Shanghai)
	noon := geo.InstantOf(begin.Add(3 * time.Hour))
	var often []string
	for minute := 0; minute < 24*60; minute += 12 {
		often = append(often, fmt.Sprintf("%02d:%02d-%02d:%02d", minute/60, minute%60, (minute+6)/60, (minute+6)%60))
	}
	gate := func(x, y float64) geo.Feature {
		g := &geo.Gate{Kind: "gate", Foot: "all", Hours: geo.Hours("Mo-Su " + strings.Join(often, ","))}
		g.Shape = geo.PointShape(townPoint(x, y))
		return g
	}
	closure := func(x, y float64) geo.Feature {
		return &geo.Closure{Base: geo.Base{From: noon, Shape: townSquare(x, y, 50)}}
	}
	booth := func(x float64, open geo.Hours) geo.Feature {
		b := &geo.Booth{Hours: open}
		b.Shape = geo.PointShape(townPoint(x, -10))
		return b
	}
	lane := func(x, y float64) geo.Feature {
		s := &geo.Street{Class: "path", Foot: "yes"}
		s.Shape, s.Until = geo.LineShape([]geo.Point{townPoint(x, y), townPoint(x+50, y+50)}), noon
		return s
	}
	community := func(x float64) geo.Feature {
		c := &geo.Place{Kind: "community"}
		c.Shape, c.Until = townSquare(x, -500, 1000), noon
		return c
	}
	phone := func(x float64) geo.Feature {
		f := &geo.Facility{Kind: "station", Phone: "1"}
		f.Shape, f.From = geo.PointShape(townPoint(x, 400)), noon
		return f
	}
	around := &geo.Closure{Base: geo.Base{Until: noon, Shape: townSquare(-25, -35, 50)}}
	far, door := booth(100, "Mo-Su 08:00-20:00"), &geo.Gate{Kind: "entrance", Foot: "all", Of: "N"}
	far.Common().Code, door.Shape = "N", geo.PointShape(townPoint(2500, -10))
	for name, c := range map[string]struct {
		besides []geo.Feature
		until   string
	}{
		"nothing":                          {nil, "18:00"},
		"gates beyond a walk of Near":      {[]geo.Feature{gate(1000, 0), gate(-2000, 0), gate(0, 6000)}, "18:00"},
		"a gate ten minutes off":           {[]geo.Feature{gate(600, 0)}, "09:02"}, // it opens at 9:12
		"a gate behind a gate":             {[]geo.Feature{gate(60, 0), gate(540, 0)}, "09:03"},
		"a gate behind one that is shut":   {[]geo.Feature{gate(360, 0), gate(600, 0)}, "09:06"},
		"a minute off, and another beyond": {[]geo.Feature{gate(60, 0), gate(1000, 0)}, "09:05"},
		"a closure far off":                {[]geo.Feature{closure(2000, 0)}, "18:00"},
		"a closure on the way":             {[]geo.Feature{closure(200, -20)}, "12:00"},
		"a closure around it":              {[]geo.Feature{around}, "12:00"},
		"a closure at a door far off":      {[]geo.Feature{closure(2475, -25), far, door}, "12:00"}, // its own ground is the way in then
		"a gate at the end of a walk":      {[]geo.Feature{gate(888, 0)}, "09:04"},
		"a lane far off":                   {[]geo.Feature{lane(-3000, 0)}, "18:00"},
		"a lane near":                      {[]geo.Feature{lane(-300, 0)}, "12:00"},
		"a closed booth near":              {[]geo.Feature{booth(100, "Mo-Su 10:00-12:00")}, "10:00"},
		"a closed booth far off":           {[]geo.Feature{booth(1500, "Mo-Su 10:00-12:00")}, "18:00"},
		"its community":                    {[]geo.Feature{community(-500)}, "12:00"},
		"another community":                {[]geo.Feature{community(2000)}, "18:00"},
		"whom to ask":                      {[]geo.Feature{&geo.Place{Base: geo.Base{Shape: townSquare(-500, -500, 1000)}, Kind: "community"}, phone(0)}, "12:00"},
		"whom others ask":                  {[]geo.Feature{phone(0)}, "18:00"}, // the page of a booth lists booths
	} {
		t.Run(name, func(t *testing.T) {
			b := snapshot.NewBuilder()
			for i, f := range append(c.besides,
				&geo.Street{Base: geo.Base{Shape: geo.LineShape([]geo.Point{townPoint(-5000, 0), townPoint(0, 0), townPoint(5000, 0)})}, Class: "local", Foot: "yes"},
				&geo.Street{Base: geo.Base{Shape: geo.LineShape([]geo.Point{townPoint(0, 0), townPoint(0, 6000)})}, Class: "local", Foot: "yes"},
				booth(300, "Mo-Su 08:00-20:00"), booth(0, "Mo-Su 08:00-18:00"),
			) {
				f.Common().ID, f.Common().Version = int64(i+1), 1
				b.Add(f)
			}
			s := b.Build(geo.Head{Epoch: 1, Revision: 1})
			f, _ := s.Layer(geo.Booths).Get(int64(len(c.besides) + 4))
			told, err := resident.Tell(t.Context(), s, walk.Prepare(s, nil), f, begin, walk.PlannerSpeed)
			if err != nil {
				t.Fatal(err)
			}
			if until := told.Until.Format("15:04"); until != c.until {
				t.Errorf("until %s, want %s", until, c.until)
			}
		})
	}
}
