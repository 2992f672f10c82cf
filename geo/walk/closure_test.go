package walk_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gridatlas/geo"
	"gridatlas/geo/seedtest"
	draw "gridatlas/geo/street/streettest"
	"gridatlas/geo/walk"
)

type xy struct{ x, y float64 }

// meet returns the share of the way from a to b at which c-d crosses it.
func (a xy) meet(b, c, d xy) (float64, bool) {
	cross := func(p, q xy) float64 { return p.x*q.y - p.y*q.x }
	ab, cd, ac := xy{b.x - a.x, b.y - a.y}, xy{d.x - c.x, d.y - c.y}, xy{c.x - a.x, c.y - a.y}
	det := cross(ab, cd)
	s, t := cross(ac, cd)/det, cross(ac, ab)/det
	return s, s > 0 && s < 1 && t > 0 && t < 1
}

// inside reports whether p lies in a ring.
func (p xy) inside(ring []xy) bool {
	in := false
	for i, a := range ring {
		b := ring[(i+1)%len(ring)]
		if (a.y > p.y) != (b.y > p.y) && p.x < a.x+(p.y-a.y)/(b.y-a.y)*(b.x-a.x) {
			in = !in
		}
	}
	return in
}

// TestClosuresAgreeWithPulledUpStreets compares closures with the same town in
// which the streets under them are cut out, by plain geometry, and ended long ago,
// and a wall stands along each closure.
func TestClosuresAgreeWithPulledUpStreets(t *testing.T) {
	rng := seedtest.New(t)
	compared, cut := 0, 0
	for range 12 {
		const side, spacing = 9, 80.0
		var closed, pulled, free draw.Town
		var areas, lines [][]xy
		wall := func(line []xy, shape func([]geo.Point) geo.Shape, ends bool) {
			var path []float64
			for _, p := range line {
				path = append(path, p.x, p.y)
			}
			draw.Add(&closed, &geo.Closure{}, shape(draw.Path(path...)))
			if ends {
				path = append(path, line[0].x, line[0].y)
			}
			draw.Add(&pulled, &geo.Barrier{Kind: "fence"}, geo.LineShape(draw.Path(path...)))
		}
		spot := func() xy { return xy{rng.Float64() * side * spacing, rng.Float64() * side * spacing} }
		for range 3 {
			at, ring := spot(), []xy(nil)
			for k := range 5 {
				turn, far := (float64(k)+rng.Float64()*0.8)/5*2*math.Pi, 20+rng.Float64()*70
				ring = append(ring, xy{at.x + far*math.Cos(turn), at.y + far*math.Sin(turn)})
			}
			areas = append(areas, ring)
			wall(ring, func(p []geo.Point) geo.Shape { return geo.PolygonShape(p) }, true)
		}
		for range 4 {
			a, turn := spot(), rng.Float64()*2*math.Pi
			line := []xy{a, {a.x + 90*math.Cos(turn), a.y + 90*math.Sin(turn)}}
			lines = append(lines, line)
			wall(line, geo.LineShape, false)
		}
		grazed := false // a corner of a closure lies on a street: a matter of rounding
		street := func(a, b xy) {
			for _, town := range []*draw.Town{&closed, &free} {
				town.Street(nil, a.x, a.y, b.x, b.y)
			}
			length := math.Hypot(b.x-a.x, b.y-a.y)
			var shut, cuts []float64
			meet := func(c, d xy) {
				off := math.Abs((b.x-a.x)*(c.y-a.y)-(b.y-a.y)*(c.x-a.x)) / length
				grazed = grazed || off < 0.15 && math.Hypot(c.x-a.x, c.y-a.y) < length
				if s, ok := a.meet(b, c, d); ok {
					ux, uy, vx, vy := b.x-a.x, b.y-a.y, d.x-c.x, d.y-c.y
					rim := min(0.03*math.Hypot(vx, vy)/math.Abs(ux*vy-uy*vx), 0.6/length)
					shut, cuts = append(shut, s), append(cuts, max(s-rim, 0), min(s+rim, 1))
				}
			}
			for _, ring := range areas {
				for i, c := range ring {
					meet(c, ring[(i+1)%len(ring)])
				}
			}
			for _, line := range lines {
				meet(line[0], line[1])
				meet(line[1], line[0])
			}
			cuts = append(cuts, 0, 1)
			slices.Sort(cuts)
			at := func(s float64) xy { return xy{a.x + s*(b.x-a.x), a.y + s*(b.y-a.y)} }
			for i := 1; i < len(cuts); i++ {
				p, q, mid := at(cuts[i-1]), at(cuts[i]), at((cuts[i-1]+cuts[i])/2)
				ended := slices.ContainsFunc(areas, mid.inside) ||
					slices.ContainsFunc(shut, func(s float64) bool { return cuts[i-1] < s && s < cuts[i] })
				if ended {
					cut++
				}
				pulled.Street(func(s *geo.Street) {
					if ended {
						s.Until = geo.InstantOf(noon.AddDate(-1, 0, 0))
					}
				}, p.x, p.y, q.x, q.y)
			}
		}
		grid(rng, side, spacing, street)
		for range 150 {
			p := spot()
			for _, town := range []*draw.Town{&closed, &pulled, &free} {
				booth(town, p.x, p.y)
			}
		}
		if grazed {
			continue
		}
		a, b, none := prepare(&closed), prepare(&pulled), prepare(&free)
		for range 12 {
			p := spot()
			q := walk.Query{Origin: draw.At(p.x, p.y), Toward: rng.IntN(2) == 0, SpeedMPS: 1}
			got, want, open := times(t, a, q), times(t, b, q), times(t, none, q)
			for id := range open {
				g, w := got[id], want[id]
				if (g == 0) != (w == 0) || math.Abs(g-w) > 0.3 {
					t.Errorf("from %v to booth %d (toward %v): %.2f s with closures, %.2f s with the streets pulled up", p, id, q.Toward, g, w)
				}
				compared++
			}
		}
	}
	t.Logf("%d walks compared, %d stretches closed", compared, cut)
	if cut == 0 || compared < 1000 {
		t.Error("too little was compared")
	}
}

