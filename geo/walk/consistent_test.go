package walk_test

import (
	"errors"
	"math"
	"math/rand/v2"
	"path/filepath"
	"testing"

	"gridatlas/geo"
	"gridatlas/geo/crs"
	"gridatlas/geo/seedtest"
	"gridatlas/geo/snapshot"
	draw "gridatlas/geo/street/streettest"
	"gridatlas/geo/walk"
)

func everything(t testing.TB) []walk.Category {
	t.Helper()
	list, err := walk.ParseCategories("")
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// ask returns a circle with what it lists, or nil when the origin joins no street.
func ask(t *testing.T, m *walk.Map, q walk.Query) (*walk.Circle, map[geo.Feature]walk.Place) {
	t.Helper()
	c, err := m.Circle(t.Context(), q)
	var tooFar *walk.TooFar
	if errors.As(err, &tooFar) {
		return nil, nil
	}
	if err != nil {
		t.Fatal(err)
	}
	places := map[geo.Feature]walk.Place{}
	for _, list := range c.Reachable {
		for _, place := range list.Places {
			places[place.Feature] = place
		}
	}
	return c, places
}

// TestOneAnswer: of every place that a circle lists, the minutes are those that
// the route to it takes and that nearest says, exactly; and in a city without
// one-way streets and gates of hours they are those of the way back. CIRCLES says
// how many circles there are in each city, ROUTES of how many places a circle the
// routes are looked at.
func TestOneAnswer(t *testing.T) {
	circles, routes := howMany(t, "CIRCLES", 10), howMany(t, "ROUTES", 20)
	for _, name := range judgedCities {
		t.Run(filepath.Base(name), func(t *testing.T) {
			rng := seedtest.New(t)
			m := mapOf(t, name)
			homes := m.Poles()
			symmetric := isSymmetric(m)
			listed, routed := 0, 0
			for range circles {
				q := walk.Query{Origin: homes[rng.IntN(len(homes))], Minutes: []int{15}, At: noon, Of: everything(t)}
				c, places := ask(t, m, q)
				if c == nil {
					continue
				}
				listed += len(places)
				near, err := m.Nearest(t.Context(), q, len(places))
				if err != nil || len(near.Places) != len(places) {
					t.Fatalf("from %v: %d places listed, %d nearest: %v", q.Origin, len(places), len(near.Places), err)
				}
				for i, place := range near.Places {
					if listed, ok := places[place.Feature]; !ok || listed.Minutes != place.Minutes || listed.Metres != place.Metres {
						t.Errorf("from %v: %v nearest at %v minutes, listed %v at %v", q.Origin, geo.KeyOf(place.Feature), place.Minutes, ok, listed.Minutes)
					}
					if i%max(len(near.Places)/routes, 1) > 0 {
						continue
					}
					r, err := m.RouteBetween(t.Context(), walk.End{Point: q.Origin}, walk.End{Place: geo.KeyOf(place.Feature)}, q)
					if err != nil || r.Minutes != place.Minutes || r.Metres != place.Metres {
						t.Errorf("from %v: %v listed at %v minutes, routed %+v: %v", q.Origin, geo.KeyOf(place.Feature), place.Minutes, r, err)
					}
					routed++
				}
				if !symmetric {
					continue
				}
				q.Toward = true
				_, back := ask(t, m, q)
				if len(back) != len(places) {
					t.Errorf("from %v: %d places there, %d back", q.Origin, len(places), len(back))
				}
				for f, place := range places {
					if back[f].Minutes != place.Minutes {
						t.Errorf("from %v: %v in %v minutes, back in %v", q.Origin, geo.KeyOf(f), place.Minutes, back[f].Minutes)
					}
				}
			}
			t.Logf("%d places listed, %d routed; there and back compared: %v", listed, routed, symmetric)
			if listed == 0 || routed == 0 {
				t.Error("nothing was compared")
			}
		})
	}
}

// isSymmetric reports whether all walks take as long there as back.
func isSymmetric(m *walk.Map) bool {
	net := m.Network()
	for i := range net.Edges {
		if net.Edges[i].Oneway {
			return false
		}
	}
	for node := range int32(net.Nodes()) {
		for _, gate := range net.Gates(node) {
			if !gate.Shut {
				return false
			}
		}
	}
	return true
}

// TestOneMetreAside moves origins by a metre. No minutes move by more than two
// seconds at a metre a second: one for the leg and one along the street. Only
// where the walk then begins elsewhere they may, and the answer says so: the
// street is another one, or the snapped place is more than a metre away. Steps and
// crossings, where a metre takes longer, are left out. MOVES says how many.
func TestOneMetreAside(t *testing.T) {
	moves := howMany(t, "MOVES", 100)
	for _, name := range judgedCities {
		t.Run(filepath.Base(name), func(t *testing.T) {
			rng := seedtest.New(t)
			m := mapOf(t, name)
			homes := m.Poles()
			compared, elsewhere := 0, 0
			for range moves {
				q := walk.Query{Origin: homes[rng.IntN(len(homes))], Minutes: []int{15}, At: noon, Of: everything(t)}
				c, before := ask(t, m, q)
				if c == nil || isSlow(m, q.Origin) {
					continue
				}
				q.Origin = aside(rng, q.Origin)
				moved, after := ask(t, m, q)
				if moved == nil || isSlow(m, q.Origin) {
					continue
				}
				worst := 0.0
				for f, place := range before {
					// What is no longer listed takes at least the whole fifteen minutes.
					worst = max(worst, math.Abs(minutesOr(after, f, 15)-place.Minutes)*60)
				}
				for f, place := range after {
					worst = max(worst, math.Abs(minutesOr(before, f, 15)-place.Minutes)*60)
				}
				compared++
				if worst <= 2.01 { // times are rounded to the millisecond
					continue
				}
				elsewhere++
				if said := c.Origin.Edge != moved.Origin.Edge || crs.Distance(c.Origin.Snapped, moved.Origin.Snapped) > 1.02; !said {
					t.Errorf("from %v to %v: minutes move by %.2f s, the snapped places are %v and %v of street %d", c.Origin.Asked, q.Origin,
						worst, c.Origin.Snapped, moved.Origin.Snapped, c.Origin.Edge)
				}
			}
			t.Logf("%d moves, %d of them to another beginning", compared, elsewhere)
			if compared < moves/4 {
				t.Errorf("only %d moves were compared", compared)
			}
		})
	}
}

func minutesOr(places map[geo.Feature]walk.Place, f geo.Feature, missing float64) float64 {
	if place, ok := places[f]; ok {
		return place.Minutes
	}
	return missing
}

// aside returns the point a metre away in some direction.
func aside(rng *rand.Rand, p geo.Point) geo.Point {
	sin, cos := math.Sincos(rng.Float64() * 2 * math.Pi)
	return crs.NewLocal(p).Point(cos, sin)
}

// isSlow reports whether a walk from a point begins on steps or a crossing.
func isSlow(m *walk.Map, p geo.Point) bool {
	foot, ok := m.Network().Snap(p, nil)
	return ok && m.Network().Edges[foot.Edge].ExtraMM+m.Network().Edges[foot.Edge].WaitMS > 0
}

// TestAPathMakesNothingFarther adds a path between two corners of the streets of a
// town. Whoever joins the network where he did before gets nowhere later, and
// everywhere he got to: but for the rounding of the two edges that the path cuts,
// three milliseconds.
func TestAPathMakesNothingFarther(t *testing.T) {
	rng := seedtest.New(t)
	compared, sooner := 0, 0
	for range 12 {
		town := plan{side: 12, spacing: 90, missing: 0.3, booths: 60, walls: 10, compound: 4, oneways: true}.build(rng)
		before := prepare(town)
		var corners []geo.Point
		for st := range snapshot.All[*geo.Street](before.Snapshot()) {
			corners = append(corners, st.Shape.Points()...)
		}
		path := geo.LineShape([]geo.Point{corners[rng.IntN(len(corners))], corners[rng.IntN(len(corners))]})
		if path.Points()[0] == path.Points()[1] {
			continue
		}
		draw.Add(town, &geo.Street{Class: "path", Foot: "yes", Bridge: true}, path)
		after := prepare(town)
		same := func(p geo.Point) bool {
			a, okA := before.Network().Snap(p, nil)
			b, okB := after.Network().Snap(p, nil)
			return okA && okB && a.At == b.At && a.Leg == b.Leg
		}
		for range 8 {
			origin := corners[rng.IntN(len(corners))]
			if !same(origin) {
				continue
			}
			old, fresh := minutesTo(t, before, walk.Query{Origin: origin}), minutesTo(t, after, walk.Query{Origin: origin})
			for f, minutes := range old {
				if !same(f.Common().Shape.Points()[0]) {
					continue
				}
				compared++
				now, ok := fresh[f]
				if !ok || now > minutes+3.0/60_000 {
					t.Errorf("from %v to booth %d: %v minutes, with the path %v (%v)", origin, f.Common().ID, minutes, now, ok)
				}
				if ok && now < minutes-1.0/60 {
					sooner++
				}
			}
		}
	}
	t.Logf("%d walks compared, %d are shorter with the path", compared, sooner)
	if sooner == 0 {
		t.Error("no path helped anybody")
	}
}
