package api

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"gridatlas/api/access"
	"gridatlas/api/problem"
	"gridatlas/geo"
	"gridatlas/geo/belong"
	"gridatlas/geo/find"
	"gridatlas/geo/snapshot"
	"gridatlas/geo/stalls"
)

// drawPath is where rows of parking spaces are drawn by hand.
const drawPath = "/registers/parking/draw"

// compoundsFound is how many compounds of a name are offered.
const compoundsFound = 20

// mayDraw reports whether somebody may draw parking spaces at some place.
func (s *server) mayDraw(who access.Who) bool {
	return s.Store != nil && s.RowPage != nil && who.MayAnywhere(access.Writing(geo.Parking))
}

// rowPage answers GET /registers/parking/draw: the page on which a row is drawn in a
// compound, which is chosen first.
func (s *server) rowPage(w http.ResponseWriter, r *http.Request) error {
	q, err := readQuery(r, "compound", "drew", "all", "lang", "big")
	if err != nil {
		return err
	}
	_, led, err := s.orSignIn(w, r, "registers")
	if led || err != nil {
		return err
	}
	all, err := q.flag("all", false)
	if err != nil {
		return err
	}
	p, status, err := s.openRow(w, r, q.text("compound"))
	if err != nil {
		return err
	}
	p.All = all
	if p.Compound != nil {
		p.Form = stalls.Form{First: stalls.Next(p.Given), Angle: string(stalls.Perpendicular), Side: "left", Kind: stalls.Kinds[0].Value, Once: rand.Text()}
		if q.has("drew") {
			if p.Done, err = s.drewRow(r, p.who, q.text("drew")); err != nil {
				return err
			}
		}
	}
	return s.showRow(w, r, status, p)
}

// rowSheet is the page of a row with what it is made from.
type rowSheet struct {
	stalls.Page
	snap  *snapshot.Snapshot
	who   access.Who
	words bool // the script asks, which has a map: it wants no picture
}

func (s *server) showRow(w http.ResponseWriter, r *http.Request, status int, p *rowSheet) error {
	if p.Compound != nil && !p.words {
		p.Ground = stalls.GroundOf(p.snap, p.Look(), geo.InstantOf(s.Clock()))
	}
	s.RowPage(w, r.WithContext(access.With(r.Context(), p.who)), status, &p.Page)
	return nil
}

// openRow begins the page for a compound by its code or name, for who may draw.
func (s *server) openRow(w http.ResponseWriter, r *http.Request, compound string) (*rowSheet, int, error) {
	who, err := s.signedIn(w, r)
	if err != nil {
		return nil, 0, err
	}
	if !s.mayDraw(who) {
		return nil, 0, &problem.Problem{
			Name: "forbidden", Status: http.StatusForbidden, Title: "The account may not do this",
			Detail:  who.Name + " has no role that lets it draw parking spaces",
			Members: map[string]any{"account": who.Name, "action": access.Writing(geo.Parking)},
		}
	}
	snap, err := s.snapshot(w)
	if err != nil {
		return nil, 0, err
	}
	at := geo.InstantOf(s.Clock())
	p := &rowSheet{snap: snap, who: who}
	p.Typed = strings.TrimSpace(compound)
	if p.Typed == "" {
		return p, http.StatusOK, nil
	}
	if p.Compound, p.Found, p.More = compoundsOf(snap, p.Typed, at); p.Compound == nil {
		if len(p.Found) == 0 {
			return p, http.StatusNotFound, nil
		}
		return p, http.StatusOK, nil
	}
	p.Community = belong.New(snap, at).Community(p.Compound)
	p.Given = stalls.In(snap, p.Compound, at)
	return p, http.StatusOK, nil
}

// compoundsOf finds the compound of a code or a name, or those that a part of a name
// may mean, of which there may be more than are offered.
func compoundsOf(snap *snapshot.Snapshot, text string, at geo.Instant) (one *geo.Compound, some []*geo.Compound, more bool) {
	if f, there := snap.Layer(geo.Compounds).ByCode(text); there && f.Common().InEffect(at) {
		return f.(*geo.Compound), nil, false
	}
	wanted := find.Fold(text)
	for compound := range snapshot.All[*geo.Compound](snap) {
		if compound.Code == "" || !compound.InEffect(at) || !strings.Contains(find.Fold(compound.Name), wanted) {
			continue
		}
		if len(some) == compoundsFound {
			return nil, some, true
		}
		some = append(some, compound)
	}
	if len(some) == 1 {
		return some[0], nil, false
	}
	return nil, some, false
}

// Words of the form for what is to be done.
const (
	pressPreview = "preview"
	pressDraw    = "draw"
	pressUndo    = "undo"
)

