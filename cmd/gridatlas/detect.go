package main

import (
	"context"
	"errors"
	"fmt"

	"gridatlas/data/files"
	"gridatlas/geo"
	"gridatlas/geo/datum"
	"gridatlas/geo/snapshot"
)

// sampled is how many rows of a table are held against the map.
const sampled = 1000

// detect says under which coordinate system the rows of a file fit the map that is
// known, and which flag says so. It never decides: a wrong datum puts everything
// half a kilometre off, and nobody sees it.
func (c *importCommand) detect(ctx context.Context, file string, r *report) error {
	store, s, err := openMap(ctx, c.Store)
	if errors.Is(err, geo.ErrNotFound) {
		return c.detectOn(ctx, snapshot.Empty(), file, r)
	}
	if err != nil {
		return err
	}
	defer store.Close()
	return c.detectOn(ctx, s, file, r)
}

func (c *importCommand) detectOn(ctx context.Context, s *snapshot.Snapshot, file string, r *report) error {
	in, err := c.openRows(ctx, file, nil)
	if err != nil {
		return err
	}
	defer in.Close()
	for i := range in.wanted {
		t := &in.wanted[i]
		if t.schema == nil || t.schema.Allows(geo.NoShape) {
			continue
		}
		spots, err := files.Sample(ctx, t.Table, t.schema, c.mapping, sampled)
		var fault *files.RowFault
		if errors.As(err, &fault) || err == nil && len(spots) == 0 {
			continue // the report of the rows says what is wrong, or that none has a place
		}
		if err != nil {
			return err
		}
		claims := make([]datum.Claim, len(spots))
		for i := range spots {
			claims[i] = datum.Claim{Layer: t.schema.Layer, Shape: spots[i].Geometry.Orb(), Name: spots[i].Name, Place: spots[i].Place}
		}
		found := datum.Examine(s, claims)
		r.Systems = append(r.Systems, fmt.Sprintf("which coordinates these are, by the map that is known (%s):", t.Name))
		for _, line := range found.Lines() {
			r.Systems = append(r.Systems, "  "+line)
		}
		if found.Clear {
			best := found.Candidates[0]
			r.System = best.String()
			if !best.Swapped {
				r.Systems = append(r.Systems, fmt.Sprintf("say so with --crs %s", best.System))
			} else {
				r.Systems = append(r.Systems, fmt.Sprintf("x and y are swapped: map their columns the other way (--map), then say --crs %s", best.System))
			}
		}
	}
	return nil
}
