package gpkg

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"gridatlas/data"
)

// inPlace says that the path still names the file that was opened. SQLite goes on
// reading and writing a file that was deleted or replaced under it, without a
// word: what it writes is gone with its last connection, and journals beside the
// path are taken for those of the new file
// (https://www.sqlite.org/howtocorrupt.html, section 4.2). So every call asks;
// the question takes a microsecond or two.
func (s *Store) inPlace() error {
	now, err := os.Stat(s.path)
	if errors.Is(err, fs.ErrNotExist) || err == nil && !os.SameFile(now, s.identity) {
		return fmt.Errorf("%w: the file %s was replaced or deleted; it must be opened anew", data.ErrUnavailable, s.path)
	}
	if err != nil {
		return fmt.Errorf("%w: %w", data.ErrUnavailable, err)
	}
	if s.access == readAlone && (!now.ModTime().Equal(s.identity.ModTime()) || now.Size() != s.identity.Size()) {
		return fmt.Errorf("%w: the read-only file %s was changed by another program; it must be opened anew", data.ErrUnavailable, s.path)
	}
	return nil
}

// leavePatience is how long a new file waits for the journals of one that was
// deleted: a server that had it open lets go within a second or two.
const leavePatience = 15 * time.Second

// unclaimed waits until no journals lie beside a file that is to be made. They
// belong to a file that was deleted while a program had it open, which SQLite would
// take for the new one's: the two would write through one index.
func unclaimed(ctx context.Context, path string, patience time.Duration) error {
	for start := time.Now(); ; {
		var left string
		for _, journal := range []string{path + "-wal", path + "-shm"} {
			if _, err := os.Stat(journal); err == nil {
				left = journal
			}
		}
		if _, err := os.Stat(path); left == "" || err == nil { // another handle made the file: they are its
			return nil
		}
		if time.Since(start) > patience {
			return fmt.Errorf("%w: %s belongs to a file that was deleted, and another program may still have it open; stop that program, or delete the journal if none runs", data.ErrUnavailable, left)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// tidyOrphans removes the journals of a file that was deleted under the store, once
// all of its connections are closed. SQLite leaves them, since it does not know
// whose they are by then; where another file lies at the path, neither do we.
func (s *Store) tidyOrphans() error {
	if _, err := os.Stat(s.path); s.access != readWrite || !errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	var failed error
	for _, journal := range []string{s.path + "-wal", s.path + "-shm"} {
		if err := os.Remove(journal); err != nil && !errors.Is(err, fs.ErrNotExist) {
			failed = errors.Join(failed, err)
		}
	}
	return failed
}
