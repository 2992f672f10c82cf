package api

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"

	"gridatlas/api/access"
	"gridatlas/api/problem"
	"gridatlas/geo"
	"gridatlas/geo/entry"
	"gridatlas/geo/snapshot"
)

// Store is what the routes that write ask of a store: data.Store has it. Errors are
// those of geo; while there is no store, geo.ErrUnavailable.
type Store interface {
	geo.RecordReader
	Apply(ctx context.Context, set geo.ChangeSet) (geo.Head, error)
	Log(ctx context.Context, since int64, limit int) ([]geo.Header, error)
	Headers(ctx context.Context, revisions []int64) ([]geo.Header, error)
	Deeds(ctx context.Context, revision int64, beyond geo.Key, limit int) ([]geo.Deed, error)
	History(ctx context.Context, key geo.Key) ([]geo.Past, error)
}

// Headers of requests and answers that write.
const (
	headerIdempotency = "Idempotency-Key"
	headerRevision    = "X-Revision" // that the write made
)

// byMethod gives a request to the handler of its method; those that have none read.
func byMethod(read handler, others map[string]handler) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		if h := others[r.Method]; h != nil {
			return h(w, r)
		}
		return read(w, r)
	}
}

// tries is how often a write is worked out anew when the map moved meanwhile.
const tries = 2

// writing is one write before it is carried out.
type writing struct {
	who    access.Who
	author string // of what is written; empty: who
	deed   string // what is done; empty: the note says it
	note   string // what somebody says of it
	source string
	// decision is that by which there may be more booths than the cap; empty: none.
	decision string
	// approved says that a second pair of eyes looked at it.
	approved bool
	// fingerprint tells requests with one idempotency key apart.
	fingerprint string
	// prepare works out the changes on a map. It is called again when that map turns
	// out to be an old one, and makes new features each time.
	prepare func(*snapshot.Snapshot) ([]geo.Change, []entry.Fault, error)
	// whatever stands now is to be changed, also when the map of this node has yet to
	// hear of it.
	whatever bool
	// photo is the mark of a photo that is written with it; empty: none is.
	photo string
	// byCard: the card of a booth gives leave for what is written, and for nothing else.
	byCard bool
	// needs is what one must have leave for to write it; empty: as the layers say.
	needs access.Action
	many  bool // changes, of which faults name their own
	// Prepare may set these: the revision that is undone, and the records that are
	// written with the changes, asked for when new features have their ids.
	reverts int64
	records iter.Seq2[geo.RecordChange, error]
	settles *verdict // an item of the worklist, by these changes and records; nil: none
}

// logged is what the log says of a write.
func (work *writing) logged() string {
	if work.deed == "" || work.note == "" {
		return work.deed + work.note
	}
	return work.deed + ": " + work.note
}

// outcome is what a write did: the states that it wrote, in the order of the
// changes, and at which revision. A state of version 0 is a deletion.
type outcome struct {
	Revision int64   `json:"-"` // 0: nothing was other than it stood, and nothing was written
	Request  string  `json:"request"`
	Wrote    []state `json:"wrote"`
	Nothing  bool    `json:"nothing,omitempty"`
	Proposal string  `json:"proposal,omitempty"` // where it waits to be published; empty: it does not
}

type state struct {
	Layer   geo.Layer `json:"layer"`
	ID      int64     `json:"id"`
	Version int64     `json:"version,omitempty"`
	// Unchanged says that it was written already as it was to be written.
	Unchanged bool `json:"unchanged,omitempty"`
}

func (s state) key() geo.Key { return geo.Key{Layer: s.Layer, ID: s.ID} }

// outcomes are kept under their idempotency keys, by the change set itself.
const outcomes = "outcome"

// commit carries out a write as one change set and waits until the map of this node
// holds it, so that who wrote reads it. A request that was carried out before, by
// its idempotency key, is not again.
func (s *server) commit(w http.ResponseWriter, r *http.Request, work *writing) (outcome, error) {
	ctx := r.Context()
	var err error
	if work.who, err = s.signedIn(w, r); err != nil {
		return outcome{}, err
	}
	key, err := idempotencyKey(r)
	if err != nil {
		return outcome{}, err
	}
	if key != "" {
		key = "HTTP " + work.who.Name + " " + key // each account has its own
	}
	return s.carryOut(ctx, w, key, work)
}

