package pmtiles_test

import (
	"os"
	"path/filepath"
	"testing"

	"gridatlas/data/demo"
	"gridatlas/geo"
	"gridatlas/geo/snapshot"
	"gridatlas/tiles/pmtiles"
)

// city builds the demo city as a store would number it.
func city(t testing.TB) *snapshot.Snapshot {
	t.Helper()
	b := snapshot.NewBuilder()
	ids := map[geo.Layer]int64{}
	for change, err := range demo.Weifang(demo.Options{}).Changes {
		if err != nil {
			t.Fatal(err)
		}
		f := change.After
		ids[f.Layer()]++
		f.Common().ID, f.Common().Version, f.Common().Revision = ids[f.Layer()], 1, 1
		b.Add(f)
	}
	return b.Build(geo.Head{Epoch: 1, Revision: 1})
}

// BenchmarkBuild writes the archive of the demo city to zoom 16, on all cores, to
// the disk.
func BenchmarkBuild(b *testing.B) {
	s, set := city(b), mustSet(b, "map")
	var made int64
	for b.Loop() {
		file, err := os.Create(filepath.Join(b.TempDir(), "city.pmtiles"))
		if err != nil {
			b.Fatal(err)
		}
		written, err := pmtiles.Build(b.Context(), file, s, set, pmtiles.Options{MaxZoom: 16, At: noon})
		if err != nil {
			b.Fatal(err)
		}
		if err := file.Close(); err != nil {
			b.Fatal(err)
		}
		made += written.Tiles
		b.ReportMetric(float64(written.Bytes)/1e6, "MB")
		b.ReportMetric(float64(written.Tiles), "tiles")
	}
	b.ReportMetric(float64(made)/b.Elapsed().Seconds(), "tiles/s")
}
