package api_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"gridatlas/geo"
	"gridatlas/geo/snapshot"
)

// suburb is 40,000 houses on 6 x 6 km with a street before each row and a cross
// street every 300 m, and 100 booths.
func suburb(t testing.TB) *snapshot.Snapshot {
	t.Helper()
	b := snapshot.NewBuilder()
	const side = 200
	for i := range side * side {
		x, y := float64(i%side-side/2)*30, float64(i/side-side/2)*30
		b.Add(&geo.Building{
			Base:   geo.Base{ID: int64(i + 1), Shape: box(x+2, y+6, x+26, y+18), Source: "bench"},
			Number: fmt.Sprint(i % 40), Use: "residential", Levels: geo.Some(int32(i%20 + 1)), Residents: geo.Some[int32](20), Households: geo.Some[int32](8),
		})
	}
	id := int64(0)
	for row := range side {
		y := float64(row-side/2) * 30
		var line []float64
		for column := 0; column <= side; column += 10 {
			line = append(line, float64(column-side/2)*30, y)
		}
		id++
		b.Add(&geo.Street{Base: geo.Base{ID: id, Name: fmt.Sprintf("%d街", row), Shape: geo.LineShape(ring(line...))}, Class: "local", Foot: "yes"})
	}
	for column := 0; column <= side; column += 10 {
		var line []float64
		for row := range side {
			line = append(line, float64(column-side/2)*30, float64(row-side/2)*30)
		}
		id++
		b.Add(&geo.Street{Base: geo.Base{ID: id, Name: fmt.Sprintf("%d路", column), Shape: geo.LineShape(ring(line...))}, Class: "main", Foot: "yes"})
	}
	for i := range 100 {
		b.Add(&geo.Booth{Base: geo.Base{ID: int64(i + 1), Code: fmt.Sprint("XLP-", i), Name: "小蓝棚", Shape: at(float64(i%10-5)*500+3, float64(i/10-5)*500+3)}, Trades: []string{"shoe"}})
	}
	return b.Build(geo.Head{Epoch: 1, Revision: 1})
}

// BenchmarkHTTP asks over a real connection, one request at a time, client
// included.
func BenchmarkHTTP(b *testing.B) {
	n := newNode(b)
	n.publish(suburb(b))
	server := newServer(b, n)
	tile := func(z int) string {
		a := tileAt(z)
		return fmt.Sprintf("/tiles/map/%d/%d/%d.mvt", z, a[0], a[1])
	}
	kept := n.get(b, tile(14), "Accept-Encoding", "gzip")
	// What net/http itself takes for the same bytes.
	bare := newServer(b, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/vnd.mapbox-vector-tile")
		w.Header().Set("Content-Encoding", "gzip")
		_, _ = w.Write(kept.Body.Bytes())
	}))
	for _, test := range []struct{ name, path, tag string }{
		{name: "tile-z14-bare", path: bare.URL},
		{name: "tile-z14-cached", path: tile(14)},
		{name: "tile-z14-unchanged", path: tile(14), tag: kept.Header().Get("ETag")},
		{name: "tile-z16-cached", path: tile(16)},
		{name: "items-100", path: "/collections/buildings/items?bbox=119.09,36.69,119.11,36.71"},
		{name: "items-equal", path: "/collections/buildings/items?number=7&limit=10"},
		{name: "search", path: "/search?q=7%E8%A1%97"},
		{name: "circle", path: "/walk/circle?lon=119.1003&lat=36.7004&minutes=5,10,15&speed=adult"},
		{name: "circle-no-outlines", path: "/walk/circle?lon=119.1003&lat=36.7004&minutes=5,10,15&speed=adult&outlines=0"},
		{name: "healthz", path: "/healthz"},
	} {
		b.Run(test.name, func(b *testing.B) {
			client := &http.Client{Transport: &http.Transport{DisableCompression: true}}
			address, status := test.path, http.StatusOK
			if strings.HasPrefix(address, "/") {
				address = server.URL + address
			}
			if test.tag != "" {
				status = http.StatusNotModified
			}
			get := func() int64 {
				r, err := http.NewRequestWithContext(b.Context(), http.MethodGet, address, nil)
				if err != nil {
					b.Fatal(err)
				}
				r.Header.Set("Accept-Encoding", "gzip")
				r.Header.Set("If-None-Match", test.tag)
				response, err := client.Do(r)
				if err != nil {
					b.Fatal(err)
				}
				defer func() { _ = response.Body.Close() }()
				size, err := io.Copy(io.Discard, response.Body)
				if err != nil || response.StatusCode != status {
					b.Fatalf("%d, %v", response.StatusCode, err)
				}
				return size
			}
			size := get()
			for b.Loop() {
				get()
			}
			b.ReportMetric(float64(size), "B/answer")
		})
	}
}
