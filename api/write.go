package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/gorilla/mux"

	"gridatlas/api/problem"
	"gridatlas/geo"
	"gridatlas/geo/crs"
	"gridatlas/geo/entry"
	"gridatlas/geo/estimate"
	"gridatlas/geo/snapshot"
)

// create answers POST /collections/{layer}/items: a new feature.
func (s *server) create(w http.ResponseWriter, r *http.Request) error {
	schema, err := schemaOf(r)
	if err != nil {
		return err
	}
	if err := s.begin(w, r); err != nil {
		return err
	}
	in, body, err := readPlaced(w, r, typeGeoJSON, typeJSON)
	if err != nil {
		return err
	}
	e, err := readFeature(body, in, false)
	if err != nil {
		return err
	}
	done, err := s.commit(w, r, &writing{
		deed: "create in " + string(schema.Layer), fingerprint: fingerprint(r, body),
		prepare: func(*snapshot.Snapshot) ([]geo.Change, []entry.Fault, error) {
			f := schema.New()
			return []geo.Change{geo.Insert(f)}, ofChange(0, e.fill(f)), nil
		},
	})
	if err != nil {
		return err
	}
	if done.Proposal != "" {
		return s.writeProposed(w, r, done.Proposal)
	}
	w.Header().Set("Location", fmt.Sprintf("%s%s/%d", s.base(r), itemsPath(schema.Layer), done.Wrote[0].ID))
	return s.writtenFeature(w, r, done, in, http.StatusCreated)
}

// replace answers PUT of a feature: what is not given is unknown afterwards.
func (s *server) replace(w http.ResponseWriter, r *http.Request) error {
	return s.edit(w, r, false, emptied, typeGeoJSON, typeJSON)
}

// emptied returns a feature of which nothing is known but which it is.
func emptied(before geo.Feature) geo.Feature {
	after := geo.MustSchema(before.Layer()).New()
	after.Common().ID, after.Common().Version = before.Common().ID, before.Common().Version
	return after
}

// patch answers PATCH of a feature, a merge patch (RFC 7396): what is not given
// stays, and null makes it unknown.
func (s *server) patch(w http.ResponseWriter, r *http.Request) error {
	return s.edit(w, r, true, geo.Clone, typeMergePatch)
}

// edit writes what was entered into what begin makes of the feature that stands.
func (s *server) edit(w http.ResponseWriter, r *http.Request, patch bool, begin func(geo.Feature) geo.Feature, mediaTypes ...string) error {
	key, err := s.beginEdit(w, r)
	if err != nil {
		return err
	}
	in, body, err := readPlaced(w, r, mediaTypes...)
	if err != nil {
		return err
	}
	e, err := readFeature(body, in, patch)
	if err != nil {
		return err
	}
	v, err := s.view(w, r)
	if err != nil {
		return err
	}
	seen := r.Header.Get("If-Match")
	work := editing(v, key, seen, e, begin)
	work.fingerprint = fingerprint(r, body)
	done, err := s.commit(w, r, work)
	if err != nil {
		return moved(err, seen)
	}
	if done.Proposal != "" {
		return s.writeProposed(w, r, done.Proposal)
	}
	return s.writtenFeature(w, r, done, in, http.StatusOK)
}

// editing is the write of what was entered into what begin makes of a feature, if the
// one that stands is as its writer saw it.
func editing(v view, key geo.Key, seen string, e *entered, begin func(geo.Feature) geo.Feature) *writing {
	return &writing{
		deed: "edit " + key.String(), whatever: anyState(seen),
		prepare: func(snap *snapshot.Snapshot) ([]geo.Change, []entry.Fault, error) {
			before, err := expected(snap, key, seen, v)
			if err != nil {
				return nil, nil, err
			}
			after := begin(before)
			faults := e.fill(after)
			estimate.Settle(before, after)
			return []geo.Change{geo.Replace(after)}, ofChange(0, faults), nil
		},
	}
}

