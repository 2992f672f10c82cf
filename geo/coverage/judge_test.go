package coverage_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"gridatlas/geo"
	"gridatlas/geo/coverage"
	"gridatlas/geo/crs"
	"gridatlas/geo/snapshot"
)

var middle = crs.NewLocal(crs.At(119.1, 36.7))

// ring returns corners given in metres around the middle.
func ring(metres ...float64) (points []geo.Point) {
	for i := 0; i < len(metres); i += 2 {
		points = append(points, middle.Point(metres[i], metres[i+1]))
	}
	return points
}

func area(metres ...float64) geo.Shape { return geo.PolygonShape(ring(metres...)) }

func box(w, s, e, n float64) geo.Shape { return area(w, s, e, s, e, n, w, n) }

// corners is a box of 100 m with a corner in the middle of the named sides.
func corners(w, s float64, sides string) geo.Shape {
	metres := []float64{w, s}
	for i, p := range [4][4]float64{{50, 0, 100, 0}, {100, 50, 100, 100}, {50, 100, 0, 100}, {0, 50, 0, 0}} {
		if strings.ContainsRune(sides, rune("SENW"[i])) {
			metres = append(metres, w+p[0], s+p[1])
		}
		if i < 3 {
			metres = append(metres, w+p[2], s+p[3])
		}
	}
	return area(metres...)
}

const now geo.Instant = 30_000_000

// town is a community of 200 by 100 m with two grids side by side, and one without
// grids east of it.
func town() []geo.Feature {
	return []geo.Feature{
		&geo.Place{Base: geo.Base{ID: 1, Code: "S", Name: "街道", Shape: area(0, 0, 200, 0, 300, 0, 300, 100, 200, 100, 0, 100)}, Kind: "street"},
		&geo.Place{Base: geo.Base{ID: 2, Code: "A", Shape: area(0, 0, 200, 0, 200, 100, 0, 100)}, Kind: "community", Parent: "S"},
		&geo.Place{Base: geo.Base{ID: 3, Code: "B", Shape: box(200, 0, 300, 100)}, Kind: "community", Parent: "S"},
		&geo.Grid{Base: geo.Base{ID: 1, Code: "A1", Shape: box(0, 0, 100, 100)}, Community: "A"},
		&geo.Grid{Base: geo.Base{ID: 2, Code: "A2", Shape: box(100, 0, 200, 100)}, Community: "A"},
	}
}

func build(features ...geo.Feature) *snapshot.Snapshot {
	b := snapshot.NewBuilder()
	for _, f := range features {
		f = geo.Clone(f)
		f.Common().Version = 1
		b.Add(f)
	}
	return b.Build(geo.Head{Epoch: 1, Revision: 1})
}

// on changes one feature of a map.
func on(s *snapshot.Snapshot, layer geo.Layer, id int64, do func(geo.Feature)) geo.Change {
	f, _ := s.Get(geo.Key{Layer: layer, ID: id})
	f = geo.Clone(f)
	do(f)
	return geo.Replace(f)
}

func reshaped(shape geo.Shape) func(geo.Feature) {
	return func(f geo.Feature) { f.Common().Shape = shape }
}

func gone(s *snapshot.Snapshot, layer geo.Layer, id int64) geo.Change {
	f, _ := s.Get(geo.Key{Layer: layer, ID: id})
	return geo.Delete(f)
}

func newGrid(community string, shape geo.Shape) geo.Change {
	return geo.Insert(&geo.Grid{Base: geo.Base{Shape: shape}, Community: community})
}

// brief is a fault as change, rule and place in whole metres.
func brief(f coverage.Fault) string {
	if f.At == nil {
		return fmt.Sprint(f.Change, " ", f.Rule)
	}
	x, y := middle.XY(*f.At)
	return fmt.Sprintf("%d %s %.0f,%.0f", f.Change, f.Rule, x, y)
}

func judge(t *testing.T, s *snapshot.Snapshot, changes ...geo.Change) []string {
	t.Helper()
	verdict, err := coverage.Judge(t.Context(), s, changes, nil, now)
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, f := range verdict.Faults {
		if f.Detail == "" || f.Field != "geometry" || f.Layer != changes[f.Change].Key.Layer || f.ID != changes[f.Change].Key.ID {
			t.Errorf("a fault without words or name: %+v", f)
		}
		list = append(list, brief(f))
	}
	return list
}

