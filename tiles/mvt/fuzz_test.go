package mvt_test

import (
	"math"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/twpayne/go-geos"

	"gridatlas/tiles/mvt"
)

// FuzzDecode reads any bytes: without a panic, in memory bounded by their number,
// and what is in order comes back equal from the writer.
func FuzzDecode(f *testing.F) {
	files, err := filepath.Glob(filepath.Join("..", "..", "api", "web", "node_modules", "@mapbox", "mvt-fixtures", "fixtures", "*", "tile.mvt"))
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	var w mvt.Writer
	f.Add(makeCity(20, mvt.Extent).draw(&w, frame(64), nil))
	f.Fuzz(func(t *testing.T, data []byte) {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		tile, err := mvt.Decode(data)
		runtime.ReadMemStats(&after)
		if used := after.TotalAlloc - before.TotalAlloc; used > 1<<20+200*uint64(len(data)) {
			t.Fatalf("%d bytes of memory for %d bytes", used, len(data))
		}
		if err != nil {
			return
		}
		for _, layer := range tile.Layers {
			for _, feature := range layer.Features {
				if feature.Type == mvt.Unknown || layer.Version < 2 {
					return
				}
				for _, a := range feature.Attributes {
					switch v := a.Value.(type) {
					case uint64:
						return
					case int64:
						if v > mvt.MaxExact || v < -mvt.MaxExact {
							return
						}
					case float64:
						if math.IsNaN(v) {
							return
						}
					}
				}
			}
		}
		again, err := mvt.Decode(encode(tile))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(features(tile), features(again), cmpopts.EquateEmpty()); diff != "" {
			t.Fatal(diff)
		}
	})
}

// FuzzPolygons takes any rings of small steps about a corner of the clip box: what
// comes out is a valid tile of valid polygons.
func FuzzPolygons(f *testing.F) {
	f.Add([]byte{4, 0, 0, 9, 0, 9, 9, 0, 9})
	f.Add([]byte{4, 0, 0, 9, 9, 9, 0, 0, 9, 131, 2, 2, 4, 2, 4, 4})
	f.Fuzz(func(t *testing.T, data []byte) {
		var parts [][]place
		var holes []int
		for len(data) > 0 && len(parts) < 6 {
			n := min(int(data[0]&15), (len(data)-1)/2)
			if data[0] >= 128 {
				holes = append(holes, len(parts))
			}
			data = data[1:]
			var ring []place
			for range n {
				ring = append(ring, place{mvt.Extent + 59 + float64(data[0])/16, mvt.Extent + 59 + float64(data[1])/16})
				data = data[2:]
			}
			parts = append(parts, ring)
		}
		s := shapeOf(parts, holes...)
		var m mvt.Mender
		s.Flawed = !m.Simple(&s, zoom)
		bytes := frame(64).Polygons(&s)
		if len(bytes) == 0 {
			return
		}
		got := geometry(readBack(t, mvt.Polygons, bytes))
		if geom := toGEOS(t, geos.DefaultContext, got); !geom.IsValid() {
			t.Fatalf("%s\n%s\n%v", geom.IsValidReason(), describe(s), got)
		}
	})
}
