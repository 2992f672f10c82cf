package walk_test

import (
	"reflect"
	"testing"

	"gridatlas/geo/seedtest"
	"gridatlas/geo/walk"
)

// TestCountsKept: what is counted of a coverage is the same whether it was asked for
// before or not, by any areas, within any minutes and with either figures.
func TestCountsKept(t *testing.T) {
	rng := seedtest.New(t)
	town := plan{side: 12, spacing: 90, missing: 0.25, houses: 1, booths: 12}.build(rng)
	governed(town)
	m, plain := prepare(town), prepare(town)
	for range 200 {
		q := walk.Query{At: noon, Of: booths(t), OwnFigures: rng.IntN(2) == 0}
		by, minutes := walk.Levels[rng.IntN(len(walk.Levels))], 1+rng.IntN(4)
		c, err := m.Coverage(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		rows, total, err := c.Rows(t.Context(), by, minutes)
		if err != nil {
			t.Fatal(err)
		}
		// A question about a supposed change is worked out anew each time.
		q.Change = &walk.Change{}
		anew, err := plain.Coverage(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		want, wantTotal, err := anew.Rows(t.Context(), by, minutes)
		if err != nil {
			t.Fatal(err)
		}
		if len(rows) != len(want) || total != wantTotal {
			t.Fatalf("by %s in %d minutes: %+v, counted anew %+v", by, minutes, total, wantTotal)
		}
		for i := range rows {
			if rows[i].All != want[i].All || rows[i].In != want[i].In || !reflect.DeepEqual(rows[i].Area, want[i].Area) {
				t.Fatalf("by %s in %d minutes, row %d: %+v, counted anew %+v", by, minutes, i, rows[i], want[i])
			}
		}
	}
}
