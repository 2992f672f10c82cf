package gpkg_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"go.uber.org/goleak"

	"gridatlas/data"
	"gridatlas/data/gpkg"
	"gridatlas/data/storetest"
)

var backend = storetest.Backend{
	New: func(tb testing.TB) string {
		return filepath.Join(tb.TempDir(), "city.gpkg")
	},
	Open: func(ctx context.Context, address string) (data.Store, error) {
		return gpkg.Open(ctx, address)
	},
	Tamper: tamper,
}

func TestMain(m *testing.M) {
	storetest.Writer(backend)
	goleak.VerifyTestMain(m)
}

func TestStore(t *testing.T) { storetest.Run(t, backend) }

func TestKill(t *testing.T) {
	storetest.KillLoop(t, backend, storetest.Kills{Count: 50, Closed: oneFile})
}

// oneFile holds that a clean close leaves the file and nothing beside it.
func oneFile(tb testing.TB, path string) {
	tb.Helper()
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		tb.Fatal(err)
	}
	if len(entries) != 1 || entries[0].Name() != filepath.Base(path) {
		tb.Errorf("beside %s lie %v", filepath.Base(path), entries)
	}
}
