package gpkg

import (
	"context"
	"database/sql"
	"time"
)

// SetPatience shortens the wait for another program's write.
func (s *Store) SetPatience(d time.Duration) { s.patience = d }

// OpenAlone opens the file as one that may not be written.
func OpenAlone(ctx context.Context, path string) (*Store, error) { return open(ctx, path, readAlone) }

// Pragma asks a connection of the writer and one of the readers.
func (s *Store) Pragma(ctx context.Context, name string) (answers [2]string, err error) {
	for i, pool := range []*sql.DB{s.writer, s.readers} {
		if err := pool.QueryRowContext(ctx, "PRAGMA "+name).Scan(&answers[i]); err != nil {
			return answers, err
		}
	}
	return answers, nil
}