// carryOut is commit for whom it is known who writes, and by which key it is repeated.
func (s *server) carryOut(ctx context.Context, w http.ResponseWriter, key string, work *writing) (outcome, error) {
	if key != "" {
		if done, err := s.repeated(ctx, key, work.fingerprint); err != nil || done != nil {
			return s.answered(ctx, w, done, err)
		}
	}
	for try := 1; ; try++ {
		snap, err := s.snapshot(w)
		if err != nil {
			return outcome{}, err
		}
		done, err := s.apply(ctx, snap, key, work)
		var stale *geo.Stale
		var conflict *geo.Conflict
		if behind := errors.As(err, &stale) || work.whatever && errors.As(err, &conflict); behind && try < tries {
			s.await(ctx, func(next *snapshot.Snapshot) bool { return next != snap })
			continue
		}
		return s.answered(ctx, w, done, err)
	}
}

// answered waits for the map and says which revision it is.
func (s *server) answered(ctx context.Context, w http.ResponseWriter, done *outcome, err error) (outcome, error) {
	if err != nil {
		return outcome{}, err
	}
	if !done.Nothing {
		s.await(ctx, func(snap *snapshot.Snapshot) bool { return snap.Head().Revision >= done.Revision })
		w.Header().Set(headerRevision, strconv.FormatInt(done.Revision, 10))
	}
	return *done, nil
}

func (s *server) apply(ctx context.Context, snap *snapshot.Snapshot, key string, work *writing) (*outcome, error) {
	changes, faults, err := work.prepare(snap)
	if err != nil {
		return nil, err
	}
	if err := s.mayWrite(work, snap, changes); err != nil {
		return nil, err
	}
	news, places := altered(snap, changes)
	judgement, err := entry.Judge(ctx, snap, news, unread(faults, places), geo.InstantOf(s.Clock()))
	if err != nil {
		return nil, err
	}
	unkept, err := s.unkeptPhotos(ctx, snap, work, news)
	if err != nil {
		return nil, err
	}
	relies, decided, beyond := s.underCap(snap, work, news)
	for _, fault := range slices.Concat(judgement.Faults, unkept, beyond) {
		fault.Change = places[fault.Change]
		faults = append(faults, fault)
	}
	if len(faults) > 0 {
		return nil, problem.Faults(faults, work.many)
	}
	if s.isDrawn(work, news) {
		return s.propose(ctx, key, work, news)
	}
	done := &outcome{Request: work.fingerprint, Nothing: len(news) == 0}
	isFirst := key == ""
	set := geo.ChangeSet{
		IdempotencyKey: key, Author: cmp.Or(work.author, work.who.Name), Note: work.logged(), Source: work.source, At: s.Clock(),
		Base: snap.Head().Revision, Relies: append(judgement.Relies, relies...), Reverts: work.reverts,
	}
	if !done.Nothing {
		set.Changes = geo.Changes(news...)
	}
	set.Records = func(yield func(geo.RecordChange, error) bool) {
		if work.records != nil {
			for change, err := range work.records {
				if !yield(change, err) {
					return
				}
			}
		}
		if decided != nil && !yield(decided()) {
			return
		}
		if key != "" {
			isFirst, done.Wrote = true, wrote(changes, places)
			kept := *done
			if len(kept.Wrote) > maxChanges { // more than a record holds; the history knows
				kept.Wrote = nil
			}
			value, err := json.Marshal(kept)
			yield(geo.RecordChange{Kind: outcomes, Key: key, Expect: geo.AnyVersion, Value: value}, err)
		}
	}
	if done.Nothing && key == "" && work.records == nil {
		done.Wrote = wrote(changes, places)
		return done, nil
	}
	head, err := s.Store.Apply(ctx, set)
	if err != nil {
		return nil, err
	}
	if !isFirst { // the same request came twice at a time
		return s.repeated(ctx, key, work.fingerprint)
	}
	done.Wrote = wrote(changes, places)
	if !done.Nothing {
		done.Revision = head.Revision
	}
	return done, nil
}

