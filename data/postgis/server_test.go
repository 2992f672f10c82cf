package postgis_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"gridatlas/data"
	"gridatlas/data/postgis/pgtest"
	"gridatlas/geo"
)

func booths(n int, between func(i int)) geo.ChangeSet {
	return geo.ChangeSet{IdempotencyKey: "once", Changes: func(yield func(geo.Change, error) bool) {
		for i := range n {
			if between != nil {
				between(i)
			}
			b := &geo.Booth{}
			b.Shape = geo.PointShape(geo.Point{X: int32(i)})
			if !yield(geo.Insert(b), nil) {
				return
			}
		}
	}}
}

func count(t *testing.T, s data.Store) (n int, head geo.Head) {
	t.Helper()
	head, err := s.Load(t.Context(), func(geo.Feature) error { n++; return nil })
	if err != nil {
		t.Fatal(err)
	}
	return n, head
}

// TestLostConnection ends the writer's session at the server at several moments
// of one change set: an error of ours, nothing half done, and the repeat stores
// it once.
func TestLostConnection(t *testing.T) {
	address := pgtest.Start(t).URL(t)
	s := open(t, address)
	const n = 25_000
	for _, at := range []int{0, 1, 9_999, 15_000, n - 1} {
		t.Run(fmt.Sprint(at), func(t *testing.T) {
			_, before := count(t, s)
			_, err := s.Apply(t.Context(), booths(n, func(i int) {
				if i == at {
					terminate(t, address)
				}
			}))
			if !errors.Is(err, data.ErrUnavailable) {
				t.Errorf("got %v, want that the store cannot be reached", err)
			}
			if found, head := count(t, s); found != 0 || head != before {
				t.Errorf("%d features at %+v are left of a set that was cut", found, head)
			}
		})
	}
	first, err := s.Apply(t.Context(), booths(n, nil))
	if err != nil {
		t.Fatal(err)
	}
	again, err := s.Apply(t.Context(), booths(n, nil))
	if err != nil || again != first {
		t.Errorf("the repeat answers %+v, %v; want %+v", again, err, first)
	}
	if found, _ := count(t, s); found != n {
		t.Errorf("%d features, want %d", found, n)
	}
}

// terminate ends the session that holds the head row of the address's schema.
func terminate(t *testing.T, address string) {
	t.Helper()
	ended := ask[int](t, address, `SELECT count(pg_terminate_backend(pid)) FROM
		(SELECT DISTINCT pid FROM pg_locks WHERE relation = 'head'::regclass AND mode = 'RowShareLock') writer`)
	if ended != 1 {
		t.Errorf("%d writers, want 1", ended)
	}
}

// TestWaiterLeaves has a writer give up while another program holds the head
// row: it does not stay in the line at the server.
func TestWaiterLeaves(t *testing.T) {
	address := pgtest.Start(t).URL(t)
	s := open(t, address)
	holder := connect(t, address)
	if _, err := holder.Exec(t.Context(), `BEGIN; SELECT FROM head FOR UPDATE`); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if _, err := s.Apply(ctx, booths(1, nil)); !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("got %v", err)
	}
	const waiting = `SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%FROM head FOR UPDATE%'
		AND backend_type = 'client backend' AND pid = ANY (SELECT pid FROM pg_locks WHERE relation = 'head'::regclass)`
	for start := time.Now(); ask[int](t, address, waiting) > 0; time.Sleep(10 * time.Millisecond) {
		if time.Since(start) > time.Minute {
			t.Fatal("the server still runs the query of a writer that left")
		}
	}
	if _, err := holder.Exec(t.Context(), `ROLLBACK`); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Apply(t.Context(), booths(1, nil)); err != nil {
		t.Error(err)
	}
}

// TestWaitsForDisk holds that a server's careless default does not weaken Apply,
// and that a stricter one is kept.
func TestWaitsForDisk(t *testing.T) {
	for setting, want := range map[string]string{"off": "on", "on": "on", "remote_apply": "remote_apply"} {
		t.Run(setting, func(t *testing.T) {
			address := pgtest.Start(t).URL(t) + "&synchronous_commit=" + setting
			s := open(t, address)
			// A trigger writes down what the transaction runs with.
			sql(t, address, `CREATE TABLE seen (setting text);
				CREATE FUNCTION look() RETURNS trigger LANGUAGE plpgsql AS $$
				BEGIN INSERT INTO seen VALUES (current_setting('synchronous_commit')); RETURN NULL; END $$;
				CREATE TRIGGER look AFTER INSERT ON log EXECUTE FUNCTION look()`)
			if _, err := s.Apply(t.Context(), booths(1, nil)); err != nil {
				t.Fatal(err)
			}
			if got := ask[string](t, address, `SELECT setting FROM seen`); got != want {
				t.Errorf("a change set is committed with synchronous_commit=%s, want %s", got, want)
			}
		})
	}
}

