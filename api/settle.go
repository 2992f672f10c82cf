package api

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/gorilla/mux"

	"gridatlas/api/access"
	"gridatlas/api/problem"
	"gridatlas/geo"
	"gridatlas/geo/crs"
	"gridatlas/geo/entry"
	"gridatlas/geo/snapshot"
	"gridatlas/geo/worklist"
)

// settle answers POST /worklist/{id}/settle: an unplaced row is given its place, a
// position or a candidate, or an item is dropped with a reason. The feature and the
// item are written by one change set. Who comes second is told what stands. An item
// that changes a place or a grid is settled when that is published.
func (s *server) settle(w http.ResponseWriter, r *http.Request) error {
	if err := s.beginStaff(w, r); err != nil {
		return err
	}
	body, sent, err := readChoice(w, r)
	if err != nil {
		return err
	}
	if _, err := sent.choice(); err != nil {
		return err
	}
	decision, err := readDecision(sent.Decision)
	if err != nil {
		return err
	}
	v, err := s.view(w, r)
	if err != nil {
		return err
	}
	item := mux.Vars(r)["id"]
	work := &writing{
		deed: "settle worklist item " + item, note: sent.Note, decision: decision, fingerprint: fingerprint(r, body),
		settles: &verdict{Item: item, Sent: sent},
	}
	return s.giveVerdict(w, r, v, work)
}

// giveVerdict writes a verdict on an item, or has it wait for somebody else, and answers
// with what came of it.
func (s *server) giveVerdict(w http.ResponseWriter, r *http.Request, v view, work *writing) error {
	work.prepare = func(snap *snapshot.Snapshot) ([]geo.Change, []entry.Fault, error) {
		changes, err := s.settled(r.Context(), s.on(v, snap), work, work.who.Name)
		return changes, nil, err
	}
	done, err := s.commit(w, r, work)
	switch {
	case err != nil:
		return s.unsettled(w, r, err)
	case done.Proposal != "":
		return s.writeProposed(w, r, done.Proposal)
	}
	return s.writeWorkItem(w, r)
}

// verdict is what somebody decided about an item of the worklist: where it belongs,
// that nothing is to be done, or that what was decided is taken back.
type verdict struct {
	Item   string     `json:"item"`
	Sent   sentChoice `json:"sent"`
	Reopen bool       `json:"reopen,omitempty"`
}

// settled works out what settling an item, as somebody decided, changes on the map of a
// view, and sets the records that are written with that.
func (s *server) settled(ctx context.Context, v view, work *writing, by string) ([]geo.Change, error) {
	id, sent, at := work.settles.Item, &work.settles.Sent, s.Clock()
	held, err := s.heldItem(ctx, v, id)
	if err != nil {
		return nil, err
	}
	if held.Version != sent.Version {
		return nil, errMoved
	}
	if settled := held.Settled; work.settles.Reopen && settled != nil && settled.By != by {
		work.needs = access.Publish // the work of others, as in revert
	}
	if err := s.mayDecide(work, v, held); err != nil {
		return nil, err
	}
	layer := v.grounds.snap.Layer(held.Layer)
	switch {
	case work.settles.Reopen:
		reopening, err := worklist.Reopen(ctx, s.Store, layer, id, held, sent.Note, by, at)
		if err != nil {
			return nil, err
		}
		work.reverts, work.records = reopening.Reverts, geo.RecordChanges(reopening.Records...)
		return reopening.Changes, nil
	case sent.Drop:
		change, err := held.Drop(id, sent.Note, by, at)
		work.records = geo.RecordChanges(change)
		return nil, err
	}
	choice, err := sent.choice()
	if err != nil {
		return nil, err
	}
	placing, err := worklist.Place(ctx, s.Store, layer, id, held, choice, by, at)
	if err != nil {
		return nil, err
	}
	work.records, work.source = placing.Records(), held.Source
	var changes []geo.Change
	for change, err := range placing.Changes() {
		if err != nil {
			return nil, err
		}
		changes = append(changes, change)
	}
	return changes, nil
}

