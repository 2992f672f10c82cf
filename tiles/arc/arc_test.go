package arc_test

import (
	"cmp"
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gridatlas/geo"
	"gridatlas/geo/crs"
	"gridatlas/geo/planar"
	"gridatlas/geo/seedtest"
	"gridatlas/geo/valid"
	"gridatlas/tiles/arc"
	"gridatlas/tiles/mvt"
)

func must[T any](v T, err error) func(t testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// middle is the place in Weifang around which made-up areas lie.
var middle = crs.At(119.1, 36.7)

// country is a coverage in three layers: blocks, grids made of blocks, and places
// made of grids.
type country struct {
	areas []arc.Area
	above map[geo.Key]geo.Key // the area of the layer above that an area is part of
}

// from are the zooms at which the layers of a country are drawn.
var from = map[geo.Layer]int{geo.Places: 6, geo.Grids: 9, geo.Blocks: 11}

// invent makes a country of about as many places: the pieces into which random
// figures part the ground, put together at random. It has slivers, holes, islands
// and areas that touch themselves.
func invent(t testing.TB, r *rand.Rand, figures, size int) country {
	var shapes []geo.Shape
	for range figures {
		// A star around a place, smooth or jagged, long or round.
		x, y := middle.X+int32(r.IntN(size)), middle.Y+int32(r.IntN(size))
		wide, high, jags := float64(size)*r.Float64()/2, float64(size)*r.Float64()/2, r.Float64()*r.Float64()
		ring := make([]geo.Point, 3+r.IntN(60))
		for i := range ring {
			sin, cos := math.Sincos(2 * math.Pi * float64(i) / float64(len(ring)))
			reach := 1 - jags*r.Float64()
			ring[i] = geo.Point{X: x + int32(cos*reach*wide), Y: y + int32(sin*reach*high)}
		}
		if s := geo.PolygonShape(ring); len(valid.Check(s)) == 0 {
			shapes = append(shapes, s)
		}
	}
	ground := must(planar.Build(context.Background(), shapes))(t)
	// Faces nothing covers are left out, so the country has lakes.
	var faces []int32
	for f := int32(1); f < int32(ground.Faces()); f++ {
		if len(ground.Cover(f)) > 0 {
			faces = append(faces, f)
		}
	}
	c := country{above: map[geo.Key]geo.Key{}}
	blockOf := map[int32]int64{}
	part := func(layer geo.Layer, of map[int64][]int32) {
		ids := make([]int64, 0, len(of))
		for id := range of {
			ids = append(ids, id)
		}
		slices.Sort(ids)
		for _, id := range ids {
			c.areas = append(c.areas, arc.Area{Key: geo.Key{Layer: layer, ID: id}, From: from[layer], Shape: ground.Outline(of[id])})
		}
	}
	blocks, grids, places := map[int64][]int32{}, map[int64][]int32{}, map[int64][]int32{}
	for _, f := range faces {
		block := int64(f)
		// Half of the faces join a neighbour.
		for h := range ground.Around(f) {
			if b, ok := blockOf[ground.Face(h.Twin())]; ok && r.IntN(2) == 0 {
				block = b
				break
			}
		}
		blockOf[f] = block
		grid := block * 7919 % int64(1+len(faces)/3)
		place := grid % 5
		blocks[block] = append(blocks[block], f)
		grids[grid] = append(grids[grid], f)
		places[place] = append(places[place], f)
		c.above[geo.Key{Layer: geo.Blocks, ID: block}] = geo.Key{Layer: geo.Grids, ID: grid}
		c.above[geo.Key{Layer: geo.Grids, ID: grid}] = geo.Key{Layer: geo.Places, ID: place}
	}
	part(geo.Places, places)
	part(geo.Grids, grids)
	part(geo.Blocks, blocks)
	return c
}

// plane returns a world place as a point that may lie on the lattice, as valid.Check
// wants it: that of the north of Asia and Europe.
func plane(p mvt.Point) geo.Point {
	return geo.Point{X: int32(p.X ^ 1<<31), Y: int32(p.Y^1<<31) + 1<<29}
}

// shapeOf returns an area of a zoom as a shape on the plane of world units.
func shapeOf(t testing.TB, s mvt.Shape) geo.Shape {
	t.Helper()
	var parts []geo.Part
	for i := range max(len(s.Parts)-1, 0) {
		part := geo.Part{Hole: s.Parts[i].IsHole()}
		for _, p := range s.Corners[s.Parts[i].At():s.Parts[i+1].At()] {
			part.Points = append(part.Points, plane(p))
		}
		if area := geo.RingArea2(part.Points); area == 0 || (area < 0) != part.Hole {
			t.Fatalf("ring %v has the area %d, hole %v", part.Points, area, part.Hole)
		}
		parts = append(parts, part)
	}
	return geo.MakeShape(geo.Polygons, parts)
}

// side is a straight border.
type side struct{ a, b geo.Point }

func (s side) Box() geo.Box { return geo.NoBox.With(s.a).With(s.b) }

// touches reports whether a side has more in common with another than ends.
func (s side) touches(t side) bool {
	off := func(p, a, b geo.Point) int { return cmp.Compare(geo.Cross(a, b, p), 0) }
	on := func(p geo.Point, s side) bool {
		return p != s.a && p != s.b && off(p, s.a, s.b) == 0 && s.Box().Holds(p)
	}
	return on(s.a, t) || on(s.b, t) || on(t.a, s) || on(t.b, s) ||
		off(s.a, t.a, t.b)*off(s.b, t.a, t.b) < 0 && off(t.a, s.a, s.b)*off(t.b, s.a, s.b) < 0
}

// checkZoom holds that every area is valid, on the grid, and that borders are equal
// or have ends in common alone. It returns the areas as shapes on the plane of world
// units.
func checkZoom(t *testing.T, areas []arc.Area, z *arc.Zoom, zoom int) []geo.Shape {
	t.Helper()
	shapes := make([]geo.Shape, len(areas))
	known := map[side]bool{}
	var sides []side
	for i, area := range areas {
		drawn, ok := z.Shape(area.Key)
		if !ok {
			t.Fatalf("%v is not held", area.Key)
		}
		shape := shapeOf(t, drawn)
		shapes[i] = shape
		if shape.IsZero() {
			continue
		}
		if area.From > zoom {
			t.Fatalf("%v is drawn at zoom %d", area.Key, zoom)
		}
		if faults := valid.Check(shape); len(faults) > 0 {
			t.Fatalf("zoom %d: %v: %v", zoom, area.Key, faults[0])
		}
		for part := range shape.Parts() {
			for i, p := range part.Points {
				q := part.Points[(i+1)%len(part.Points)]
				if p.X > q.X || p.X == q.X && p.Y > q.Y {
					p, q = q, p
				}
				if unit := int32(1) << (20 - zoom); p.X%unit != 0 || p.Y%unit != 0 {
					t.Fatalf("zoom %d: %v is off the grid", zoom, p)
				}
				if s := (side{p, q}); !known[s] {
					known[s] = true
					sides = append(sides, s)
				}
			}
		}
	}
	planar.NewTree(sides).Join(func(r, s side) bool {
		if r.touches(s) {
			t.Fatalf("zoom %d: borders %v and %v cross or touch", zoom, r, s)
		}
		return true
	})
	return shapes
}

// checkCountry holds that the areas of a layer overlap nowhere, and that an area
// is what its parts are together, border by border.
func checkCountry(t *testing.T, c country, z *arc.Zoom, zoom int) {
	t.Helper()
	shapes := checkZoom(t, c.areas, z, zoom)
	if zoom > 17 {
		return // borders would be noded again where they are half a world unit apart
	}
	a := must(planar.Build(context.Background(), shapes))(t)
	for f := range int32(a.Faces()) {
		over := map[geo.Layer]geo.Key{}
		for _, i := range a.Cover(f) {
			key := c.areas[i].Key
			if other, taken := over[key.Layer]; taken {
				t.Fatalf("zoom %d: %v and %v overlap", zoom, key, other)
			}
			over[key.Layer] = key
		}
		for _, layer := range []geo.Layer{geo.Blocks, geo.Grids} {
			if from[layer] > zoom {
				continue
			}
			above := map[geo.Layer]geo.Layer{geo.Blocks: geo.Grids, geo.Grids: geo.Places}[layer]
			part, covered := over[layer]
			whole, coveredAbove := over[above]
			if covered != coveredAbove || covered && c.above[part] != whole {
				t.Fatalf("zoom %d: ground of %v %v lies in %v %v", zoom, layer, part, above, whole)
			}
		}
	}
}

func TestCountries(t *testing.T) {
	r := seedtest.New(t)
	for range 100 {
		// From a few units of zoom 16 to a few hundred of zoom 11.
		size := 100 << r.IntN(12)
		c := invent(t, r, 3+r.IntN(12)*r.IntN(4), size)
		b := must(arc.New(context.Background(), c.areas))(t)
		for zoom := 6; zoom <= arc.MaxZoom; zoom++ {
			checkCountry(t, c, must(b.At(context.Background(), zoom))(t), zoom)
		}
	}
}
