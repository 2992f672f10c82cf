package gpkg

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"time"

	"github.com/mattn/go-sqlite3"

	"gridatlas/data"
	"gridatlas/data/internal/geopackage"
)

// lockTry is how long SQLite itself waits for a lock; begin tries again until
// the store's patience or the caller's context ends.
const lockTry = 100 * time.Millisecond

// pragmas that every connection must have; go-sqlite3 passes over options it
// does not know, so they are read back.
var pragmas = []struct{ name, want string }{
	{"journal_mode", "wal"},
	{"synchronous", "2"}, // FULL
	{"foreign_keys", "1"},
	{"secure_delete", "1"}, // what is deleted is written over with zeros: records may be forgotten
	{"busy_timeout", fmt.Sprint(lockTry.Milliseconds())},
}

// openPool opens the file; limit is the number of connections, 0 for any.
func openPool(path string, how access, limit int) (*sql.DB, error) {
	options := url.Values{
		"_synchronous":     {"FULL"},
		"_foreign_keys":    {"1"},
		"_secure_delete":   {"on"},
		"_busy_timeout":    {fmt.Sprint(lockTry.Milliseconds())},
		"_txlock":          {"immediate"},
		"_stmt_cache_size": {"200"},
	}
	for name, value := range how.options() {
		options.Set(name, value)
	}
	dsn, err := geopackage.DSN(path, options)
	if err != nil {
		return nil, err
	}
	db, err := sql.Open(geopackage.Driver, dsn)
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(limit)
	db.SetMaxIdleConns(max(limit, 4))
	return db, nil
}

// session is one connection of the store.
type session struct{ geopackage.Session }

// with runs f on a connection of the pool.
func with(ctx context.Context, pool *sql.DB, f func(session) error) error {
	return ours(geopackage.With(ctx, pool, func(c geopackage.Session) error { return f(session{c}) }))
}

// transaction runs f between begin and COMMIT, and rolls back when it fails.
func (s session) transaction(begin func() error, f func() error) error {
	if err := begin(); err != nil {
		return err
	}
	err := f()
	if err == nil {
		err = s.Exec("COMMIT")
	}
	if err != nil && !s.AutoCommit() { // SQLite itself rolls back on some errors
		err = errors.Join(err, s.Exec("ROLLBACK"))
	}
	return err
}

// assertPragmas reads back what the connection was asked for.
func (s session) assertPragmas() error {
	for _, p := range pragmas {
		row, err := s.One("PRAGMA " + p.name)
		if err != nil {
			return err
		}
		if len(row) == 0 || fmt.Sprint(row[0]) != p.want {
			return fmt.Errorf("PRAGMA %s is %v, want %s", p.name, row, p.want)
		}
	}
	return nil
}

// beginWrite takes the write lock. While another program holds it, it waits as
// long as the patience lasts and ctx allows.
func (s session) beginWrite(ctx context.Context, path string, patience time.Duration) error {
	start := time.Now()
	for {
		if err := ctx.Err(); err != nil {
			return context.Cause(ctx)
		}
		err := s.Exec("BEGIN IMMEDIATE")
		if !isBusy(err) {
			return err
		}
		if waited := time.Since(start); waited > patience {
			return fmt.Errorf("%w: another program is writing to %s (waited %v): %w", data.ErrUnavailable, path, waited.Round(time.Second), err)
		}
	}
}

func isBusy(err error) bool {
	var e sqlite3.Error
	return errors.As(err, &e) && (e.Code == sqlite3.ErrBusy || e.Code == sqlite3.ErrLocked)
}

func isUniqueViolation(err error) bool {
	var e sqlite3.Error
	return errors.As(err, &e) && e.ExtendedCode == sqlite3.ErrConstraintUnique
}
