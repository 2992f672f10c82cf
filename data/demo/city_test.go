package demo

import (
	"sync"
	"testing"
)

var once = sync.OnceValue(func() *city { return build(seed, centrePoint, "") })

// cityOnce builds the city once for all tests of the package.
func cityOnce(tb testing.TB) *city {
	tb.Helper()
	return once()
}
