package snapshot_test

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"gridatlas/geo"
	"gridatlas/geo/snapshot"
)

// source is a store in memory that can lose its history or go away.
type source struct {
	mu       sync.Mutex
	head     geo.Head
	hashes   map[int64]geo.Hash
	features []geo.Feature
	away     bool
	loads    int
	hints    chan struct{}
}

var errAway = errors.New("away")

func newSource() *source {
	return &source{head: geo.Head{Epoch: 1}, hashes: map[int64]geo.Hash{0: {}}, hints: make(chan struct{}, 1)}
}

func (s *source) change(do func()) {
	s.mu.Lock()
	do()
	s.mu.Unlock()
	select {
	case s.hints <- struct{}{}:
	default:
	}
}

func (s *source) write() {
	s.change(func() {
		s.head.Revision++
		s.head.Hash[0]++
		s.hashes[s.head.Revision] = s.head.Hash
		s.features = append(s.features, booth(rand.New(rand.NewPCG(1, 1)), int64(len(s.features)+1), s.head.Revision))
	})
}

func (s *source) Load(_ context.Context, each func(geo.Feature) error) (geo.Head, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.away {
		return geo.Head{}, errAway
	}
	s.loads++
	for _, f := range s.features {
		if err := each(f); err != nil {
			return geo.Head{}, err
		}
	}
	return s.head, nil
}

func (s *source) Changes(_ context.Context, since int64) (geo.Delta, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.away {
		return geo.Delta{}, errAway
	}
	delta := geo.Delta{Since: since, SinceHash: s.hashes[since], Head: s.head}
	for _, f := range s.features {
		if f.Common().Revision > since {
			delta.Changed = append(delta.Changed, f)
		}
	}
	return delta, nil
}

func (s *source) Watch(context.Context) (<-chan struct{}, error) { return s.hints, nil }

func TestFollow(t *testing.T) {
	src := newSource()
	var live snapshot.Live
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- live.Follow(ctx, src, slog.New(slog.DiscardHandler)) }()
	wait := func(what string, holds func(*snapshot.Snapshot) bool) {
		t.Helper()
		for range 2000 {
			if s := live.Current(); s != nil && holds(s) {
				return
			}
			time.Sleep(time.Millisecond)
		}
		t.Fatalf("no snapshot with %s", what)
	}
	booths := func(n int) func(*snapshot.Snapshot) bool {
		return func(s *snapshot.Snapshot) bool { return s.Layer(geo.Booths).Len() == n }
	}
	loads := func() int {
		src.mu.Lock()
		defer src.mu.Unlock()
		return src.loads
	}

	wait("nothing in it", booths(0))
	src.write()
	wait("one booth", booths(1))
	if loads() != 1 {
		t.Errorf("a change made %d loads, want only the first", loads())
	}
	src.change(func() { src.head.Epoch = 2 })
	wait("the new epoch", func(s *snapshot.Snapshot) bool { return s.Head().Epoch == 2 })
	src.change(func() { src.head.Hash[5] = 9; src.hashes[1] = src.head.Hash })
	wait("the other hash", func(s *snapshot.Snapshot) bool { return s.Head().Hash[5] == 9 })
	src.change(func() { src.head = geo.Head{Epoch: 2}; src.features = nil })
	wait("the lower revision", func(s *snapshot.Snapshot) bool { return s.Head().Revision == 0 })
	if loads() != 4 {
		t.Errorf("three breaks of history made %d loads, want 4", loads())
	}
	src.change(func() { src.away = true })
	src.change(func() {
		src.away = false
		src.head.Revision, src.head.Hash[0] = 1, 1
		src.hashes[1] = src.head.Hash
		src.features = []geo.Feature{booth(rand.New(rand.NewPCG(1, 1)), 1, 1)}
	})
	wait("what came after the store was away", booths(1))
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("Follow ended with %v", err)
	}
}
