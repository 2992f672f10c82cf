package mvt_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"gridatlas/tiles/mvt"
)

// place is a place in tile units of the tile under test, not rounded.
type place struct{ x, y float64 }

// The tile under test: its units are 16 world units wide.
const (
	zoom   = 16
	column = 53_000
	row    = 24_800
	unit   = 1 << (20 - zoom)
)

// world returns a place of the tile under test in world units.
func (p place) world() mvt.Point {
	return mvt.World((column+p.x/mvt.Extent)/(1<<zoom), (row+p.y/mvt.Extent)/(1<<zoom))
}

// local is the inverse of world.
func local(p mvt.Point) place {
	return place{float64(p.X)/unit - column*mvt.Extent, float64(p.Y)/unit - row*mvt.Extent}
}

// shapeOf makes a shape of parts; those that holes names are holes.
func shapeOf(parts [][]place, holes ...int) mvt.Shape {
	s := mvt.Shape{Box: mvt.NoBox}
	for _, part := range parts {
		s.Parts = append(s.Parts, mvt.Offset(len(s.Corners)))
		for _, p := range part {
			w := p.world()
			s.Corners = append(s.Corners, w)
			s.Box = s.Box.Extend(w)
		}
	}
	for _, i := range holes {
		s.Parts[i] |= mvt.Hole
	}
	s.Parts = append(s.Parts, mvt.Offset(len(s.Corners)))
	return s
}

// star is a ring around a place with corners between two distances from it.
func star(r *rand.Rand, at place, near, far float64, corners int) []place {
	ring := make([]place, corners)
	for i := range ring {
		angle := 2 * math.Pi * (float64(i) + 0.8*r.Float64()) / float64(corners)
		reach := near + (far-near)*r.Float64()
		ring[i] = place{at.x + reach*math.Cos(angle), at.y + reach*math.Sin(angle)}
	}
	if r.IntN(2) == 0 { // it does not matter how rings turn
		for i := range corners / 2 {
			ring[i], ring[corners-1-i] = ring[corners-1-i], ring[i]
		}
	}
	return ring
}

// comb is a ring of teeth of different lengths with gaps between, turned by an
// angle: clipped, it comes apart.
func comb(r *rand.Rand, at place, width, height float64, teeth int) []place {
	var ring []place
	step := width / float64(2*teeth)
	for i := range teeth {
		x := float64(2*i) * step
		y := height * (0.2 + 0.8*r.Float64())
		ring = append(ring, place{x, height / 10}, place{x, y}, place{x + step, y}, place{x + step, height / 10})
	}
	ring = append(ring, place{width, 0}, place{0, 0})
	return turned(ring, at, r.Float64()*2*math.Pi)
}

// spiral is a band wound around a place.
func spiral(at place, width, turns, angle float64) []place {
	var out, in []place
	const steps = 12
	for i := range int(turns * steps) {
		a := 2 * math.Pi * float64(i) / steps
		d := width * (1 + float64(i)/steps)
		out = append(out, place{d * math.Cos(a), d * math.Sin(a)})
		d += width * 0.4
		in = append(in, place{d * math.Cos(a), d * math.Sin(a)})
	}
	for i := range in {
		out = append(out, in[len(in)-1-i])
	}
	return turned(out, at, angle)
}

// turned turns a ring about its origin and moves it to a place.
func turned(ring []place, to place, angle float64) []place {
	sin, cos := math.Sincos(angle)
	for i, p := range ring {
		ring[i] = place{to.x + p.x*cos - p.y*sin, to.y + p.x*sin + p.y*cos}
	}
	return ring
}

// polygon returns a valid polygon somewhere in or about the tile, between two
// units and twice a tile wide.
func polygon(r *rand.Rand) (kind string, s mvt.Shape) {
	size := math.Exp2(1 + 12*r.Float64())
	at := place{r.Float64()*(mvt.Extent+size) - size/2, r.Float64()*(mvt.Extent+size) - size/2}
	switch r.IntN(5) {
	case 0:
		return "star", shapeOf([][]place{star(r, at, size/20, size, 3+r.IntN(20))})
	case 1:
		parts := [][]place{star(r, at, size*0.6, size, 6+r.IntN(20))}
		var holes []int
		for i := range 1 + r.IntN(4) { // the corners of the star are near enough to one another
			middle := place{at.x + size*0.22*float64(i%2*2-1), at.y + size*0.22*float64(i/2*2-1)}
			parts = append(parts, star(r, middle, size/50, size*0.15, 3+r.IntN(8)))
			holes = append(holes, i+1)
		}
		return "holes", shapeOf(parts, holes...)
	case 2:
		return "comb", shapeOf([][]place{comb(r, at, size, size*(0.2+r.Float64()), 2+r.IntN(9))})
	case 3:
		return "spiral", shapeOf([][]place{spiral(at, size/12, 2+3*r.Float64(), r.Float64()*7)})
	}
	var parts [][]place
	for i := range 1 + r.IntN(5) {
		parts = append(parts, star(r, place{at.x + size/2*float64(i), at.y}, size/30, size*0.24, 3+r.IntN(9)))
	}
	return "several", shapeOf(parts)
}

// String returns the shape in units of the tile under test, to draw it.
func describe(s mvt.Shape) string {
	text := ""
	for i := range len(s.Parts) - 1 {
		text += fmt.Sprintf("hole %v:", s.Parts[i].IsHole())
		for _, p := range s.Corners[s.Parts[i].At():s.Parts[i+1].At()] {
			text += fmt.Sprintf(" %.4f,%.4f", local(p).x, local(p).y)
		}
		text += "\n"
	}
	return text
}

// readBack writes one feature into a tile, reads it and returns it.
func readBack(t testing.TB, kind mvt.Type, geometry []byte) mvt.Feature {
	t.Helper()
	var w mvt.Writer
	w.Reset(nil)
	w.BeginLayer("shapes", nil, mvt.Values{})
	w.Feature(1, kind, geometry)
	w.EndLayer()
	tile, err := mvt.Decode(w.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	return tile.Layers[0].Features[0]
}
