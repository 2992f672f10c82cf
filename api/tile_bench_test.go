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
	"gridatlas/api/web"
	"gridatlas/data/demo/demotest"
	"gridatlas/data/postgis/pgtest"
	"gridatlas/geo"
	"gridatlas/geo/hours"
	"gridatlas/geo/snapshot"
	"gridatlas/geo/walk"
)

// BenchmarkKeptTile asks over a real connection for a kept tile and for the same
// bytes of a bare handler of net/http, in turn, a hundred times each. Times are those
// of the processor, client included: the middle of all turns, and how many kept tiles
// of ours are served in the time of a hundred of theirs.
func BenchmarkKeptTile(b *testing.B) {
	n := newNode(b)
	n.publish(suburb(b))
	a := tileAt(14)
	path := fmt.Sprintf("/tiles/map/14/%d/%d.mvt", a[0], a[1])
	kept := n.get(b, path, "Accept-Encoding", "gzip").Body.Bytes()
	besideBare(b, n, path, "application/vnd.mapbox-vector-tile", kept)
}

// BenchmarkPlate is the page of a plate beside a bare handler of the same bytes, as
// BenchmarkKeptTile.
func BenchmarkPlate(b *testing.B) {
	snap := demotest.City(b, 0)
	m := walk.Prepare(snap, nil)
	n := newNode(b, func(c *api.Config) {
		c.Walk = func() *walk.Map { return m }
		c.Pages = web.New(web.Config{Live: c.Live, Walk: c.Walk, Zone: hours.Shanghai})
	})
	n.publish(snap)
	path := ""
	for booth := range snapshot.All[*geo.Booth](snap) {
		path = "/b/" + booth.Number
		break
	}
	besideBare(b, n, path, "text/html; charset=utf-8", n.get(b, path, "Accept-Encoding", "gzip").Body.Bytes())
	b.ReportMetric(float64(n.get(b, path).Body.Len()), "bytes")
}

// besideBare asks for a path of ours and for the same bytes of a bare handler.
func besideBare(b *testing.B, ours http.Handler, path, media string, packed []byte) {
	b.Helper()
	bare := newServer(b, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", media)
		w.Header().Set("Content-Encoding", "gzip")
		_, _ = w.Write(packed)
	}))
	own := newServer(b, ours)
	client := &http.Client{Transport: &http.Transport{DisableCompression: true}}
	turn := func(address string) time.Duration {
		before := pgtest.Process()
		for range 100 {
			fetch(b, client, address)
		}
		return (pgtest.Process() - before) / 100
	}
	turn(own.URL + path)
	turn(bare.URL)
	var kept, theirs []time.Duration
	for b.Loop() {
		kept = append(kept, turn(own.URL+path))
		theirs = append(theirs, turn(bare.URL))
	}
	slices.Sort(kept)
	slices.Sort(theirs)
	middle := len(kept) / 2
	b.ReportMetric(float64(kept[middle].Nanoseconds())/1000, "kept-us")
	b.ReportMetric(float64(theirs[middle].Nanoseconds())/1000, "bare-us")
	b.ReportMetric(100*float64(theirs[middle])/float64(kept[middle]), "%-of-bare")
	b.ReportMetric(0, "ns/op")
}

// fetch reads an answer to its end, compressed as it comes.
func fetch(b *testing.B, client *http.Client, address string) {
	b.Helper()
	r, err := http.NewRequestWithContext(b.Context(), http.MethodGet, address, nil)
	if err != nil {
		b.Fatal(err)
	}
	r.Header.Set("Accept-Encoding", "gzip")
	response, err := client.Do(r)
	if err != nil {
		b.Fatal(err)
	}
	_, err = io.Copy(io.Discard, response.Body)
	_ = response.Body.Close()
	if err != nil || response.StatusCode != http.StatusOK {
		b.Fatalf("%s: %d, %v", address, response.StatusCode, err)
	}
}

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
				start := time.Now()
				fetch(b, client, fmt.Sprintf("%s/tiles/map/%d/%d/%d.mvt", server.URL, test.zoom, columnOf(at, test.zoom), rowOf(at, test.zoom)))
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
