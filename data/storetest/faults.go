package storetest

import (
	"context"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"gridatlas/data"
	"gridatlas/data/faulttest"
)

// Faults says what a FaultLoop breaks.
type Faults struct {
	// Address is that of the store in a folder.
	Address func(folder string) string
	// Before is how many change sets the store has; zero: it is not there yet.
	Before int
	// Older opens or makes the store for them as a program without records did;
	// nil: the backend does it.
	Older func(ctx context.Context, address string) (data.Store, error)
	// Prepare changes the closed store that has them; nil: it stays as it is.
	Prepare func(tb testing.TB, address string)
	// Sets is how many change sets are written while faults happen.
	Sets int
	// Closed looks at what lies at the address after a clean close.
	Closed func(tb testing.TB, address string)
	// Sample is faulttest.Task's.
	Sample int
}

// FaultLoop has a program open a store of files, write change sets and close it,
// and fails each of its file operations (see faulttest). The program writes a
// refused change set again, with its idempotency key and through the same handle.
// Whatever failed: no acknowledged change set is lost, none is half done or done
// twice, the program ends without an error only if all are kept, the audit chain
// is whole and the next start is clean. TestMain must call Writer first.
func FaultLoop(t *testing.T, b Backend, f Faults) {
	last := f.Before + f.Sets
	faulttest.Loop(t, faulttest.Task{
		Sample: f.Sample,
		Prepare: func(tb testing.TB, folder string) {
			if f.Before == 0 {
				return
			}
			open := b.Open
			if f.Older != nil {
				open = f.Older
			}
			s, err := open(tb.Context(), f.Address(folder))
			if err != nil {
				tb.Fatal(err)
			}
			w := writing{out: io.Discard, from: 1, last: f.Before, tries: 1, bare: f.Older != nil}
			if err := w.write(tb.Context(), s); err != nil {
				tb.Fatal(err)
			}
			if err := s.Close(); err != nil {
				tb.Fatal(err)
			}
			if f.Prepare != nil {
				f.Prepare(tb, f.Address(folder))
			}
		},
		Command: func(tb testing.TB, folder string) *exec.Cmd {
			program, err := os.Executable()
			if err != nil {
				tb.Fatal(err)
			}
			cmd := exec.CommandContext(tb.Context(), program)
			cmd.Env = append(os.Environ(), writerEnv(f.Address(folder), f.Before+1)...)
			cmd.Env = append(cmd.Env, envLast+"="+strconv.Itoa(last))
			return cmd
		},
		Check: func(tb testing.TB, folder string, r faulttest.Result) {
			acked := f.Before + strings.Count(r.Stdout, "ack ")
			if (r.ExitCode == 0) && acked != last {
				tb.Errorf("it ended well after %d change sets of %d", acked, last)
			}
			bare := 0
			if f.Older != nil {
				bare = f.Before
			}
			inspect(tb, b, f.Closed, f.Address(folder), bare, acked, r.Fault.String())
		},
	})
}
