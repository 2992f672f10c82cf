package walk_test

import (
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"gridatlas/data/postgis/pgtest"
	"gridatlas/geo"
	"gridatlas/geo/snapshot"
	draw "gridatlas/geo/street/streettest"
	"gridatlas/geo/walk"
)

func buildings(town *draw.Town) func(func(*geo.Building) bool) {
	return snapshot.All[*geo.Building](town.Snapshot())
}

// benchCity has about 30,000 junctions, 60,000 buildings and 128 booths on 235
// km2, as the demo city.
var benchCity = sync.OnceValues(func() (*snapshot.Snapshot, []geo.Point) {
	rng := rand.New(rand.NewPCG(1, 2))
	town := plan{side: 174, spacing: 88, missing: 0.15, houses: 1, booths: 128, walls: 2000}.build(rng)
	s := town.Snapshot()
	var origins []geo.Point
	for b := range snapshot.All[*geo.Building](s) {
		origins = append(origins, b.Shape.Box().Centre())
	}
	rng.Shuffle(len(origins), func(i, j int) { origins[i], origins[j] = origins[j], origins[i] })
	return s, origins[:1000]
})

var benchMap = sync.OnceValue(func() *walk.Map {
	s, _ := benchCity()
	m := walk.Prepare(s, nil)
	return m
})

// benchCircle reports the processor time of a circle, which other programs on
// the machine disturb less than the time on the clock.
func benchCircle(b *testing.B, change func(*walk.Query)) {
	_, origins := benchCity()
	m := benchMap()
	of, _ := walk.ParseCategories("")
	q := walk.Query{Minutes: []int{5, 10, 15}, SpeedMPS: walk.AdultSpeed, At: noon, Of: of}
	change(&q)
	ask := func(p geo.Point) {
		q.Origin = p
		if _, err := m.Circle(b.Context(), q); err != nil {
			b.Fatal(err)
		}
	}
	for _, p := range origins {
		ask(p) // makes the field where it is asked for
	}
	b.ReportAllocs()
	runtime.LockOSThread() // the processor time is that of the thread
	defer runtime.UnlockOSThread()
	var times []time.Duration
	for b.Loop() {
		start := pgtest.Thread()
		ask(origins[len(times)%len(origins)])
		times = append(times, pgtest.Thread()-start)
	}
	slices.Sort(times)
	b.ReportMetric(float64(times[len(times)/2].Microseconds()), "p50-cpu-us")
	b.ReportMetric(float64(times[len(times)*99/100].Microseconds()), "p99-cpu-us")
}

func BenchmarkCircleLists(b *testing.B) { benchCircle(b, func(*walk.Query) {}) }
func BenchmarkCircleOutlines(b *testing.B) {
	benchCircle(b, func(q *walk.Query) { q.Outlines = true })
}

// BenchmarkCircleSupposed supposes a handful of changes around the origin.
func BenchmarkCircleSupposed(b *testing.B) {
	s, _ := benchCity()
	var gone []geo.Key
	for booth := range snapshot.All[*geo.Booth](s) {
		gone = append(gone, geo.KeyOf(booth))
	}
	benchCircle(b, func(q *walk.Query) {
		x, y := 200.0, 150.0
		q.Outlines = true
		q.Change = &walk.Change{
			Closures: []geo.Shape{draw.Square(x, y, 120), geo.LineShape(draw.Path(-300, 0, -300, 200))},
			Add:      []geo.Feature{&geo.Booth{Base: geo.Base{ID: -1, Shape: draw.Dot(0, 0)}}},
			Remove:   gone[:2],
		}
	})
}

func BenchmarkOneToAll60Minutes(b *testing.B) {
	benchCircle(b, func(q *walk.Query) { q.Minutes = []int{60}; q.SpeedMPS = 5 })
}

func BenchmarkNearest5(b *testing.B) {
	_, origins := benchCity()
	m := benchMap()
	of, _ := walk.ParseCategories("booths")
	i := 0
	for b.Loop() {
		q := walk.Query{Origin: origins[i%len(origins)], At: noon, Of: of}
		if _, err := m.Nearest(b.Context(), q, 5); err != nil {
			b.Fatal(err)
		}
		i++
	}
}

func BenchmarkPrepare(b *testing.B) {
	s, _ := benchCity()
	for b.Loop() {
		walk.Prepare(s, nil)
	}
}

func BenchmarkPrepareBoothChanged(b *testing.B) {
	s, _ := benchCity()
	m := benchMap()
	booth, _ := s.Layer(geo.Booths).Get(1)
	moved := geo.Clone(booth)
	moved.Common().Shape = draw.Dot(10, 10)
	next := s.Advance(geo.Delta{Head: geo.Head{Epoch: 1, Revision: 2}, Changed: []geo.Feature{moved}})
	for b.Loop() {
		walk.Prepare(next, m)
	}
}

func BenchmarkWarm(b *testing.B) {
	s, _ := benchCity()
	for b.Loop() {
		if err := walk.Prepare(s, nil).Warm(b.Context(), noon); err != nil {
			b.Fatal(err)
		}
	}
}
