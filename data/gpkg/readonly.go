package gpkg

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"golang.org/x/sys/unix"
)

// access is how a file can be opened.
type access int

const (
	readWrite access = iota // and made, if it is not there
	// readShared is for a file that may not be written while its -wal is there: a
	// server of another user has it open, and SQLite takes part in its locks.
	readShared
	// readAlone is for a file that may not be written and has no -wal. SQLite needs
	// to write beside the path to read a file in WAL mode, even on a read-only
	// disk, unless it is told that the file does not change
	// (https://www.sqlite.org/wal.html#readonly); inPlace holds it to that.
	readAlone
	// writeAside is for a new file that nobody knows of until it is whole: no
	// waiting for the disk, and a journal that leaves nothing in the file's head.
	writeAside
)

// accessOf asks the system and opens nothing: closing a handle would drop the
// locks that other handles of this program have on the file.
func accessOf(path string) access {
	err := unix.Faccessat(unix.AT_FDCWD, path, unix.W_OK, unix.AT_EACCESS)
	if !errors.Is(err, fs.ErrPermission) && !errors.Is(err, unix.EROFS) {
		return readWrite // or whatever SQLite says of it
	}
	return readingOf(path)
}

func readingOf(path string) access {
	if _, err := os.Stat(path + "-wal"); err == nil {
		return readShared
	}
	return readAlone
}

// options are those of SQLite's URI for it.
func (a access) options() map[string]string {
	switch a {
	case readShared:
		return map[string]string{"mode": "ro"}
	case readAlone:
		return map[string]string{"mode": "ro", "immutable": "1"}
	case writeAside:
		return map[string]string{"_journal_mode": "DELETE", "_synchronous": "OFF"}
	}
	return map[string]string{"_journal_mode": "WAL"}
}

// ReadOnly reports whether the file may only be read.
func (s *Store) ReadOnly() bool { return s.writable() != nil }

// writable is nil when the store may write.
func (s *Store) writable() error {
	if s.access == readWrite || s.access == writeAside {
		return nil
	}
	return fmt.Errorf("the file %s is read-only: this program may not write to it", s.path)
}
