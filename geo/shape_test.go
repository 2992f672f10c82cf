package geo_test

import (
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/planar"

	"gridatlas/geo"
	"gridatlas/geo/seedtest"
)

func square(w, s, size int32) []geo.Point {
	return []geo.Point{{w, s}, {w + size, s}, {w + size, s + size}, {w, s + size}}
}

func reversed(ring []geo.Point) []geo.Point {
	ring = slices.Clone(ring)
	slices.Reverse(ring)
	return ring
}

func closed(ring []geo.Point) []geo.Point { return append(slices.Clone(ring), ring[0]) }

// randomRing returns some points of a small or a large field: few places, so
// that corners repeat and edges run along each other.
func randomRing(rng *rand.Rand, spread int32) []geo.Point {
	ring := make([]geo.Point, rng.IntN(9))
	for i := range ring {
		ring[i] = geo.Point{X: rng.Int32N(2*spread+1) - spread, Y: rng.Int32N(2*spread+1) - spread}
	}
	return ring
}

func TestMakeShapeTurnsRings(t *testing.T) {
	outer, hole := square(0, 0, 100), square(10, 10, 20)
	want := geo.MakeShape(geo.Polygons, []geo.Part{{Points: outer}, {Points: reversed(hole), Hole: true}})
	for name, got := range map[string]geo.Shape{
		"as stored":   geo.PolygonShape(outer, reversed(hole)),
		"hole turned": geo.PolygonShape(outer, hole),
		"closed":      geo.PolygonShape(closed(outer), closed(reversed(hole))),
	} {
		if !got.Equal(want) {
			t.Errorf("%s: %v", name, got.Points())
		}
	}
	turned := geo.PolygonShape(reversed(outer))
	if geo.RingArea2(turned.Part(0).Points) != 2*100*100 {
		t.Errorf("a clockwise outer ring is kept: %v", turned.Points())
	}
	if got := want.Part(1); !got.Hole || geo.RingArea2(got.Points) != -2*20*20 {
		t.Errorf("hole: %+v", got)
	}
	if got := want.NumParts(); got != 2 {
		t.Errorf("%d parts", got)
	}
}

func TestMakeShapeCopies(t *testing.T) {
	ring := reversed(square(0, 0, 10))
	before := slices.Clone(ring)
	shape := geo.PolygonShape(ring)
	if !slices.Equal(ring, before) {
		t.Error("the ring of the caller was turned")
	}
	ring[0] = geo.Point{X: 999, Y: 999}
	if slices.Contains(shape.Points(), ring[0]) {
		t.Error("the shape shares the ring of the caller")
	}
}

func TestMakeShapeKeepsRings(t *testing.T) {
	rng := seedtest.New(t)
	for range 5000 {
		var rings [][]geo.Point
		var parts []geo.Part
		for range 1 + rng.IntN(4) {
			ring := randomRing(rng, 1<<(1+rng.IntN(28)))
			if len(ring) < 2 || ring[0] == ring[len(ring)-1] {
				continue
			}
			part := geo.Part{Points: ring, Hole: len(parts) > 0 && rng.IntN(2) == 0}
			rings = append(rings, ring)
			if rng.IntN(2) == 0 {
				part.Points = closed(ring)
			}
			parts = append(parts, part)
		}
		shape := geo.MakeShape(geo.Polygons, parts)
		if shape.NumParts() != len(parts) {
			t.Fatalf("%d parts of %d", shape.NumParts(), len(parts))
		}
		for i, ring := range rings {
			part := shape.Part(i)
			if part.Hole != parts[i].Hole || !slices.Equal(part.Points, ring) && !slices.Equal(part.Points, reversed(ring)) {
				t.Fatalf("ring %v became %+v", ring, part)
			}
			if area := geo.RingArea2(part.Points); area != 0 && (area < 0) != part.Hole {
				t.Fatalf("ring %v, hole %v, runs the wrong way", part.Points, part.Hole)
			}
		}
		if again := geo.MakeShape(geo.Polygons, slices.Collect(shape.Parts())); !again.Equal(shape) {
			t.Fatalf("made from its own parts it differs: %v, %v", shape.Points(), again.Points())
		}
		for _, p := range shape.Points() {
			if !shape.Box().Holds(p) {
				t.Fatalf("%v lies outside the box %v", p, shape.Box())
			}
		}
	}
}

