package tiles

import (
	"context"

	"gridatlas/geo/snapshot"
)

// Prepare draws what the named sets show the public of a map ahead of the questions,
// one layer after another, until ctx ends: that spares the first who ask the wait.
// Who asks meanwhile for a layer that was not begun has it drawn at once. The error is
// ctx's, or a fault in drawing a layer.
func (c *Cache) Prepare(ctx context.Context, s *snapshot.Snapshot) error {
	for _, set := range named {
		for _, r := range set.rules {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			if _, err := c.atlas.drawing(ctx, s, Public, r); err != nil {
				return err
			}
		}
	}
	b, done, err := c.atlas.bordersOf(ctx, Public)
	if err != nil {
		return err
	}
	defer done()
	_, err = b.make(ctx, s, Public)
	return err
}
