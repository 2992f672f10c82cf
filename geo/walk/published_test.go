package walk_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"gridatlas/geo"
	"gridatlas/geo/estimate"
	"gridatlas/geo/seedtest"
	"gridatlas/geo/snapshot"
	draw "gridatlas/geo/street/streettest"
	"gridatlas/geo/walk"
)

// governed adds nine communities that publish their people, all but the last, and
// the district that they are part of.
func governed(town *draw.Town) {
	district := draw.Add(town, &geo.Place{Kind: "district", Population: geo.Some[int32](9000)}, draw.Square(0, 0, 5000))
	district.Code = "d"
	for i := range 9 {
		p := draw.Add(town, &geo.Place{Kind: "community", Parent: "d"}, draw.Square(float64(i%3-1)*500, float64(i/3-1)*500, 250))
		p.Code = fmt.Sprint("c", i)
		if i < 8 {
			p.Population, p.Households = geo.Some(int32(500+i)), geo.Some(int32(200+i))
		}
	}
}

// rows counts by communities as the public may know it.
func rows(t testing.TB, m *walk.Map, own bool) ([]walk.Row, walk.Row) {
	t.Helper()
	c, err := m.Coverage(t.Context(), walk.Query{At: noon, Of: booths(t), OwnFigures: own})
	if err != nil {
		t.Fatal(err)
	}
	list, total, err := c.Rows(t.Context(), walk.ByCommunity, 10)
	if err != nil {
		t.Fatal(err)
	}
	return list, total
}

