package walk_test

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"gridatlas/geo"
	"gridatlas/geo/seedtest"
	"gridatlas/geo/snapshot"
	draw "gridatlas/geo/street/streettest"
	"gridatlas/geo/walk"
)

// sameAsNearest asks for the nearest place from a building alone, from each of its
// entrances, and compares.
func sameAsNearest(t *testing.T, m *walk.Map, c *walk.Coverage, s walk.Served) {
	t.Helper()
	var best *walk.Place
	entrances, joined := m.EntrancesIn(s.Building, c.Query)
	if !joined {
		t.Errorf("building %d does not join the network where its entrances do", s.Building.ID)
		return
	}
	for _, p := range entrances {
		n, err := m.Nearest(t.Context(), walk.Query{Origin: p, SpeedMPS: c.SpeedMPS, At: c.At, Of: c.Of, Change: c.Change}, 1)
		if err != nil {
			t.Fatal(err)
		}
		if len(n.Places) > 0 && (best == nil || n.Places[0].Minutes < best.Minutes ||
			n.Places[0].Minutes == best.Minutes && n.Places[0].Feature.Common().ID < best.Feature.Common().ID) {
			best = &n.Places[0]
		}
	}
	switch {
	case best == nil && s.Place != nil:
		t.Errorf("building %d at %v: %v to %d, nearest finds none", s.Building.ID, c.At, s.Minutes, s.Place.Common().ID)
	case best != nil && s.Place == nil:
		t.Errorf("building %d at %v: %s, nearest finds %v minutes", s.Building.ID, c.At, s.Reason, best.Minutes)
	case best != nil && (s.Minutes != best.Minutes || s.Place != best.Feature):
		t.Errorf("building %d at %v: %v min to %d, nearest says %v min to %d", s.Building.ID, c.At,
			s.Minutes, s.Place.Common().ID, best.Minutes, best.Feature.Common().ID)
	}
}

// TestCoverageIsNearest: for every building of random towns with grounds, one-way
// streets, closures and gates that turn while people walk, the coverage is what a
// list of the nearest says.
func TestCoverageIsNearest(t *testing.T) {
	rng := seedtest.New(t)
	reasons, compared := map[string]int{}, 0
	for round := range 6 {
		town := plan{side: 10, spacing: 90, missing: 0.3, houses: 1, booths: 5, walls: 10, oneways: true, compound: 4}.build(rng)
		turn(town, rng, 25)
		for compound := range snapshot.All[*geo.Compound](town.Snapshot()) { // gates 26 to 29
			draw.Add(town, &geo.Gate{Foot: "residents"}, geo.PointShape(compound.Shape.Points()[0]))
		}
		town.Street(nil, 3000, 0, 3300, 0, 3600, 0)
		draw.Add(town, &geo.Building{}, draw.Square(3100, 20, 5)) // on an island
		draw.Add(town, &geo.Building{}, draw.Square(5000, 0, 5))  // in the fields
		if round%2 == 0 {
			cut(town, rng, 30)
		}
		var change *walk.Change
		if round > 3 { // the same of a map that is supposed
			change = &walk.Change{
				Closures: []geo.Shape{draw.Square(-100, -100, 130)}, OpenGates: []int64{1, 2, 3, 26, 27},
				Add:    []geo.Feature{&geo.Booth{Base: geo.Base{ID: 999, Shape: draw.Dot(80, -90)}, Trades: []string{"shoe"}}},
				Remove: []geo.Key{{Layer: geo.Booths, ID: 1}, {Layer: geo.Buildings, ID: 1}},
			}
		}
		m := prepare(town)
		for _, at := range []time.Time{noon, noon.Add(10 * time.Minute), noon.Add(2 * time.Hour)} {
			for _, of := range []string{"booths", "booths.shoe,booths.key"} {
				categories, err := walk.ParseCategories(of)
				if err != nil {
					t.Fatal(err)
				}
				c, err := m.Coverage(t.Context(), walk.Query{Of: categories, SpeedMPS: walk.ElderSpeed, At: at, Change: change})
				if err != nil {
					t.Fatal(err)
				}
				for s := range c.All() {
					sameAsNearest(t, m, c, s)
					reasons[s.Reason]++
					compared++
				}
			}
		}
	}
	t.Logf("%d buildings, by reason %v", compared, reasons)
	for _, reason := range []string{"", walk.NoStreet, walk.OtherIsland, walk.Shut} {
		if reasons[reason] == 0 {
			t.Errorf("none is %q: the towns try too little", reason)
		}
	}
}

