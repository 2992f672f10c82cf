package files_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gridatlas/data/files"
	"gridatlas/geo"
	"gridatlas/geo/crs"
)

// export writes features into a file of that name in a folder of its own.
func export(t testing.TB, name string, writing files.Writing, features ...geo.Feature) (path string, written files.Written) {
	t.Helper()
	path = filepath.Join(t.TempDir(), name)
	format, err := files.FormatOf(path)
	if err != nil {
		t.Fatal(err)
	}
	w, err := files.Create(path, format, writing)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Abort()
	for _, f := range features {
		if err := w.Write(f); err != nil {
			t.Fatal(err)
		}
	}
	if written, err = w.Close(); err != nil {
		t.Fatal(err)
	}
	return path, written
}

// names lists a folder, hidden files too.
func names(t testing.TB, folder string) []string {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	return names
}

func booth(code string) *geo.Booth {
	return &geo.Booth{Base: geo.Base{Code: code, Shape: geo.PointShape(geo.Point{X: 1191234567, Y: 367000000})}}
}

// A file appears whole or not at all, and one that is there stays until then.
func TestCreateIsAside(t *testing.T) {
	for _, ending := range everyEnding {
		t.Run(ending, func(t *testing.T) {
			folder := t.TempDir()
			path := filepath.Join(folder, "out"+ending)
			format, err := files.FormatOf(path)
			if err != nil {
				t.Fatal(err)
			}
			writing := files.Writing{Layers: []geo.Layer{geo.Booths}}
			begin := func() *files.Writer {
				t.Helper()
				w, err := files.Create(path, format, writing)
				if err != nil {
					t.Fatal(err)
				}
				if err := w.Write(booth("1")); err != nil {
					t.Fatal(err)
				}
				return w
			}
			w := begin()
			w.Abort()
			if left := names(t, folder); len(left) > 0 {
				t.Errorf("after Abort there are %q", left)
			}
			w = begin()
			if _, err := os.Stat(path); err == nil {
				t.Error("the file is there before Close")
			}
			written, err := w.Close()
			if err != nil {
				t.Fatal(err)
			}
			var made []string
			for _, file := range written.Files {
				made = append(made, filepath.Base(file))
			}
			slices.Sort(made)
			if left := names(t, folder); !slices.Equal(left, made) {
				t.Errorf("after Close there are %q, not %q", left, made)
			}
			if written.Layers[geo.Booths] != 1 {
				t.Errorf("it says that it wrote %v", written.Layers)
			}
			if _, err := files.Create(path, format, writing); !errors.Is(err, fs.ErrExist) {
				t.Errorf("a file that is there: %v", err)
			}
			before, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			writing.Replace = true
			w = begin()
			w.Abort()
			if after, err := os.ReadFile(path); err != nil || string(after) != string(before) {
				t.Errorf("the file of before is not as it was (%v)", err)
			}
			if _, err := begin().Close(); err != nil {
				t.Error(err)
			}
			if left := names(t, folder); !slices.Equal(left, made) {
				t.Errorf("after replacing there are %q, not %q", left, made)
			}
		})
	}
}

// everyEnding has one ending of each format.
var everyEnding = []string{".geojson", ".geojsonl", ".gpkg", ".csv", ".xlsx", ".shp", ".zip"}

// Every file of a made-up city says so, and features that do not name it as
// their source do then.
func TestMark(t *testing.T) {
	for _, ending := range everyEnding {
		by := booth("2")
		by.Source = "街道办"
		path, _ := export(t, "city"+ending, files.Writing{Layers: []geo.Layer{geo.Booths}, Mark: "演示数据", Attribution: "演示数据（虚构）"}, booth("1"), by)
		if by.Source != "街道办" {
			t.Fatal("the feature itself was changed")
		}
		if ending == ".gpkg" {
			if told := judge(t, "ogrinfo", "-al", path); !strings.Contains(told, "DESCRIPTION=Repair booths. 演示数据（虚构）") || !strings.Contains(told, "演示数据；街道办") {
				t.Errorf("the GeoPackage does not say what it is:\n%s", told)
			}
			continue
		}
		table, first := "", ""
		if ending == ".xlsx" {
			table = "小蓝棚"
		}
		for i, f := range again(t, path, table, geo.MustSchema(geo.Booths)) {
			if want := []string{"演示数据", "演示数据；街道办"}[i]; f.Common().Source != want {
				t.Errorf("%s: source %q, want %q", ending, f.Common().Source, want)
			}
			first += f.Common().Code
		}
		if first != "12" {
			t.Errorf("%s: came back as %q", ending, first)
		}
	}
	path, _ := export(t, "city.geojson", files.Writing{Attribution: "演示数据（虚构）"})
	if text, err := os.ReadFile(path); err != nil || !strings.Contains(string(text), `"attribution":"演示数据（虚构）"`) {
		t.Errorf("the collection is %s (%v)", text, err)
	}
}

