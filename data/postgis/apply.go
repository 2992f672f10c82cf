package postgis

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"gridatlas/data/internal/ledger"
	"gridatlas/geo"
)

// Apply writes one change set in one transaction (see data.Store).
func (s *Store) Apply(ctx context.Context, set geo.ChangeSet) (geo.Head, error) {
	lock := lockHead
	if ledger.RecordsOnly(set) {
		lock = lockRecords
	}
	return s.write(ctx, "apply a change set", lock, func(ctx context.Context, t *tx) (geo.Head, error) { return ledger.Apply(ctx, t, set) })
}

// lockHead is where writers of features line up, lockRecords where writers of
// nothing but records do.
const (
	lockHead    = `head FOR UPDATE`
	lockRecords = `head, record_head FOR UPDATE OF record_head`
)

// write runs what the ledger does in one transaction.
func (s *Store) write(ctx context.Context, what, lock string, do func(ctx context.Context, t *tx) (geo.Head, error)) (head geo.Head, err error) {
	err = s.during(ctx, func(ctx context.Context) error {
		if lock == lockHead {
			select {
			case s.writing <- struct{}{}:
				defer func() { <-s.writing }()
			case <-ctx.Done():
				return fmt.Errorf("wait for other writers: %w", ctx.Err())
			}
		}
		if head, err = s.written(ctx, lock, do); err != nil {
			return fmt.Errorf("%s: %w", what, err)
		}
		return nil
	})
	if err != nil {
		return geo.Head{}, err
	}
	return head, nil
}

func (s *Store) written(ctx context.Context, lock string, do func(ctx context.Context, t *tx) (geo.Head, error)) (geo.Head, error) {
	within, stands, err := s.begin(ctx, lock)
	if err != nil {
		return geo.Head{}, err
	}
	defer rollback(ctx, within)
	t := &tx{pgx: within, head: stands}
	head, err := do(ctx, t)
	if err != nil || !t.wrote {
		return head, err
	}
	if err := within.Commit(ctx); err != nil {
		// The answer to COMMIT may have been lost on the way back.
		return geo.Head{}, fmt.Errorf("whether it was stored is not known, repeat it with its idempotency key: %w", ours(ctx, "commit", err))
	}
	return head, nil
}

// begin starts a transaction that writes, reads the head and locks what lock says.
// It first writes a new epoch, in a transaction of its own, when the server's
// history is not the one that the head names: what follows may be refused, the
// new epoch stands.
func (s *Store) begin(ctx context.Context, lock string) (pgx.Tx, geo.Head, error) {
	for {
		within, err := s.beginTx(ctx, pgx.TxOptions{})
		if err != nil {
			return nil, geo.Head{}, ours(ctx, "begin", err)
		}
		head, known, err := standingHead(ctx, within, lock)
		if err == nil && known {
			return within, head, nil
		}
		rollback(ctx, within)
		if err == nil {
			err = renewEpoch(ctx, s.pool)
		}
		if err != nil {
			return nil, geo.Head{}, err
		}
	}
}

// standingHead reads the head row; known is false when it names another history
// than the server's. Commits wait for the disk whatever the server's
// default is; a default stronger than that is kept.
func standingHead(ctx context.Context, within pgx.Tx, lock string) (head geo.Head, known bool, err error) {
	var batch pgx.Batch
	batch.Queue(`SELECT set_config('synchronous_commit', 'on', true) WHERE current_setting('synchronous_commit') = 'off'`)
	batch.Queue(`SELECT head.epoch, head.revision, head.hash, head.timeline = ` + timelineNow + ` FROM ` + lock).QueryRow(func(row pgx.Row) error {
		var hash []byte
		err := row.Scan(&head.Epoch, &head.Revision, &hash, &known)
		copy(head.Hash[:], hash)
		return err
	})
	err = within.SendBatch(ctx, &batch).Close()
	return head, known, ours(ctx, "read the head", err)
}

var _ ledger.Tx = (*tx)(nil)
