package pmtiles_test

import (
	"os"
	"path/filepath"
	"testing"

	"gridatlas/data/demo/demotest"
	"gridatlas/tiles/pmtiles"
)

// BenchmarkBuild writes the archive of the demo city to zoom 16, on all cores, to
// the disk.
func BenchmarkBuild(b *testing.B) {
	s, set := demotest.City(b, 0), mustSet(b, "map")
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
