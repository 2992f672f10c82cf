package files_test

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"gridatlas/data/files"
	"gridatlas/data/gpkg"
	"gridatlas/geo"
)

// exportSize is the number of buildings; FEATURES changes it.
func exportSize(tb testing.TB) int {
	text := os.Getenv("FEATURES")
	if text == "" {
		return 100_000
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		tb.Fatalf("FEATURES: %v", err)
	}
	return n
}

// townStore keeps n buildings of eight corners with the fields that a demo city
// fills.
func townStore(tb testing.TB, n int) (*gpkg.Store, string) {
	tb.Helper()
	path := filepath.Join(tb.TempDir(), "town.gpkg")
	store, err := gpkg.Open(tb.Context(), path)
	if err != nil {
		tb.Fatal(err)
	}
	_, err = store.Apply(tb.Context(), geo.ChangeSet{Changes: func(yield func(geo.Change, error) bool) {
		for i := range n {
			x, y := int32(1190000000+i%1000*4000), int32(367000000+i/1000*3000)
			f := &geo.Building{Number: strconv.Itoa(i % 40), Levels: geo.Some(int32(i%30 + 1)), Use: "residential", HeightM: geo.Some(float64(i%30+1) * 2.9)}
			f.Code, f.Name, f.SurveyedOn = fmt.Sprintf("3707%08d", i), fmt.Sprintf("五道庙小区%d号楼", i%40), 20000
			f.Shape = geo.PolygonShape([]geo.Point{
				{X: x, Y: y}, {X: x + 1000, Y: y}, {X: x + 1000, Y: y + 500}, {X: x + 2000, Y: y + 500},
				{X: x + 2000, Y: y + 1000}, {X: x + 1000, Y: y + 1000}, {X: x + 1000, Y: y + 1500}, {X: x, Y: y + 1500},
			})
			if !yield(geo.Insert(f), nil) {
				return
			}
		}
	}})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { store.Close() })
	return store, path
}

// peakMiB is the greatest memory of this process since resetPeak, in MiB.
func peakMiB(tb testing.TB) float64 {
	file, err := os.Open("/proc/self/status")
	if err != nil {
		tb.Skip(err)
	}
	defer file.Close()
	for lines := bufio.NewScanner(file); lines.Scan(); {
		if rest, ok := strings.CutPrefix(lines.Text(), "VmHWM:"); ok {
			kib, err := strconv.Atoi(strings.TrimSuffix(strings.TrimSpace(rest), " kB"))
			if err != nil {
				tb.Fatal(err)
			}
			return float64(kib) / 1024
		}
	}
	return 0
}

// resetPeak begins anew (proc(5), clear_refs), without what came before.
func resetPeak(tb testing.TB) {
	debug.FreeOSMemory()
	if err := os.WriteFile("/proc/self/clear_refs", []byte("5"), 0); err != nil {
		tb.Skip(err)
	}
}

var benchForms = []struct{ ending, driver string }{{".geojson", "GeoJSON"}, {".gpkg", "GPKG"}, {".shp", "ESRI Shapefile"}, {".csv", "CSV"}}

// BenchmarkExport writes the buildings of a store, read from it, into each format.
func BenchmarkExport(b *testing.B) {
	n := exportSize(b)
	store, _ := townStore(b, n)
	for _, form := range benchForms {
		b.Run(form.ending, func(b *testing.B) {
			path := filepath.Join(b.TempDir(), "out"+form.ending)
			format, err := files.FormatOf(path)
			if err != nil {
				b.Fatal(err)
			}
			resetPeak(b)
			for b.Loop() {
				w, err := files.Create(path, format, files.Writing{Layers: []geo.Layer{geo.Buildings}, Replace: true})
				if err != nil {
					b.Fatal(err)
				}
				if _, err := store.Load(b.Context(), w.Write); err != nil {
					b.Fatal(err)
				}
				if _, err := w.Close(); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "features/s")
			b.ReportMetric(peakMiB(b), "peak-MiB")
		})
	}
}

// BenchmarkExportOgr2ogr has ogr2ogr do the same from the same file. It does not
// wait for the disk, and knows nothing of lists and titles.
func BenchmarkExportOgr2ogr(b *testing.B) {
	program, err := exec.LookPath("ogr2ogr")
	if err != nil {
		b.Skip("ogr2ogr is not installed (apt install gdal-bin)")
	}
	n := exportSize(b)
	store, source := townStore(b, n)
	if err := store.Close(); err != nil {
		b.Fatal(err)
	}
	for _, form := range benchForms {
		b.Run(form.ending, func(b *testing.B) {
			path := filepath.Join(b.TempDir(), "out"+form.ending)
			peak := int64(0)
			for b.Loop() {
				_ = os.Remove(path)
				cmd := exec.CommandContext(b.Context(), program, "-overwrite", "-f", form.driver, "-lco", "ENCODING=UTF-8", "-lco", "GEOMETRY=AS_WKT", path, source, "buildings")
				if out, err := cmd.CombinedOutput(); err != nil {
					b.Fatalf("%v: %s", err, out)
				}
				if usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
					peak = max(peak, usage.Maxrss)
				}
			}
			b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "features/s")
			b.ReportMetric(float64(peak)/1024, "peak-MiB")
		})
	}
}
