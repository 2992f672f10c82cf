package access

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gridatlas/geo"
)

// Store is what a Book asks of a store: data.Store has it.
type Store interface {
	geo.RecordReader
	Apply(ctx context.Context, set geo.ChangeSet) (geo.Head, error)
}

// Book keeps accounts, sessions and tokens in a store, with a log of what was done
// with them. Its methods may be called by several goroutines; what one node writes
// counts at once on every other, since each question is put to the store.
type Book struct {
	store  Store
	now    func() time.Time
	hasher *Hasher
	brake  *brake
	known  remembered
}

// NewBook returns the book of a store.
func NewBook(store Store, now func() time.Time) *Book {
	return &Book{store: store, now: now, hasher: NewHasher(), brake: newBrake(now), known: newRemembered()}
}

// The kinds of record that a book keeps.
var (
	accounts = geo.RecordTable[Account]{Kind: "account"}    // by name
	sessions = geo.RecordTable[session]{Kind: "session"}    // by the hash of the secret
	tokens   = geo.RecordTable[Token]{Kind: "access token"} // by the hash of the secret
	log      = geo.RecordTable[Entry]{Kind: "access log"}   // by time
)

// Entry is one line of the log: who did what with whose account.
type Entry struct {
	At      time.Time `json:"at"`
	By      string    `json:"by"`      // the account that did it, or a command
	Account string    `json:"account"` // to which it was done
	What    string    `json:"what"`
}

// write stores changes of records with the line of the log that says what they are.
func (b *Book) write(ctx context.Context, entry Entry, changes ...change) error {
	return b.writeAll(ctx, []Entry{entry}, changes...)
}

// writeAll is write with several lines, at least one, all by the same.
func (b *Book) writeAll(ctx context.Context, entries []Entry, changes ...change) error {
	at := b.now().UTC()
	set := make([]geo.RecordChange, 0, len(changes)+len(entries))
	for _, entry := range entries {
		entry.At = at
		// Lines of one nanosecond are told apart by what is random in their keys.
		changes = append(changes, put(log, at.Format("2006-01-02T15:04:05.000000000Z")+" "+newSecret("")[:8], 0, entry))
	}
	for _, make := range changes {
		record, err := make()
		if err != nil {
			return err
		}
		set = append(set, record)
	}
	note := entries[0].What
	if len(entries) > 1 {
		note = fmt.Sprintf("%s, and %d more", note, len(entries)-1)
	}
	_, err := b.store.Apply(ctx, geo.ChangeSet{Author: entries[0].By, Note: note, At: at, Records: geo.RecordChanges(set...)})
	return err
}

// change makes one change of a record.
type change func() (geo.RecordChange, error)

func put[T any](t geo.RecordTable[T], key string, expect int64, value T) change {
	return func() (geo.RecordChange, error) { return t.Put(key, expect, value) }
}

func remove[T any](t geo.RecordTable[T], key string) change {
	return func() (geo.RecordChange, error) { return t.Delete(key, geo.AnyVersion), nil }
}

// Log gives the lines of the log, oldest first.
func (b *Book) Log(ctx context.Context, each func(Entry) error) error {
	return log.All(ctx, b.store, func(_ string, _ int64, e Entry) error { return each(e) })
}

// fetch reads one value. found is false when it is not there.
func fetch[T any](ctx context.Context, b *Book, t geo.RecordTable[T], key string) (value T, version int64, found bool, err error) {
	value, version, err = t.Get(ctx, b.store, key)
	if errors.Is(err, geo.ErrNotFound) {
		return value, 0, false, nil
	}
	if err != nil {
		return value, 0, false, fmt.Errorf("read the %s: %w", t.Kind, err)
	}
	return value, version, true, nil
}
