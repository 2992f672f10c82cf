package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gridatlas/data/osm/osmtest"
)

// Cities of OpenStreetMap go into a store, out as a GeoPackage, and into another
// store: the same features by layer and id, all fields and the exact shapes.
func TestRealCitiesGoOutAndIn(t *testing.T) {
	for _, city := range []string{
		"osm/helsinki-centre-2019.osm.pbf", "osm/monaco-2016.osm.pbf",
		"osm-china/guixi-jiangxi-city.osm", "osm-china/shanghai-baoshan-shu.osm",
	} {
		t.Run(filepath.Base(city), func(t *testing.T) {
			folder := t.TempDir()
			in := func(name string) string { return filepath.Join(folder, name) }
			runs(t, exitOK, "import", "--store", in("first.gpkg"), osmtest.File(t, city))
			var report exported
			out := runs(t, exitOK, "export", "--json", "--store", in("first.gpkg"), "--out", in("city.gpkg"))
			if err := json.Unmarshal([]byte(out), &report); err != nil {
				t.Fatal(err)
			}
			if len(report.Notes) > 0 || report.Layers["streets"] == 0 || report.Revision != 1 {
				t.Errorf("the report is %s", out)
			}
			runs(t, exitOK, "import", "--store", in("second.gpkg"), in("city.gpkg"))
			var texts [2]string
			for i, name := range []string{"first", "second"} {
				runs(t, exitOK, "export", "--store", in(name+".gpkg"), "--out", in(name+".geojsonl"))
				text, err := os.ReadFile(in(name + ".geojsonl"))
				if err != nil {
					t.Fatal(err)
				}
				texts[i] = string(text)
			}
			if texts[0] == texts[1] {
				t.Logf("%d features, %d bytes", strings.Count(texts[0], "\n"), len(texts[0]))
				return
			}
			first, second := strings.Split(texts[0], "\n"), strings.Split(texts[1], "\n")
			for i := range min(len(first), len(second)) {
				if first[i] != second[i] {
					t.Fatalf("came back as\n%s\nwent as\n%s", second[i], first[i])
				}
			}
			t.Fatalf("%d features came back of %d", len(second), len(first))
		})
	}
}

// An export of an earlier revision has what stood then.
func TestExportAtRevision(t *testing.T) {
	folder := t.TempDir()
	store := filepath.Join(folder, "city.gpkg")
	for i, name := range []string{"first", "second"} {
		runs(t, exitOK, "import", "--store", store, "--layer", "booths", boothFile(t, name, 3+i))
	}
	for revision, want := range map[string]int{"0": 7, "1": 3, "2": 7} {
		var report exported
		out := runs(t, exitOK, "export", "--json", "--store", store, "--at-revision", revision, "--out", filepath.Join(folder, revision+".gpkg"))
		if err := json.Unmarshal([]byte(out), &report); err != nil || report.Layers["booths"] != want {
			t.Errorf("at revision %s: %s, want %d booths (%v)", revision, out, want, err)
		}
	}
}

// What an export refuses, and how it says so.
func TestExportRefuses(t *testing.T) {
	folder := t.TempDir()
	store := filepath.Join(folder, "city.gpkg")
	runs(t, exitOK, "import", "--store", store, "--layer", "booths", boothFile(t, "booths", 3))
	list := filepath.Join(folder, "booths.csv")
	runs(t, exitOK, "export", "--store", store, "--layer", "booths", "--out", list)
	runs(t, exitConflict, "export", "--store", store, "--layer", "booths", "--out", list)
	runs(t, exitOK, "export", "--store", store, "--layer", "booths", "--force", "--out", list)
	runs(t, exitUsage, "export", "--store", store, "--out", filepath.Join(folder, "all.csv"))
	runs(t, exitUsage, "export", "--store", store, "--out", filepath.Join(folder, "all.dwg"))
	runs(t, exitUsage, "export", "--store", store, "--layer", "castles", "--out", filepath.Join(folder, "all.gpkg"))
	runs(t, exitUsage, "export", "--store", store, "--crs", "gcj02", "--out", filepath.Join(folder, "all.gpkg"))
	runs(t, exitUsage, "export", "--store", store, "--force", "--out", store)
	runs(t, exitNotFound, "export", "--store", store+"x", "--out", filepath.Join(folder, "all.gpkg"))
	runs(t, exitOK, "template", "--layer", "booths", "--out", filepath.Join(folder, "template.xlsx"))
	runs(t, exitUsage, "template", "--layer", "booths", "--out", filepath.Join(folder, "template.shp"))
	runs(t, exitOK, "check", "--store", store)
}
