package storetest

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"testing"

	"gridatlas/geo"
)

func testViolations(t *testing.T, b Backend) {
	s := fresh(t, b)
	taken := booth("taken", 1, 1)
	taken.Code, taken.Number = "B-1", "001"
	home := &geo.Compound{}
	home.Code, home.Shape = "C-1", shapesOf(geo.Polygons)[0]
	head := apply(t, s, geo.Insert(taken), geo.Insert(home))

	point := geo.PointShape(geo.Point{X: 5, Y: 5})
	with := func(edit func(*geo.Booth)) geo.Change {
		f := booth("bad", 5, 5)
		edit(f)
		return geo.Insert(f)
	}
	building := func(edit func(*geo.Building)) geo.Change {
		f := &geo.Building{}
		f.Shape = shapesOf(geo.Polygons)[0]
		edit(f)
		return geo.Insert(f)
	}
	shaped := func(kind geo.Kind, parts ...geo.Part) geo.Change {
		schemas := map[geo.Kind]geo.Layer{geo.Points: geo.Booths, geo.Lines: geo.Streets, geo.Polygons: geo.Land}
		f := geo.MustSchema(schemas[kind]).New()
		f.Common().Shape = geo.MakeShape(kind, parts)
		return geo.Insert(f)
	}
	corners := func(n int) []geo.Point {
		return []geo.Point{{X: 1, Y: 1}, {X: 5, Y: 1}, {X: 5, Y: 5}, {X: 1, Y: 5}}[:n]
	}
	cases := []struct {
		name   string
		change geo.Change
		rule   string
		field  string
	}{
		{"no geometry", with(func(f *geo.Booth) { f.Shape = geo.Shape{} }), "shape_missing", ""},
		{"wrong geometry", with(func(f *geo.Booth) { f.Shape = shapesOf(geo.Lines)[0] }), "shape_kind", ""},
		{"geometry where none belongs", geo.Insert(&geo.Assignment{Base: geo.Base{Shape: point}}), "shape_kind", ""},
		{"outside the world", with(func(f *geo.Booth) { f.Shape = geo.PointShape(geo.Point{X: 1800000001}) }), "outside_world", ""},
		{"line of one corner", shaped(geo.Lines, geo.Part{Points: corners(1)}), "shape_part", ""},
		{"ring of two corners", shaped(geo.Polygons, geo.Part{Points: corners(2)}), "shape_part", ""},
		{"empty part", shaped(geo.Lines, geo.Part{Points: corners(3)}, geo.Part{}), "shape_part", ""},
		{"hole without a polygon", shaped(geo.Polygons, geo.Part{Points: corners(4), Hole: true}), "shape_part", ""},
		{"ends before it begins", with(func(f *geo.Booth) { f.From, f.Until = 20, 10 }), "until_before_from", "until"},
		{"value not in the list", with(func(f *geo.Booth) { f.Status = "asleep" }), "term", "status"},
		{"value not in the list of a list", with(func(f *geo.Booth) { f.Trades = []string{"shoe", "magic"} }), "term", "trades"},
		{"NUL in a text", with(func(f *geo.Booth) { f.Landmark = "a\x00b" }), "text", "landmark"},
		{"not UTF-8", with(func(f *geo.Booth) { f.Name = "\xff\xfe" }), "text", "name"},
		{"not UTF-8 in a list", geo.Insert(&geo.Grid{Base: geo.Base{Shape: shapesOf(geo.Polygons)[0]}, Predecessors: []string{"ok", "\x80"}}), "text", "predecessors"},
		{"not a number", building(func(f *geo.Building) { f.HeightM = geo.Some(math.NaN()) }), "number", "height_m"},
		{"without end", building(func(f *geo.Building) { f.HeightM = geo.Some(math.Inf(1)) }), "number", "height_m"},
		{"before the calendar", with(func(f *geo.Booth) { f.SurveyedOn = -800000 }), "calendar", "surveyed_on"},
		{"after the calendar", with(func(f *geo.Booth) { f.LastChecked = 2932897 }), "calendar", "last_checked"},
		{"instant before the calendar", with(func(f *geo.Booth) { f.From = math.MinInt32 }), "calendar", "from"},
		{"instant after the calendar", with(func(f *geo.Booth) { f.Until = math.MaxInt32 }), "calendar", "until"},
		{"reference to nothing", building(func(f *geo.Building) { f.Compound = "C-404" }), "reference", "compound"},
		{"reference into another layer", building(func(f *geo.Building) { f.Compound = "B-1" }), "reference", "compound"},
		{"code taken", with(func(f *geo.Booth) { f.Code = "B-1" }), "code_taken", "code"},
		{"number taken", with(func(f *geo.Booth) { f.Number = "001" }), "code_taken", "number"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			changes := []geo.Change{geo.Insert(booth("good", 2, 2)), c.change, geo.Insert(booth("good", 3, 3))}
			_, err := s.Apply(t.Context(), geo.ChangeSet{Changes: geo.Changes(changes...)})
			violated(t, err, c.rule, c.change.After.Layer(), c.field)
		})
	}

	twice := []geo.Change{geo.Replace(renamed(taken, "one")), geo.Delete(taken)}
	_, err := s.Apply(t.Context(), geo.ChangeSet{Changes: geo.Changes(twice...)})
	violated(t, err, "changed_twice", geo.Booths, "")

	for name, change := range map[string]geo.Change{
		"neither id nor feature": {Key: geo.Key{Layer: geo.Booths}},
		"unknown layer":          {Key: geo.Key{Layer: "castles", ID: 1}, Expect: 1},
		"another layer":          {Key: geo.Key{Layer: geo.Gates}, After: booth("x", 1, 1)},
	} {
		if _, err := s.Apply(t.Context(), geo.ChangeSet{Changes: geo.Changes(change)}); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	for name, set := range map[string]geo.ChangeSet{
		"author": {Author: "a\x00"}, "note": {Note: "\xff"}, "source": {Source: "\xff"}, "key": {IdempotencyKey: "\x00"},
	} {
		set.Changes = geo.Changes(geo.Insert(booth("x", 1, 1)))
		if _, err := s.Apply(t.Context(), set); err == nil {
			t.Errorf("%s that is no text: no error", name)
		}
	}

	got, now := load(t, s)
	if now != head {
		t.Errorf("refused sets moved the head to %+v", now)
	}
	sameSet(t, got, map[geo.Key]geo.Feature{geo.KeyOf(taken): taken, geo.KeyOf(home): home})
	sound(t, s)
}

