// Package worklist keeps what an import could not decide and a person must: gaps
// and overlaps of a coverage that are too large to close unasked, and rows whose
// place is not sure. An item names its place and its causes and stays until it is
// settled, by a person or because a later import no longer finds it. Nothing is
// dropped silently.
package worklist

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"gridatlas/geo"
)

// Item is one thing to settle.
type Item struct {
	Kind   Kind      `json:"kind"`
	Layer  geo.Layer `json:"layer"`
	Title  string    `json:"title,omitempty"`  // of a row: its name or code
	File   string    `json:"file,omitempty"`   // where it was found
	Where  string    `json:"where,omitempty"`  // in the file: row 12
	Source string    `json:"source,omitempty"` // the source whose row it is, and the row's key
	Key    string    `json:"key,omitempty"`

	// Of faults of a coverage.
	At       *[2]float64     `json:"at,omitempty"` // longitude and latitude
	Geometry json.RawMessage `json:"geometry,omitempty"`
	AreaM2   float64         `json:"area_m2,omitempty"`
	WidthM   float64         `json:"width_m,omitempty"`
	Members  []string        `json:"members,omitempty"` // codes or names of the features that touch it
	Parent   string          `json:"parent,omitempty"`  // the place that it was judged against

	// Of rows without a sure place: the feature that is made once it is known, in
	// its canonical encoding, what the row says of its place, and where that may be.
	Feature    json.RawMessage `json:"feature,omitempty"`
	Fields     []string        `json:"fields,omitempty"` // that the list has columns for
	Address    string          `json:"address,omitempty"`
	Candidates []Candidate     `json:"candidates,omitempty"`
	Line       []Cell          `json:"line,omitempty"` // the row as it stands in the file

	FoundAt time.Time `json:"found_at"`
	State   State     `json:"state"`
	Settled *Settled  `json:"settled,omitempty"`
	Earlier []Settled `json:"earlier,omitempty"` // what was taken back, the oldest first
}

// Cell is what stands in one column of a row.
type Cell struct {
	Column string `json:"column"`
	Value  string `json:"value"`
}

// Kind says what is to be settled.
type Kind string

// The kinds of items.
const (
	Gap       Kind = "gap"       // ground of the coverage that belongs to nobody
	Overlap   Kind = "overlap"   // ground that belongs to two
	Outside   Kind = "outside"   // ground outside the parent
	Collapsed Kind = "collapsed" // a member thinner than the lattice
	Unplaced  Kind = "unplaced"  // a row without a sure place
)

// String says what is to be settled, with its place.
func (item *Item) String() string {
	if item.Kind == Unplaced {
		return fmt.Sprintf("%s of %s has no sure place: %s", item.Title, item.Layer, item.Address)
	}
	text := fmt.Sprintf("%s in %s of %.1f m2, %.2f m wide", item.Kind, item.Layer, item.AreaM2, item.WidthM)
	if item.At != nil {
		text += fmt.Sprintf(", at %.7f, %.7f", item.At[0], item.At[1])
	}
	if len(item.Members) > 0 {
		text += ", of " + strings.Join(item.Members, " and ")
	}
	if item.Parent != "" {
		text += ", against " + item.Parent
	}
	return text
}

// Candidate is a place that an unplaced row may mean, and the feature that lies
// there.
type Candidate struct {
	Layer geo.Layer `json:"layer,omitempty"`
	ID    int64     `json:"id,omitempty"`
	Lon   float64   `json:"lon"`
	Lat   float64   `json:"lat"`
	Score float64   `json:"score"` // 0 to 1
	Name  string    `json:"name"`
	Why   string    `json:"why,omitempty"`
}

// State says whether an item waits.
type State string

// The states of an item.
const (
	Open    State = "open"
	Placed  State = "placed"  // a person gave the place; the feature was made
	Dropped State = "dropped" // a person decided that nothing is to be done
	Mended  State = "mended"  // a later import no longer finds it
)

// Settled says how an item came off the list.
type Settled struct {
	State State     `json:"as,omitempty"`
	At    time.Time `json:"at"`
	By    string    `json:"by"`
	Note  string    `json:"note,omitempty"`
	Wrote *Wrote    `json:"wrote,omitempty"` // of a row that was placed
}

// Items holds every item of a store.
var Items = geo.RecordTable[Item]{Kind: "worklist"}

// ID names an item by what it is about, so that the same import again finds the
// same item: the row of a source, or else the kind, the layer and the place.
func (item *Item) ID() string {
	about := []any{item.Kind, item.Layer}
	switch {
	case item.Source != "":
		about = append(about, item.Source, item.Key)
	case item.Kind == Unplaced:
		about = append(about, item.Address, item.Feature)
	default:
		about = append(about, item.At, item.Members, item.Parent)
	}
	text, err := json.Marshal(about)
	if err != nil { // strings and numbers always marshal
		panic(err)
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:5])
}

// Held is an item with the version of its record.
type Held struct {
	Item
	Version int64
}

// Merge works out what finding these items changes in the list. Items that wait
// and are found again are brought up to date; settled ones stay settled. Of the
// items that covers speaks for, those that wait and are not found any more are
// mended: covers tells whether the import would have found an item.
func Merge(held map[string]Held, found []Item, covers func(*Item) bool, now time.Time) ([]geo.RecordChange, error) {
	var changes []geo.RecordChange
	put := func(id string, version int64, item Item) error {
		change, err := Items.Put(id, version, item)
		if err != nil {
			return fmt.Errorf("keep an item of the worklist: %w", err)
		}
		changes = append(changes, change)
		return nil
	}
	seen := map[string]bool{}
	for _, item := range found {
		id := item.ID()
		if seen[id] {
			continue
		}
		seen[id] = true
		before, ok := held[id]
		if ok && (before.State == Dropped || before.State == Placed) {
			continue
		}
		item.State, item.FoundAt, item.Earlier = Open, now, before.Earlier
		if ok && before.State == Open {
			item.FoundAt = before.FoundAt
		}
		if err := put(id, before.Version, item); err != nil {
			return nil, err
		}
	}
	for _, id := range slices.Sorted(maps.Keys(held)) {
		item := held[id]
		if item.State != Open || seen[id] || !covers(&item.Item) {
			continue
		}
		item.State = Mended
		item.Settled = &Settled{State: Mended, At: now, By: "gridatlas import", Note: "a later import no longer finds it"}
		if err := put(id, item.Version, item.Item); err != nil {
			return nil, err
		}
	}
	return changes, nil
}
