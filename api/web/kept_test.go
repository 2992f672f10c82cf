package web_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync"
	"testing"
	"time"

	"gridatlas/api/web"
	"gridatlas/geo"
	"gridatlas/geo/crs"
	"gridatlas/geo/hours"
	"gridatlas/geo/seedtest"
	"gridatlas/geo/snapshot"
	"gridatlas/geo/walk"
)

// parish is a town of 6 km each way with streets every 400 m, that changes at random.
type parish struct {
	rng  *rand.Rand
	live snapshot.Live
	walk *walk.Map
	now  time.Time
	next int64
}

const parishSide, parishStreet = 6000, 400 // metres

func newParish(rng *rand.Rand) *parish {
	p := &parish{rng: rng, now: time.Date(2026, 11, 25, 9, 0, 0, 0, hours.Shanghai), next: 1000}
	b := snapshot.NewBuilder()
	add := func(id int64, f geo.Feature, code string, shape geo.Shape) {
		base := f.Common()
		base.ID, base.Version, base.Code, base.Name, base.Shape = id, 1, code, "甲"+code, shape
		b.Add(f)
	}
	id := int64(0)
	for at := 0.0; at <= parishSide; at += parishStreet {
		var along, across []geo.Point
		for x := 0.0; x <= parishSide; x += parishStreet {
			along, across = append(along, metres(x, at)), append(across, metres(at, x))
		}
		for _, line := range [][]geo.Point{along, across} {
			id++
			add(id, &geo.Street{Class: "local", Foot: "yes"}, "", geo.LineShape(line))
		}
	}
	id = 0
	for x := 0.0; x < parishSide; x += 1500 {
		for y := 0.0; y < parishSide; y += 1500 {
			id++
			add(id, &geo.Place{Kind: "community"}, fmt.Sprint("C", id), block(x, y, 1500))
		}
	}
	kinds := []string{"contact_point", "toilet", "clinic", "market", "bus_stop", "park"}
	for i := range int64(120) {
		if i%3 == 0 {
			number := numberOf(int(1 + i))
			add(i+1, &geo.Booth{Number: number, Hours: "Mo-Su 08:00-18:00", Trades: []string{"shoe"}, Phone: "1"}, fmt.Sprint("B", i), p.point())
			continue
		}
		shape := p.point()
		kind := kinds[rng.IntN(len(kinds))]
		if kind == "park" {
			shape = block(rng.Float64()*parishSide, rng.Float64()*parishSide, 600)
		}
		add(i+1, &geo.Facility{Kind: kind, Hours: "Mo-Su 09:30-17:00", Phone: "2"}, fmt.Sprint("F", i), shape)
	}
	for i := range int64(20) {
		add(i+1, &geo.Building{Households: geo.Some(int32(30))}, fmt.Sprint("L", i), block(rng.Float64()*parishSide, rng.Float64()*parishSide, 40))
		add(i+1, &geo.Shelter{State: "ready"}, fmt.Sprint("S", i), block(rng.Float64()*parishSide, rng.Float64()*parishSide, 200))
	}
	p.publish(b.Build(geo.Head{Epoch: 1, Revision: 1}))
	return p
}

// metres is a point so far east and north of a corner of the town.
func metres(x, y float64) geo.Point {
	local := crs.NewLocal(crs.At(119.1, 36.7))
	return local.Point(x, y)
}

func block(x, y, side float64) geo.Shape {
	return geo.PolygonShape([]geo.Point{metres(x, y), metres(x+side, y), metres(x+side, y+side), metres(x, y+side)})
}

func (p *parish) spot() geo.Point {
	return metres(p.rng.Float64()*parishSide, p.rng.Float64()*parishSide)
}
func (p *parish) point() geo.Shape { return geo.PointShape(p.spot()) }

// line is a piece of at most 400 m.
func (p *parish) line() geo.Shape {
	x, y := p.rng.Float64()*parishSide, p.rng.Float64()*parishSide
	return geo.LineShape([]geo.Point{metres(x, y), metres(x+300*p.rng.Float64(), y+300*p.rng.Float64())})
}

