package snapshot_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"gridatlas/data/faulttest"
	"gridatlas/geo/snapshot"
)

// envWrite names the file to which this test binary writes a snapshot instead of
// running tests.
const envWrite = "SNAPSHOT_WRITE_TO"

func TestMain(m *testing.M) {
	faulttest.Arm()
	if path := os.Getenv(envWrite); path != "" {
		file, s := &snapshot.File{Path: path}, faultSnapshot(1)
		if err := errors.Join(file.Write(context.Background(), s, noon), file.Confirm(s.Head(), noon.Add(time.Hour))); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	goleak.VerifyTestMain(m)
}

// faultSnapshot is one of two maps, of some megabytes.
func faultSnapshot(n uint64) *snapshot.Snapshot { return everything(rand.New(rand.NewPCG(n, 5)), 500) }

// TestFaults fails the file operations of a node that replaces its file: the old
// map or the new one is read, and a half-written file is left by a kill alone.
func TestFaults(t *testing.T) {
	old, made := faultSnapshot(0), faultSnapshot(1)
	fileIn := func(folder string) *snapshot.File { return &snapshot.File{Path: filepath.Join(folder, "a.snapshot")} }
	faulttest.Loop(t, faulttest.Task{
		Sample: 15,
		Prepare: func(tb testing.TB, folder string) {
			if err := fileIn(folder).Write(tb.Context(), old, noon); err != nil {
				tb.Fatal(err)
			}
		},
		Command: func(tb testing.TB, folder string) *exec.Cmd {
			program, err := os.Executable()
			if err != nil {
				tb.Fatal(err)
			}
			cmd := exec.CommandContext(tb.Context(), program)
			cmd.Env = append(os.Environ(), envWrite+"="+fileIn(folder).Path)
			return cmd
		},
		Check: func(tb testing.TB, folder string, r faulttest.Result) {
			read, confirmed, err := fileIn(folder).Read(tb.Context())
			if err != nil {
				tb.Fatal(err)
			}
			switch read.Head() {
			case made.Head():
				if r.ExitCode == 0 && !confirmed.Equal(noon.Add(time.Hour)) {
					tb.Errorf("confirmed at %v", confirmed)
				}
			case old.Head():
				if r.ExitCode == 0 || !confirmed.Equal(noon) {
					tb.Errorf("the old map, confirmed at %v", confirmed)
				}
			default:
				tb.Errorf("the map at %+v", read.Head())
			}
			for _, name := range faulttest.Names(tb, folder) {
				if r.Tidied() && strings.HasSuffix(name, ".part") {
					tb.Errorf("%s is left", name)
				}
			}
			if err := fileIn(folder).Write(tb.Context(), made, noon); err != nil {
				tb.Errorf("written again: %v", err)
			}
		},
	})
}
