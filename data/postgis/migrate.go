package postgis

import (
	"bytes"
	"context"
	"embed"
	"errors"
	"fmt"
	"hash/fnv"
	"io/fs"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"

	"gridatlas/data/internal/ledger"
)

//go:embed migrations/*.sql
var embedded embed.FS

// migrations are the numbered files; tests leave out the newer ones.
var migrations fs.FS = embedded

// timelineNow names the history that the server writes: its system identifier,
// which initdb makes, and the timeline of the WAL, which every promotion and
// point-in-time restore raises. The timeline is read from the name of the WAL
// file being written: pg_control_checkpoint() still tells the old one until the
// first checkpoint after a promotion. Any role may call these functions; on a
// standby they fail, and no writer gets there.
const timelineNow = `(SELECT system_identifier FROM pg_control_system()) || '/' || left(pg_walfile_name(pg_current_wal_lsn()), 8)`

// migrate brings the schema to what this program needs. Nodes that start at once
// wait for each other: the first does the work, the others find it done. config
// is that of one connection, schema already on its search path.
func migrate(ctx context.Context, config *pgx.ConnConfig, schema string) error {
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return ours(ctx, "connect", err)
	}
	defer conn.Close(context.WithoutCancel(ctx))

	var standby, postgis bool
	err = conn.QueryRow(ctx, `SELECT pg_is_in_recovery(), to_regtype('geometry') IS NOT NULL`).Scan(&standby, &postgis)
	if err != nil {
		return ours(ctx, "ask the server for its state", err)
	}
	if standby {
		return checkStandby(ctx, conn)
	}
	// A session lock: it ends with the connection, also when this program is
	// killed.
	if _, err := conn.Exec(ctx, `SELECT pg_advisory_lock($1)`, migrationLock(schema)); err != nil {
		return ours(ctx, "wait for other nodes to start", err)
	}
	if !postgis {
		if _, err := conn.Exec(ctx, `CREATE EXTENSION IF NOT EXISTS postgis`); err != nil {
			return fmt.Errorf("PostGIS is not on the search path of this database; an administrator adds it with CREATE EXTENSION postgis: %w", ours(ctx, "add it", err))
		}
	}
	// Asked first, since the right to create schemas is needed only once.
	var exists bool
	if err := conn.QueryRow(ctx, `SELECT to_regnamespace($1) IS NOT NULL`, quote(schema)).Scan(&exists); err != nil {
		return ours(ctx, "look for the schema", err)
	}
	if !exists {
		if _, err := conn.Exec(ctx, `CREATE SCHEMA `+quote(schema)); err != nil {
			return ours(ctx, "create the schema "+schema, err)
		}
	}
	// This session may have looked for the schema while another node made it, and
	// the server then goes on searching without it; set anew, the path is read anew.
	if _, err := conn.Exec(ctx, `SELECT set_config('search_path', current_setting('search_path'), false)`); err != nil {
		return ours(ctx, "search the schema", err)
	}
	if err := migrateLedger(ctx, config); err != nil {
		return err
	}
	return defineLayers(ctx, conn)
}

// migrationLock is the advisory lock of one schema.
func migrationLock(schema string) int64 {
	h := fnv.New64a()
	h.Write([]byte("gridatlas migration of " + schema))
	return int64(h.Sum64())
}

// migrateLedger carries out the numbered migrations. The caller holds the lock.
func migrateLedger(ctx context.Context, config *pgx.ConnConfig) error {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	db := stdlib.OpenDB(*config)
	defer db.Close()
	provider, err := goose.NewProvider(goose.DialectPostgres, db, files)
	if err != nil {
		return fmt.Errorf("read the migrations: %w", err)
	}
	stands, target, err := provider.GetVersions(ctx)
	if err != nil {
		return ours(ctx, "read the schema's version", err)
	}
	if stands > target {
		return fmt.Errorf("the store was written by a newer gridatlas: its schema has version %d, this program knows %d", stands, target)
	}
	if _, err := provider.Up(ctx); err != nil {
		return ours(ctx, "migrate the schema", err)
	}
	return nil
}

// defineLayers makes the layer tables as the catalog wants them and the head
// row, and writes another epoch when the server's history is not the one that
// the head row names.
func defineLayers(ctx context.Context, conn *pgx.Conn) error {
	ddl, fingerprint := layerDDL()
	var stands []byte
	err := conn.QueryRow(ctx, `SELECT catalog FROM head`).Scan(&stands)
	if errors.Is(err, pgx.ErrNoRows) {
		_, err = conn.Exec(ctx, `INSERT INTO head (epoch, revision, hash, timeline, catalog) VALUES ($1, 0, $2, `+timelineNow+`, '')`,
			ledger.NewEpoch(), make([]byte, 32))
	}
	if err != nil {
		return ours(ctx, "read the head", err)
	}
	if !bytes.Equal(stands, fingerprint) {
		err := pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
			if _, err := tx.Exec(ctx, `SET LOCAL client_min_messages = warning`); err != nil {
				return err
			}
			if _, err := tx.Exec(ctx, ddl, pgx.QueryExecModeSimpleProtocol); err != nil {
				return err
			}
			_, err := tx.Exec(ctx, `UPDATE head SET catalog = $1`, fingerprint)
			return err
		})
		if err != nil {
			return ours(ctx, "define the layers", err)
		}
	}
	return renewEpoch(ctx, conn)
}

// checkStandby asks whether a standby, where nothing can be migrated, has a
// schema to read.
func checkStandby(ctx context.Context, conn *pgx.Conn) error {
	var exists bool
	if err := conn.QueryRow(ctx, `SELECT to_regclass('head') IS NOT NULL`).Scan(&exists); err != nil {
		return ours(ctx, "look for the store", err)
	}
	if !exists {
		return errors.New("the server is a standby and holds no gridatlas store yet: open it on the primary first")
	}
	return nil
}
