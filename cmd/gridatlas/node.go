package main

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"gridatlas/data"
	"gridatlas/geo/snapshot"
	"gridatlas/geo/walk"
)

// node is what one process serves: the newest snapshot and the walking map that
// belongs to it.
type node struct {
	live      snapshot.Live
	walk      atomic.Pointer[walk.Map]
	published func(*snapshot.Snapshot) // told of each map before its walking map is made; nil: nobody
	// prepare is called beside the following with the first map, until the node stops;
	// nil: nothing is.
	prepare func(context.Context, *snapshot.Snapshot)
	// beside is what else goes on in the store while the node runs; nil: nothing.
	beside func(context.Context)

	open  func(context.Context) (data.Store, error)
	store atomic.Pointer[data.Store] // while it is open; for what is not in the map
	file  *snapshot.File             // where the map is kept for the next start; nil: nowhere
}

// run keeps the node up with its store until ctx ends, its walking map up with its
// snapshot, and its file up with the node.
func (n *node) run(ctx context.Context, log *slog.Logger) error {
	changed := make(chan struct{}, 1)
	working, halt := context.WithCancel(ctx)
	var workers sync.WaitGroup
	n.live.OnChange(func(before, after *snapshot.Snapshot) {
		if n.published != nil {
			n.published(after)
		}
		if before == nil && n.prepare != nil {
			workers.Go(func() { n.prepare(working, after) })
		}
		select {
		case changed <- struct{}{}:
		default: // the one that waits to be seen will do
		}
	})
	workers.Go(func() { n.keepWalking(working, changed, log) })
	if n.beside != nil {
		workers.Go(func() { n.beside(working) })
	}
	keeping, rest := context.WithCancel(ctx)
	var keeper sync.WaitGroup
	if n.file != nil {
		n.resume(ctx, log)
		keeper.Go(func() { n.file.Keep(keeping, &n.live, snapshot.KeepEvery, log) })
	}
	err := n.follow(ctx, log)
	rest()
	halt()
	workers.Wait()
	keeper.Wait()
	return err
}

// keepWalking makes the walking map of the newest snapshot, each time there is one,
// until ctx ends. It takes seconds for a first map: what needs no walking map does
// not wait for it, and snapshots that come meanwhile but for the last are left out.
// The field that outlines are drawn from is made ahead of the questions, beside the
// following; a newer map ends the work on an older one.
func (n *node) keepWalking(ctx context.Context, changed <-chan struct{}, log *slog.Logger) {
	var warming sync.WaitGroup
	stop := func() {}
	defer func() { stop(); warming.Wait() }()
	for {
		select {
		case <-ctx.Done():
			return
		case <-changed:
		}
		stop()
		warming.Wait()
		m := walk.Prepare(n.live.Current(), n.walk.Load())
		n.walk.Store(m)
		warm, cancel := context.WithCancel(ctx)
		stop = cancel
		warming.Go(func() {
			if err := m.Warm(warm, time.Now()); err == nil {
				log.Debug("the outlines of the whole map are prepared", "revision", m.Snapshot().Head().Revision)
			}
		})
	}
}

// resume starts from the node's file. One that cannot be used is no reason not to
// start: the store is asked for everything then.
func (n *node) resume(ctx context.Context, log *slog.Logger) {
	begun := time.Now()
	s, confirmed, err := n.file.Read(ctx)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		log.Warn("this node's snapshot file is not used", "error", err)
	default:
		log.Info("the map is from this node's file until the store answers", "file", n.file.Path,
			"revision", s.Head().Revision, "confirmed", confirmed.UTC().Format(time.RFC3339), "took", time.Since(begun))
		n.live.Resume(s, confirmed)
	}
}

// follow opens the store and follows it, and opens it anew whenever it is lost,
// until ctx ends. A store that is away is waited for. One that refuses (no such
// store, a wrong password, tables of a newer program) ends the program at once
// while there is nothing to serve; with a map in memory that is served on, and the
// log says what has to be mended.
func (n *node) follow(ctx context.Context, log *slog.Logger) error {
	var again retry
	for {
		begun := time.Now()
		err := n.attend(ctx, log)
		if ctx.Err() != nil {
			return err
		}
		n.live.Lost()
		if n.live.Standing().Confirmed.After(begun) {
			again = retry{}
		}
		if n.live.Current() == nil && !passes(err) {
			return err
		}
		again.tell(log, err, n.live.Current() != nil)
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(again.pause(err)):
		}
	}
}

// attend follows the store as long as it answers. When ctx ends, only a store that
// cannot be closed is an error.
func (n *node) attend(ctx context.Context, log *slog.Logger) error {
	store, err := n.open(ctx)
	if err != nil {
		return err
	}
	n.store.Store(&store)
	err = n.live.Follow(ctx, store, log)
	n.store.Store(nil)
	if ctx.Err() != nil {
		err = nil
	}
	return errors.Join(err, store.Close())
}

// readOnly reports whether the store takes no writes whoever asks.
func (n *node) readOnly() bool {
	store, err := n.current()
	if err != nil {
		return false // it is away, which is another matter
	}
	file, ok := store.(interface{ ReadOnly() bool })
	return ok && file.ReadOnly()
}

// passes reports whether what is wrong with a store may be over without anybody
// mending it here.
func passes(err error) bool {
	return errors.Is(err, data.ErrUnavailable) || errors.Is(err, data.ErrFull)
}

// retry is how long a store is waited for, and how often that is said.
type retry struct {
	next time.Duration
	told string
	at   time.Time
}

const (
	firstPause = 500 * time.Millisecond
	awayPause  = 10 * time.Second // between two tries to reach a store that is away, at most
	shutPause  = time.Minute      // one that refuses: each try is a line in its log
	tellAgain  = 10 * time.Minute
)

// pause doubles from try to try; a random part of it keeps many nodes from
// knocking at the same moment.
func (r *retry) pause(err error) time.Duration {
	longest := shutPause
	if passes(err) {
		longest = awayPause
	}
	r.next = min(max(2*r.next, firstPause), longest)
	return r.next/2 + rand.N(r.next/2)
}

// tell logs what is wrong, the same thing not at every try.
func (r *retry) tell(log *slog.Logger, err error, serving bool) {
	if err.Error() == r.told && time.Since(r.at) < tellAgain {
		return
	}
	r.told, r.at = err.Error(), time.Now()
	message := "the store is away; there is no map to serve until it answers"
	switch {
	case !passes(err):
		message = "the store cannot be used; what is in memory is served until that is mended"
	case serving:
		message = "the store is away; what is in memory is served until it answers"
	}
	log.Error(message, "error", err)
}
