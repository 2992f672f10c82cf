package main

import (
	"bytes"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gridatlas/data/faulttest"
)

// fails carries out a command line that must end with exit code 1 and say why.
func fails(t *testing.T, why string, args ...string) {
	t.Helper()
	var out, errs bytes.Buffer
	if code := run(t.Context(), args, &out, &errs); code != exitFailed || !strings.Contains(errs.String(), why) {
		t.Errorf("gridatlas %s: exit code %d, want %d and %q\n%s%s", strings.Join(args, " "), code, exitFailed, why, &out, &errs)
	}
}

// TestFullDisk runs commands on a disk that is full: they say so and leave the
// store and the folder as they were, and end well when there is room again.
func TestFullDisk(t *testing.T) {
	const few, many = 40, 3000
	first, second := boothFile(t, "first", few), boothFile(t, "second", many)
	disk := faulttest.Mount(t, 8<<20)
	in := func(name string) string { return filepath.Join(disk.Folder, name) }
	store := in("city.gpkg")
	runs(t, exitOK, "import", "--store", store, "--layer", "booths", first)
	commands := [][]string{
		{"import", "--store", store, "--layer", "booths", second},
		{"backup", "--store", store, in("backup.gpkg")},
		{"export", "--store", store, "--out", in("export.gpkg")},
		{"tiles", "--store", store, "--maxzoom", "22", "--out", in("city.pmtiles")},
	}
	disk.Fill(t, 64<<10) // room for SQLite's index of a journal, not for what follows
	for _, args := range commands {
		why := "full" // says SQLite
		if args[0] == "tiles" {
			why = "no space left"
		}
		fails(t, why, args...)
		if n := countBooths(t, store); n != few {
			t.Errorf("after gridatlas %s: %d booths", args[0], n)
		}
		if left := faulttest.Names(t, disk.Folder); !slices.Equal(left, []string{"ballast", "city.gpkg"}) {
			t.Errorf("gridatlas %s leaves %v", args[0], left)
		}
	}
	disk.Free(t)
	for _, args := range commands {
		runs(t, exitOK, args...)
	}
	if n := countBooths(t, store); n != few+many {
		t.Errorf("with room again: %d booths", n)
	}
	runs(t, exitOK, "check", "--store", store)
}

// TestReadOnlyDisk reads a store and a backup on a disk that may not be written.
func TestReadOnlyDisk(t *testing.T) {
	file := boothFile(t, "first", 40)
	disk := faulttest.Mount(t, 8<<20)
	store, backup := filepath.Join(disk.Folder, "city.gpkg"), filepath.Join(disk.Folder, "backup.gpkg")
	runs(t, exitOK, "import", "--store", store, "--layer", "booths", file)
	runs(t, exitOK, "backup", "--store", store, backup)
	disk.ReadOnly(t, true)
	for _, location := range []string{store, backup} {
		runs(t, exitOK, "check", "--store", location)
		if n := countBooths(t, location); n != 40 {
			t.Errorf("%s: %d booths", location, n)
		}
		fails(t, "read-only", "import", "--store", location, "--layer", "booths", boothFile(t, "second", 5))
	}
	fails(t, "read-only", "backup", "--store", store, filepath.Join(disk.Folder, "another.gpkg"))
}
