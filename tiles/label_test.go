package tiles_test

import (
	"math"
	"testing"

	"github.com/paulmach/orb"

	"gridatlas/geo"
	"gridatlas/geo/crs"
	"gridatlas/geo/seedtest"
	"gridatlas/tiles"
)

// The label point of a polygon lies inside it and in exactly one tile of a zoom.
func TestOneLabelInside(t *testing.T) {
	r := seedtest.New(t)
	shapes := []geo.Shape{
		geo.PolygonShape(box(-300, -300, 300, 300), box(-100, -100, 100, 100)),                           // the centroid is in the hole
		geo.PolygonShape(ring(-300, -300, 300, -300, 300, -200, -200, -200, -200, 300, -300, 300)),       // an L
		geo.MakeShape(geo.Polygons, []geo.Part{{Points: box(0, 0, 9, 9)}, {Points: box(50, 0, 90, 40)}}), // the larger part
	}
	for range 40 {
		shapes = append(shapes, star(r, r.Float64()*800-400, r.Float64()*800-400, 300*r.Float64()+20))
	}
	for i, shape := range shapes {
		s := build(&geo.Grid{Base: geo.Base{ID: 1, Shape: shape}})
		for z := uint32(13); z <= 18; z++ {
			middle := tileOf(z, shape.Points()[0])
			reach := uint32(1) << (z - 13)
			if z > 15 { // many tiles: only those at the first corner
				reach = 1 << 3
			}
			var found []orb.Point
			for x := middle.X - reach; x <= middle.X+reach; x++ {
				for y := middle.Y - reach; y <= middle.Y+reach; y++ {
					a := tiles.Address{Z: z, X: x, Y: y}
					layer := decode(t, mustAppend(t, s, "grids", a))["grids_label"]
					if layer == nil {
						continue
					}
					p := layer.Features[0].Geometry.(orb.Point)
					if p[0] < 0 || p[0] > 4095 || p[1] < 0 || p[1] > 4095 {
						t.Fatalf("label at %v", p)
					}
					found = append(found, orb.Point{float64(x) + (p[0]+.5)/4096, float64(y) + (p[1]+.5)/4096})
				}
			}
			if z <= 15 && len(found) != 1 || len(found) > 1 {
				t.Fatalf("shape %d, zoom %d: %d labels", i, z, len(found))
			}
			if z == 15 {
				n := math.Exp2(float64(z))
				if at := crs.FromMercator(found[0][0]/n, found[0][1]/n); !shape.Covers(at) {
					t.Fatalf("shape %d: the label at %v lies outside", i, at)
				}
			}
		}
	}
}
