package files_test

import (
	"context"
	"path/filepath"
	"strings"
	"testing"

	"gridatlas/data/files"
	"gridatlas/geo"
)

// A table that ogr2ogr made is read with its system, and one without a system
// must be told.
func TestGeoPackageOfGDAL(t *testing.T) {
	want, _ := readAll(t, compounds, geo.Compounds, files.Reading{})
	source := writeFile(t, "小区.geojson", compounds)
	for _, system := range []string{"EPSG:4549", "EPSG:4326", "EPSG:4490", "EPSG:3857"} {
		made := filepath.Join(t.TempDir(), "made.gpkg")
		gdal(t, "-t_srs", system, "-nln", "小区", made, source)
		table := openTable(t, made, "小区", files.Options{})
		if table.System == nil || table.System.String() != system {
			t.Errorf("the system is %v, want %s", table.System, system)
		}
		for range 2 {
			got, faults := featuresOf(t, table, geo.Compounds, files.Reading{})
			if len(faults) > 0 {
				t.Fatal(faults[0])
			}
			sameFeatures(t, got, want, 0.02)
		}
	}
	made := filepath.Join(t.TempDir(), "made.gpkg")
	gdal(t, "-t_srs", "EPSG:2437", "-nln", "beijing54", made, source)
	table := openTable(t, made, "beijing54", files.Options{})
	var report files.Report
	_, faults := featuresOf(t, table, geo.Compounds, files.Reading{Report: &report})
	if len(faults) != 1 || !strings.Contains(faults[0].Reason, "state it") || !strings.Contains(strings.Join(report.Notes, "|"), "EPSG:2437 cannot be used") {
		t.Errorf("got %v, notes %q", faults, report.Notes)
	}
}

// Formats of which nothing is known here go through ogr2ogr.
func TestOtherFormats(t *testing.T) {
	want, _ := readAll(t, compounds, geo.Compounds, files.Reading{})
	source := writeFile(t, "source.geojson", compounds)
	for _, test := range []struct {
		name string
		args []string
	}{
		{"made.fgb", []string{"-t_srs", "EPSG:4549", "-nlt", "PROMOTE_TO_MULTI", "-lco", "SPATIAL_INDEX=NO"}},
		{"made.tab", []string{"-f", "MapInfo File", "-t_srs", "EPSG:4326", "-lco", "ENCODING=CP936", "-sql", // its names of columns are ASCII
			`SELECT "编码" AS code, "名称" AS name, "户数" AS households, "建筑面积" AS area_m2, "物业管理类别" AS management, "核查日期" AS surveyed_on FROM source WHERE "编码" <> 'C2'`}},
		{"made.gml", []string{"-f", "GML", "-t_srs", "EPSG:4490"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			made := filepath.Join(t.TempDir(), test.name)
			gdal(t, append(test.args, made, source)...)
			table := openTable(t, made, "", files.Options{})
			got, faults := featuresOf(t, table, geo.Compounds, files.Reading{System: table.System})
			if len(faults) > 0 {
				t.Fatal(faults[0])
			}
			wanted := want
			if test.name == "made.tab" { // it knows no null
				wanted = []geo.Feature{want[0], want[2]}
			}
			sameFeatures(t, got, wanted, 0.02)
		})
	}
	t.Run("missing", func(t *testing.T) {
		t.Setenv("PATH", t.TempDir())
		_, err := files.Open(context.Background(), writeFile(t, "a.dxf", "0"), files.Options{})
		if err == nil || !strings.Contains(err.Error(), "ogr2ogr, which is not on this machine") {
			t.Errorf("got %v", err)
		}
	})
	t.Run("disguised", func(t *testing.T) { // it would have another file read
		made := writeFile(t, "a.gml", `<OGRVRTDataSource><OGRVRTLayer name="source"><SrcDataSource>`+source+`</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>`)
		gdal(t, filepath.Join(t.TempDir(), "vrt.gpkg"), made) // as it does by itself
		if _, err := files.Open(context.Background(), made, files.Options{}); err == nil {
			t.Error("it was followed")
		}
	})
	t.Run("broken", func(t *testing.T) {
		gdal(t, "--version")
		_, err := files.Open(context.Background(), writeFile(t, "a.fgb", "no such thing"), files.Options{})
		if err == nil || !strings.Contains(err.Error(), "have ogr2ogr read it as FlatGeobuf") {
			t.Errorf("got %v", err)
		}
	})
}
