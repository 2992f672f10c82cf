package walk_test

import (
	"errors"
	"fmt"
	"math"
	"testing"
	"time"

	"gridatlas/geo"
	"gridatlas/geo/seedtest"
	"gridatlas/geo/snapshot"
	draw "gridatlas/geo/street/streettest"
	"gridatlas/geo/walk"
)

// TestRoutesToPlacesAsListed: the walk to a place, or from it, is the one that the
// circle lists, through the same entrance, closures or not; a walk between two
// places is the shortest over their entrances.
func TestRoutesToPlacesAsListed(t *testing.T) {
	rng := seedtest.New(t)
	town := plan{side: 16, spacing: 90, missing: 0.25, houses: 1, booths: 40, walls: 40, oneways: true, compound: 5}.build(rng)
	var parks []*geo.Shelter
	for i := range 12 {
		x, y := (rng.Float64()-0.5)*1000, (rng.Float64()-0.5)*1000
		code := fmt.Sprintf("S%d", i)
		parks = append(parks, draw.Add(town, &geo.Shelter{Base: geo.Base{Code: code}}, draw.Square(x, y, 35)))
		for range i % 4 { // the first of four has none
			draw.Add(town, &geo.Gate{Kind: "entrance", Of: code}, draw.Dot(x+(rng.Float64()-0.5)*70, y+35))
		}
	}
	during := geo.Base{From: geo.InstantOf(noon.Add(-time.Hour)), Until: geo.InstantOf(noon.Add(time.Hour))}
	draw.Add(town, &geo.Closure{Base: during}, draw.Square(100, 100, 60))
	m := prepare(town)
	of, err := walk.ParseCategories("booths,shelters")
	if err != nil {
		t.Fatal(err)
	}
	homes := middles(town)
	compared := 0
	for _, at := range []time.Time{noon, noon.Add(5 * time.Hour)} {
		for _, toward := range []bool{false, true} {
			for range 3 {
				q := walk.Query{Origin: homes[rng.IntN(len(homes))], Minutes: []int{12}, At: at, Of: of, Toward: toward, Routes: true}
				c, err := m.Circle(t.Context(), q)
				var tooFar *walk.TooFar
				if errors.As(err, &tooFar) {
					continue // behind the closure
				}
				if err != nil {
					t.Fatal(err)
				}
				for _, list := range c.Reachable {
					for _, place := range list.Places {
						from, to := walk.End{Point: q.Origin}, walk.End{Place: geo.KeyOf(place.Feature)}
						if toward {
							from, to = to, from
						}
						r, err := m.RouteBetween(t.Context(), from, to, q)
						if err != nil {
							t.Fatalf("%v: %v", geo.KeyOf(place.Feature), err)
						}
						if r.Minutes != place.Minutes || r.Metres != place.Metres || !r.Line.Equal(place.Route) {
							t.Errorf("%v: listed %v minutes, %v m, routed %v, %v", geo.KeyOf(place.Feature), place.Minutes, place.Metres, r.Minutes, r.Metres)
						}
						compared++
					}
				}
			}
		}
	}
	if compared < 50 {
		t.Errorf("only %d places were compared", compared)
	}

	// Between two places: the nearest pair of entrances.
	q := walk.Query{At: noon.Add(5 * time.Hour)}
	compared = 0
	for i, first := range parks {
		for _, second := range parks[:i] {
			least := math.Inf(1)
			for a := range snapshot.All[*geo.Gate](m.Snapshot()) {
				for b := range snapshot.All[*geo.Gate](m.Snapshot()) {
					if a.Of != first.Code || b.Of != second.Code {
						continue
					}
					r, err := m.Route(t.Context(), a.Shape.Points()[0], b.Shape.Points()[0], q)
					if err == nil {
						least = min(least, r.Minutes)
					}
				}
			}
			if math.IsInf(least, 1) {
				continue // one has no gates, or no walk joins them
			}
			compared++
			whole, err := m.RouteBetween(t.Context(), walk.End{Place: geo.KeyOf(first)}, walk.End{Place: geo.KeyOf(second)}, q)
			if err != nil || whole.Minutes != least {
				t.Errorf("%v to %v: %+v, %v; %v minutes between their gates", geo.KeyOf(first), geo.KeyOf(second), whole, err, least)
			}
		}
	}
	if compared == 0 {
		t.Error("no two places were compared")
	}
}

func TestEndsThatAreNoPlaces(t *testing.T) {
	var town draw.Town
	street := town.Street(nil, 0, 0, 200, 0)
	old := booth(&town, 50, 5)
	old.Until = geo.InstantOf(noon.Add(-time.Hour))
	far := booth(&town, 50, 400)
	m := prepare(&town)
	here := walk.End{Point: draw.At(0, 0)}
	var tooFar *walk.TooFar
	for _, c := range []struct {
		name string
		key  geo.Key
		ok   func(error) bool
	}{
		{"a street", geo.KeyOf(street), func(err error) bool { return errors.Is(err, geo.ErrNotFound) }},
		{"an unknown id", geo.Key{Layer: geo.Booths, ID: 999}, func(err error) bool { return errors.Is(err, geo.ErrNotFound) }},
		{"no longer in effect", geo.KeyOf(old), func(err error) bool { return errors.Is(err, geo.ErrNotFound) }},
		{"far from every street", geo.KeyOf(far), func(err error) bool { return errors.As(err, &tooFar) && tooFar.Metres > 390 }},
	} {
		for _, ends := range [][2]walk.End{{here, {Place: c.key}}, {{Place: c.key}, here}} {
			if _, err := m.RouteBetween(t.Context(), ends[0], ends[1], walk.Query{At: noon}); !c.ok(err) {
				t.Errorf("%s: %v", c.name, err)
			}
		}
	}
}