func violated(t *testing.T, err error, rule string, layer geo.Layer, field string) {
	t.Helper()
	var violation *geo.Violation
	if !errors.As(err, &violation) {
		t.Fatalf("got %v, want a violation of %s", err, rule)
	}
	if violation.Rule != rule || violation.Layer != layer || violation.Field != field {
		t.Errorf("got %s on %s.%s, want %s on %s.%s", violation.Rule, violation.Layer, violation.Field, rule, layer, field)
	}
	if geo.Retryable(err) {
		t.Error("a violation stays one however often it is tried")
	}
}

// testCodes follows codes through their life: planned, taken, in use, spent.
func testCodes(t *testing.T, b Backend) {
	s := fresh(t, b)
	const soon = geo.Instant(1<<31 - 2) // has not taken effect yet
	refuse := func(rule, field string, layer geo.Layer, changes ...geo.Change) {
		t.Helper()
		_, err := s.Apply(t.Context(), geo.ChangeSet{Changes: geo.Changes(changes...)})
		violated(t, err, rule, layer, field)
	}
	compound := func(code string, from geo.Instant) *geo.Compound {
		f := &geo.Compound{}
		f.Code, f.From, f.Shape = code, from, shapesOf(geo.Polygons)[0]
		return f
	}
	recoded := func(f *geo.Compound, code string) geo.Change {
		next := geo.Clone(f).(*geo.Compound)
		next.Code = code
		return geo.Replace(next)
	}
	standing, planned, planned2 := compound("C-1", 0), compound("C-2", soon), compound("C-3", soon)
	house := &geo.Building{Compound: "C-2"}
	house.Shape = shapesOf(geo.Polygons)[0]
	apply(t, s, geo.Insert(house), geo.Insert(standing), geo.Insert(planned), geo.Insert(planned2)) // the referrer comes first

	// A code that took effect is spent: neither changed nor freed.
	refuse("code_spent", "code", geo.Compounds, geo.Delete(standing))
	refuse("code_spent", "code", geo.Compounds, recoded(standing, "C-9"))
	refuse("code_spent", "code", geo.Compounds, recoded(standing, ""))
	retired := geo.Clone(standing).(*geo.Compound)
	retired.From, retired.Until = 1, 2
	apply(t, s, geo.Replace(retired))
	refuse("code_taken", "code", geo.Compounds, geo.Insert(compound("C-1", 0)))
	refuse("code_spent", "code", geo.Compounds, geo.Delete(retired))

	// So is the number of a booth, with a code or without; one that has none yet is
	// given one at any time.
	numbered := booth("numbered", 1, 1)
	apply(t, s, geo.Insert(numbered))
	numbered.Number = "370702000186"
	apply(t, s, geo.Replace(numbered))
	renumbered := func(number string) geo.Change {
		next := geo.Clone(numbered).(*geo.Booth)
		next.Number = number
		return geo.Replace(next)
	}
	refuse("code_spent", "number", geo.Booths, geo.Delete(numbered))
	refuse("code_spent", "number", geo.Booths, renumbered("370702000283"))
	refuse("code_spent", "number", geo.Booths, renumbered(""))
	numbered.From, numbered.Until = 1, 2
	apply(t, s, geo.Replace(numbered))
	refuse("code_spent", "number", geo.Booths, geo.Delete(numbered))
	twin := booth("twin", 1, 1)
	twin.Number = numbered.Number
	refuse("code_taken", "number", geo.Booths, geo.Insert(twin))

	// A planned one is freed, but not while somebody names it.
	refuse("code_in_use", "code", geo.Compounds, geo.Delete(planned))
	refuse("code_in_use", "code", geo.Compounds, recoded(planned, "C-8"))
	refuse("code_taken", "code", geo.Compounds, recoded(planned2, "C-2"))
	apply(t, s, geo.Delete(planned2))
	reborn := compound("C-3", 0)
	apply(t, s, geo.Insert(reborn))

	// What undoes the revision that brought a code frees it, and no other does.
	undo := func(revision int64, change geo.Change) error {
		_, err := s.Apply(t.Context(), geo.ChangeSet{Reverts: revision, Changes: geo.Changes(change)})
		return err
	}
	slip := compound("C-7", 0)
	apply(t, s, geo.Insert(slip))
	violated(t, undo(slip.Revision-1, geo.Delete(slip)), "code_spent", geo.Compounds, "code")
	named := &geo.Building{Compound: "C-7"}
	named.Shape = shapesOf(geo.Polygons)[0]
	apply(t, s, geo.Insert(named))
	violated(t, undo(slip.Revision, geo.Delete(slip)), "code_in_use", geo.Compounds, "code")
	apply(t, s, geo.Delete(named))
	if err := undo(slip.Revision, geo.Delete(slip)); err != nil {
		t.Errorf("undone: %v", err)
	}
	if _, err := s.Apply(t.Context(), geo.ChangeSet{Reverts: numbered.Revision, Changes: geo.Changes(geo.Delete(numbered))}); err != nil {
		t.Errorf("a number undone: %v", err)
	}
	apply(t, s, geo.Insert(compound("C-7", 0)))
	if reborn.ID != 4 {
		t.Errorf("the code is free, the id is not: got id %d, want 4", reborn.ID)
	}
	// Both go in one set, whichever comes first; so can the code to an heir.
	heir := compound("C-2", soon)
	apply(t, s, geo.Delete(planned), geo.Insert(heir))
	apply(t, s, geo.Delete(heir), geo.Delete(house))

	// Within one set, also a large one that is loaded in bulk.
	refuse("code_taken", "code", geo.Compounds, geo.Insert(compound("C-7", 0)), geo.Insert(compound("C-7", 0)))
	var many []geo.Change
	for i := range 3000 {
		gate := &geo.Gate{}
		gate.Code, gate.Shape = fullCode(geo.Gates, i%2999), geo.PointShape(geo.Point{X: int32(i)})
		many = append(many, geo.Insert(gate))
	}
	refuse("code_taken", "code", geo.Gates, many...)
	// Features without a code are no twins, nor are codes of two layers.
	apply(t, s, geo.Insert(booth("a", 1, 1)), geo.Insert(booth("b", 1, 1)), geo.Insert(&geo.Gate{Base: geo.Base{Code: "C-3", Shape: geo.PointShape(geo.Point{})}}))
	sound(t, s)
}

