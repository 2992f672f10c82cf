package main

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"

	"gridatlas/data/postgis"
	"gridatlas/geo/snapshot"
)

// noCache is the folder that says that no copy of the map is kept; an empty one
// says the same.
const noCache = "none"

// defaultCacheDir is where nodes of this user keep their copies. A user without a
// home has none.
func defaultCacheDir() string {
	folder, err := os.UserCacheDir()
	if err != nil {
		return noCache
	}
	return filepath.Join(folder, "gridatlas")
}

// snapshotFile names the file in which a node keeps the map of a store, nil for
// none. Its name is a hash: the address of a database is nobody else's business.
// Beside the store it would be lost together with it.
func snapshotFile(folder, location string) (*snapshot.File, error) {
	identity, err := storeIdentity(location)
	if err != nil || folder == "" || folder == noCache {
		return nil, err
	}
	if !isPostgres(location) && sameFolder(folder, filepath.Dir(location)) {
		return nil, usagef("--cache-dir %s is the folder of the store: what is lost there would take both", folder)
	}
	sum := sha256.Sum256([]byte(identity))
	return &snapshot.File{Path: filepath.Join(folder, hex.EncodeToString(sum[:12])+".snapshot")}, nil
}

// storeIdentity is the same for all ways of naming one store, and without the
// password that a location may hold.
func storeIdentity(location string) (string, error) {
	if isPostgres(location) {
		identity, err := postgis.Identity(location)
		if err != nil {
			return "", usageError{err}
		}
		return identity, nil
	}
	if strings.Contains(location, "://") {
		return "", errStrangeStore
	}
	path, err := filepath.Abs(location)
	return "file " + path, err
}

func sameFolder(a, b string) bool {
	infoA, errA := os.Stat(a)
	infoB, errB := os.Stat(b)
	return errA == nil && errB == nil && os.SameFile(infoA, infoB)
}