// A public file has no staff fields and no features that are not for the public.
func TestPublic(t *testing.T) {
	shop, camera := &geo.Facility{Kind: "shop"}, &geo.Facility{Kind: "camera_street"}
	for _, f := range []*geo.Facility{shop, camera} {
		f.Shape, f.SurveyedBy = geo.PointShape(geo.Point{X: 1191234567, Y: 367000000}), "核查员"
	}
	for _, ending := range everyEnding {
		path, written := export(t, "public"+ending, files.Writing{Layers: []geo.Layer{geo.Facilities}, Public: true}, shop, camera)
		if written.Layers[geo.Facilities] != 1 {
			t.Errorf("%s: %v were written", ending, written.Layers)
		}
		if ending == ".shp" {
			path = strings.TrimSuffix(path, ".shp") + "_point.dbf"
		}
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if ending == ".zip" || ending == ".xlsx" { // what is packed cannot be seen
			if ending == ".zip" {
				path = "/vsizip/" + path
			}
			tables := ogrTables(t, path, "--config", "OGR_XLSX_HEADERS", "FORCE")
			text = fmt.Append(nil, tables)
		}
		for _, secret := range []string{"核查员", "核查人", "surveyed_by", "surveyd_by", "camera_street\x00"} {
			if strings.Contains(string(text), secret) {
				t.Errorf("%s: it has %s", ending, secret)
			}
		}
	}
}

// What a format cannot hold is refused before anything is written.
func TestUnsuited(t *testing.T) {
	one := []geo.Layer{geo.Booths}
	for _, test := range []struct {
		name    string
		writing files.Writing
		want    string
	}{
		{"all.csv", files.Writing{}, "a CSV file holds one layer"},
		{"all.shp", files.Writing{}, "a Shapefile holds one layer"},
		{"shifted.gpkg", files.Writing{System: crs.GCJ02}, "cannot say that it is in GCJ-02"},
		{"shifted.shp", files.Writing{System: crs.BD09, Layers: one}, "cannot say that it is in BD-09"},
		{"metres.geojson", files.Writing{System: crs.WebMercator}, "GeoJSON is in WGS84"},
	} {
		path := filepath.Join(t.TempDir(), test.name)
		format, err := files.FormatOf(path)
		if err != nil {
			t.Fatal(err)
		}
		_, err = files.Create(path, format, test.writing)
		if !errors.Is(err, files.ErrUnsuited) || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, want %q", test.name, err, test.want)
		}
		if left := names(t, filepath.Dir(path)); len(left) > 0 {
			t.Errorf("%s: it left %q", test.name, left)
		}
	}
	if _, err := files.FormatOf("city.dwg"); !errors.Is(err, files.ErrUnsuited) {
		t.Errorf("an unknown ending: %v", err)
	}
}

// A place that the system does not reach ends the export and names the feature.
func TestOutOfReach(t *testing.T) {
	path := filepath.Join(t.TempDir(), "far.gpkg")
	w, err := files.Create(path, files.GeoPackage, files.Writing{System: crs.Zone(120, false)})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Abort()
	far := booth("7")
	far.ID, far.Shape = 7, geo.PointShape(geo.Point{X: 24_900_0000, Y: 601700000})
	if err := w.Write(far); err == nil || !strings.Contains(err.Error(), "booths/7") {
		t.Errorf("a place in Europe is written into a zone of China: %v", err)
	}
}
