package walk_test

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"gridatlas/geo"
	"gridatlas/geo/crs"
	"gridatlas/geo/snapshot"
	draw "gridatlas/geo/street/streettest"
	"gridatlas/geo/valid"
	"gridatlas/geo/walk"
)

// judge counts how well outlines agree with the truth.
type judge struct {
	rings, points, wrong, far   int
	buildings, wrongBuildings   int
	byDistance, byDistanceWrong [6]int // of the border: 0-2, 2-4, 4-6, 6-8, 8-10 m, beyond
}

// truth reports whether a point is reached within so many minutes: the snapping
// rule and the search, asked as a route.
func truth(t testing.TB, m *walk.Map, q walk.Query, p geo.Point) float64 {
	t.Helper()
	r, err := m.Route(t.Context(), q.Origin, p, walk.Query{SpeedMPS: q.SpeedMPS, At: q.At})
	var tooFar *walk.TooFar
	var none *walk.NoRoute
	if errors.As(err, &tooFar) || errors.As(err, &none) {
		return math.Inf(1)
	}
	if err != nil {
		t.Fatal(err)
	}
	return r.Minutes
}

// toBorder returns the metres to the nearest ring of a shape.
func toBorder(shape geo.Shape, p geo.Point) float64 {
	local := crs.NewLocal(p)
	least := math.Inf(1)
	for part := range shape.Parts() {
		for i := range part.Points {
			ax, ay := local.XY(part.Points[i])
			bx, by := local.XY(part.Points[(i+1)%len(part.Points)])
			dx, dy := bx-ax, by-ay
			share := 0.0
			if d := dx*dx + dy*dy; d > 0 {
				share = min(max(-(ax*dx+ay*dy)/d, 0), 1)
			}
			least = min(least, math.Hypot(ax+share*dx, ay+share*dy))
		}
	}
	return least
}

