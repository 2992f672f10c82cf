package main

import (
	"context"
	"errors"
	"fmt"

	"gridatlas/data"
	"gridatlas/data/gpkg"
)

type restoreCommand struct {
	Store   string `required:"" help:"Store to fill: GeoPackage file or postgres:// URL; made if it is not there."`
	Replace bool   `help:"Replace everything that the store holds."`
	JSON    bool   `help:"Write the outcome as JSON."`
	File    string `arg:"" help:"GeoPackage to read, as backup writes it."`
}

// Run brings a store back from a backup, under another epoch: whoever followed
// it before starts anew.
func (c *restoreCommand) Run(ctx context.Context, con *console) error {
	from, err := gpkg.View(ctx, c.File)
	if err != nil {
		return err
	}
	defer from.Close()
	store, err := openStore(ctx, c.Store)
	if err != nil {
		return err
	}
	defer store.Close()
	t := newTransfer(con, from, "restoring")
	head, err := data.Copy(ctx, t, store, data.FillOptions{Replace: c.Replace, NewEpoch: true})
	t.bar.finish()
	if err != nil {
		return transferFailed(con, c.JSON, fmt.Errorf("restore %s: %w", shown(c.Store), err))
	}
	if err := errors.Join(store.Close(), from.Close()); err != nil {
		return err
	}
	return t.print(con.out, c.JSON, "restored", shown(c.Store), head)
}
