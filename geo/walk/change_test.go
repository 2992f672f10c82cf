package walk_test

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gridatlas/geo"
	"gridatlas/geo/seedtest"
	"gridatlas/geo/snapshot"
	draw "gridatlas/geo/street/streettest"
	"gridatlas/geo/walk"
)

// edited builds a snapshot in which a change is real: closures and places are
// features, opened gates let everybody pass at all times, and the compounds they
// lead into are nobody's ground, so that all their residents' gates are open.
func edited(s *snapshot.Snapshot, change *walk.Change) *snapshot.Snapshot {
	b := snapshot.NewBuilder()
	public := map[string]bool{}
	for _, id := range change.OpenGates {
		f, _ := s.Layer(geo.Gates).Get(id)
		gate := f.(*geo.Gate)
		public[gate.Of] = true
		for compound := range snapshot.All[*geo.Compound](s) {
			if gate.Of == "" && toBorder(compound.Shape, gate.Shape.Points()[0]) <= 1 {
				public[compound.Code] = true
			}
		}
	}
	for _, layer := range s.Layers() {
		for f := range layer.After(0) {
			if slices.Contains(change.Remove, geo.KeyOf(f)) {
				continue
			}
			if gate, ok := f.(*geo.Gate); ok && slices.Contains(change.OpenGates, gate.ID) {
				gate = geo.Clone(gate).(*geo.Gate)
				gate.Foot, gate.Hours = "all", ""
				f = gate
			} else if ok && gate.Foot == "residents" && public[gate.Of] {
				gate = geo.Clone(gate).(*geo.Gate)
				gate.Foot = "all"
				f = gate
			}
			if compound, ok := f.(*geo.Compound); ok && public[compound.Code] {
				compound = geo.Clone(compound).(*geo.Compound)
				compound.ResidentsOnly = geo.Some(false)
				f = compound
			}
			b.Add(f)
		}
	}
	for k, f := range change.Add {
		f = geo.Clone(f)
		f.Common().ID = int64(1_000_000 + k)
		b.Add(f)
	}
	for k, shape := range change.Closures {
		b.Add(&geo.Closure{Base: geo.Base{ID: int64(1_000_000 + k), Shape: shape}})
	}
	return b.Build(geo.Head{Epoch: 1, Revision: 2})
}

// randomChange supposes a little of everything within half metres of the middle.
// Nothing is closed where gates are opened: an opened gate is no corner of the real
// network, which numbers its edges otherwise, and which of the streets at a junction
// a point joins is the choice of that order; beside a closure that matters.
func randomChange(rng *rand.Rand, s *snapshot.Snapshot, half float64, open bool) *walk.Change {
	change := &walk.Change{}
	at := func() (x, y float64) { return (rng.Float64()*2 - 1) * half, (rng.Float64()*2 - 1) * half }
	for range rng.IntN(4) {
		if open {
			break
		}
		x, y := at()
		switch rng.IntN(3) {
		case 0:
			change.Closures = append(change.Closures, draw.Square(x, y, 5+rng.Float64()*80))
		case 1:
			change.Closures = append(change.Closures, geo.LineShape(draw.Path(x, y, x+rng.Float64()*200-100, y+rng.Float64()*200-100)))
		default: // along a street
			var streets []*geo.Street
			for street := range snapshot.All[*geo.Street](s) {
				streets = append(streets, street)
			}
			change.Closures = append(change.Closures, streets[rng.IntN(len(streets))].Shape)
		}
	}
	for gate := range snapshot.All[*geo.Gate](s) {
		if open && rng.IntN(3) == 0 {
			change.OpenGates = append(change.OpenGates, gate.ID)
		}
	}
	for range rng.IntN(3) {
		x, y := at()
		change.Add = append(change.Add, &geo.Booth{Base: geo.Base{ID: int64(-len(change.Add) - 1), Shape: draw.Dot(x, y)}, Trades: []string{"shoe"}})
	}
	for booth := range snapshot.All[*geo.Booth](s) {
		if rng.IntN(8) == 0 {
			change.Remove = append(change.Remove, geo.KeyOf(booth))
		}
	}
	demolish := rng.IntN(2) == 0
	for building := range snapshot.All[*geo.Building](s) {
		if demolish && rng.IntN(30) == 0 {
			change.Remove = append(change.Remove, geo.KeyOf(building))
		}
	}
	return change
}

