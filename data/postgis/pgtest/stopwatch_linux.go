package pgtest

import (
	"time"

	"golang.org/x/sys/unix"
)

// Thread is the stopwatch of the calling thread: lock the goroutine to it.
func Thread() time.Duration { return used(unix.CLOCK_THREAD_CPUTIME_ID) }

// Process is the stopwatch of this process, all of its threads.
func Process() time.Duration { return used(unix.CLOCK_PROCESS_CPUTIME_ID) }

func used(clock int32) time.Duration {
	var used unix.Timespec
	if err := unix.ClockGettime(clock, &used); err != nil {
		panic(err)
	}
	return time.Duration(used.Nano())
}
