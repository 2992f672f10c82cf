package worklist_test

import (
	"encoding/json"
	"errors"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"gridatlas/data"
	"gridatlas/data/gpkg"
	"gridatlas/geo"
	"gridatlas/geo/crs"
	"gridatlas/geo/snapshot"
	"gridatlas/geo/source"
	"gridatlas/geo/worklist"
)

// desk is a store with one booth and one row without a sure place, which may be
// that booth, or lie at a compound.
type desk struct {
	store data.Store
	id    string
}

func newDesk(t *testing.T, change func(*worklist.Item)) *desk {
	t.Helper()
	store, err := gpkg.Open(t.Context(), filepath.Join(t.TempDir(), "desk.gpkg"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	booth := &geo.Booth{Base: geo.Base{Code: "B1", Name: "老修鞋摊", Shape: geo.PointShape(crs.At(119.1, 36.7))}, Phone: "0536-1"}
	row := &geo.Booth{Base: geo.Base{Name: "修鞋的"}, Phone: "0536-2"}
	item := worklist.Item{
		Kind: worklist.Unplaced, Layer: geo.Booths, Title: "修鞋的", Source: "list", Key: "7", Address: "五道庙", State: worklist.Open,
		Feature: geo.AppendCanonical(nil, row), Fields: []string{"name", "phone"},
		Candidates: []worklist.Candidate{{Layer: geo.Booths, ID: 1, Lon: 119.1, Lat: 36.7}, {Layer: geo.Compounds, ID: 3, Lon: 119.2, Lat: 36.8}},
	}
	if change != nil {
		change(&item)
	}
	d := &desk{store, item.ID()}
	put, err := worklist.Items.Put(d.id, 0, item)
	if err != nil {
		t.Fatal(err)
	}
	d.apply(t, geo.ChangeSet{Changes: geo.Changes(geo.Insert(booth)), Records: geo.RecordChanges(put)})
	return d
}

func (d *desk) apply(t *testing.T, set geo.ChangeSet) {
	t.Helper()
	set.At = time.Unix(1e9, 0)
	if _, err := d.store.Apply(t.Context(), set); err != nil {
		t.Fatal(err)
	}
}

func (d *desk) held(t *testing.T) worklist.Held {
	t.Helper()
	held, err := worklist.Get(t.Context(), d.store, d.id)
	if err != nil {
		t.Fatal(err)
	}
	return held
}

// booths are the booths that stand, by id.
func (d *desk) booths(t *testing.T) []*geo.Booth {
	t.Helper()
	return slices.Collect(snapshot.All[*geo.Booth](d.layers(t)))
}

func (d *desk) layers(t *testing.T) *snapshot.Snapshot {
	t.Helper()
	s, err := snapshot.Load(t.Context(), d.store)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func (d *desk) tryPlace(t *testing.T, c worklist.Choice) (*worklist.Placing, error) {
	t.Helper()
	return worklist.Place(t.Context(), d.store, d.layers(t).Layer(geo.Booths), d.id, d.held(t), c, "a test", time.Unix(1e9, 0))
}

func (d *desk) place(t *testing.T, c worklist.Choice) {
	t.Helper()
	placing, err := d.tryPlace(t, c)
	if err != nil {
		t.Fatal(err)
	}
	d.apply(t, geo.ChangeSet{Changes: placing.Changes(), Records: placing.Records()})
}

func (d *desk) tryReopen(t *testing.T) (*worklist.Reopening, error) {
	t.Helper()
	return worklist.Reopen(t.Context(), d.store, d.layers(t).Layer(geo.Booths), d.id, d.held(t), "wrong", "a test", time.Unix(1e9, 0))
}

func (d *desk) reopen(t *testing.T) {
	t.Helper()
	r, err := d.tryReopen(t)
	if err != nil {
		t.Fatal(err)
	}
	d.apply(t, geo.ChangeSet{Changes: geo.Changes(r.Changes...), Records: geo.RecordChanges(r.Records...), Reverts: r.Reverts})
}

// row returns what is remembered of the row; nil: nothing.
func (d *desk) row(t *testing.T) *source.Row {
	t.Helper()
	row, _, err := source.Rows("list").Get(t.Context(), d.store, "7")
	if errors.Is(err, geo.ErrNotFound) {
		return nil
	}
	if err != nil {
		t.Fatal(err)
	}
	return &row
}

var here = crs.At(119.11, 36.71)

// A row is placed, taken back, and placed again: the feature, what is remembered of
// the row and the item go together.
func TestPlaceAndReopen(t *testing.T) {
	for name, test := range map[string]struct {
		choice worklist.Choice
		at     geo.Point
	}{
		"at a position":          {worklist.Choice{At: &here, Note: "looked at"}, here},
		"at a candidate's place": {worklist.Choice{Candidate: 2}, crs.At(119.2, 36.8)},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t, nil)
			for range 2 {
				d.place(t, test.choice)
				booths := d.booths(t)
				if len(booths) != 2 || booths[1].Phone != "0536-2" || booths[1].Shape.Points()[0] != test.at {
					t.Fatalf("%+v", booths)
				}
				held := d.held(t)
				want := worklist.Wrote{Layer: geo.Booths, ID: booths[1].ID, Version: 1, Made: true}
				if held.State != worklist.Placed || held.Settled.Note != test.choice.Note || held.Settled.Wrote.ID != want.ID || held.Settled.Wrote.Version != 1 || !held.Settled.Wrote.Made {
					t.Errorf("%+v %+v", held.Settled, held.Settled.Wrote)
				}
				if row := d.row(t); row == nil || row.ID != booths[1].ID {
					t.Errorf("remembered: %+v", row)
				}
				var settled *worklist.SettledError
				if _, err := d.tryPlace(t, test.choice); !errors.As(err, &settled) || settled.Item.State != worklist.Placed {
					t.Errorf("placed twice: %v", err)
				}
				d.reopen(t)
				if len(d.booths(t)) != 1 || d.row(t) != nil || d.held(t).State != worklist.Open || d.held(t).Settled != nil {
					t.Errorf("%+v, row %+v, %+v", d.booths(t), d.row(t), d.held(t))
				}
			}
			var states []worklist.State
			for _, earlier := range d.held(t).Earlier {
				states = append(states, earlier.State)
			}
			if !slices.Equal(states, []worklist.State{worklist.Placed, worklist.Open, worklist.Placed, worklist.Open}) {
				t.Errorf("history %v", states)
			}
		})
	}
}

