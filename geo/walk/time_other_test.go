//go:build !linux

package walk_test

import "time"

var began = time.Now()

// processorTime is the time on the clock where threads cannot be told apart.
func processorTime() time.Duration { return time.Since(began) }
