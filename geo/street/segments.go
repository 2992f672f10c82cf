package street

import (
	"math"

	"gridatlas/geo"
	"gridatlas/geo/crs"
)

// cellMetres is the side of a cell of the index: about the length of a street
// piece, so that a cell holds a handful and a piece lies in few.
const cellMetres = 60

// segments is a static index over line pieces: a grid of cells, each with the
// pieces that pass through it. The zero index is empty.
type segments struct {
	box        geo.Box
	wide, high int64 // lattice steps of a cell
	cols, rows int32
	first      []int32 // of each cell, row by row, into items
	items      []int32
	seg        func(i int32) (a, b geo.Point)
}

// newSegments indexes the pieces named by ids.
func newSegments(ids []int32, seg func(i int32) (a, b geo.Point)) *segments {
	g := &segments{box: geo.NoBox, seg: seg}
	for _, i := range ids {
		a, b := seg(i)
		g.box = g.box.With(a).With(b)
	}
	if g.box.Empty() {
		return g
	}
	dx, dy := crs.NewLocal(g.box.Centre()).Steps(cellMetres)
	g.wide, g.high = int64(dx), int64(dy)
	width, height := int64(g.box.E)-int64(g.box.W), int64(g.box.N)-int64(g.box.S)
	// Few pieces on wide ground (one far outlier is enough) must not cost a cell
	// for every 60 m of nothing.
	for (width/g.wide+1)*(height/g.high+1) > 4*int64(len(ids))+1024 {
		g.wide, g.high = 2*g.wide, 2*g.high
	}
	g.cols, g.rows = int32(width/g.wide+1), int32(height/g.high+1)
	g.first = make([]int32, int64(g.cols)*int64(g.rows)+1)
	for _, i := range ids {
		g.cells(i, func(cell int32) { g.first[cell+1]++ })
	}
	for c := range g.cols * g.rows {
		g.first[c+1] += g.first[c]
	}
	g.items = make([]int32, g.first[g.cols*g.rows])
	next := make([]int32, g.cols*g.rows)
	copy(next, g.first)
	for _, i := range ids {
		g.cells(i, func(cell int32) {
			g.items[next[cell]] = i
			next[cell]++
		})
	}
	return g
}

func (g *segments) column(x int64) int32 {
	return int32(min(max((x-int64(g.box.W))/g.wide, 0), int64(g.cols)-1))
}

func (g *segments) row(y int64) int32 {
	return int32(min(max((y-int64(g.box.S))/g.high, 0), int64(g.rows)-1))
}

// cells calls visit with each cell that a piece passes through.
func (g *segments) cells(i int32, visit func(cell int32)) {
	a, b := g.seg(i)
	g.cross(a, b, func(row, from, to int32) bool {
		for column := from; column <= to; column++ {
			visit(row*g.cols + column)
		}
		return true
	})
}

// cross walks over the cells that the line from a to b passes through, as runs
// of columns row by row, until visit returns false. The runs may be a cell too
// long, never too short.
func (g *segments) cross(a, b geo.Point, visit func(row, from, to int32) bool) {
	if a.Y > b.Y {
		a, b = b, a
	}
	low, high := g.row(int64(a.Y)), g.row(int64(b.Y))
	for row := low; row <= high; row++ {
		west, east := min(a.X, b.X), max(a.X, b.X)
		if low != high && a.X != b.X {
			// The part of the line between the two borders of the row; one lattice
			// step more on each side covers the rounding.
			slope := float64(int64(b.X)-int64(a.X)) / float64(int64(b.Y)-int64(a.Y))
			at := func(y int64) float64 {
				y = min(max(y, int64(a.Y)), int64(b.Y))
				return float64(a.X) + slope*float64(y-int64(a.Y))
			}
			bottom := int64(g.box.S) + int64(row)*g.high
			x1, x2 := at(bottom), at(bottom+g.high)
			if row == low {
				x1 = float64(a.X)
			}
			if row == high {
				x2 = float64(b.X)
			}
			west = max(west, int32(math.Floor(min(x1, x2)))-1)
			east = min(east, int32(math.Ceil(max(x1, x2)))+1)
		}
		if !visit(row, g.column(int64(west)), g.column(int64(east))) {
			return
		}
	}
}

// search calls visit with the pieces whose cells meet the box, some of them
// several times, until it returns false.
func (g *segments) search(box geo.Box, visit func(i int32) bool) {
	if !g.box.Intersects(box) {
		return
	}
	west, east := g.column(int64(box.W)), g.column(int64(box.E))
	for row, last := g.row(int64(box.S)), g.row(int64(box.N)); row <= last; row++ {
		for _, i := range g.items[g.first[row*g.cols+west]:g.first[row*g.cols+east+1]] {
			if !visit(i) {
				return
			}
		}
	}
}

// along calls visit with the pieces whose cells the line from a to b passes
// through, some of them several times, until it returns false.
func (g *segments) along(a, b geo.Point, visit func(i int32) bool) {
	if !g.box.Intersects(geo.NoBox.With(a).With(b)) {
		return
	}
	g.cross(a, b, func(row, from, to int32) bool {
		for _, i := range g.items[g.first[row*g.cols+from]:g.first[row*g.cols+to+1]] {
			if !visit(i) {
				return false
			}
		}
		return true
	})
}