func (p *parish) publish(s *snapshot.Snapshot) {
	p.live.Publish(s)
	p.walk = walk.Prepare(s, p.walk)
}

// any is a copy of one of the features of a layer.
func any[T geo.Feature](p *parish) (f T) {
	n := 0
	for other := range snapshot.All[T](p.live.Current()) {
		if n++; p.rng.IntN(n) == 0 {
			f = other
		}
	}
	return geo.Clone(f).(T)
}

// change changes one thing and says what.
func (p *parish) change() string {
	p.next++
	delta := geo.Delta{Since: p.live.Current().Head().Revision, Head: p.live.Current().Head()}
	delta.Head.Revision++
	put := func(f geo.Feature) { delta.Changed = append(delta.Changed, f) }
	add := func(f geo.Feature, shape geo.Shape) {
		f.Common().ID, f.Common().Shape = p.next, shape
		put(f)
	}
	remove := func(f geo.Feature) { delta.Deleted = append(delta.Deleted, geo.KeyOf(f)) }
	changes := []struct {
		name string
		do   func()
	}{
		{"a master is away", func() {
			b := any[*geo.Booth](p)
			b.Status, b.StatusAt, b.BackAt = "away", geo.InstantOf(p.now), geo.InstantOf(p.now.Add(time.Hour))
			put(b)
		}},
		{"a booth is replaced", func() {
			b := any[*geo.Booth](p)
			b.Status, b.MovedTo = "moved", fmt.Sprint("B", 3*p.rng.IntN(40))
			put(b)
		}},
		{"a booth has another code", func() {
			b := any[*geo.Booth](p)
			b.Code = fmt.Sprint("N", p.next)
			put(b)
		}},
		{"a booth moves", func() {
			b := any[*geo.Booth](p)
			b.Shape = p.point()
			put(b)
		}},
		{"a booth goes", func() { remove(any[*geo.Booth](p)) }},
		{"a facility is renamed", func() {
			f := any[*geo.Facility](p)
			f.Name, f.Phone, f.Hours = fmt.Sprint("乙", p.next), fmt.Sprint(p.next), "Mo-Su 10:00-16:00"
			put(f)
		}},
		{"a facility comes", func() { add(&geo.Facility{Kind: "contact_point", Phone: "3"}, p.point()) }},
		{"a facility goes", func() { remove(any[*geo.Facility](p)) }},
		{"a facility ends today", func() {
			f := any[*geo.Facility](p)
			f.Until = geo.InstantOf(p.now.Add(30 * time.Minute))
			put(f)
		}},
		{"a shelter opens", func() {
			s := any[*geo.Shelter](p)
			s.State, s.Name = "open", fmt.Sprint("丙", p.next)
			put(s)
		}},
		{"a gate of something", func() {
			add(&geo.Gate{Kind: "gate", Foot: []string{"all", "none"}[p.rng.IntN(2)], Of: any[*geo.Facility](p).Code}, p.point())
		}},
		{"a gate with hours", func() {
			g := &geo.Gate{Kind: "gate", Foot: "all", Hours: "Mo-Su 06:00-21:00"}
			g.Code = fmt.Sprint("G", p.next)
			add(g, geo.PointShape(any[*geo.Street](p).Shape.Points()[0]))
		}},
		{"a path comes", func() { add(&geo.Street{Class: "path", Foot: "yes"}, p.line()) }},
		{"a path of private people", func() {
			add(&geo.Street{Class: "path", Foot: "private"}, p.line())
		}},
		{"a street gets steps", func() {
			s := any[*geo.Street](p)
			s.Class, s.Steps = "steps", true
			put(s)
		}},
		{"a wall", func() { add(&geo.Barrier{Kind: "wall"}, p.line()) }},
		{"a closure", func() { add(&geo.Closure{}, block(p.rng.Float64()*parishSide, p.rng.Float64()*parishSide, 300)) }},
		{"a pond", func() {
			add(&geo.LandArea{Kind: "water"}, block(p.rng.Float64()*parishSide, p.rng.Float64()*parishSide, 300))
		}},
		{"a compound", func() {
			add(&geo.Compound{ResidentsOnly: geo.Some(true)}, block(p.rng.Float64()*parishSide, p.rng.Float64()*parishSide, 300))
		}},
		{"a community is renamed", func() {
			c := any[*geo.Place](p)
			c.Name = fmt.Sprint("丁", p.next)
			put(c)
		}},
		{"a community goes", func() { remove(any[*geo.Place](p)) }},
		{"a building is counted", func() {
			b := any[*geo.Building](p)
			b.Households, b.Name = geo.Some(int32(p.next)), fmt.Sprint("戊", p.next)
			put(b)
		}},
	}
	chosen := changes[p.rng.IntN(len(changes))]
	chosen.do()
	p.publish(p.live.Current().Advance(delta))
	return chosen.name
}

