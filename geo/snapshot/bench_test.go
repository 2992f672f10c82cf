package snapshot_test

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"testing"

	"gridatlas/geo"
	"gridatlas/geo/snapshot"
)

// cityBuilding is like one of the demo city: 8 corners on average, and the
// fields that its buildings have.
func cityBuilding(rng *rand.Rand, id int64) *geo.Building {
	x, y := 1_190_000_000+rng.Int32N(2_000_000), 366_000_000+rng.Int32N(1_500_000)
	ring := make([]geo.Point, 6+2*rng.IntN(3))
	for i := range ring { // a comb: corners alternate between two heights
		ring[i] = geo.Point{X: x + int32(i)*200, Y: y + int32(i%2)*800 + rng.Int32N(50)}
	}
	b := &geo.Building{
		Number: fmt.Sprint(1 + id%40),
		Levels: geo.Some(int32(6)), Units: geo.Some(int32(3)), Use: "residential",
		Year: geo.Some(int32(1998)), HeightM: geo.Some(18.5),
		Households: geo.Some(int32(36)), Residents: geo.Some(int32(98)), RentalDwellings: geo.Some(int32(4)),
	}
	b.ID, b.Version, b.Revision = id, 1, 1
	b.Code = fmt.Sprintf("370702002004-%05d", id)
	b.Compound = "370702002004-012"
	b.Source = "made up"
	b.Shape = geo.PolygonShape(ring)
	return b
}

// heap returns the live bytes after two collections: the second one frees what
// finalizers of the first let go.
func heap() uint64 {
	runtime.GC()
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return stats.HeapAlloc
}

func city(n int64, rng *rand.Rand, feature func(*rand.Rand, int64) geo.Feature) *snapshot.Snapshot {
	builder := snapshot.NewBuilder()
	for id := int64(1); id <= n; id++ {
		builder.Add(feature(rng, id))
	}
	return builder.Build(geo.Head{Revision: 1})
}

func building(rng *rand.Rand, id int64) geo.Feature { return cityBuilding(rng, id) }

// BenchmarkMemory reports the heap a feature takes, all indexes in: loaded minus
// empty. Walking and tiles keep more beside it; see the whole-program benchmark.
func BenchmarkMemory(b *testing.B) {
	const n = 200_000
	for _, layer := range []struct {
		name string
		make func(*rand.Rand, int64) geo.Feature
	}{
		{"building", building},
		{"point", func(rng *rand.Rand, id int64) geo.Feature { return booth(rng, id, 1) }},
	} {
		b.Run(layer.name, func(b *testing.B) {
			var bytes float64
			for b.Loop() {
				rng := rand.New(rand.NewPCG(1, 1))
				before := heap()
				s := city(n, rng, layer.make)
				bytes = float64(heap()-before) / n
				runtime.KeepAlive(s)
			}
			b.ReportMetric(bytes, "B/feature")
		})
	}
}

// BenchmarkBuild packs 200,000 buildings: sorting, box tree, both indexes.
func BenchmarkBuild(b *testing.B) {
	const n = 200_000
	rng := rand.New(rand.NewPCG(1, 1))
	features := make([]geo.Feature, n)
	for i := range features {
		features[i] = cityBuilding(rng, int64(i+1))
	}
	for b.Loop() {
		builder := snapshot.NewBuilder()
		for _, f := range features {
			builder.Add(f)
		}
		builder.Build(geo.Head{Revision: 1})
	}
	b.ReportMetric(n*float64(b.N)/b.Elapsed().Seconds(), "features/s")
}

// BenchmarkAdvance changes one building of 200,000.
func BenchmarkAdvance(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 1))
	s := city(200_000, rng, building)
	for b.Loop() {
		s = s.Advance(geo.Delta{
			Head:    geo.Head{Revision: s.Head().Revision + 1},
			Changed: []geo.Feature{cityBuilding(rng, 1+rng.Int64N(200_000))},
		})
	}
}

// BenchmarkSearch asks for a z16 tile's worth of ground: about 60 buildings.
func BenchmarkSearch(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 1))
	layer := city(200_000, rng, building).Layer(geo.Buildings)
	hits := 0
	for b.Loop() {
		x, y := 1_190_000_000+rng.Int32N(1_950_000), 366_000_000+rng.Int32N(1_450_000)
		for range layer.Search(geo.Box{W: x, S: y, E: x + 30_000, N: y + 30_000}) {
			hits++
		}
	}
	b.ReportMetric(float64(hits)/float64(b.N), "hits/op")
}
