package files_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gridatlas/data/files"
	"gridatlas/geo"
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
			if _, err := files.Create(path, format, writing); !errors.Is(err, files.ErrExists) {
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
	by := booth("2")
	by.Source = "街道办"
	path, _ := export(t, "city.geojson", files.Writing{Mark: "演示数据", Attribution: "演示数据（虚构）"}, booth("1"), by)
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"attribution":"演示数据（虚构）"`, `"source":"演示数据"`, `"source":"演示数据；街道办"`} {
		if !strings.Contains(string(text), want) {
			t.Errorf("no %s in %s", want, text)
		}
	}
	if by.Source != "街道办" {
		t.Error("the feature itself was changed")
	}
}
