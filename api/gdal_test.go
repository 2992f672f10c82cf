package api_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gridatlas/geo"
)

// ogr2ogr makes of the layers what offices ask for, as README.md has it: a File
// Geodatabase of ArcGIS from the service, a drawing of CAD in metres from a GeoPackage.
func TestGDALWritesOtherFormats(t *testing.T) {
	ogr2ogr, ogrinfo := judge(t, "ogr2ogr", "gdal-bin"), judge(t, "ogrinfo", "gdal-bin")
	n := newTown(t, packages)
	server := newServer(t, n)
	folder := t.TempDir()
	run := func(program string, args ...string) string {
		t.Helper()
		out, err := exec.CommandContext(t.Context(), program, args...).CombinedOutput()
		if err != nil || strings.Contains(string(out), "ERROR") {
			t.Fatalf("%s %v: %v\n%s", filepath.Base(program), args, err, out)
		}
		return string(out)
	}
	base := filepath.Join(folder, "city.gdb")
	run(ogr2ogr, "-f", "OpenFileGDB", "-mapFieldType", "StringList=String", base, "OAPIF:"+server.URL, "places", "booths", "-oo", "PAGE_SIZE=1000")
	for layer, want := range map[string]string{"places": "Feature Count: 251\n", "booths": "Feature Count: 2\n"} {
		if out := run(ogrinfo, "-ro", "-so", base, layer); !strings.Contains(out, want) || !strings.Contains(out, "code: String") {
			t.Errorf("%s: %s", layer, out)
		}
	}
	streets := filepath.Join(folder, "streets.gpkg")
	body := n.get(t, "/collections/streets/items?f=gpkg&crs="+epsg(4549)).Body.Bytes()
	if err := os.WriteFile(streets, body, 0o600); err != nil {
		t.Fatal(err)
	}
	drawing := filepath.Join(folder, "streets.dxf")
	run(ogr2ogr, "-f", "DXF", drawing, streets, "-sql", "SELECT class AS Layer, geom FROM streets")
	out := run(ogrinfo, "-ro", "-al", drawing)
	if !strings.Contains(out, "Feature Count: 4\n") || strings.Count(out, "Layer (String) = main\n") != 2 || !strings.Contains(out, "LINESTRING (419574.9") {
		t.Errorf("the drawing: %s", out)
	}
}

// GDAL's client of OGC API Features lists, pages, filters and copies.
func TestGDALReadsUs(t *testing.T) {
	ogrinfo := judge(t, "ogrinfo", "gdal-bin")
	n := newTown(t)
	server := newServer(t, n)
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	run := func(args ...string) string {
		out, err := exec.CommandContext(ctx, ogrinfo, args...).CombinedOutput()
		if err != nil {
			t.Fatalf("ogrinfo %v: %v\n%s", args, err, out)
		}
		return string(out)
	}
	if out := run("-ro", "OAPIF:"+server.URL); !strings.Contains(out, "places") || !strings.Contains(out, "streets") {
		t.Errorf("layers: %s", out)
	}
	// 251 features over three pages.
	out := run("-ro", "-al", "-q", "-oo", "PAGE_SIZE=100", "OAPIF:"+server.URL+"/collections/places")
	if got := strings.Count(out, "OGRFeature("); got != 251 {
		t.Errorf("%d features: %s", got, out[:min(len(out), 2000)])
	}
	if !strings.Contains(out, "name (String) = 奎文区") || !strings.Contains(out, "POLYGON ((") {
		t.Errorf("got %s", out[:min(len(out), 2000)])
	}
	out = run("-ro", "-so", "-spat", "119.09", "36.69", "119.11", "36.71", "OAPIF:"+server.URL+"/collections/booths", "booths")
	if !strings.Contains(out, "Feature Count: 2") {
		t.Errorf("booths: %s", out)
	}
	out = run("-ro", "-al", "-q", "MVT:"+server.URL+townTile(14))
	if !strings.Contains(out, "name (String) = 健康街") || !strings.Contains(out, "LINESTRING (") {
		t.Errorf("a tile: %s", out[:min(len(out), 2000)])
	}
	// Every collection is listed, and paged through to its end.
	all := run("-ro", "-al", "-q", "-oo", "PAGE_SIZE=40", "OAPIF:"+server.URL)
	for _, layer := range n.live.Current().Layers() {
		name := string(layer.Schema().Layer)
		want := 0
		for f := range layer.After(0) {
			if geo.ForPublic(f) {
				want++
			}
		}
		_, part, listed := strings.Cut(all, "Layer name: "+name+"\n")
		part, _, _ = strings.Cut(part, "Layer name: ")
		if got := strings.Count(part, "OGRFeature("); !listed || got != want {
			t.Errorf("%s: listed %v, %d features, want %d", name, listed, got, want)
		}
	}
	// By a field, by a box, and into another format.
	out = run("-ro", "-so", "-where", "kind = 'district'", "OAPIF:"+server.URL+"/collections/places", "places")
	if !strings.Contains(out, "Feature Count: 1\n") {
		t.Errorf("districts: %s", out)
	}
	ogr2ogr := judge(t, "ogr2ogr", "gdal-bin")
	copied := filepath.Join(t.TempDir(), "copy.gpkg")
	if out, err := exec.CommandContext(ctx, ogr2ogr, "-f", "GPKG", copied, "OAPIF:"+server.URL+"/collections/places", "-oo", "PAGE_SIZE=100").CombinedOutput(); err != nil {
		t.Fatalf("ogr2ogr: %v\n%s", err, out)
	}
	if out := run("-ro", "-so", copied, "places"); !strings.Contains(out, "Feature Count: 251\n") {
		t.Errorf("copied: %s", out)
	}
}