// TestPublishedSums: public sums of communities are what these publish, those of
// circles are made of the same shares, and figures of buildings bear on neither.
func TestPublishedSums(t *testing.T) {
	rng := seedtest.New(t)
	town := plan{side: 16, spacing: 90, missing: 0.25, houses: 1, booths: 60}.build(rng)
	governed(town)
	m := prepare(town)
	list, total := rows(t, m, false)
	for i, row := range list[:8] {
		p := row.Area.(*geo.Place)
		if row.All.People.Value != int64(p.Population.Value) || row.All.Households.Value != int64(p.Households.Value) || row.All.Known != 1 ||
			row.All.PeopleEstimated != row.All.People.Value || row.In.People.Value > row.All.People.Value {
			t.Errorf("row %d: %+v of %s", i, row.All, p.Code)
		}
	}
	if last := list[8].All; last.Households.Known || last.Known != 0 || !last.People.Known || last.People.Value == 0 {
		t.Errorf("the community that publishes nothing: %+v", last)
	}
	if total.All.People.Value != 9000 {
		t.Errorf("%v people in all", total.All.People)
	}

	shares := map[*geo.Building]estimate.Share{}
	var sites []estimate.Site
	for b := range snapshot.All[*geo.Building](m.Snapshot()) {
		sites = append(sites, estimate.Site{Building: b, At: walk.Pole(b.Shape)})
	}
	list2, err := estimate.Published(t.Context(), m.Snapshot(), sites, geo.InstantOf(noon))
	if err != nil {
		t.Fatal(err)
	}
	for i, share := range list2 {
		shares[sites[i].Building] = share
	}
	for range 20 {
		q := walk.Query{Origin: sites[rng.IntN(len(sites))].At, Minutes: []int{5}, At: noon}
		c, err := m.Circle(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		want, n := int64(0), 0
		for _, site := range sites {
			if r, err := m.Route(t.Context(), q.Origin, site.At, q); err == nil && r.Minutes <= 5 {
				want += int64(max(0, shares[site.Building].People))
				n++
			}
		}
		if band := c.Bands[0]; band.Buildings != n || band.People.Value != want {
			t.Errorf("%d buildings, %v people, by routes %d and %d", band.Buildings, band.People, n, want)
		}
	}

	for b := range snapshot.All[*geo.Building](m.Snapshot()) {
		b.Residents, b.Households = geo.Some(rng.Int32N(9999)), geo.Opt[int32]{}
	}
	again, totalAgain := rows(t, walk.Prepare(m.Snapshot(), nil), false)
	if !cmp.Equal(again, list, cmp.Comparer(sameArea)) || totalAgain != total {
		t.Error("figures of buildings change public sums")
	}
}

func sameArea(a, b geo.Feature) bool { return a == b }

// TestPublishedFollowsEdits: after edits of every kind public sums are those of a map
// made from nothing, and after one that the public cannot see they are as they were.
func TestPublishedFollowsEdits(t *testing.T) {
	rng := seedtest.New(t)
	town := plan{side: 12, spacing: 90, houses: 1, booths: 20}.build(rng)
	governed(town)
	m := prepare(town)
	before, _ := rows(t, m, false)
	for revision := int64(2); revision < 60; revision++ {
		s := m.Snapshot()
		var changed []geo.Feature
		var deleted []geo.Key
		seen := true
		for f := range s.Layer(geo.Buildings).After(rng.Int64N(90)) {
			b := geo.Clone(f).(*geo.Building)
			switch rng.IntN(6) {
			case 0:
				b.Use = []string{"residential", "mixed", "commercial", ""}[rng.IntN(4)]
			case 1:
				b.Levels = geo.Some(1 + rng.Int32N(30))
			case 2:
				b.Until = geo.InstantOf(noon)
			case 3:
				b.Shape = draw.Square(rng.Float64()*1000-500, rng.Float64()*1000-500, 6)
			case 4:
				deleted = append(deleted, geo.KeyOf(b))
			default:
				seen = false
				b.Residents, b.Households = geo.Some(rng.Int32N(9999)), geo.Some(rng.Int32N(9999))
			}
			if len(deleted) == 0 {
				changed = append(changed, b)
			}
			break
		}
		if rng.IntN(4) == 0 {
			seen = true
			f, _ := s.Layer(geo.Places).Get(2 + rng.Int64N(9))
			p := geo.Clone(f).(*geo.Place)
			p.Population = geo.Opt[int32]{Value: rng.Int32N(3000), Known: rng.IntN(3) > 0}
			changed = append(changed, p)
		}
		s = s.Advance(geo.Delta{Head: geo.Head{Epoch: 1, Revision: revision}, Changed: changed, Deleted: deleted})
		m = walk.Prepare(s, m)
		got, total := rows(t, m, false)
		want, wantTotal := rows(t, walk.Prepare(s, nil), false)
		if !cmp.Equal(got, want, cmp.Comparer(sameArea)) || total != wantTotal {
			t.Fatalf("revision %d: %v\nfrom nothing %v", revision, total, wantTotal)
		}
		if !seen && !cmp.Equal(got, before, cmp.Comparer(sameArea)) {
			t.Fatalf("revision %d: own figures of a building change public sums", revision)
		}
		before = got
	}
}

// TestPublishedInTime: places and buildings count while they are in effect, whichever
// instant is asked for first.
func TestPublishedInTime(t *testing.T) {
	town := &draw.Town{}
	town.Street(nil, -400, 0, 400, 0)
	draw.Add(town, &geo.Booth{Status: "open"}, draw.Dot(0, 5))
	turn := geo.InstantOf(noon)
	old := draw.Add(town, &geo.Place{Kind: "community", Population: geo.Some[int32](100)}, draw.Square(0, 0, 300))
	old.Code, old.Until = "c1", turn
	next := draw.Add(town, &geo.Place{Kind: "community", Population: geo.Some[int32](300)}, draw.Square(0, 0, 300))
	next.Code, next.From = "c2", turn
	draw.Add(town, &geo.Building{Use: "residential"}, draw.Square(50, 20, 5))
	late := draw.Add(town, &geo.Building{Use: "residential"}, draw.Square(-50, 20, 5))
	late.From = turn + 60
	m := prepare(town)
	for _, c := range []struct {
		minutes int // from noon
		people  int64
	}{{90, 300}, {-5, 100}, {0, 300}, {59, 300}, {60, 300}, {-5000, 100}, {9000, 300}} {
		at := noon.Add(time.Duration(c.minutes) * time.Minute)
		circle, err := m.Circle(t.Context(), walk.Query{Origin: draw.At(0, 0), Minutes: []int{10}, At: at})
		if err != nil {
			t.Fatal(err)
		}
		buildings := 1
		if c.minutes >= 60 {
			buildings = 2
		}
		if band := circle.Bands[0]; band.People != geo.Some(c.people) || band.Buildings != buildings {
			t.Errorf("%d minutes after noon: %+v", c.minutes, band.Sums)
		}
	}
}

// BenchmarkPublishedFigures is what the first question after an edit of places or
// floors waits for where Warm has not been there.
func BenchmarkPublishedFigures(b *testing.B) {
	s := city(b, "demo")
	m := walk.Prepare(s, nil)
	origin := func() geo.Point {
		for f := range snapshot.All[*geo.Booth](s) {
			return f.Shape.Points()[0]
		}
		return geo.Point{}
	}()
	for b.Loop() {
		m.ForgetPublished()
		if _, err := m.Circle(b.Context(), walk.Query{Origin: origin, Minutes: []int{1}, At: noon}); err != nil {
			b.Fatal(err)
		}
	}
}
