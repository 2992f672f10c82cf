package gpkg

import (
	"context"
	"fmt"
	"time"
)

// watchEvery is how often a watcher asks whether another program committed. The
// question is a read of shared memory.
const watchEvery = 100 * time.Millisecond

// looksBetweenStats is how many such questions pass between two looks at the
// path: a file that was replaced or deleted is noticed within a second.
const looksBetweenStats = 10

// Watch sends a hint after each commit of this store, and within watchEvery of
// one by another program; also when the file was replaced or deleted, which the
// next call then says. See data.Store.
func (s *Store) Watch(ctx context.Context) (<-chan struct{}, error) {
	inner, done, err := s.enter(ctx)
	if err != nil {
		return nil, err
	}
	// data_version is counted for each connection, so a watcher keeps one.
	conn, err := s.readers.Conn(inner)
	if err != nil {
		done()
		return nil, fmt.Errorf("watch: %w", err)
	}
	version := func() (v int64, err error) {
		err = conn.QueryRowContext(inner, "PRAGMA data_version").Scan(&v)
		return v, err
	}
	last, err := version()
	if err != nil {
		conn.Close() // gives it back to the pool
		done()
		return nil, fmt.Errorf("watch: %w", err)
	}
	hints := make(chan struct{}, 1)
	s.mu.Lock()
	s.watchers[hints] = struct{}{}
	s.mu.Unlock()
	go func() {
		defer done()
		defer conn.Close() // gives it back to the pool
		defer close(hints)
		defer func() {
			s.mu.Lock()
			delete(s.watchers, hints)
			s.mu.Unlock()
		}()
		tick := time.NewTicker(watchEvery)
		defer tick.Stop()
		there := true
		for looks := 1; ; looks++ {
			select {
			case <-inner.Done():
				return
			case <-tick.C:
			}
			now, err := version()
			if err != nil || now != last { // an error is one of the file: who reads next hears it
				hint(hints)
			}
			last = now
			if looks%looksBetweenStats == 0 {
				was := there
				if there = s.inPlace() == nil; there != was {
					hint(hints)
				}
			}
		}
	}()
	return hints, nil
}

func hint(hints chan struct{}) {
	select {
	case hints <- struct{}{}:
	default: // one is waiting already
	}
}

// hintAll tells every watcher of this store about its own commit.
func (s *Store) hintAll() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for hints := range s.watchers {
		hint(hints)
	}
}
