package snapshot_test

import (
	"maps"
	"math/rand/v2"
	"testing"

	"gridatlas/geo"
	"gridatlas/geo/snapshot"
)

// TestDifferences holds the walk against a plain comparison of two maps, along
// random chains of revisions, over one base and over bases packed anew.
func TestDifferences(t *testing.T) {
	const layer = geo.Booths
	type pair struct{ before, after geo.Feature }
	for seed := range uint64(40) {
		random := rand.New(rand.NewPCG(seed, 0))
		many := 1 + random.IntN(3000)
		builder := snapshot.NewBuilder()
		booth := func(id int64) geo.Feature {
			f := geo.MustSchema(layer).New()
			f.Common().ID = id
			f.Common().Shape = geo.PointShape(geo.Point{X: random.Int32N(1000), Y: random.Int32N(1000)})
			return f
		}
		for id := range int64(many) {
			builder.Add(booth(id + 1))
		}
		states := []*snapshot.Snapshot{builder.Build(geo.Head{Revision: 1})}
		for revision := range 12 {
			delta := geo.Delta{Head: geo.Head{Revision: int64(revision + 2)}}
			for range random.IntN(400) {
				if id := 1 + random.Int64N(int64(many)+500); random.IntN(3) == 0 {
					delta.Deleted = append(delta.Deleted, geo.Key{Layer: layer, ID: id})
				} else {
					delta.Changed = append(delta.Changed, booth(id))
				}
			}
			states = append(states, states[len(states)-1].Advance(delta))
		}
		for range 20 {
			before := states[random.IntN(len(states))].Layer(layer)
			after := states[random.IntN(len(states))].Layer(layer)
			want := map[int64]pair{}
			for f := range before.After(0) {
				if now, _ := after.Get(f.Common().ID); now != f {
					want[f.Common().ID] = pair{f, now}
				}
			}
			for f := range after.After(0) {
				if _, ok := before.Get(f.Common().ID); !ok {
					want[f.Common().ID] = pair{nil, f}
				}
			}
			got := map[int64]pair{}
			for old, now := range snapshot.Differences(before, after) {
				one := old
				if one == nil {
					one = now
				}
				if _, twice := got[one.Common().ID]; twice {
					t.Fatalf("seed %d: feature %d comes twice", seed, one.Common().ID)
				}
				got[one.Common().ID] = pair{old, now}
			}
			if !maps.Equal(got, want) {
				t.Fatalf("seed %d: %d differences, want %d", seed, len(got), len(want))
			}
			for range snapshot.Differences(before, after) {
				break // a caller may stop
			}
		}
	}
}
