package tiles_test

import (
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
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
// does less than one: it looks up no layers, makes no query and writes no log.
// "times-plain" is beside tiles as they come, though ours are compressed and hashed
// and hold label points besides; "times-packed" beside tiles packed as pg_tileserv
// does, with gzip of the standard library at its usual level.
//
// Times are those of the processor, client and database included, of all tiles in a
// row: the clock of a process counts what runs on another core a few milliseconds
// late, so it cannot tell single tiles apart. Servers take turns, and the middle of
// three turns counts.
func BenchmarkServedBesidePostGIS(b *testing.B) {
	s, set := largeCity(), mustSet(b, sixLayers)
	j := newJudge(b, s, set)
	database := pgtest.Backend(b, j.conn)
	routes := http.NewServeMux()
	routes.HandleFunc("GET /{how}/{z}/{x}/{y}", func(w http.ResponseWriter, r *http.Request) {
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
		if r.PathValue("how") == "plain" {
			_, _ = w.Write(data)
			return
		}
		w.Header().Set("Content-Encoding", "gzip")
		packer := gzip.NewWriter(w)
		_, _ = packer.Write(data)
		_ = packer.Close()
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
	both := func() time.Duration { return pgtest.Process() + database() }
	servers := []struct {
		name, address string
		used          pgtest.Stopwatch
	}{
		{"plain", theirs.URL + "/plain/%v", both},
		{"packed", theirs.URL + "/packed/%v", both},
		{"ours", ours.URL + "/tiles/" + sixLayers + "/%v.mvt", pgtest.Process},
	}
	for _, z := range []struct {
		zoom  uint32
		tiles int
	}{{14, 60}, {16, 200}} {
		b.Run(fmt.Sprintf("z%d", z.zoom), func(b *testing.B) {
			list := someTiles(s, z.zoom, z.tiles)
			for b.Loop() {
				var turns [3][]time.Duration // by server
				var bytes [3]int
				for turn := range 4 {
					for i, server := range servers {
						start := server.used()
						for _, a := range list {
							data := fetch(fmt.Sprintf(server.address, a))
							if turn == 0 { // nothing was ready
								bytes[i] += len(data)
							}
						}
						if turn > 0 {
							turns[i] = append(turns[i], server.used()-start)
						}
					}
				}
				for i, server := range servers {
					slices.Sort(turns[i])
					b.ReportMetric(float64(turns[i][1].Microseconds())/float64(len(list)), server.name+"-us/tile")
					b.ReportMetric(float64(bytes[i])/float64(len(list)), server.name+"-B/tile")
				}
				b.ReportMetric(float64(turns[0][1])/float64(turns[2][1]), "times-plain")
				b.ReportMetric(float64(turns[1][1])/float64(turns[2][1]), "times-packed")
			}
			b.ReportMetric(0, "ns/op")
		})
	}
}
