package gpkg

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"gridatlas/data"
	"gridatlas/geo"
)

// writePatience is how long Apply and Open wait for another program's write to
// end. An import of a city holds the lock for seconds.
const writePatience = 30 * time.Second

// closePatience is how long Close waits for calls that are still at work; all of
// them look at their context between rows, so only a callback can take longer.
const closePatience = 10 * time.Second

var errClosed = errors.New("the store is closed")

// Store is one GeoPackage file: one connection that writes, and a pool that
// reads. It keeps the contract of data.Store.
type Store struct {
	path     string
	access   access
	identity os.FileInfo // of the file that was opened
	writer   *sql.DB
	readers  *sql.DB
	patience time.Duration
	scratch  string // a folder that goes with the store; empty: none

	closing context.Context // ends with errClosed
	close   context.CancelCauseFunc

	mu       sync.Mutex // guards what follows
	closed   bool
	running  sync.WaitGroup // Add under mu while not closed
	watchers map[chan struct{}]struct{}
}

var _ data.Store = (*Store)(nil)

// Open opens the GeoPackage at path, makes it if it is not there, and brings its
// tables up to date. A file of another program is refused. A file that may not be
// written, by its mode or on a read-only disk, is opened for reading: Apply is
// then an error, and nothing is written beside it.
func Open(ctx context.Context, path string) (*Store, error) {
	if err := inFolder(path); err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		if err := unix.Access(filepath.Dir(path), unix.W_OK); err != nil { // SQLite would miss the file
			return nil, fmt.Errorf("make %s: its folder may not be written: %w", path, err)
		}
		if err := unclaimed(ctx, path, leavePatience); err != nil {
			return nil, fmt.Errorf("make %s: %w", path, err)
		}
	}
	// While another handle makes the file or turns its journal to WAL, SQLite
	// answers that it is busy without waiting: there is nothing to wait in yet.
	for start := time.Now(); ; {
		s, err := open(ctx, path, accessOf(path))
		if !isBusy(err) || time.Since(start) > writePatience {
			return s, err
		}
		select {
		case <-ctx.Done():
			return nil, err
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// inFolder says in words what SQLite would not.
func inFolder(path string) error {
	if info, err := os.Stat(filepath.Dir(path)); err != nil || !info.IsDir() {
		return errors.New("the folder is not there")
	}
	return nil
}

func open(ctx context.Context, path string, how access) (*Store, error) {
	s := &Store{path: path, access: how, patience: writePatience, watchers: map[chan struct{}]struct{}{}}
	s.closing, s.close = context.WithCancelCause(context.Background())
	var err error
	if s.writer, err = openPool(path, s.access, 1); err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	if s.readers, err = openPool(path, s.access, 0); err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	if err := s.prepare(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("open %s: %w", path, err), s.readers.Close(), s.writer.Close())
	}
	return s, nil
}

func (s *Store) prepare(ctx context.Context) error {
	for _, pool := range []*sql.DB{s.writer, s.readers} {
		if s.access != readWrite {
			break // they are about writing
		}
		if err := with(ctx, pool, session.assertPragmas); err != nil {
			return err
		}
	}
	if err := s.migrate(ctx); err != nil {
		return err
	}
	var err error
	s.identity, err = os.Stat(s.path)
	return err
}

// enter notes that a call began, on a file that is still there. Its context ends with the caller's or with
// Close; done must be called.
func (s *Store) enter(ctx context.Context) (inner context.Context, done func(), err error) {
	if err := ctx.Err(); err != nil {
		return nil, nil, err
	}
	if err := s.inPlace(); err != nil {
		return nil, nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil, nil, errClosed
	}
	s.running.Add(1)
	inner, cancel := context.WithCancelCause(ctx)
	stop := context.AfterFunc(s.closing, func() { cancel(errClosed) })
	return inner, func() { stop(); cancel(nil); s.running.Done() }, nil
}

// Close ends all calls, brings the journal into the file and leaves that file
// alone, unless another program has it open. A second Close does nothing.
func (s *Store) Close() error {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return nil
	}
	s.closed = true
	s.mu.Unlock()
	s.close(errClosed)

	ended := make(chan struct{})
	go func() { s.running.Wait(); close(ended) }()
	select {
	case <-ended:
	case <-time.After(closePatience):
		return fmt.Errorf("close %s: a call is still at work after %v", s.path, closePatience)
	}
	// The last connection to go removes the journal.
	err := s.readers.Close()
	brought := with(context.Background(), s.writer, func(c session) error {
		if s.access != readWrite {
			return nil
		}
		row, err := c.One("PRAGMA wal_checkpoint(TRUNCATE)")
		if err == nil && len(row) > 0 && row[0] != int64(0) {
			return nil // somebody else reads on: it is theirs to tidy up
		}
		return err
	})
	if brought != nil { // the next close that can brings it in
		brought = fmt.Errorf("what was stored last may still be in %s-wal, keep both files together: %w", filepath.Base(s.path), brought)
	}
	err = errors.Join(err, brought)
	err = errors.Join(err, s.writer.Close(), s.tidyOrphans())
	if s.scratch != "" {
		err = errors.Join(err, os.RemoveAll(s.scratch))
	}
	if err != nil {
		return fmt.Errorf("close %s: %w", s.path, err)
	}
	return nil
}

// read runs f in a transaction that sees one instant.
func (s *Store) read(ctx context.Context, f func(ctx context.Context, c session) error) error {
	ctx, done, err := s.enter(ctx)
	if err != nil {
		return err
	}
	defer done()
	err = with(ctx, s.readers, func(c session) error {
		return c.transaction(func() error { return c.Exec("BEGIN DEFERRED") }, func() error { return f(ctx, c) })
	})
	if err == nil && s.access == readAlone {
		err = s.inPlace() // without locks only the file's age tells that it stood still
	}
	return err
}

// head reads the head row.
func (c session) head() (geo.Head, error) {
	row, err := c.One("SELECT epoch, revision, hash FROM gridatlas_head")
	if err != nil {
		return geo.Head{}, err
	}
	if len(row) == 0 {
		return geo.Head{}, errors.New("the head row is gone")
	}
	return headOf(row)
}

// hashOf returns the hash of one revision, zero for a revision that is not there.
func (c session) hashOf(revision int64) (hash geo.Hash, err error) {
	row, err := c.One("SELECT hash FROM gridatlas_log WHERE revision = ?", revision)
	if err == nil && len(row) > 0 {
		stored, _ := row[0].([]byte)
		copy(hash[:], stored)
	}
	return hash, err
}

func headOf(row []driver.Value) (head geo.Head, err error) {
	var ok [2]bool
	head.Epoch, ok[0] = row[0].(int64)
	head.Revision, ok[1] = row[1].(int64)
	hash, _ := row[2].([]byte)
	if ok != [2]bool{true, true} || len(hash) != sha256.Size {
		return geo.Head{}, errors.New("the head row holds no epoch, revision or hash")
	}
	return geo.Head{Epoch: head.Epoch, Revision: head.Revision, Hash: geo.Hash(hash)}, nil
}