// advance publishes the map with one feature as it is now.
func (p *parish) advance(f geo.Feature) {
	head := p.live.Current().Head()
	head.Revision++
	p.publish(p.live.Current().Advance(geo.Delta{Since: head.Revision - 1, Head: head, Changed: []geo.Feature{f}}))
}

func (p *parish) handler() *web.Handler {
	return web.New(web.Config{
		Live: &p.live, Walk: func() *walk.Map { return p.walk }, Clock: func() time.Time { return p.now }, Zone: hours.Shanghai, Assets: bundle(),
	})
}

// pages are addresses of all sorts of places, of which some are no more.
func (p *parish) pages() (paths []string) {
	for i := range 80 {
		if i%3 == 0 {
			paths = append(paths, "/b/"+numberOf(1+i))
		} else if i%4 == 0 {
			paths = append(paths, fmt.Sprint("/p/F", i), fmt.Sprint("/p/F", i, "?big=1&lang=en"))
		}
	}
	for i := range 5 {
		paths = append(paths, fmt.Sprint("/p/L", i), fmt.Sprint("/p/S", i), fmt.Sprint("/p/C", i))
	}
	return paths
}

// TestKeptPagesAreTrue: after each of many changes, a page that is kept is that which
// is made anew, and most changes leave most pages where they are.
func TestKeptPagesAreTrue(t *testing.T) {
	asked, made := 0, 0
	p := newParish(seedtest.New(t))
	h, paths := p.handler(), p.pages()
	var done []string
	for round := range 30 {
		if round > 0 {
			done = append(done, p.change())
		}
		if round%4 == 3 {
			p.now = p.now.Add(time.Duration(p.rng.IntN(40)) * time.Minute)
		}
		before := h.PagesMade()
		fresh := p.handler()
		for _, path := range paths {
			kept, anew := get(t, h, path), get(t, fresh, path)
			if kept.StatusCode != anew.StatusCode || kept.Header.Get("ETag") != anew.Header.Get("ETag") || text(t, kept) != text(t, anew) {
				t.Fatalf("%s after %q is not what is made anew", path, done)
			}
		}
		if round > 0 && round%4 != 3 {
			asked += len(paths)
			made += h.PagesMade() - before
		}
	}
	t.Logf("%d of %d pages were made anew after a change", made, asked)
	if made == 0 || made > asked*2/3 {
		t.Errorf("%d of %d pages were made anew", made, asked)
	}
	if _, said, taken := h.PagesKept(); said != taken {
		t.Errorf("%d bytes are kept, %d counted", taken, said)
	}
}

