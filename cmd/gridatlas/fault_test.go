package main

import (
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gridatlas/data/faulttest"
	"gridatlas/geo"
)

// TestFaults fails the file operations of commands that fill a store: the exit
// code tells the truth, what a command could not do is undone, and the same
// command does it when the disk is well again.
func TestFaults(t *testing.T) {
	const few, many = 40, 300
	first, second := boothFile(t, "first", few), boothFile(t, "second", many)
	store := func(folder string) string { return filepath.Join(folder, "store", "city.gpkg") }
	source := func(folder string) string { return filepath.Join(folder, "source", "other.gpkg") }
	importInto := func(location, file string) []string {
		return []string{"import", "--store", location, "--layer", "booths", file}
	}
	for _, test := range []struct {
		name          string
		prepare       func(tb testing.TB, folder string)
		args          func(folder string) []string
		before, after int  // booths in the store
		once          bool // the command refuses a store that it has filled
	}{
		{
			name:  "first import",
			args:  func(folder string) []string { return importInto(store(folder), second) },
			after: many,
		},
		{
			name:    "second import",
			prepare: func(tb testing.TB, folder string) { runs(tb, exitOK, importInto(store(folder), first)...) },
			args:    func(folder string) []string { return importInto(store(folder), second) },
			before:  few, after: few + many,
		},
		{
			name:    "copy",
			prepare: func(tb testing.TB, folder string) { runs(tb, exitOK, importInto(source(folder), second)...) },
			args:    func(folder string) []string { return []string{"copy", "--from", source(folder), "--to", store(folder)} },
			after:   many, once: true,
		},
		{
			name: "restore",
			prepare: func(tb testing.TB, folder string) {
				made := filepath.Join(folder, "source", "made.gpkg")
				runs(tb, exitOK, importInto(made, second)...)
				runs(tb, exitOK, "backup", "--store", made, source(folder))
				runs(tb, exitOK, importInto(store(folder), first)...)
			},
			args: func(folder string) []string {
				return []string{"restore", "--store", store(folder), "--replace", source(folder)}
			},
			before: few, after: many,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			faulttest.Loop(t, faulttest.Task{
				Sample: 8,
				Prepare: func(tb testing.TB, folder string) {
					for _, location := range []string{store(folder), source(folder)} {
						if err := os.Mkdir(filepath.Dir(location), 0o755); err != nil {
							tb.Fatal(err)
						}
					}
					if test.prepare != nil {
						test.prepare(tb, folder)
					}
				},
				Command: func(tb testing.TB, folder string) *exec.Cmd { return program(tb, test.args(folder)...) },
				Check: func(tb testing.TB, folder string, r faulttest.Result) {
					n := countBooths(tb, store(folder))
					done := r.ExitCode == 0 || r.Stdout != "" // its report is its last word
					if n != test.after && (n != test.before || done) {
						tb.Errorf("%d booths, want %d or %d before", n, test.after, test.before)
					}
					if n != test.after || !test.once {
						runs(tb, exitOK, test.args(folder)...)
					}
					if n := countBooths(tb, store(folder)); n != test.after {
						tb.Errorf("done again: %d booths, want %d", n, test.after)
					}
					runs(tb, exitOK, "check", "--store", store(folder))
					onlyFile(tb, store(folder))
				},
			})
		})
	}
}

// TestFileFaults fails the file operations of commands that write a file out of a
// store: it is there whole, or as it was before, and nothing lies beside it.
func TestFileFaults(t *testing.T) {
	first, second := boothFile(t, "first", 40), boothFile(t, "second", 60)
	for _, test := range []struct {
		name   string
		timely bool // the bytes are others each time
		backup bool // it is no export, and replaces nothing
	}{
		{"booths.geojson", false, false},
		{"booths.gpkg", true, false},
		{"booths.shp", false, false},
		{"booths.xlsx", true, false},
		{"booths.pmtiles", false, false},
		{"backup.gpkg", true, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			paths := func(folder string) (store, out string) {
				return filepath.Join(folder, "city.gpkg"), filepath.Join(folder, "out")
			}
			args := func(folder string) []string {
				store, out := paths(folder)
				if test.backup {
					return []string{"backup", "--store", store, filepath.Join(out, test.name)}
				}
				if strings.HasSuffix(test.name, ".pmtiles") {
					return []string{"tiles", "--store", store, "--overwrite", "--out", filepath.Join(out, test.name)}
				}
				return []string{"export", "--store", store, "--layer", "booths", "--force", "--out", filepath.Join(out, test.name)}
			}
			contents := func(tb testing.TB, folder string) map[string]string {
				_, out := paths(folder)
				held := map[string]string{}
				for _, name := range faulttest.Names(tb, out) {
					content, err := os.ReadFile(filepath.Join(out, name))
					if err != nil {
						tb.Fatal(err)
					}
					if held[name] = string(content); test.timely {
						held[name] = fmt.Sprint(len(content), " bytes")
					}
				}
				return held
			}
			var old, made map[string]string
			faulttest.Loop(t, faulttest.Task{
				Sample: 8,
				Prepare: func(tb testing.TB, folder string) {
					store, out := paths(folder)
					if err := os.Mkdir(out, 0o755); err != nil {
						tb.Fatal(err)
					}
					runs(tb, exitOK, "import", "--store", store, "--layer", "booths", first)
					if !test.backup {
						runs(tb, exitOK, args(folder)...)
					}
					old = contents(tb, folder)
					runs(tb, exitOK, "import", "--store", store, "--layer", "booths", second)
				},
				Command: func(tb testing.TB, folder string) *exec.Cmd { return program(tb, args(folder)...) },
				Check: func(tb testing.TB, folder string, r faulttest.Result) {
					held := contents(tb, folder)
					if !r.Tidied() {
						maps.DeleteFunc(held, func(name, _ string) bool { return strings.Contains(name, ".part") })
					}
					if r.Fault.Nth == 0 {
						made = held
					}
					if _, there := held[test.name]; test.backup && there {
						store, out := paths(folder)
						if n, all := countBooths(tb, filepath.Join(out, test.name)), countBooths(tb, store); n != all {
							tb.Errorf("the backup holds %d booths of %d", n, all)
						}
					}
					if maps.Equal(held, made) || maps.Equal(held, old) && r.ExitCode != 0 {
						return
					}
					// A set of files cannot be renamed at once: half of it has no .shp.
					if _, main := held[test.name]; strings.HasSuffix(test.name, ".shp") && !main && r.ExitCode != 0 {
						return
					}
					tb.Errorf("it leaves %v", slices.Sorted(maps.Keys(held)))
				},
			})
		})
	}
}

// countBooths opens a store as the next program would.
func countBooths(tb testing.TB, location string) (n int) {
	tb.Helper()
	s, err := openStore(tb.Context(), location)
	if err != nil {
		tb.Fatalf("the next start: %v", err)
	}
	_, err = s.Load(tb.Context(), func(geo.Feature) error { n++; return nil })
	if err != nil {
		tb.Fatal(err)
	}
	if err := s.Close(); err != nil {
		tb.Fatal(err)
	}
	return n
}
