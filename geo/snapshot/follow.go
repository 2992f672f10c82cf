package snapshot

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"gridatlas/geo"
)

// Source is what a node follows; data.Store is one.
type Source interface {
	Load(ctx context.Context, each func(geo.Feature) error) (geo.Head, error)
	Changes(ctx context.Context, since int64) (geo.Delta, error)
	Watch(ctx context.Context) (<-chan struct{}, error)
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

// failures is how often in a row a source may fail before Follow gives it back.
const failures = 2

// Follow keeps up with a source until ctx ends, whose error it returns: with what
// is published already, if the source's history is a continuation of that, and
// else by loading anew, which it says in the log. While the source fails it goes
// on with what it has; when it fails again at the next try, Follow returns why, so
// that the caller may open it anew.
func (l *Live) Follow(ctx context.Context, source Source, log *slog.Logger) error {
	hints, err := source.Watch(ctx)
	if err != nil {
		return fmt.Errorf("watch the store: %w", err)
	}
	for failed := 0; ; {
		was := l.Standing()
		err := l.catchUp(ctx, source, log)
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err == nil:
			failed = 0
			if was.Away {
				log.Info("the store answers again")
			}
		default:
			l.Lost()
			if failed++; failed == failures {
				return err
			}
			log.Warn("the store does not answer; what is in memory is served on", "error", err)
		}
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
		return l.reload(ctx, source, log)
	}
	resumed := l.Standing().FromFile
	delta, err := source.Changes(ctx, current.head.Revision)
	if err != nil {
		return fmt.Errorf("ask for changes since revision %d: %w", current.head.Revision, err)
	}
	if err := continues(current.head, delta); err != nil {
		log.Warn("loading the map anew", "reason", err)
		return l.reload(ctx, source, log)
	}
	if resumed {
		log.Info("the store goes on from this node's file", "revision", delta.Head.Revision,
			"changed", len(delta.Changed), "deleted", len(delta.Deleted))
	}
	if delta.Head.Revision == current.head.Revision {
		l.confirm()
		return nil
	}
	l.Publish(current.Advance(delta))
	return nil
}

func (l *Live) reload(ctx context.Context, source Source, log *slog.Logger) error {
	s, err := Load(ctx, source)
	if err != nil {
		return err
	}
	log.Info("the map is loaded from the store", "revision", s.head.Revision)
	l.Publish(s)
	return nil
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
