package estimate_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"gridatlas/geo"
	"gridatlas/geo/estimate"
	"gridatlas/geo/seedtest"
	"gridatlas/geo/snapshot"
	draw "gridatlas/geo/street/streettest"
)

const day = geo.Date(20782) // 2026-11-25

func spread(t testing.TB, s *snapshot.Snapshot, by estimate.Level) *estimate.Result {
	t.Helper()
	result, err := estimate.Spread(context.Background(), s, estimate.Options{By: by, On: day})
	if err != nil {
		t.Fatal(err)
	}
	return result
}

// village has one community with the given figures.
func village(people, households int32) (*draw.Town, *geo.Place) {
	town := &draw.Town{}
	p := draw.Add(town, &geo.Place{Kind: "community", Population: geo.Some(people), Households: geo.Some(households)}, draw.Square(0, 0, 200))
	p.Code, p.Name = "c", "西南关社区"
	return town, p
}

func house(town *draw.Town, use string, levels int32, x float64) *geo.Building {
	b := draw.Add(town, &geo.Building{Use: use}, draw.Square(x, 0, 5))
	if levels > 0 {
		b.Levels = geo.Some(levels)
	}
	return b
}

// after returns the buildings as they would stand.
func after(s *snapshot.Snapshot, r *estimate.Result) map[int64]*geo.Building {
	all := map[int64]*geo.Building{}
	for b := range snapshot.All[*geo.Building](s) {
		all[b.ID] = b
	}
	for _, b := range r.Changed {
		all[b.ID] = b
	}
	return all
}

func TestRules(t *testing.T) {
	for _, c := range []struct {
		name  string
		build func(town *draw.Town) []*geo.Building
		want  []int32 // residents of the buildings, of 120 people; -1: unknown
	}{
		{"by levels", func(town *draw.Town) []*geo.Building {
			return []*geo.Building{house(town, "residential", 1, -50), house(town, "residential", 3, 0), house(town, "residential", 2, 50)}
		}, []int32{20, 60, 40}},
		{"by height", func(town *draw.Town) []*geo.Building {
			b := house(town, "residential", 0, 0)
			b.HeightM = geo.Some(8.7)
			return []*geo.Building{b, house(town, "residential", 1, 50)}
		}, []int32{90, 30}},
		{"unknown levels are the median", func(town *draw.Town) []*geo.Building {
			return []*geo.Building{house(town, "residential", 0, -50), house(town, "residential", 2, 0), house(town, "residential", 2, 50), house(town, "residential", 9, 90)}
		}, []int32{16, 16, 16, 72}},
		{"of the compound first", func(town *draw.Town) []*geo.Building {
			a, b := house(town, "residential", 0, -50), house(town, "residential", 6, 0)
			a.Compound, b.Compound = "x", "x"
			return []*geo.Building{a, b, house(town, "residential", 2, 50), house(town, "residential", 1, 90)}
		}, []int32{48, 48, 16, 8}},
		{"shops have none, mixed from the second level up", func(town *draw.Town) []*geo.Building {
			return []*geo.Building{house(town, "commercial", 9, -50), house(town, "mixed", 3, 0), house(town, "residential", 2, 50)}
		}, []int32{-1, 60, 60}},
		{"unknown use counts in a compound", func(town *draw.Town) []*geo.Building {
			a := house(town, "", 1, -50)
			a.Compound = "x"
			return []*geo.Building{a, house(town, "", 1, 0), house(town, "residential", 1, 50)}
		}, []int32{60, -1, 60}},
		{"or where no use is known", func(town *draw.Town) []*geo.Building {
			return []*geo.Building{house(town, "", 1, 0), house(town, "", 1, 50)}
		}, []int32{60, 60}},
		{"no shed", func(town *draw.Town) []*geo.Building {
			return []*geo.Building{draw.Add(town, &geo.Building{Use: "residential"}, draw.Square(0, 0, 2)), house(town, "residential", 1, 50)}
		}, []int32{-1, 120}},
		{"a count stays and is taken off", func(town *draw.Town) []*geo.Building {
			b := house(town, "residential", 1, 0)
			b.Residents = geo.Some(int32(20))
			return []*geo.Building{b, house(town, "residential", 1, 50)}
		}, []int32{20, 100}},
		{"that of a shop too", func(town *draw.Town) []*geo.Building {
			b := house(town, "commercial", 1, 0)
			b.Residents = geo.Some(int32(20))
			return []*geo.Building{b, house(town, "residential", 1, 50)}
		}, []int32{20, 100}},
		{"one outside has none", func(town *draw.Town) []*geo.Building {
			return []*geo.Building{house(town, "residential", 1, 300), house(town, "residential", 1, 50)}
		}, []int32{-1, 120}},
	} {
		t.Run(c.name, func(t *testing.T) {
			town, _ := village(120, 40)
			buildings := c.build(town)
			s := town.Snapshot()
			now := after(s, spread(t, s, ""))
			for i, b := range buildings {
				if got := now[b.ID].Residents.Or(-1); got != c.want[i] {
					t.Errorf("building %d has %d residents, not %d", i+1, got, c.want[i])
				}
			}
		})
	}
}