// circle judges one circle: rings, nesting, ground points and buildings.
func (j *judge) circle(t *testing.T, rng *rand.Rand, m *walk.Map, q walk.Query, points, buildings int) {
	t.Helper()
	c, err := m.Circle(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	box := geo.NoBox
	for i, band := range c.Bands {
		for _, fault := range valid.Check(band.Outline) {
			t.Errorf("outline of %d minutes from %v: %+v", band.Minutes, q.Origin, fault)
		}
		j.rings += band.Outline.NumParts()
		box = box.Union(band.Outline.Box())
		if i == 0 {
			continue
		}
		inner := c.Bands[i-1]
		for _, p := range inner.Outline.Points() {
			if !band.Outline.Covers(p) {
				t.Errorf("from %v: %v is within %d minutes and not within %d", q.Origin, p, inner.Minutes, band.Minutes)
				break
			}
		}
		if inner.Buildings > band.Buildings || inner.AreaM2 > band.AreaM2 || inner.MetresWalkedMax > band.MetresWalkedMax {
			t.Errorf("from %v: %d minutes reach more than %d", q.Origin, inner.Minutes, band.Minutes)
		}
	}
	box = box.Grown(5000, 5000)
	for range points {
		p := geo.Point{X: box.W + rng.Int32N(box.E-box.W), Y: box.S + rng.Int32N(box.N-box.S)}
		minutes := truth(t, m, q, p)
		for _, band := range c.Bands {
			in := minutes <= float64(band.Minutes)
			d := toBorder(band.Outline, p)
			bin := int(min(d/2, 5))
			j.points++
			j.byDistance[bin]++
			if band.Outline.Covers(p) != in {
				j.wrong++
				j.byDistanceWrong[bin]++
				if d > 10 {
					j.far++
				}
			}
		}
	}
	for b := range snapshot.Search[*geo.Building](m.Snapshot(), box) {
		if buildings == 0 {
			break
		}
		if rng.IntN(4) > 0 {
			continue
		}
		buildings--
		pole, minutes := walk.Pole(b.Shape), math.Inf(1)
		for _, entrance := range m.Entrances(b) {
			minutes = min(minutes, truth(t, m, q, entrance))
		}
		for _, band := range c.Bands {
			j.buildings++
			if band.Outline.Covers(pole) != (minutes <= float64(band.Minutes)) {
				j.wrongBuildings++
			}
		}
	}
}

func (j *judge) report(t *testing.T) {
	t.Helper()
	share := func(part, whole int) float64 { return 100 * float64(part) / float64(max(whole, 1)) }
	t.Logf("%d rings; %d ground points, %.2f %% wrong, %d beyond 10 m (%.4f %%); %d buildings, %d wrong (%.3f %%)",
		j.rings, j.points, share(j.wrong, j.points), j.far, share(j.far, j.points),
		j.buildings, j.wrongBuildings, share(j.wrongBuildings, j.buildings))
	for i, name := range []string{"0-2 m", "2-4 m", "4-6 m", "6-8 m", "8-10 m", "beyond"} {
		t.Logf("  %-6s from the border: %d points, %.2f %% wrong", name, j.byDistance[i], share(j.byDistanceWrong[i], j.byDistance[i]))
	}
}

func TestOutlines(t *testing.T) {
	rng := random(t)
	var j judge
	for range 4 {
		town := plan{side: 24, spacing: 90, missing: 0.3, houses: 1, walls: 60, oneways: true, compound: 6}.build(rng)
		m := prepare(town)
		homes := middles(town)
		for range 12 {
			q := walk.Query{
				Origin: homes[rng.IntN(len(homes))], Minutes: []int{3, 5, 8}, SpeedMPS: walk.AdultSpeed,
				At: noon, Outlines: true,
			}
			j.circle(t, rng, m, q, 150, 60)
		}
	}
	j.report(t)
	if j.far*1000 > j.points {
		t.Errorf("%d of %d ground points are wrong beyond 10 m of the border, more than 1 in 1,000", j.far, j.points)
	}
	if j.wrongBuildings*200 > j.buildings {
		t.Errorf("%d of %d buildings are on the wrong side, more than 1 in 200", j.wrongBuildings, j.buildings)
	}
}

func TestOutlinesOfRealStreets(t *testing.T) {
	for _, name := range extracts {
		t.Run(name, func(t *testing.T) {
			rng := random(t)
			m := walk.Prepare(extract(t, name), nil)
			var homes []geo.Point
			for b := range snapshot.All[*geo.Building](m.Snapshot()) {
				homes = append(homes, walk.Pole(b.Shape))
			}
			var j judge
			for range 12 {
				q := walk.Query{
					Origin: homes[rng.IntN(len(homes))], Minutes: []int{5, 10, 15}, SpeedMPS: walk.AdultSpeed,
					At: noon, Outlines: true,
				}
				if math.IsInf(truth(t, m, q, q.Origin), 1) {
					continue // too far from a street
				}
				j.circle(t, rng, m, q, 80, 40)
			}
			j.report(t)
			if j.far*200 > j.points {
				t.Errorf("%d of %d ground points are wrong beyond 10 m of the border, more than 1 in 200", j.far, j.points)
			}
			if j.wrongBuildings*50 > j.buildings {
				t.Errorf("%d of %d buildings are on the wrong side, more than 1 in 50", j.wrongBuildings, j.buildings)
			}
		})
	}
}

// TestManyBands: sixty levels at once still nest.
func TestManyBands(t *testing.T) {
	rng := random(t)
	town := plan{side: 14, spacing: 90, missing: 0.3, walls: 20, houses: 1}.build(rng)
	m := prepare(town)
	var q walk.Query
	for minutes := 1; minutes <= walk.MaxMinutes; minutes++ {
		q.Minutes = append(q.Minutes, minutes)
	}
	q.Origin, q.At, q.Outlines = middles(town)[0], noon, true
	var j judge
	j.circle(t, rng, m, q, 0, 0)
	t.Logf("%d rings", j.rings)
}

// TestHoleAndIsland draws both by hand: a walled yard that is not reached inside,
// and a bank of a river that is reached over a bridge only.
func TestHoleAndIsland(t *testing.T) {
	var town draw.Town
	town.Street(nil, -200, 0, 200, 0, 200, 100, 200, 200, -200, 200, -200, 0)
	draw.Add(&town, &geo.Barrier{Kind: "wall"}, geo.LineShape(draw.Path(-60, 60, 60, 60, 60, 140, -60, 140, -60, 60)))
	town.Street(func(s *geo.Street) { s.Bridge, s.Level = true, geo.Some(int32(1)) }, 200, 100, 700, 100)
	town.Street(nil, 700, 100, 900, 100)
	draw.Add(&town, &geo.LandArea{Kind: "water"}, geo.PolygonShape(draw.Path(215, -500, 690, -500, 690, 600, 215, 600)))
	c, err := prepare(&town).Circle(t.Context(), walk.Query{Origin: draw.At(190, 90), Minutes: []int{11}, At: noon, Outlines: true})
	if err != nil {
		t.Fatal(err)
	}
	outline := c.Bands[0].Outline
	for _, check := range []struct {
		what string
		x, y float64
		want bool
	}{
		{"the start", 190, 90, true},
		{"inside the walls", 0, 100, false},
		{"outside the walls", 0, 30, true},
		{"in the water", 450, 30, false},
		{"on the far bank", 720, 100, true},
		{"farther", 890, 100, false},
	} {
		if got := outline.Covers(draw.At(check.x, check.y)); got != check.want {
			t.Errorf("%s: inside the outline is %v", check.what, got)
		}
	}
	holes := 0
	for part := range outline.Parts() {
		if part.Hole {
			holes++
		}
	}
	if holes == 0 {
		t.Error("the walled yard is no hole")
	}
	near(t, "area", c.Bands[0].AreaM2, crs.Area(outline), 0)
}

// TestLongRoad: one edge of 60 km must not make the outline of a short walk
// large.
func TestLongRoad(t *testing.T) {
	var town draw.Town
	town.Street(nil, 0, 0, 40_000, 45_000)
	start := time.Now()
	c, err := prepare(&town).Circle(t.Context(), walk.Query{Origin: draw.At(500, 562), Minutes: []int{10}, At: noon, Outlines: true})
	if err != nil {
		t.Fatal(err)
	}
	if !c.Bands[0].Outline.Covers(draw.At(500, 562)) || c.Bands[0].AreaM2 < 100_000 || c.Bands[0].AreaM2 > 700_000 {
		t.Errorf("an area of %v m2", c.Bands[0].AreaM2)
	}
	if took := time.Since(start); took > 10*time.Second {
		t.Errorf("it took %v", took)
	}
}
