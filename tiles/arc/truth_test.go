package arc_test

import (
	"math"
	"testing"

	"gridatlas/geo"
	"gridatlas/geo/crs"
	"gridatlas/geo/seedtest"
	"gridatlas/tiles/arc"
	"gridatlas/tiles/mvt"
)

// onPlane returns an area as it is, on the plane of world units.
func onPlane(s geo.Shape) geo.Shape {
	var parts []geo.Part
	for part := range s.Parts() {
		moved := geo.Part{Hole: part.Hole}
		for _, p := range part.Points {
			x, y := crs.World(p)
			moved.Points = append(moved.Points, plane(mvt.Point{X: x, Y: y}))
		}
		parts = append(parts, moved)
	}
	return geo.MakeShape(geo.Polygons, parts)
}

// depth is how far a place is from the border of an area.
func depth(s geo.Shape, p geo.Point) float64 {
	least := math.Inf(1)
	for part := range s.Parts() {
		for i, b := range part.Points {
			a := part.Points[(i+len(part.Points)-1)%len(part.Points)]
			dx, dy := float64(b.X)-float64(a.X), float64(b.Y)-float64(a.Y)
			px, py := float64(p.X)-float64(a.X), float64(p.Y)-float64(a.Y)
			share := 0.0
			if long := dx*dx + dy*dy; long > 0 {
				share = min(max((px*dx+py*dy)/long, 0), 1)
			}
			least = min(least, math.Hypot(px-share*dx, py-share*dy))
		}
	}
	return least
}

// A place farther from the border of an area than borders may move lies in the
// drawn area as it lies in the area, and an area of which nothing is drawn is
// nowhere a unit deep.
func TestDrawnWhereTheyAre(t *testing.T) {
	r := seedtest.New(t)
	tried, vanished := 0, 0
	for range 80 {
		size := 500 << r.IntN(9)
		c := invent(t, r, 3+r.IntN(20), size)
		borders := must(arc.New(t.Context(), c.areas))(t)
		for zoom := 8; zoom <= arc.MaxZoom; zoom++ {
			z := must(borders.At(t.Context(), zoom))(t)
			unit := float64(int(1) << (arc.MaxZoom - zoom))
			most := 4.0
			if zoom >= 16 {
				most = 1
			}
			for _, a := range c.areas {
				if a.From > zoom {
					continue
				}
				truth := onPlane(a.Shape)
				shape, _ := z.Shape(a.Key)
				drawn := shapeOf(t, shape)
				box := truth.Box()
				for range 10 {
					p := geo.Point{X: box.W + r.Int32N(box.E-box.W+1), Y: box.S + r.Int32N(box.N-box.S+1)}
					inside, deep := truth.Covers(p), depth(truth, p)/unit
					if drawn.IsZero() {
						vanished++
						if inside && deep > 1 {
							t.Fatalf("zoom %d: %v has vanished, %.1f units deep", zoom, a.Key, deep)
						}
					}
					// Rounding moves corners by half a diagonal, and a border on its way
					// through hot units by as much again.
					if deep > most+1.5 {
						tried++
						if drawn.Covers(p) != inside {
							t.Fatalf("zoom %d: %v is wrong %.1f units from its border", zoom, a.Key, deep)
						}
					}
				}
			}
		}
	}
	t.Logf("%d places tried, %d in areas that have vanished", tried, vanished)
	if tried < 10_000 || vanished < 1000 {
		t.Error("this proves little")
	}
}

// Areas that spread over the world, reach its ends or are broken stay out or come
// out somehow; nothing fails, and good ones beside them are drawn.
func TestOddAreas(t *testing.T) {
	good := geo.PolygonShape(ringAt(119.1, 36.7, 0.01))
	odd := []geo.Shape{
		geo.PolygonShape(ringAt(0, 0, 80)), // over the world: not held
		geo.PolygonShape(ringAt(179.99, 84, 0.01)),
		geo.PolygonShape(ringAt(-179.99, -84, 0.01)),
		geo.PolygonShape(ringAt(10, 89.9, 0.05)),
		geo.PolygonShape([]geo.Point{{X: 1, Y: 1}, {X: 1, Y: 1}, {X: 1, Y: 1}}),
		geo.PolygonShape([]geo.Point{{X: 0, Y: 0}, {X: 1e6, Y: 1e6}, {X: 1e6, Y: 0}, {X: 0, Y: 1e6}}), // a bow tie
		geo.PolygonShape([]geo.Point{{X: 0, Y: 0}, {X: 1e6, Y: 0}, {X: 0, Y: 0}, {X: 1e6, Y: 0}}),
		geo.PointShape(middle),
		{},
	}
	areas := []arc.Area{{Key: geo.Key{Layer: geo.Grids, ID: 1}, Shape: good}}
	for i, s := range odd {
		areas = append(areas, arc.Area{Key: geo.Key{Layer: geo.Grids, ID: int64(i + 2)}, From: i - 3, Shape: s})
	}
	borders := must(arc.New(t.Context(), areas))(t)
	var frame mvt.Frame
	for zoom := range mvt.MaxZoom + 1 {
		z := must(borders.At(t.Context(), zoom))(t)
		for i, a := range areas {
			s, held := z.Shape(a.Key)
			if wide := i == 1 || i >= len(areas)-2; held == wide {
				t.Errorf("area %d is held: %v", i, held)
			}
			frame.Reset(uint8(zoom), 0, 0, 64)
			frame.Polygons(&s)
		}
		if s, _ := z.Shape(areas[0].Key); zoom > 14 && len(s.Parts) != 2 {
			t.Errorf("zoom %d: the good area is not drawn", zoom)
		}
	}
	if _, held := must(borders.At(t.Context(), 3))(t).Shape(geo.Key{Layer: geo.Grids, ID: 99}); held {
		t.Error("an unknown area is held")
	}
}

// ringAt returns a square around a place in degrees.
func ringAt(lon, lat, half float64) []geo.Point {
	return []geo.Point{
		crs.At(lon-half, lat-half), crs.At(lon+half, lat-half), crs.At(lon+half, lat+half), crs.At(lon-half, lat+half),
	}
}
