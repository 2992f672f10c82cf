package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/gorilla/mux"

	"gridatlas/api/access"
	"gridatlas/api/problem"
	"gridatlas/geo"
	"gridatlas/geo/crs"
	"gridatlas/geo/find"
	"gridatlas/geo/geojson"
	"gridatlas/geo/planar"
	"gridatlas/geo/snapshot"
)

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

// isDecided is no state of a proposal but any that does not wait.
const isDecided proposalState = "decided"

// listProposals answers /proposals: those that wait, those that are decided, or all,
// the newest first, with what they are about.
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
	if !slices.Contains([]proposalState{"", isOpen, isDecided, isPublished, isRefused, isWithdrawn}, state) {
		return problem.Parameter("state", "%q is none of open, decided, published, refused and withdrawn", state)
	}
	limit, err := q.limit()
	if err != nil {
		return err
	}
	type line struct {
		id string
		proposal
	}
	// The oldest comes first, and one may hold a megabyte: only those of the page are kept.
	var page []line
	matched := 0
	err = proposals.All(r.Context(), s.Store, func(id string, _ int64, p proposal) error {
		if (state == "" || p.State == state || state == isDecided && p.State != isOpen) && v.isShown(&p) {
			matched++
			page = append(page[max(0, len(page)+1-limit):], line{id, p})
		}
		return r.Context().Err()
	})
	if err != nil {
		return err
	}
	slices.Reverse(page)
	o := object{}
	o.open()
	o.int("numberMatched", int64(matched))
	array(&o, "proposals", page, func(l line) {
		o.open()
		o.proposed(l.id, &l.proposal)
		if changes, err := l.changes(); err == nil {
			o.about(v.grounds.snap, changes)
		}
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
	if p.Reverts != 0 {
		o.int("reverts", p.Reverts)
	}
	if p.Settles != nil {
		o.str("item", p.Settles.Item)
	}
	if p.Decided != nil {
		o.str("by", p.By)
		o.str("decided", p.Decided.Format(time.RFC3339))
		o.str("reason", p.Reason)
	}
}

// maxTitles is how many features a list names of each proposal.
const maxTitles = 3

// about appends what changes are about: how many features of each layer are made,
// changed and removed, what the first of them are called, and where they lie.
func (o *object) about(snap *snapshot.Snapshot, changes []geo.Change) {
	type count struct {
		layer                   geo.Layer
		added, changed, removed int64
	}
	var counts []count
	var titles []string
	box := geo.NoBox
	for _, change := range changes {
		i := slices.IndexFunc(counts, func(c count) bool { return c.layer == change.Key.Layer })
		if i < 0 {
			i, counts = len(counts), append(counts, count{layer: change.Key.Layer})
		}
		before, _ := snap.Get(change.Key)
		switch {
		case change.After == nil:
			counts[i].removed++
		case change.Key.ID == 0:
			counts[i].added++
		default:
			counts[i].changed++
		}
		for _, f := range []geo.Feature{before, change.After} {
			if f != nil {
				box = box.Union(f.Common().Shape.Box())
			}
		}
		if title := titleOfEither(snap, change.After, before); title != "" && len(titles) < maxTitles {
			titles = append(titles, title)
		}
	}
	array(o, "layers", counts, func(c count) {
		o.open()
		o.str("layer", string(c.layer))
		o.int("added", c.added)
		o.int("changed", c.changed)
		o.int("removed", c.removed)
		o.close()
	})
	array(o, "titles", titles, func(title string) { o.text = geojson.AppendString(o.text, title) })
	if box.Empty() {
		o.raw("bbox", "null")
	} else {
		o.box("bbox", box)
	}
}

// titleOfEither is what a feature is called, by the first of its states that says so;
// a duty is called by who has it.
func titleOfEither(snap *snapshot.Snapshot, states ...geo.Feature) string {
	for _, f := range states {
		if f == nil {
			continue
		}
		title, _ := find.Title(snap, f)
		if duty, is := f.(*geo.Assignment); is {
			title = duty.Who
		}
		if title != "" {
			return title
		}
	}
	return ""
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
	return s.writeProposal(w, r, v, id, &p)
}

// writeProposal says what a proposal makes of the features that its author saw, which
// of them are others by now, and what who asks may do with it.
func (s *server) writeProposal(w http.ResponseWriter, r *http.Request, v view, id string, p *proposal) error {
	changes, err := p.changes()
	if err != nil {
		return err
	}
	snap := v.grounds.snap
	o := object{}
	o.open()
	o.proposed(id, p)
	array(&o, "may", s.mayWith(v, p, changes), func(act string) { o.text = geojson.AppendString(o.text, act) })
	o.about(snap, changes)
	array(&o, "changes", changes, func(c geo.Change) {
		if err != nil {
			return
		}
		var before geo.Feature
		var moved bool
		if before, moved, err = s.sawBefore(r.Context(), v, p, c); err != nil {
			return
		}
		o.open()
		o.str("layer", string(c.Key.Layer))
		if c.Key.ID != 0 {
			o.int("id", c.Key.ID)
		}
		o.code("title", titleOfEither(snap, c.After, before))
		if moved && p.State == isOpen {
			o.raw("moved", "true")
		}
		o.deed(geo.Deed{Key: c.Key, Before: before, After: c.After})
		if shape := shapeOf(c.After); shape.Equal(shapeOf(before)) && !shape.IsZero() {
			o.geometry("geometry", shape)
		}
		err = o.strip(r.Context(), shapeOf(before), shapeOf(c.After))
		o.close()
	})
	if err != nil {
		return err
	}
	o.close()
	return write(w, typeJSON, o.text)
}

// mayWith lists what somebody may do with a proposal as it stands: publish, refuse or
// withdraw it.
func (s *server) mayWith(v view, p *proposal, changes []geo.Change) []string {
	switch {
	case p.State != isOpen:
		return nil
	case p.Author == v.who.Name:
		return []string{"withdraw"}
	case s.mayWrite(&writing{who: v.who, needs: access.Publish}, v.grounds.snap, changes) == nil:
		return []string{"publish", "refuse"}
	}
	return nil
}

// sawBefore returns the feature that the author of a change saw, nil if there was
// none, it is not known any more, or the view does not show it; and whether another
// stands by now.
func (s *server) sawBefore(ctx context.Context, v view, p *proposal, c geo.Change) (before geo.Feature, moved bool, err error) {
	if c.Key.ID == 0 {
		return nil, false, nil
	}
	if now, there := v.grounds.snap.Get(c.Key); there && now.Common().Version == c.Expect {
		return now, false, nil
	}
	states, err := s.Store.History(ctx, c.Key)
	for _, past := range states {
		if f := past.Feature; f.Common().Version == c.Expect && (p.Author == v.who.Name || v.sees(f)) {
			before = f
		}
	}
	return before, true, err
}

// strip appends the ground that an area gains and loses by a change, with its square
// metres; nothing where a shape stays as it is or is no area.
func (o *object) strip(ctx context.Context, was, is geo.Shape) error {
	if was.Equal(is) || was.Kind() != geo.Polygons && is.Kind() != geo.Polygons {
		return nil
	}
	a, err := planar.Build(ctx, []geo.Shape{was, is})
	if err != nil {
		return fmt.Errorf("compare two borders: %w", err)
	}
	for i, name := range []string{"lost", "gained"} {
		var faces []int32
		for face := range int32(a.Faces()) {
			if cover := a.Cover(face); len(cover) == 1 && cover[0] == int32(i) {
				faces = append(faces, face)
			}
		}
		if len(faces) == 0 {
			continue
		}
		shape := a.Outline(faces)
		o.name(name)
		o.open()
		o.num("area_m2", crs.Area(shape), 0)
		o.geometry("geometry", shape)
		o.close()
	}
	return nil
}
