package api

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"strconv"

	"github.com/gorilla/mux"

	"gridatlas/api/access"
	"gridatlas/api/problem"
	"gridatlas/geo"
	"gridatlas/geo/entry"
	"gridatlas/geo/photo"
	"gridatlas/geo/snapshot"
)

// unlessTakenDown lets caches keep a photo without asking again, since its address is of
// this photo alone; after a day one that was taken down is in none of them.
const unlessTakenDown = "public, max-age=86400, immutable"

// showPhoto answers /photos/{layer}/{id}/{mark}.jpg: the photo of a place that the
// public may know, as long as the place shows it. Who has a page with the one before is
// led to the one that is shown now.
func (s *server) showPhoto(w http.ResponseWriter, r *http.Request) error {
	if _, err := readQuery(r); err != nil {
		return err
	}
	key, f, err := s.photographed(w, r)
	if err != nil {
		return err
	}
	asked, mark := mux.Vars(r)["mark"], *geo.PhotoOf(f)
	missing := problem.NotFound("%v has no photo", key)
	switch {
	case mark == "":
		return missing
	case mark != asked:
		w.Header().Set("Cache-Control", "no-store")
		http.Redirect(w, r, photo.Path(f), http.StatusFound)
		return nil
	}
	etag := strconv.Quote(mark)
	var kept photo.Kept
	if !matches(r.Header.Get("If-None-Match"), etag) {
		switch kept, _, err = photo.Places.Get(r.Context(), s.Store, mark); {
		case errors.Is(err, geo.ErrNotFound):
			return missing
		case err != nil:
			return err
		}
	}
	if unchanged(w, r, etag, unlessTakenDown) {
		return nil
	}
	return write(w, "image/jpeg", kept.JPEG)
}

// photographed finds the feature of a path that may have a photo: one of which the
// public may know, for nothing else is shown to anybody.
func (s *server) photographed(w http.ResponseWriter, r *http.Request) (geo.Key, geo.Feature, error) {
	key, err := keyOf(r)
	if err != nil {
		return key, nil, err
	}
	snap, err := s.snapshot(w)
	if err != nil {
		return key, nil, err
	}
	f, there := snap.Get(key)
	if !there || !geo.ForPublic(f) || geo.PhotoOf(f) == nil {
		return key, nil, problem.NotFound("%s has no feature %d with a page for a photo", key.Layer, key.ID)
	}
	return key, f, nil
}

// photoPage answers GET /photos/{layer}/{id}: the page on which staff set the photo of a
// place.
func (s *server) photoPage(w http.ResponseWriter, r *http.Request) error {
	q, err := readQuery(r, "did", "lang", "big")
	if err != nil {
		return err
	}
	who, led, err := s.orSignIn(w, r, "my")
	if led || err != nil {
		return err
	}
	p, err := s.openPhoto(w, r, who)
	if err != nil {
		return err
	}
	if q.has("did") {
		if p.Done, err = s.photoDone(r.Context(), who, geo.KeyOf(p.Feature), q.text("did")); err != nil {
			return err
		}
	}
	s.PhotoPage(w, r.WithContext(access.With(r.Context(), who)), http.StatusOK, p)
	return nil
}

// openPhoto begins the page for who may write the place.
func (s *server) openPhoto(w http.ResponseWriter, r *http.Request, who access.Who) (*photo.Page, error) {
	key, f, err := s.photographed(w, r)
	if err != nil {
		return nil, err
	}
	needs := access.Writing(key.Layer)
	if !who.May(needs, s.groundsOf(s.Live.Current()).place(f, geo.InstantOf(s.Clock()))) {
		return nil, notHere(who, needs, "set the photo of this place")
	}
	return &photo.Page{Feature: f, Once: rand.Text()}, nil
}

// Words of the form for what is to be done.
const (
	pressSet    = "set"
	pressRemove = "remove"
)

// photoFields are the fields of the form beside the photo.
var photoFields = []string{"press", "once", "revision"}

// setPhoto answers POST /photos/{layer}/{id}: the photo of a place is set or taken down,
// or that is undone, as a change of the place; or the page is shown again with what is
// wrong. A form that is sent twice is one change.
func (s *server) setPhoto(w http.ResponseWriter, r *http.Request) error {
	if _, err := readQuery(r, "lang", "big"); err != nil {
		return err
	}
	who, err := s.signedIn(w, r)
	if err != nil {
		return err
	}
	p, err := s.openPhoto(w, r, who)
	if err != nil {
		return err
	}
	sent, err := readUpload(r, photoFields...)
	if err != nil {
		return err
	}
	refuse := func(status int, fault photo.Fault) error {
		p.Faults = append(p.Faults, fault)
		s.PhotoPage(w, r.WithContext(access.With(r.Context(), who)), status, p)
		return nil
	}
	var jpeg []byte
	switch press := sent.fields["press"]; {
	case sent.isLarge():
		return refuse(http.StatusRequestEntityTooLarge, photo.FaultLarge)
	case press == pressUndo:
		return s.undoPhoto(w, r, who, geo.KeyOf(p.Feature), sent.fields["revision"], refuse)
	case press == pressRemove:
	case press != pressSet:
		return unreadable("the form does not say what is to be done", 0)
	case len(sent.photo) == 0:
		return refuse(http.StatusUnprocessableEntity, photo.FaultMissing)
	default:
		jpeg, err = s.clean(r.Context(), func() ([]byte, error) { return photo.OfPlace(sent.photo) })
		if status, fault := photoFault(err); fault != "" {
			return refuse(status, fault)
		}
		if err != nil {
			return err
		}
	}
	work, key := photographing(who, geo.KeyOf(p.Feature), jpeg), ""
	if once := sent.fields["once"]; once != "" {
		sum := sha256.Sum256([]byte(once + "\n" + work.fingerprint))
		key = "PHOTO " + who.Name + " " + hex.EncodeToString(sum[:])
	}
	done, err := s.carryOut(r.Context(), w, key, work)
	if err != nil {
		return photoFailed(w, err, refuse)
	}
	return toPhoto(w, r, done.Revision)
}

