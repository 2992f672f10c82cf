package arc_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"gridatlas/data/demo"
	"gridatlas/data/postgis/pgtest"
	"gridatlas/geo"
	"gridatlas/geo/planar"
	"gridatlas/tiles/arc"
)

// city returns the places and grids of the demo city, each from the zoom at which a
// set of tiles first draws them.
var city = sync.OnceValues(func() (areas []arc.Area, err error) {
	places := map[string]int{"city": 0, "district": 5, "zone": zoneFrom, "street": 9, "community": 10}
	id := int64(0)
	for change, err := range demo.Weifang(demo.Options{}).Changes {
		if err != nil {
			return nil, err
		}
		from := 0
		switch f := change.After.(type) {
		case *geo.Place:
			from = places[f.Kind]
		case *geo.Grid:
			from = 11
		default:
			continue
		}
		id++
		areas = append(areas, arc.Area{Key: geo.Key{Layer: change.After.Layer(), ID: id}, From: from, Shape: change.After.Common().Shape})
	}
	return areas, nil
})

// zoneFrom is the zoom of the zones, which cut across the other areas.
const zoneFrom = 7

// town returns blocks of 100 m with crooked borders, so many to a side, grids of
// 3 x 3 of them and communities of 9 x 9.
func town(t testing.TB, r *rand.Rand, side int) []arc.Area {
	const steps = 6
	jitter := func(p geo.Point, most int32) geo.Point {
		return geo.Point{X: p.X + r.Int32N(2*most) - most, Y: p.Y + r.Int32N(2*most) - most}
	}
	const pitch = 11_000 // lattice steps
	corners := make([][]geo.Point, side+1)
	for i := range corners {
		corners[i] = make([]geo.Point, side+1)
		for j := range corners[i] {
			corners[i][j] = jitter(geo.Point{X: middle.X + int32(i)*pitch, Y: middle.Y + int32(j)*pitch}, pitch/4)
		}
	}
	borders := map[[2]geo.Point][]geo.Point{}
	border := func(ring []geo.Point, a, b geo.Point) []geo.Point {
		line, ok := borders[[2]geo.Point{a, b}]
		if !ok {
			back := make([]geo.Point, steps)
			for k := range steps {
				share := float64(k) / steps
				p := geo.Point{X: a.X + int32(share*float64(b.X-a.X)), Y: a.Y + int32(share*float64(b.Y-a.Y))}
				if k > 0 {
					p = jitter(p, pitch/30)
					back[steps-k] = p
				}
				line = append(line, p)
			}
			back[0] = b
			borders[[2]geo.Point{a, b}], borders[[2]geo.Point{b, a}] = line, back
		}
		return append(ring, line...)
	}
	var shapes []geo.Shape
	for i := range side {
		for j := range side {
			a, b, c, d := corners[i][j], corners[i+1][j], corners[i+1][j+1], corners[i][j+1]
			shapes = append(shapes, geo.PolygonShape(border(border(border(border(nil, a, b), b, c), c, d), d, a)))
		}
	}
	ground := must(planar.Build(context.Background(), shapes))(t)
	merged := map[int][]int32{}
	var areas []arc.Area
	for f := int32(1); f < int32(ground.Faces()); f++ {
		if len(ground.Cover(f)) == 1 {
			i := int(ground.Cover(f)[0])
			merged[i] = append(merged[i], f)
			grid := 1<<16 + i/side/3<<8 + i%side/3
			merged[grid] = append(merged[grid], f)
			community := 1<<24 + i/side/9<<8 + i%side/9
			merged[community] = append(merged[community], f)
		}
	}
	for i, faces := range merged {
		a := arc.Area{Key: geo.Key{Layer: geo.Blocks, ID: int64(i)}, From: 13, Shape: ground.Outline(faces)}
		if i >= 1<<24 {
			a.Key.Layer, a.From = geo.Places, 10
		} else if i >= 1<<16 {
			a.Key.Layer, a.From = geo.Grids, 11
		}
		areas = append(areas, a)
	}
	return areas
}

// benchmark measures, in microseconds of the processor, making borders of areas and
// each zoom of them, and the same after one corner of an area moved with all areas
// that have it.
func benchmark(b *testing.B, areas []arc.Area) {
	ctx := context.Background()
	borders := must(arc.New(ctx, areas))(b)
	moved := slices.Clone(areas)
	grid := areas[len(areas)/2].Shape.Points()
	for i, a := range areas {
		if slices.Contains(a.Shape.Points(), grid[0]) {
			moved[i].Shape = move(a.Shape, grid[0], geo.Point{X: grid[0].X + 40, Y: grid[0].Y + 30})
		}
	}
	measure := func(name string, work func()) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			pgtest.Stopwatch(pgtest.Thread).Median(b, 1, func(int) { work() })
		})
	}
	measure("new", func() { borders = must(arc.New(ctx, areas))(b) })
	zooms := []int{8, 10, 11, 12, 13, 14, 15, 16}
	for _, zoom := range zooms {
		measure(fmt.Sprintf("zoom %d", zoom), func() { must(borders.Draw(ctx, zoom))(b) })
	}
	edit := func() { borders, moved, areas = must(borders.With(ctx, moved))(b), areas, moved }
	measure("edit", edit)
	for _, zoom := range zooms {
		must(borders.At(ctx, zoom))(b)
		measure(fmt.Sprintf("edit and zoom %d", zoom), func() {
			edit()
			must(borders.At(ctx, zoom))(b)
		})
	}
}

func BenchmarkCity(b *testing.B) { benchmark(b, must(city())(b)) }

// BenchmarkBlocks has 6,561 blocks, as many as a city that is to be redrawn.
func BenchmarkBlocks(b *testing.B) { benchmark(b, town(b, rand.New(rand.NewPCG(1, 1)), 81)) }
