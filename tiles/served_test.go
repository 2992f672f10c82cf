package tiles_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"gridatlas/api"
	"gridatlas/data/postgis/pgtest"
	"gridatlas/geo/snapshot"
	"gridatlas/tiles"
)

// BenchmarkServedBesidePostGIS asks over HTTP for tiles of six layers of a city of
// 200,000 buildings that are made anew each time: ours of the whole program, and
// those of a plain handler that hands on what ST_AsMVT makes of the same features,
// attributes, clipping and buffers. It stands in for a tile server before PostGIS and
// does less than one: it looks up no layers, makes no query, writes no log and sends
// the bytes as they come, whereas ours are compressed and hashed and hold label
// points besides. Times are those of the processor, client and database included.
func BenchmarkServedBesidePostGIS(b *testing.B) {
	s, set := largeCity(), mustSet(b, sixLayers)
	j := newJudge(b, s, set)
	database := pgtest.Backend(b, j.conn)
	routes := http.NewServeMux()
	routes.HandleFunc("GET /tiles/{layers}/{z}/{x}/{y}", func(w http.ResponseWriter, r *http.Request) {
		a, err := tiles.ParseAddress(r.PathValue("z"), r.PathValue("x"), r.PathValue("y"))
		var data []byte
		if err == nil {
			err = j.conn.QueryRow(r.Context(), j.query, int32(a.Z), int32(a.X), int32(a.Y)).Scan(&data)
		}
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "application/vnd.mapbox-vector-tile")
		_, _ = w.Write(data)
	})
	var live snapshot.Live
	live.Publish(s)
	clock := func() time.Time { return noon.Time() }
	theirs, ours := httptest.NewServer(routes), httptest.NewServer(api.New(api.Config{Live: &live, Clock: clock, TileBytes: 1}))
	defer theirs.Close()
	defer ours.Close()
	client := &http.Client{Transport: &http.Transport{DisableCompression: true}}
	fetch := func(address string) []byte {
		r, err := http.NewRequestWithContext(b.Context(), http.MethodGet, address, nil)
		if err != nil {
			b.Fatal(err)
		}
		r.Header.Set("Accept-Encoding", "gzip")
		answer, err := client.Do(r)
		if err != nil {
			b.Fatal(err)
		}
		defer answer.Body.Close()
		data, err := io.ReadAll(answer.Body)
		if err != nil || answer.StatusCode != http.StatusOK {
			b.Fatalf("%s: %d, %v", address, answer.StatusCode, err)
		}
		return data
	}
	for _, z := range []struct {
		zoom  uint32
		tiles int
	}{{14, 100}, {16, 300}} {
		b.Run(fmt.Sprintf("z%d", z.zoom), func(b *testing.B) {
			list := someTiles(s, z.zoom, z.tiles)
			for b.Loop() {
				both := func() time.Duration { return pgtest.Process() + database() }
				given := measure(b, "postgis", list, both, func(a tiles.Address) []byte {
					return fetch(fmt.Sprintf("%s/tiles/%s/%v", theirs.URL, sixLayers, a))
				})
				own := measure(b, "ours", list, pgtest.Process, func(a tiles.Address) []byte {
					return fetch(fmt.Sprintf("%s/tiles/%s/%v.mvt", ours.URL, sixLayers, a))
				})
				b.ReportMetric(float64(given)/float64(own), "times")
			}
			b.ReportMetric(0, "ns/op")
		})
	}
}