// choice reads the place that was sent, and that there is exactly one answer.
func (sent *sentChoice) choice() (worklist.Choice, error) {
	choice := worklist.Choice{Candidate: sent.Candidate, Overwrite: sent.Overwrite, Note: sent.Note}
	answers := 0
	for _, given := range []bool{sent.At != nil, sent.Candidate != 0, sent.Drop} {
		if given {
			answers++
		}
	}
	if answers != 1 {
		return choice, badChoice("it is to have one of at, candidate and drop")
	}
	if sent.Drop && strings.TrimSpace(sent.Note) == "" {
		return choice, badChoice("who drops an item says why, in note")
	}
	if sent.At != nil {
		p, err := fromDatum(sent.At[0], sent.At[1], crs.WGS84)
		if err != nil {
			return choice, badChoice("at: " + err.Error())
		}
		choice.At = &p
	}
	return choice, nil
}

func badChoice(detail string) *problem.Problem {
	return &problem.Problem{Name: "bad-choice", Status: http.StatusUnprocessableEntity, Title: "The item cannot be settled so", Detail: detail}
}

// errMoved says that an item is not the one that the sender saw.
var errMoved = errors.New("the item was changed meanwhile")

// reopen answers POST /worklist/{id}/reopen: what was settled is taken back. The
// feature becomes what it was, unless it was changed since, and the item waits again.
func (s *server) reopen(w http.ResponseWriter, r *http.Request) error {
	if err := s.beginStaff(w, r); err != nil {
		return err
	}
	body, sent, err := readChoice(w, r)
	if err != nil {
		return err
	}
	if sent.At != nil || sent.Candidate != 0 || sent.Drop || sent.Overwrite {
		return badChoice("taking back needs a version and takes a note, nothing else")
	}
	v, err := s.view(w, r)
	if err != nil {
		return err
	}
	ctx, id := r.Context(), mux.Vars(r)["id"]
	snap, err := s.snapshot(w)
	if err != nil {
		return err
	}
	held, err := s.heldItem(ctx, s.on(v, snap), id)
	if err != nil {
		return err
	}
	if settled := held.Settled; settled != nil && settled.Wrote != nil { // the map may have yet to hear of it
		s.await(ctx, func(snap *snapshot.Snapshot) bool {
			f, ok := snap.Get(geo.Key{Layer: settled.Wrote.Layer, ID: settled.Wrote.ID})
			return ok && f.Common().Version >= settled.Wrote.Version
		})
	}
	work := &writing{
		deed: "take back worklist item " + id, note: sent.Note, fingerprint: fingerprint(r, body), many: true,
		settles: &verdict{Item: id, Sent: sent, Reopen: true},
	}
	return s.giveVerdict(w, r, v, work)
}

// mayDecide refuses who may not write what an item is about where it is thought to
// lie; one that may be of any place is for those who may write everywhere. Where its
// feature comes to lie is looked at like every write.
func (s *server) mayDecide(work *writing, v view, held worklist.Held) error {
	needs := cmp.Or(work.needs, access.Writing(held.Layer))
	var place access.Place
	if p := held.Point(); p != nil {
		place = v.grounds.around(geo.PointShape(*p), v.at)
	}
	if work.who.May(needs, place) {
		return nil
	}
	return &problem.Problem{
		Name: "forbidden", Status: http.StatusForbidden, Title: "The account may not do this",
		Detail:  work.who.Name + " has no role that lets it settle this here (" + string(needs) + ")",
		Members: map[string]any{"account": work.who.Name, "action": needs},
	}
}

// unsettled says why an item could not be settled or taken back; to who came second,
// with the item as it stands now.
func (s *server) unsettled(w http.ResponseWriter, r *http.Request, failure error) error {
	var record *geo.RecordConflict
	var conflict *geo.Conflict
	var settled *worklist.SettledError
	switch {
	case errors.Is(failure, worklist.ErrUnfit):
		return badChoice(failure.Error())
	case errors.Is(failure, errMoved), errors.As(failure, &record), errors.As(failure, &settled):
	case errors.As(failure, &conflict):
		return &problem.Problem{
			Name: "conflict", Status: http.StatusConflict, Title: "Changed by somebody else meanwhile",
			Detail: "the feature was changed since the item was settled: " + conflict.Error(),
		}
	default:
		return failure
	}
	item, err := s.itemNow(w, r)
	if err != nil {
		return err
	}
	p := &problem.Problem{
		Name: "item-changed", Status: http.StatusConflict, Title: "Somebody else was quicker",
		Detail:  "the item was changed meanwhile and waits still",
		Members: map[string]any{"item": item},
	}
	if state := item.Properties.State; state != worklist.Open {
		p.Name, p.Detail = "item-settled", "the item is settled: "+string(state)
	}
	return p
}
