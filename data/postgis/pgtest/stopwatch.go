package pgtest

import (
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// Stopwatch tells how much of the processor somebody has used so far. Beside the
// time on the clock it is what to compare with a server: other programs disturb it
// less.
type Stopwatch func() time.Duration

// Backend is the stopwatch of the server's process behind a connection: from Linux,
// where it counts it; else the time of day.
func Backend(b testing.TB, conn *pgx.Conn) Stopwatch {
	b.Helper()
	file := "/proc/" + strconv.Itoa(int(conn.PgConn().PID())) + "/schedstat"
	if _, err := os.Stat(file); err != nil {
		start := time.Now()
		return func() time.Duration { return time.Since(start) }
	}
	return func() time.Duration {
		content, err := os.ReadFile(file)
		if err != nil {
			b.Fatal(err)
		}
		used, err := strconv.ParseInt(strings.Fields(string(content))[0], 10, 64) // nanoseconds
		if err != nil {
			b.Fatal(err)
		}
		return time.Duration(used)
	}
}

// Median asks questions in turn until the benchmark has enough, and returns the
// middle of what one takes of the processor. It reports that and the time on the
// clock, in microseconds, with the 99th of a hundred.
func (used Stopwatch) Median(b *testing.B, questions int, ask func(i int)) time.Duration {
	b.Helper()
	for i := range min(questions, 20) {
		ask(i)
	}
	runtime.LockOSThread() // the processor time is that of the thread
	defer runtime.UnlockOSThread()
	var busy, waited []time.Duration
	for b.Loop() {
		start, before := time.Now(), used()
		ask(len(busy) % questions)
		busy, waited = append(busy, used()-before), append(waited, time.Since(start))
	}
	slices.Sort(busy)
	slices.Sort(waited)
	report := func(name string, times []time.Duration) {
		b.ReportMetric(float64(times[len(times)/2].Microseconds()), "p50-"+name)
		b.ReportMetric(float64(times[len(times)*99/100].Microseconds()), "p99-"+name)
	}
	report("cpu-us", busy)
	report("us", waited)
	return busy[len(busy)/2]
}