// slowSide decides with rational arithmetic: the border by the distance along
// the edge, the inside by the crossings of a ray to the east, each computed.
func slowSide(ring []geo.Point, p geo.Point) geo.Side {
	rat := func(v int32) *big.Rat { return big.NewRat(int64(v), 1) }
	crossings := 0
	for i := range ring {
		a, b := ring[i], ring[(i+1)%len(ring)]
		if a == p {
			return geo.OnBorder
		}
		if a.Y == b.Y {
			if p.Y == a.Y && (p.X-a.X > 0) != (p.X-b.X > 0) {
				return geo.OnBorder
			}
			continue
		}
		// x where the edge's line meets the height of p.
		share := new(big.Rat).Quo(new(big.Rat).Sub(rat(p.Y), rat(a.Y)), new(big.Rat).Sub(rat(b.Y), rat(a.Y)))
		if share.Sign() < 0 || share.Cmp(big.NewRat(1, 1)) > 0 {
			continue
		}
		x := share.Mul(share, new(big.Rat).Sub(rat(b.X), rat(a.X)))
		x.Add(x, rat(a.X))
		switch x.Cmp(rat(p.X)) {
		case 0:
			return geo.OnBorder
		case 1:
			if p.Y >= min(a.Y, b.Y) && p.Y < max(a.Y, b.Y) { // lower end counts
				crossings++
			}
		}
	}
	if crossings%2 == 1 {
		return geo.Inside
	}
	return geo.Outside
}

func TestRingSideAgainstRationals(t *testing.T) {
	rng := seedtest.New(t)
	seen := map[geo.Side]int{}
	for range 20000 {
		// Small fields meet corners and borders, large ones need all 64 bits.
		spread := []int32{2, 5, 50, 500_000_000}[rng.IntN(4)]
		ring := randomRing(rng, spread)
		p := geo.Point{X: rng.Int32N(2*spread+1) - spread, Y: rng.Int32N(2*spread+1) - spread}
		if len(ring) > 1 && rng.IntN(4) == 0 { // near the middle of an edge
			a, b := ring[0], ring[1]
			p = geo.Point{X: int32((int64(a.X) + int64(b.X)) / 2), Y: int32((int64(a.Y) + int64(b.Y)) / 2)}
		}
		got, want := geo.RingSide(ring, p), slowSide(ring, p)
		if got != want {
			t.Fatalf("RingSide(%v, %v) = %v, rationals say %v", ring, p, got, want)
		}
		seen[got]++
	}
	for _, side := range []geo.Side{geo.Outside, geo.OnBorder, geo.Inside} {
		if seen[side] < 500 {
			t.Errorf("side %v was met only %d times", side, seen[side])
		}
	}
}

func TestCrossAgainstBigIntegers(t *testing.T) {
	rng := seedtest.New(t)
	const span = 1_070_000_000 // 107 degrees
	for range 20000 {
		var p [3]geo.Point
		for i := range p {
			p[i] = geo.Point{X: rng.Int32N(span), Y: rng.Int32N(span)}
		}
		term := func(a, b, c, d int32) *big.Int {
			return new(big.Int).Mul(big.NewInt(int64(a)-int64(b)), big.NewInt(int64(c)-int64(d)))
		}
		want := new(big.Int).Sub(term(p[1].X, p[0].X, p[2].Y, p[0].Y), term(p[1].Y, p[0].Y, p[2].X, p[0].X))
		if got := geo.Cross(p[0], p[1], p[2]); big.NewInt(got).Cmp(want) != 0 {
			t.Fatalf("Cross(%v) = %d, want %v", p, got, want)
		}
	}
}

func TestCoversAgainstOrb(t *testing.T) {
	rng := seedtest.New(t)
	for range 300 {
		outer := star(rng, 0, 0, 400, 1000)
		hole := star(rng, 0, 0, 100, 300)
		far := star(rng, 5000, 0, 400, 1000)
		shape := geo.MakeShape(geo.Polygons, []geo.Part{{Points: outer}, {Points: hole, Hole: true}, {Points: far}})
		want := orb.MultiPolygon{{orbRing(outer), orbRing(hole)}, {orbRing(far)}}
		for range 300 {
			p := geo.Point{X: rng.Int32N(8000) - 1500, Y: rng.Int32N(3000) - 1500}
			onHole := geo.RingSide(hole, p) == geo.OnBorder // orb counts it as the hole's
			if got := shape.Covers(p); got != planar.MultiPolygonContains(want, orb.Point{float64(p.X), float64(p.Y)}) && !onHole {
				t.Fatalf("%v covers %v: %v", want, p, got)
			}
			if onHole && !shape.Covers(p) {
				t.Fatalf("the border of a hole belongs to the polygon: %v, %v", hole, p)
			}
		}
		for _, p := range shape.Points() {
			if !shape.Covers(p) {
				t.Fatalf("corner %v is not covered", p)
			}
		}
	}
	for _, s := range []geo.Shape{{}, geo.PointShape(geo.Point{X: 1, Y: 1}), geo.LineShape(square(0, 0, 2))} {
		if s.Covers(geo.Point{X: 1, Y: 1}) {
			t.Errorf("a %v covers something", s.Kind())
		}
	}
}

// star returns a ring around a centre, its corners between two distances from
// it, in the order of their directions.
func star(rng *rand.Rand, cx, cy int32, low, high float64) []geo.Point {
	directions := [][2]float64{{1, 0}, {0.9, 0.4}, {0.7, 0.7}, {0.4, 0.9}, {0, 1}, {-0.7, 0.7}, {-1, 0}, {-0.7, -0.7}, {0, -1}, {0.7, -0.7}}
	var ring []geo.Point
	for _, d := range directions {
		r := low + rng.Float64()*(high-low)
		ring = append(ring, geo.Point{X: cx + int32(d[0]*r), Y: cy + int32(d[1]*r)})
	}
	return ring
}

