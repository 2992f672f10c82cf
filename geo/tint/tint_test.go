package tint_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"gridatlas/data/demo/demotest"
	"gridatlas/geo"
	"gridatlas/geo/seedtest"
	"gridatlas/geo/tint"
)

const side = 24 // cells of a made-up city

// invent grows areas out of single cells until no cell is free: which area each
// cell belongs to.
func invent(r *rand.Rand, areas int) []int32 {
	cells := make([]int32, side*side)
	for i := range cells {
		cells[i] = -1
	}
	free := len(cells)
	for i := range areas {
		for {
			if c := r.IntN(len(cells)); cells[c] < 0 {
				cells[c] = int32(i)
				free--
				break
			}
		}
	}
	for free > 0 {
		c := r.IntN(len(cells))
		if cells[c] >= 0 {
			continue
		}
		near := beside(c)
		if n := near[r.IntN(len(near))]; cells[n] >= 0 {
			cells[c] = cells[n]
			free--
		}
	}
	return cells
}

func beside(c int) []int {
	var list []int
	if c%side > 0 {
		list = append(list, c-1)
	}
	if c%side < side-1 {
		list = append(list, c+1)
	}
	if c >= side {
		list = append(list, c-side)
	}
	if c < side*(side-1) {
		list = append(list, c+side)
	}
	return list
}

// shapes draws each area as the squares of its cells.
func shapes(cells []int32, areas int) []geo.Shape {
	parts := make([][]geo.Part, areas)
	for c, area := range cells {
		x, y := int32(c%side), int32(c/side)
		square := []geo.Point{{X: x, Y: y}, {X: x + 1, Y: y}, {X: x + 1, Y: y + 1}, {X: x, Y: y + 1}}
		parts[area] = append(parts[area], geo.Part{Points: square})
	}
	out := make([]geo.Shape, areas)
	for i := range out {
		out[i] = geo.MakeShape(geo.Polygons, parts[i])
	}
	return out
}

// plain finds neighbours cell by cell.
func plain(cells []int32, areas int) [][]int32 {
	out := make([][]int32, areas)
	for c, area := range cells {
		for _, n := range beside(c) {
			if other := cells[n]; other != area && !slices.Contains(out[area], other) {
				out[area] = append(out[area], other)
			}
		}
	}
	for _, list := range out {
		slices.Sort(list)
	}
	return out
}

func none(n int) []int8 { return slices.Repeat([]int8{tint.None}, n) }

// check fails unless all areas have a tint that their neighbours lack.
func check(t *testing.T, neighbours [][]int32, tints []int8) {
	t.Helper()
	for i, list := range neighbours {
		if tints[i] < 0 || tints[i] >= tint.Count {
			t.Fatalf("area %d has tint %d", i, tints[i])
		}
		for _, j := range list {
			if tints[i] == tints[j] {
				t.Fatalf("neighbours %d and %d both have tint %d", i, j, tints[i])
			}
		}
	}
}

func TestNeighboursDiffer(t *testing.T) {
	r := seedtest.New(t)
	for range 300 {
		areas := 2 + r.IntN(80)
		cells := invent(r, areas)
		neighbours := tint.Neighbours(shapes(cells, areas))
		if want := plain(cells, areas); !slices.EqualFunc(neighbours, want, slices.Equal) {
			t.Fatalf("neighbours %v, want %v", neighbours, want)
		}
		tints := tint.Choose(neighbours, none(areas))
		check(t, neighbours, tints)
		if again := tint.Choose(neighbours, tints); !slices.Equal(again, tints) {
			t.Fatalf("a second time %v, the first %v", again, tints)
		}
	}
}

// A cell that changes hands keeps the tints of nearly all areas.
func TestTintsAreKept(t *testing.T) {
	r := seedtest.New(t)
	var areasSeen, changed int
	for range 40 {
		areas := 60
		cells := invent(r, areas)
		tints := tint.Choose(plain(cells, areas), none(areas))
		for range 25 {
			c := r.IntN(len(cells))
			near := beside(c)
			cells[c] = cells[near[r.IntN(len(near))]]
			neighbours := plain(cells, areas)
			next := tint.Choose(neighbours, tints)
			// Areas that fell apart may be beyond six tints: nothing is promised of them.
			for i := range next {
				areasSeen++
				if next[i] != tints[i] {
					changed++
				}
			}
			tints = next
		}
	}
	if share := float64(changed) / float64(areasSeen); share > 0.01 {
		t.Errorf("%.2f %% of the tints changed with an edit", 100*share)
	}
}

// A hub whose neighbours have all six tints: it is tinted with them.
func TestNoTintIsFree(t *testing.T) {
	wheel := make([][]int32, 7)
	for i := int32(0); i < 6; i++ {
		wheel[6] = append(wheel[6], i)
		wheel[i] = []int32{(i + 5) % 6, (i + 1) % 6, 6}
	}
	known := []int8{0, 1, 2, 3, 4, 5, tint.None}
	check(t, wheel, tint.Choose(wheel, known))

	// Beyond six nobody can tell all apart, but each has a tint.
	all := make([][]int32, 8)
	for i := range all {
		for j := range int32(8) {
			if j != int32(i) {
				all[i] = append(all[i], j)
			}
		}
	}
	for i, got := range tint.Choose(all, none(8)) {
		if got < 0 || got >= tint.Count {
			t.Errorf("area %d has tint %d", i, got)
		}
	}
	if got := tint.Choose(nil, nil); len(got) != 0 {
		t.Errorf("no areas have tints %v", got)
	}
}

// Areas that touch in a corner alone are no neighbours, and shapes that are not
// areas have none.
func TestCornersAreNoBorders(t *testing.T) {
	square := func(x, y int32) geo.Shape {
		return geo.PolygonShape([]geo.Point{{X: x, Y: y}, {X: x + 1, Y: y}, {X: x + 1, Y: y + 1}, {X: x, Y: y + 1}})
	}
	got := tint.Neighbours([]geo.Shape{square(0, 0), square(1, 1), square(1, 0), geo.PointShape(geo.Point{}), {}})
	if want := [][]int32{{2}, {2}, {0, 1}, nil, nil}; !slices.EqualFunc(got, want, slices.Equal) {
		t.Errorf("neighbours %v, want %v", got, want)
	}
}

func TestDemoCity(t *testing.T) {
	var areas []geo.Shape
	for f := range demotest.City(t, 2000).Layer(geo.Grids).After(0) {
		areas = append(areas, f.Common().Shape)
	}
	neighbours := tint.Neighbours(areas)
	pairs := 0
	for _, list := range neighbours {
		pairs += len(list)
	}
	// A coverage of squares has four neighbours an area.
	if per := float64(pairs) / float64(len(areas)); per < 3 {
		t.Errorf("%d grids have %.1f neighbours each", len(areas), per)
	}
	check(t, neighbours, tint.Choose(neighbours, none(len(areas))))
}

func BenchmarkChoose(b *testing.B) {
	var areas []geo.Shape
	for f := range demotest.City(b, 0).Layer(geo.Grids).After(0) {
		areas = append(areas, f.Common().Shape)
	}
	b.ReportAllocs()
	for b.Loop() {
		tint.Choose(tint.Neighbours(areas), none(len(areas)))
	}
	b.ReportMetric(float64(len(areas)), "grids")
}
