package api

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"

	"github.com/gorilla/mux"

	"gridatlas/api/problem"
	"gridatlas/geo"
	"gridatlas/geo/geojson"
	"gridatlas/geo/snapshot"
	"gridatlas/geo/worklist"
)

// workList is what imports left for people to decide.
type workList struct {
	Type        string     `json:"type"`
	Links       []link     `json:"links"`
	Matched     int        `json:"numberMatched"`
	Returned    int        `json:"numberReturned"`
	Kinds       []workSum  `json:"kinds"`
	Communities []workSum  `json:"communities"`
	Features    []workItem `json:"features"`
}

// workSum counts the items of a kind or of a community.
type workSum struct {
	Kind worklist.Kind `json:"kind,omitempty"`
	Code string        `json:"code,omitempty"`
	Name string        `json:"name,omitempty"`
	N    int           `json:"n"`
}

// workItem is one item, with the shape that is wrong or a point where to look.
type workItem struct {
	Type       string          `json:"type"`
	ID         string          `json:"id"`
	Geometry   json.RawMessage `json:"geometry"`
	Properties workProperties  `json:"properties"`
}

// workProperties leave out what is kept of an item for the program alone.
type workProperties struct {
	worklist.Item
	Version   int64  `json:"version"`
	Placeable bool   `json:"placeable"` // by a position
	Community string `json:"community,omitempty"`
}

func itemOf(snap *snapshot.Snapshot, id string, held worklist.Held, at geo.Instant) workItem {
	item := workItem{Type: "Feature", ID: id, Geometry: held.Geometry, Properties: workProperties{
		Item: held.Item, Version: held.Version, Placeable: held.Placeable(),
	}}
	p := &item.Properties
	point := held.Point()
	if item.Geometry == nil && point != nil {
		item.Geometry = geojson.AppendGeometry(nil, geo.PointShape(*point))
	}
	p.Community = nameOfPlace(communityAt(snap, point, at))
	p.Geometry, p.Feature, p.Fields = nil, nil, nil
	if held.Settled != nil && held.Settled.Wrote != nil {
		settled, wrote := *held.Settled, *held.Settled.Wrote
		wrote.Row, settled.Wrote = nil, &wrote
		p.Settled = &settled
	}
	return item
}

// communityAt is the community around a point; nil: none.
func communityAt(snap *snapshot.Snapshot, p *geo.Point, at geo.Instant) *geo.Place {
	if p == nil {
		return nil
	}
	b := belongingOf(snap, *p, at)
	return b.community
}

// worklist answers /worklist: what imports left for people to decide. It is read
// from the store each time, since no revision tells when it changes.
func (s *server) worklist(w http.ResponseWriter, r *http.Request) error {
	if err := s.staffOnly(w, r); err != nil {
		return err
	}
	q, err := readQuery(r, append([]string{"state", "kind", "community"}, partParameters...)...)
	if err != nil {
		return err
	}
	state := cmp.Or(q.text("state"), "open")
	if state != "open" && state != "settled" {
		return problem.Parameter("state", "%q is neither open nor settled", state)
	}
	p, err := q.part()
	if err != nil {
		return err
	}
	snap, err := s.snapshot(w)
	if err != nil {
		return err
	}
	v, err := s.view(w, r)
	if err != nil {
		return err
	}
	v = s.on(v, snap)
	entries, err := worklist.List(r.Context(), s.Store, state == "open")
	if err != nil {
		return err
	}
	entries = slices.DeleteFunc(entries, func(entry worklist.Entry) bool { return !v.seesPoint(entry.At) })
	now := geo.InstantOf(s.Clock())
	list := workList{Type: "FeatureCollection", Features: []workItem{}}
	var found []worklist.Entry
	found, list.Kinds, list.Communities = sift(snap, entries, worklist.Kind(q.text("kind")), q.text("community"), now)
	list.Matched = len(found)
	for _, entry := range partOf(found, p) {
		held, err := worklist.Get(r.Context(), s.Store, entry.ID)
		if errors.Is(err, geo.ErrNotFound) {
			continue
		}
		if err != nil {
			return err
		}
		list.Features = append(list.Features, itemOf(snap, entry.ID, held, now))
	}
	list.Returned = len(list.Features)
	list.Links = s.partLinks(r, "/worklist", q, p, list.Matched, typeGeoJSON)
	return writeDocument(w, typeGeoJSON, list)
}

