package main

import (
	"context"
	"fmt"

	"gridatlas/data"
	"gridatlas/data/demo"
	"gridatlas/geo"
)

type demoCommand struct {
	Store string `default:"gridatlas.gpkg" help:"GeoPackage file or postgres:// URL."`
	City  string `enum:"weifang" default:"weifang" help:"Which made-up city: weifang."`
	Scale int    `help:"Number of buildings, for measuring; the city's own number by default."`
}

// Run fills an empty store; on one that holds the same city nothing happens.
func (c *demoCommand) Run(ctx context.Context, con *console) error {
	store, err := openStore(ctx, c.Store)
	if err != nil {
		return err
	}
	defer store.Close()
	head, err := fillDemo(ctx, con, store, c.Scale)
	if err != nil {
		return err
	}
	fmt.Fprintf(con.out, "%s holds the made-up city %s at revision %d\n", shown(c.Store), c.City, head.Revision)
	return store.Close()
}

func fillDemo(ctx context.Context, con *console, store data.Store, scale int) (geo.Head, error) {
	log, err := store.Log(ctx, 0, 0)
	if err != nil {
		return geo.Head{}, err
	}
	if len(log) > 0 && !isDemo(log) {
		return geo.Head{}, usagef("the store holds a real city already; name another one for the demo")
	}
	if len(log) > 0 && scale > 0 {
		return geo.Head{}, usagef("the store holds a demo city already; name another one for a demo of %d buildings", scale)
	}
	bar := newProgress(con.err, "making the demo city", "features", 0)
	defer bar.finish()
	set := demo.Weifang(demo.Options{Scale: scale})
	set.Changes = bar.counted(set.Changes)
	head, err := store.Apply(ctx, set)
	if err != nil {
		return geo.Head{}, fmt.Errorf("store the demo city: %w", err)
	}
	return head, nil
}
