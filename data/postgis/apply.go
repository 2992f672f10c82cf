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
	var head geo.Head
	err := s.during(ctx, func(ctx context.Context) (err error) {
		if !ledger.RecordsOnly(set) {
			select {
			case s.writing <- struct{}{}:
				defer func() { <-s.writing }()
			case <-ctx.Done():
				return fmt.Errorf("wait for other writers: %w", ctx.Err())
			}
		}
		if head, err = s.apply(ctx, set); err != nil {
			return fmt.Errorf("apply a change set: %w", err)
		}
		return nil
	})
	if err != nil {
		return geo.Head{}, err
	}
	return head, nil
}

func (s *Store) apply(ctx context.Context, set geo.ChangeSet) (geo.Head, error) {
	from := `head FOR UPDATE`
	if ledger.RecordsOnly(set) {
		from = `head, record_head FOR UPDATE OF record_head`
	}
	within, stands, err := s.begin(ctx, from)
	if err != nil {
		return geo.Head{}, err
	}
	defer rollback(ctx, within)
	t := &tx{pgx: within, head: stands}
	head, err := ledger.Apply(ctx, t, set)
	if err != nil || !t.wrote {
		return head, err
	}
	if err := within.Commit(ctx); err != nil {
		// The answer to COMMIT may have been lost on the way back.
		return geo.Head{}, fmt.Errorf("whether it was stored is not known, repeat it with its idempotency key: %w", ours(ctx, "commit", err))
	}
	return head, nil
}

// begin starts a transaction that writes, reads the head and locks what from says.
// It first writes a new epoch, in a transaction of its own, when the server's
// history is not the one that the head names: what follows may be refused, the
// new epoch stands.
func (s *Store) begin(ctx context.Context, from string) (pgx.Tx, geo.Head, error) {
	for {
		within, err := s.beginTx(ctx, pgx.TxOptions{})
		if err != nil {
			return nil, geo.Head{}, ours(ctx, "begin", err)
		}
		head, known, err := standingHead(ctx, within, from)
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
func standingHead(ctx context.Context, within pgx.Tx, from string) (head geo.Head, known bool, err error) {
	var batch pgx.Batch
	batch.Queue(`SELECT set_config('synchronous_commit', 'on', true) WHERE current_setting('synchronous_commit') = 'off'`)
	batch.Queue(`SELECT head.epoch, head.revision, head.hash, head.timeline = ` + timelineNow + ` FROM ` + from).QueryRow(func(row pgx.Row) error {
		var hash []byte
		err := row.Scan(&head.Epoch, &head.Revision, &hash, &known)
		copy(head.Hash[:], hash)
		return err
	})
	err = within.SendBatch(ctx, &batch).Close()
	return head, known, ours(ctx, "read the head", err)
}

var _ ledger.Tx = (*tx)(nil)
