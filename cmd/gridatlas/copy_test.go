package main

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gridatlas/data/postgis/pgtest"
	"gridatlas/data/storetest"
	"gridatlas/geo"
	"gridatlas/geo/seedtest"
)

// TestCopyBackupRestore carries a city from a file to a server, into a backup and
// back, and holds that each holds the same.
func TestCopyBackupRestore(t *testing.T) {
	folder := t.TempDir()
	file, pack := filepath.Join(folder, "city.gpkg"), filepath.Join(folder, "pack.gpkg")
	server := pgtest.Start(t).URL(t)
	scribbled(t, file)

	said := runs(t, exitOK, "copy", "--from", file, "--to", server)
	if !strings.Contains(said, "copied to") || strings.Contains(said, ": 0 features") {
		t.Errorf("copy says %s", said)
	}
	runs(t, exitConflict, "copy", "--from", file, "--to", server)
	runs(t, exitUsage, "copy", "--from", file, "--to", file)
	runs(t, exitNotFound, "copy", "--from", filepath.Join(folder, "none.gpkg"), "--to", server)

	var outcome struct {
		Revision int64
		Hash     string
		Features int
	}
	if err := json.Unmarshal([]byte(runs(t, exitOK, "backup", "--store", server, "--json", pack)), &outcome); err != nil || outcome.Revision == 0 || len(outcome.Hash) != 64 {
		t.Errorf("backup says %+v, %v", outcome, err)
	}
	runs(t, exitConflict, "backup", "--store", server, pack)
	runs(t, exitNotFound, "backup", "--store", filepath.Join(folder, "none.gpkg"), filepath.Join(folder, "new.gpkg"))
	runs(t, exitNotFound, "restore", "--store", server, filepath.Join(folder, "none.gpkg"))
	runs(t, exitConflict, "restore", "--store", server, pack)

	again := filepath.Join(folder, "again.gpkg")
	runs(t, exitOK, "restore", "--store", again, pack)
	sameStores(t, file, again)
	runs(t, exitOK, "restore", "--store", server, "--replace", pack)
	runs(t, exitOK, "restore", "--store", again, "--replace", pack)
	sameStores(t, server, again)

	// A backup with a byte changed is refused, and names what.
	content, err := os.ReadFile(pack)
	if err != nil {
		t.Fatal(err)
	}
	spoiled := strings.Replace(string(content), "set 11", "set 77", 1)
	bad := write(t, folder, "bad.gpkg", spoiled)
	untouched := filepath.Join(folder, "untouched.gpkg")
	if said := runs(t, exitProblems, "restore", "--store", untouched, bad); !strings.Contains(said, "content and hash differ") {
		t.Errorf("the restore of a spoiled backup says %s", said)
	}
	if said := runs(t, exitOK, "copy", "--from", untouched, "--to", filepath.Join(folder, "empty.gpkg")); !strings.Contains(said, "0 features at revision 0") {
		t.Errorf("a refused restore left %s", said)
	}
}

func scribbled(t *testing.T, location string) {
	t.Helper()
	s, err := openStore(t.Context(), location)
	if err != nil {
		t.Fatal(err)
	}
	storetest.Scribble(t, s, seedtest.New(t))
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

func sameStores(t *testing.T, one, other string) {
	t.Helper()
	a, err := openExisting(t.Context(), one)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	b, err := openExisting(context.Background(), other)
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	storetest.Same(t, a, b)
	if x, err := a.Load(t.Context(), func(geo.Feature) error { return nil }); err != nil {
		t.Error(err)
	} else if y, err := b.Load(t.Context(), func(geo.Feature) error { return nil }); err != nil || x.Epoch == y.Epoch {
		t.Errorf("two stores have the epoch %d, %v", x.Epoch, err)
	}
}