// TestSupposedIsReal: a question that supposes a change is answered as on a map on
// which the change is real.
func TestSupposedIsReal(t *testing.T) {
	rng := seedtest.New(t)
	reached, lost := 0, 0
	for round := range 12 {
		// No walls where gates are opened: there too streets have other corners, and a
		// corner that is rounded to the lattice beside a wall may lie behind it.
		town := plan{side: 12, spacing: 90, missing: 0.25, houses: 1, booths: 40, walls: 40 * (round % 2), oneways: true, compound: 6}.build(rng)
		gates(rng, town)
		if round%2 == 1 { // beside closures of the map
			draw.Add(town, &geo.Closure{}, draw.Square(rng.Float64()*400-200, rng.Float64()*400-200, 60))
		}
		s := town.Snapshot()
		m := walk.Prepare(s, nil)
		homes := middles(town)
		for range 3 {
			open := round%2 == 0 && rng.IntN(2) == 0
			change := randomChange(rng, s, 600, open)
			slack := 0.0
			if open {
				// Where a gate stands the real network has a corner less, and lengths are
				// rounded to millimetres an edge.
				slack = 0.001
			}
			real := walk.Prepare(edited(s, change), nil)
			for range 4 {
				q := walk.Query{
					Origin: homes[rng.IntN(len(homes))], Minutes: []int{3, 8, 15}, At: noon, Of: booths(t),
					Toward: rng.IntN(2) == 0, Outlines: true,
				}
				want, wantErr := real.Circle(t.Context(), q)
				q.Change = change
				got, err := m.Circle(t.Context(), q)
				var far *walk.TooFar
				if errors.As(wantErr, &far) || errors.As(err, &far) {
					if (wantErr == nil) != (err == nil) {
						t.Fatalf("really %v, supposed %v", wantErr, err)
					}
					lost++
					continue
				}
				if err != nil || wantErr != nil {
					t.Fatal(err, wantErr)
				}
				sameCircle(t, got, want, slack, slack == 0 && !removesBuilding(change))
				reached += len(got.Reachable[0].Places)
				q.Change = nil
				wantNearest, _ := real.Nearest(t.Context(), q, 5)
				q.Change = change
				gotNearest, _ := m.Nearest(t.Context(), q, 5)
				samePlaces(t, "nearest", gotNearest.Places, wantNearest.Places, slack)
				sameReasons(t, gotNearest.Unreachable, wantNearest.Unreachable)
				goal := homes[rng.IntN(len(homes))]
				q.Change = nil
				wantRoute, wantErr := real.Route(t.Context(), q.Origin, goal, q)
				q.Change = change
				gotRoute, err := m.Route(t.Context(), q.Origin, goal, q)
				if (err == nil) != (wantErr == nil) {
					t.Fatalf("route: really %v, supposed %v", wantErr, err)
				}
				if err == nil {
					near(t, "minutes of a route", gotRoute.Minutes, wantRoute.Minutes, slack)
					near(t, "metres of a route", gotRoute.Metres, wantRoute.Metres, 100*slack)
				}
			}
		}
	}
	t.Logf("%d places reached, %d origins cut off", reached, lost)
	if reached < 500 {
		t.Error("too few places to prove anything")
	}
}

