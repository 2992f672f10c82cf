package postgis_test

import (
	"context"
	"errors"
	"os"
	"testing"
	"time"

	"gridatlas/data/postgis/pgtest"
	"gridatlas/data/storetest"
)

func TestStore(t *testing.T) { storetest.Run(t, backend(nil)) }

// TestKills kills the writing program each time, and every fifth time the
// server's first process with it.
func TestKills(t *testing.T) {
	cluster := pgtest.Private(t)
	b := backend(cluster)
	var address string
	b.New = func(tb testing.TB) string {
		address = cluster.URL(tb)
		return address
	}
	storetest.KillLoop(t, b, storetest.Kills{
		Count: 50,
		Kill: func(tb testing.TB, n int, writer *os.Process) {
			if n%2 == 1 { // in the thick of writing, however slow the machine is
				written(tb, address, 4)
			}
			server := n%5 == 4
			first := server && n%2 == 0 // the server goes first
			if first {
				cluster.KillPostmaster(tb)
			}
			// The program may have found out by itself by now, and ended.
			if err := writer.Kill(); err != nil && (!first || !errors.Is(err, os.ErrProcessDone)) {
				tb.Errorf("kill the writer: %v", err)
			}
			if server && !first {
				cluster.KillPostmaster(tb)
			}
			if server {
				cluster.Restart(tb)
			}
			quiet(tb, cluster)
		},
	})
}

// written waits until a store has that many more change sets.
func written(tb testing.TB, address string, sets int) {
	tb.Helper()
	conn := connect(tb, address)
	defer conn.Close(context.Background())
	revision := func() (n int) {
		// The store may be in the making: no table, no row.
		if err := conn.QueryRow(context.Background(), `SELECT revision FROM head`).Scan(&n); err != nil {
			return 0
		}
		return n
	}
	first := revision()
	for start := time.Now(); revision() < first+sets; time.Sleep(2 * time.Millisecond) {
		if time.Since(start) > time.Minute {
			tb.Fatalf("fewer than %d change sets in %v", sets, time.Since(start))
		}
	}
}

// quiet waits until the server has noticed that the program is gone: a COMMIT that
// it sent before it died is still carried out.
func quiet(tb testing.TB, cluster *pgtest.Cluster) {
	tb.Helper()
	address := cluster.URL(tb)
	const sessions = `SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()`
	conn := connect(tb, address)
	for start := time.Now(); ; time.Sleep(time.Millisecond) {
		var left int
		if err := conn.QueryRow(context.Background(), sessions).Scan(&left); err != nil {
			tb.Fatal(err)
		}
		if left == 0 {
			conn.Close(context.Background())
			return
		}
		if time.Since(start) > time.Minute {
			tb.Fatalf("%d sessions outlive their program", left)
		}
	}
}

func tamper(tb testing.TB, address string, what storetest.Tampering) {
	tb.Helper()
	statements, ok := map[storetest.Tampering]string{
		storetest.EditRow:   `UPDATE booths SET name = 'edited' WHERE id = 1`,
		storetest.MoveRow:   `UPDATE booths SET geom = ST_Translate(geom, 1e-7, 0) WHERE id = 1`,
		storetest.RemoveRow: `DELETE FROM booths WHERE id = 1`,
		storetest.AddRow: `CREATE TEMP TABLE twin AS SELECT * FROM booths WHERE id = 1;
			UPDATE twin SET id = 9001, code = NULL, number = NULL;
			INSERT INTO booths SELECT * FROM twin`,
		storetest.EditPast:   `UPDATE history SET feature = replace(feature::text, 'two', 'owt')::json WHERE layer = 'booths' AND id = 2 AND version = 1`,
		storetest.RemovePast: `DELETE FROM history WHERE layer = 'booths' AND id = 2 AND version = 1`,
		storetest.EditLog:    `UPDATE log SET note = 'edited' WHERE revision = 2`,
		storetest.RemoveLog:  `DELETE FROM log WHERE revision = 2`,
		storetest.CutLog: `DELETE FROM log WHERE revision = (SELECT max(revision) FROM log);
			UPDATE head SET (revision, hash) = (SELECT revision, hash FROM log ORDER BY revision DESC LIMIT 1)`,
		storetest.MoveHead:    `UPDATE head SET revision = 1`,
		storetest.SwapEntries: `UPDATE log SET note = (SELECT note FROM log other WHERE other.revision = 3 - log.revision) WHERE revision IN (1, 2)`,

		storetest.EditRecord:   `UPDATE records SET value = '22' WHERE key = 'two'`,
		storetest.MoveRecord:   `UPDATE records SET key = 'twelve' WHERE key = 'two'`,
		storetest.RemoveRecord: `DELETE FROM records WHERE key = 'two'`,
		storetest.AddRecord:    `INSERT INTO records SELECT kind, 'four', version, value, sum FROM records WHERE key = 'two'`,
		storetest.EditIDs:      `UPDATE counters SET last = 2 WHERE layer = 'booths'`,
	}[what]
	if !ok {
		tb.Fatalf("how to %s?", what)
	}
	sql(tb, address, statements)
}
