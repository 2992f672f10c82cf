package walk_test

import (
	"math"
	"testing"

	"gridatlas/geo"
	"gridatlas/geo/seedtest"
	draw "gridatlas/geo/street/streettest"
	"gridatlas/geo/walk"
)

// plaza draws a square of 100 m with a street along its rim, and asks for the walk
// from its south-western to its north-eastern corner.
func plaza(t *testing.T, fill func(town *draw.Town)) float64 {
	t.Helper()
	var town draw.Town
	town.Street(nil, 0, 0, 100, 0)
	town.Street(nil, 100, 0, 100, 100)
	town.Street(nil, 100, 100, 0, 100)
	town.Street(nil, 0, 100, 0, 0)
	fill(&town)
	r, err := prepare(&town).Route(t.Context(), draw.At(0, 0), draw.At(100, 100), walk.Query{At: noon})
	if err != nil {
		t.Fatal(err)
	}
	return r.Metres
}

// TestSquaresAreWalkedAcross: in a straight line, not along the rim, but round what
// stands on them.
func TestSquaresAreWalkedAcross(t *testing.T) {
	square := func(town *draw.Town, shape geo.Shape) { draw.Add(town, &geo.LandArea{Kind: "square"}, shape) }
	ring := draw.Path(0, 0, 100, 0, 100, 100, 0, 100)
	whole := geo.PolygonShape(ring)
	across := math.Hypot(100, 100)
	// Round a corner of what stands in the middle, 20 m to each side.
	round := 2 * math.Hypot(30, 70)
	middle := draw.Square(50, 50, 20)
	for _, c := range []struct {
		name string
		want float64
		fill func(*draw.Town)
	}{
		{"no square", 200, func(*draw.Town) {}},
		{"a square", across, func(town *draw.Town) { square(town, whole) }},
		{"a green", 200, func(town *draw.Town) { draw.Add(town, &geo.LandArea{Kind: "green"}, whole) }},
		{"a building on it", round, func(town *draw.Town) {
			square(town, whole)
			draw.Add(town, &geo.Building{}, middle)
		}},
		{"a hole in it", round, func(town *draw.Town) { square(town, geo.PolygonShape(ring, middle.Points())) }},
		{"a pond on it", round, func(town *draw.Town) {
			square(town, whole)
			draw.Add(town, &geo.LandArea{Kind: "water"}, middle)
		}},
		{"a wall from rim to rim", 200, func(town *draw.Town) {
			square(town, whole)
			draw.Add(town, &geo.Barrier{Kind: "wall"}, geo.LineShape(draw.Path(-5, 95, 95, -5)))
		}},
		{"a pond and a building side by side", 2 * math.Hypot(30, 70), func(town *draw.Town) {
			square(town, whole)
			draw.Add(town, &geo.LandArea{Kind: "water"}, geo.PolygonShape(draw.Path(30, 30, 50, 30, 50, 70, 30, 70)))
			draw.Add(town, &geo.Building{}, geo.PolygonShape(draw.Path(50, 30, 70, 30, 70, 70, 50, 70)))
		}},
		{"a bent wall from rim to rim", 200, func(town *draw.Town) {
			square(town, whole)
			draw.Add(town, &geo.Barrier{Kind: "wall"}, geo.LineShape(draw.Path(-5, 95, 60, 60, 95, -5)))
		}},
		{"a wall with an end", 2 * math.Hypot(20, 80), func(town *draw.Town) {
			square(town, whole)
			draw.Add(town, &geo.Barrier{Kind: "wall"}, geo.LineShape(draw.Path(0, 100, 80, 20)))
			draw.Add(town, &geo.Barrier{Kind: "wall"}, geo.LineShape(draw.Path(-5, 105, 0, 100)))
		}},
		{"a bent square", 2 * math.Hypot(40, 60), func(town *draw.Town) {
			square(town, geo.PolygonShape(draw.Path(0, 0, 40, 60, 100, 100, 0, 100)))
		}},
		{"residents' ground on it", 2 * math.Hypot(99, 1), func(town *draw.Town) {
			square(town, whole)
			draw.Add(town, &geo.Compound{ResidentsOnly: geo.Some(true)}, draw.Square(50, 50, 49))
		}},
		{"a closure on it", 200, func(town *draw.Town) {
			square(town, whole)
			draw.Add(town, &geo.Closure{}, middle)
		}},
		{"a square of the past", 200, func(town *draw.Town) {
			draw.Add(town, &geo.LandArea{Kind: "square", Base: geo.Base{Until: geo.InstantOf(noon)}}, whole)
		}},
		{"a bridge over it", 200, func(town *draw.Town) {
			town.Street(func(s *geo.Street) { s.Bridge, s.Level = true, geo.Some(int32(1)) }, -10, 50, 110, 50)
			square(town, draw.Square(50, 50, 40))
		}},
	} {
		t.Run(c.name, func(t *testing.T) { near(t, "metres", plaza(t, c.fill), c.want, 0.05) })
	}
}

// TestLargeGroundIsNoSquare: nobody sees a way across half a kilometre.
func TestLargeGroundIsNoSquare(t *testing.T) {
	var town draw.Town
	town.Street(nil, 0, 0, 500, 0, 500, 500)
	draw.Add(&town, &geo.LandArea{Kind: "square"}, draw.Square(250, 250, 250))
	r, err := prepare(&town).Route(t.Context(), draw.At(0, 0), draw.At(500, 500), walk.Query{At: noon})
	if err != nil {
		t.Fatal(err)
	}
	near(t, "metres", r.Metres, 1000, 0.05)
}

// TestSquaresNeverSlow: a square makes no walk slower.
func TestSquaresNeverSlow(t *testing.T) {
	rng := seedtest.New(t)
	faster, compared := 0, 0
	for range 6 {
		const side, spacing = 9, 70.0
		var plain, paved draw.Town
		grid(rng, side, spacing, func(a, b xy) {
			plain.Street(nil, a.x, a.y, b.x, b.y)
			paved.Street(nil, a.x, a.y, b.x, b.y)
		})
		spot := func() xy { return xy{rng.Float64() * side * spacing, rng.Float64() * side * spacing} }
		for range 60 {
			p := spot()
			booth(&plain, p.x, p.y)
			booth(&paved, p.x, p.y)
		}
		for range 8 {
			p, half := spot(), 20+rng.Float64()*70
			draw.Add(&paved, &geo.LandArea{Kind: "square"}, draw.Square(p.x, p.y, half))
			for _, town := range []*draw.Town{&plain, &paved} {
				draw.Add(town, &geo.Building{}, draw.Square(p.x+rng.Float64()*half, p.y, half/5))
			}
		}
		a, b := prepare(&plain), prepare(&paved)
		for range 10 {
			p := spot()
			q := walk.Query{Origin: draw.At(p.x, p.y), Toward: rng.IntN(2) == 0, SpeedMPS: 1}
			without, with := times(t, a, q), times(t, b, q)
			for id, was := range without {
				now, ok := with[id]
				if !ok || now > was+0.05 {
					t.Errorf("from %v to booth %d: %.2f s, with squares %.2f s", p, id, was, now)
				}
				if now < was-1 {
					faster++
				}
				compared++
			}
		}
	}
	t.Logf("%d of %d walks are faster across squares", faster, compared)
	if faster == 0 {
		t.Error("no square was crossed")
	}
}