func sameCircle(t *testing.T, got, want *walk.Circle, slack float64, sameOutlines bool) {
	t.Helper()
	samePlaces(t, "reachable", got.Reachable[0].Places, want.Reachable[0].Places, slack)
	if got.Closures != want.Closures || got.Origin.Edge != want.Origin.Edge {
		t.Errorf("%d closures from street %d, really %d from %d", got.Closures, got.Origin.Edge, want.Closures, want.Origin.Edge)
	}
	for i := range got.Bands {
		g, w := got.Bands[i], want.Bands[i]
		if g.Buildings != w.Buildings || g.People != w.People || g.Households != w.Households {
			t.Errorf("%d minutes: %d buildings, %v people, really %d, %v", g.Minutes, g.Buildings, g.People, w.Buildings, w.People)
		}
		near(t, "metres walked", g.MetresWalkedMax, w.MetresWalkedMax, 100*slack)
		// A few samples at corners join another of the streets there, and where a
		// building is gone its pole is still a corner of the mesh.
		// The ground nearest to a shut gate goes to one side of it by the order of the
		// streets, which is another one where a gate was opened.
		near(t, "area", g.AreaM2, w.AreaM2, slack*(10*w.AreaM2+2e6)+250)
		if sameOutlines && !g.Outline.Equal(w.Outline) {
			t.Error("outlines differ")
		}
	}
}

func sameReasons(t *testing.T, got, want []walk.Unreached) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("%d unreachable, really %d", len(got), len(want))
		return
	}
	for i := range got {
		if got[i].Reason != want[i].Reason || (got[i].Gate == nil) != (want[i].Gate == nil) || (got[i].Closure == nil) != (want[i].Closure == nil) {
			t.Errorf("booth %d is not reached: %+v, really %+v", got[i].Feature.Common().ID, got[i].Why, want[i].Why)
		}
	}
}

func removesBuilding(change *walk.Change) bool {
	return slices.ContainsFunc(change.Remove, func(key geo.Key) bool { return key.Layer == geo.Buildings })
}

func samePlaces(t *testing.T, what string, got, want []walk.Place, slack float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("%s: %d places, really %d", what, len(got), len(want))
		return
	}
	// Added places have other ids there.
	order := func(list []walk.Place) []walk.Place {
		return slices.SortedStableFunc(slices.Values(list), func(a, b walk.Place) int {
			return cmp.Or(cmp.Compare(a.At.X, b.At.X), cmp.Compare(a.At.Y, b.At.Y))
		})
	}
	got, want = order(got), order(want)
	for i := range got {
		if got[i].At != want[i].At || math.Abs(got[i].Minutes-want[i].Minutes) > slack || math.Abs(got[i].Metres-want[i].Metres) > 100*slack {
			t.Errorf("%s: %v at %.4f minutes, %.3f m; really %v, %.4f, %.3f", what,
				got[i].Feature.Common().ID, got[i].Minutes, got[i].Metres, want[i].Feature.Common().ID, want[i].Minutes, want[i].Metres)
		}
	}
}

// gates puts gates on streets: shut, with hours, for nobody; and gates at corners
// of the residents' compounds, to which it gives codes.
func gates(rng *rand.Rand, town *draw.Town) {
	var streets []*geo.Street
	for street := range snapshot.All[*geo.Street](town.Snapshot()) {
		streets = append(streets, street)
	}
	for range 25 {
		gate := &geo.Gate{Kind: "gate", Foot: "none"}
		if rng.IntN(2) == 0 {
			gate.Foot, gate.Hours = "all", "Mo-Fr 14:00-18:00"
		}
		// Not at a corner: many points are nearest to a corner, and which of its
		// streets they join is the choice of the order of streets.
		points := streets[rng.IntN(len(streets))].Shape.Points()
		ax, ay := draw.XY(points[0])
		bx, by := draw.XY(points[1])
		f := 0.2 + 0.6*rng.Float64()
		draw.Add(town, gate, draw.Dot(ax+f*(bx-ax), ay+f*(by-ay)))
	}
	var apart []geo.Box
	for compound := range snapshot.All[*geo.Compound](town.Snapshot()) {
		if slices.ContainsFunc(apart, compound.Shape.Box().Intersects) {
			compound.ResidentsOnly = geo.Some(false) // what lies in both is the ground of one
			continue
		}
		apart = append(apart, compound.Shape.Box())
		compound.Code = fmt.Sprint("C", compound.ID)
		points := compound.Shape.Points()
		for range 2 {
			gate := &geo.Gate{Kind: "gate", Foot: "residents", Of: compound.Code}
			if rng.IntN(3) == 0 {
				gate.Of = ""
			}
			draw.Add(town, gate, geo.PointShape(points[rng.IntN(len(points))]))
		}
	}
}
