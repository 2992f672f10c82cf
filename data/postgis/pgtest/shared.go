package pgtest

import (
	"fmt"
	"os"
	"sync"
	"testing"

	"go.uber.org/goleak"
)

var shared struct {
	once    sync.Once
	cluster *Cluster
	err     error
}

// Start gives the one cluster of this test binary, started at the first call.
// Tests take a schema each by URL and leave the server alone.
func Start(t testing.TB) *Cluster {
	t.Helper()
	bin, reason := programs()
	if reason != "" {
		missing(t, reason)
	}
	shared.once.Do(func() { shared.cluster, shared.err = create(bin) })
	if shared.err != nil {
		t.Fatalf("start the shared PostgreSQL: %v", shared.err)
	}
	return shared.cluster
}

// Main runs the tests, stops the shared cluster after them, and fails where a goroutine
// is left over. Without it the cluster goes a moment after the test binary.
func Main(m *testing.M) int {
	code := m.Run()
	if shared.cluster != nil && shared.err == nil {
		if err := shared.cluster.stop(); err != nil {
			fmt.Fprintln(os.Stderr, "stop the shared PostgreSQL:", err)
			return max(code, 1)
		}
	}
	if code == 0 {
		if err := goleak.Find(); err != nil {
			fmt.Fprintln(os.Stderr, "after the tests:", err)
			return 1
		}
	}
	return code
}
