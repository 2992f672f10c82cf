package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"slices"
	"strings"
	"time"

	"gridatlas/api/access"
	"gridatlas/api/problem"
	"gridatlas/geo"
	"gridatlas/geo/entry"
	"gridatlas/geo/snapshot"
	"gridatlas/geo/worklist"
)

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
	logged := (&writing{deed: p.Deed, note: p.Note}).logged()
	work := &writing{
		deed: strings.TrimSpace(fmt.Sprintf("%s (proposal %s, published by %s)", logged, id, v.who.Name)), source: p.Source, author: p.Author,
		fingerprint: fingerprint(r, nil), many: true, needs: access.Publish, approved: true, reverts: p.Reverts, settles: p.Settles, decision: p.Decision,
		prepare: p.on, records: geo.RecordChanges(record),
	}
	if p.Settles != nil {
		work.prepare = func(snap *snapshot.Snapshot) ([]geo.Change, []entry.Fault, error) {
			changes, err := s.settledAsProposed(r.Context(), s.on(v, snap), work, &p)
			work.records = inTurn(work.records, geo.RecordChanges(record))
			return changes, nil, err
		}
	}
	done, err := s.commit(w, r, work)
	if err != nil {
		return decidedMeanwhile(err)
	}
	return s.writtenSet(w, r, done)
}

// settledAsProposed settles an item of the worklist as the author of a proposal
// decided, if that changes the map still as was looked at.
func (s *server) settledAsProposed(ctx context.Context, v view, work *writing, p *proposal) ([]geo.Change, error) {
	changes, err := s.settled(ctx, v, work, p.Author)
	var settled *worklist.SettledError
	if errors.Is(err, errMoved) || errors.As(err, &settled) {
		return nil, errItemMoved
	}
	if err != nil {
		return nil, err
	}
	seen, err := p.changes()
	if err != nil {
		return nil, err
	}
	news, _ := altered(v.grounds.snap, changes)
	if !slices.EqualFunc(news, seen, func(a, b geo.Change) bool { return asProposed(a).equal(asProposed(b)) }) {
		return nil, errItemMoved
	}
	return changes, nil
}

// errItemMoved says that an item of the worklist is not what the author of a proposal
// saw.
var errItemMoved = &problem.Problem{
	Name: "conflict", Status: http.StatusConflict, Title: "Changed by somebody else meanwhile",
	Detail: "the item of the worklist was settled or changed meanwhile, or means another change by now",
}

// inTurn streams the records of one list after those of another.
func inTurn(lists ...iter.Seq2[geo.RecordChange, error]) iter.Seq2[geo.RecordChange, error] {
	return func(yield func(geo.RecordChange, error) bool) {
		for _, list := range lists {
			for change, err := range list {
				if !yield(change, err) {
					return
				}
			}
		}
	}
}

// refuse answers POST /proposals/{proposal}/refuse, of a reviewer who says why, and
// withdraw .../withdraw, of the author: it is not published, and the reason is kept.
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
	reason := strings.TrimSpace(sent.Reason)
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
		if reason == "" {
			return &problem.Problem{
				Name: "reason-missing", Status: http.StatusUnprocessableEntity, Title: "Somebody has to know why",
				Detail: "who refuses a proposal says why, in reason",
			}
		}
	}
	if err := p.decide(state, v.who.Name, reason, s.Clock()); err != nil {
		return err
	}
	record, err := proposals.Put(id, version, p)
	if err != nil {
		return err
	}
	if _, err := s.Store.Apply(r.Context(), geo.ChangeSet{Author: v.who.Name, Note: string(state) + " " + id, At: s.Clock(), Records: geo.RecordChanges(record)}); err != nil {
		return decidedMeanwhile(err)
	}
	return s.writeProposal(w, r, v, id, &p)
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
	switch {
	case !errors.As(err, &record):
		return err
	case record.Kind == proposals.Kind:
		return &problem.Problem{Name: "proposal-decided", Status: http.StatusConflict, Title: "The proposal is decided already", Detail: "somebody else was quicker"}
	}
	return errItemMoved
}
