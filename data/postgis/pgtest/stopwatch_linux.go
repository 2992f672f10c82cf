package pgtest

import (
	"time"

	"golang.org/x/sys/unix"
)

// Thread is the stopwatch of the calling thread: lock the goroutine to it.
func Thread() time.Duration {
	var used unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &used); err != nil {
		panic(err)
	}
	return time.Duration(used.Nano())
}