func TestJudge(t *testing.T) {
	s := build(town()...)
	grid := func(id int64, shape geo.Shape) geo.Change { return on(s, geo.Grids, id, reshaped(shape)) }
	place := func(id int64, shape geo.Shape) geo.Change { return on(s, geo.Places, id, reshaped(shape)) }
	tomorrow := now + 24*60
	at := func(c geo.Change, from, until geo.Instant) geo.Change {
		c.After.Common().From, c.After.Common().Until = from, until
		return c
	}
	for _, test := range []struct {
		name    string
		changes []geo.Change
		want    string
	}{
		{"another name", []geo.Change{on(s, geo.Grids, 1, func(f geo.Feature) { f.Common().Name = "x" })}, ""},
		{"over the neighbour", []geo.Change{grid(1, box(0, 0, 120, 100))}, "0 overlap 110,10"},
		{"away from the neighbour", []geo.Change{grid(1, box(0, 0, 80, 100))}, "0 gap 90,90"},
		{"both", []geo.Change{grid(1, box(0, 0, 80, 100)), grid(2, box(80, 0, 200, 100))}, ""},
		{"out of the community", []geo.Change{grid(1, area(0, 0, 100, 0, 100, 100, 0, 100, -20, 50))}, "0 outside -10,50"},
		{"split", []geo.Change{grid(1, box(0, 0, 100, 50)), grid(2, corners(100, 0, "W")), newGrid("A", box(0, 50, 100, 100))}, ""},
		{"split without the neighbour's corner", []geo.Change{grid(1, box(0, 0, 100, 50)), newGrid("A", box(0, 50, 100, 100))}, "0 noding 100,50"},
		{"half of a split", []geo.Change{grid(1, box(0, 0, 100, 50))}, "0 gap 25,75"},
		{"a grid over two", []geo.Change{newGrid("A", area(50, 0, 100, 0, 150, 0, 150, 100, 100, 100, 50, 100))}, "0 overlap 125,75; 0 overlap 75,75"},
		{"the same once more", []geo.Change{newGrid("A", box(0, 0, 100, 100))}, "0 duplicate 50,50"},
		{"taken away", []geo.Change{gone(s, geo.Grids, 2)}, "0 gap 150,50"},
		{"all taken away", []geo.Change{gone(s, geo.Grids, 1), gone(s, geo.Grids, 2)}, ""},
		{"merged", []geo.Change{grid(1, area(0, 0, 100, 0, 200, 0, 200, 100, 100, 100, 0, 100)), gone(s, geo.Grids, 2)}, ""},
		{"the first of a community", []geo.Change{newGrid("B", box(200, 0, 300, 50))}, "0 noding 200,50"}, // of A2
		{"the whole of a community", []geo.Change{newGrid("B", box(200, 0, 300, 100))}, ""},
		{"to another community", []geo.Change{on(s, geo.Grids, 2, func(f geo.Feature) { f.(*geo.Grid).Community = "B" })}, "0 gap 150,50; 0 outside 150,50"},
		{"to a community that is nowhere", []geo.Change{on(s, geo.Grids, 2, func(f geo.Feature) { f.(*geo.Grid).Community = "X" })}, "0 gap 150,50"},
		{"a community that shrinks", []geo.Change{place(2, box(0, 0, 180, 100))}, "0 gap 190,90; 0 outside 190,10"},
		{"a border that moves with all that hangs on it", []geo.Change{
			place(1, area(0, 0, 180, 0, 300, 0, 300, 100, 180, 100, 0, 100)), place(2, box(0, 0, 180, 100)), place(3, box(180, 0, 300, 100)), grid(2, box(100, 0, 180, 100)),
		}, ""},
		{"a street that moves off", []geo.Change{place(1, box(1000, 0, 1300, 100))}, "0 gap 1250,50; 0 outside 150,50; 0 outside 250,50"},
		{"a community that is a point now", []geo.Change{place(2, geo.PointShape(ring(50, 50)[0]))}, "0 gap 50,50"},
		{"retired", []geo.Change{at(grid(2, box(100, 0, 200, 100)), 0, now)}, "0 gap 150,50"},
		{"retired tomorrow", []geo.Change{at(grid(2, box(100, 0, 200, 100)), 0, tomorrow)}, "0 gap 150,50"},
		{"followed tomorrow", []geo.Change{at(grid(2, box(100, 0, 200, 100)), 0, tomorrow), at(newGrid("A", box(100, 0, 200, 100)), tomorrow, 0)}, ""},
		{"followed too early", []geo.Change{at(grid(2, box(100, 0, 200, 100)), 0, tomorrow), at(newGrid("A", box(100, 0, 200, 100)), tomorrow-60, 0)}, "1 duplicate 150,50"},
		{"followed too late", []geo.Change{at(grid(2, box(100, 0, 200, 100)), 0, tomorrow), at(newGrid("A", box(100, 0, 200, 100)), tomorrow+60, 0)}, "0 gap 150,50"},
		{"ended long ago", []geo.Change{at(newGrid("A", box(0, 0, 100, 100)), 0, now-60)}, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := judge(t, s, test.changes...)
			slices.Sort(got)
			want := strings.Split(test.want, "; ")
			slices.Sort(want)
			if !slices.Equal(got, want) && (len(got) > 0 || test.want != "") {
				t.Errorf("got  %s\nwant %s", strings.Join(got, "; "), test.want)
			}
		})
	}
}

