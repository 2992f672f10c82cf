package main

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gridatlas/geo"
	"gridatlas/geo/canarytest"
)

// canaryTown is the path of a store with a town in which all that is for staff holds
// what occurs nowhere else.
func canaryTown(t *testing.T) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "town.gpkg")
	s, err := openStore(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	var changes []geo.Change
	for _, f := range canarytest.Town() {
		f.Common().ID = 0
		changes = append(changes, geo.Insert(f))
	}
	secret := canarytest.Text + "-author"
	if _, err := s.Apply(t.Context(), geo.ChangeSet{Author: secret, Note: secret, Changes: geo.Changes(changes...)}); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestAbuse24NothingForStaffLeaves writes a town in which all that is for staff holds what
// occurs nowhere else into every form that is for the public: exports, archives of
// tiles, the page for any web server, answers of the command line. None of it is found
// there, and all of it in an export for staff.
func TestAbuse24NothingForStaffLeaves(t *testing.T) {
	store := canaryTown(t)
	run := func(args ...string) []byte {
		t.Helper()
		return []byte(runs(t, exitOK, append([]string{args[0], "--store", store}, args[1:]...)...))
	}

	folder := t.TempDir()
	out := func(name string) string { return filepath.Join(folder, name) }
	said := [][]byte{
		run("export", "--public", "--out", out("town.geojson")),
		run("export", "--public", "--out", out("town.geojsonl"), "--json"),
		run("export", "--public", "--out", out("town.gpkg")),
		run("export", "--public", "--out", out("town.xlsx")),
		run("export", "--public", "--out", out("shapes.zip")),
		run("export", "--public", "--out", out("tables.zip"), "--format", "csv", "--names"),
		run("tiles", "--out", out("town.pmtiles")),
		run("tiles", "--out", out("staff.pmtiles"), "--set", "planner"),
		run("tiles", "--site", out("site")),
		run("circle", "--at", "119.1,36.7", "--minutes", "1,15", "--json"),
		run("coverage", "--of", "booths", "--json"),
		run("coverage", "--of", "booths", "--outside", "--json"),
	}
	for _, text := range said {
		if names := canarytest.Found(text); len(names) > 0 {
			t.Errorf("%v is said: %s", names, text)
		}
	}
	files := 0
	sung(t, folder, func(path string, names []string) {
		if files++; len(names) > 0 {
			t.Errorf("%s holds %v", path, names)
		}
	})
	if files < 12 {
		t.Errorf("only %d files", files)
	}

	staff := t.TempDir()
	heard := map[string]bool{}
	for _, name := range []string{"town.geojson", "town.gpkg", "town.xlsx", "shapes.zip"} {
		run("export", "--out", filepath.Join(staff, name))
	}
	sung(t, staff, func(path string, names []string) {
		for _, name := range names {
			heard[filepath.Ext(path)+name] = true
		}
	})
	for _, canary := range canarytest.Canaries {
		for _, form := range []string{".geojson", ".gpkg"} {
			if !heard[form+canary.Name] {
				t.Errorf("not even an export for staff (%s) holds %s: the test would not find it", form, canary.Name)
			}
		}
	}
	if !heard[".xlsx"+"buildings.residents"] || !heard[".zip"+"blocks.work"] {
		t.Error("what is packed is not looked into")
	}
}

// sung tells of each file below a folder which canaries it holds, also in what it has
// packed.
func sung(t *testing.T, folder string, tell func(path string, names []string)) {
	t.Helper()
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		tell(path, canarytest.Found(append(text, unpacked(t, path, text)...)))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// unpacked is all that a file holds in packed form.
func unpacked(t *testing.T, path string, text []byte) (all []byte) {
	t.Helper()
	switch filepath.Ext(path) {
	case ".zip", ".xlsx":
		archive, err := zip.NewReader(bytes.NewReader(text), int64(len(text)))
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		for _, member := range archive.File {
			file, err := member.Open()
			if err != nil {
				t.Fatal(err)
			}
			inner, err := io.ReadAll(file)
			if err != nil {
				t.Fatal(err)
			}
			all = append(append(all, inner...), '\n')
		}
	case ".pmtiles":
		n := 0
		for rest := string(text); ; n++ {
			_, after, found := strings.Cut(rest, "\x1f\x8b\x08")
			if !found {
				break
			}
			begin := len(rest) - len(after) - 3
			if reader, err := gzip.NewReader(strings.NewReader(rest[begin:])); err == nil {
				reader.Multistream(false)
				inner, _ := io.ReadAll(reader) // three bytes by chance begin nothing
				all = append(append(all, inner...), '\n')
			}
			rest = after
		}
		if n < 3 || !bytes.Contains(all, []byte("五道庙小区")) {
			t.Fatalf("%s: %d packed pieces, none with a compound's name", path, n)
		}
	}
	return all
}
