package main

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"

	"gridatlas/data"
	"gridatlas/geo"
)

type copyCommand struct {
	From    string `required:"" help:"Store to read: GeoPackage file or postgres:// URL."`
	To      string `required:"" help:"Store to fill; made if it is not there."`
	Replace bool   `help:"Replace everything that the store holds."`
	JSON    bool   `help:"Write the outcome as JSON."`
}

// Run carries a whole city into another store, with ids, history, audit and
// records.
func (c *copyCommand) Run(ctx context.Context, con *console) error {
	if c.From == c.To {
		return usagef("--from and --to name one store")
	}
	from, err := openExisting(ctx, c.From)
	if err != nil {
		return err
	}
	defer from.Close()
	to, err := openStore(ctx, c.To)
	if err != nil {
		return err
	}
	defer to.Close()
	t := newTransfer(con, from, "copying")
	head, err := data.Copy(ctx, t, to, data.FillOptions{Replace: c.Replace})
	t.bar.finish()
	if err != nil {
		return transferFailed(con, c.JSON, fmt.Errorf("copy to %s: %w", shown(c.To), err))
	}
	if err := errors.Join(to.Close(), from.Close()); err != nil {
		return err
	}
	return t.print(con.out, c.JSON, "copied to", shown(c.To), head)
}

// transfer is a store that counts what is read of it.
type transfer struct {
	from                    data.Archiver
	bar                     *progress
	features, past, records int
	source                  geo.Head
}

func newTransfer(con *console, from data.Archiver, what string) *transfer {
	return &transfer{from: from, bar: newProgress(con.err, what, "rows", 0)}
}

// Archive lends what the store lends, counted.
func (t *transfer) Archive(ctx context.Context, use func(data.Archive) error) error {
	return t.from.Archive(ctx, func(a data.Archive) error {
		t.source = a.Head
		a.Live = counted(a.Live, t.bar, &t.features)
		a.Past = counted(a.Past, t.bar, &t.past)
		a.Records = counted(a.Records, t.bar, &t.records)
		return use(a)
	})
}

// counted passes a stream on and counts it, the bar in steps.
func counted[T any](stream iter.Seq2[T, error], bar *progress, n *int) iter.Seq2[T, error] {
	const step = 100
	return func(yield func(T, error) bool) {
		for item, err := range stream {
			if !yield(item, err) {
				return
			}
			if *n++; *n%step == 0 {
				bar.add(step)
			}
		}
		bar.add(int64(*n % step))
	}
}

func (t *transfer) print(w io.Writer, asJSON bool, what, where string, head geo.Head) error {
	if asJSON {
		return json.NewEncoder(w).Encode(map[string]any{
			"to": where, "revision": head.Revision, "hash": hex.EncodeToString(head.Hash[:]),
			"features": t.features, "superseded": t.past, "records": t.records,
		})
	}
	_, err := fmt.Fprintf(w, "%s %s: %d features at revision %d, %d superseded states, %d records\n",
		what, where, t.features, head.Revision, t.past, t.records)
	return err
}

// transferFailed names every fault of a damaged source, and tells a store that
// must not be overwritten from other failures.
func transferFailed(con *console, asJSON bool, err error) error {
	var damaged *data.Damaged
	switch {
	case errors.As(err, &damaged):
		if err := printFaults(con.out, asJSON, damaged.Faults); err != nil {
			return err
		}
		return problems{err}
	case errors.Is(err, data.ErrNotEmpty):
		return standingError{fmt.Errorf("%w; --replace replaces everything it holds", err)}
	}
	return err
}