func TestReasons(t *testing.T) {
	report := func(build func(town *draw.Town, p *geo.Place)) estimate.Figure {
		town, p := village(100, 40)
		build(town, p)
		return spread(t, town.Snapshot(), "").Places[0].People
	}
	for _, c := range []struct {
		reason   estimate.Reason
		unplaced int64
		build    func(town *draw.Town, p *geo.Place)
	}{
		{estimate.AllPlaced, 0, func(town *draw.Town, _ *geo.Place) { house(town, "residential", 1, 0) }},
		{estimate.NoBuildings, 100, func(town *draw.Town, _ *geo.Place) { house(town, "school", 1, 0) }},
		{estimate.AllCounted, 30, func(town *draw.Town, _ *geo.Place) {
			house(town, "residential", 1, 0).Residents = geo.Some(int32(70))
		}},
		{estimate.TooMany, -20, func(town *draw.Town, _ *geo.Place) {
			house(town, "residential", 1, 0).Residents = geo.Some(int32(120))
			house(town, "residential", 1, 50)
		}},
		{estimate.NoOutline, 100, func(town *draw.Town, p *geo.Place) {
			p.Shape = draw.Dot(0, 0)
			house(town, "residential", 1, 0)
		}},
	} {
		got := report(c.build)
		if got.Reason != c.reason || got.Unplaced != c.unplaced {
			t.Errorf("%q: %+v", c.reason, got)
		}
	}
}

// A street office's figure goes to the ground whose communities state none.
func TestStreetAfterCommunity(t *testing.T) {
	town, _ := village(100, 40)
	town.Snapshot()
	office := draw.Add(town, &geo.Place{Kind: "street", Population: geo.Some[int32](160)}, draw.Square(0, 0, 1000))
	office.Code = "s"
	first := house(town, "residential", 1, 0)
	second := house(town, "residential", 1, 400)
	s := town.Snapshot()
	for p := range snapshot.All[*geo.Place](s) {
		if p.Kind == "community" {
			p.Parent = "s"
		}
	}
	now := after(s, spread(t, s, ""))
	if now[first.ID].Residents.Value != 100 || now[second.ID].Residents.Value != 60 || now[second.ID].Households.Known {
		t.Errorf("%+v, %+v", now[first.ID], now[second.ID])
	}
	now = after(s, spread(t, s, estimate.Street))
	if now[first.ID].Residents.Value != 80 || now[second.ID].Residents.Value != 80 {
		t.Errorf("by street office: %+v, %+v", now[first.ID].Residents, now[second.ID].Residents)
	}
	if m := estimate.Of(now[first.ID]); m.Of != estimate.Street || !m.People || m.Households || m.On != day {
		t.Errorf("%+v", m)
	}
}

