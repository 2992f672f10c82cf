package walk_test

import (
	"errors"
	"path/filepath"
	"testing"

	"gridatlas/geo"
	"gridatlas/geo/seedtest"
	"gridatlas/geo/snapshot"
	draw "gridatlas/geo/street/streettest"
	"gridatlas/geo/walk"
)

// TestSearchIsCertified: of random circles in made-up towns with gates, closures,
// residents' grounds and one-way streets, and in real cities.
func TestSearchIsCertified(t *testing.T) {
	t.Run("towns", func(t *testing.T) {
		rng := seedtest.New(t)
		for range 6 {
			town := plan{side: 16, spacing: 90, missing: 0.25, houses: 1, walls: 20, oneways: true, compound: 8}.build(rng)
			for range 10 {
				draw.Add(town, &geo.Gate{Foot: "none"}, draw.Dot(rng.Float64()*1400-700, rng.Float64()*1400-700))
			}
			draw.Add(town, &geo.Closure{}, draw.Square(rng.Float64()*1000-500, rng.Float64()*1000-500, 80))
			certify(t, prepare(town), middles(town), 40)
		}
	})
	for _, name := range judgedCities {
		t.Run(filepath.Base(name), func(t *testing.T) {
			m := mapOf(t, name)
			certify(t, m, m.Poles(), 40)
		})
	}
}

func certify(t *testing.T, m *walk.Map, origins []geo.Point, n int) {
	t.Helper()
	rng := seedtest.New(t)
	opened := &walk.Change{}
	for gate := range snapshot.All[*geo.Gate](m.Snapshot()) {
		if rng.IntN(4) == 0 {
			opened.OpenGates = append(opened.OpenGates, gate.ID)
		}
	}
	nodes, pieces := 0, 0
	for range n {
		q := walk.Query{
			Origin: origins[rng.IntN(len(origins))], Minutes: []int{1 + rng.IntN(20)}, At: noon,
			SpeedMPS: 0.5 + rng.Float64(), Toward: rng.IntN(2) == 0,
		}
		if rng.IntN(2) == 0 {
			q.Change = opened
		}
		someNodes, somePieces, err := m.Certify(t.Context(), q)
		var tooFar *walk.TooFar
		if err != nil && !errors.As(err, &tooFar) {
			t.Errorf("%+v: %v", q, err)
		}
		nodes, pieces = nodes+someNodes, pieces+somePieces
	}
	t.Logf("%d times and %d pieces are certified", nodes, pieces)
	if nodes < n {
		t.Errorf("only %d times were looked at", nodes)
	}
}
