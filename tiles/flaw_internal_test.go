package tiles

import (
	"math"
	"testing"

	"gridatlas/geo/seedtest"
	"gridatlas/tiles/mvt"
)

// Where corners are far from other edges no look is needed: the flaws found are
// those that a look at every zoom finds. Polygons with a hole, some of them narrow.
func TestFlawsAreFoundWithoutALook(t *testing.T) {
	r := seedtest.New(t)
	var mender mvt.Mender
	found := 0
	for range 5000 {
		middle := mvt.Point{X: 1<<31 + r.Uint32N(1<<20), Y: 1<<30 + r.Uint32N(1<<20)}
		ring := func(size float64, n int) (corners []mvt.Point) {
			flat := math.Pow(r.Float64(), 3)
			for i := range n {
				sin, cos := math.Sincos(2 * math.Pi * float64(i) / float64(n))
				size := size * (0.5 + 0.5*r.Float64())
				corners = append(corners, mvt.Point{X: uint32(float64(middle.X) + size*cos), Y: uint32(float64(middle.Y) + size*flat*sin)})
			}
			return corners
		}
		size := math.Exp(r.Float64() * 12)
		s := mvt.Shape{Corners: ring(size, 3+r.IntN(12)), Parts: []mvt.Offset{0}}
		if r.IntN(2) == 0 {
			s.Parts = append(s.Parts, mvt.Offset(len(s.Corners))|mvt.Hole)
			s.Corners = append(s.Corners, ring(size*0.2*r.Float64(), 3+r.IntN(4))...)
		}
		s.Parts = append(s.Parts, mvt.Offset(len(s.Corners)))
		if !mender.Simple(&s, 20) {
			continue // not valid as it is: no store has such
		}
		flawed := flaws(&mender, &s, 8)
		for zoom := 8; zoom <= MaxZoom; zoom++ {
			if simple := mender.Simple(&s, uint8(zoom)); simple == flawed.has(zoom) {
				t.Fatalf("zoom %d: simple %v, flawed %v: %v", zoom, simple, flawed.has(zoom), s)
			}
		}
		if flawed != 0 {
			found++
		}
	}
	if found < 100 {
		t.Errorf("%d shapes with flaws are too few to tell", found)
	}
}

// Places that follow each other on the curve are neighbours, and the curve comes to
// every cell once.
func TestHilbert(t *testing.T) {
	for bits := range 7 {
		side := uint32(1) << bits
		at := make([]*[2]int, side*side)
		for x := range side {
			for y := range side {
				place := Hilbert(x, y, bits)
				if at[place] != nil {
					t.Fatalf("two cells of %d bits at %d", bits, place)
				}
				at[place] = &[2]int{int(x), int(y)}
				if bits > 0 && Hilbert(x/2, y/2, bits-1) != place/4 {
					t.Fatalf("cell %d, %d of %d bits is not in its quarter", x, y, bits)
				}
			}
		}
		for i := 1; i < len(at); i++ {
			if dx, dy := at[i][0]-at[i-1][0], at[i][1]-at[i-1][1]; dx*dx+dy*dy != 1 {
				t.Fatalf("places %d and %d of %d bits are no neighbours", i-1, i, bits)
			}
		}
	}
}
