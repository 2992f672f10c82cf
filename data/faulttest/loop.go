package faulttest

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"

	"gridatlas/geo/seedtest"
)

// Task is what a Loop breaks.
type Task struct {
	// Prepare fills the folder in which every run begins, once; nil: it is empty.
	Prepare func(tb testing.TB, folder string)
	// Command is the program that works in a folder, its only place for files
	// besides the folder for temporary ones.
	Command func(tb testing.TB, folder string) *exec.Cmd
	// Check looks at the folder after a run.
	Check func(tb testing.TB, folder string, r Result)
	// Sample is how many faults are tried when not all are; zero: 30.
	Sample int
}

// kinds are the five faults that each operation is tried with.
var kinds = []Fault{
	{Errno: syscall.EIO}, {Errno: syscall.EIO, Ever: true},
	{Errno: syscall.ENOSPC}, {Errno: syscall.ENOSPC, Ever: true},
	{}, // the kill
}

// Loop runs a task without faults, then with one fault after the other, as Draw
// chooses them. Where all are tried, every operation fails in every way, until a
// run comes through unharmed.
func Loop(t *testing.T, task Task) {
	t.Helper()
	if task.Sample == 0 {
		task.Sample = 30
	}
	first := t.TempDir()
	if task.Prepare != nil {
		task.Prepare(t, first)
	}
	clean := task.once(t, first, Fault{})
	if clean.ExitCode != 0 || len(clean.Operations) == 0 || t.Failed() {
		t.Fatalf("without faults: exit code %d after %d operations\n%s%s", clean.ExitCode, len(clean.Operations), clean.Stdout, clean.Stderr)
	}
	operations, struck := len(clean.Operations), 0
	try := func(fault Fault) bool {
		r := task.once(t, first, fault)
		if t.Failed() {
			t.Fatalf("after %v %q: exit code %d\n%s%s", fault, r.Struck, r.ExitCode, r.Stdout, r.Stderr)
		}
		if len(r.Struck) > 0 {
			struck++
		}
		return len(r.Struck) > 0
	}
	for _, i := range Draw(t, operations*len(kinds), task.Sample) {
		fault := kinds[i%len(kinds)]
		fault.Nth = 1 + i/len(kinds)
		try(fault)
	}
	if All() { // a run may ask more of the disk than the first one
		for _, kind := range kinds {
			for kind.Nth = operations + 1; try(kind); kind.Nth++ {
			}
		}
	}
	t.Logf("%d operations, %d of %d faults", operations, struck, operations*len(kinds))
}

// All reports whether every fault is to be tried: FAULTS=all in the environment.
func All() bool { return os.Getenv("FAULTS") == "all" }

// Draw chooses which of n faults are tried, by their numbers from 0: all of them,
// or a sample that seedtest draws.
func Draw(t *testing.T, n, sample int) []int {
	t.Helper()
	if All() {
		sample = n
	}
	return seedtest.New(t).Perm(n)[:min(sample, n)]
}

// once runs the task in a fresh copy of the first folder.
func (task *Task) once(t *testing.T, first string, fault Fault) Result {
	t.Helper()
	place, err := os.MkdirTemp(filepath.Dir(first), "run")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(place)
	folder, temporary := filepath.Join(place, "place"), filepath.Join(place, "tmp")
	if err := os.CopyFS(folder, os.DirFS(first)); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(temporary, 0o755); err != nil {
		t.Fatal(err)
	}
	cmd := task.Command(t, folder)
	if cmd.Env == nil {
		cmd.Env = os.Environ()
	}
	cmd.Env = append(cmd.Env, "TMPDIR="+temporary)
	cmd.Dir = folder
	r := run(t, cmd, place, fault)
	if r.Killed != (len(r.Struck) > 0 && fault.Errno == 0) {
		t.Errorf("killed: %v", r.Killed)
	}
	if r.ExitCode > 0 && r.Stderr == "" {
		t.Error("it failed without a word")
	}
	task.Check(t, folder, r)
	if left, err := os.ReadDir(temporary); r.Tidied() && (err != nil || len(left) > 0) {
		t.Errorf("temporary files are left: %v, %v", left, err)
	}
	return r
}

// Names lists what lies in a folder, for checks that want it empty but for some.
func Names(tb testing.TB, folder string) (names []string) {
	tb.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		tb.Fatal(fmt.Errorf("list the folder: %w", err))
	}
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	return names
}
