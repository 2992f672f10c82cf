package api

import (
	"fmt"
	"net/http"

	"gridatlas/api/access"
	"gridatlas/geo"
	"gridatlas/geo/entry"
	"gridatlas/geo/snapshot"
)

// revert answers POST /changes/{revision}/revert: a new change set that undoes an
// older one. It is refused when something that the older one wrote was changed
// again. A feature that it deleted comes back under an id of its own.
func (s *server) revert(w http.ResponseWriter, r *http.Request) error {
	if err := s.begin(w, r); err != nil {
		return err
	}
	header, deeds, err := s.deedsIn(r)
	if err != nil {
		return err
	}
	// One's own work one may take back as one may write it, that of others is another
	// matter.
	var needs access.Action
	if who, err := s.signedIn(w, r); err != nil {
		return err
	} else if who.Name != header.Author {
		needs = access.Publish
	}
	done, err := s.commit(w, r, writing{
		note: fmt.Sprintf("revert of revision %d: %s", header.Revision, header.Note), reverts: header.Revision,
		fingerprint: fingerprint(r, nil), many: true, needs: needs,
		prepare: func(*snapshot.Snapshot) ([]geo.Change, []entry.Fault, error) { return undone(deeds) },
	})
	if err != nil {
		return err
	}
	return s.writtenSet(w, r, done)
}

// undone returns the changes that undo deeds.
func undone(deeds []deed) (changes []geo.Change, _ []entry.Fault, _ error) {
	var conflict geo.Conflict
	for _, deed := range deeds {
		switch {
		case deed.ended != 0:
			conflict.Keys = append(conflict.Keys, deed.key)
		case deed.after == nil:
			f := geo.Clone(deed.before)
			f.Common().ID = 0
			changes = append(changes, geo.Insert(f))
		case deed.before == nil:
			changes = append(changes, geo.Delete(deed.after))
		default:
			f := geo.Clone(deed.before)
			f.Common().Version = deed.after.Common().Version
			changes = append(changes, geo.Replace(f))
		}
	}
	if len(conflict.Keys) > 0 {
		return nil, nil, &conflict
	}
	return changes, nil, nil
}
