package main

import (
	"context"

	"gridatlas/data"
	"gridatlas/geo"
)

// writable is the store of a node as the routes that write see it: while the node
// has none, it is away.
type writable struct{ node *node }

func (w writable) Apply(ctx context.Context, set geo.ChangeSet) (geo.Head, error) {
	store, err := w.node.current()
	if err != nil {
		return geo.Head{}, err
	}
	return store.Apply(ctx, set)
}

func (w writable) Record(ctx context.Context, kind, key string) (geo.Record, error) {
	store, err := w.node.current()
	if err != nil {
		return geo.Record{}, err
	}
	return store.Record(ctx, kind, key)
}

func (w writable) Records(ctx context.Context, kind string, each func(geo.Record) error) error {
	store, err := w.node.current()
	if err != nil {
		return err
	}
	return store.Records(ctx, kind, each)
}

func (w writable) Log(ctx context.Context, since int64, limit int) ([]geo.Header, error) {
	store, err := w.node.current()
	if err != nil {
		return nil, err
	}
	return store.Log(ctx, since, limit)
}

func (w writable) Headers(ctx context.Context, revisions []int64) ([]geo.Header, error) {
	store, err := w.node.current()
	if err != nil {
		return nil, err
	}
	return store.Headers(ctx, revisions)
}

func (w writable) Deeds(ctx context.Context, revision int64, beyond geo.Key, limit int) ([]geo.Deed, error) {
	store, err := w.node.current()
	if err != nil {
		return nil, err
	}
	return store.Deeds(ctx, revision, beyond, limit)
}

func (w writable) History(ctx context.Context, key geo.Key) ([]geo.Past, error) {
	store, err := w.node.current()
	if err != nil {
		return nil, err
	}
	return store.History(ctx, key)
}

// current is the store that the node has open.
func (n *node) current() (data.Store, error) {
	if store := n.store.Load(); store != nil {
		return *store, nil
	}
	return nil, data.ErrUnavailable
}
