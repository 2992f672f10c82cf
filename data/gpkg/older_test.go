package gpkg_test

import (
	"compress/gzip"
	"encoding/hex"
	"io"
	"os"
	"path/filepath"
	"testing"

	"gridatlas/data"
	"gridatlas/data/gpkg"
	"gridatlas/geo"
)

// firstRelease is a file that the first release made: 300 booths, a compound, a
// building and an assignment, then a set that moves booth 4 and deletes booth 5,
// then one that deletes booth 4.
func firstRelease(t *testing.T) (path string) {
	t.Helper()
	packed, err := os.Open("testdata/first-release.gpkg.gz")
	must(t, err)
	defer packed.Close()
	content, err := gzip.NewReader(packed)
	must(t, err)
	path = filepath.Join(t.TempDir(), "city.gpkg")
	file, err := os.Create(path)
	must(t, err)
	_, err = io.Copy(file, content) //nolint:gosec // the file is ours
	must(t, err)
	must(t, file.Close())
	return path
}

// TestFirstRelease opens a file of the first release, which is then one of today.
func TestFirstRelease(t *testing.T) {
	path := firstRelease(t)
	s, err := gpkg.Open(t.Context(), path)
	must(t, err)
	defer s.Close()
	holds(t, s, 301, 3)
	const hash = "0a4a4737a27a20fb0bc7bbce28eb7c97dda4636a4d1b90f85292c4a8d93f3b2a" // as that program printed it
	for revision, want := range []int{0, 303, 302, 301} {
		n := 0
		head, err := s.At(t.Context(), int64(revision), func(geo.Feature) error { n++; return nil })
		if err != nil || n != want {
			t.Errorf("at revision %d: %d features, %v; want %d", revision, n, err, want)
		}
		if revision == 3 && hex.EncodeToString(head.Hash[:]) != hash {
			t.Errorf("the chain ends with %x, want %s", head.Hash, hash)
		}
	}
	past, err := s.History(t.Context(), geo.Key{Layer: geo.Booths, ID: 4})
	if err != nil || len(past) != 2 || past[1].Feature.Common().Name != "moved" || !past[1].Deleted {
		t.Errorf("history of booth 4: %v, %v", past, err)
	}
	repeat, err := s.Apply(t.Context(), geo.ChangeSet{IdempotencyKey: "import-1"})
	if err != nil || repeat.Revision != 1 {
		t.Errorf("the first import again: %+v, %v", repeat, err)
	}
	_, err = s.Apply(t.Context(), geo.ChangeSet{
		Changes: geo.Changes(geo.Insert(&geo.Assignment{Role: "grid_head"})),
		Records: geo.RecordChanges(geo.RecordChange{Kind: "test", Key: "a", Value: []byte(`1`)}),
	})
	must(t, err)
	holds(t, s, 302, 4)
	if _, err := plain(t, path).ExecContext(t.Context(), "DELETE FROM gridatlas_records"); err == nil {
		t.Error("another program may delete records")
	}
}

// TestViewOlder reads an old backup without migrating it.
func TestViewOlder(t *testing.T) {
	path := firstRelease(t)
	before := sum(t, path)
	view, err := gpkg.View(t.Context(), path)
	must(t, err)
	holds(t, view, 301, 3)
	restored, err := gpkg.Open(t.Context(), filepath.Join(t.TempDir(), "again.gpkg"))
	must(t, err)
	defer restored.Close()
	_, err = data.Copy(t.Context(), view, restored, data.FillOptions{})
	must(t, err)
	must(t, view.Close())
	holds(t, restored, 301, 3)
	if sum(t, path) != before {
		t.Error("the old file was changed")
	}
	oneFile(t, path)
}
