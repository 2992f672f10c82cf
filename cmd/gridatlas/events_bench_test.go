package main

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"gridatlas/data/postgis/pgtest"
	"gridatlas/geo/crs"
)

// BenchmarkCommitToTile moves a booth of the demo city a hundred times over HTTP. It
// reports how long it takes from the request of who writes, the commit of the store
// in it, until a page that listens has heard of it and holds the tile that changed.
func BenchmarkCommitToTile(b *testing.B) {
	for name, location := range map[string]func() string{
		"gpkg":    func() string { return filepath.Join(b.TempDir(), "city.gpkg") },
		"postgis": func() string { return pgtest.Start(b).URL(b) },
	} {
		b.Run(name, func(b *testing.B) {
			store := location()
			runs(b, exitOK, "demo", "--store", store)
			runs(b, exitOK, "user", "add", "--store", store, "wang", "planner")
			token := strings.TrimSpace(runs(b, exitOK, "user", "token", "--store", store, "wang", "--label", "script", "--scope", "see,record"))
			a := scribe{startServer(b, "--store", store, "--cache-dir", "none"), token}
			booth := a.url + "/collections/booths/items/1"
			_, feature := a.ask(b, http.StatusOK, http.MethodGet, booth, "")
			at := feature["geometry"].(map[string]any)["coordinates"].([]any)
			lon, lat := at[0].(float64), at[1].(float64)
			const zoom = 14
			column, row := crs.World(crs.At(lon, lat))
			tile := fmt.Sprintf("%s/tiles/map/%d/%d/%d.mvt", a.url, zoom, column>>(32-zoom), row>>(32-zoom))

			answer, err := http.Get(a.url + "/events")
			if err != nil {
				b.Fatal(err)
			}
			defer answer.Body.Close()
			lines := bufio.NewScanner(answer.Body)
			hear := func() {
				for lines.Scan() {
					if strings.HasPrefix(lines.Text(), "data: ") {
						return
					}
				}
				b.Fatalf("heard nothing more: %v", lines.Err())
			}
			look := func() string {
				answer, err := http.Get(tile)
				if err != nil {
					b.Fatal(err)
				}
				defer answer.Body.Close()
				if _, err := io.Copy(io.Discard, answer.Body); err != nil {
					b.Fatal(err)
				}
				return answer.Header.Get("ETag")
			}
			hear() // of the map as it is
			tag := look()
			var took []time.Duration
			for b.Loop() {
				for range 100 {
					east := lon + float64(1+len(took)%2)*1e-5 // a metre
					move := fmt.Sprintf(`{"geometry":{"type":"Point","coordinates":[%.7f,%.7f]}}`, east, lat)
					start := time.Now()
					a.ask(b, http.StatusOK, http.MethodPatch, booth, move, "Content-Type", "application/merge-patch+json", "If-Match", "*")
					hear()
					now := look()
					took = append(took, time.Since(start))
					if now == tag {
						b.Fatal("the same tile")
					}
					tag = now
				}
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "p50-ms")
			b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
			b.ReportMetric(0, "ns/op")
		})
	}
}