// grid draws the streets of a bent grid, some missing.
func grid(rng *rand.Rand, side int, spacing float64, street func(a, b xy)) {
	at := make([]xy, side*side)
	for i := range at {
		at[i] = xy{(float64(i%side) + rng.Float64()*0.5) * spacing, (float64(i/side) + rng.Float64()*0.5) * spacing}
	}
	for i := range at {
		if i%side < side-1 && rng.Float64() > 0.15 {
			street(at[i], at[i+1])
		}
		if i/side < side-1 && rng.Float64() > 0.15 {
			street(at[i], at[i+side])
		}
	}
}

// times returns the seconds to each booth that is reached within an hour; none
// when the origin joins no street.
func times(t testing.TB, m *walk.Map, q walk.Query) map[int64]float64 {
	t.Helper()
	q.Minutes, q.At, q.Of = []int{60}, noon, booths(t)
	got := map[int64]float64{}
	c, err := m.Circle(t.Context(), q)
	if err != nil {
		return got
	}
	for _, place := range c.Reachable[0].Places {
		got[place.Feature.Common().ID] = place.Minutes * 60
	}
	return got
}

// TestClosuresNeedNoOtherNetwork: one that comes, moves or goes leaves the
// network as it is.
func TestClosuresNeedNoOtherNetwork(t *testing.T) {
	var town draw.Town
	_, _, east := crossTown(&town)
	s := town.Snapshot()
	m := walk.Prepare(s, nil)
	closure := &geo.Closure{Base: geo.Base{ID: 1, Shape: draw.Square(150, 0, 20)}}
	with := s.Advance(geo.Delta{Since: 1, Head: geo.Head{Epoch: 1, Revision: 2}, Changed: []geo.Feature{closure}})
	after := walk.Prepare(with, m)
	if after.Network() != m.Network() || after.NetworkRevision() != 1 {
		t.Error("a closure made another network")
	}
	near(t, "round the closure", minutesTo(t, after, walk.Query{Origin: draw.At(0, 0)})[east]*60, round, 0.01)
	gone := walk.Prepare(with.Advance(geo.Delta{Since: 2, Head: geo.Head{Epoch: 1, Revision: 3}, Deleted: []geo.Key{{Layer: geo.Closures, ID: 1}}}), after)
	near(t, "when it is gone", minutesTo(t, gone, walk.Query{Origin: draw.At(0, 0)})[east]*60, straight, 0.01)
}
