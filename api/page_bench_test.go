package api_test

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"slices"
	"testing"
	"time"

	"gridatlas/data/demo/demotest"
	"gridatlas/geo"
	"gridatlas/geo/crs"
	"gridatlas/geo/snapshot"
)

// BenchmarkPage asks for pages of 1,000 buildings in boxes all over the demo city,
// over a real connection, client included; p50-ms is the aim of 10.
func BenchmarkPage(b *testing.B) {
	n := newNode(b)
	n.live.Publish(demotest.City(b, 0))
	server := newServer(b, n)
	const limit = 1000
	rng := rand.New(rand.NewPCG(1, 2))
	buildings := slices.Collect(snapshot.All[*geo.Building](n.live.Current()))
	var paths []string
	for len(paths) < 50 {
		box := buildings[rng.IntN(len(buildings))].Shape.Box().Grown(120_000, 100_000) // about 2.2 km wide
		if len(slices.Collect(snapshot.Search[*geo.Building](n.live.Current(), box))) < limit {
			continue
		}
		w, s := crs.ToDegrees(geo.Point{X: box.W, Y: box.S})
		e, north := crs.ToDegrees(geo.Point{X: box.E, Y: box.N})
		paths = append(paths, fmt.Sprintf("/collections/buildings/items?limit=%d&bbox=%.7f,%.7f,%.7f,%.7f", limit, w, s, e, north))
	}
	for _, encoding := range []string{"identity", "gzip"} {
		b.Run(encoding, func(b *testing.B) {
			client := &http.Client{Transport: &http.Transport{DisableCompression: true}}
			var took []time.Duration
			var body bytes.Buffer
			for i := 0; b.Loop(); i++ {
				start := time.Now()
				r, err := http.NewRequestWithContext(b.Context(), http.MethodGet, server.URL+paths[i%len(paths)], nil)
				if err != nil {
					b.Fatal(err)
				}
				r.Header.Set("Accept-Encoding", encoding)
				response, err := client.Do(r)
				if err != nil {
					b.Fatal(err)
				}
				body.Reset()
				_, err = io.Copy(&body, response.Body)
				_ = response.Body.Close()
				if err != nil || response.StatusCode != http.StatusOK {
					b.Fatalf("%d, %v", response.StatusCode, err)
				}
				took = append(took, time.Since(start))
				if encoding == "identity" && !bytes.Contains(body.Bytes(), []byte(`"numberReturned":1000`)) {
					b.Fatalf("%.300s", body.Bytes())
				}
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "p50-ms")
			b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
			b.ReportMetric(float64(body.Len()), "B/answer")
		})
	}
}
