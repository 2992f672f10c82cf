package walk_test

import (
	"fmt"
	"reflect"
	"testing"

	"gridatlas/geo"
	"gridatlas/geo/crs"
	"gridatlas/geo/seedtest"
	"gridatlas/geo/street"
	"gridatlas/geo/street/streettest"
	"gridatlas/geo/walk"
)

// TestTouched: who asks where nothing within reach was touched is told the same after
// edits as before them.
func TestTouched(t *testing.T) {
	rng := seedtest.New(t)
	of, err := walk.ParseCategories("")
	if err != nil {
		t.Fatal(err)
	}
	const minutes = 4
	alike, other := 0, 0
	for range 6 {
		town := plan{side: 20, spacing: 90, missing: 0.2, houses: 1, booths: 30, walls: 20, oneways: true, compound: 3}.build(rng)
		e := &editor{rng: rng, s: town.Snapshot()}
		m := walk.Prepare(e.s, nil)
		if touched := m.Touched(m); touched.Meets(geo.World) {
			t.Fatalf("a map differs from itself: %+v", touched)
		}
		for range 25 {
			var done []string
			for range 1 + rng.IntN(2) {
				done = append(done, e.edit())
			}
			before := m
			m = walk.Prepare(e.s, before)
			touched := m.Touched(before)
			for range 40 {
				q := walk.Query{Origin: e.spot(), Minutes: []int{minutes}, At: noon, Of: of}
				asked := [2]*walk.Circle{}
				failed := [2]error{}
				for i, on := range []*walk.Map{before, m} {
					if asked[i], failed[i] = on.Circle(t.Context(), q); failed[i] == nil {
						asked[i].Revision, asked[i].NetworkRevision, asked[i].Bands, asked[i].Closures = 0, 0, nil, 0
					}
				}
				same := fmt.Sprint(failed[0]) == fmt.Sprint(failed[1]) && reflect.DeepEqual(asked[0], asked[1])
				switch meets := touched.Meets(walk.Reach(q.Origin, minutes*60*walk.PlannerSpeed)); {
				case !meets && !same:
					t.Fatalf("after %q another answer from %v, where nothing was touched: %v, %v", done, q.Origin, failed[0], failed[1])
				case !meets:
					alike++
				case !same:
					other++
				}
			}
		}
	}
	if alike < 1000 || other < 20 {
		t.Errorf("%d answers far from what changed, %d that changed: too few to tell", alike, other)
	}
	t.Logf("%d answers far from what changed, %d that changed", alike, other)
}

// TestReachIsTight: who walks along a street cut into short edges, each of which takes
// half a millisecond less than it should, comes farther than the metres of the walk. To
// a booth at the end of it leads the longest leg there is; beyond it stands a wall that
// keeps it from a street as far away. What is told changes by the wall, so that it must
// lie within Reach.
func TestReachIsTight(t *testing.T) {
	booths, err := walk.ParseCategories("booths")
	if err != nil {
		t.Fatal(err)
	}
	const side = 102 // lattice steps of an edge east: 911.48 mm, which count as 911
	per, _ := crs.NewLocal(streettest.Home).XY(geo.Point{X: streettest.Home.X + side, Y: streettest.Home.Y})
	millis := int(per * 1000) // of one edge
	speed := float64(millis) / (float64(millis) + 0.49)
	minutes, edges, leg := 0, 0, 0.0
	for m := 20; m <= walk.MaxMinutes; m++ { // the longest leg that fills whole minutes
		n := m*60_000/millis - int(250/per)
		for ; ; n++ {
			if left := float64(m*60_000-n*millis) / 1000 * speed; left <= street.Reach-0.1 {
				if left > leg {
					minutes, edges, leg = m, n, left
				}
				break
			}
		}
	}
	var town streettest.Town
	at := streettest.Home
	line := []geo.Point{at}
	for range edges {
		at.X += side
		line = append(line, at)
		streettest.Add(&town, &geo.Street{Class: "path", Foot: "yes"}, geo.LineShape([]geo.Point{at, {X: at.X, Y: at.Y + 500}}))
	}
	streettest.Add(&town, &geo.Street{Class: "path", Foot: "yes"}, geo.LineShape(line))
	local := crs.NewLocal(at)
	spot := local.Point(leg-0.02, 0)
	streettest.Add(&town, &geo.Booth{}, geo.PointShape(spot))
	beyond := local.Point(2*leg-0.05, 0)
	streettest.Add(&town, &geo.Street{Class: "path", Foot: "yes"}, geo.LineShape([]geo.Point{{X: beyond.X, Y: beyond.Y - 50_000}, {X: beyond.X, Y: beyond.Y + 50_000}}))
	before := walk.Prepare(town.Snapshot(), nil)
	wall := []geo.Point{{X: beyond.X - 1, Y: beyond.Y - 80_000}, {X: beyond.X - 1, Y: beyond.Y + 80_000}}
	streettest.Add(&town, &geo.Barrier{Kind: "wall"}, geo.LineShape(wall))
	after := walk.Prepare(town.Snapshot(), before)
	q := walk.Query{Origin: streettest.Home, Minutes: []int{minutes}, SpeedMPS: speed, At: noon, Of: booths}
	for m, want := range map[*walk.Map]int{before: 0, after: 1} {
		c, err := m.Circle(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		if got := len(c.Reachable[0].Places); got != want {
			t.Fatalf("%d booths, want %d: a leg of %.2f m after %d edges of %.4f m at %.4f m/s in %d minutes", got, want, leg, edges, per, speed, minutes)
		}
	}
	touched := after.Touched(before)
	if !touched.Meets(walk.Reach(q.Origin, float64(minutes)*60*speed)) {
		t.Errorf("the wall lies beyond reach")
	}
}

// TestTouchedByALongClosure: a street of 60 km, along its whole length, is closed; the
// booth that was entered from the northern end of it, by the longest leg there is, is
// now entered from its other side, kilometres away.
func TestTouchedByALongClosure(t *testing.T) {
	booths, err := walk.ParseCategories("booths")
	if err != nil {
		t.Fatal(err)
	}
	var town streettest.Town
	road := geo.LineShape([]geo.Point{streettest.At(0, -60_000), streettest.At(0, 0)})
	streettest.Add(&town, &geo.Street{Class: "local", Foot: "yes"}, road)
	streettest.Add(&town, &geo.Street{Class: "local", Foot: "yes"}, geo.LineShape(streettest.Path(3000, -1000, 3000, 0)))
	booth := &geo.Booth{}
	booth.Code = "A"
	streettest.Add(&town, booth, geo.PointShape(streettest.At(3010, -10)))
	streettest.Add(&town, &geo.Gate{Kind: "entrance", Foot: "all", Of: "A"}, geo.PointShape(streettest.At(street.Reach-0.02, -1)))
	before := walk.Prepare(town.Snapshot(), nil)
	streettest.Add(&town, &geo.Closure{}, road)
	after := walk.Prepare(town.Snapshot(), before)
	q := walk.Query{Origin: streettest.At(3000, -100), Minutes: []int{4}, At: noon, Of: booths}
	for m, want := range map[*walk.Map]int{before: 0, after: 1} {
		c, err := m.Circle(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		if got := len(c.Reachable[0].Places); got != want {
			t.Fatalf("%d booths, want %d", got, want)
		}
	}
	touched := after.Touched(before)
	if !touched.Meets(walk.Reach(q.Origin, 4*60)) {
		t.Error("nothing is touched where the booth is entered now")
	}
}
