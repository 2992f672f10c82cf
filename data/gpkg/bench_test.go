package gpkg_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"

	"gridatlas/data/gpkg"
	"gridatlas/geo"
)

// houses streams n buildings as a city has them: eight corners in the mean, the
// fields that the demo fills. They lie in rows, as an import reads them.
func houses(n int) func(func(geo.Change, error) bool) {
	return func(yield func(geo.Change, error) bool) {
		for i := range n {
			if !yield(geo.Insert(house(i)), nil) {
				return
			}
		}
	}
}

func house(i int) *geo.Building {
	x, y := int32(1190000000+i%1000*4000), int32(367000000+i/1000*3000)
	corners := []geo.Point{
		{X: x, Y: y}, {X: x + 1000, Y: y}, {X: x + 1000, Y: y + 500}, {X: x + 2000, Y: y + 500},
		{X: x + 2000, Y: y + 1000}, {X: x + 1000, Y: y + 1000}, {X: x + 1000, Y: y + 1500}, {X: x, Y: y + 1500},
	}
	f := &geo.Building{
		Number: strconv.Itoa(i % 40), Levels: geo.Some(int32(i%30 + 1)), Units: geo.Some(int32(i%4 + 1)), Use: "residential",
		Year: geo.Some(int32(1980 + i%45)), HeightM: geo.Some(float64(i%30+1) * 2.9),
		Households: geo.Some(int32(i % 120)), Residents: geo.Some(int32(i % 300)),
	}
	f.Shape = geo.PolygonShape(corners)
	f.Code, f.Name = fmt.Sprintf("3707%08d", i), fmt.Sprintf("五道庙小区%d号楼", i%40)
	f.Source, f.SurveyedOn, f.DueOn = "演示数据", 20000, 20365
	return f
}

// benchSize is the number of buildings; GRIDATLAS_BENCH_BUILDINGS changes it.
func benchSize(tb testing.TB) int {
	text := os.Getenv("GRIDATLAS_BENCH_BUILDINGS")
	if text == "" {
		return 200_000
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		tb.Fatalf("GRIDATLAS_BENCH_BUILDINGS: %v", err)
	}
	return n
}

func filled(tb testing.TB, path string, n int) *gpkg.Store {
	tb.Helper()
	s, err := gpkg.Open(tb.Context(), path)
	if err != nil {
		tb.Fatal(err)
	}
	if _, err := s.Apply(tb.Context(), geo.ChangeSet{Changes: houses(n)}); err != nil {
		tb.Fatal(err)
	}
	return s
}

// BenchmarkImport fills a new file: one change set, closed at the end.
func BenchmarkImport(b *testing.B) {
	n := benchSize(b)
	for b.Loop() {
		path := filepath.Join(b.TempDir(), "city.gpkg")
		if err := filled(b, path, n).Close(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "features/s")
}

// BenchmarkImportOgr2ogr has ogr2ogr copy the same buildings from our file into
// a new GeoPackage: its fastest way in, and the rate to beat. It keeps neither
// versions nor an audit, and does not wait for the disk.
func BenchmarkImportOgr2ogr(b *testing.B) {
	program, err := exec.LookPath("ogr2ogr")
	if err != nil {
		b.Skip("ogr2ogr is not installed (apt install gdal-bin)")
	}
	n := benchSize(b)
	from := filepath.Join(b.TempDir(), "city.gpkg")
	if err := filled(b, from, n).Close(); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		to := filepath.Join(b.TempDir(), "copy.gpkg")
		if out, err := exec.CommandContext(b.Context(), program, "-f", "GPKG", to, from, "buildings").CombinedOutput(); err != nil {
			b.Fatalf("%v: %s", err, out)
		}
	}
	b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "features/s")
}

// BenchmarkLoad reads every building of a file.
func BenchmarkLoad(b *testing.B) {
	n := benchSize(b)
	s := filled(b, filepath.Join(b.TempDir(), "city.gpkg"), n)
	defer s.Close()
	b.ReportAllocs()
	for b.Loop() {
		got := 0
		if _, err := s.Load(b.Context(), func(geo.Feature) error { got++; return nil }); err != nil || got != n {
			b.Fatalf("%d features, %v", got, err)
		}
	}
	b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "features/s")
}
