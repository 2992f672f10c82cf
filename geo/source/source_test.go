package source_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"gridatlas/geo"
	"gridatlas/geo/seedtest"
	"gridatlas/geo/source"
)

// city is a layer of booths and the records of one source, without a store.
type city struct {
	booths  map[int64]*geo.Booth
	next    int64
	records map[string]source.Known
	version int64
}

func newCity() *city {
	return &city{booths: map[int64]*geo.Booth{}, records: map[string]source.Known{}}
}

func (c *city) Get(id int64) (geo.Feature, bool) {
	b, ok := c.booths[id]
	return b, ok
}

func (c *city) ByCode(code string) (geo.Feature, bool) {
	for _, b := range c.booths {
		if code != "" && b.Code == code {
			return b, true
		}
	}
	return nil, false
}

// apply does what a store does with the plan.
func (c *city) apply(t testing.TB, p *source.Plan) {
	t.Helper()
	for change, err := range p.Changes() {
		if err != nil {
			t.Fatal(err)
		}
		b := change.After.(*geo.Booth)
		if change.Key.ID == 0 {
			c.next++
			b.ID = c.next
		} else if stands := c.booths[change.Key.ID]; stands == nil || stands.Version != change.Expect {
			t.Fatalf("%v: version %d expected, %v stands", change.Key, change.Expect, stands)
		}
		b.Version++
		c.booths[b.ID] = b
	}
	for change, err := range p.Records("list") {
		if err != nil {
			t.Fatal(err)
		}
		if change.Expect != c.records[change.Key].Version {
			t.Fatalf("record %s: version %d expected, %d stands", change.Key, change.Expect, c.records[change.Key].Version)
		}
		c.version++
		row := source.Known{Version: c.version}
		if err := json.Unmarshal(change.Value, &row.Row); err != nil {
			t.Fatal(err)
		}
		c.records[change.Key] = row
	}
}

var listed = []string{"code", "name", "phone", "hours"}

