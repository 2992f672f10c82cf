package postgis

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"gridatlas/data"
	"gridatlas/geo"
)

const (
	// pollEvery is how often a listener reads the head all the same. It finds a
	// connection that died without a word, and hints that were lost.
	pollEvery = 5 * time.Second
	// retryEvery is the pause after a lost connection, and the polling of a
	// standby, where LISTEN is not allowed.
	retryEvery = time.Second
	// answerWithin is how long the server may take to tell its head.
	answerWithin = 10 * time.Second
)

// Watch hints at each new head (see data.Store); the first hint comes as soon as
// the head is known. It holds one connection outside the pool and connects again
// for ever: a server that is away is no error.
func (s *Store) Watch(ctx context.Context) (<-chan struct{}, error) {
	if s.life.Err() != nil {
		return nil, fmt.Errorf("watch: the store is closed: %w", data.ErrUnavailable)
	}
	ctx, cancel := context.WithCancel(ctx)
	release := context.AfterFunc(s.life, cancel)
	w := &watcher{store: s, hints: make(chan struct{}, 1)}
	s.watchers.Go(func() {
		defer close(w.hints)
		defer cancel()
		defer release()
		for ctx.Err() == nil {
			w.follow(ctx)
			sleep(ctx, retryEvery)
		}
	})
	return w.hints, nil
}

type watcher struct {
	store *Store
	hints chan struct{}
	seen  geo.Head
}

// follow watches over one connection until it is lost, ctx ends, or a standby
// becomes a primary. What went wrong is not told: connecting again is all that
// can be done.
func (w *watcher) follow(ctx context.Context) {
	conn, err := pgx.ConnectConfig(ctx, w.store.listen)
	if err != nil {
		return
	}
	defer func() {
		within, cancel := context.WithTimeout(context.WithoutCancel(ctx), retryEvery)
		defer cancel()
		conn.Close(within)
	}()
	standby, err := isStandby(ctx, conn)
	if err != nil {
		return
	}
	if !standby {
		// Before the head is read: what commits in between is heard.
		if _, err := conn.Exec(ctx, `LISTEN `+quote(w.store.schema)); err != nil {
			return
		}
	}
	for {
		if err := w.look(ctx, conn); err != nil {
			return
		}
		if !standby {
			wait, cancel := context.WithTimeout(ctx, pollEvery)
			_, err := conn.WaitForNotification(wait)
			cancel()
			if ctx.Err() != nil || (err != nil && conn.IsClosed()) {
				return
			}
			continue
		}
		sleep(ctx, retryEvery)
		if standby, err = isStandby(ctx, conn); err != nil || !standby {
			return
		}
	}
}

// look reads the head and hints when it is another one than last time.
func (w *watcher) look(ctx context.Context, conn *pgx.Conn) error {
	ctx, cancel := context.WithTimeout(ctx, answerWithin)
	defer cancel()
	head, err := readHead(ctx, conn)
	if err != nil || head == w.seen {
		return err
	}
	w.seen = head
	select {
	case w.hints <- struct{}{}:
	default: // the last hint is still waiting to be taken
	}
	return nil
}

func isStandby(ctx context.Context, conn *pgx.Conn) (standby bool, err error) {
	err = conn.QueryRow(ctx, `SELECT pg_is_in_recovery()`).Scan(&standby)
	return standby, err
}

func sleep(ctx context.Context, pause time.Duration) {
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}
