package api

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/gorilla/mux"

	"gridatlas/api/access"
	"gridatlas/api/problem"
	"gridatlas/geo"
	"gridatlas/geo/entry"
	"gridatlas/geo/snapshot"
)

// proposal is a change set that waits for a second pair of eyes: what somebody drew
// becomes public when somebody else says so.
type proposal struct {
	Author  string           `json:"author"`
	At      time.Time        `json:"at"`
	Note    string           `json:"note,omitempty"`
	Source  string           `json:"source,omitempty"`
	Reverts int64            `json:"reverts,omitempty"` // the revision that it undoes
	Changes []proposedChange `json:"changes"`
	State   proposalState    `json:"state"`
	By      string           `json:"by,omitempty"` // who decided, and when and why
	Decided *time.Time       `json:"decided,omitempty"`
	Reason  string           `json:"reason,omitempty"`
}

type proposalState string

// What becomes of a proposal.
const (
	isOpen      proposalState = "open"
	isPublished proposalState = "published"
	isRefused   proposalState = "refused"
	isWithdrawn proposalState = "withdrawn"
)

// proposedChange is a change as a record keeps it.
type proposedChange struct {
	Layer   geo.Layer       `json:"layer"`
	ID      int64           `json:"id,omitempty"` // 0: a new feature
	Expect  int64           `json:"expect,omitempty"`
	Feature json.RawMessage `json:"feature,omitempty"` // in its canonical form; none: deleted
}

// proposals are kept by the time at which they were made.
var proposals = geo.RecordTable[proposal]{Kind: "proposal"}

// isDrawn reports whether changes need a second pair of eyes.
func (s *server) isDrawn(work *writing, changes []geo.Change) bool {
	return s.FourEyes && work.needs == "" && slices.ContainsFunc(changes, func(c geo.Change) bool { return access.Writing(c.Key.Layer) == access.Draw })
}

// propose keeps what was worked out and judged as a proposal.
func (s *server) propose(ctx context.Context, key string, work *writing, changes []geo.Change) (*outcome, error) {
	if work.records != nil {
		return nil, &problem.Problem{
			Name: "needs-review", Status: http.StatusConflict, Title: "This has to be looked at by somebody else first",
			Detail: "an item of the worklist that makes a place or a grid is settled on the command line",
		}
	}
	at := s.Clock().UTC()
	p := proposal{Author: work.who.Name, At: at, Note: work.note, Source: work.source, Reverts: work.reverts, State: isOpen}
	for _, change := range changes {
		proposed := proposedChange{Layer: change.Key.Layer, ID: change.Key.ID, Expect: change.Expect}
		if change.After != nil {
			proposed.Feature = geo.AppendCanonical(nil, change.After)
		}
		p.Changes = append(p.Changes, proposed)
	}
	done := &outcome{Request: work.fingerprint, Nothing: true, Proposal: at.Format("20060102-150405-") + strings.ToLower(rand.Text()[:6])}
	record, err := proposals.Put(done.Proposal, 0, p)
	if err != nil {
		return nil, err
	}
	if len(record.Value) > geo.MaxRecordValue {
		return nil, &problem.Problem{
			Name: "proposal-too-large", Status: http.StatusRequestEntityTooLarge,
			Detail: fmt.Sprintf("what is proposed takes %d bytes, at most %d are kept; propose it in parts", len(record.Value), geo.MaxRecordValue),
		}
	}
	records := []geo.RecordChange{record}
	if key != "" {
		value, err := json.Marshal(done)
		if err != nil {
			return nil, err
		}
		records = append(records, geo.RecordChange{Kind: outcomes, Key: key, Expect: 0, Value: value})
	}
	_, err = s.Store.Apply(ctx, geo.ChangeSet{Author: work.who.Name, Note: work.note, At: at, Records: geo.RecordChanges(records...)})
	var twice *geo.RecordConflict
	if errors.As(err, &twice) && twice.Kind == outcomes { // the same request came twice at a time
		return s.repeated(ctx, key, work.fingerprint)
	}
	return done, err
}

// writeProposed answers a write that waits to be published.
func (s *server) writeProposed(w http.ResponseWriter, r *http.Request, id string) error {
	w.Header().Set("Location", s.base(r)+"/proposals/"+id)
	w.WriteHeader(http.StatusAccepted)
	return writeDocument(w, typeJSON, map[string]any{
		"proposal": id, "state": isOpen, "detail": "borders and duties become public when a reviewer publishes them",
	})
}

// changes returns what is proposed as changes, each time anew.
func (p *proposal) changes() ([]geo.Change, error) {
	list := make([]geo.Change, len(p.Changes))
	for i, proposed := range p.Changes {
		list[i] = geo.Change{Key: geo.Key{Layer: proposed.Layer, ID: proposed.ID}, Expect: proposed.Expect}
		if proposed.Feature == nil {
			continue
		}
		f, err := geo.ParseCanonical(proposed.Layer, proposed.Feature)
		if err != nil {
			return nil, fmt.Errorf("read a proposal: %w", err)
		}
		list[i].After = f
	}
	return list, nil
}