// TestKeptPagesHold: as time goes by in a town where gates and booths open and close all
// day, a page that is kept is that which is made anew, and few are made.
func TestKeptPagesHold(t *testing.T) {
	p := newParish(seedtest.New(t))
	clock := func(hour int) string { return fmt.Sprintf("%02d:%02d", hour+p.rng.IntN(5), p.rng.IntN(60)) }
	for i := range 40 {
		b := any[*geo.Booth](p)
		b.Hours = geo.Hours("Mo-Su " + clock(5) + "-" + clock(10) + "," + clock(15) + "-" + clock(19))
		p.advance(b)
		if i%2 == 0 {
			street := any[*geo.Street](p).Shape.Points()
			g := &geo.Gate{Kind: "gate", Foot: "all", Hours: geo.Hours("Mo-Su " + clock(5) + "-" + clock(10) + "," + clock(15) + "-" + clock(19))}
			g.ID, g.Shape = int64(2000+i), geo.PointShape(street[p.rng.IntN(len(street))])
			p.advance(g)
		}
	}
	h, paths := p.handler(), p.pages()
	p.rng.Shuffle(len(paths), func(i, j int) { paths[i], paths[j] = paths[j], paths[i] })
	paths = paths[:8]
	asked := 0
	for end := p.now.AddDate(0, 0, 1); p.now.Before(end); p.now = p.now.Add(time.Duration(1+p.rng.IntN(1200)) * time.Second) {
		fresh := p.handler()
		for _, path := range paths {
			asked++
			if kept, anew := get(t, h, path), get(t, fresh, path); kept.Header.Get("ETag") != anew.Header.Get("ETag") || text(t, kept) != text(t, anew) {
				t.Fatalf("%s at %v is not what is made anew", path, p.now)
			}
		}
	}
	t.Logf("%d pages were made for %d visits", h.PagesMade(), asked)
	if h.PagesMade() > asked/5 {
		t.Errorf("%d pages were made for %d visits", h.PagesMade(), asked)
	}
}

// TestKeptPageStays: what happens elsewhere leaves a page and its ETag as they are;
// what it shows makes another.
func TestKeptPageStays(t *testing.T) {
	p := newParish(seedtest.New(t))
	h := p.handler()
	path := "/b/" + numberOf(1)
	booth := func() *geo.Booth {
		f, _ := p.live.Current().Layer(geo.Booths).Get(1)
		return geo.Clone(f).(*geo.Booth)
	}
	tag := get(t, h, path).Header.Get("ETag")
	x, y := crs.NewLocal(metres(0, 0)).XY(booth().Shape.Points()[0])
	far := metres(x+4500, y) // beyond an hour's walk on a town of this size, or outside it
	if x > 1400 {
		far = metres(x-4500, y)
	}
	stop := &geo.Facility{Base: geo.Base{ID: 9000, Shape: geo.PointShape(far)}, Kind: "bus_stop"}
	p.advance(stop)
	if again := get(t, h, path, "If-None-Match", tag); again.StatusCode != http.StatusNotModified || h.PagesMade() != 1 {
		t.Errorf("a bus stop 4.5 km off: %s, %d pages were made", again.Status, h.PagesMade())
	}
	b := booth()
	b.Landmark = "西门南20米"
	p.advance(b)
	if again := get(t, h, path, "If-None-Match", tag); again.StatusCode != http.StatusOK || h.PagesMade() != 2 {
		t.Errorf("its own landmark: %s, %d pages were made", again.Status, h.PagesMade())
	}
}

// TestKeptPageOfACrowd: who comes at the same time, while maps follow each other, gets
// one page, made once a map.
func TestKeptPageOfACrowd(t *testing.T) {
	p := newParish(seedtest.New(t))
	h := p.handler()
	path := "/b/" + numberOf(1)
	for range 20 {
		var crowd sync.WaitGroup
		for range 20 {
			crowd.Go(func() {
				if r := get(t, h, path); r.StatusCode != http.StatusOK {
					t.Error(r.Status)
				}
			})
		}
		crowd.Wait()
		p.change()
		if get(t, h, path).StatusCode != http.StatusOK { // the booth went
			break
		}
	}
	if made := h.PagesMade(); made > 21 {
		t.Errorf("%d pages were made of 20 maps", made)
	}
}

// TestFactsFollow: facts that followed change after change are those of the map.
func TestFactsFollow(t *testing.T) {
	p := newParish(seedtest.New(t))
	all := []*snapshot.Snapshot{p.live.Current()}
	for i := range 60 {
		if i%2 == 0 {
			p.change()
		} else {
			b := any[*geo.Building](p)
			b.Source = []string{"", "示例局", "osm:way/1", "演示数据", "演示数据：示例"}[p.rng.IntN(5)]
			b.Shape = block(p.rng.Float64()*parishSide, 0, 30)
			p.advance(b)
		}
		all = append(all, p.live.Current())
		if followed, alone, alike := web.FactsFollow(all); !alike {
			t.Fatalf("after %d changes %+v, not %+v", i+1, followed, alone)
		}
	}
}
