package files_test

import (
	"archive/zip"
	"os"
	"path/filepath"
	"testing"
)

// zipOf packs files (name in the archive, path, and so on) and returns the
// archive.
func zipOf(t testing.TB, namesAndPaths ...string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "made.zip")
	out, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	archive := zip.NewWriter(out)
	for i := 0; i < len(namesAndPaths); i += 2 {
		raw, err := os.ReadFile(namesAndPaths[i+1])
		if err != nil {
			t.Fatal(err)
		}
		member, err := archive.Create(namesAndPaths[i])
		if err == nil {
			_, err = member.Write(raw)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := archive.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}