// testSwaps has features pass codes and numbers around within one set: in pairs,
// in a ring over more than one batch, and to new ones.
func testSwaps(t *testing.T, b Backend) {
	s := fresh(t, b)
	const n = 2300
	const soon = geo.Instant(1<<31 - 2) // has not taken effect yet
	ring := make([]*geo.Booth, n)
	var changes []geo.Change
	for i := range ring {
		ring[i] = booth("ring", int32(i), 0)
		ring[i].Code, ring[i].Number, ring[i].From = fullCode(geo.Booths, i), fmt.Sprint("№ ", i), soon
		changes = append(changes, geo.Insert(ring[i]))
	}
	apply(t, s, changes...)
	passed := func(shift int, extra ...geo.Change) []geo.Change {
		changes := slices.Clone(extra)
		for i, f := range ring {
			next := geo.Clone(f).(*geo.Booth)
			from := ring[(i+shift)%n]
			next.Code, next.Number = from.Code, from.Number
			changes = append(changes, geo.Replace(next))
		}
		return changes
	}
	taken := booth("new", 1, 1)
	taken.Number = ring[5].Number
	_, err := s.Apply(t.Context(), geo.ChangeSet{Changes: geo.Changes(passed(1, geo.Insert(taken))...)})
	violated(t, err, "code_taken", geo.Booths, "number")
	apply(t, s, passed(1)...)
	got, _ := load(t, s)
	before := slices.Clone(ring)
	for i := range ring {
		f := got[geo.KeyOf(ring[i])].(*geo.Booth)
		if want := before[(i+1)%n]; f.Code != want.Code || f.Number != want.Number || f.Version != 2 {
			t.Fatalf("booth %d has code %s and number %s, want %s and %s", f.ID, f.Code, f.Number, want.Code, want.Number)
		}
		ring[i] = f
	}
	// What one gives up another takes, a new one too; two do not take the same.
	free := geo.Clone(ring[0]).(*geo.Booth)
	free.Code, free.Number = "", ""
	heir := geo.Clone(ring[1]).(*geo.Booth)
	heir.Code = ring[0].Code
	next := booth("next", 1, 1)
	next.Number = ring[0].Number
	twin := geo.Clone(ring[2]).(*geo.Booth)
	twin.Code = ring[0].Code
	_, err = s.Apply(t.Context(), geo.ChangeSet{Changes: geo.Changes(geo.Replace(geo.Clone(free)), geo.Replace(geo.Clone(heir)), geo.Replace(twin))})
	violated(t, err, "code_taken", geo.Booths, "code")
	apply(t, s, geo.Replace(free), geo.Replace(heir), geo.Insert(next))
	sound(t, s)
}