// A row that means a feature of its layer: that one is brought up to date, and is
// what it was when that is taken back.
func TestAdoptAndReopen(t *testing.T) {
	d := newDesk(t, nil)
	d.place(t, worklist.Choice{Candidate: 1, Overwrite: true})
	booths := d.booths(t)
	if len(booths) != 1 || booths[0].Phone != "0536-2" || booths[0].Name != "修鞋的" || booths[0].Code != "B1" {
		t.Fatalf("%+v", booths[0])
	}
	d.reopen(t)
	booths = d.booths(t)
	if len(booths) != 1 || booths[0].Phone != "0536-1" || booths[0].Name != "老修鞋摊" || booths[0].Version != 3 || d.row(t) != nil {
		t.Errorf("%+v", booths[0])
	}

	// Without the row's word over what stands nothing is written, and taking it back
	// writes nothing either.
	d.place(t, worklist.Choice{Candidate: 1})
	if booths := d.booths(t); booths[0].Phone != "0536-1" || d.row(t) == nil || d.held(t).Settled.Wrote.Version != 0 {
		t.Errorf("%+v", booths[0])
	}
	d.reopen(t)
	if d.booths(t)[0].Version != 3 || d.row(t) != nil || d.held(t).State != worklist.Open {
		t.Errorf("%+v", d.booths(t)[0])
	}
}

// What was remembered of a row before is remembered again.
func TestReopenRemembersTheRow(t *testing.T) {
	d := newDesk(t, nil)
	before, err := source.Rows("list").Put("7", 0, source.Row{ID: 1, Given: map[string]json.RawMessage{"phone": json.RawMessage(`"0536-9"`)}})
	if err != nil {
		t.Fatal(err)
	}
	d.apply(t, geo.ChangeSet{Records: geo.RecordChanges(before)})
	d.place(t, worklist.Choice{At: &here})
	if row := d.row(t); string(row.Given["phone"]) != `"0536-2"` {
		t.Errorf("%s", row.Given["phone"])
	}
	d.reopen(t)
	if row := d.row(t); row == nil || string(row.Given["phone"]) != `"0536-9"` {
		t.Errorf("%+v", row)
	}
}

