package main

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"gridatlas/data"
	"gridatlas/geo/photo"
	georeport "gridatlas/geo/report"
)

// How often it is looked for what is to be forgotten; how soon again when that failed,
// and when the store is away, as at the start, of which the node tells.
const (
	forgetEvery = 24 * time.Hour
	forgetAgain = time.Hour
	forgetAway  = 5 * time.Second
)

// forget drops what a node is not to keep for longer, at once and then every day until
// ctx ends: what was typed in reports, keepReports days after the answer (0: never), and
// photos that no place shows. Every node may do it.
func forget(ctx context.Context, node *node, reports *georeport.Book, keepReports int, log *slog.Logger) {
	var kinds sync.WaitGroup
	if keepReports > 0 {
		kinds.Go(func() {
			everyDay(ctx, log.With("what", "texts of old reports"), func() (int, error) {
				return reports.Forget(ctx, time.Now().AddDate(0, 0, -keepReports))
			})
		})
	}
	kinds.Go(func() {
		everyDay(ctx, log.With("what", "photos that no place shows"), func() (int, error) {
			s := node.live.Current()
			if s == nil {
				return 0, data.ErrUnavailable
			}
			return photo.Forget(ctx, writable{node}, s, time.Now())
		})
	})
	kinds.Wait()
}

// everyDay deletes something, which returns how many it were, until ctx ends.
func everyDay(ctx context.Context, log *slog.Logger, something func() (int, error)) {
	for {
		n, err := something()
		pause := forgetEvery
		switch {
		case ctx.Err() != nil:
			return
		case errors.Is(err, data.ErrUnavailable):
			pause = forgetAway
		case err != nil:
			pause = forgetAgain
			log.Warn("not deleted yet", "deleted", n, "error", err, "again_in", pause)
		case n > 0:
			log.Info("deleted", "number", n)
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(pause):
		}
	}
}