// altered returns the changes that leave something other than what stands, and their
// places among all of them.
func altered(snap *snapshot.Snapshot, changes []geo.Change) (news []geo.Change, places []int) {
	var was, is []byte
	for i, change := range changes {
		if change.After != nil && change.Key.ID != 0 {
			before, ok := snap.Get(change.Key)
			if ok && before.Common().Version == change.Expect {
				was, is = geo.AppendCanonical(was[:0], before), geo.AppendCanonical(is[:0], change.After)
				if bytes.Equal(was, is) {
					continue
				}
			}
		}
		news, places = append(news, change), append(places, i)
	}
	return news, places
}

// unread lists which of the changes at these places have a geometry that could not
// be read.
func unread(faults []entry.Fault, places []int) map[int]bool {
	list := map[int]bool{}
	for _, fault := range faults {
		if i, is := slices.BinarySearch(places, fault.Change); is && fault.Field == entry.Geometry {
			list[i] = true
		}
	}
	return list
}

// wrote lists what changes left behind, of which those at places were carried out.
func wrote(changes []geo.Change, places []int) []state {
	list := make([]state, len(changes))
	for i, change := range changes {
		_, written := slices.BinarySearch(places, i)
		list[i] = state{Layer: change.Key.Layer, ID: change.Key.ID, Unchanged: !written}
		if change.After != nil {
			base := change.After.Common()
			list[i].ID, list[i].Version = base.ID, base.Version
		}
	}
	return list
}

// idempotencyKey reads by which name a request may be repeated; empty: it may not.
func idempotencyKey(r *http.Request) (string, error) {
	const most = 200
	text := r.Header.Get(headerIdempotency)
	for _, c := range []byte(text) {
		if len(text) > most || c < ' ' || c > '~' {
			return "", &problem.Problem{
				Name: "bad-idempotency-key", Status: http.StatusBadRequest,
				Detail: fmt.Sprintf("%s is to be at most %d printable ASCII characters", headerIdempotency, most),
			}
		}
	}
	if text == "" {
		return "", nil
	}
	return text, nil
}

// repeated returns what a request with an idempotency key did; nil: there was none.
func (s *server) repeated(ctx context.Context, key, fingerprint string) (*outcome, error) {
	record, err := s.Store.Record(ctx, outcomes, key)
	if errors.Is(err, geo.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	done := &outcome{}
	if err := json.Unmarshal(record.Value, done); err != nil {
		return nil, fmt.Errorf("read what %q did: %w", key, err)
	}
	if done.Request != fingerprint {
		return nil, &problem.Problem{
			Name: "idempotency-key-taken", Status: http.StatusUnprocessableEntity, Title: "The key is that of another request",
			Detail: "a request with this " + headerIdempotency + " asked for something else",
		}
	}
	if done.Nothing {
		return done, nil
	}
	// The store knows the revision by the key.
	head, err := s.Store.Apply(ctx, geo.ChangeSet{IdempotencyKey: key})
	if err != nil {
		return nil, err
	}
	if done.Revision = head.Revision; done.Wrote != nil {
		return done, nil
	}
	return done, s.eachDeed(ctx, done.Revision, func(deed geo.Deed) {
		wrote := state{Layer: deed.Key.Layer, ID: deed.Key.ID}
		if deed.After != nil {
			wrote.Version = deed.After.Common().Version
		}
		done.Wrote = append(done.Wrote, wrote)
	})
}

// arrivals lets those wait who want the map to hold something.
type arrivals struct {
	mu   sync.Mutex
	last *snapshot.Snapshot
	next chan struct{} // closed when another map is published; nil: nobody waits
}

func (a *arrivals) announce(s *snapshot.Snapshot) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.last = s
	if a.next != nil {
		close(a.next)
		a.next = nil
	}
}

// current returns the map that was published last, and what closes with the next.
func (a *arrivals) current() (*snapshot.Snapshot, <-chan struct{}) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.next == nil {
		a.next = make(chan struct{})
	}
	return a.last, a.next
}

// follows is how long a write waits for the map of its own node. A write that is
// stored is no failure because its map is late.
const follows = 3 * time.Second

// await waits until a published map is as it should be, and reports whether that
// came about in time.
func (s *server) await(ctx context.Context, holds func(*snapshot.Snapshot) bool) bool {
	ctx, cancel := context.WithTimeout(ctx, follows)
	defer cancel()
	for {
		last, next := s.arrivals.current()
		if last != nil && holds(last) {
			return true
		}
		select {
		case <-next:
		case <-ctx.Done():
			return false
		}
	}
}
