package api

import (
	"context"
	"errors"
	"slices"

	"gridatlas/geo"
	"gridatlas/geo/walk"
)

// slower is how many minutes a walk must change by to be worth a word.
const slower = 0.5

// both appends a member with the values before and after the change.
func (o *object) both(name string, before, after func(name string)) {
	o.name(name)
	o.open()
	before("before")
	after("after")
	o.close()
}

// changedCircle appends what a change makes of a circle.
func (o *object) changedCircle(c, today *walk.Circle, outlines bool) {
	o.name("changed")
	o.open()
	array(o, "bands", c.Bands, func(b walk.Band) {
		was := today.Bands[slices.IndexFunc(today.Bands, func(t walk.Band) bool { return t.Minutes == b.Minutes })]
		o.open()
		o.int("minutes", int64(b.Minutes))
		if outlines {
			o.both("area_m2", func(n string) { o.num(n, was.AreaM2, 0) }, func(n string) { o.num(n, b.AreaM2, 0) })
		} else {
			o.raw("area_m2", "null")
		}
		o.both("buildings", func(n string) { o.int(n, int64(was.Buildings)) }, func(n string) { o.int(n, int64(b.Buildings)) })
		o.both("households", func(n string) { o.people(n, was.Households) }, func(n string) { o.people(n, b.Households) })
		o.both("people", func(n string) { o.people(n, was.People) }, func(n string) { o.people(n, b.People) })
		o.close()
	})
	o.name("reachable")
	o.open()
	for i, listing := range c.Reachable {
		o.name(listing.Category.Word)
		o.open()
		d := differ(forPublic(today.Reachable[i].Places), forPublic(listing.Places))
		array(o, "gained", d.gained, o.moved)
		array(o, "lost", d.lost, o.moved)
		array(o, "slower", d.slower, o.moved)
		array(o, "faster", d.faster, o.moved)
		o.close()
	}
	o.close()
	o.close()
}

// move is a place with its walk before and after a change; one of them may be
// missing.
type move struct{ before, after *walk.Place }

func (o *object) moved(m move) {
	place := m.after
	if place == nil {
		place = m.before
	}
	o.open()
	o.named(place.Feature)
	o.position("lon", "lat", place.At)
	minutes := func(name string, p *walk.Place) {
		if p == nil {
			o.raw(name, "null")
		} else {
			o.num(name, p.Minutes, 1)
		}
	}
	minutes("minutes_before", m.before)
	minutes("minutes", m.after)
	o.close()
}

type difference struct{ gained, lost, slower, faster []move }

// changedCoverage appends what a change makes of the areas it touches, and of all
// of them together.
func (o *object) changedCoverage(rows, today []walk.Row, total, totalToday walk.Row) {
	type pair struct{ now, before walk.Row }
	var touched []pair
	for i := range rows {
		if rows[i].In != today[i].In {
			touched = append(touched, pair{rows[i], today[i]})
		}
	}
	in := func(now, before walk.Row) {
		o.both("buildings_in", func(n string) { o.int(n, int64(before.In.Buildings)) }, func(n string) { o.int(n, int64(now.In.Buildings)) })
		o.both("households_in", func(n string) { o.inside(n, before, before.In.Households) }, func(n string) { o.inside(n, now, now.In.Households) })
		o.both("people_in", func(n string) { o.inside(n, before, before.In.People) }, func(n string) { o.inside(n, now, now.In.People) })
	}
	o.name("changed")
	o.open()
	array(o, "rows", touched, func(p pair) {
		o.open()
		o.area(p.now.Area)
		in(p.now, p.before)
		o.close()
	})
	o.name("total")
	o.open()
	in(total, totalToday)
	o.close()
	o.close()
}

// differ compares lists of places, each in its order.
func differ(before, after []walk.Place) difference {
	var d difference
	was := map[geo.Key]*walk.Place{}
	for i := range before {
		was[geo.KeyOf(before[i].Feature)] = &before[i]
	}
	for i := range after {
		p := &after[i]
		key := geo.KeyOf(p.Feature)
		old := was[key]
		delete(was, key)
		switch {
		case old == nil:
			d.gained = append(d.gained, move{nil, p})
		case p.Minutes > old.Minutes+slower:
			d.slower = append(d.slower, move{old, p})
		case p.Minutes < old.Minutes-slower:
			d.faster = append(d.faster, move{old, p})
		}
	}
	for i := range before {
		if was[geo.KeyOf(before[i].Feature)] != nil {
			d.lost = append(d.lost, move{&before[i], nil})
		}
	}
	return d
}

// changedNearest appends which places come into the list of the nearest, which go,
// and of those that stay the walks that change.
func (o *object) changedNearest(ctx context.Context, m *walk.Map, q walk.Query, places []walk.Place, limit int) error {
	q.Change, q.Routes = nil, false
	_, today, err := nearestPublic(ctx, m, q, limit)
	if err != nil {
		return err
	}
	d := differ(today, places)
	o.name("changed")
	o.open()
	array(o, "gained", d.gained, o.moved)
	array(o, "lost", d.lost, o.moved)
	array(o, "slower", d.slower, o.moved)
	array(o, "faster", d.faster, o.moved)
	o.close()
	return nil
}

// changedRoute appends what the walk takes without the change, null where there is
// none.
func (o *object) changedRoute(ctx context.Context, m *walk.Map, q walk.Query, from, to walk.End, now *walk.Route) error {
	q.Change = nil
	today, err := m.RouteBetween(ctx, from, to, q)
	var none *walk.NoRoute
	var far *walk.TooFar
	if err != nil && !errors.As(err, &none) && !errors.As(err, &far) {
		return err
	}
	number := func(v func(*walk.Route) float64, decimals int) func(string) {
		return func(name string) {
			if today == nil {
				o.raw(name, "null")
			} else {
				o.num(name, v(today), decimals)
			}
		}
	}
	o.name("changed")
	o.open()
	o.both("minutes", number(func(r *walk.Route) float64 { return r.Minutes }, 1), func(n string) { o.num(n, now.Minutes, 1) })
	o.both("metres", number(func(r *walk.Route) float64 { return r.Metres }, 0), func(n string) { o.num(n, now.Metres, 0) })
	o.close()
	return nil
}
