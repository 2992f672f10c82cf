package tiles_test

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"gridatlas/data/demo/demotest"
	"gridatlas/geo"
	"gridatlas/geo/snapshot"
	"gridatlas/tiles"
)

// largeCity is the demo city on more ground, with 200,000 buildings.
var largeCity = sync.OnceValue(func() *snapshot.Snapshot { return demotest.City(&testing.B{}, 200_000) })

// sixLayers are the ones that speed is measured with.
const sixLayers = "compounds,buildings,facilities,gates,streets,land"

// someTiles returns different tiles of a zoom around buildings of a map, the same
// ones each time.
func someTiles(s *snapshot.Snapshot, z uint32, most int) []tiles.Address {
	r, seen := rand.New(rand.NewPCG(1, uint64(z))), map[tiles.Address]bool{}
	layer := s.Layer(geo.Buildings)
	var list []tiles.Address
	for range 20 * most {
		f, ok := layer.Get(1 + r.Int64N(int64(layer.Len())))
		if !ok {
			continue
		}
		if a := tileOf(z, f.Common().Shape.Points()[0]); !seen[a] && len(list) < most {
			seen[a] = true
			list = append(list, a)
		}
	}
	return list
}

// BenchmarkAppend cuts tiles of six layers of a city of 200,000 buildings, each of
// them once before the first comes again: whole with every feature at every zoom,
// thinned as the map shows them.
func BenchmarkAppend(b *testing.B) {
	s := largeCity()
	for _, set := range []struct {
		name string
		*tiles.Set
	}{{"whole", mustSet(b, sixLayers).Whole()}, {"thinned", mustSet(b, sixLayers)}} {
		atlas := new(tiles.Atlas) // another one: it draws a layer by one rule
		for _, z := range []uint32{12, 14, 16} {
			b.Run(fmt.Sprintf("%s/z%d", set.name, z), func(b *testing.B) {
				list := someTiles(s, z, 2000)
				var data []byte
				encode := func(a tiles.Address) int {
					var err error
					if data, _, err = atlas.Append(b.Context(), data[:0], s, set.Set, a, noon); err != nil {
						b.Fatal(err)
					}
					return len(data)
				}
				bytes := 0
				for _, a := range list {
					bytes += encode(a)
				}
				b.ReportAllocs()
				var times []time.Duration
				for b.Loop() {
					start := time.Now()
					encode(list[len(times)%len(list)])
					times = append(times, time.Since(start))
				}
				slices.Sort(times)
				b.ReportMetric(float64(times[len(times)/2].Microseconds()), "p50-us")
				b.ReportMetric(float64(times[len(times)*99/100].Microseconds()), "p99-us")
				b.ReportMetric(float64(bytes)/float64(len(list)), "B/tile")
			})
		}
	}
}

// BenchmarkDraw draws layers of the city with all cores and reports the bytes that
// a feature takes beside the snapshot.
func BenchmarkDraw(b *testing.B) {
	s := largeCity()
	for _, layer := range []geo.Layer{geo.Buildings, geo.Gates, geo.Streets} {
		b.Run(string(layer), func(b *testing.B) {
			set, a := mustSet(b, string(layer)), tiles.Address{Z: 22}
			var bytes float64
			var took time.Duration
			for b.Loop() {
				before := heap()
				start := time.Now()
				atlas := new(tiles.Atlas)
				if _, _, err := atlas.Append(b.Context(), nil, s, set, a, noon); err != nil {
					b.Fatal(err)
				}
				took += time.Since(start)
				bytes = float64(heap()-before) / float64(s.Layer(layer).Len())
				runtime.KeepAlive(atlas)
			}
			b.ReportMetric(float64(took.Nanoseconds())/float64(b.N), "ns/op") // without the collections
			b.ReportMetric(float64(s.Layer(layer).Len()), "features")
			b.ReportMetric(bytes, "B/feature")
		})
	}
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

// BenchmarkAdvance changes one building of 200,000 and draws what that touched.
func BenchmarkAdvance(b *testing.B) {
	s, atlas, set := largeCity(), new(tiles.Atlas), mustSet(b, "buildings")
	r, far := rand.New(rand.NewPCG(1, 1)), tiles.Address{Z: 22}
	draw := func() {
		if _, _, err := atlas.Append(b.Context(), nil, s, set, far, noon); err != nil {
			b.Fatal(err)
		}
	}
	draw()
	var busy time.Duration
	for b.Loop() {
		f, _ := s.Layer(geo.Buildings).Get(1 + r.Int64N(200_000))
		f = geo.Clone(f)
		f.Common().Name = fmt.Sprint(r.IntN(100))
		s = s.Advance(geo.Delta{Head: geo.Head{Epoch: 1, Revision: s.Head().Revision + 1}, Changed: []geo.Feature{f}})
		start := time.Now()
		draw()
		busy += time.Since(start)
	}
	b.ReportMetric(float64(busy.Microseconds())/float64(b.N), "us-draw/op")
}
