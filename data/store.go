// Package data is the store contract in words and types. A store keeps features
// and replays what happened to them; it answers no map question (geo/snapshot
// does). data/gpkg and data/postgis keep the contract under one conformance
// suite, data/storetest.
package data

import (
	"context"
	"fmt"

	"gridatlas/geo"
)

// Store keeps one city. All methods may be called by several goroutines and end
// early with ctx's error when it is cancelled.
type Store interface {
	// Load gives every live feature, layer by layer in catalog order and by id
	// within a layer, and the head, all at one instant. The features belong to
	// the caller. An error of each ends the load and is returned.
	Load(ctx context.Context, each func(geo.Feature) error) (geo.Head, error)

	// Apply writes one change set as the next revision, or nothing. It answers
	// *geo.Conflict, *geo.Stale, *geo.RecordConflict or *geo.Violation when the set
	// does not fit; an error of one of its streams undoes all and is returned. A set
	// that changes no feature raises no revision and moves no head. Neither stream
	// may write to the store. When Apply returns without an error the change
	// set survives a crash of the program, the server and the machine.
	Apply(ctx context.Context, set geo.ChangeSet) (geo.Head, error)

	// Changes gives the newest state of every feature changed after a revision,
	// and what was deleted, at one head. Delta.SinceHash is the hash of that
	// revision by the log: the zero hash for revision 0 and for one that the
	// store does not have.
	Changes(ctx context.Context, since int64) (geo.Delta, error)

	// Log gives the headers of the change sets after a revision, oldest first, of
	// many as many as limit; 0: all.
	Log(ctx context.Context, since int64, limit int) ([]geo.Header, error)

	// Headers gives the headers of some revisions, oldest first, those that never
	// were left out.
	Headers(ctx context.Context, revisions []int64) ([]geo.Header, error)

	// Deeds gives what the change set of a revision did, by layer in catalog order
	// and by id, beyond a key and as many as limit, all at one instant. The zero key
	// begins at the first. What it costs does not depend on what came before or
	// after. geo.ErrNotFound for a revision that never was.
	Deeds(ctx context.Context, revision int64, beyond geo.Key, limit int) ([]geo.Deed, error)

	// Watch sends a hint whenever the head may have moved, also by another
	// process. Hints may be lost or too many; the channel closes with ctx.
	Watch(ctx context.Context) (<-chan struct{}, error)

	// History gives every state of one feature, oldest first, the live one last.
	// geo.ErrNotFound if there never was such a feature.
	History(ctx context.Context, key geo.Key) ([]geo.Past, error)

	// At gives every feature that was live at a revision, in the order of Load, and
	// the head as it was then, under the epoch of now. Nothing is live at revision
	// 0. geo.ErrNotFound for a revision that never was.
	At(ctx context.Context, revision int64, each func(geo.Feature) error) (geo.Head, error)

	// Records gives every record of a kind in the byte order of their keys, at one
	// instant. A kind that nobody wrote is empty.
	Records(ctx context.Context, kind string, each func(geo.Record) error) error

	// Record gives one record. geo.ErrNotFound if it is not there.
	Record(ctx context.Context, kind, key string) (geo.Record, error)

	// Archive lends everything the store holds, at one instant, until use returns.
	Archive(ctx context.Context, use func(Archive) error) error

	// Fill writes what an archive of another store holds, in one transaction: all of
	// it or nothing. It answers ErrNotEmpty when the store holds something that is
	// not to be replaced, and *Damaged when what it reads is not what the archive's
	// audit chain and sums say.
	Fill(ctx context.Context, from Archive, how FillOptions) (geo.Head, error)

	// Check reads everything again and names what does not hold: a cut or edited
	// audit chain, rows changed behind the store's back. No fault: empty.
	Check(ctx context.Context) ([]Fault, error)

	// Close ends all work; a GeoPackage is one file afterwards. An error says what
	// it could not bring into that file; what Apply acknowledged is kept all the
	// same, in the journal beside it.
	Close() error
}

// Fault is something that Check found wrong.
type Fault struct {
	Revision int64 // zero: none in particular
	Detail   string
}

func (f Fault) String() string {
	if f.Revision == 0 {
		return f.Detail
	}
	return fmt.Sprintf("revision %d: %s", f.Revision, f.Detail)
}
