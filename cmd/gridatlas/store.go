package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"gridatlas/data"
	"gridatlas/data/demo"
	"gridatlas/data/gpkg"
	"gridatlas/data/postgis"
	"gridatlas/geo"
)

// defaultStore is the file that serve makes when no store is named.
const defaultStore = "gridatlas.gpkg"

func isPostgres(location string) bool {
	return strings.HasPrefix(location, "postgres://") || strings.HasPrefix(location, "postgresql://")
}

// openStore opens a store by its location, a file or a postgres:// URL, and
// makes it if it is not there.
func openStore(ctx context.Context, location string) (data.Store, error) {
	if isPostgres(location) {
		return postgis.Open(ctx, location)
	}
	if strings.Contains(location, "://") {
		return nil, usagef("store %q is neither a file nor a postgres:// URL", location)
	}
	return gpkg.Open(ctx, location)
}

// openExisting is openStore for commands that only read: a file that is not
// there is geo.ErrNotFound and is not made.
func openExisting(ctx context.Context, location string) (data.Store, error) {
	if !isPostgres(location) {
		if _, err := os.Stat(location); errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("store %s: %w", location, geo.ErrNotFound)
		}
	}
	return openStore(ctx, location)
}

// isDemo reports whether a store holds a made-up city.
func isDemo(log []geo.Header) bool {
	for _, header := range log {
		if header.Source == demo.Source {
			return true
		}
	}
	return false
}
