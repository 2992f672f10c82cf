package walk_test

import (
	"time"

	"golang.org/x/sys/unix"
)

// processorTime returns what the calling thread has used of the processor.
func processorTime() time.Duration {
	var used unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &used); err != nil {
		panic(err)
	}
	return time.Duration(used.Nano())
}
