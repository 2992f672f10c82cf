package walk_test

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"

	"gridatlas/geo"
	"gridatlas/geo/seedtest"
	"gridatlas/geo/snapshot"
	"gridatlas/geo/walk"
)

// editor makes random edits of what walking depends on.
type editor struct {
	rng  *rand.Rand
	s    *snapshot.Snapshot
	next int64
}

// any returns a random feature of a layer, nil when it has none.
func (e *editor) any(layer geo.Layer) geo.Feature {
	l := e.s.Layer(layer)
	if l.Len() == 0 {
		return nil
	}
	skip := e.rng.IntN(l.Len())
	for f := range l.After(0) {
		if skip == 0 {
			return geo.Clone(f)
		}
		skip--
	}
	return nil
}

// spot is a random corner of a street, a little off.
func (e *editor) spot() geo.Point {
	points := e.any(geo.Streets).Common().Shape.Points()
	p := points[e.rng.IntN(len(points))]
	return geo.Point{X: p.X + e.rng.Int32N(4000) - 2000, Y: p.Y + e.rng.Int32N(4000) - 2000}
}

func (e *editor) corner() geo.Point {
	points := e.any(geo.Streets).Common().Shape.Points()
	return points[e.rng.IntN(len(points))]
}

func (e *editor) square(half int32) geo.Shape {
	p := e.spot()
	return geo.PolygonShape([]geo.Point{{X: p.X - half, Y: p.Y - half}, {X: p.X + half, Y: p.Y - half}, {X: p.X + half, Y: p.Y + half}, {X: p.X - half, Y: p.Y + half}})
}

// edit changes one thing and says what.
func (e *editor) edit() string {
	e.next++
	var changed []geo.Feature
	var deleted []geo.Key
	add := func(f geo.Feature, shape geo.Shape) {
		f.Common().ID, f.Common().Shape = 10_000_000+e.next, shape
		changed = append(changed, f)
	}
	remove := func(layer geo.Layer) {
		if f := e.any(layer); f != nil {
			deleted = append(deleted, geo.Key{Layer: layer, ID: f.Common().ID})
		}
	}
	kinds := []struct {
		name string
		do   func()
	}{
		{"street added", func() {
			a := e.corner()
			b := geo.Point{X: a.X + e.rng.Int32N(40_000) - 20_000, Y: a.Y + e.rng.Int32N(40_000) - 20_000}
			add(&geo.Street{Class: "path", Foot: []string{"yes", "private"}[e.rng.IntN(2)]}, geo.LineShape([]geo.Point{a, b}))
		}},
		{"street outside the city added", func() {
			a := e.corner()
			add(&geo.Street{Class: "path", Foot: "yes"}, geo.LineShape([]geo.Point{a, {X: a.X + 100_000, Y: a.Y + 150_000}}))
		}},
		{"street removed", func() { remove(geo.Streets) }},
		{"street moved", func() {
			f := e.any(geo.Streets)
			points := append([]geo.Point(nil), f.Common().Shape.Points()...)
			points[e.rng.IntN(len(points))] = e.spot()
			f.Common().Shape = geo.LineShape(points)
			changed = append(changed, f)
		}},
		{"street renamed", func() {
			f := e.any(geo.Streets).(*geo.Street)
			f.Name, f.Bridge = "新街", e.rng.IntN(2) == 0
			changed = append(changed, f)
		}},
		{"street laid twice", func() {
			f := e.any(geo.Streets)
			add(geo.Clone(f), f.Common().Shape)
		}},
		{"wall added", func() {
			add(&geo.Barrier{Kind: "wall"}, geo.LineShape([]geo.Point{e.spot(), e.spot()}))
		}},
		{"wall removed", func() { remove(geo.Barriers) }},
		{"pond added", func() { add(&geo.LandArea{Kind: "water"}, e.square(3000)) }},
		{"square added", func() { add(&geo.LandArea{Kind: "square"}, e.square(8000)) }},
		{"square with a building added", func() {
			square := e.square(8000)
			add(&geo.LandArea{Kind: "square"}, square)
			p := square.Points()[0]
			add(&geo.Building{}, geo.PolygonShape([]geo.Point{p, {X: p.X + 9000, Y: p.Y}, {X: p.X + 9000, Y: p.Y + 9000}, {X: p.X, Y: p.Y + 9000}}))
		}},
		{"gate added", func() {
			add(&geo.Gate{Kind: "gate", Foot: []string{"none", "all"}[e.rng.IntN(2)], Hours: "Mo-Su 08:00-11:00"}, geo.PointShape(e.corner()))
		}},
		{"entrance added", func() {
			b := e.any(geo.Buildings)
			add(&geo.Gate{Kind: "entrance", Foot: "all"}, geo.PointShape(b.Common().Shape.Points()[0]))
		}},
		{"entrance named", func() {
			b := e.any(geo.Buildings)
			b.Common().Code = fmt.Sprint("B", e.next)
			changed = append(changed, b)
			add(&geo.Gate{Kind: "entrance", Foot: "all", Of: b.Common().Code}, geo.PointShape(e.spot()))
		}},
		{"gate changed", func() {
			if f, ok := e.any(geo.Gates).(*geo.Gate); ok {
				f.Hours = []geo.Hours{"", "Mo-Su 09:00-10:00"}[e.rng.IntN(2)]
				changed = append(changed, f)
			}
		}},
		{"gate removed", func() { remove(geo.Gates) }},
		{"compound added", func() {
			add(&geo.Compound{ResidentsOnly: geo.Opt[bool]{Value: e.rng.IntN(2) == 0, Known: true}}, e.square(12_000))
		}},
		{"compound renamed", func() {
			if f := e.any(geo.Compounds); f != nil {
				f.Common().Name = "新小区"
				changed = append(changed, f)
			}
		}},
		{"closure added", func() { add(&geo.Closure{}, e.square(5000)) }},
		{"closure ended", func() { remove(geo.Closures) }},
		{"booth moved", func() {
			if f := e.any(geo.Booths); f != nil {
				f.Common().Shape = geo.PointShape(e.spot())
				changed = append(changed, f)
			}
		}},
		{"building removed", func() { remove(geo.Buildings) }},
		{"park added", func() {
			park := &geo.Facility{Kind: "park"}
			park.Code = fmt.Sprint("P", e.next)
			add(park, e.square([]int32{2000, 20_000}[e.rng.IntN(2)]))
		}},
		{"gate of a park added", func() {
			if f, ok := e.any(geo.Facilities).(*geo.Facility); ok {
				add(&geo.Gate{Kind: "gate", Foot: []string{"none", "all"}[e.rng.IntN(2)], Of: f.Code}, geo.PointShape(e.corner()))
			}
		}},
	}
	k := kinds[e.rng.IntN(len(kinds))]
	k.do()
	head := e.s.Head()
	head.Revision++
	e.s = e.s.Advance(geo.Delta{Since: e.s.Head().Revision, Head: head, Changed: changed, Deleted: deleted})
	return k.name
}

