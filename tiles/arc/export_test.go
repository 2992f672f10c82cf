package arc

import "context"

// Draw makes a zoom anew each time.
func (b *Borders) Draw(ctx context.Context, zoom int) (*Zoom, error) { return b.draw(ctx, zoom) }

// Patched reports whether the borders were made from others without a survey.
func (b *Borders) Patched(from *Borders) bool { return b != from && b.ground.tree == from.ground.tree }
