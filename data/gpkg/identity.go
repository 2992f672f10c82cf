package gpkg

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

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
