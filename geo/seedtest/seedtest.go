// Package seedtest gives tests their random numbers, so that whatever a run meets can
// be met again. SEED names the run:
//
//	SEED unset  run 1: a test that passes passes again, and one that fails does so
//	            for what was changed
//	SEED=0      another run each time, also with -count: to hunt for what run 1 does
//	            not meet (make soak)
//	SEED=n      run n again, as a test says that has failed
package seedtest

import (
	"hash/fnv"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
)

// Of returns the number of the run, from 1, which the test tells if it fails.
func Of(t testing.TB) uint64 {
	t.Helper()
	seed := uint64(1)
	if text := os.Getenv("SEED"); text != "" {
		var err error
		if seed, err = strconv.ParseUint(text, 10, 64); err != nil {
			t.Fatalf("SEED: %v", err)
		}
	}
	if seed == 0 {
		seed = 1 + uint64(rand.Uint32())
	}
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("again with SEED=%d", seed)
		}
	})
	return seed
}

// New returns the random numbers of a test, which follow from the run and from the
// name of the test alone. The source is for one goroutine.
func New(t testing.TB) *rand.Rand {
	t.Helper()
	name := fnv.New64a()
	name.Write([]byte(t.Name()))
	return rand.New(rand.NewPCG(Of(t), name.Sum64()))
}
