package gpkg

import (
	"errors"
	"fmt"

	"github.com/mattn/go-sqlite3"
	"golang.org/x/sys/unix"

	"gridatlas/data"
)

// ours names what a disk does to a store: data.ErrFull when it is full,
// data.ErrUnavailable when it cannot be read or written. SQLite undoes what was
// not committed and goes on with a connection after either; a sync that failed is
// never taken for done, since pages are written again before it is repeated.
func ours(err error) error {
	var e sqlite3.Error
	switch {
	case !errors.As(err, &e), errors.Is(err, data.ErrFull), errors.Is(err, data.ErrUnavailable):
		return err
	case e.Code == sqlite3.ErrFull, e.SystemErrno == unix.ENOSPC, e.SystemErrno == unix.EDQUOT:
		return fmt.Errorf("%w: %w", data.ErrFull, err)
	case e.Code == sqlite3.ErrIoErr:
		return fmt.Errorf("%w: %w", data.ErrUnavailable, err)
	}
	return err
}
