package api

import (
	"context"
	"fmt"
	"net/http"

	"github.com/gorilla/mux"

	"gridatlas/api/access"
	"gridatlas/api/problem"
	"gridatlas/geo"
	"gridatlas/geo/entry"
	"gridatlas/geo/snapshot"
)

// maxUndone is how many features one revert may be about: they are judged and written
// at once, within the time of one request.
const maxUndone = 50_000

// revert answers POST /changes/{revision}/revert: a new change set that undoes an
// older one. It is refused when something that the older one wrote was changed
// again. A feature that it deleted comes back under an id of its own.
func (s *server) revert(w http.ResponseWriter, r *http.Request) error {
	if err := s.begin(w, r); err != nil {
		return err
	}
	header, err := s.changeSet(r.Context(), mux.Vars(r)["revision"])
	if err != nil {
		return err
	}
	who, err := s.signedIn(w, r)
	if err != nil {
		return err
	}
	work, err := s.reverting(r.Context(), header, who)
	if err != nil {
		return err
	}
	work.fingerprint = fingerprint(r, nil)
	done, err := s.commit(w, r, work)
	if err != nil {
		return err
	}
	if done.Proposal != "" {
		return s.writeProposed(w, r, done.Proposal)
	}
	return s.writtenSet(w, r, done)
}

// reverting is the write by which somebody undoes a change set.
func (s *server) reverting(ctx context.Context, header geo.Header, who access.Who) (*writing, error) {
	if header.Changed > maxUndone {
		return nil, &problem.Problem{
			Name: "too-much-to-revert", Status: http.StatusUnprocessableEntity, Title: "The change set is too large to be undone at once",
			Detail: fmt.Sprintf("revision %d changed %d features, more than %d", header.Revision, header.Changed, maxUndone),
		}
	}
	work := &writing{
		who: who, deed: fmt.Sprintf("revert of revision %d: %s", header.Revision, header.Note), reverts: header.Revision, many: true,
		prepare: func(*snapshot.Snapshot) ([]geo.Change, []entry.Fault, error) {
			var u undoing
			if err := s.eachDeed(ctx, header.Revision, u.add); err != nil {
				return nil, nil, err
			}
			if len(u.conflict.Keys) > 0 {
				return nil, nil, &u.conflict
			}
			return u.changes, nil, nil
		},
	}
	// One's own work one may take back as one may write it, that of others is another
	// matter. Of borders and duties either waits for a second pair of eyes.
	if who.Name != header.Author {
		work.needs = access.Publish
	}
	return work, nil
}

// undoing gathers the changes that undo deeds, and what stands in their way.
type undoing struct {
	changes  []geo.Change
	conflict geo.Conflict
}

func (u *undoing) add(deed geo.Deed) {
	switch {
	case deed.Ended != 0:
		u.conflict.Keys = append(u.conflict.Keys, deed.Key)
	case deed.After == nil:
		f := geo.Clone(deed.Before)
		f.Common().ID = 0
		u.changes = append(u.changes, geo.Insert(f))
	case deed.Before == nil:
		u.changes = append(u.changes, geo.Delete(deed.After))
	default:
		f := geo.Clone(deed.Before)
		f.Common().Version = deed.After.Common().Version
		u.changes = append(u.changes, geo.Replace(f))
	}
}
