package storetest

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"gridatlas/data/faulttest"
	"gridatlas/geo"
	"gridatlas/geo/seedtest"
)

// Kills says how a KillLoop goes about it.
type Kills struct {
	// Count of kills in all; a number in the environment variable KILLS stands
	// before it.
	Count int
	// PerStore is how many kills one store lives through before the next is
	// made; zero: 10.
	PerStore int
	// Kill ends the writing program of the n-th kill, from 0; nil sends it
	// SIGKILL. A server store may kill its server as well; it must have it
	// running again when Kill returns.
	Kill func(tb testing.TB, n int, writer *os.Process)
	// Closed looks at what lies at the address after each clean close; nil:
	// nothing to look at.
	Closed func(tb testing.TB, address string)
}

// The environment by which KillLoop and FaultLoop tell the test binary that it is
// to be the writing program.
const (
	envAddress = "STORETEST_WRITE_TO"
	envSerial  = "STORETEST_FROM_SERIAL"
	envLast    = "STORETEST_TO_SERIAL" // none: without end
)

// KillLoop starts a program that writes change sets as fast as it can and
// acknowledges each, kills it at a random moment (while it creates the store
// too), and holds that no acknowledged change set is lost, none is half done,
// the audit chain is whole and the next start is clean. The package's TestMain
// must call Writer first, since the writing program is the test binary itself.
func KillLoop(t *testing.T, b Backend, k Kills) {
	if text := os.Getenv("KILLS"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 {
			t.Fatalf("KILLS=%q is not a count", text)
		}
		k.Count = n
	}
	if k.PerStore == 0 {
		k.PerStore = 10
	}
	if k.Kill == nil {
		k.Kill = func(tb testing.TB, _ int, writer *os.Process) {
			if err := writer.Kill(); err != nil {
				tb.Errorf("kill the writer: %v", err)
			}
		}
	}
	rng := seedtest.New(t)
	var address string
	var acked, total int // serial last acknowledged in this store; change sets in all
	for n := range k.Count {
		if n%k.PerStore == 0 {
			address, acked = b.New(t), 0
		}
		w := startWriter(t, address, acked+1)
		if rng.IntN(3) > 0 { // else it dies while it opens
			w.waitFor(rng.IntN(8)) // a machine that is slow today gets its time
		}
		select {
		case <-time.After(time.Duration(rng.IntN(60)) * time.Millisecond):
		case <-w.done:
			t.Fatalf("kill %d: the writer ended by itself:\n%s", n, w.stderr.String())
		}
		k.Kill(t, n, w.cmd.Process)
		before := acked
		acked = w.end()
		total += acked - before
		acked = inspect(t, b, k.Closed, address, 0, acked, fmt.Sprint("kill ", n))
		if t.Failed() {
			t.Fatalf("after kill %d", n)
		}
	}
	t.Logf("%d kills, %d acknowledged change sets", k.Count, total)
	if total < k.Count {
		t.Errorf("only %d change sets in %d kills: the writer hardly got to write", total, k.Count)
	}
}

// inspect opens the store after what befell its writer. It returns the last serial found, which
// may be one more than was acknowledged: the commit came before the kill, the
// word about it did not. The first bare change sets had no record.
func inspect(t testing.TB, b Backend, closed func(testing.TB, string), address string, bare, acked int, after string) (found int) {
	t.Helper()
	s, err := b.Open(t.Context(), address)
	if err != nil {
		t.Fatalf("after %s: the next start: %v", after, err)
	}
	features, head := load(t, s)
	found = int(head.Revision)
	if found != acked && found != acked+1 {
		t.Errorf("after %s: change set %d was acknowledged, the store is at revision %d", after, acked, found)
	}
	written := map[string]int{} // features by the serial they carry
	for _, f := range features {
		written[f.Common().Name]++
	}
	for serial := 1; serial <= found; serial++ {
		want := inserts(serial)
		if serial == found {
			want += carriers
		}
		if written[mark(serial)] != want {
			t.Errorf("after %s: %d features carry serial %d, want %d", after, written[mark(serial)], serial, want)
		}
		delete(written, mark(serial))
	}
	if len(written) > 0 {
		t.Errorf("after %s: features of no change set: %v", after, written)
	}
	log, err := s.Log(t.Context(), 0, 0)
	if err != nil || len(log) != found {
		t.Errorf("after %s: %d log entries, %v; want %d", after, len(log), err, found)
	}
	switch serial, _, err := newest.Get(t.Context(), s, newestKey); {
	case found <= bare && errors.Is(err, geo.ErrNotFound):
	case err != nil || serial != found:
		t.Errorf("after %s: the record says %d, %v; want %d", after, serial, err, found)
	}
	sound(t, s)
	if err := s.Close(); err != nil {
		t.Errorf("after %s: close: %v", after, err)
	}
	if closed != nil {
		closed(t, address)
	}
	return found
}

// WriterEnv is the environment in which the test binary is a program that
// writes to a new store at the address, for tests that kill it in their own way.
func WriterEnv(address string) []string { return writerEnv(address, 1) }

func writerEnv(address string, serial int) []string {
	return []string{envAddress + "=" + address, envSerial + "=" + strconv.Itoa(serial)}
}

// writer is the running program.
type writer struct {
	cmd    *exec.Cmd
	stderr bytes.Buffer
	lines  chan string   // what it prints
	done   chan struct{} // closed when it ended
	acked  int           // the last serial that it acknowledged, as far as lines were read
}

func startWriter(t *testing.T, address string, serial int) *writer {
	t.Helper()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	w := &writer{cmd: exec.CommandContext(t.Context(), program), lines: make(chan string, 1000), done: make(chan struct{}), acked: serial - 1}
	w.cmd.Env = append(os.Environ(), writerEnv(address, serial)...)
	w.cmd.Stderr = &w.stderr
	out, err := w.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := w.cmd.Start(); err != nil {
		t.Fatalf("start the writer: %v", err)
	}
	go func() {
		defer close(w.done)
		defer close(w.lines)
		printed := bufio.NewScanner(out)
		for printed.Scan() {
			w.lines <- printed.Text()
		}
		w.cmd.Wait() //nolint:errcheck // it was killed
	}()
	return w
}

// waitFor reads until the program is ready and has acknowledged that many more
// change sets, or has ended.
func (w *writer) waitFor(acks int) {
	for lines := 0; lines <= acks; lines++ {
		if !w.readLine() {
			return
		}
	}
}

// readLine reads "ready" or an acknowledgement; false when the program ended.
func (w *writer) readLine() bool {
	line, ok := <-w.lines
	if number, found := strings.CutPrefix(line, "ack "); found {
		if serial, err := strconv.Atoi(number); err == nil {
			w.acked = serial
		}
	}
	return ok
}

// end reads what the killed program still said and returns the last serial it
// acknowledged.
func (w *writer) end() int {
	for w.readLine() {
	}
	<-w.done
	return w.acked
}

// carriers is how many features every change set rewrites; they always carry
// the serial of the newest one.
const carriers = 4

// inserts is how many features a change set adds besides: one, or as many as an
// import. The first set of a store also adds the carriers.
func inserts(serial int) int {
	if serial%40 == 1 {
		return 1500
	}
	return 1
}

func mark(serial int) string { return fmt.Sprint("serial ", serial) }

// Writer is the writing program: when the environment asks for it, it writes to
// the store and never returns. Call it first in TestMain.
func Writer(b Backend) {
	faulttest.Arm()
	address := os.Getenv(envAddress)
	if address == "" {
		return
	}
	if err := write(b, address); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}