func (c *city) plan(t testing.TB, o source.Options, rows ...*geo.Booth) *source.Plan {
	t.Helper()
	var delivered []source.Delivery
	for i, b := range rows {
		delivered = append(delivered, source.Delivery{Key: b.Number, Where: fmt.Sprintf("row %d", i+1), Fields: listed, Feature: &geo.Booth{
			Base: geo.Base{Code: b.Code, Name: b.Name, Shape: b.Shape}, Phone: b.Phone, Hours: b.Hours,
		}})
	}
	p, err := source.Compare(c.records, c, delivered, o)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// deliver compares and applies.
func (c *city) deliver(t testing.TB, rows ...*geo.Booth) *source.Plan {
	t.Helper()
	p := c.plan(t, source.Options{Now: 1000}, rows...)
	c.apply(t, p)
	return p
}

// edit changes a booth by hand.
func (c *city) edit(id int64, how func(b *geo.Booth)) {
	b := geo.Clone(c.booths[id]).(*geo.Booth)
	how(b)
	b.Version++
	c.booths[id] = b
}

// row is a line of the list; its key stands in Number.
func row(key, name, phone string) *geo.Booth {
	x := int32(len(key)) * 1000
	return &geo.Booth{Base: geo.Base{Name: name, Shape: geo.PointShape(geo.Point{X: x + int32(key[0]), Y: 7})}, Number: key, Phone: phone}
}

func counts(p *source.Plan) string {
	return fmt.Sprintf("%d new %d adopted %d changed %d gone %d back %d same, %d kept %d left",
		p.Count(source.Insert), p.Count(source.Adopt), p.Count(source.Change), p.Count(source.Retire), p.Count(source.Return), p.Unchanged, len(p.Kept), len(p.Left))
}

func want(t *testing.T, p *source.Plan, text string) {
	t.Helper()
	if got := counts(p); got != text {
		t.Errorf("got  %s\nwant %s\n%s", got, text, strings.Join(p.Lines(true), "\n"))
	}
}

// TestThreeDeliveries is the story of the issue: the same list three times with
// edits between.
func TestThreeDeliveries(t *testing.T) {
	c := newCity()
	want(t, c.deliver(t, row("a", "甲", "1"), row("b", "乙", "2"), row("c", "丙", "3")), "3 new 0 adopted 0 changed 0 gone 0 back 0 same, 0 kept 0 left")
	want(t, c.deliver(t, row("a", "甲", "1"), row("b", "乙", "2"), row("c", "丙", "3")), "0 new 0 adopted 0 changed 0 gone 0 back 3 same, 0 kept 0 left")

	c.edit(1, func(b *geo.Booth) { b.Phone = "by hand"; b.Landmark = "东门北50米" })
	c.edit(2, func(b *geo.Booth) { b.Name = "by hand" })
	c.edit(3, func(b *geo.Booth) { b.Phone = "33" })
	p := c.deliver(t, row("a", "甲", "11"), row("b", "乙", "22"), row("c", "丙", "33"), row("d", "丁", "4"))
	want(t, p, "1 new 0 adopted 1 changed 0 gone 0 back 2 same, 1 kept 0 left")
	if e := p.Kept[0]; e.Key != "a" || e.Field != "phone" || string(e.Stands) != `"by hand"` || string(e.Source) != `"11"` {
		t.Errorf("kept %v", e)
	}
	if p.Standing != 1 { // the name of b
		t.Errorf("%d edits stand", p.Standing)
	}
	if b := c.booths[1]; b.Phone != "by hand" || b.Landmark != "东门北50米" {
		t.Errorf("%+v", b)
	}
	if b := c.booths[2]; b.Name != "by hand" || b.Phone != "22" {
		t.Errorf("%+v", b)
	}

	// The kept edit is not forgotten, though the source repeats itself.
	want(t, c.deliver(t, row("a", "甲", "11"), row("b", "乙", "22"), row("c", "丙", "33"), row("d", "丁", "4")), "0 new 0 adopted 0 changed 0 gone 0 back 4 same, 0 kept 0 left")
	want(t, c.deliver(t, row("a", "甲", "111"), row("b", "乙", "22"), row("c", "丙", "33"), row("d", "丁", "4")), "0 new 0 adopted 0 changed 0 gone 0 back 4 same, 1 kept 0 left")
	// Unless the caller says so.
	p = c.plan(t, source.Options{Overwrite: true}, row("a", "甲", "112"), row("b", "乙", "22"), row("c", "丙", "33"), row("d", "丁", "4"))
	c.apply(t, p)
	if c.booths[1].Phone != "112" || len(p.Overwritten) != 1 {
		t.Errorf("%+v, %v", c.booths[1], p.Overwritten)
	}
}

func TestGoneAndBack(t *testing.T) {
	c := newCity()
	c.deliver(t, row("a", "甲", "1"), row("b", "乙", "2"), row("c", "丙", "3"), row("d", "丁", "4"))
	p := c.deliver(t, row("b", "乙", "2"), row("c", "丙", "3"), row("d", "丁", "4"))
	want(t, p, "0 new 0 adopted 0 changed 1 gone 0 back 3 same, 0 kept 0 left")
	if p.Loss() != 0.25 || c.booths[1].Until != 1000 {
		t.Errorf("loss %v, until %v", p.Loss(), c.booths[1].Until)
	}
	want(t, c.deliver(t, row("b", "乙", "2"), row("c", "丙", "3"), row("d", "丁", "4")), "0 new 0 adopted 0 changed 0 gone 0 back 3 same, 0 kept 0 left")
	want(t, c.deliver(t, row("a", "甲", "9"), row("b", "乙", "2"), row("c", "丙", "3"), row("d", "丁", "4")), "0 new 0 adopted 0 changed 0 gone 1 back 3 same, 0 kept 0 left")
	if b := c.booths[1]; b.Until != 0 || b.Phone != "9" || len(c.booths) != 4 {
		t.Errorf("%+v of %d", b, len(c.booths))
	}
	// What was retired or deleted by hand stays so, whatever the list says.
	c.edit(2, func(b *geo.Booth) { b.Until = 500 })
	delete(c.booths, 3)
	p = c.deliver(t, row("a", "甲", "9"), row("b", "乙", "x"), row("c", "丙", "x"), row("d", "丁", "4"))
	want(t, p, "0 new 0 adopted 0 changed 0 gone 0 back 2 same, 0 kept 2 left")
	if c.booths[2].Until != 500 || c.booths[2].Phone != "2" || c.booths[3] != nil {
		t.Error("a decision by hand was undone")
	}
}

func TestAdoption(t *testing.T) {
	c := newCity()
	c.next = 1
	c.booths[1] = &geo.Booth{Base: geo.Base{ID: 1, Version: 1, Code: "X1", Name: "老名", Shape: geo.PointShape(geo.Point{X: 5})}}
	first := row("a", "新名", "1")
	first.Code = "X1"
	p := c.deliver(t, first)
	want(t, p, "0 new 1 adopted 0 changed 0 gone 0 back 0 same, 2 kept 0 left") // name and geometry stand
	if b := c.booths[1]; b.Name != "老名" || b.Phone != "1" || b.Shape.Points()[0].X != 5 || len(c.booths) != 1 {
		t.Errorf("%+v", b)
	}
	second := row("b", "x", "2")
	second.Code = "X1"
	if p := c.plan(t, source.Options{}, first, second); len(p.Refused) != 1 || !strings.Contains(p.Refused[0], "row 2") {
		t.Errorf("two rows of one feature: %v", p.Refused)
	}
	// A row without geometry that was found to mean a feature.
	lost := row("c", "老名", "3")
	lost.Shape = geo.Shape{}
	p, err := source.Compare(nil, c, []source.Delivery{{Key: "c", Where: "row 1", Feature: lost, Fields: []string{"name", "hours"}, Adopt: 1}}, source.Options{})
	if err != nil || p.Count(source.Adopt) != 1 || len(p.Kept) != 0 {
		t.Errorf("%v %v", counts(p), err)
	}
	if p := c.plan(t, source.Options{}, first, lost); len(p.Unplaced) != 1 {
		t.Errorf("%d unplaced", len(p.Unplaced))
	}
}

// TestMendedBorders holds that geometry which was stored otherwise than it was
// delivered is not taken for an edit by hand, and that an edit of it is.
func TestMendedBorders(t *testing.T) {
	c := newCity()
	p := c.plan(t, source.Options{}, row("a", "甲", "1"), row("b", "乙", "2"))
	p.Steps[0].After.Common().Shape = geo.PointShape(geo.Point{X: 71}) // a new feature is mended on its way in
	c.apply(t, p)
	moved := row("a", "甲", "1")
	moved.Shape = geo.PointShape(geo.Point{X: 80})
	p = c.deliver(t, moved, row("b", "乙", "2"))
	want(t, p, "0 new 0 adopted 1 changed 0 gone 0 back 1 same, 0 kept 0 left")

	// The neighbour of another delivery's feature is mended; its own row says nothing new.
	third := row("c", "丙", "3")
	p = c.plan(t, source.Options{}, moved, row("b", "乙", "2"), third)
	if !p.Reshape(2, geo.PointShape(geo.Point{X: 99})) || p.Reshape(77, geo.Shape{}) {
		t.Error("whose feature is it?")
	}
	c.apply(t, p)
	if c.booths[2].Shape.Points()[0].X != 99 {
		t.Error("not reshaped")
	}
	elsewhere := row("b", "乙", "2")
	elsewhere.Shape = geo.PointShape(geo.Point{X: 200})
	want(t, c.deliver(t, moved, elsewhere, third), "0 new 0 adopted 1 changed 0 gone 0 back 2 same, 0 kept 0 left")

	c.edit(2, func(b *geo.Booth) { b.Shape = geo.PointShape(geo.Point{X: 201}) })
	elsewhere.Shape = geo.PointShape(geo.Point{X: 300})
	p = c.plan(t, source.Options{}, moved, elsewhere, third)
	p.Reshape(2, geo.PointShape(geo.Point{X: 202})) // mended around the edit
	c.apply(t, p)
	elsewhere.Shape = geo.PointShape(geo.Point{X: 400})
	want(t, c.deliver(t, moved, elsewhere, third), "0 new 0 adopted 0 changed 0 gone 0 back 3 same, 1 kept 0 left")
}

// A column that is not delivered this time leaves its field alone, and what the
// source said of it is remembered.
func TestFewerColumns(t *testing.T) {
	c := newCity()
	c.deliver(t, row("a", "甲", "1"))
	deliver := func(name string, fields ...string) *source.Plan {
		p, err := source.Compare(c.records, c, []source.Delivery{{Key: "a", Where: "row 1", Feature: &geo.Booth{Base: geo.Base{Name: name}}, Fields: fields}}, source.Options{})
		if err != nil {
			t.Fatal(err)
		}
		c.apply(t, p)
		return p
	}
	deliver("甲2", "name")
	if b := c.booths[1]; b.Name != "甲2" || b.Phone != "1" || b.Shape.IsZero() {
		t.Errorf("%+v", b)
	}
	want(t, c.deliver(t, row("a", "甲2", "2")), "0 new 0 adopted 1 changed 0 gone 0 back 0 same, 0 kept 0 left")
}

// A place that was found for a row gives way to one that the source states, and to
// none that it does not.
func TestFoundPlaces(t *testing.T) {
	c := newCity()
	at := func(x int32, placed bool) *source.Plan {
		d := source.Delivery{Key: "a", Where: "row 1", Feature: &geo.Booth{Base: geo.Base{Name: "甲"}}, Fields: []string{"name"}, Placed: placed}
		if x != 0 {
			d.Feature.Common().Shape = geo.PointShape(geo.Point{X: x})
		}
		p, err := source.Compare(c.records, c, []source.Delivery{d}, source.Options{})
		if err != nil {
			t.Fatal(err)
		}
		c.apply(t, p)
		return p
	}
	stands := func(x int32) {
		t.Helper()
		if got := c.booths[1].Shape.Points()[0].X; got != x {
			t.Errorf("stands at %d, want %d", got, x)
		}
	}
	at(5, true)
	stands(5)
	at(0, false)
	at(6, true) // found elsewhere the next time: it stands already
	stands(5)
	want(t, at(7, false), "0 new 0 adopted 1 changed 0 gone 0 back 0 same, 0 kept 0 left")
	stands(7)
	c.edit(1, func(b *geo.Booth) { b.Shape = geo.PointShape(geo.Point{X: 8}) })
	want(t, at(9, false), "0 new 0 adopted 0 changed 0 gone 0 back 1 same, 1 kept 0 left")
	stands(8)
}

// TestRandomDeliveries holds the plan to a twin that keeps, for each row and
// field, what the source said and what was written, in plain maps.
func TestRandomDeliveries(t *testing.T) {
	r := seedtest.New(t)
	type field struct{ said, wrote, stands string }
	for range 200 {
		c := newCity()
		twin := map[string]*[2]field{} // name, phone
		for range 12 {
			for id, b := range c.booths { // edits by hand
				if r.IntN(4) == 0 {
					k, v := r.IntN(2), fmt.Sprint("v", r.IntN(4))
					c.edit(id, func(b *geo.Booth) { *[]*string{&b.Name, &b.Phone}[k] = v })
					for key, row := range c.records {
						if row.ID == b.ID {
							twin[key][k].stands = v
						}
					}
				}
			}
			var rows []*geo.Booth
			var kept []string
			for _, key := range []string{"a", "b", "c", "d", "e"} {
				if r.IntN(4) == 0 {
					continue
				}
				said := [2]string{fmt.Sprint("v", r.IntN(4)), fmt.Sprint("v", r.IntN(4))}
				rows = append(rows, row(key, said[0], said[1]))
				if twin[key] == nil {
					twin[key] = &[2]field{{said[0], said[0], said[0]}, {said[1], said[1], said[1]}}
					continue
				}
				for k := range said {
					f := &twin[key][k]
					switch {
					case said[k] == f.stands:
						f.wrote = said[k]
					case said[k] == f.said:
					case f.stands != f.wrote:
						kept = append(kept, key+[]string{"name", "phone"}[k])
					default:
						f.stands, f.wrote = said[k], said[k]
					}
					f.said = said[k]
				}
			}
			p := c.deliver(t, rows...)
			var got []string
			for _, e := range p.Kept {
				got = append(got, e.Key+e.Field)
			}
			slices.Sort(got)
			slices.Sort(kept)
			if !slices.Equal(got, kept) {
				t.Fatalf("kept %v, want %v", got, kept)
			}
			if len(c.booths) != len(twin) {
				t.Fatalf("%d booths of %d rows", len(c.booths), len(twin))
			}
			for key, f := range twin {
				b := c.booths[c.records[key].ID]
				if b.Name != f[0].stands || b.Phone != f[1].stands {
					t.Fatalf("%s is %s %s, want %+v", key, b.Name, b.Phone, f)
				}
				delivered := slices.ContainsFunc(rows, func(row *geo.Booth) bool { return row.Number == key })
				if (b.Until == 0) != delivered {
					t.Fatalf("%s: delivered %v, until %v", key, delivered, b.Until)
				}
			}
		}
	}
}
