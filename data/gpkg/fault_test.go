package gpkg_test

import (
	"context"
	"path/filepath"
	"testing"

	"gridatlas/data"
	"gridatlas/data/gpkg"
	"gridatlas/data/storetest"
)

// TestFaults fails every write, sync, truncation and removal of a file.
func TestFaults(t *testing.T) {
	for name, faults := range map[string]storetest.Faults{
		"new file":      {Sets: 1},
		"apply":         {Before: 1, Sets: 2},
		"older catalog": {Before: 1, Sets: 1, Prepare: older},
		"older tables": {Before: 1, Sets: 1, Older: func(ctx context.Context, path string) (data.Store, error) {
			return gpkg.OpenOlder(ctx, path, 2)
		}, Prepare: func(tb testing.TB, path string) {
			db := plain(tb, path)
			defer db.Close()
			if last := ask[int](tb, db, "SELECT max(version_id) FROM gridatlas_migrations"); last != 2 {
				tb.Fatalf("the older file has migration %d", last)
			}
		}},
	} {
		t.Run(name, func(t *testing.T) {
			faults.Address = func(folder string) string { return filepath.Join(folder, "city.gpkg") }
			faults.Closed, faults.Sample = whole, 12
			storetest.FaultLoop(t, backend, faults)
		})
	}
}

// older takes a field from a file that the catalog has, and its title.
func older(tb testing.TB, path string) {
	tb.Helper()
	db := plain(tb, path)
	defer db.Close()
	for _, statement := range []string{
		"ALTER TABLE shelters DROP COLUMN keeper",
		"DELETE FROM gpkg_data_columns WHERE table_name = 'shelters' AND column_name = 'keeper'",
	} {
		if _, err := db.ExecContext(tb.Context(), statement); err != nil {
			tb.Fatal(err)
		}
	}
}

// whole holds that SQLite finds no fault in a file, that every title is there
// once, and that nothing lies beside the file.
func whole(tb testing.TB, path string) {
	tb.Helper()
	db := plain(tb, path)
	if got := ask[string](tb, db, "PRAGMA integrity_check"); got != "ok" {
		tb.Errorf("integrity_check: %s", got)
	}
	if n := ask[int](tb, db, "SELECT count(*) FROM gpkg_data_columns WHERE table_name = 'shelters' AND column_name = 'keeper'"); n != 1 {
		tb.Errorf("the title of a field is there %d times", n)
	}
	if err := db.Close(); err != nil {
		tb.Error(err)
	}
	oneFile(tb, path)
}
