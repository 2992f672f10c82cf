package report

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"time"
	"unicode/utf8"

	"gridatlas/geo"
	"gridatlas/geo/personal"
	"gridatlas/geo/photo"
)

// Store is what a Book asks of a store: data.Store has it.
type Store interface {
	geo.RecordReader
	Apply(ctx context.Context, set geo.ChangeSet) (geo.Head, error)
}

// Limits bound what strangers put into a store, whoever they are, so that no flood
// fills the disk. Zero values are those of DefaultLimits.
type Limits struct {
	PerDay     int   // reports accepted on one day of UTC
	Open       int   // reports that are not answered
	PhotoBytes int64 // photos of these
}

// DefaultLimits are those of a city: a report takes some 1 KB, so 64 MB of reports
// at most wait beside their photos.
var DefaultLimits = Limits{PerDay: 2000, Open: 20_000, PhotoBytes: 1 << 29}

// FullError says that a limit is reached: nothing more is accepted until tomorrow, or
// until some are answered.
type FullError struct{ Limit string }

// The limits of a FullError.
const (
	FullDay    = "day"
	FullOpen   = "open"
	FullPhotos = "photos" // a report without a photo is accepted
)

func (e *FullError) Error() string { return "no more reports are accepted: limit " + e.Limit }

// ChangedError says that a report is not as the mover saw it.
type ChangedError struct{ Now Held }

func (e *ChangedError) Error() string {
	return fmt.Sprintf("the report was changed meanwhile: it is %s", e.Now.State())
}

// Held is a report with its number, and the version to name when it is moved.
type Held struct {
	Receipt Receipt
	Report
	Version int64
}

// Book keeps reports in a store. Its methods may be called by several goroutines, and
// several books may be over one store.
type Book struct {
	store   Store
	now     func() time.Time
	limits  Limits
	promise Promise
}

// NewBook returns the book of a store, by which reports are accepted with a promise.
func NewBook(store Store, now func() time.Time, limits Limits, promise Promise) *Book {
	if limits.PerDay == 0 {
		limits.PerDay = DefaultLimits.PerDay
	}
	if limits.Open == 0 {
		limits.Open = DefaultLimits.Open
	}
	if limits.PhotoBytes == 0 {
		limits.PhotoBytes = DefaultLimits.PhotoBytes
	}
	return &Book{store: store, now: now, limits: limits, promise: promise}
}

// The kinds of record that a book keeps. Reports move from the one table to the other
// when they are answered, so that a list of those that wait costs what waits.
var (
	open     = geo.RecordTable[Report]{Kind: "report"} // by number, as the next two
	answered = geo.RecordTable[Report]{Kind: "report answered"}
	photos   = geo.RecordTable[photo.Kept]{Kind: "report photo"}
	tallies  = geo.RecordTable[tally]{Kind: "report tally"}
	log      = geo.RecordTable[Entry]{Kind: "report log"} // by time
)

// AnswerDays is within how many working days an answer is promised; 0: none is.
func (b *Book) AnswerDays() int { return b.promise.Days }

// MaxPhoto is how large a photo may be, in bytes: in JSON it takes a third more.
const MaxPhoto = geo.MaxRecordValue/4*3 - 1<<10

// tally counts what the limits are about. Every write that changes the counts writes
// it, so that they are exact, whoever else writes.
type tally struct {
	Day        string `json:"day"`
	Today      int    `json:"today"`
	Open       int    `json:"open"`
	PhotoBytes int64  `json:"photo_bytes"`
}

const theTally = "all"

// Entry is one line of the log: who moved which report.
type Entry struct {
	At      time.Time `json:"at"`
	By      string    `json:"by"`
	Receipt Receipt   `json:"receipt"`
	From    State     `json:"from"`
	To      State     `json:"to"`
}

// tries is how often a write is made anew when another one counted meanwhile. Each
// time, at least one of those who write at once gets through.
const tries = 32

// Accept keeps a report under a number, with its photo if there is one, and accepts it
// now. Accepting what was accepted already changes nothing and is no error. Errors are
// *FullError, ErrUnfit, and those of the store.
func (b *Book) Accept(ctx context.Context, number Receipt, r Report, jpeg []byte) error {
	r.Note = Text(r.Note)
	switch {
	case !slices.Contains(KindsOf(r.Layer), r.Kind):
		return unfit("%q is none of the kinds of %q", r.Kind, r.Layer)
	case r.Kind == Other && r.Note == "":
		return unfit("something else needs a note")
	case utf8.RuneCountInString(r.Note) > MaxNote:
		return unfit("the note is longer than %d characters", MaxNote)
	case personal.Number(r.Note):
		return unfit("the note holds what looks like the number of a mobile phone or of an identity card")
	case len(jpeg) > MaxPhoto:
		return unfit("the photo has %d bytes, at most %d are kept", len(jpeg), MaxPhoto)
	}
	at := b.now().UTC()
	r.Photo, r.Answer, r.Due = len(jpeg) > 0, "", b.promise.Day(at)
	r.Steps = []Step{{State: Accepted, At: at.Truncate(time.Second)}}
	return b.counted(ctx, func(t *tally) ([]geo.RecordChange, error) {
		_, err := b.Get(ctx, number)
		if !errors.Is(err, geo.ErrNotFound) {
			return nil, err // nil: it was accepted before
		}
		if day := at.Format(time.DateOnly); t.Day != day {
			t.Day, t.Today = day, 0
		}
		t.Today++
		t.Open++
		t.PhotoBytes += int64(len(jpeg))
		switch {
		case t.Today > b.limits.PerDay:
			return nil, &FullError{FullDay}
		case t.Open > b.limits.Open:
			return nil, &FullError{FullOpen}
		case len(jpeg) > 0 && t.PhotoBytes > b.limits.PhotoBytes:
			return nil, &FullError{FullPhotos}
		}
		changes := []geo.RecordChange{}
		change, err := open.Put(string(number), 0, r)
		if err != nil {
			return nil, err
		}
		changes = append(changes, change)
		if r.Photo {
			if change, err = photos.Put(string(number), 0, photo.Kept{JPEG: jpeg}); err != nil {
				return nil, err
			}
			changes = append(changes, change)
		}
		return changes, nil
	}, geo.ChangeSet{Note: "report " + string(number), At: at})
}

