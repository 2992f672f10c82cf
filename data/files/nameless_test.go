package files_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"gridatlas/data/files"
	"gridatlas/geo"
)

// A nameless file is whole, and nothing of it stands anywhere: neither while it is
// read nor after the work was called off or went wrong.
func TestNameless(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	empty := func(when string) {
		t.Helper()
		if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
			t.Errorf("%s: %v, %v", when, left, err)
		}
	}
	features := oddFeatures(t)
	file, err := files.Nameless(t.Context(), files.GeoJSON, files.Writing{}, slices.Values(features))
	if err != nil {
		t.Fatal(err)
	}
	empty("while it is read")
	got, err := io.ReadAll(file)
	file.Close()
	path, _ := export(t, "named.geojson", files.Writing{}, features...)
	if want, fault := os.ReadFile(path); err != nil || fault != nil || !bytes.Equal(got, want) {
		t.Errorf("%d bytes, named it has %d (%v, %v)", len(got), len(want), err, fault)
	}

	ctx, cancel := context.WithCancel(t.Context())
	nobody := geo.Clone(features[0])
	nobody.Common().ID = 0 // the file counts
	endless := func(yield func(geo.Feature) bool) {
		for n := 0; yield(nobody); n++ {
			if n == 1000 {
				cancel()
			}
		}
	}
	if _, err := files.Nameless(ctx, files.GeoPackage, files.Writing{}, endless); !errors.Is(err, context.Canceled) {
		t.Errorf("called off: %v", err)
	}
	empty("called off")
	if _, err := files.Nameless(t.Context(), files.CSV, files.Writing{}, slices.Values(features)); !errors.Is(err, files.ErrUnsuited) {
		t.Errorf("all layers in one table: %v", err)
	}
	empty("went wrong")
}

func TestSweepNameless(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	past := time.Now().Add(-2 * time.Hour)
	for name, age := range map[string]time.Time{"gridatlas-answer-1": past, "gridatlas-answer-2": time.Now(), "somebody-else": past} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Join(path, "file"), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, age, age); err != nil {
			t.Fatal(err)
		}
	}
	if err := files.SweepNameless(time.Hour); err != nil {
		t.Fatal(err)
	}
	left, err := filepath.Glob(filepath.Join(dir, "*"))
	if want := []string{filepath.Join(dir, "gridatlas-answer-2"), filepath.Join(dir, "somebody-else")}; err != nil || !slices.Equal(left, want) {
		t.Errorf("left are %v, %v", left, err)
	}
}
