package gpkg

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net/url"
	"path/filepath"
	"time"

	"github.com/mattn/go-sqlite3"

	"gridatlas/data"
)

// driverName is go-sqlite3 with the functions that GeoPackage's RTree triggers
// call, on every connection.
const driverName = "gridatlas_gpkg"

func init() {
	sql.Register(driverName, &sqlite3.SQLiteDriver{ConnectHook: registerFunctions})
}

// registerFunctions adds ST_MinX and its kin. A blob that cannot be read gives
// NULL, as in other GeoPackage programs.
func registerFunctions(c *sqlite3.SQLiteConn) error {
	side := func(pick int) func(blob []byte) any {
		return func(blob []byte) any {
			s, err := parseBlob(blob)
			if err != nil || s.IsZero() {
				return nil
			}
			return degreesOf(s.Box())[pick]
		}
	}
	isEmpty := func(blob []byte) any {
		s, err := parseBlob(blob)
		if err != nil {
			return nil
		}
		return s.IsZero()
	}
	for name, f := range map[string]any{
		"ST_MinX": side(0), "ST_MaxX": side(1), "ST_MinY": side(2), "ST_MaxY": side(3), "ST_IsEmpty": isEmpty,
	} {
		if err := c.RegisterFunc(name, f, true); err != nil {
			return fmt.Errorf("register %s: %w", name, err)
		}
	}
	return nil
}

// lockTry is how long SQLite itself waits for a lock; begin tries again until
// the store's patience or the caller's context ends.
const lockTry = 100 * time.Millisecond

// pragmas that every connection must have; go-sqlite3 passes over options it
// does not know, so they are read back.
var pragmas = []struct{ name, want string }{
	{"journal_mode", "wal"},
	{"synchronous", "2"}, // FULL
	{"foreign_keys", "1"},
	{"busy_timeout", fmt.Sprint(lockTry.Milliseconds())},
}

// openPool opens the file; limit is the number of connections, 0 for any.
func openPool(path string, how access, limit int) (*sql.DB, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	options := url.Values{
		"_synchronous":     {"FULL"},
		"_foreign_keys":    {"1"},
		"_busy_timeout":    {fmt.Sprint(lockTry.Milliseconds())},
		"_txlock":          {"immediate"},
		"_stmt_cache_size": {"200"},
	}
	for name, value := range how.options() {
		options.Set(name, value)
	}
	db, err := sql.Open(driverName, "file:"+(&url.URL{Path: abs}).EscapedPath()+"?"+options.Encode())
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(limit)
	db.SetMaxIdleConns(max(limit, 4))
	return db, nil
}

// session is one connection with the driver's own calls: the rows of a city are
// many, and database/sql's conversions would cost as much as reading them.
type session struct{ c *sqlite3.SQLiteConn }

// with runs f on a connection of the pool.
func with(ctx context.Context, pool *sql.DB, f func(session) error) error {
	conn, err := pool.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close() // gives it back to the pool
	return conn.Raw(func(raw any) error {
		c, ok := raw.(*sqlite3.SQLiteConn)
		if !ok {
			return fmt.Errorf("a connection of type %T", raw)
		}
		return f(session{c})
	})
}

// exec runs one statement. With values it is run as a query: the driver then
// binds all of them and steps in one call into C.
func (s session) exec(query string, args ...driver.Value) error {
	var err error
	if len(args) == 0 {
		_, err = s.c.Exec(query, nil)
	} else {
		var rows driver.Rows
		if rows, err = s.c.Query(query, args); err == nil {
			err = rows.Close()
		}
	}
	if err != nil {
		return fmt.Errorf("%w in %s", err, shorten(query))
	}
	return nil
}

// query calls each for every row; the slice is reused, what is in it is not.
func (s session) query(query string, args []driver.Value, each func(row []driver.Value) error) (err error) {
	rows, err := s.c.Query(query, args)
	if err != nil {
		return fmt.Errorf("%w in %s", err, shorten(query))
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	row := make([]driver.Value, len(rows.Columns()))
	for {
		switch err := rows.Next(row); {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return fmt.Errorf("%w in %s", err, shorten(query))
		}
		if err := each(row); err != nil {
			return err
		}
	}
}

// one returns the first row, nil when there is none.
func (s session) one(query string, args ...driver.Value) (row []driver.Value, err error) {
	err = s.query(query, args, func(r []driver.Value) error {
		if row == nil {
			row = append(row, r...)
		}
		return nil
	})
	return row, err
}

func shorten(query string) string { return query[:min(len(query), 80)] }

// transaction runs f between begin and COMMIT, and rolls back when it fails.
func (s session) transaction(begin func() error, f func() error) error {
	if err := begin(); err != nil {
		return err
	}
	err := f()
	if err == nil {
		err = s.exec("COMMIT")
	}
	if err != nil && !s.c.AutoCommit() { // SQLite itself rolls back on some errors
		err = errors.Join(err, s.exec("ROLLBACK"))
	}
	return err
}

// assertPragmas reads back what the connection was asked for.
func (s session) assertPragmas() error {
	for _, p := range pragmas {
		row, err := s.one("PRAGMA " + p.name)
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
		err := s.exec("BEGIN IMMEDIATE")
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
