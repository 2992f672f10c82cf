package walk_test

import (
	"errors"
	"testing"
	"time"

	"gridatlas/geo"
	"gridatlas/geo/crs"
	"gridatlas/geo/seedtest"
	draw "gridatlas/geo/street/streettest"
	"gridatlas/geo/walk"
)

func TestOutlines(t *testing.T) {
	rng := seedtest.New(t)
	var j judge
	for range 4 {
		town := plan{side: 24, spacing: 90, missing: 0.3, houses: 1, walls: 60, oneways: true, compound: 6}.build(rng)
		m := prepare(town)
		homes := middles(town)
		for range 12 {
			j.circle(t, rng, m, walk.Query{
				Origin: homes[rng.IntN(len(homes))], Minutes: []int{3, 5, 8}, SpeedMPS: walk.AdultSpeed,
				At: noon, Outlines: true,
			}, 150)
		}
	}
	j.report(t, 1000) // the shadows of many walls are wedges narrower than a sample
}

// TestOutlinesUnderClosures: ground that a closure cuts from its street is drawn
// as it joins another.
func TestOutlinesUnderClosures(t *testing.T) {
	rng := seedtest.New(t)
	var j judge
	for range 3 {
		town := plan{side: 24, spacing: 90, missing: 0.2, houses: 1}.build(rng)
		for range 12 {
			draw.Add(town, &geo.Closure{}, draw.Square(rng.Float64()*1600-800, rng.Float64()*1600-800, 20+rng.Float64()*60))
		}
		m := prepare(town)
		homes := middles(town)
		for range 12 {
			q := walk.Query{Origin: homes[rng.IntN(len(homes))], Minutes: []int{3, 5, 8}, At: noon, Outlines: true}
			var far *walk.TooFar
			if _, err := m.Circle(t.Context(), q); !errors.As(err, &far) {
				j.circle(t, rng, m, q, 150)
			}
		}
	}
	j.report(t, 1000)
}

// TestManyBands: as many bands as one circle has, close together and far apart, are
// right about the ground and about buildings, and nest.
func TestManyBands(t *testing.T) {
	rng := seedtest.New(t)
	town := plan{side: 14, spacing: 90, missing: 0.3, walls: 20, houses: 3}.build(rng)
	m := prepare(town)
	homes := middles(town)
	var j judge
	for _, step := range []int{1, 2, 10} {
		for range 5 {
			q := walk.Query{Origin: homes[rng.IntN(len(homes))], At: noon, Outlines: true}
			for k := range walk.MaxBands {
				q.Minutes = append(q.Minutes, 1+k*step)
			}
			j.circle(t, rng, m, q, 100)
		}
	}
	j.report(t, 1000)
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