// on returns the changes on a map, or which features are no longer what the author
// saw.
func (p *proposal) on(snap *snapshot.Snapshot) ([]geo.Change, []entry.Fault, error) {
	changes, err := p.changes()
	if err != nil {
		return nil, nil, err
	}
	var conflict geo.Conflict
	for _, change := range changes {
		if change.Key.ID == 0 {
			continue
		}
		if before, there := snap.Get(change.Key); !there || before.Common().Version != change.Expect {
			conflict.Keys, conflict.Theirs = append(conflict.Keys, change.Key), append(conflict.Theirs, before)
		}
	}
	if len(conflict.Keys) > 0 {
		return nil, nil, &conflict
	}
	return changes, nil, nil
}

// isShown reports whether a view shows a proposal: to its author, and to who sees all
// of the ground that it is about.
func (v view) isShown(p *proposal) bool {
	if p.Author == v.who.Name {
		return true
	}
	changes, err := p.changes()
	if err != nil {
		return v.whole
	}
	return !slices.ContainsFunc(changes, func(c geo.Change) bool {
		before, there := v.grounds.snap.Get(c.Key)
		return there && !v.sees(before) || c.After != nil && !v.sees(c.After)
	})
}

// heldProposal reads the proposal that a path names, if the view shows it.
func (s *server) heldProposal(r *http.Request, v view) (id string, p proposal, version int64, err error) {
	id = mux.Vars(r)["proposal"]
	p, version, err = proposals.Get(r.Context(), s.Store, id)
	if errors.Is(err, geo.ErrNotFound) || err == nil && !v.isShown(&p) {
		err = problem.NotFound("there is no proposal %q", id)
	}
	return id, p, version, err
}

// viewNow is the view of the newest map.
func (s *server) viewNow(w http.ResponseWriter, r *http.Request) (view, error) {
	if err := s.staffOnly(w, r); err != nil {
		return view{}, err
	}
	snap, err := s.snapshot(w)
	if err != nil {
		return view{}, err
	}
	v, err := s.view(w, r)
	return s.on(v, snap), err
}

// listProposals answers /proposals: those that wait, or all, the newest first.
func (s *server) listProposals(w http.ResponseWriter, r *http.Request) error {
	v, err := s.viewNow(w, r)
	if err != nil {
		return err
	}
	q, err := readQuery(r, "state", "limit")
	if err != nil {
		return err
	}
	state := proposalState(q.text("state"))
	if !slices.Contains([]proposalState{"", isOpen, isPublished, isRefused, isWithdrawn}, state) {
		return problem.Parameter("state", "%q is none of open, published, refused and withdrawn", state)
	}
	limit, err := q.integer("limit", 1, defaultLimit)
	if err != nil {
		return err
	}
	type line struct {
		id string
		proposal
	}
	var list []line
	err = proposals.All(r.Context(), s.Store, func(id string, _ int64, p proposal) error {
		if (state == "" || p.State == state) && v.isShown(&p) {
			list = append(list, line{id, p})
		}
		return r.Context().Err()
	})
	if err != nil {
		return err
	}
	slices.Reverse(list)
	o := object{}
	o.open()
	o.int("numberMatched", int64(len(list)))
	array(&o, "proposals", list[:min(limit, maxLimit, len(list))], func(l line) {
		o.open()
		o.proposed(l.id, &l.proposal)
		o.int("changed", int64(len(l.Changes)))
		o.str("href", s.base(r)+"/proposals/"+l.id)
		o.close()
	})
	o.close()
	return write(w, typeJSON, o.text)
}

// proposed appends what a proposal says of itself.
func (o *object) proposed(id string, p *proposal) {
	o.str("id", id)
	o.str("state", string(p.State))
	o.str("author", p.Author)
	o.str("at", p.At.Format(time.RFC3339))
	o.str("note", p.Note)
	o.str("source", p.Source)
	if p.Decided != nil {
		o.str("by", p.By)
		o.str("decided", p.Decided.Format(time.RFC3339))
		o.str("reason", p.Reason)
	}
}

// oneProposal answers /proposals/{proposal}: what would be other than it is.
func (s *server) oneProposal(w http.ResponseWriter, r *http.Request) error {
	v, err := s.viewNow(w, r)
	if err != nil {
		return err
	}
	if _, err := readQuery(r); err != nil {
		return err
	}
	id, p, _, err := s.heldProposal(r, v)
	if err != nil {
		return err
	}
	return s.writeProposal(w, v, id, &p)
}

