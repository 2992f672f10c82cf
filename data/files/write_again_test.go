package files_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"gridatlas/data/files"
	"gridatlas/geo"
	"gridatlas/geo/crs"
)

// again reads a table of an exported file.
func again(t testing.TB, path, table string, schema *geo.Schema) (features []geo.Feature) {
	t.Helper()
	for read, fault := range files.Features(t.Context(), openTable(t, path, table, files.Options{}), schema, files.Reading{}) {
		if fault != nil {
			t.Fatalf("%s %s: %v", filepath.Base(path), table, fault)
		}
		if read.Unplaced {
			t.Fatalf("%s %s: row %d has lost its place", filepath.Base(path), table, read.Row.Row)
		}
		features = append(features, read.Feature)
	}
	return features
}

// compare holds that features came back as they went, all fields and the shape.
func compare(t testing.TB, got, want []geo.Feature) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%d features came back of %d", len(got), len(want))
	}
	for i := range got {
		if a, b := canonical(got[i]), canonical(want[i]); a != b {
			t.Fatalf("came back as\n%s\nwent as\n%s", a, b)
		}
	}
}

// listed are the features that a list can hold: of points one, and no row
// without any value.
func listed(features []geo.Feature) (kept []geo.Feature) {
	for _, f := range features {
		shape := f.Common().Shape
		if several := shape.Kind() == geo.Points && shape.NumParts() > 1; !several && (!shape.IsZero() || f.Common().Code != "") {
			kept = append(kept, f)
		}
	}
	return kept
}

// Features of every layer with odd values come back from every format.
func TestExportsAreImportedAgain(t *testing.T) {
	features := oddFeatures(t)
	t.Run("all layers in one", func(t *testing.T) {
		for _, name := range []string{"odd.geojson", "odd.geojsonl"} {
			path, _ := export(t, name, files.Writing{}, features...)
			compare(t, again(t, path, "", nil), features)
		}
	})
	for _, schema := range geo.Catalog() {
		all := layersOf(features, schema.Layer)
		single := listed(all)
		metres, err := crs.ParseSystem("EPSG:4549")
		if err != nil {
			t.Fatal(err)
		}
		layers := []geo.Layer{schema.Layer}
		for _, form := range []struct {
			name    string
			writing files.Writing
			table   string
			want    []geo.Feature
		}{
			{"titles.csv", files.Writing{}, "", single},
			{"names.csv", files.Writing{Names: true}, "", single},
			{"gcj02.csv", files.Writing{System: crs.GCJ02}, "", single},
			{"metres.csv", files.Writing{System: metres}, "", single},
			{"titles.xlsx", files.Writing{}, schema.Zh, single},
			{"names.xlsx", files.Writing{Names: true}, schema.Zh, single},
		} {
			t.Run(fmt.Sprint(schema.Layer, " ", form.name), func(t *testing.T) {
				form.writing.Layers = layers
				path, written := export(t, form.name, form.writing, form.want...)
				if len(written.Notes) > 0 {
					t.Errorf("it notes %q", written.Notes)
				}
				compare(t, again(t, path, form.table, schema), form.want)
			})
		}
		for _, name := range []string{"wgs84.gpkg", "metres.gpkg", "wgs84.zip", "metres.zip"} {
			t.Run(fmt.Sprint(schema.Layer, " ", name), func(t *testing.T) {
				writing := files.Writing{Layers: layers}
				if strings.HasPrefix(name, "metres") {
					writing.System = metres
				}
				path, _ := export(t, name, writing, all...)
				byTable := map[string][]geo.Feature{}
				for _, f := range all {
					if strings.HasSuffix(name, ".gpkg") {
						byTable[string(schema.Layer)] = all
						break
					}
					byTable[setName(schema, f)] = append(byTable[setName(schema, f)], f)
				}
				for table, want := range byTable {
					compare(t, again(t, path, table, schema), want)
				}
			})
		}
	}
}
