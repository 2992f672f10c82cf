package faulttest

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"

	"go.uber.org/goleak"
)

// envTask makes this test binary write the files of TestNth.
const envTask = "FAULTTEST_TASK"

func TestMain(m *testing.M) {
	Arm()
	if os.Getenv(envTask) != "" {
		os.Exit(writeFiles())
	}
	goleak.VerifyTestMain(m)
}

const threads, writes = 4, 3

// writeFiles makes a file in each of several threads, in turn, and renames it.
// It prints what failed.
func writeFiles() int {
	code := 0
	say := func(err error) {
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = 1
		}
	}
	for i := range threads {
		var wg sync.WaitGroup
		wg.Go(func() {
			runtime.LockOSThread() // and the thread ends with the goroutine
			name := fmt.Sprintf("aside%d", i)
			out, err := os.Create(filepath.Join(os.Getenv(envTask), name))
			if say(err); err != nil {
				return
			}
			for range writes {
				_, err := out.WriteString("x")
				say(err)
			}
			say(errors.Join(out.Sync(), out.Close()))
			say(os.Rename(out.Name(), strings.Replace(out.Name(), "aside", "file", 1)))
		})
		wg.Wait()
	}
	return code
}

func writer(tb testing.TB, folder string) *exec.Cmd {
	tb.Helper()
	cmd := exec.CommandContext(tb.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), envTask+"="+folder)
	return cmd
}

// TestNth holds that operations are counted over all threads, that the fault
// strikes the one meant, and that nothing else is touched.
func TestNth(t *testing.T) {
	var want []string
	for i := range threads {
		aside := fmt.Sprintf(" aside%d", i)
		want = append(want, "create"+aside, "write"+aside, "write"+aside, "write"+aside, "fsync"+aside, "rename"+aside)
	}
	for _, test := range []struct {
		fault Fault
		says  []string // one word of each line on stderr
		files int      // under their last name
	}{
		{Fault{}, nil, 4},
		{Fault{Nth: 7, Errno: syscall.ENOSPC}, []string{"no space"}, 3},
		{Fault{Nth: 12, Errno: syscall.EIO}, []string{"rename"}, 3},
		{Fault{Nth: 9, Errno: syscall.EIO}, []string{"input/output"}, 4},
		{Fault{Nth: 23, Errno: syscall.EIO, Ever: true}, []string{"sync", "rename"}, 3},
		{Fault{Nth: 24}, nil, 3},
		{Fault{Nth: 1}, nil, 0},
		{Fault{Nth: 25, Errno: syscall.EIO, Ever: true}, nil, 4},
	} {
		t.Run(test.fault.String(), func(t *testing.T) {
			folder := t.TempDir()
			r := run(t, writer(t, folder), folder, test.fault)
			if n := test.fault.Nth; n == 0 || n > len(want) {
				if len(r.Struck) > 0 || r.ExitCode != 0 || !slices.Equal(r.Operations, want) {
					t.Errorf("got %+v, want the operations %v", r, want)
				}
			} else if len(r.Struck) == 0 || r.Struck[0] != want[n-1] {
				t.Errorf("got %+v", r)
			}
			if r.Killed != (len(r.Struck) > 0 && test.fault.Errno == 0) || (r.ExitCode == 1) != (len(test.says) > 0) {
				t.Errorf("exit code %d", r.ExitCode)
			}
			lines := strings.Split(strings.TrimSpace(r.Stderr), "\n")
			for i, word := range test.says {
				if len(lines) != len(test.says) || !strings.Contains(lines[i], word) {
					t.Errorf("it says %q, want %q", lines, test.says)
				}
			}
			files, _ := filepath.Glob(filepath.Join(folder, "file*"))
			if len(files) != test.files {
				t.Errorf("%d files, want %d", len(files), test.files)
			}
		})
	}
}

// TestLoop counts what a loop over all faults does.
func TestLoop(t *testing.T) {
	t.Setenv("FAULTS", "all")
	const operations = threads * (writes + 3)
	runs, killed := 0, 0
	Loop(t, Task{Command: writer, Check: func(_ testing.TB, _ string, r Result) {
		runs++
		if r.Killed {
			killed++
		}
	}})
	if killed != operations || runs != 1+len(kinds)*(operations+1) {
		t.Errorf("%d runs, %d killed", runs, killed)
	}
}