func (s *server) writeProposal(w http.ResponseWriter, v view, id string, p *proposal) error {
	changes, err := p.changes()
	if err != nil {
		return err
	}
	o := object{}
	o.open()
	o.proposed(id, p)
	array(&o, "changes", changes, func(c geo.Change) {
		before, _ := v.grounds.snap.Get(c.Key)
		o.open()
		o.str("layer", string(c.Key.Layer))
		if c.Key.ID != 0 {
			o.int("id", c.Key.ID)
		}
		o.deed(geo.Deed{Key: c.Key, Before: before, After: c.After})
		o.close()
	})
	o.close()
	return write(w, typeJSON, o.text)
}

// publish answers POST /proposals/{proposal}/publish: what was proposed is written,
// as the work of its author, if it still fits the map. Nobody publishes alone.
func (s *server) publish(w http.ResponseWriter, r *http.Request) error {
	v, err := s.viewNow(w, r)
	if err != nil {
		return err
	}
	if _, err := readQuery(r); err != nil {
		return err
	}
	id, p, version, err := s.heldProposal(r, v)
	if err != nil {
		return err
	}
	if p.Author == v.who.Name {
		return &problem.Problem{
			Name: "four-eyes", Status: http.StatusForbidden, Title: "Nobody publishes alone",
			Detail: "somebody else has to publish what " + p.Author + " proposed",
		}
	}
	if err := p.decide(isPublished, v.who.Name, "", s.Clock()); err != nil {
		return err
	}
	record, err := proposals.Put(id, version, p)
	if err != nil {
		return err
	}
	done, err := s.commit(w, r, &writing{
		note: fmt.Sprintf("%s (proposal %s, published by %s)", p.Note, id, v.who.Name), source: p.Source, author: p.Author,
		fingerprint: fingerprint(r, nil), many: true, needs: access.Publish, reverts: p.Reverts,
		prepare: p.on, records: geo.RecordChanges(record),
	})
	if err != nil {
		return decidedMeanwhile(err)
	}
	return s.writtenSet(w, r, done)
}

// refuse answers POST /proposals/{proposal}/refuse, of a reviewer, and withdraw
// .../withdraw, of the author: it is not published, and the reason is kept.
func (s *server) refuse(w http.ResponseWriter, r *http.Request) error { return s.drop(w, r, isRefused) }

func (s *server) withdraw(w http.ResponseWriter, r *http.Request) error {
	return s.drop(w, r, isWithdrawn)
}

func (s *server) drop(w http.ResponseWriter, r *http.Request, state proposalState) error {
	v, err := s.viewNow(w, r)
	if err != nil {
		return err
	}
	if _, err := readQuery(r); err != nil {
		return err
	}
	body, err := readBody(w, r, typeJSON)
	if err != nil {
		return err
	}
	var sent struct {
		Reason string `json:"reason"`
	}
	if err := json.Unmarshal(body, &sent); err != nil || len(sent.Reason) > maxNote {
		return unreadable("it is to be an object with a reason of at most 2000 bytes", 0)
	}
	id, p, version, err := s.heldProposal(r, v)
	if err != nil {
		return err
	}
	changes, err := p.changes()
	if err != nil {
		return err
	}
	if state == isWithdrawn && p.Author != v.who.Name {
		return &problem.Problem{Name: "forbidden", Status: http.StatusForbidden, Detail: "only " + p.Author + " withdraws this"}
	}
	if state == isRefused {
		if err := s.mayWrite(&writing{who: v.who, needs: access.Publish}, v.grounds.snap, changes); err != nil {
			return err
		}
	}
	if err := p.decide(state, v.who.Name, sent.Reason, s.Clock()); err != nil {
		return err
	}
	record, err := proposals.Put(id, version, p)
	if err != nil {
		return err
	}
	if _, err := s.Store.Apply(r.Context(), geo.ChangeSet{Author: v.who.Name, Note: string(state) + " " + id, At: s.Clock(), Records: geo.RecordChanges(record)}); err != nil {
		return decidedMeanwhile(err)
	}
	return s.writeProposal(w, v, id, &p)
}

// decide settles a proposal, once.
func (p *proposal) decide(state proposalState, by, reason string, at time.Time) error {
	if p.State != isOpen {
		return &problem.Problem{
			Name: "proposal-decided", Status: http.StatusConflict, Title: "The proposal is decided already",
			Detail: fmt.Sprintf("it was %s by %s", p.State, p.By), Members: map[string]any{"state": p.State},
		}
	}
	at = at.UTC()
	p.State, p.By, p.Reason, p.Decided = state, by, reason, &at
	return nil
}

// decidedMeanwhile says of a record that was written by somebody else what that means.
func decidedMeanwhile(err error) error {
	var record *geo.RecordConflict
	if errors.As(err, &record) {
		return &problem.Problem{Name: "proposal-decided", Status: http.StatusConflict, Title: "The proposal is decided already", Detail: "somebody else was quicker"}
	}
	return err
}
