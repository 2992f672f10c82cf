package geopackage

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net/url"
	"path/filepath"

	"github.com/mattn/go-sqlite3"
)

// Driver is the name under which database/sql knows go-sqlite3 with the
// functions that GeoPackage's RTree triggers call, on every connection.
const Driver = "gridatlas_gpkg"

var sqlDriver = &sqlite3.SQLiteDriver{ConnectHook: registerFunctions}

func init() { sql.Register(Driver, sqlDriver) }

// registerFunctions adds ST_MinX and its kin. A blob that cannot be read gives
// NULL, as in other GeoPackage programs.
func registerFunctions(c *sqlite3.SQLiteConn) error {
	side := func(pick int) func(blob []byte) any {
		return func(blob []byte) any {
			s, err := ParseBlob(blob)
			if err != nil || s.IsZero() {
				return nil
			}
			return SidesOf(s.Box())[pick]
		}
	}
	isEmpty := func(blob []byte) any {
		s, err := ParseBlob(blob)
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

// DSN is the name under which the driver opens a file, with options of go-sqlite3.
func DSN(path string, options url.Values) (string, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	return "file:" + (&url.URL{Path: abs}).EscapedPath() + "?" + options.Encode(), nil
}

// Session is one connection with the driver's own calls: the rows of a city are
// many, and database/sql's conversions would cost as much as reading them.
type Session struct{ c *sqlite3.SQLiteConn }

// Connect opens a file without a pool. Close must be called.
func Connect(path string, options url.Values) (Session, error) {
	dsn, err := DSN(path, options)
	if err != nil {
		return Session{}, err
	}
	c, err := sqlDriver.Open(dsn)
	if err != nil {
		return Session{}, err
	}
	return Session{c.(*sqlite3.SQLiteConn)}, nil
}

// Close ends a session of Connect.
func (s Session) Close() error { return s.c.Close() }

// With runs f on a connection of the pool.
func With(ctx context.Context, pool *sql.DB, f func(Session) error) error {
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
		return f(Session{c})
	})
}

// Exec runs one statement. With values it is run as a query: the driver then
// binds all of them and steps in one call into C.
func (s Session) Exec(query string, args ...driver.Value) error {
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

// Query calls each for every row; the slice is reused, what is in it is not.
func (s Session) Query(query string, args []driver.Value, each func(row []driver.Value) error) (err error) {
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

// One returns the first row, nil when there is none.
func (s Session) One(query string, args ...driver.Value) (row []driver.Value, err error) {
	err = s.Query(query, args, func(r []driver.Value) error {
		if row == nil {
			row = append(row, r...)
		}
		return nil
	})
	return row, err
}

func shorten(query string) string { return query[:min(len(query), 80)] }

// AutoCommit reports whether the connection is outside of a transaction.
func (s Session) AutoCommit() bool { return s.c.AutoCommit() }

// Statement is a prepared statement that writes rows. It is not for several
// goroutines at once.
type Statement struct {
	stmt *sqlite3.SQLiteStmt
	row  []driver.NamedValue
}

// Prepare compiles a statement; Close lets go of it.
func (s Session) Prepare(query string) (*Statement, error) {
	prepared, err := s.c.Prepare(query)
	if err != nil {
		return nil, fmt.Errorf("%w in %s", err, shorten(query))
	}
	return &Statement{stmt: prepared.(*sqlite3.SQLiteStmt)}, nil
}

// Run runs it once. The driver binds all values and steps in one call into C when
// the statement is run as a query; what writes has no rows to read.
func (s *Statement) Run(values []driver.Value) error {
	s.row = s.row[:0]
	for i, value := range values {
		s.row = append(s.row, driver.NamedValue{Ordinal: i + 1, Value: value})
	}
	rows, err := s.stmt.QueryContext(context.Background(), s.row)
	if err != nil {
		return err
	}
	return rows.Close()
}

// Close tells again what the last run told.
func (s *Statement) Close() error { return s.stmt.Close() }

// LimitLength bounds the bytes of a text or blob that the session reads.
func (s Session) LimitLength(n int) { s.c.SetLimit(sqlite3.SQLITE_LIMIT_LENGTH, n) }