// answersAlike compares the answers of two maps to questions from random places.
func answersAlike(t *testing.T, e *editor, a, b *walk.Map, questions int) bool {
	t.Helper()
	of, err := walk.ParseCategories("")
	if err != nil {
		t.Fatal(err)
	}
	for range questions {
		q := walk.Query{Origin: e.spot(), Minutes: []int{3, 8}, At: noon, Of: of, Outlines: true, Routes: true, Toward: e.rng.IntN(2) == 0}
		c, err := a.Circle(t.Context(), q)
		d, other := b.Circle(t.Context(), q)
		if fmt.Sprint(err) != fmt.Sprint(other) {
			t.Errorf("from %v: %v, from scratch %v", q.Origin, err, other)
			return false
		}
		if err != nil {
			continue
		}
		c.NetworkRevision = d.NetworkRevision // says when it was built
		if !reflect.DeepEqual(c, d) {
			t.Errorf("from %v: another circle than from scratch", q.Origin)
			return false
		}
		n, err := a.Nearest(t.Context(), q, 5)
		o, other := b.Nearest(t.Context(), q, 5)
		if err != nil || other != nil {
			t.Fatal(err, other)
		}
		n.NetworkRevision = o.NetworkRevision
		if !reflect.DeepEqual(n, o) {
			t.Errorf("from %v: other places are nearest than from scratch", q.Origin)
			return false
		}
	}
	return true
}

// TestEditsLeaveTheMapOfItsSnapshot: a map that followed edit after edit is the
// map that is made from scratch.
func TestEditsLeaveTheMapOfItsSnapshot(t *testing.T) {
	rng := seedtest.New(t)
	kept := 0
	for range 4 {
		town := plan{side: 12, spacing: 90, missing: 0.2, houses: 1, booths: 20, walls: 20, oneways: true, compound: 3}.build(rng)
		e := &editor{rng: rng, s: town.Snapshot()}
		m := walk.Prepare(e.s, nil)
		if err := m.Warm(t.Context(), noon); err != nil {
			t.Fatal(err)
		}
		var done []string
		for range 25 {
			for range 1 + rng.IntN(2) {
				done = append(done, e.edit())
			}
			before := m
			m = walk.Prepare(e.s, before)
			kept += m.Blocks()
			if rng.IntN(3) > 0 {
				continue // several edits before the next look
			}
			scratch := walk.Prepare(e.s, nil)
			if diff := m.Differs(scratch); diff != "" || !answersAlike(t, e, m, scratch, 6) {
				t.Fatalf("after %q: %s", done, diff)
			}
		}
	}
	if kept == 0 {
		t.Error("no block of the field was ever kept")
	}
}

// TestEditsOfTheDemoCity is the same for a whole city.
func TestEditsOfTheDemoCity(t *testing.T) {
	e := &editor{rng: seedtest.New(t), s: city(t, "demo")}
	m := walk.Prepare(e.s, nil)
	var done []string
	for range 12 {
		done = append(done, e.edit())
		m = walk.Prepare(e.s, m)
	}
	if !answersAlike(t, e, m, walk.Prepare(e.s, nil), 40) {
		t.Errorf("after %q", done)
	}
}
