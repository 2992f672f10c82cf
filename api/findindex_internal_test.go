package api

import (
	"context"
	"errors"
	"testing"
	"time"

	"gridatlas/geo"
	"gridatlas/geo/crs"
	"gridatlas/geo/find"
	"gridatlas/geo/snapshot"
)

// booths is a map of so many booths.
func booths(revision int64, count int) *snapshot.Snapshot {
	b := snapshot.NewBuilder()
	for i := range count {
		b.Add(&geo.Booth{Base: geo.Base{
			ID: int64(i + 1), Version: 1, Name: "小蓝棚", Shape: geo.PointShape(crs.At(119.1, 36.7)),
		}})
	}
	return b.Build(geo.Head{Epoch: 1, Revision: revision})
}

// Who leaves does not take the index with him, and is not kept waiting for it.
func TestSearchIndexOutlivesWhoAsked(t *testing.T) {
	var x searchIndexes
	// An index that takes as long as the test wants.
	slow := &indexing{done: make(chan struct{}), index: find.Of(booths(0, 0))}
	x.last = slow
	snap := booths(1, 3)
	short, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	for range 2 { // the second finds the work of the first
		if _, err := x.of(short, snap); !errors.Is(err, context.DeadlineExceeded) {
			t.Fatalf("while it is made: %v", err)
		}
	}
	begun := x.last
	close(slow.done)
	index, err := x.of(t.Context(), snap)
	if err != nil || index.Len() != 3 {
		t.Fatalf("got %v, %v", index, err)
	}
	if x.last != begun {
		t.Error("it was begun anew")
	}
}

// A map that is replaced before its turn is not indexed, unless somebody asked.
func TestSearchIndexLeavesOutOvertakenMaps(t *testing.T) {
	var x searchIndexes
	slow := &indexing{done: make(chan struct{}), index: find.Of(booths(0, 0))}
	x.last = slow
	overtaken, newest := booths(1, 3), booths(2, 4)
	x.prepare(overtaken)
	left := x.last
	x.prepare(newest)
	close(slow.done)
	index, err := x.of(t.Context(), newest)
	if err != nil || index.Len() != 4 {
		t.Fatalf("got %v, %v", index, err)
	}
	if <-left.done; left.index != slow.index {
		t.Error("an index that nobody wants was made")
	}
}
