//go:build !linux

package pgtest

import "time"

var began = time.Now()

// Thread is the time on the clock where threads cannot be told apart.
func Thread() time.Duration { return time.Since(began) }

// Process is the time on the clock where processor time is not told.
func Process() time.Duration { return time.Since(began) }
