package ledger

import (
	"context"
	"math"

	"gridatlas/geo"
)

// States is what a store lends to read an older revision, all at one instant.
type States interface {
	// Past gives superseded features of a layer that were live at a revision, by id
	// and beyond after, as many as limit.
	Past(ctx context.Context, revision int64, layer geo.Layer, after int64, limit int) ([]geo.Feature, error)
	// Live gives the features of a layer that were live at a revision and still
	// are, by id, beyond after and up to upTo.
	Live(ctx context.Context, revision int64, layer geo.Layer, after, upTo int64, each func(geo.Feature) error) error
}

// HeadAt is the head as it was at a revision, of which the log holds the hash;
// geo.ErrNotFound for one that never was.
func HeadAt(head geo.Head, revision int64, hash geo.Hash) (geo.Head, error) {
	if revision < 0 || revision > head.Revision || revision > 0 && hash == (geo.Hash{}) {
		return geo.Head{}, geo.ErrNotFound
	}
	return geo.Head{Epoch: head.Epoch, Revision: revision, Hash: hash}, nil
}

// At hands over every feature that was live at a revision, in catalog and id
// order. A block of superseded ones is read, then the live ones that belong
// between them: a store has one query at a time, and a block bounds the memory.
func At(ctx context.Context, from States, revision int64, each func(geo.Feature) error) error {
	for _, schema := range geo.Catalog() {
		if err := layerAt(ctx, from, schema.Layer, revision, each); err != nil {
			return err
		}
	}
	return nil
}

func layerAt(ctx context.Context, from States, layer geo.Layer, revision int64, each func(geo.Feature) error) error {
	for after := int64(0); ; {
		past, err := from.Past(ctx, revision, layer, after, batch)
		if err != nil {
			return err
		}
		upTo := int64(math.MaxInt64)
		if len(past) == batch {
			upTo = past[batch-1].Common().ID
		}
		rest := past
		err = from.Live(ctx, revision, layer, after, upTo, func(f geo.Feature) error {
			for len(rest) > 0 && rest[0].Common().ID < f.Common().ID {
				if err := each(rest[0]); err != nil {
					return err
				}
				rest = rest[1:]
			}
			return each(f)
		})
		if err != nil {
			return err
		}
		for _, f := range rest {
			if err := each(f); err != nil {
				return err
			}
		}
		if len(past) < batch {
			return nil
		}
		after = upTo
	}
}