// remove answers DELETE of a feature.
func (s *server) remove(w http.ResponseWriter, r *http.Request) error {
	key, err := s.beginEdit(w, r)
	if err != nil {
		return err
	}
	v, err := s.view(w, r)
	if err != nil {
		return err
	}
	seen := r.Header.Get("If-Match")
	done, err := s.commit(w, r, &writing{
		deed: "delete " + key.String(), fingerprint: fingerprint(r, nil), whatever: anyState(seen),
		prepare: func(snap *snapshot.Snapshot) ([]geo.Change, []entry.Fault, error) {
			before, err := expected(snap, key, seen, v)
			if err != nil {
				return nil, nil, err
			}
			return []geo.Change{geo.Delete(before)}, nil, nil
		},
	})
	if err != nil {
		return moved(err, seen)
	}
	if done.Proposal != "" {
		return s.writeProposed(w, r, done.Proposal)
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// begin lets only those write who may, and takes no parameters.
func (s *server) begin(w http.ResponseWriter, r *http.Request) error {
	if _, err := s.signedIn(w, r); err != nil {
		return err
	}
	_, err := readQuery(r)
	return err
}

// beginEdit is begin for a feature that stands, of which the writer must say which
// state was seen. A map that has not come as far yet is waited for.
func (s *server) beginEdit(w http.ResponseWriter, r *http.Request) (geo.Key, error) {
	key, err := keyOf(r)
	if err != nil {
		return key, err
	}
	if err := s.begin(w, r); err != nil {
		return key, err
	}
	if r.Header.Get("If-Match") == "" {
		return key, &problem.Problem{
			Name: "precondition-required", Status: http.StatusPreconditionRequired,
			Detail: "If-Match is to name the ETag of the feature as it was seen, or * for any",
		}
	}
	s.awaitState(r.Context(), key, r.Header.Get("If-Match"))
	return key, nil
}

// awaitState waits until the map holds the state of a feature that somebody saw.
func (s *server) awaitState(ctx context.Context, key geo.Key, seen string) {
	if version := versionIn(seen); version > 0 {
		s.await(ctx, func(snap *snapshot.Snapshot) bool {
			f, ok := snap.Get(key)
			return !ok || f.Common().Version >= version
		})
	}
}

// keyOf reads which feature a path names.
func keyOf(r *http.Request) (geo.Key, error) {
	schema, err := schemaOf(r)
	if err != nil {
		return geo.Key{}, err
	}
	text := mux.Vars(r)["id"]
	id, err := strconv.ParseInt(text, 10, 64)
	if err != nil || strconv.FormatInt(id, 10) != text {
		return geo.Key{}, problem.NotFound("%s has no feature %q", schema.Layer, text)
	}
	return geo.Key{Layer: schema.Layer, ID: id}, nil
}

// expected returns the feature that stands, if it is one that the writer saw, by the
// entity tags of what was seen.
func expected(snap *snapshot.Snapshot, key geo.Key, seen string, v view) (geo.Feature, error) {
	f, ok := snap.Get(key)
	if !ok {
		return nil, problem.NotFound("%s has no feature %d", key.Layer, key.ID)
	}
	epoch, version := snap.Head().Epoch, f.Common().Version
	if !namesState(seen, epoch, version) {
		return nil, changedSince(itemTag(epoch, version, v.name()))
	}
	return f, nil
}

func changedSince(etag string) *problem.Problem {
	p := &problem.Problem{
		Name: "precondition-failed", Status: http.StatusPreconditionFailed, Title: "Changed by somebody else meanwhile",
		Detail: "the feature is not the one that If-Match names; get it anew",
	}
	if etag != "" {
		p.Members = map[string]any{"etag": etag}
	}
	return p
}

// moved says 412 of a feature that was changed before the map of this node knew,
// if the writer named a state.
func moved(err error, seen string) error {
	var conflict *geo.Conflict
	if errors.As(err, &conflict) && !anyState(seen) {
		return changedSince("")
	}
	return err
}

// anyState reports whether a writer wants to change whatever stands.
func anyState(seen string) bool { return strings.TrimSpace(seen) == "*" }

// itemTag is the ETag of a feature: of its row alone, so that it can be sent back as
// If-Match. Each view shows another text.
func itemTag(epoch, version int64, view string) string {
	if view == "" {
		return fmt.Sprintf(`"%s-%d"`, epochText(epoch), version)
	}
	return fmt.Sprintf(`"%s-%d-%s"`, epochText(epoch), version, view)
}

// namesState reports whether a list of entity tags, as in If-Match, names a state of
// a feature, in whatever view it was seen.
func namesState(list string, epoch, version int64) bool {
	state := fmt.Sprintf("%s-%d", epochText(epoch), version)
	for tag := range strings.SplitSeq(list, ",") {
		tag = strings.Trim(strings.TrimPrefix(strings.TrimSpace(tag), "W/"), `"`)
		if rest, ok := strings.CutPrefix(tag, state); tag == "*" || ok && (rest == "" || rest[0] == '-') {
			return true
		}
	}
	return false
}

// versionIn returns the highest version that entity tags name, 0 for none.
func versionIn(list string) (highest int64) {
	for tag := range strings.SplitSeq(list, ",") {
		_, rest, _ := strings.Cut(strings.Trim(strings.TrimSpace(tag), `W/"`), "-")
		text, _, _ := strings.Cut(rest, "-")
		if version, err := strconv.ParseInt(text, 10, 64); err == nil {
			highest = max(highest, version)
		}
	}
	return highest
}

func ofChange(i int, violations []geo.Violation) []entry.Fault {
	faults := make([]entry.Fault, len(violations))
	for k, violation := range violations {
		faults[k] = entry.Fault{Change: i, Violation: violation}
	}
	return faults
}

// writtenFeature answers with the feature that a write left behind, as it was then,
// in the coordinate system of the body.
func (s *server) writtenFeature(w http.ResponseWriter, r *http.Request, done outcome, in crs.Reference, status int) error {
	snap, err := s.snapshot(w)
	if err != nil {
		return err
	}
	wrote := done.Wrote[0]
	f, ok := snap.Get(wrote.key())
	if !ok || f.Common().Version != wrote.Version {
		// It has been changed again, or the map is late.
		if f, err = s.stateOf(r, wrote); err != nil {
			return err
		}
	}
	v, err := s.view(w, r)
	if err != nil {
		return err
	}
	w.Header().Set("ETag", itemTag(snap.Head().Epoch, wrote.Version, v.name()))
	if !in.System.Reaches(f.Common().Shape.Box()) { // a body without positions
		in = crs.CRS84
	}
	setContentCRS(w, in)
	w.WriteHeader(status)
	return write(w, typeGeoJSON, s.appendItem(r, f, v, in))
}

// stateOf asks the store for a state of a feature.
func (s *server) stateOf(r *http.Request, wanted state) (geo.Feature, error) {
	states, err := s.Store.History(r.Context(), wanted.key())
	if err != nil {
		return nil, err
	}
	for _, past := range states {
		if past.Feature.Common().Version == wanted.Version {
			return past.Feature, nil
		}
	}
	return nil, fmt.Errorf("%v of version %d: %w", wanted.key(), wanted.Version, geo.ErrNotFound)
}
