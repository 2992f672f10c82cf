package arc

import "context"

// Draw makes a zoom anew each time.
func (b *Borders) Draw(ctx context.Context, zoom int) (*Zoom, error) { return b.draw(ctx, zoom) }
