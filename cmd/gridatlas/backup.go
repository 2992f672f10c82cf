package main

import (
	"context"
	"errors"
	"io/fs"

	"gridatlas/data/gpkg"
)

type backupCommand struct {
	Store string `default:"gridatlas.gpkg" help:"GeoPackage file or postgres:// URL."`
	JSON  bool   `help:"Write the outcome as JSON."`
	File  string `arg:"" help:"GeoPackage to write; must not be there yet."`
}

// Run writes a store that may be in use into one sealed GeoPackage.
func (c *backupCommand) Run(ctx context.Context, con *console) error {
	store, err := openExisting(ctx, c.Store)
	if err != nil {
		return err
	}
	defer store.Close()
	t := newTransfer(con, store, "backing up")
	err = gpkg.Backup(ctx, t, c.File)
	t.bar.finish()
	if errors.Is(err, fs.ErrExist) {
		return standingError{err}
	}
	if err != nil {
		return transferFailed(con, c.JSON, err)
	}
	if err := store.Close(); err != nil {
		return err
	}
	return t.print(con.out, c.JSON, "backed up to", c.File, t.source)
}