// On random towns sums are exact, counts stay, and a second run changes nothing.
func TestProperties(t *testing.T) {
	r := seedtest.New(t)
	for range 60 {
		town, _ := village(int32(r.IntN(5000)), int32(r.IntN(2000)))
		for range 1 + r.IntN(60) {
			b := draw.Add(town, &geo.Building{Use: []string{"residential", "residential", "mixed", "", "commercial"}[r.IntN(5)]},
				draw.Square(r.Float64()*500-250, r.Float64()*500-250, 1+r.Float64()*12))
			b.Source = []string{"", "OSM", "a; b"}[r.IntN(3)]
			if r.IntN(3) > 0 {
				b.Levels = geo.Some(int32(r.IntN(30)))
			}
			if r.IntN(4) == 0 {
				b.Households = geo.Some(int32(r.IntN(60)))
			}
			if r.IntN(4) == 0 {
				b.Residents = geo.Some(int32(r.IntN(200)))
			}
			if r.IntN(3) == 0 {
				b.Compound = "x"
			}
		}
		s := town.Snapshot()
		result := spread(t, s, "")
		check(t, s, result)
		// Stored, nothing is left to change, on another day neither.
		build := snapshot.NewBuilder()
		for p := range snapshot.All[*geo.Place](s) {
			build.Add(p)
		}
		for _, b := range after(s, result) {
			build.Add(b)
		}
		stored := build.Build(geo.Head{Revision: 2})
		again, err := estimate.Spread(context.Background(), stored, estimate.Options{On: day + 9})
		if err != nil || len(again.Changed) > 0 {
			t.Fatalf("a second run changes %d buildings, %v", len(again.Changed), err)
		}
		// Cleared, it is as before.
		clean := estimate.Clear(stored)
		if len(clean) != len(result.Changed) {
			t.Fatalf("%d changed, %d cleared", len(result.Changed), len(clean))
		}
		for _, b := range clean {
			f, _ := s.Get(geo.KeyOf(b))
			if before := f.(*geo.Building); before.Source != b.Source || before.Residents != b.Residents || before.Households != b.Households {
				t.Fatalf("cleared %+v, was %+v", b, before)
			}
		}
	}
}

func check(t *testing.T, s *snapshot.Snapshot, result *estimate.Result) {
	t.Helper()
	report := result.Places[0]
	now := after(s, result)
	var sums [2]int64
	for id, b := range now {
		f, _ := s.Layer(geo.Buildings).Get(id)
		before := f.(*geo.Building)
		m := estimate.Of(b)
		if before.Residents.Known && (b.Residents != before.Residents || m.People) || before.Households.Known && (b.Households != before.Households || m.Households) {
			t.Fatalf("a count was changed: %+v, was %+v", b, before)
		}
		if m.People {
			sums[0] += int64(b.Residents.Value)
		}
		if m.Households {
			sums[1] += int64(b.Households.Value)
		}
		if b.Residents.Value < 0 || b.Households.Value < 0 {
			t.Fatalf("below zero: %+v", b)
		}
	}
	for i, f := range []estimate.Figure{report.People, report.Households} {
		if f.Stated.Value != f.Known+f.Estimated+f.Unplaced || sums[i] != f.Estimated || (f.Reason == "") != (f.Unplaced == 0) {
			t.Fatalf("%+v, but the buildings have %d", f, sums[i])
		}
	}
	if !slices.IsSortedFunc(result.Changed, func(a, b *geo.Building) int { return int(a.ID - b.ID) }) {
		t.Fatal("not in order")
	}
}

func TestCancelled(t *testing.T) {
	town, _ := village(100, 40)
	for i := range 3000 {
		house(town, "residential", 1, float64(i%100))
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := estimate.Spread(ctx, town.Snapshot(), estimate.Options{}); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
}
