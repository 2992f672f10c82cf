package tiles_test

import (
	"math"
	"testing"

	"gridatlas/geo"
	"gridatlas/geo/crs"
	"gridatlas/geo/snapshot"
	"gridatlas/tiles"
)

// pixels returns the longer side of a box on a map of 512 pixels around the world,
// by the formula of the projection.
func pixels(box geo.Box) float64 {
	west, south := crs.ToDegrees(geo.Point{X: box.W, Y: box.S})
	east, north := crs.ToDegrees(geo.Point{X: box.E, Y: box.N})
	height := func(lat float64) float64 { return math.Atanh(math.Sin(lat*math.Pi/180)) / math.Pi / 2 }
	return 512 * max((east-west)/360, height(north)-height(south))
}

// Tiles hold the buildings that are large enough for their zoom, and from zoom 15
// on all there are.
func TestThinning(t *testing.T) {
	if testing.Short() {
		t.Skip("a whole city is drawn in the full run")
	}
	s, atlas, set := weifang(), new(tiles.Atlas), mustSet(t, "buildings")
	shown := map[int64]int{} // first zoom of the buildings
	for z := uint32(12); z <= 15; z++ {
		box := s.Layer(geo.Buildings).Box()
		first, last := tileOf(z, geo.Point{X: box.W, Y: box.N}), tileOf(z, geo.Point{X: box.E, Y: box.S})
		for x := first.X; x <= last.X; x++ {
			for y := first.Y; y <= last.Y; y++ {
				data, _, err := atlas.Append(t.Context(), nil, s, set, tiles.Address{Z: z, X: x, Y: y}, noon)
				if err != nil {
					t.Fatal(err)
				}
				layer := decode(t, data)["buildings"]
				if layer == nil {
					continue
				}
				for _, f := range layer.Features {
					id := int64(f.ID.(float64))
					if _, known := shown[id]; !known {
						shown[id] = int(z)
					}
				}
			}
		}
	}
	var firsts [16]int
	for b := range snapshot.All[*geo.Building](s) {
		if !b.InEffect(noon) {
			continue
		}
		at := func(zoom int) float64 { return math.Ldexp(pixels(b.Shape.Box()), zoom) }
		want := 15
		switch {
		case at(13) >= 8:
			want = 13
		case at(14) >= 2:
			want = 14
		}
		onEdge := math.Abs(at(13)-8) < 1e-3 || math.Abs(at(14)-2) < 1e-3 // coordinates of the projection are rounded
		if first, ok := shown[b.ID]; !ok || first != want && !onEdge {
			t.Fatalf("building %d of %v pixels at z13 appears at z%d (at all: %v), want z%d", b.ID, at(13), first, ok, want)
		}
		firsts[want]++
	}
	if firsts[13] == 0 || firsts[14] == 0 || firsts[15] == 0 {
		t.Errorf("buildings by first zoom: %v", firsts)
	}
	t.Logf("first at z13, z14, z15: %v", firsts[13:])
}

// A kiosk smaller than any pixel is there from zoom 15 on.
func TestSmallestBuilding(t *testing.T) {
	corner := crs.At(119.1, 36.7)
	ring := []geo.Point{corner, {X: corner.X + 80, Y: corner.Y}, {X: corner.X + 80, Y: corner.Y + 80}, {X: corner.X, Y: corner.Y + 80}}
	b := snapshot.NewBuilder()
	b.Add(&geo.Building{Base: geo.Base{ID: 1, Shape: geo.PolygonShape(ring)}})
	s, atlas := b.Build(geo.Head{Epoch: 1, Revision: 1}), new(tiles.Atlas)
	for z := uint32(13); z <= 16; z++ {
		data, _, err := atlas.Append(t.Context(), nil, s, mustSet(t, "buildings"), tileOf(z, corner), noon)
		if err != nil {
			t.Fatal(err)
		}
		if shown := len(data) > 0; shown != (z >= 15) {
			t.Errorf("z%d: shown %v", z, shown)
		}
	}
}
