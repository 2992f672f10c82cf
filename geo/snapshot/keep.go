package snapshot

import (
	"context"
	"log/slog"
	"time"

	"gridatlas/geo"
)

const (
	// KeepEvery is how often a snapshot is written at most, and a confirmation of it.
	KeepEvery = time.Minute
	// restAfter keeps the writing of large cities to a twentieth of a core.
	restAfter = 20
	keepLook  = time.Second
)

// Keep writes what is published to the file: the first snapshot soon, later ones
// every so often, the last one when ctx ends; then it returns. What the store has
// not confirmed since the node started is not written. A file that cannot be
// written is said in the log and tried again.
func (f File) Keep(ctx context.Context, live *Live, every time.Duration, log *slog.Logger) {
	k := &keeper{file: f, live: live, every: every, log: log}
	if s := live.Current(); s != nil && live.Standing().FromFile { // it comes from the file
		k.written, k.confirmed = s.head, live.Standing().Confirmed
	}
	tick := time.NewTicker(min(keepLook, every))
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			if time.Now().After(k.next) {
				k.keep(ctx)
			}
		case <-ctx.Done():
			k.keep(context.WithoutCancel(ctx))
			return
		}
	}
}

type keeper struct {
	file      File
	live      *Live
	every     time.Duration
	log       *slog.Logger
	written   geo.Head
	confirmed time.Time // what the file says
	next      time.Time
	failing   bool
}

func (k *keeper) keep(ctx context.Context) {
	// The standing first: then it is at worst older than what it is told of.
	standing, s := k.live.Standing(), k.live.Current()
	if s == nil || standing.FromFile || !standing.Confirmed.After(k.confirmed) {
		return
	}
	begun := time.Now()
	var err error
	if s.head == k.written {
		err = k.file.Confirm(s.head, standing.Confirmed)
	} else {
		err = k.file.Write(ctx, s, standing.Confirmed)
	}
	took := time.Since(begun)
	k.next = time.Now().Add(max(k.every, restAfter*took))
	switch {
	case ctx.Err() != nil: // the last word comes yet
	case err != nil && !k.failing:
		k.log.Warn("this node's snapshot file cannot be written; the next start takes longer and needs the store", "error", err)
	case err == nil && s.head != k.written:
		k.log.Debug("wrote this node's snapshot file", "file", k.file.Path, "revision", s.head.Revision, "took", took)
	}
	k.failing = err != nil
	if err == nil {
		k.written, k.confirmed = s.head, standing.Confirmed
	}
}