// sift returns the entries of a kind and of a community, empty: of all, and how many
// there are of each kind in that community, and in each community of that kind.
func sift(snap *snapshot.Snapshot, entries []worklist.Entry, kind worklist.Kind, code string, at geo.Instant) (found []worklist.Entry, kinds, communities []workSum) {
	byKind, byCode := map[worklist.Kind]*workSum{}, map[string]*workSum{}
	for _, entry := range entries {
		sum := workSum{Code: none}
		if place := communityAt(snap, entry.At, at); place != nil {
			sum.Code, sum.Name = place.Code, place.Name
		}
		isKind, isCode := kind == "" || kind == entry.Kind, code == "" || code == sum.Code
		if isCode {
			if byKind[entry.Kind] == nil {
				byKind[entry.Kind] = &workSum{Kind: entry.Kind}
			}
			byKind[entry.Kind].N++
		}
		if isKind {
			if byCode[sum.Code] == nil {
				byCode[sum.Code] = &sum
			}
			byCode[sum.Code].N++
		}
		if isKind && isCode {
			found = append(found, entry)
		}
	}
	return found, ordered(byKind), ordered(byCode)
}

// ordered lists sums, the most items first.
func ordered[K comparable](sums map[K]*workSum) []workSum {
	list := make([]workSum, 0, len(sums))
	for _, sum := range sums {
		list = append(list, *sum)
	}
	slices.SortFunc(list, func(a, b workSum) int {
		return cmp.Or(cmp.Compare(b.N, a.N), cmp.Compare(a.Code, b.Code), cmp.Compare(a.Kind, b.Kind))
	})
	return list
}

// workItem answers /worklist/{id}.
func (s *server) workItem(w http.ResponseWriter, r *http.Request) error {
	if err := s.beginStaff(w, r); err != nil {
		return err
	}
	return s.writeWorkItem(w, r)
}

// beginStaff is begin for what only those see who work here.
func (s *server) beginStaff(w http.ResponseWriter, r *http.Request) error {
	if err := s.staffOnly(w, r); err != nil {
		return err
	}
	_, err := readQuery(r)
	return err
}

// writeWorkItem answers with an item as it stands now.
func (s *server) writeWorkItem(w http.ResponseWriter, r *http.Request) error {
	item, err := s.itemNow(w, r)
	if err != nil {
		return err
	}
	return writeDocument(w, typeGeoJSON, item)
}

// itemNow is the item that a path names as it stands now, if it is shown to who asks.
func (s *server) itemNow(w http.ResponseWriter, r *http.Request) (workItem, error) {
	snap, err := s.snapshot(w)
	if err != nil {
		return workItem{}, err
	}
	v, err := s.view(w, r)
	if err != nil {
		return workItem{}, err
	}
	id := mux.Vars(r)["id"]
	held, err := s.heldItem(r.Context(), s.on(v, snap), id)
	if err != nil {
		return workItem{}, err
	}
	return itemOf(snap, id, held, geo.InstantOf(s.Clock())), nil
}

// heldItem reads an item, if the view shows it.
func (s *server) heldItem(ctx context.Context, v view, id string) (worklist.Held, error) {
	held, err := worklist.Get(ctx, s.Store, id)
	if err == nil && !v.seesPoint(held.Point()) {
		err = geo.ErrNotFound
	}
	if errors.Is(err, geo.ErrNotFound) {
		err = problem.NotFound("the worklist has no item %q", id)
	}
	return held, err
}

// sentChoice is the body of what settles an item or takes that back. Version is that
// of the item as the sender saw it.
type sentChoice struct {
	Version   int64       `json:"version"`
	At        *[2]float64 `json:"at"`
	Candidate int         `json:"candidate"`
	Drop      bool        `json:"drop"`
	Overwrite bool        `json:"overwrite"`
	Note      string      `json:"note"`
	Decision  string      `json:"decision,omitempty"` // by which there may be more booths than the cap
}

// Limits of one choice, in bytes.
const (
	maxChoice = 16 << 10
	maxNote   = 2000
)

func readChoice(w http.ResponseWriter, r *http.Request) (body []byte, sent sentChoice, err error) {
	if body, err = readBody(w, r, typeJSON); err != nil {
		return nil, sent, err
	}
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.DisallowUnknownFields()
	if err := decodeOne(decoder, &sent); err != nil {
		return nil, sent, badBody(err)
	}
	if len(sent.Note) > maxNote {
		return nil, sent, unreadable("note is longer than 2000 bytes", 0)
	}
	return body, sent, nil
}
