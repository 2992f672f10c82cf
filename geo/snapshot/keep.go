package snapshot

import (
	"context"
	"log/slog"
	"time"
)

const (
	// KeepEvery is how often a snapshot is written at most, and a confirmation of it.
	KeepEvery = time.Minute
	// restAfter keeps the writing of large cities to a twentieth of a core.
	restAfter = 20
	keepLook  = time.Second
)

// Keep writes what is published to the file: the first snapshot soon, later ones
// every so often, the last one when ctx ends; then it returns. A snapshot that the
// store has not confirmed since the node started is not written: it comes from the
// file. One that cannot be written is said in the log and tried again.
func (f *File) Keep(ctx context.Context, live *Live, every time.Duration, log *slog.Logger) {
	var next time.Time
	failing := false
	keep := func(ctx context.Context) {
		// The standing first: then it is at worst older than what it is told of.
		standing, s := live.Standing(), live.Current()
		if s == nil || standing.FromFile || s.head == f.holds && !standing.Confirmed.After(f.confirmed) {
			return
		}
		begun := time.Now()
		var err error
		if s.head == f.holds {
			err = f.Confirm(s.head, standing.Confirmed)
		} else if err = f.Write(ctx, s, standing.Confirmed); err == nil {
			log.Debug("wrote this node's snapshot file", "file", f.Path, "revision", s.head.Revision, "took", time.Since(begun))
		}
		next = time.Now().Add(max(every, restAfter*time.Since(begun)))
		if ctx.Err() != nil {
			return // the last word comes yet
		}
		if err != nil && !failing {
			log.Warn("this node's snapshot file cannot be written; the next start takes longer and needs the store", "error", err)
		}
		failing = err != nil
	}
	tick := time.NewTicker(min(keepLook, every))
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			if time.Now().After(next) {
				keep(ctx)
			}
		case <-ctx.Done():
			keep(context.WithoutCancel(ctx))
			return
		}
	}
}
