package gpkg_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gridatlas/data"
	"gridatlas/data/faulttest"
	"gridatlas/data/gpkg"
	"gridatlas/data/storetest"
	"gridatlas/geo"
)

// TestBackup backs up a store that is open and written to, reads the file without
// changing it, on a read-only disk too, and restores it.
func TestBackup(t *testing.T) {
	s := filled(t, filepath.Join(t.TempDir(), "city.gpkg"), 300)
	defer s.Close()
	_, err := s.Apply(t.Context(), geo.ChangeSet{
		IdempotencyKey: "k", Changes: geo.Changes(geo.Insert(house(400)), geo.Insert(&geo.Assignment{Role: "grid_head"})),
		Records: geo.RecordChanges(geo.RecordChange{Kind: "test", Key: "a", Value: []byte(`{"b": 1}`)}),
	})
	must(t, err)
	folder := t.TempDir()
	path := filepath.Join(folder, "pack.gpkg")
	must(t, gpkg.Backup(t.Context(), s, path))
	oneFile(t, path)
	if db := plain(t, path); ask[string](t, db, "PRAGMA journal_mode") != "delete" || ask[string](t, db, "PRAGMA integrity_check") != "ok" {
		t.Error("the backup is not sealed")
	}
	before := sum(t, path)

	view, err := gpkg.View(t.Context(), path)
	must(t, err)
	if _, err := view.Apply(t.Context(), geo.ChangeSet{Changes: geo.Changes(geo.Insert(house(1)))}); err == nil {
		t.Error("a backup took a change set")
	}
	restored, err := gpkg.Open(t.Context(), filepath.Join(t.TempDir(), "again.gpkg"))
	must(t, err)
	defer restored.Close()
	_, err = data.Copy(t.Context(), view, restored, data.FillOptions{NewEpoch: true})
	must(t, err)
	must(t, view.Close())
	oneFile(t, path)
	if sum(t, path) != before {
		t.Error("reading the backup changed it")
	}
	if err := gpkg.Backup(t.Context(), restored, path); !errors.Is(err, fs.ErrExist) || !strings.Contains(err.Error(), path) {
		t.Errorf("a backup over a file: %v", err)
	}
	if sum(t, path) != before {
		t.Error("a refused backup changed the file")
	}
	storetest.Same(t, s, restored)

	ogrinfo(t, "-al", "-so", path)
	disk := faulttest.Mount(t, 4<<20)
	copied := filepath.Join(disk.Folder, "pack.gpkg")
	content, err := os.ReadFile(path)
	must(t, err)
	must(t, os.WriteFile(copied, content, 0o644))
	disk.ReadOnly(t, true)
	sealed, err := gpkg.Open(t.Context(), copied)
	must(t, err)
	holds(t, sealed, 302, 2)
	must(t, sealed.Close())
	disk.ReadOnly(t, false)
}

func sum(t *testing.T, path string) [32]byte {
	t.Helper()
	content, err := os.ReadFile(path)
	must(t, err)
	return sha256.Sum256(content)
}

// failing lends an archive whose streams break, or cancels what reads it.
type failing struct {
	data.Archiver
	do func(a *data.Archive)
}

func (f failing) Archive(ctx context.Context, use func(data.Archive) error) error {
	return f.Archiver.Archive(ctx, func(a data.Archive) error { f.do(&a); return use(a) })
}

// TestBackupFails holds that a backup that fails leaves nothing.
func TestBackupFails(t *testing.T) {
	s := filled(t, filepath.Join(t.TempDir(), "city.gpkg"), 300)
	defer s.Close()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	broken := errors.New("broken")
	for name, c := range map[string]struct {
		from data.Archiver
		want error
	}{
		"stream": {failing{s, func(a *data.Archive) {
			a.Past = func(yield func(geo.Past, error) bool) { yield(geo.Past{}, broken) }
		}}, broken},
		"cancelled": {failing{s, func(*data.Archive) { cancel() }}, context.Canceled},
		"appears":   {nil, fs.ErrExist},
		"damaged":   {failing{s, func(a *data.Archive) { a.Head.Hash[3]++ }}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			folder := t.TempDir()
			path := filepath.Join(folder, "pack.gpkg")
			if name == "appears" { // somebody makes the file meanwhile
				c.from = failing{s, func(*data.Archive) { must(t, os.WriteFile(path, []byte("theirs"), 0o644)) }}
			}
			use := t.Context()
			if name == "cancelled" {
				use = ctx
			}
			err := gpkg.Backup(use, c.from, path)
			if err == nil || c.want != nil && !errors.Is(err, c.want) {
				t.Errorf("got %v, want %v", err, c.want)
			}
			entries := listing(t, folder)
			if name == "appears" {
				if content, _ := os.ReadFile(path); entries != "pack.gpkg" || string(content) != "theirs" {
					t.Errorf("in the folder lie %s", entries)
				}
			} else if entries != "" {
				t.Errorf("in the folder lie %s", entries)
			}
		})
	}
	if err := gpkg.Backup(t.Context(), s, filepath.Join(t.TempDir(), "none", "pack.gpkg")); err == nil || !strings.Contains(err.Error(), "the folder is not there") {
		t.Errorf("no folder: %v", err)
	}
}

// TestBackupOnFullDisk gives a backup less room than it needs.
func TestBackupOnFullDisk(t *testing.T) {
	s := filled(t, filepath.Join(t.TempDir(), "city.gpkg"), 3000)
	defer s.Close()
	disk := faulttest.Mount(t, 4<<20)
	path := filepath.Join(disk.Folder, "pack.gpkg")
	for range 5 {
		disk.Fill(t, rand.Int64N(1<<20))
		if err := gpkg.Backup(t.Context(), s, path); !errors.Is(err, data.ErrFull) {
			t.Errorf("got %v", err)
		}
		if entries := listing(t, disk.Folder); entries != "ballast" {
			t.Errorf("on the disk lie %s", entries)
		}
		disk.Free(t)
	}
	must(t, gpkg.Backup(t.Context(), s, path))
	oneFile(t, path)
}