// Somebody changed the feature since: taking back would lose that.
func TestReopenAfterAnEdit(t *testing.T) {
	d := newDesk(t, nil)
	d.place(t, worklist.Choice{At: &here})
	edited := geo.Clone(d.booths(t)[1]).(*geo.Booth)
	edited.Phone = "0536-3"
	d.apply(t, geo.ChangeSet{Changes: geo.Changes(geo.Replace(edited))})
	var conflict *geo.Conflict
	if _, err := d.tryReopen(t); !errors.As(err, &conflict) || len(conflict.Keys) != 1 {
		t.Errorf("%v", err)
	}
}

func TestDrop(t *testing.T) {
	d := newDesk(t, nil)
	change, err := d.held(t).Drop(d.id, "no longer there", "a test", time.Unix(1e9, 0))
	if err != nil {
		t.Fatal(err)
	}
	d.apply(t, geo.ChangeSet{Records: geo.RecordChanges(change)})
	if held := d.held(t); held.State != worklist.Dropped || held.Settled.Note != "no longer there" || len(d.booths(t)) != 1 {
		t.Errorf("%+v", held)
	}
	var settled *worklist.SettledError
	if _, err := d.held(t).Drop(d.id, "", "", time.Time{}); !errors.As(err, &settled) {
		t.Errorf("dropped twice: %v", err)
	}
	d.reopen(t)
	if held := d.held(t); held.State != worklist.Open || held.Earlier[0].Note != "no longer there" || held.Earlier[1].Note != "wrong" {
		t.Errorf("%+v", held)
	}
	if _, err := d.tryReopen(t); !errors.Is(err, worklist.ErrUnfit) {
		t.Errorf("reopened while open: %v", err)
	}
}

func TestUnfitChoices(t *testing.T) {
	polygon := func(item *worklist.Item) {
		item.Layer, item.Feature = geo.Buildings, geo.AppendCanonical(nil, &geo.Building{})
	}
	for name, test := range map[string]struct {
		change func(*worklist.Item)
		choice worklist.Choice
	}{
		"a gap":               {func(item *worklist.Item) { item.Kind = worklist.Gap }, worklist.Choice{At: &here}},
		"no choice":           {nil, worklist.Choice{}},
		"no such candidate":   {nil, worklist.Choice{Candidate: 3}},
		"candidate below one": {nil, worklist.Choice{Candidate: -1}},
		"a point of polygons": {polygon, worklist.Choice{At: &here}},
	} {
		t.Run(name, func(t *testing.T) {
			if p, err := newDesk(t, test.change).tryPlace(t, test.choice); !errors.Is(err, worklist.ErrUnfit) {
				t.Errorf("%v %v", p, err)
			}
		})
	}
}

func TestList(t *testing.T) {
	d := newDesk(t, nil)
	var puts []geo.RecordChange
	for _, item := range []worklist.Item{gap(119.1), gap(119.2), {Kind: worklist.Unplaced, Address: "nowhere"}} {
		item.State = worklist.Open
		if item.At != nil && item.At[0] > 119.15 {
			item.AreaM2 = 99
		}
		put, err := worklist.Items.Put(item.ID(), 0, item)
		if err != nil {
			t.Fatal(err)
		}
		puts = append(puts, put)
	}
	d.apply(t, geo.ChangeSet{Records: geo.RecordChanges(puts...)})
	waiting, err := worklist.List(t.Context(), d.store, true)
	if err != nil || len(waiting) != 4 || waiting[0].AreaM2 != 99 || waiting[1].Kind != worklist.Gap {
		t.Errorf("%v %+v", err, waiting)
	}
	for _, e := range waiting[2:] {
		if at := e.At; e.ID == d.id && *at != crs.At(119.1, 36.7) || e.ID != d.id && at != nil {
			t.Errorf("%+v", e)
		}
	}
	d.place(t, worklist.Choice{At: &here})
	settled, err := worklist.List(t.Context(), d.store, false)
	if err != nil || len(settled) != 1 || settled[0].ID != d.id || settled[0].When != 1e9 {
		t.Errorf("%v %+v", err, settled)
	}
}
