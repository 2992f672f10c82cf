package api

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"gridatlas/api/access"
	"gridatlas/api/problem"
	"gridatlas/geo"
	"gridatlas/geo/entry"
	"gridatlas/geo/snapshot"
)

// proposal is a change set that waits for a second pair of eyes: what somebody drew
// becomes public when somebody else says so.
type proposal struct {
	Author  string    `json:"author"`
	At      time.Time `json:"at"`
	Deed    string    `json:"deed,omitempty"` // for the log
	Note    string    `json:"note,omitempty"` // what the author says of it
	Source  string    `json:"source,omitempty"`
	Reverts int64     `json:"reverts,omitempty"` // the revision that it undoes
	Settles *verdict  `json:"settles,omitempty"` // an item of the worklist
	// Decision is that by which there may be more booths than the cap.
	Decision string           `json:"decision,omitempty"`
	Changes  []proposedChange `json:"changes"`
	State    proposalState    `json:"state"`
	By       string           `json:"by,omitempty"` // who decided, and when and why
	Decided  *time.Time       `json:"decided,omitempty"`
	Reason   string           `json:"reason,omitempty"`
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

func asProposed(change geo.Change) proposedChange {
	proposed := proposedChange{Layer: change.Key.Layer, ID: change.Key.ID, Expect: change.Expect}
	if change.After != nil {
		proposed.Feature = geo.AppendCanonical(nil, change.After)
	}
	return proposed
}

func (p proposedChange) equal(o proposedChange) bool {
	return p.Layer == o.Layer && p.ID == o.ID && p.Expect == o.Expect && bytes.Equal(p.Feature, o.Feature)
}

// proposals are kept by the time at which they were made.
var proposals = geo.RecordTable[proposal]{Kind: "proposal"}

// maxProposal is how many bytes a proposal may take: with them goes what is said when
// it is decided, a name and a reason.
const maxProposal = geo.MaxRecordValue - 16<<10

// isDrawn reports whether changes need a second pair of eyes.
func (s *server) isDrawn(work *writing, changes []geo.Change) bool {
	return s.FourEyes && !work.approved && slices.ContainsFunc(changes, func(c geo.Change) bool { return access.Writing(c.Key.Layer) == access.Draw })
}

// propose keeps what was worked out and judged as a proposal.
func (s *server) propose(ctx context.Context, key string, work *writing, changes []geo.Change) (*outcome, error) {
	at := s.Clock().UTC()
	p := proposal{
		Author: work.who.Name, At: at, Deed: work.deed, Note: work.note, Source: work.source,
		Reverts: work.reverts, Settles: work.settles, Decision: work.decision, State: isOpen,
	}
	for _, change := range changes {
		p.Changes = append(p.Changes, asProposed(change))
	}
	done := &outcome{Request: work.fingerprint, Nothing: true, Proposal: at.Format("20060102-150405-") + strings.ToLower(rand.Text()[:6])}
	record, err := proposals.Put(done.Proposal, 0, p)
	if err != nil {
		return nil, err
	}
	if len(record.Value) > maxProposal {
		return nil, &problem.Problem{
			Name: "proposal-too-large", Status: http.StatusRequestEntityTooLarge, Title: "There is too much in it to be looked at at once",
			Detail:  fmt.Sprintf("%d changes take %d bytes as a proposal, at most %d are kept; propose them in parts", len(changes), len(record.Value), maxProposal),
			Members: map[string]any{"bytes": len(record.Value), "max_bytes": maxProposal},
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
	_, err = s.Store.Apply(ctx, geo.ChangeSet{Author: work.who.Name, Note: work.logged(), At: at, Records: geo.RecordChanges(records...)})
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
