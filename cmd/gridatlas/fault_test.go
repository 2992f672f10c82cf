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

// TestFaults fails the file operations of whole commands: the exit code tells
// the truth, what a command could not do is undone, and the same command does it
// when the disk is well again.
func TestFaults(t *testing.T) {
	const before, added = 40, 300
	first, second := boothFile(t, "first", before), boothFile(t, "second", added)
	store := func(folder string) string { return filepath.Join(folder, "city.gpkg") }
	importOf := func(folder, file string) []string {
		return []string{"import", "--store", store(folder), "--layer", "booths", file}
	}
	imported := func(tb testing.TB, folder string, r faulttest.Result, before int) {
		if strings.Contains(r.Stdout, "stored as revision") && countBooths(tb, store(folder)) != before+added {
			tb.Error("it said that the file was stored")
		}
		runs(tb, exitOK, importOf(folder, second)...)
		if n := countBooths(tb, store(folder)); n != before+added {
			tb.Errorf("imported again: %d booths, want %d", n, before+added)
		}
		runs(tb, exitOK, "check", "--store", store(folder))
		onlyFile(tb, store(folder))
	}
	for _, test := range []struct {
		name    string
		prepare func(tb testing.TB, folder string)
		args    func(folder string) []string
		check   func(tb testing.TB, folder string, r faulttest.Result)
	}{
		{
			name: "first import",
			args: func(folder string) []string { return importOf(folder, second) },
			check: func(tb testing.TB, folder string, r faulttest.Result) {
				if n := countBooths(tb, store(folder)); n != added && (n != 0 || r.ExitCode == 0) {
					tb.Errorf("%d booths", n)
				}
				imported(tb, folder, r, 0)
			},
		},
		{
			name:    "second import",
			prepare: func(tb testing.TB, folder string) { runs(tb, exitOK, importOf(folder, first)...) },
			args:    func(folder string) []string { return importOf(folder, second) },
			check: func(tb testing.TB, folder string, r faulttest.Result) {
				if n := countBooths(tb, store(folder)); n != before+added && (n != before || r.ExitCode == 0) {
					tb.Errorf("%d booths", n)
				}
				imported(tb, folder, r, before)
			},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			faulttest.Loop(t, faulttest.Task{
				Prepare: test.prepare,
				Command: func(tb testing.TB, folder string) *exec.Cmd { return program(tb, test.args(folder)...) },
				Check:   test.check,
				Sample:  20,
			})
		})
	}
}

// TestExportFaults fails the file operations of exports that replace an older
// one: what lies there is the old one or the new one, whole, and nothing beside it.
func TestExportFaults(t *testing.T) {
	first, second := boothFile(t, "first", 40), boothFile(t, "second", 60)
	for _, test := range []struct {
		name   string
		timely bool // the bytes change with the clock
	}{
		{"booths.geojson", false}, {"booths.gpkg", true}, {"booths.shp", false}, {"booths.xlsx", true},
	} {
		t.Run(test.name, func(t *testing.T) {
			paths := func(folder string) (store, out string) {
				return filepath.Join(folder, "city.gpkg"), filepath.Join(folder, "out")
			}
			export := func(folder string) []string {
				store, out := paths(folder)
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
				Sample: 12,
				Prepare: func(tb testing.TB, folder string) {
					store, out := paths(folder)
					if err := os.Mkdir(out, 0o755); err != nil {
						tb.Fatal(err)
					}
					runs(tb, exitOK, "import", "--store", store, "--layer", "booths", first)
					runs(tb, exitOK, export(folder)...)
					old = contents(tb, folder)
					runs(tb, exitOK, "import", "--store", store, "--layer", "booths", second)
				},
				Command: func(tb testing.TB, folder string) *exec.Cmd { return program(tb, export(folder)...) },
				Check: func(tb testing.TB, folder string, r faulttest.Result) {
					held := contents(tb, folder)
					if !r.Tidied() {
						maps.DeleteFunc(held, func(name, _ string) bool { return strings.HasSuffix(name, ".part") })
					}
					if r.Fault.Nth == 0 {
						made = held
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
