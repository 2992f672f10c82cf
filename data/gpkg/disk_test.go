package gpkg_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"gridatlas/data"
	"gridatlas/data/faulttest"
	"gridatlas/data/gpkg"
	"gridatlas/geo"
	"gridatlas/geo/seedtest"
)

// housesFrom is a change set of n buildings.
func housesFrom(first, n int) geo.ChangeSet {
	return geo.ChangeSet{Changes: func(yield func(geo.Change, error) bool) {
		for i := range n {
			if !yield(geo.Insert(house(first+i)), nil) {
				return
			}
		}
	}}
}

// holds checks that a store reads so many features at a revision and finds no
// fault in them.
func holds(t *testing.T, s *gpkg.Store, features int, revision int64) {
	t.Helper()
	n := 0
	head, err := s.Load(t.Context(), func(geo.Feature) error { n++; return nil })
	if err != nil || n != features || head.Revision != revision {
		t.Fatalf("%d features at revision %d, %v; want %d at %d", n, head.Revision, err, features, revision)
	}
	if faults, err := s.Check(t.Context()); err != nil || len(faults) > 0 {
		t.Fatalf("check: %v, %v", faults, err)
	}
}

// reopened opens a store that is closed before its disk goes.
func reopened(t *testing.T, path string) *gpkg.Store {
	t.Helper()
	s, err := gpkg.Open(t.Context(), path)
	must(t, err)
	t.Cleanup(func() { s.Close() })
	return s
}

// TestFullDisk fills the disk to all but a random rest under an open store, makes
// it write until it cannot, and gives the room back.
func TestFullDisk(t *testing.T) {
	rng := seedtest.New(t)
	const mib = 1 << 20
	for round := range 20 {
		disk := faulttest.Mount(t, 4*mib)
		path := filepath.Join(disk.Folder, "city.gpkg")
		s := filled(t, path, 100)
		t.Cleanup(func() { s.Close() })
		if round%2 == 0 { // the next write begins a journal
			must(t, s.Close())
			s = reopened(t, path)
			holds(t, s, 100, 1)
		}
		disk.Fill(t, rng.Int64N(mib))
		features, revision := 100, int64(1)
		for {
			n := 1 + rng.IntN(500)
			_, err := s.Apply(t.Context(), housesFrom(features, n))
			if err == nil {
				features, revision = features+n, revision+1
				holds(t, s, features, revision)
				continue
			}
			if !errors.Is(err, data.ErrFull) {
				t.Fatalf("apply on a full disk: %v", err)
			}
			break
		}
		holds(t, s, features, revision)
		closed := round%3 == 0
		if closed { // the journal may or may not fit into the file
			if err := s.Close(); err != nil && (!errors.Is(err, data.ErrFull) || !strings.Contains(err.Error(), "city.gpkg-wal")) {
				t.Errorf("close on a full disk: %v", err)
			}
		}
		disk.Free(t)
		if closed {
			s = reopened(t, path)
		}
		holds(t, s, features, revision)
		_, err := s.Apply(t.Context(), housesFrom(features, 50))
		must(t, err)
		holds(t, s, features+50, revision+1)
		must(t, s.Close())
		whole(t, path)
	}
}

// TestNewOnFullDisk makes a store where there is no room for one, and again when
// there is.
func TestNewOnFullDisk(t *testing.T) {
	disk := faulttest.Mount(t, 4<<20)
	for _, free := range []int64{0, 4096, 65536, 300_000} {
		path := filepath.Join(disk.Folder, "new.gpkg")
		disk.Fill(t, free)
		_, err := gpkg.Open(t.Context(), path)
		if !errors.Is(err, data.ErrFull) || !strings.Contains(err.Error(), path) {
			t.Errorf("with %d bytes free: %v", free, err)
		}
		disk.Free(t)
		s, err := gpkg.Open(t.Context(), path)
		must(t, err)
		holds(t, s, 0, 0)
		must(t, s.Close())
		whole(t, path)
		must(t, os.Remove(path))
	}
}

// TestReadOnlyDisk opens a store on a disk that may not be written, and makes
// none there.
func TestReadOnlyDisk(t *testing.T) {
	disk := faulttest.Mount(t, 4<<20)
	path := filepath.Join(disk.Folder, "city.gpkg")
	must(t, filled(t, path, 10).Close())
	disk.ReadOnly(t, true)
	readOnly(t, path)
	if _, err := gpkg.Open(t.Context(), filepath.Join(disk.Folder, "new.gpkg")); !errors.Is(err, unix.EROFS) {
		t.Errorf("a new store: %v", err)
	}
	disk.ReadOnly(t, false)
	s, err := gpkg.Open(t.Context(), path)
	must(t, err)
	_, err = s.Apply(t.Context(), housesFrom(10, 1))
	must(t, err)
	must(t, s.Close())
}
