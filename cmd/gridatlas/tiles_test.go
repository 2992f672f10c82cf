package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"gridatlas/api/web"
	"gridatlas/data/faulttest"
)

// One store gives one archive, byte for byte; what is there is not replaced
// unasked, and a new revision makes another.
func TestTilesCommand(t *testing.T) {
	folder := t.TempDir()
	in := func(name string) string { return filepath.Join(folder, name) }
	store := in("city.gpkg")
	runs(t, exitOK, "import", "--store", store, "--layer", "booths", boothFile(t, "first", 40))
	var report tilesReport
	out := runs(t, exitOK, "tiles", "--json", "--store", store, "--out", in("a.pmtiles"))
	if err := json.Unmarshal([]byte(out), &report); err != nil {
		t.Fatal(err)
	}
	content := func(name string) []byte {
		text, err := os.ReadFile(in(name))
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	first := content("a.pmtiles")
	if report.Revision != 1 || report.Tiles == 0 || report.Bytes != int64(len(first)) || report.MinZoom != 11 || report.MaxZoom != 16 {
		t.Errorf("the report is %s", out)
	}
	runs(t, exitOK, "tiles", "--store", store, "--out", in("b.pmtiles"), "--set", "map")
	if !bytes.Equal(first, content("b.pmtiles")) {
		t.Error("two archives of one store differ")
	}
	runs(t, exitOK, "import", "--store", store, "--layer", "booths", boothFile(t, "second", 50))
	runs(t, exitConflict, "tiles", "--store", store, "--out", in("a.pmtiles"))
	if !bytes.Equal(first, content("a.pmtiles")) {
		t.Error("it was replaced unasked")
	}
	runs(t, exitOK, "tiles", "--store", store, "--out", in("a.pmtiles"), "--overwrite", "--minzoom", "12", "--maxzoom", "13")
	if bytes.Equal(first, content("a.pmtiles")) {
		t.Error("it was not replaced")
	}
	for _, bad := range [][]string{
		{"--set", "roads"}, {"--set", "map,streets"}, {"--minzoom", "9", "--maxzoom", "8"}, {"--maxzoom", "23"}, {"--minzoom", "-1"},
		{"--at", "noon"}, {"--zone", "Mars"},
	} {
		runs(t, exitUsage, append([]string{"tiles", "--store", store, "--out", in("c.pmtiles")}, bad...)...)
	}
	runs(t, exitUsage, "tiles", "--store", store, "--out", store, "--overwrite")
	runs(t, exitNotFound, "tiles", "--store", in("none.gpkg"), "--out", in("c.pmtiles"))
	fails(t, "nothing to draw", "tiles", "--store", store, "--out", in("c.pmtiles"), "--maxzoom", "10")
	if names := faulttest.Names(t, folder); !slices.Equal(names, []string{"a.pmtiles", "b.pmtiles", "city.gpkg"}) {
		t.Errorf("the folder holds %v", names)
	}
}

// Whoever stops the command finds the old archive, and nothing beside it.
func TestTilesCommandIsStopped(t *testing.T) {
	folder := t.TempDir()
	store, out := filepath.Join(folder, "city.gpkg"), filepath.Join(folder, "a.pmtiles")
	runs(t, exitOK, "import", "--store", store, "--layer", "booths", boothFile(t, "first", 20_000))
	if err := os.WriteFile(out, []byte("old"), 0o644); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	var errs bytes.Buffer
	go func() {
		for ctx.Err() == nil && len(faulttest.Names(t, folder)) < 3 { // until it writes
			time.Sleep(time.Millisecond)
		}
		cancel()
	}()
	code := run(ctx, []string{"tiles", "--store", store, "--out", out, "--overwrite", "--maxzoom", "22"}, &bytes.Buffer{}, &errs)
	if code != exitFailed || !strings.Contains(errs.String(), "stopped before the end") {
		t.Errorf("exit code %d: %s", code, &errs)
	}
	if text, err := os.ReadFile(out); err != nil || string(text) != "old" {
		t.Errorf("the old file holds %q (%v)", text, err)
	}
	if names := faulttest.Names(t, folder); !slices.Equal(names, []string{"a.pmtiles", "city.gpkg"}) {
		t.Errorf("the folder holds %v", names)
	}
}

// A page is there whole with its archive, or nothing of it is there; written again,
// the same files are there.
func TestTilesSite(t *testing.T) {
	folder := t.TempDir()
	store, site := filepath.Join(folder, "city.gpkg"), filepath.Join(folder, "www", "city")
	runs(t, exitOK, "import", "--store", store, "--layer", "booths", boothFile(t, "first", 40))
	var out, errs bytes.Buffer
	if code := run(t.Context(), []string{"tiles", "--store", store, "--site", site, "--maxzoom", "5"}, &out, &errs); code != exitFailed {
		t.Fatalf("nothing to draw: exit code %d\n%s%s", code, &out, &errs)
	}
	if names := faulttest.Names(t, folder); !slices.Equal(names, []string{"city.gpkg"}) {
		t.Errorf("what failed leaves %v", names)
	}
	if strings.Contains(errs.String(), web.ErrUnbuilt.Error()) {
		if os.Getenv("CI") != "" {
			t.Fatal("the pages are not built")
		}
		t.Skip("the pages are not built: make pages")
	}
	runs(t, exitUsage, "tiles", "--store", store, "--site", site, "--set", "streets")
	runs(t, exitOK, "tiles", "--store", store, "--site", site)
	first := contentOf(t, site)
	for _, name := range []string{"index.html", "en.html", "map.pmtiles", "styles/day.json", "sprites/map.png"} {
		if first[name] == "" {
			t.Errorf("%s is not there", name)
		}
	}
	runs(t, exitConflict, "tiles", "--store", store, "--site", site)
	if now := contentOf(t, site); !maps.Equal(first, now) {
		t.Error("it was replaced unasked")
	}
	runs(t, exitOK, "tiles", "--store", store, "--site", site, "--overwrite")
	if now := contentOf(t, site); !maps.Equal(first, now) {
		t.Error("written again, it is another")
	}

	// An earlier version wrote a file more and named two that are not its own; somebody
	// has put files of theirs there.
	list := filepath.Join(site, "gridatlas-site.txt")
	for path, text := range map[string]string{
		filepath.Join(site, "assets", "site-OLD.js"): "old", filepath.Join(site, "assets", "own.js"): "own",
		filepath.Join(folder, "www", "other.html"): "other", list: first["gridatlas-site.txt"] + "assets/site-OLD.js\n../other.html\nassets\n",
	} {
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	runs(t, exitOK, "tiles", "--store", store, "--site", site, "--overwrite")
	first["assets/own.js"] = "own"
	if now := contentOf(t, site); !maps.Equal(first, now) {
		t.Errorf("with files of others there are %v, want %v", slices.Sorted(maps.Keys(now)), slices.Sorted(maps.Keys(first)))
	}
	if text, err := os.ReadFile(filepath.Join(folder, "www", "other.html")); err != nil || string(text) != "other" {
		t.Errorf("outside the folder stands %q (%v)", text, err)
	}
}

// contentOf reads all files below a folder.
func contentOf(t testing.TB, folder string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := fs.WalkDir(os.DirFS(folder), ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := os.ReadFile(filepath.Join(folder, path))
		files[path] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}
