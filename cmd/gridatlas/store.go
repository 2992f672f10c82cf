package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"slices"
	"strings"

	"gridatlas/data"
	"gridatlas/data/demo"
	"gridatlas/data/gpkg"
	"gridatlas/data/osm"
	"gridatlas/data/postgis"
	"gridatlas/geo"
	"gridatlas/geo/snapshot"
)

// defaultStore is the file that serve makes when no store is named.
const defaultStore = "gridatlas.gpkg"

func isPostgres(location string) bool {
	return strings.HasPrefix(location, "postgres://") || strings.HasPrefix(location, "postgresql://")
}

var errStrangeStore = usagef("a store is a file or a postgres:// URL")

// openStore opens a store by its location, a file or a postgres:// URL, and
// makes it if it is not there.
func openStore(ctx context.Context, location string) (data.Store, error) {
	if isPostgres(location) {
		return postgis.Open(ctx, location)
	}
	if strings.Contains(location, "://") {
		return nil, errStrangeStore
	}
	return gpkg.Open(ctx, location)
}

// openExisting is openStore for commands that only read: a store that is not
// there is geo.ErrNotFound and is not made, so that a slip in a name does not
// pass as a sound, empty city.
func openExisting(ctx context.Context, location string) (data.Store, error) {
	there := true
	if isPostgres(location) {
		var err error
		if there, err = postgis.Exists(ctx, location); err != nil {
			return nil, err
		}
	} else if _, err := os.Stat(location); errors.Is(err, fs.ErrNotExist) {
		there = false
	}
	if !there {
		return nil, fmt.Errorf("store %s: %w", shown(location), geo.ErrNotFound)
	}
	return openStore(ctx, location)
}

// openMap opens a store that is there and loads its map.
func openMap(ctx context.Context, location string) (data.Store, *snapshot.Snapshot, error) {
	store, err := openExisting(ctx, location)
	if err != nil {
		return nil, nil, err
	}
	s, err := snapshot.Load(ctx, store)
	if err != nil {
		return nil, nil, errors.Join(err, store.Close())
	}
	return store, s, nil
}

// shown is a location without the password that it may hold.
func shown(location string) string {
	if !isPostgres(location) {
		return location
	}
	u, err := url.Parse(location)
	if err != nil {
		return "postgres://…"
	}
	return u.Redacted()
}

// credits are the words that go with whatever a store's data is written to: who must
// be named, and the mark of made-up ground; empty where there is none.
func credits(log []geo.Header) (attribution, mark string) {
	var names []string
	if isDemo(log) {
		names, mark = append(names, demo.Source), demo.Mark
	}
	if hasSource(log, osm.Licence) {
		names = append(names, osm.Licence)
	}
	return strings.Join(names, "；"), mark
}

// isDemo reports whether a store holds a made-up city.
func isDemo(log []geo.Header) bool { return hasSource(log, demo.Source) }

func hasSource(log []geo.Header, source string) bool {
	return slices.ContainsFunc(log, func(h geo.Header) bool { return h.Source == source })
}
