package tiles_test

import (
	"bytes"
	"math"
	"slices"
	"testing"

	"gridatlas/geo"
	"gridatlas/geo/snapshot"
	"gridatlas/tiles"
	"gridatlas/tiles/mvt"
)

// terraces are three grids: two side by side along a border that swings, and a
// small one on their outer border, the corners of which part that in three.
func terraces(round int) []geo.Feature {
	swing := func(y float64) float64 { return 4 * math.Sin(y/60) }
	line := func(x, from, to float64) (metres []float64) {
		step := math.Copysign(20, to-from)
		for y := from; (to-y)*step >= 0; y += step {
			metres = append(metres, x+swing(y), y)
		}
		return metres
	}
	grid := func(id int64, sides ...[]float64) geo.Feature {
		return &geo.Grid{Base: geo.Base{ID: id, Version: 1, Shape: geo.PolygonShape(ring(slices.Concat(sides...)...))}}
	}
	low := 900 + 20*float64(round)
	return []geo.Feature{
		grid(1, line(0, 0, 2000), line(500, 2000, 0)),
		grid(2, line(500, 0, 2000), line(1000, 2000, 0)),
		grid(3, line(1000, low, low+100), line(1100, low+100, low)),
	}
}

// Where the third grid moves along the border of the second, that border is parted
// elsewhere and its corners change far from it. No kept tile may miss that.
func TestKeptTilesHaveTheBordersOfNeighbours(t *testing.T) {
	b := snapshot.NewBuilder()
	for _, f := range terraces(0) {
		b.Add(f)
	}
	s := b.Build(geo.Head{Epoch: 1, Revision: 1})
	c := tiles.NewCache(64<<20, 2)
	var all []tiles.Address
	for z := uint32(12); z <= 17; z++ {
		low, high := tileOf(z, ring(-200, 2200)[0]), tileOf(z, ring(1300, -200)[0])
		for x := low.X; x <= high.X; x++ {
			for y := low.Y; y <= high.Y; y++ {
				all = append(all, tiles.Address{Z: z, X: x, Y: y})
			}
		}
	}
	stayed, far := 0, 0
	for round := range 12 {
		old := map[tiles.Address]*tiles.Tile{}
		for _, a := range all {
			old[a] = mustGet(t, c, s, "map", a)
		}
		third := terraces(round + 1)[2]
		was, _ := s.Get(geo.Key{Layer: geo.Grids, ID: 3})
		s = s.Advance(geo.Delta{
			Since: s.Head().Revision, Head: geo.Head{Epoch: 1, Revision: s.Head().Revision + 1}, Changed: []geo.Feature{third},
		})
		c.Follow(s)
		for _, a := range all {
			tile := mustGet(t, c, s, "map", a)
			data, err := tile.Bytes()
			if err != nil || !bytes.Equal(data, mustAppend(t, s, "map", a)) {
				t.Fatalf("round %d: %v is not the tile of the map (%v)", round, a, err)
			}
			if tile == old[a] {
				stayed++
				continue
			}
			set := mustSet(t, "map")
			if oldData, _ := old[a].Bytes(); !bytes.Equal(oldData, data) && !shows(was, set, a) && !shows(third, set, a) {
				far++
			}
		}
	}
	t.Logf("%d tiles stayed, %d changed far from what was edited", stayed, far)
	if far == 0 || stayed < len(all)*6 {
		t.Error("this proves little")
	}
}

// In every tile grids side by side have the same corners along their border, with
// each other and with the street that is made of them.
func TestGridsAndPlacesShareBorders(t *testing.T) {
	grids := terraces(0)
	b := snapshot.NewBuilder()
	for _, f := range grids[:2] {
		b.Add(f)
	}
	// The outline of both: down the west side, up the east side.
	west, east := grids[0].Common().Shape.Points(), grids[1].Common().Shape.Points()
	outline := slices.Concat(onSide(west, 0), onSide(east, 1000))
	b.Add(&geo.Place{Base: geo.Base{ID: 9, Version: 1, Shape: geo.PolygonShape(outline)}, Kind: "street"})
	s := b.Build(geo.Head{Epoch: 1, Revision: 1})
	for z := uint32(13); z <= 18; z++ {
		low, high := tileOf(z, ring(-200, 2200)[0]), tileOf(z, ring(1300, -200)[0])
		for x := low.X; x <= high.X; x++ {
			for y := low.Y; y <= high.Y; y++ {
				a := tiles.Address{Z: z, X: x, Y: y}
				data := mustAppend(t, s, "places,grids", a)
				tile, err := mvt.Decode(data)
				if err != nil {
					t.Fatal(err)
				}
				walked := map[[2]mvt.Corner]int{}
				for _, layer := range tile.Layers {
					for _, f := range layer.Features {
						for _, part := range f.Parts {
							for i, to := range part.Corners {
								from := part.Corners[(i+len(part.Corners)-1)%len(part.Corners)]
								switch {
								case f.Type != mvt.Polygons || from.X == to.X && (to.X == -64 || to.X == 4160) || from.Y == to.Y && (to.Y == -64 || to.Y == 4160):
								case layer.Name == "grids":
									walked[[2]mvt.Corner{from, to}]++
									walked[[2]mvt.Corner{to, from}]--
								default:
									walked[[2]mvt.Corner{from, to}]--
									walked[[2]mvt.Corner{to, from}]++
								}
							}
						}
					}
				}
				for side, n := range walked {
					if n != 0 {
						t.Fatalf("%v: side %v is walked %d times more by the grids than by their street", a, side, n)
					}
				}
			}
		}
	}
}

// onSide returns the corners of a terrace near a line x metres east, in its order.
func onSide(points []geo.Point, x float64) (side []geo.Point) {
	from, to := ring(x-20, 0)[0], ring(x+20, 0)[0]
	for _, p := range points {
		if p.X > from.X && p.X < to.X {
			side = append(side, p)
		}
	}
	return side
}