// TestRestart keeps one store open while its server is killed and started again:
// Watch goes on, reads and writes too.
func TestRestart(t *testing.T) {
	cluster := pgtest.Private(t)
	address := cluster.URL(t)
	s, other := open(t, address), open(t, address)
	hints, err := s.Watch(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	hint := func(what string) {
		t.Helper()
		select {
		case <-hints:
		case <-time.After(time.Minute):
			t.Fatalf("no hint %s", what)
		}
	}
	hint("at the start")
	if _, err := other.Apply(t.Context(), booths(1, nil)); err != nil {
		t.Fatal(err)
	}
	hint("about a commit")

	cluster.KillPostmaster(t)
	if _, err := s.Load(t.Context(), func(geo.Feature) error { return nil }); !errors.Is(err, data.ErrUnavailable) {
		t.Errorf("load from a server that is down: %v", err)
	}
	set := booths(1, nil)
	set.IdempotencyKey = "down"
	if _, err := s.Apply(t.Context(), set); !errors.Is(err, data.ErrUnavailable) {
		t.Errorf("apply to a server that is down: %v", err)
	}
	cluster.Restart(t)
	if _, err := other.Apply(t.Context(), set); err != nil {
		t.Fatalf("apply after the restart: %v", err)
	}
	hint("about a commit after the restart")
	if found, head := count(t, s); found != 2 || head.Revision != 2 {
		t.Errorf("%d features at revision %d, want 2 at 2", found, head.Revision)
	}
}

// TestPromotion follows a standby, promotes it and writes there: another epoch,
// so that nobody takes its revisions for those of the primary.
func TestPromotion(t *testing.T) {
	primary := pgtest.Private(t)
	address := primary.URL(t)
	s := open(t, address)
	if _, err := s.Apply(t.Context(), booths(3, nil)); err != nil {
		t.Fatal(err)
	}
	_, head := count(t, s)
	again := open(t, address)
	if _, now := count(t, again); now != head {
		t.Errorf("opening again moved the head from %+v to %+v", head, now)
	}

	standby := primary.Standby(t)
	reader := open(t, standby.At(t, address))
	if found, there := count(t, reader); found != 3 || there != head {
		t.Errorf("the standby has %d features at %+v, want 3 at %+v", found, there, head)
	}
	if _, err := reader.Apply(t.Context(), booths(1, nil)); !errors.Is(err, data.ErrUnavailable) {
		t.Errorf("apply on a standby: %v", err)
	}
	hints, err := reader.Watch(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	<-hints
	set := booths(1, nil)
	set.IdempotencyKey = "second"
	second, err := s.Apply(t.Context(), set)
	if err != nil {
		t.Fatal(err)
	}
	select {
	case <-hints:
	case <-time.After(time.Minute):
		t.Fatal("no hint on the standby about a commit on the primary")
	}

	standby.Promote(t)
	set = booths(1, nil)
	set.IdempotencyKey = "third"
	third, err := reader.Apply(t.Context(), set)
	if err != nil {
		t.Fatalf("apply after the promotion: %v", err)
	}
	if third.Epoch == second.Epoch || third.Revision != 3 {
		t.Errorf("after the promotion %+v, before it %+v: want another epoch and revision 3", third, second)
	}
	set = booths(1, nil)
	set.IdempotencyKey = "fourth"
	if fourth, err := reader.Apply(t.Context(), set); err != nil || fourth.Epoch != third.Epoch {
		t.Errorf("the epoch changes once: %+v after %+v, %v", fourth, third, err)
	}
	if faults, err := reader.Check(t.Context()); err != nil || len(faults) > 0 {
		t.Errorf("the chain goes on over the promotion: %v, %v", faults, err)
	}
	select { // the watcher finds the new primary, which it can listen to
	case <-hints:
	case <-time.After(time.Minute):
		t.Error("no hint after the promotion")
	}
}

// TestRefusedEpoch: a set that is refused does not undo the new epoch.
func TestRefusedEpoch(t *testing.T) {
	address := pgtest.Start(t).URL(t)
	s := open(t, address)
	_, before := count(t, s)
	sql(t, address, `UPDATE head SET timeline = 'another server/00000001'`)
	if _, err := s.Apply(t.Context(), geo.ChangeSet{Changes: geo.Changes(geo.Insert(&geo.Booth{}))}); err == nil {
		t.Fatal("a booth without a place was taken")
	}
	_, after := count(t, s)
	if after.Epoch == before.Epoch || after.Revision != before.Revision || after.Hash != before.Hash {
		t.Errorf("from %+v to %+v: want another epoch and nothing else", before, after)
	}
	sql(t, address, `UPDATE head SET timeline = 'another server/00000002'`)
	record := geo.RecordChange{Kind: "test", Key: "a", Value: []byte(`1`)}
	now, err := s.Apply(t.Context(), geo.ChangeSet{Records: geo.RecordChanges(record)})
	if err != nil || now.Epoch == after.Epoch || now.Revision != after.Revision {
		t.Errorf("a set of records answers %+v, %v; want another epoch than %+v", now, err, after)
	}
	after = now
	head, err := s.Apply(t.Context(), geo.ChangeSet{})
	if err != nil || head != after {
		t.Errorf("an empty set answers %+v, %v; want %+v", head, err, after)
	}
	if !strings.Contains(ask[string](t, address, `SELECT timeline FROM head`), "/") {
		t.Error("the head does not name its timeline")
	}
}
