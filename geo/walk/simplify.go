package walk

import "gridatlas/geo"

const (
	// simplifyOff is how far from a border, in steps between samples, the line may
	// pass that replaces some of its corners.
	simplifyOff = 0.35
	// simplifyRun is how many corners in a row one line replaces at most.
	simplifyRun = 8
)

// simplifier drops corners of rings, of all levels together. A corner goes only
// when the triangle it spans with its neighbours holds no other corner of any
// ring, no pole and not the origin. So no border comes to cross or touch another,
// and whatever was to be on its side of it still is.
type simplifier struct {
	nodes []node
	// The cells of the window, row by row from the corner, the first sample: each
	// has 1 + an index into nodes, or 0. A lattice step is so many cells.
	first      []int32
	corner     geo.Point
	cols, rows int32
	dx, dy     float64
}

// node is what a border must not pass over.
type node struct {
	at   geo.Point
	next int32 // in the same cell, as first
	dead bool  // dropped
}

func newSimplifier(c *contours, origin geo.Point) *simplifier {
	w := c.window
	s := &simplifier{
		nodes: w.nodes[:0], first: w.cells, corner: c.field.point(w.column, w.row), cols: w.wide, rows: w.high,
		dx: 1 / float64(c.field.dx), dy: 1 / float64(c.field.dy),
	}
	clear(s.first)
	for k := range c.traces {
		for _, p := range c.traces[k].points {
			s.add(p)
		}
	}
	s.add(origin)
	for row := max(w.row/blockSide, 0); row <= (w.row+w.high-2)/blockSide; row++ {
		for column := max(w.column/blockSide, 0); column <= (w.column+w.wide-2)/blockSide; column++ {
			block := int64(row)*int64(c.field.cols) + int64(column)
			for _, i := range c.mesh.corners[c.mesh.cornerFirst[block]:c.mesh.cornerFirst[block+1]] {
				s.add(c.mesh.at[c.mesh.poles[i].building])
			}
		}
	}
	w.nodes = s.nodes
	return s
}

// cell returns the cell of the window that a point lies in, or the nearest.
func (s *simplifier) cell(p geo.Point) (column, row int32) {
	column, row = int32(float64(p.X-s.corner.X)*s.dx), int32(float64(p.Y-s.corner.Y)*s.dy)
	return min(max(column, 0), s.cols-1), min(max(row, 0), s.rows-1)
}

func (s *simplifier) add(p geo.Point) {
	column, row := s.cell(p)
	first := &s.first[row*s.cols+column]
	s.nodes = append(s.nodes, node{at: p, next: *first})
	*first = int32(len(s.nodes))
}

// ring returns the corners of a ring, by node, that remain.
func (s *simplifier) ring(corners []int32) []geo.Point {
	left := len(corners)
	a := corners[0]
	points := []geo.Point{s.nodes[a].at}
	run := 1 // the corners from a up to here are dropped
	for i := 1; i < len(corners); i++ {
		b, c := corners[i], corners[(i+1)%len(corners)]
		// A ring of three corners that lie in a line would be none.
		if left > 4 && i-run < simplifyRun && s.near(corners[run:i+1], a, c) && s.empty(a, b, c) {
			s.nodes[b].dead = true
			left--
			continue
		}
		points = append(points, s.nodes[b].at)
		a, run = b, i+1
	}
	return points
}

// near reports whether corners lie beside the line from a to c.
func (s *simplifier) near(corners []int32, a, c int32) bool {
	from, to := s.nodes[a].at, s.nodes[c].at
	dx, dy := float64(to.X-from.X)*s.dx, float64(to.Y-from.Y)*s.dy
	inverse := 0.0
	if square := dx*dx + dy*dy; square > 0 {
		inverse = 1 / square
	}
	for _, corner := range corners {
		p := s.nodes[corner].at
		x, y := float64(p.X-from.X)*s.dx, float64(p.Y-from.Y)*s.dy
		share := min(max((x*dx+y*dy)*inverse, 0), 1)
		x, y = x-share*dx, y-share*dy
		if x*x+y*y > simplifyOff*simplifyOff {
			return false
		}
	}
	return true
}

// empty reports whether a triangle, its border counted, holds nothing but its
// corners.
func (s *simplifier) empty(a, b, c int32) bool {
	p, q, r := s.nodes[a].at, s.nodes[b].at, s.nodes[c].at
	if geo.Cross(p, q, r) < 0 {
		q, r = r, q
	}
	west, south := s.cell(geo.Point{X: min(p.X, q.X, r.X), Y: min(p.Y, q.Y, r.Y)})
	east, north := s.cell(geo.Point{X: max(p.X, q.X, r.X), Y: max(p.Y, q.Y, r.Y)})
	for row := south; row <= north; row++ {
		for column := west; column <= east; column++ {
			for i := s.first[row*s.cols+column] - 1; i >= 0; i = s.nodes[i].next - 1 {
				n := &s.nodes[i]
				if i == a || i == b || i == c || n.dead {
					continue
				}
				if geo.Cross(p, q, n.at) >= 0 && geo.Cross(q, r, n.at) >= 0 && geo.Cross(r, p, n.at) >= 0 &&
					n.at.X >= min(p.X, q.X, r.X) && n.at.X <= max(p.X, q.X, r.X) &&
					n.at.Y >= min(p.Y, q.Y, r.Y) && n.at.Y <= max(p.Y, q.Y, r.Y) {
					return false
				}
			}
		}
	}
	return true
}