// photographing is the write by which a place shows a photo; none: it shows none.
func photographing(who access.Who, key geo.Key, jpeg []byte) *writing {
	work := &writing{who: who, deed: "take down the photo of " + key.String(), whatever: true}
	if jpeg != nil {
		work.deed, work.photo = "set the photo of "+key.String(), photo.Mark(jpeg)
	}
	work.fingerprint = work.deed + " " + work.photo
	work.prepare = func(snap *snapshot.Snapshot) ([]geo.Change, []entry.Fault, error) {
		before, there := snap.Get(key)
		if !there {
			return nil, nil, problem.NotFound("%s has no feature %d", key.Layer, key.ID)
		}
		after := geo.Clone(before)
		*geo.PhotoOf(after) = work.photo
		if jpeg != nil {
			put, err := photo.Places.Put(work.photo, geo.AnyVersion, photo.Kept{JPEG: jpeg})
			if err != nil {
				return nil, nil, err
			}
			work.records = geo.RecordChanges(put)
		}
		return []geo.Change{geo.Replace(after)}, nil, nil
	}
	return work
}

// photoFailed shows the page again when the store could not or would not write.
func photoFailed(w http.ResponseWriter, err error, refuse func(int, photo.Fault) error) error {
	var own *problem.Problem
	var conflict *geo.Conflict
	switch {
	case errors.As(err, &conflict), errors.As(err, &own) && own.Status == http.StatusUnprocessableEntity:
		return refuse(http.StatusConflict, photo.FaultChanged)
	case errors.Is(err, geo.ErrUnavailable), errors.Is(err, geo.ErrFull):
		w.Header().Set("Retry-After", "5")
		return refuse(http.StatusServiceUnavailable, photo.FaultAway)
	}
	return err
}

// toPhoto leads on to the page, which tells what a change set did; 0: nothing was other.
func toPhoto(w http.ResponseWriter, r *http.Request, revision int64) error {
	to := r.URL.Path
	if revision != 0 {
		to += "?did=" + strconv.FormatInt(revision, 10)
	}
	w.Header().Set("Cache-Control", "no-store")
	http.Redirect(w, r, to, http.StatusSeeOther)
	return nil
}

// undoPhoto takes back what a change set did with the photo of a place, and nothing else.
func (s *server) undoPhoto(w http.ResponseWriter, r *http.Request, who access.Who, key geo.Key, revision string, refuse func(int, photo.Fault) error) error {
	header, err := s.changeSet(r.Context(), revision)
	if err != nil {
		return err
	}
	did, err := s.photoDone(r.Context(), who, key, revision)
	if err != nil {
		return err
	}
	if did == nil {
		return refuse(http.StatusConflict, photo.FaultChanged)
	}
	work, err := s.reverting(r.Context(), header, who)
	if err != nil {
		return err
	}
	work.fingerprint = "undo"
	done, err := s.carryOut(r.Context(), w, fmt.Sprintf("PHOTO %s undo %d", who.Name, header.Revision), work)
	if err != nil {
		return photoFailed(w, err, refuse)
	}
	return toPhoto(w, r, done.Revision)
}

// photoDone tells what a change set did with the photo of a place; nil of one that did
// something else.
func (s *server) photoDone(ctx context.Context, who access.Who, key geo.Key, revision string) (*photo.Done, error) {
	header, err := s.changeSet(ctx, revision)
	var own *problem.Problem
	switch {
	case errors.Is(err, geo.ErrUnavailable), errors.As(err, &own):
		return nil, nil // the page goes without
	case err != nil:
		return nil, err
	case header.Changed != 1:
		return nil, nil
	}
	deeds, err := s.Store.Deeds(ctx, header.Revision, geo.Key{}, 1)
	if err != nil {
		return nil, err
	}
	for _, deed := range deeds {
		if deed.Key != key || deed.Before == nil || deed.After == nil {
			continue
		}
		did := &photo.Done{Revision: header.Revision, Was: *geo.PhotoOf(deed.Before), Is: *geo.PhotoOf(deed.After)}
		did.Undo = deed.Ended == 0 && (who.Name == header.Author || who.MayAnywhere(access.Publish))
		if did.Was != did.Is {
			return did, nil
		}
	}
	return nil, nil
}

// unkeptPhotos finds changes by which a place would show a photo that is not kept: one
// that was never sent here, or was dropped since.
func (s *server) unkeptPhotos(ctx context.Context, snap *snapshot.Snapshot, work *writing, news []geo.Change) (faults []entry.Fault, err error) {
	for i, change := range news {
		if change.After == nil || geo.PhotoOf(change.After) == nil {
			continue
		}
		mark := *geo.PhotoOf(change.After)
		before, there := snap.Get(change.Key)
		if mark == "" || mark == work.photo || there && *geo.PhotoOf(before) == mark {
			continue
		}
		switch _, err := s.Store.Record(ctx, photo.Places.Kind, mark); {
		case errors.Is(err, geo.ErrNotFound):
			faults = append(faults, entry.Fault{Change: i, Violation: geo.Violation{
				Rule: "photo", Layer: change.Key.Layer, ID: change.Key.ID, Field: "photo", Detail: "no photo of this mark is kept",
			}})
		case err != nil:
			return nil, err
		}
	}
	return faults, nil
}
