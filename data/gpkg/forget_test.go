package gpkg_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gridatlas/data/gpkg"
	"gridatlas/geo"
)

// TestForget: of a record that is written over or deleted nothing stays in the file,
// neither in its row nor in a page that is free now.
func TestForget(t *testing.T) {
	path := filepath.Join(t.TempDir(), "records.gpkg")
	s, err := gpkg.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	apply := func(changes ...geo.RecordChange) {
		t.Helper()
		if _, err := s.Apply(t.Context(), geo.ChangeSet{Records: geo.RecordChanges(changes...)}); err != nil {
			t.Fatal(err)
		}
	}
	const secret = "told in confidence"
	small, large := []byte(`"`+secret+`"`), []byte(`"`+strings.Repeat(secret+" ", 2000)+`"`) // in its row, and over pages of its own
	for _, key := range []string{"a", "b", "c", "d", "e", "f"} {
		apply(geo.RecordChange{Kind: "test", Key: key + " small", Value: small}, geo.RecordChange{Kind: "test", Key: key + " large", Value: large})
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if file, err := os.ReadFile(path); err != nil || bytes.Count(file, []byte(secret)) < 10_000 {
		t.Fatalf("the file holds it %d times, %v", bytes.Count(file, []byte(secret)), err)
	}
	if s, err = gpkg.Open(t.Context(), path); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"a", "b", "c", "d", "e", "f"} {
		gone := geo.RecordChange{Kind: "test", Key: key + " small", Expect: geo.AnyVersion}
		if key > "c" {
			gone.Value = []byte(`"short"`)
		}
		other := gone
		other.Key = key + " large"
		apply(gone, other)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	file, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if at := bytes.Index(file, []byte(secret)); at >= 0 {
		t.Errorf("the file still holds it %d times, first at byte %d", bytes.Count(file, []byte(secret)), at)
	}
}
