package ledger

import (
	"cmp"
	"context"
	"slices"

	"gridatlas/geo"
)

// Written is what a store lends to read what one change set wrote, all at one
// instant: features of a layer by id, beyond an id and as many as limit.
type Written interface {
	// Standing gives live features that a revision wrote.
	Standing(ctx context.Context, revision int64, layer geo.Layer, beyond int64, limit int) ([]geo.Feature, error)
	// Superseded gives states that a revision wrote and that were replaced or
	// deleted since.
	Superseded(ctx context.Context, revision int64, layer geo.Layer, beyond int64, limit int) ([]geo.Past, error)
	// Ended gives states that a revision replaced or deleted.
	Ended(ctx context.Context, revision int64, layer geo.Layer, beyond int64, limit int) ([]geo.Past, error)
}

// Deeds puts together what a change set did. It holds no more than three times as
// many features as limit.
func Deeds(ctx context.Context, from Written, revision int64, beyond geo.Key, limit int) ([]geo.Deed, error) {
	var deeds []geo.Deed
	started := beyond.Layer == ""
	for _, schema := range geo.Catalog() {
		after := int64(0)
		if schema.Layer == beyond.Layer {
			started, after = true, beyond.ID
		}
		if !started || len(deeds) >= limit {
			continue
		}
		found, err := layerDeeds(ctx, from, revision, schema.Layer, after, limit-len(deeds))
		if err != nil {
			return nil, err
		}
		deeds = append(deeds, found...)
	}
	return deeds, nil
}

func layerDeeds(ctx context.Context, from Written, revision int64, layer geo.Layer, beyond int64, limit int) ([]geo.Deed, error) {
	standing, err := from.Standing(ctx, revision, layer, beyond, limit)
	if err != nil {
		return nil, err
	}
	superseded, err := from.Superseded(ctx, revision, layer, beyond, limit)
	if err != nil {
		return nil, err
	}
	ended, err := from.Ended(ctx, revision, layer, beyond, limit)
	if err != nil {
		return nil, err
	}
	deeds := map[geo.Key]*geo.Deed{}
	of := func(f geo.Feature) *geo.Deed {
		key := geo.KeyOf(f)
		if deeds[key] == nil {
			deeds[key] = &geo.Deed{Key: key}
		}
		return deeds[key]
	}
	for _, f := range standing {
		of(f).After = f
	}
	for _, past := range superseded {
		deed := of(past.Feature)
		deed.After, deed.Ended = past.Feature, past.Ended
	}
	for _, past := range ended {
		of(past.Feature).Before = past.Feature
	}
	list := make([]geo.Deed, 0, len(deeds))
	for _, deed := range deeds {
		list = append(list, *deed)
	}
	slices.SortFunc(list, func(a, b geo.Deed) int { return cmp.Compare(a.Key.ID, b.Key.ID) })
	// Of three lists that may have been cut off, the first ones by id are whole.
	return list[:min(limit, len(list))], nil
}
