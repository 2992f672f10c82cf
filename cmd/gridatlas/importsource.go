package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"

	"gridatlas/data/files"
	"gridatlas/geo"
	"gridatlas/geo/crs"
	"gridatlas/geo/source"
)

// findSource reads or makes the source that --source names, with what the flags
// say of it.
func (c *importCommand) findSource(ctx context.Context) error {
	if c.Source == "" {
		if c.Key != "" {
			return usagef("--key belongs to --source NAME")
		}
		return nil
	}
	s := source.Source{Name: c.Source}
	store, err := openExisting(ctx, c.Store)
	if err == nil {
		var known source.Source
		known, _, err = source.Sources.Get(ctx, store, c.Source)
		if err == nil {
			s = known
		}
		store.Close()
	}
	if err != nil && !errors.Is(err, geo.ErrNotFound) {
		return err
	}
	if c.Layer != "" && s.Layer != "" && geo.Layer(c.Layer) != s.Layer {
		return usagef("source %s is a list of %s, not of %s; give the other list a name of its own", s.Name, s.Layer, c.Layer)
	}
	if c.Key != "" && s.Key != "" && c.Key != s.Key {
		return usagef("the rows of source %s are named by column %s, not %s", s.Name, s.Key, c.Key)
	}
	s.Layer, s.Key = cmp.Or(s.Layer, geo.Layer(c.Layer)), cmp.Or(s.Key, c.Key)
	if s.Layer == "" || s.Key == "" {
		return usagef("a new source needs --layer and --key, the column that names its rows")
	}
	if c.Map != "" {
		s.Columns, s.Values, s.Constants = c.mapping.Columns, c.mapping.Values, c.mapping.Constants
	}
	c.mapping = files.Mapping{Columns: s.Columns, Values: s.Values, Constants: s.Constants}
	switch {
	case c.Control != "":
		s.System, s.Control = "", c.control
	case c.CRS.System != nil:
		s.System, s.Control = c.CRS.String(), nil
	case len(s.Control) > 0:
		c.control = s.Control
	case s.System != "":
		if err := c.CRS.UnmarshalText([]byte(s.System)); err != nil {
			return err
		}
	}
	c.Layer, c.source = string(s.Layer), &s
	return nil
}

// readMap reads the mapping of --map, so that every import of the command uses it.
func (c *importCommand) readMap() error {
	if c.Map == "" {
		return nil
	}
	text, err := os.ReadFile(c.Map)
	if err != nil {
		return err
	}
	if c.mapping, err = files.ParseMapping(text); err != nil {
		return usagef("--map %s: %w", c.Map, err)
	}
	return nil
}

// readControl reads the control points of --control; their positions are in the
// system of --crs, WGS84 when there is none.
func (c *importCommand) readControl() error {
	if c.Control == "" {
		return nil
	}
	base := crs.WGS84
	if c.CRS.System != nil {
		base = *c.CRS.System
	}
	in, err := os.Open(c.Control)
	if err != nil {
		return err
	}
	defer in.Close()
	if c.control, err = crs.ReadControls(in, base); err != nil {
		return usagef("--control %s: %w", c.Control, err)
	}
	return nil
}

// fitControl makes the system of the control points that of the files, and tells
// how well the points fit.
func (c *importCommand) fitControl() error {
	if len(c.control) == 0 {
		return nil
	}
	system, residuals, err := crs.FitLocal(c.control, crs.FitOptions{})
	if err != nil {
		return usagef("control points: %w", err)
	}
	c.CRS.System = &system
	c.fitted = append(c.fitted, system.String())
	for i, r := range residuals {
		c.fitted = append(c.fitted, fmt.Sprintf("  %s is %.3f m off (%.3f east, %.3f north)",
			cmp.Or(r.Name, fmt.Sprintf("point %d", i+1)), float64(r.Off()), float64(r.East), float64(r.North)))
	}
	return nil
}
