package dirty

import (
	"math"
	"math/rand/v2"

	"gridatlas/geo"
)

// Metres a lattice step north, and east at the latitude of clean coverages; a
// sphere is near enough for sizes.
const (
	north = 6371008.8 * math.Pi / 180 / 1e7
	south = 36.7 // degrees
)

var east = north * math.Cos(south*math.Pi/180)

// Clean returns an exact coverage of columns by rows members, some 200 m wide, with
// wiggly borders of many corners that neighbours share, and an enclave in one
// member of eight.
func Clean(random *rand.Rand, columns, rows int) []geo.Shape {
	const pitch = 200.0
	at := func(x, y float64) geo.Point {
		return geo.Point{X: 1_191_000_000 + int32(math.Round(x/east)), Y: south*1e7 + int32(math.Round(y/north))}
	}
	nodes := make([][][2]float64, columns+1)
	for i := range nodes {
		nodes[i] = make([][2]float64, rows+1)
		for j := range nodes[i] {
			nodes[i][j] = [2]float64{pitch * (float64(i) + 0.5*random.Float64()), pitch * (float64(j) + 0.5*random.Float64())}
		}
	}
	// A border is a line of corners between two nodes, each up to 4 m off it.
	border := func(a, b [2]float64) []geo.Point {
		points := []geo.Point{at(a[0], a[1])}
		n := 2 + random.IntN(12)
		length := math.Hypot(b[0]-a[0], b[1]-a[1])
		for k := 1; k < n; k++ {
			share := (float64(k) + 0.6*(random.Float64()-0.5)) / float64(n)
			off := 8 * (random.Float64() - 0.5) / length
			points = append(points, at(a[0]+share*(b[0]-a[0])-off*(b[1]-a[1]), a[1]+share*(b[1]-a[1])+off*(b[0]-a[0])))
		}
		return append(points, at(b[0], b[1]))
	}
	eastward, northward := map[[2]int][]geo.Point{}, map[[2]int][]geo.Point{}
	for i := range columns + 1 {
		for j := range rows + 1 {
			if i < columns {
				eastward[[2]int{i, j}] = border(nodes[i][j], nodes[i+1][j])
			}
			if j < rows {
				northward[[2]int{i, j}] = border(nodes[i][j], nodes[i][j+1])
			}
		}
	}
	var members, enclaves []geo.Shape
	for i := range columns {
		for j := range rows {
			ring := join(eastward[[2]int{i, j}], northward[[2]int{i + 1, j}], backwards(eastward[[2]int{i, j + 1}]), backwards(northward[[2]int{i, j}]))
			if random.IntN(8) > 0 {
				members = append(members, geo.PolygonShape(ring))
				continue
			}
			var middle [2]float64
			for _, corner := range [][2]int{{i, j}, {i + 1, j}, {i, j + 1}, {i + 1, j + 1}} {
				middle[0] += nodes[corner[0]][corner[1]][0] / 4
				middle[1] += nodes[corner[0]][corner[1]][1] / 4
			}
			var enclave []geo.Point
			for k := range 12 {
				radius := 10 + 10*random.Float64()
				sin, cos := math.Sincos(float64(k) / 12 * 2 * math.Pi)
				enclave = append(enclave, at(middle[0]+radius*cos, middle[1]+radius*sin))
			}
			members = append(members, geo.PolygonShape(ring, enclave))
			enclaves = append(enclaves, geo.PolygonShape(enclave))
		}
	}
	return append(members, enclaves...)
}

// join puts lines together, each of which ends where the next one starts.
func join(lines ...[]geo.Point) []geo.Point {
	var ring []geo.Point
	for _, line := range lines {
		ring = append(ring, line[:len(line)-1]...)
	}
	return ring
}

func backwards(line []geo.Point) []geo.Point {
	back := make([]geo.Point, 0, len(line))
	for i := range line {
		back = append(back, line[len(line)-1-i])
	}
	return back
}
