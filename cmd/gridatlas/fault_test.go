package main

import (
	"os/exec"
	"path/filepath"
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