func orbRing(ring []geo.Point) orb.Ring {
	var out orb.Ring
	for _, p := range closed(ring) {
		out = append(out, orb.Point{float64(p.X), float64(p.Y)})
	}
	return out
}

func TestShapeKinds(t *testing.T) {
	for _, kind := range geo.AllKinds {
		if kind.String() == "" {
			t.Errorf("kind %d has no name", kind)
		}
		if empty := geo.MakeShape(kind, nil); !empty.IsZero() || empty.NumParts() != 0 || empty.Box() != geo.NoBox || empty.Kind() != geo.NoShape {
			t.Errorf("%v without parts: %+v", kind, empty)
		}
		single := geo.MakeShape(kind, []geo.Part{{Points: square(0, 0, 10)}})
		if kind == geo.NoShape {
			if !single.IsZero() {
				t.Error("NoShape has points")
			}
			continue
		}
		several := geo.MakeShape(kind, []geo.Part{{Points: square(0, 0, 10)}, {Points: square(20, 0, 10)}})
		if single.Kind() != kind || single.NumParts() != 1 || several.NumParts() != 2 || single.Equal(several) || several.Equal(single) {
			t.Errorf("%v: %d and %d parts", kind, single.NumParts(), several.NumParts())
		}
		if !several.Equal(geo.MakeShape(kind, slices.Collect(several.Parts()))) {
			t.Errorf("%v: not equal to itself", kind)
		}
		if want := (geo.Box{W: 0, S: 0, E: 30, N: 10}); several.Box() != want {
			t.Errorf("%v: box %v, want %v", kind, several.Box(), want)
		}
		if cap(several.Part(0).Points) != 4 {
			t.Errorf("%v: appending to a part writes into the next", kind)
		}
	}
	a := geo.MakeShape(geo.Lines, []geo.Part{{Points: square(0, 0, 10)[:3]}, {Points: square(0, 0, 10)[3:]}})
	b := geo.MakeShape(geo.Lines, []geo.Part{{Points: square(0, 0, 10)[:2]}, {Points: square(0, 0, 10)[2:]}})
	if a.Equal(b) || a.Equal(geo.LineShape(square(0, 0, 10))) {
		t.Error("shapes cut otherwise count as equal")
	}
}

func TestBox(t *testing.T) {
	rng := seedtest.New(t)
	value := func() int32 { return rng.Int32N(9) - 4 }
	// Every point of a small field is the judge.
	points := func(b geo.Box) map[geo.Point]bool {
		set := map[geo.Point]bool{}
		for x := int32(-6); x <= 6; x++ {
			for y := int32(-6); y <= 6; y++ {
				if p := (geo.Point{X: x, Y: y}); b.Holds(p) {
					set[p] = true
				}
			}
		}
		return set
	}
	for range 3000 {
		a, b := geo.NoBox, geo.NoBox
		for range rng.IntN(3) {
			a = a.With(geo.Point{X: value(), Y: value()})
		}
		for range rng.IntN(3) {
			b = b.With(geo.Point{X: value(), Y: value()})
		}
		inA, inB := points(a), points(b)
		if a.Empty() != (len(inA) == 0) {
			t.Fatalf("%v empty: %v", a, a.Empty())
		}
		shared, covered := false, true
		for p := range inB {
			shared = shared || inA[p]
			covered = covered && inA[p]
		}
		if a.Intersects(b) != shared {
			t.Fatalf("%v intersects %v: %v", a, b, a.Intersects(b))
		}
		if !b.Empty() && a.Covers(b) != covered {
			t.Fatalf("%v covers %v: %v", a, b, a.Covers(b))
		}
		union := a.Union(b)
		for p := range inA {
			if !union.Holds(p) {
				t.Fatalf("%v ∪ %v lacks %v", a, b, p)
			}
		}
		if union != b.Union(a) || !a.Empty() && a.Union(geo.NoBox) != a {
			t.Fatalf("union of %v and %v", a, b)
		}
		if grown := a.Grown(1, 2); a.Empty() != grown.Empty() || !a.Empty() && grown != (geo.Box{W: a.W - 1, S: a.S - 2, E: a.E + 1, N: a.N + 2}) {
			t.Fatalf("%v grown: %v", a, grown)
		}
		if c := a.Centre(); !a.Empty() && !a.Holds(c) {
			t.Fatalf("centre %v outside %v", c, a)
		}
	}
	if got := geo.World.Grown(1<<30, 1<<30); got != geo.World {
		t.Errorf("the world grew to %v", got)
	}
	if got := (geo.Box{W: -3, S: -1, E: -2, N: 2}).Centre(); got != (geo.Point{X: -3, Y: 0}) {
		t.Errorf("centre %v is not rounded down", got)
	}
}