// What was wrong before is no hindrance, and what is new of it is.
func TestOldFaults(t *testing.T) {
	features := town()
	features[3].Common().Shape = area(0, 0, 100, 0, 120, 0, 120, 100, 100, 100, 0, 100)                                    // 20 m over A2
	features = append(features, &geo.Grid{Base: geo.Base{ID: 3, Code: "B1", Shape: box(200, 0, 300, 60)}, Community: "B"}) // leaves 40 m
	s := build(features...)
	grid := func(id int64, shape geo.Shape) geo.Change { return on(s, geo.Grids, id, reshaped(shape)) }
	for _, test := range []struct {
		name    string
		changes []geo.Change
		want    string
	}{
		{"less of it", []geo.Change{grid(1, area(0, 0, 100, 0, 110, 0, 110, 100, 100, 100, 0, 100))}, "0 noding 110,0; 0 noding 110,100"},
		{"none of it", []geo.Change{grid(1, box(0, 0, 100, 100))}, ""},
		{"more of it", []geo.Change{grid(1, area(0, 0, 100, 0, 120, 0, 140, 50, 120, 100, 100, 100, 0, 100))}, "0 overlap 130,50"},
		{"beside it", []geo.Change{newGrid("B", box(200, 60, 300, 100))}, ""},
		{"less of a gap", []geo.Change{newGrid("B", area(200, 60, 300, 60, 300, 80, 200, 100))}, ""},
		{"more of a gap", []geo.Change{grid(3, area(200, 0, 300, 0, 300, 40, 200, 60))}, "0 gap 291,51"},
		{"another in its place", []geo.Change{gone(s, geo.Grids, 1), newGrid("A", features[3].Common().Shape)}, "1 overlap 110,90"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := strings.Join(judge(t, s, test.changes...), "; "); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

// Areas without a drawn parent must not enclose ground that is nobody's; what lies
// open at the edge is not enclosed.
func TestWithoutParent(t *testing.T) {
	var features []geo.Feature
	for i := range 9 {
		x, y := float64(i%3)*100, float64(i/3)*100
		features = append(features, &geo.Block{Base: geo.Base{ID: int64(i + 1), Shape: box(x, y, x+100, y+100)}})
	}
	s := build(features...)
	if got := judge(t, s, gone(s, geo.Blocks, 5)); !slices.Equal(got, []string{"0 gap 150,150"}) {
		t.Errorf("the middle is taken away: %q", got)
	}
	if got := judge(t, s, gone(s, geo.Blocks, 6)); got != nil {
		t.Errorf("one at the edge is taken away: %q", got)
	}
	open := build(slices.Concat(features[:4], features[6:])...) // without the middle and the one east of it
	if got := judge(t, open, geo.Insert(&geo.Block{Base: geo.Base{Shape: box(200, 100, 300, 200)}})); !slices.Equal(got, []string{"0 gap 150,150"}) {
		t.Errorf("the ring is closed: %q", got)
	}
}

// What is broken by itself, before or after, is judged with nobody.
func TestBroken(t *testing.T) {
	features := town()
	features[3].Common().Shape = area(0, 0, 100, 100, 100, 0, 0, 100) // a bow tie that an old program left
	s := build(features...)
	if got := judge(t, s, on(s, geo.Grids, 2, reshaped(area(100, 0, 200, 0, 200, 100, 120, 100, 120, 50, 100, 50)))); !slices.Equal(got, []string{"0 gap 110,90"}) {
		t.Errorf("beside it: %q", got)
	}
	if got := judge(t, s, on(s, geo.Grids, 1, reshaped(box(0, 0, 100, 100)))); got != nil {
		t.Errorf("mended: %q", got)
	}
	verdict, err := coverage.Judge(t.Context(), s, []geo.Change{on(s, geo.Grids, 2, reshaped(area(100, 0, 200, 100, 200, 0, 100, 100)))}, map[int]bool{0: true}, now)
	if err != nil || len(verdict.Faults) != 0 {
		t.Errorf("broken anew: %v, %v", verdict.Faults, err)
	}
}

// What has no ground in whole steps is none.
func TestThin(t *testing.T) {
	s := build(town()...)
	thin := geo.PolygonShape([]geo.Point{{X: 1191005000, Y: 367001000}, {X: 1191006001, Y: 367001001}, {X: 1191007000, Y: 367001001}})
	if got := judge(t, s, newGrid("", thin)); len(got) != 1 || !strings.HasPrefix(got[0], "0 collapsed") {
		t.Errorf("got %q", got)
	}
}

// The verdict names what it looked at, and nothing when it had nothing to look at.
func TestRelies(t *testing.T) {
	s := build(town()...)
	verdict, err := coverage.Judge(t.Context(), s, []geo.Change{on(s, geo.Grids, 1, reshaped(box(0, 0, 120, 100)))}, nil, now)
	if err != nil {
		t.Fatal(err)
	}
	covers := func(layer geo.Layer, at geo.Point) bool {
		return slices.ContainsFunc(verdict.Relies, func(r geo.Reliance) bool { return r.Layer == layer && r.Box.Holds(at) })
	}
	for _, p := range ring(199, 99, 1, 1, 110, 50) {
		if !covers(geo.Grids, p) || !covers(geo.Places, p) {
			t.Errorf("does not rely on %v: %v", p, verdict.Relies)
		}
	}
	if covers(geo.Grids, ring(250, 50)[0]) || covers(geo.Blocks, ring(50, 50)[0]) {
		t.Errorf("relies on more than it looked at: %v", verdict.Relies)
	}
	booth := geo.Insert(&geo.Booth{Base: geo.Base{Shape: geo.PointShape(ring(0, 0)[0])}})
	if verdict, err := coverage.Judge(t.Context(), s, []geo.Change{booth}, nil, now); err != nil || verdict.Relies != nil || verdict.Faults != nil {
		t.Errorf("a booth: %+v, %v", verdict, err)
	}
}

func TestBounds(t *testing.T) {
	s := build(town()...)
	var changes []geo.Change
	for i := range coverage.MaxDates {
		c := newGrid("B", box(200, 0, 300, 100))
		c.After.Common().From, c.After.Common().Until = now+geo.Instant(10*i+1), now+geo.Instant(10*i+11)
		changes = append(changes, c)
	}
	if got := judge(t, s, changes...); !slices.Equal(got, []string{"0 too_many_dates", "0 too_many_dates"}) {
		t.Errorf("got %q", got)
	}
	if got := judge(t, s, changes[:coverage.MaxDates-2]...); got != nil {
		t.Errorf("got %q", got)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := coverage.Judge(ctx, s, []geo.Change{newGrid("B", box(200, 0, 300, 100))}, nil, now); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}