// drawsRow answers POST /registers/parking/draw: what a row would be is shown; or it is
// drawn, as one change set and once for each form; or one that was drawn is undone.
func (s *server) drawsRow(w http.ResponseWriter, r *http.Request) error {
	form, err := readForm(r)
	if err != nil {
		return err
	}
	p, status, err := s.openRow(w, r, form.Get("compound"))
	if err != nil {
		return err
	}
	if p.Compound == nil {
		return s.showRow(w, r, status, p)
	}
	switch form.Get("press") {
	case pressUndo:
		return s.undoRow(w, r, p, form.Get("revision"))
	case pressPreview, pressDraw:
	default:
		return unreadable("the form does not say what is to be done", 0)
	}
	p.Form, p.Part, p.words = stalls.ReadForm(form.Get), form.Has("part"), form.Get("part") == "words"
	wish, faults := p.Form.Wish()
	if p.Faults = faults; len(faults) == 0 {
		var fault *stalls.Fault
		if p.Plan, err = wish.Plan(p.snap, p.Compound, geo.InstantOf(s.Clock())); errors.As(err, &fault) {
			p.Faults = append(p.Faults, *fault)
		} else if err != nil {
			return err
		} else {
			s.markLeave(p)
		}
	}
	drawing := form.Get("press") == pressDraw && !p.Part
	key := fmt.Sprintf("ROW %s %s", p.who.Name, sumOf(form))
	if drawing { // a row that was drawn by this form is in its own way
		switch done, err := s.repeated(r.Context(), key, key); {
		case err != nil:
			return s.rowFailed(w, r, p, err)
		case done != nil:
			return toRow(w, r, p, done.Revision)
		}
	}
	switch {
	case !drawing && p.Part:
		return s.showRow(w, r, http.StatusOK, p)
	case p.Plan == nil || p.Plan.Forbidden():
		return s.showRow(w, r, http.StatusUnprocessableEntity, p)
	case !drawing:
		return s.showRow(w, r, http.StatusOK, p)
	case p.Plan.Doubtful() && !p.Form.Sure:
		return s.refuseRow(w, r, p, http.StatusUnprocessableEntity, stalls.Fault{Field: "sure", Rule: stalls.RuleSure})
	}
	work := s.drawing(&wish, p.Compound.Code, key)
	work.who = p.who
	done, err := s.carryOut(r.Context(), w, key, work)
	if err != nil {
		return s.rowFailed(w, r, p, err)
	}
	return toRow(w, r, p, done.Revision)
}

// sumOf tells forms apart: one that is sent again is the same, one that was changed
// since is another. One without a mark of its own is like no other.
func sumOf(form url.Values) string {
	mark := form.Get("once")
	if mark == "" {
		mark = rand.Text()
	}
	sum := sha256.Sum256([]byte(mark + "\n" + form.Encode()))
	return hex.EncodeToString(sum[:16])
}

// markLeave adds the spaces of the plan that lie where somebody may not write.
func (s *server) markLeave(p *rowSheet) {
	grounds, at := s.groundsOf(p.snap), geo.InstantOf(s.Clock())
	for i, space := range p.Plan.Spaces {
		if !p.who.May(access.Writing(geo.Parking), grounds.place(space, at)) {
			p.Plan.Obstacles = append(p.Plan.Obstacles, stalls.Obstacle{Space: i, Rule: stalls.RuleLeave})
		}
	}
	slices.SortStableFunc(p.Plan.Obstacles, func(a, b stalls.Obstacle) int { return a.Space - b.Space })
}

func (s *server) refuseRow(w http.ResponseWriter, r *http.Request, p *rowSheet, status int, fault stalls.Fault) error {
	p.Faults = append(p.Faults, fault)
	return s.showRow(w, r, status, p)
}

// rowFailed shows the form again where somebody else was quicker or the store is away.
func (s *server) rowFailed(w http.ResponseWriter, r *http.Request, p *rowSheet, err error) error {
	var own *problem.Problem
	var conflict *geo.Conflict
	switch {
	case errors.As(err, &conflict), errors.As(err, &own) && own.Status == http.StatusUnprocessableEntity:
		return s.refuseRow(w, r, p, http.StatusConflict, stalls.Fault{Rule: stalls.RuleChanged})
	case errors.Is(err, geo.ErrUnavailable), errors.Is(err, geo.ErrFull):
		w.Header().Set("Retry-After", "5")
		return s.refuseRow(w, r, p, http.StatusServiceUnavailable, stalls.Fault{Rule: stalls.RuleAway})
	}
	return err
}

// toRow leads on to the page of what was drawn.
func toRow(w http.ResponseWriter, r *http.Request, p *rowSheet, revision int64) error {
	query := url.Values{"compound": {p.Compound.Code}, "drew": {strconv.FormatInt(revision, 10)}}
	w.Header().Set("Cache-Control", "no-store")
	http.Redirect(w, r, drawPath+"?"+query.Encode(), http.StatusSeeOther)
	return nil
}

// undoRow takes a row back that was drawn.
func (s *server) undoRow(w http.ResponseWriter, r *http.Request, p *rowSheet, revision string) error {
	header, err := s.changeSet(r.Context(), revision)
	if err != nil {
		return err
	}
	work, err := s.reverting(r.Context(), header, p.who)
	if err != nil {
		return err
	}
	work.fingerprint = "undo"
	if _, err = s.carryOut(r.Context(), w, fmt.Sprintf("ROW %s undo %d", p.who.Name, header.Revision), work); err != nil {
		return s.rowFailed(w, r, p, err)
	}
	return toRow(w, r, p, header.Revision)
}

// drewRow tells of the change set by which a row was drawn; nil of one that is none.
func (s *server) drewRow(r *http.Request, who access.Who, revision string) (*stalls.Done, error) {
	header, err := s.changeSet(r.Context(), revision)
	var own *problem.Problem
	switch {
	case errors.Is(err, geo.ErrUnavailable), errors.As(err, &own):
		return nil, nil // the page goes without
	case err != nil:
		return nil, err
	case header.Changed > stalls.MaxCount:
		return nil, nil
	}
	done := &stalls.Done{Revision: header.Revision, Undo: who.Name == header.Author || who.MayAnywhere(access.Publish)}
	ended, other := 0, false
	err = s.eachDeed(r.Context(), header.Revision, func(deed geo.Deed) {
		space, is := deed.After.(*geo.ParkingSpace)
		if !is || deed.Before != nil {
			other = true
			return
		}
		done.Spaces = append(done.Spaces, space)
		if deed.Ended != 0 {
			ended++
		}
	})
	if err != nil || other || len(done.Spaces) == 0 {
		return nil, err
	}
	switch {
	case ended == len(done.Spaces):
		done.State = stalls.Undone
	case ended > 0:
		done.State = stalls.Changed
	}
	return done, nil
}
