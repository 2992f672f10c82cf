package snapshot_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
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

// TestFollowGivesUp: a source that fails again at the next try is given back, and
// that it is away is told from the first failure on; what was published stays.
func TestFollowGivesUp(t *testing.T) {
	src := newSource()
	src.write()
	var live snapshot.Live
	ended := make(chan error, 1)
	go func() { ended <- live.Follow(t.Context(), src, slog.New(slog.DiscardHandler)) }()
	wait := func(what string, holds func() bool) {
		t.Helper()
		for range 2000 {
			if holds() {
				return
			}
			time.Sleep(time.Millisecond)
		}
		t.Fatalf("waited in vain for %s", what)
	}
	wait("the map", func() bool { return live.Current() != nil })
	src.change(func() { src.away = true })
	wait("the first failure", func() bool { return live.Standing().Away })
	src.change(func() {})
	if err := <-ended; !errors.Is(err, errAway) {
		t.Errorf("Follow ended with %v", err)
	}
	if s := live.Current(); s.Layer(geo.Booths).Len() != 1 || !live.Standing().Away {
		t.Errorf("what was published is gone: %+v", live.Standing())
	}
	src.change(func() { src.away = false })
	go func() { ended <- live.Follow(t.Context(), src, slog.New(slog.DiscardHandler)) }()
	wait("the source", func() bool { return !live.Standing().Away })
	if src.loads != 1 {
		t.Errorf("%d loads, want that the second Follow goes on", src.loads)
	}
}

// TestResume goes on from a file: with what is new when the source continues it,
// by loading when it does not.
func TestResume(t *testing.T) {
	for name, test := range map[string]struct {
		between func(*source)
		loads   int
	}{
		"same":           {func(*source) {}, 0},
		"continued":      {(*source).write, 0},
		"another epoch":  {func(s *source) { s.head.Epoch++ }, 1},
		"another hash":   {func(s *source) { s.write(); s.hashes[1] = geo.Hash{7} }, 1},
		"lower revision": {func(s *source) { s.head = geo.Head{Epoch: 1}; s.features = nil }, 1},
	} {
		t.Run(name, func(t *testing.T) {
			src := newSource()
			src.write()
			first, err := snapshot.Load(t.Context(), src)
			if err != nil {
				t.Fatal(err)
			}
			file := &snapshot.File{Path: filepath.Join(t.TempDir(), "a")}
			if err := file.Write(t.Context(), first, time.Now().Add(-time.Hour)); err != nil {
				t.Fatal(err)
			}
			test.between(src)
			src.loads = 0

			var live snapshot.Live
			kept, confirmed, err := file.Read(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			live.Resume(kept, confirmed)
			if s := live.Standing(); !s.FromFile || s.Age() < time.Hour {
				t.Errorf("%+v", s)
			}
			ctx, stop := context.WithCancel(t.Context())
			var group sync.WaitGroup
			group.Go(func() { _ = live.Follow(ctx, src, slog.New(slog.DiscardHandler)) })
			group.Go(func() { file.Keep(ctx, &live, time.Millisecond, slog.New(slog.DiscardHandler)) })
			for deadline := time.Now().Add(time.Minute); live.Standing().FromFile; time.Sleep(time.Millisecond) {
				if time.Now().After(deadline) {
					t.Fatal("the source does not confirm")
				}
			}
			stop()
			group.Wait()
			if s := live.Current(); s.Head() != src.head || s.Layer(geo.Booths).Len() != len(src.features) || src.loads != test.loads {
				t.Errorf("head %+v with %d loads, want %+v with %d", s.Head(), src.loads, src.head, test.loads)
			}
			// The last word of Keep is what was confirmed last.
			kept, confirmed, err = file.Read(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if kept.Head() != src.head || time.Since(confirmed) > time.Minute {
				t.Errorf("the file holds %+v, confirmed %v ago", kept.Head(), time.Since(confirmed))
			}
		})
	}
}

// TestKeepSaysItCannot: a folder that cannot be written is said once, is no reason
// to stop, and is tried again.
func TestKeepSaysItCannot(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "taken")
	if err := os.WriteFile(folder, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	src := newSource()
	s, err := snapshot.Load(t.Context(), src)
	if err != nil {
		t.Fatal(err)
	}
	var live snapshot.Live
	live.Publish(s)
	var log bytes.Buffer
	ctx, stop := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer stop()
	file := &snapshot.File{Path: filepath.Join(folder, "a")}
	file.Keep(ctx, &live, time.Millisecond, slog.New(slog.NewTextHandler(&log, nil)))
	if n := strings.Count(log.String(), "cannot be written"); n != 1 {
		t.Errorf("said %d times:\n%s", n, log.String())
	}
	if err := os.Remove(folder); err != nil {
		t.Fatal(err)
	}
	ctx, stop = context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer stop()
	file.Keep(ctx, &live, time.Millisecond, slog.New(slog.DiscardHandler))
	if _, _, err := file.Read(t.Context()); err != nil {
		t.Error(err)
	}
}
