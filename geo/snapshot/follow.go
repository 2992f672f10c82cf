package snapshot

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"gridatlas/geo"
)

// Source is what a node follows; data.Store is one.
type Source interface {
	Load(ctx context.Context, each func(geo.Feature) error) (geo.Head, error)
	Changes(ctx context.Context, since int64) (geo.Delta, error)
	Watch(ctx context.Context) (<-chan struct{}, error)
}

// Live publishes the newest snapshot of a source. The zero value has none yet.
type Live struct {
	current atomic.Pointer[Snapshot]
	checked atomic.Int64 // Unix nanoseconds of the last word from the source
	changed atomic.Pointer[func(before, after *Snapshot)]
}

// Current returns the newest snapshot, or nil before the first is loaded. A
// request calls it once.
func (l *Live) Current() *Snapshot { return l.current.Load() }

// Age says how long ago the source last confirmed the current snapshot.
func (l *Live) Age() time.Duration { return time.Since(time.Unix(0, l.checked.Load())) }

// OnChange sets what is called, on the following goroutine, after a snapshot
// was published; before is nil for the first.
func (l *Live) OnChange(f func(before, after *Snapshot)) { l.changed.Store(&f) }

// Publish makes s the current snapshot. Follow calls it; tests may.
func (l *Live) Publish(s *Snapshot) {
	before := l.current.Swap(s)
	l.checked.Store(time.Now().UnixNano())
	if f := l.changed.Load(); f != nil && before != s {
		(*f)(before, s)
	}
}

// Load builds a first snapshot from a source.
func Load(ctx context.Context, source Source) (*Snapshot, error) {
	b := NewBuilder()
	head, err := source.Load(ctx, func(f geo.Feature) error {
		b.Add(f)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("load the map: %w", err)
	}
	return b.Build(head), nil
}

// Poll is how often a node asks for changes when no hint came.
const Poll = 5 * time.Second

// Follow loads the source, publishes it and keeps up with it until ctx ends,
// whose error it returns. While the source is away it goes on with what it has
// and says so in the log. It loads anew when the source's history is not a
// continuation of what was published.
func (l *Live) Follow(ctx context.Context, source Source, log *slog.Logger) error {
	hints, err := source.Watch(ctx)
	if err != nil {
		return fmt.Errorf("watch the store: %w", err)
	}
	away := false
	for {
		err := l.catchUp(ctx, source, log)
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil && !away:
			log.Warn("the store does not answer; serving what is in memory", "error", err)
		case err == nil && away:
			log.Info("the store answers again")
		}
		away = err != nil
		select {
		case <-ctx.Done():
			return ctx.Err()
		case _, open := <-hints:
			if !open {
				hints = nil // polling goes on
			}
		case <-time.After(Poll):
		}
	}
}

func (l *Live) catchUp(ctx context.Context, source Source, log *slog.Logger) error {
	current := l.Current()
	if current == nil {
		return l.reload(ctx, source)
	}
	delta, err := source.Changes(ctx, current.head.Revision)
	if err != nil {
		return fmt.Errorf("ask for changes since revision %d: %w", current.head.Revision, err)
	}
	if err := continues(current.head, delta); err != nil {
		log.Warn("loading the map anew", "reason", err)
		return l.reload(ctx, source)
	}
	if delta.Head.Revision == current.head.Revision {
		l.checked.Store(time.Now().UnixNano())
		return nil
	}
	l.Publish(current.Advance(delta))
	return nil
}

func (l *Live) reload(ctx context.Context, source Source) error {
	s, err := Load(ctx, source)
	if err == nil {
		l.Publish(s)
	}
	return err
}

// continues says why a delta is not a continuation of a head, or nil.
func continues(head geo.Head, delta geo.Delta) error {
	switch {
	case delta.Head.Epoch != head.Epoch:
		return errors.New("the store has another epoch: its history was restored or replaced")
	case delta.Head.Revision < head.Revision:
		return fmt.Errorf("the store went back from revision %d to %d", head.Revision, delta.Head.Revision)
	case delta.SinceHash != head.Hash:
		return fmt.Errorf("the store has another revision %d than the one loaded", head.Revision)
	}
	return nil
}