// counted writes changes of records together with the tally that they leave. No
// changes: nothing is written.
func (b *Book) counted(ctx context.Context, change func(*tally) ([]geo.RecordChange, error), set geo.ChangeSet) error {
	for try := 1; ; try++ {
		t, version, err := tallies.Get(ctx, b.store, theTally)
		if err != nil && !errors.Is(err, geo.ErrNotFound) {
			return fmt.Errorf("read the tally of reports: %w", err)
		}
		was := t
		changes, err := change(&t)
		if err != nil || len(changes) == 0 {
			return err
		}
		if t != was {
			counts, err := tallies.Put(theTally, version, t)
			if err != nil {
				return err
			}
			changes = append(changes, counts)
		}
		set.Records = geo.RecordChanges(changes...)
		_, err = b.store.Apply(ctx, set)
		var record *geo.RecordConflict
		if err == nil || !errors.As(err, &record) || try == tries {
			return err
		}
	}
}

// Get reads a report. geo.ErrNotFound: there is none of this number.
func (b *Book) Get(ctx context.Context, number Receipt) (Held, error) {
	for _, table := range []geo.RecordTable[Report]{open, answered, open} { // it may be answered between two looks
		r, version, err := table.Get(ctx, b.store, string(number))
		if !errors.Is(err, geo.ErrNotFound) {
			return Held{number, r, version}, err
		}
	}
	return Held{}, geo.ErrNotFound
}

// Photo reads the photo of a report, a JPEG. geo.ErrNotFound: there is none, or none
// any more.
func (b *Book) Photo(ctx context.Context, number Receipt) ([]byte, error) {
	p, _, err := photos.Get(ctx, b.store, string(number))
	return p.JPEG, err
}

// Open reads every report that is not answered, by number. An error of each ends it
// and is returned.
func (b *Book) Open(ctx context.Context, each func(Held) error) error {
	return all(ctx, b.store, open, each)
}

// Answered reads every report that is answered, by number.
func (b *Book) Answered(ctx context.Context, each func(Held) error) error {
	return all(ctx, b.store, answered, each)
}

func all(ctx context.Context, from Store, table geo.RecordTable[Report], each func(Held) error) error {
	return table.All(ctx, from, func(number string, version int64, r Report) error {
		return each(Held{Receipt(number), r, version})
	})
}

// Log gives the lines of the log, oldest first.
func (b *Book) Log(ctx context.Context, each func(Entry) error) error {
	return log.All(ctx, b.store, func(_ string, _ int64, e Entry) error { return each(e) })
}

// Move brings a report, as somebody saw it at a version, to another state, and returns
// it as it stands then. The move that was made last, sent again, changes nothing.
// Errors are geo.ErrNotFound, *ChangedError, ErrUnfit, and those of the store.
func (b *Book) Move(ctx context.Context, number Receipt, version int64, m Move) (Held, error) {
	at := b.now().UTC()
	err := b.counted(ctx, func(t *tally) ([]geo.RecordChange, error) {
		held, err := b.Get(ctx, number)
		switch {
		case err != nil:
			return nil, err
		case held.Version != version && held.did(m):
			return nil, nil
		case held.Version != version:
			return nil, &ChangedError{held}
		}
		next, err := held.after(m, at)
		if err != nil {
			return nil, err
		}
		return b.moved(ctx, t, held, next, m)
	}, geo.ChangeSet{Author: m.By, Note: fmt.Sprintf("report %s: %s", number, m.To), At: at})
	if err != nil {
		return Held{}, err
	}
	return b.Get(ctx, number)
}

// moved returns the changes that make a report what it is next, and counts them.
func (b *Book) moved(ctx context.Context, t *tally, held Held, next Report, m Move) ([]geo.RecordChange, error) {
	key, at := string(held.Receipt), next.Steps[len(next.Steps)-1].At
	line, err := log.Put(at.Format(time.RFC3339)+" "+rand.Text()[:12], 0, Entry{At: at, By: m.By, Receipt: held.Receipt, From: held.State(), To: m.To})
	if err != nil {
		return nil, err
	}
	if m.To != Answered {
		change, err := open.Put(key, held.Version, next)
		return []geo.RecordChange{line, change}, err
	}
	change, err := answered.Put(key, 0, next)
	if err != nil {
		return nil, err
	}
	changes := []geo.RecordChange{line, open.Delete(key, held.Version), change}
	t.Open--
	if held.Photo {
		p, version, err := photos.Get(ctx, b.store, key)
		if err != nil {
			return nil, fmt.Errorf("read the photo of a report: %w", err)
		}
		t.PhotoBytes -= int64(len(p.JPEG))
		changes = append(changes, photos.Delete(key, version))
	}
	return changes, nil
}
