package postgis

import (
	"context"
	"testing/fstest"
)

// OpenOlder makes a store as the program did that had only the first migration.
// No other store may be opened meanwhile.
func OpenOlder(ctx context.Context, address string) (*Store, error) {
	const first = "migrations/00001_ledger.sql"
	text, err := embedded.ReadFile(first)
	if err != nil {
		return nil, err
	}
	migrations = fstest.MapFS{first: {Data: text}}
	defer func() { migrations = embedded }()
	return Open(ctx, address)
}

// MigrationLock lends the number of the lock that a starting node takes.
var MigrationLock = migrationLock
