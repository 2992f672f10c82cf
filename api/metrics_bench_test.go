package api_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"gridatlas/api"
	"gridatlas/api/metrics"
)

// What it costs to count a kept tile: the same requests to a node that counts and to
// one that does not, in turn, without a network.
func BenchmarkCountedTile(b *testing.B) {
	counts := newTown(b, func(c *api.Config) { c.Done = metrics.New().Done })
	plain := newTown(b)
	a := tileAt(14)
	path := fmt.Sprintf("/tiles/map/14/%d/%d.mvt", a[0], a[1])
	turn := func(n *node) time.Duration {
		begun := time.Now()
		for range 200 {
			n.get(b, path, "Accept-Encoding", "gzip")
		}
		return time.Since(begun) / 200
	}
	turn(counts)
	turn(plain)
	var counted, uncounted []time.Duration
	for b.Loop() {
		counted, uncounted = append(counted, turn(counts)), append(uncounted, turn(plain))
	}
	slices.Sort(counted)
	slices.Sort(uncounted)
	b.ReportMetric(0, "ns/op") // of a turn of both
	b.ReportMetric(float64(counted[len(counted)/2].Nanoseconds()), "counted-ns")
	b.ReportMetric(float64(uncounted[len(uncounted)/2].Nanoseconds()), "plain-ns")
}
