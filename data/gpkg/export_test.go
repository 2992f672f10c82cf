package gpkg

import (
	"context"
	"database/sql"
	"fmt"
	"io/fs"
	"testing/fstest"
	"time"
)

// SetPatience shortens the wait for another program's write.
func (s *Store) SetPatience(d time.Duration) { s.patience = d }

// OpenAlone opens the file as one that may not be written.
func OpenAlone(ctx context.Context, path string) (*Store, error) { return open(ctx, path, readAlone) }

// OpenOlder opens or makes a file as the program did whose last migration had
// that number. No other store may be opened meanwhile.
func OpenOlder(ctx context.Context, path string, last int) (*Store, error) {
	older := fstest.MapFS{}
	for number := range last {
		names, err := fs.Glob(embedded, fmt.Sprintf("migrations/%05d_*.sql", number+1))
		if err != nil {
			return nil, err
		}
		for _, name := range names { // the first one became a step of its own
			text, err := embedded.ReadFile(name)
			if err != nil {
				return nil, err
			}
			older[name] = &fstest.MapFile{Data: text}
		}
	}
	migrations = older
	defer func() { migrations = embedded }()
	return open(ctx, path, readWrite)
}

// Pragma asks a connection of the writer and one of the readers.
func (s *Store) Pragma(ctx context.Context, name string) (answers [2]string, err error) {
	for i, pool := range []*sql.DB{s.writer, s.readers} {
		if err := pool.QueryRowContext(ctx, "PRAGMA "+name).Scan(&answers[i]); err != nil {
			return answers, err
		}
	}
	return answers, nil
}
