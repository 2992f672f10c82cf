package api_test

import (
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"slices"
	"testing"
	"time"

	"gridatlas/api"
	"gridatlas/data/demo/demotest"
	"gridatlas/geo"
)

// BenchmarkTiles asks for random tiles of the demo city over a real connection,
// client included: made anew each time, and kept while one change set a second
// moves a booth and writes a building again.
func BenchmarkTiles(b *testing.B) {
	snap := demotest.City(b, 0)
	for _, test := range []struct {
		name     string
		zoom     int
		kept     int // bytes of the cache
		changing bool
	}{
		{"made/z12", 12, 1, false},
		{"made/z14", 14, 1, false},
		{"made/z16", 16, 1, false},
		{"changing/z14", 14, 256 << 20, true},
	} {
		b.Run(test.name, func(b *testing.B) {
			n := newNode(b, func(c *api.Config) { c.TileBytes = test.kept })
			n.live.Publish(snap)
			server := newServer(b, n)
			client := &http.Client{Transport: &http.Transport{DisableCompression: true}}
			random := rand.New(rand.NewPCG(1, 2))
			buildings := snap.Layer(geo.Buildings)
			building := func() *geo.Building {
				f, _ := buildings.Get(1 + random.Int64N(int64(buildings.Len())))
				return f.(*geo.Building)
			}
			ask := func(at geo.Point) time.Duration {
				r, err := http.NewRequestWithContext(b.Context(), http.MethodGet, fmt.Sprintf("%s/tiles/map/%d/%d/%d.mvt",
					server.URL, test.zoom, columnOf(at, test.zoom), rowOf(at, test.zoom)), nil)
				if err != nil {
					b.Fatal(err)
				}
				r.Header.Set("Accept-Encoding", "gzip")
				start := time.Now()
				response, err := client.Do(r)
				if err != nil {
					b.Fatal(err)
				}
				_, err = io.Copy(io.Discard, response.Body)
				_ = response.Body.Close()
				if err != nil || response.StatusCode != http.StatusOK {
					b.Fatalf("%d, %v", response.StatusCode, err)
				}
				return time.Since(start)
			}
			ask(building().Shape.Points()[0]) // draws the layers
			change := time.Now().Add(time.Second)
			var times []time.Duration
			for b.Loop() {
				at := building().Shape.Points()[0]
				if test.changing && time.Now().After(change) {
					change = change.Add(time.Second)
					moved := *building()
					moved.Number = fmt.Sprint(len(times))
					booth := &geo.Booth{Base: geo.Base{ID: 1, Code: "XLP-1", Shape: geo.PointShape(at)}}
					head := n.live.Current().Head()
					head.Revision++
					n.live.Publish(n.live.Current().Advance(geo.Delta{Head: head, Changed: []geo.Feature{&moved, booth}}))
				}
				times = append(times, ask(at))
			}
			slices.Sort(times)
			b.ReportMetric(float64(times[len(times)/2].Microseconds()), "p50-us")
			b.ReportMetric(float64(times[len(times)*99/100].Microseconds()), "p99-us")
		})
	}
}
