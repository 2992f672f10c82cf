package estimate_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"testing"

	"gridatlas/geo"
	"gridatlas/geo/estimate"
	"gridatlas/geo/seedtest"
	"gridatlas/geo/snapshot"
	draw "gridatlas/geo/street/streettest"
)

func sitesOf(s *snapshot.Snapshot) (sites []estimate.Site) {
	for b := range snapshot.All[*geo.Building](s) {
		sites = append(sites, estimate.Site{Building: b, At: b.Shape.Box().Centre()})
	}
	return sites
}

func published(t testing.TB, s *snapshot.Snapshot) []estimate.Share {
	t.Helper()
	shares, err := estimate.Published(t.Context(), s, sitesOf(s), 1)
	if err != nil {
		t.Fatal(err)
	}
	return shares
}

// Counts of buildings do not count, and who lives nowhere is nobody.
func TestPublishedIsBlind(t *testing.T) {
	town, _ := village(120, 40)
	house(town, "residential", 1, -50)
	counted := house(town, "residential", 3, 0)
	house(town, "commercial", 9, 50)
	house(town, "residential", 1, 400) // outside
	for _, n := range []geo.Opt[int32]{{}, geo.Some[int32](1), geo.Some[int32](5000)} {
		counted.Residents, counted.Households = n, n
		want := []estimate.Share{{10, 30}, {30, 90}, {0, 0}, {-1, -1}}
		if got := published(t, town.Snapshot()); !slices.Equal(got, want) {
			t.Errorf("with %v counted: %v, want %v", n, got, want)
		}
	}
}

// What a community does not publish is of the nearest above it that does, less what
// others inside publish themselves.
func TestPublishedByTheNearestAbove(t *testing.T) {
	town := &draw.Town{}
	place := func(kind, code, parent string, people int32, x, y, r float64) *geo.Place {
		p := draw.Add(town, &geo.Place{Kind: kind, Parent: parent}, draw.Square(x, y, r))
		p.Code = code
		if people > 0 {
			p.Population = geo.Some(people)
		}
		return p
	}
	place("community", "c1", "s1", 100, 0, 0, 100)
	place("community", "c2", "s1", 0, 300, 0, 100)
	place("community", "c3", "s2", 0, 1000, 0, 100)
	place("community", "c4", "s2", 30, 1300, 0, 100)
	place("street", "s1", "d", 150, 150, 0, 300)
	place("street", "s2", "d", 0, 1150, 0, 300)
	old := place("community", "c0", "s1", 7, 300, 0, 100) // no more
	old.Until = 1
	place("district", "d", "city", 400, 500, 0, 3000)
	place("city", "city", "", 9999, 500, 0, 5000)
	for _, x := range []float64{0, 300, 1000, 1300, 5000} {
		house(town, "residential", 1, x)
	}
	var people []int32
	for _, share := range published(t, town.Snapshot()) {
		people = append(people, share.People)
		if share.Households != -1 {
			t.Errorf("households that nobody states: %v", share)
		}
	}
	// 400 less 150 less 30 are left for c3; beyond the district nothing is known.
	if want := []int32{100, 50, 220, 30, -1}; !slices.Equal(people, want) {
		t.Errorf("%v, want %v", people, want)
	}
}

// A figure that cannot be placed is known of no building.
func TestPublishedNotPlaced(t *testing.T) {
	town, _ := village(120, 40)
	house(town, "commercial", 9, 50)
	if got := published(t, town.Snapshot()); got[0] != (estimate.Share{-1, -1}) {
		t.Errorf("nobody lives there, and %v is known", got)
	}
	town, p := village(0, 40)
	house(town, "residential", 9, 50)
	office := draw.Add(town, &geo.Place{Kind: "street", Households: geo.Some[int32](20)}, draw.Square(0, 0, 900))
	office.Code, p.Parent = "s", "s"
	house(town, "residential", 9, 500)
	if got := published(t, town.Snapshot()); !slices.Equal(got, []estimate.Share{{40, 0}, {-1, -1}}) {
		t.Errorf("a community states more than its street: %v", got)
	}
}

// On random towns the parts of a community sum to what it states, whatever is
// counted and in whatever order; without counts they are those of Spread.
func TestPublishedSums(t *testing.T) {
	r := seedtest.New(t)
	for range 40 {
		town, p := village(int32(r.IntN(5000)), int32(r.IntN(2000)))
		for range 1 + r.IntN(60) {
			b := draw.Add(town, &geo.Building{Use: []string{"residential", "mixed", "", "commercial"}[r.IntN(4)]},
				draw.Square(r.Float64()*500-250, r.Float64()*500-250, 1+r.Float64()*12))
			if r.IntN(3) > 0 {
				b.Levels = geo.Some(int32(r.IntN(30)))
			}
		}
		s := town.Snapshot()
		shares, guessed := published(t, s), after(s, spread(t, s, ""))
		var sum estimate.Share
		placed := false
		for i, site := range sitesOf(s) {
			share, b := shares[i], guessed[site.Building.ID]
			if share.People > 0 && share.People != b.Residents.Or(-1) || b.Residents.Known && share.People != b.Residents.Value {
				t.Fatalf("%v is published, %v spread", share, b.Residents)
			}
			placed = placed || share.People >= 0
			sum.People += max(0, share.People)
			sum.Households += max(0, share.Households)
		}
		if placed && sum != (estimate.Share{Households: p.Households.Value, People: p.Population.Value}) {
			t.Fatalf("%v, of %v people and %v households", sum, p.Population, p.Households)
		}
		for b := range snapshot.All[*geo.Building](s) {
			b.Residents, b.Households = geo.Some(rand.Int32N(9999)), geo.Some(rand.Int32N(9999))
		}
		if again := published(t, s); !slices.Equal(again, shares) {
			t.Fatal("counts change what is published")
		}
	}
}

func TestPublishedCancelled(t *testing.T) {
	town, _ := village(100, 40)
	house(town, "residential", 1, 0)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	s := town.Snapshot()
	if _, err := estimate.Published(ctx, s, sitesOf(s), 1); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
}

func BenchmarkPublished(b *testing.B) {
	s, _ := hiddenCity()
	b.ReportAllocs()
	for b.Loop() {
		published(b, s)
	}
}
