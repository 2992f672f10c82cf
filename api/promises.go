package api

import (
	"cmp"
	"slices"
	"sync"
	"time"

	"gridatlas/geo/snapshot"
)

// promises holds the maps for which a next page was promised, so that who reads page
// by page reads one map from start to end, however often it changes meanwhile.
type promises struct {
	mu   sync.Mutex
	list []promise // the last promised at the end
	most int64     // bytes that they may take; 0: maxPromised
}

type promise struct {
	of    *snapshot.Snapshot
	until time.Time
}

const (
	// promised is for how long after a page the next one can be had.
	promised = 5 * time.Minute
	// maxPromised bounds how many bytes promised maps take beside the newest; those
	// promised longest ago are dropped first, but for the last.
	maxPromised = 256 << 20
)

// keep promises a map from an instant on. The newest map is held anyway.
func (p *promises) keep(s, newest *snapshot.Snapshot, at time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.list = slices.DeleteFunc(p.list, func(old promise) bool { return old.of == s || at.After(old.until) })
	p.list = append(p.list, promise{s, at.Add(promised)})
	for len(p.list) > 1 && p.weight(newest) > cmp.Or(p.most, maxPromised) {
		p.list = slices.Delete(p.list, 0, 1)
	}
}

func (p *promises) weight(newest *snapshot.Snapshot) int64 {
	maps := make([]*snapshot.Snapshot, len(p.list))
	for i, promise := range p.list {
		maps[i] = promise.of
	}
	return snapshot.Weight(maps, newest)
}

// find returns the map of an epoch and a revision; nil when it is not promised.
func (p *promises) find(epoch, revision int64) *snapshot.Snapshot {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, promise := range p.list {
		if head := promise.of.Head(); head.Epoch == epoch && head.Revision == revision {
			return promise.of
		}
	}
	return nil
}