// turn puts gates on the middle of streets. They close at ten past noon, or open
// shortly before.
func turn(town *draw.Town, rng *rand.Rand, n int) {
	streets := slices.Collect(snapshot.All[*geo.Street](town.Snapshot()))
	for i := range n {
		hours := [2]geo.Hours{"06:00-12:10", "12:03-18:00"}
		middle := streets[rng.IntN(len(streets))].Shape.Points()[1]
		draw.Add(town, &geo.Gate{Kind: "gate", Foot: "all", Hours: hours[i%2]}, geo.PointShape(middle))
	}
}

// cut closes the middle of streets between two booths, and junctions by a line.
func cut(town *draw.Town, rng *rand.Rand, n int) {
	streets := slices.Collect(snapshot.All[*geo.Street](town.Snapshot()))
	close := func(shape geo.Shape) {
		closure := draw.Add(town, &geo.Closure{}, shape)
		closure.Until = geo.InstantOf(noon.Add(90 * time.Minute))
	}
	for i := range n {
		points := streets[rng.IntN(len(streets))].Shape.Points()
		ax, ay := draw.XY(points[0])
		x, y := draw.XY(points[1])
		if i%2 == 0 {
			close(geo.LineShape([]geo.Point{draw.At(ax-15, ay-9), points[0], draw.At(ax+15, ay+9)}))
			continue
		}
		close(draw.Square(x, y, 6))
		bx, by := draw.XY(points[2])
		// One far from the street, so that the one behind the closure would be nearer.
		booth(town, (ax+2*x)/3, (ay+2*y)/3)
		booth(town, (bx+2*x)/3+rng.Float64()*40, (by+2*y)/3+rng.Float64()*40)
	}
}

// TestCoverageOfTheDemoCity compares a sample of the demo city. SPARSE=1 compares
// all buildings that reach no place, not one in eight.
func TestCoverageOfTheDemoCity(t *testing.T) {
	rng := seedtest.New(t)
	m, sparse := mapOf(t, "demo"), howMany(t, "SPARSE", 8)
	categories, err := walk.ParseCategories("booths")
	if err != nil {
		t.Fatal(err)
	}
	for _, at := range []time.Time{noon, noon.Add(6 * time.Hour)} { // schools have just shut
		c, err := m.Coverage(t.Context(), walk.Query{Of: categories, At: at})
		if err != nil {
			t.Fatal(err)
		}
		buildings, reasons := 0, map[string]int{}
		for s := range c.All() {
			buildings++
			reasons[s.Reason]++
			if rng.IntN(400) == 0 || s.Place == nil && rng.IntN(sparse) == 0 {
				sameAsNearest(t, m, c, s)
			}
		}
		t.Logf("at %v %d buildings, by reason %v", at, buildings, reasons)
	}
}

// BenchmarkCoverage works out one category for every building of the demo city.
func BenchmarkCoverage(b *testing.B) {
	m := mapOf(b, "demo")
	categories, err := walk.ParseCategories("booths")
	if err != nil {
		b.Fatal(err)
	}
	for name, at := range map[string]time.Time{"still": noon, "gates-turn": noon.Add(5*time.Hour + 45*time.Minute)} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if err := m.CoverAgain(b.Context(), categories, at); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	b.Run("areas", func(b *testing.B) {
		for b.Loop() {
			if err := m.AreasAgain(b.Context(), walk.ByCommunity, noon); err != nil {
				b.Fatal(err)
			}
		}
	})
}
