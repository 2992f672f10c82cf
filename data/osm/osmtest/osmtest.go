// Package osmtest finds the real OpenStreetMap extracts on which tests run. They are no
// part of the repository (their licence is ODbL): they lie in a folder shared beside the
// checkout, or where GRIDATLAS_SHARED says.
package osmtest

import (
	"os"
	"path/filepath"
	"testing"
)

// File returns the path of an extract, as "osm/monaco.osm.pbf"; a test without it is
// skipped, since nothing installs it.
func File(t testing.TB, name string) string {
	t.Helper()
	roots := []string{os.Getenv("GRIDATLAS_SHARED")}
	if roots[0] == "" {
		dir, err := os.Getwd()
		if err != nil {
			t.Fatal(err)
		}
		for roots = nil; dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
			roots = append(roots, filepath.Join(filepath.Dir(dir), "shared"))
		}
	}
	for _, root := range roots {
		path := filepath.Join(root, filepath.FromSlash(name))
		if _, err := os.Stat(path); err == nil {
			return path
		}
	}
	t.Skipf("no %s: set GRIDATLAS_SHARED to the folder of test data", name)
	return ""
}
