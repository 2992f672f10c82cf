package register_test

import (
	"reflect"
	"testing"
	"time"

	"gridatlas/geo"
	"gridatlas/geo/register"
	draw "gridatlas/geo/street/streettest"
	"gridatlas/geo/walk"
)

// A spacing holds on a newer map if, and only if, nothing is other there that a walk
// between booths hangs on; where it holds, one measured anew lists the same.
func TestSpacingHolds(t *testing.T) {
	town := squareTown(6)
	booth := draw.Add(town, &geo.Booth{Number: "1", Base: geo.Base{Code: "b1"}}, draw.Dot(0, 0))
	draw.Add(town, &geo.Booth{Number: "2"}, draw.Dot(100, 100))
	draw.Add(town, &geo.Booth{Number: "3"}, draw.Dot(300, 200))
	draw.Add(town, &geo.ParkingSpace{}, draw.Square(50, 50, 2))
	before := walk.Prepare(town.Snapshot(), nil)
	spacing, err := register.MeasureSpacing(t.Context(), before, 300, now)
	if err != nil {
		t.Fatal(err)
	}
	if !spacing.Holds(before, now.Add(time.Hour)) || spacing.Holds(before, now.AddDate(0, 0, 1)) {
		t.Error("a spacing does not hold for its day alone")
	}
	for name, edit := range map[string]struct {
		feature geo.Feature
		holds   bool
	}{
		"booth closes":  {change(booth, func(b *geo.Booth) { b.Status = "away" }), true},
		"booth is told": {change(booth, func(b *geo.Booth) { b.Landmark = "by the gate" }), true},
		"parking":       {&geo.ParkingSpace{Base: geo.Base{ID: 1, Shape: draw.Square(50, 60, 2)}}, true},
		"booth moves":   {change(booth, func(b *geo.Booth) { b.Shape = draw.Dot(0, 100) }), false},
		"booth gone":    {change(booth, func(b *geo.Booth) { b.Status = "retired" }), false},
		"booth to come": {change(booth, func(b *geo.Booth) { b.From = geo.InstantOf(now.AddDate(0, 0, 1)) }), false},
		"booth new":     {&geo.Booth{Base: geo.Base{ID: 4, Shape: draw.Dot(100, 0)}, Number: "4"}, false},
		"street new":    {&geo.Street{Base: geo.Base{ID: 1000, Shape: geo.LineShape(draw.Path(0, 0, 100, 100))}, Class: "path", Foot: "yes"}, false},
		"street closed": {&geo.Closure{Base: geo.Base{ID: 1, Shape: draw.Square(50, 0, 20)}}, false},
		"gate of booth": {&geo.Gate{Base: geo.Base{ID: 1, Shape: draw.Dot(0, 300)}, Kind: "gate", Foot: "all", Of: "b1"}, false},
	} {
		next := before.Snapshot().Advance(geo.Delta{Since: 1, Head: geo.Head{Epoch: 1, Revision: 2}, Changed: []geo.Feature{edit.feature}})
		after := walk.Prepare(next, before)
		if spacing.Holds(after, now) != edit.holds {
			t.Errorf("%s: holds is %v", name, !edit.holds)
		}
		anew, err := register.MeasureSpacing(t.Context(), after, 300, now)
		if err != nil {
			t.Fatal(err)
		}
		was, is := register.ListBooths(next, spacing, nil, now), register.ListBooths(next, anew, nil, now)
		if same := reflect.DeepEqual(was.List, is.List) && reflect.DeepEqual(was.Pairs, is.Pairs); edit.holds && !same {
			t.Errorf("%s: measured anew it is\n%v\nnot\n%v", name, is.List, was.List)
		}
	}
}

// change returns another booth.
func change(booth *geo.Booth, how func(*geo.Booth)) *geo.Booth {
	other := *booth
	how(&other)
	return &other
}
