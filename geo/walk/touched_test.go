package walk_test

import (
	"fmt"
	"reflect"
	"testing"

	"gridatlas/geo"
	"gridatlas/geo/seedtest"
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
