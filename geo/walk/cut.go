package walk

import (
	"cmp"
	"math"
	"slices"

	"gridatlas/geo"
)

// windowCell is a cut cell of the mesh in the window of an outline.
type windowCell struct {
	i int32 // its south-west sample in the window
	*cutCell
}

// cutCells gathers the cut cells of the mesh that a border may pass.
func (c *contours) cutCells() {
	w := c.window
	// Cells of the blocks west and south of the window reach into its rim.
	for row := max(w.row/blockSide, 0); row <= (w.row+w.high-2)/blockSide; row++ {
		for column := max(w.column/blockSide, 0); column <= (w.column+w.wide-2)/blockSide; column++ {
			c.cutCellsOf(column, row)
		}
	}
	slices.SortFunc(c.cut, func(a, b windowCell) int { return cmp.Compare(a.i, b.i) })
}

func (c *contours) cutCellsOf(column, row int32) {
	w, m := c.window, c.mesh
	block := int64(row)*int64(c.field.cols) + int64(column)
	if m.cellFirst[block] == m.cellFirst[block+1] || c.quietBlock(block, column*blockSide-w.column, row*blockSide-w.row) {
		return
	}
	for k := m.cellFirst[block]; k < m.cellFirst[block+1]; k++ {
		cell := &m.cells[k]
		x, y := cell.column-w.column, cell.row-w.row
		if x < 0 || y < 0 || x >= w.wide-1 || y >= w.high-1 {
			continue
		}
		i := y*w.wide + x
		first := w.class[i]
		if w.class[i+1] != first || w.class[i+w.wide] != first || w.class[i+w.wide+1] != first || c.mixed(cell, first) {
			c.cut = append(c.cut, windowCell{i, cell})
		}
	}
}

// quietBlock reports whether all corners in a block, by its first sample, and at
// its far sides are in one class.
func (c *contours) quietBlock(block int64, x, y int32) bool {
	w := c.window
	if x < 0 || y < 0 || x+blockSide >= w.wide || y+blockSide >= w.high {
		return false
	}
	class := w.class[y*w.wide+x]
	for row := y; row < y+blockSide; row++ {
		i := row*w.wide + x
		if !w.quiet(i) || !w.quiet(i+8) || w.class[i] != class {
			return false
		}
	}
	for _, i := range c.mesh.corners[c.mesh.cornerFirst[block]:c.mesh.cornerFirst[block+1]] {
		if c.class(c.poleMS(i)) != class {
			return false
		}
	}
	return true
}

// mixed reports whether a pole in a cell is of another class than its samples.
func (c *contours) mixed(cell *cutCell, class uint8) bool {
	for _, t := range c.mesh.triangles[cell.first:cell.last] {
		for _, corner := range t {
			if corner >= firstPole && c.class(c.poleMS(corner-firstPole)) != class {
				return true
			}
		}
	}
	return false
}

// poleMS returns the arrival at the building of a pole, access leg of the start
// not counted.
func (c *contours) poleMS(i int32) uint32 {
	s, pole := c.search, &c.mesh.poles[i]
	first := s.legMS(s.start.Leg)
	place := int32(c.places.buildings) + pole.building
	if best := &s.best[place]; best.stamp == s.stamp {
		return best.ms - first
	}
	if !pole.dated && !c.places.gone[place] {
		return unreached
	}
	// It may not be there, and the ground is.
	ms := uint32(unreached)
	x, y := c.field.cell(c.mesh.at[pole.building])
	x, y = x-c.window.column, y-c.window.row
	if x < 1 || y < 1 || x+2 >= c.window.wide || y+2 >= c.window.high {
		return ms // the rim stays unreached
	}
	for _, way := range c.places.list[place].ways {
		if at, _, _ := s.reach(way.foot.Edge, way.foot.MM); at != unreached {
			ms = min(ms, at+s.legMS(way.foot.Leg))
		}
	}
	return ms
}

func (c *contours) class(ms uint32) uint8 {
	k := uint8(0)
	for int(k) < len(c.levels) && int64(ms) > c.levels[k] {
		k++
	}
	return k
}

// meshCorner is a corner of a triangle in the window.
type meshCorner struct {
	id    int32 // a sample of the window, or -1-i for pole i
	ms    uint32
	class uint8
	at    geo.Point
}

func (c *contours) corner(column, row int32, named int32) meshCorner {
	w := c.window
	if named >= firstPole {
		i := named - firstPole
		ms := c.poleMS(i)
		return meshCorner{-1 - i, ms, c.class(ms), c.mesh.at[c.mesh.poles[i].building]}
	}
	if named == 1 || named == 2 {
		column++
	}
	if named >= 2 {
		row++
	}
	i := row*w.wide + column
	return meshCorner{i, w.ms[i], w.class[i], c.field.point(w.column+column, w.row+row)}
}

// triangles adds the border pieces of all levels in a cut cell.
func (c *contours) triangles(column, row int32, cell windowCell) {
	sw := cell.i
	// The sides of the whole cell, which squares beside it share.
	sides := [4][2]int32{
		bottom: {sw, sw + 1}, right: {sw + 1, sw + c.window.wide + 1},
		top: {sw + c.window.wide, sw + c.window.wide + 1}, left: {sw, sw + c.window.wide},
	}
	for k := range c.traces {
		t := &c.traces[k]
		known := [4]int32{bottom: t.below[column], left: t.left}
		for _, named := range c.mesh.triangles[cell.first:cell.last] {
			var corners [3]meshCorner
			inside := 0
			for i, name := range named {
				corners[i] = c.corner(column, row, name)
				if int(corners[i].class) <= k {
					inside++
				}
			}
			if inside == 0 || inside == 3 {
				continue
			}
			var from, to int32
			for i := range corners {
				a, b := corners[i], corners[(i+1)%3]
				in, out := int(a.class) <= k, int(b.class) > k
				if in != out {
					continue
				}
				v := c.acrossSide(k, a, b, &sides, &known)
				if in {
					from = v
				} else {
					to = v
				}
			}
			t.next[from] = to
		}
		t.below[column], t.left = known[top], known[right]
	}
}

// acrossSide returns the vertex where a level crosses a side of a triangle. The
// two triangles, or the triangle and the square, beside it share it.
func (c *contours) acrossSide(k int, a, b meshCorner, sides *[4][2]int32, known *[4]int32) int32 {
	t := &c.traces[k]
	if a.id > b.id {
		a, b = b, a
	}
	side := slices.Index(sides[:], [2]int32{a.id, b.id})
	switch side {
	case bottom, left:
		return known[side]
	case right:
		known[side] = t.add(c.vertex(k, a.id, b.id, (a.id)%c.window.wide, a.id/c.window.wide, false))
		return known[side]
	case top:
		known[side] = t.add(c.vertex(k, a.id, b.id, (a.id)%c.window.wide, a.id/c.window.wide, true))
		return known[side]
	}
	key := [2]int32{a.id, b.id}
	if v, ok := t.across[key]; ok {
		return v
	}
	if a.ms > b.ms {
		a, b = b, a
	}
	dx, dy := float64(int64(b.at.X)-int64(a.at.X)), float64(int64(b.at.Y)-int64(a.at.Y))
	wayMS := c.cellMS * math.Hypot(dx/float64(c.field.dx), dy/float64(c.field.dy))
	share := c.crossing(k, a.ms, b.ms, wayMS, 0.5/float64(len(c.levels)+1))
	v := t.add(geo.Point{
		X: a.at.X + int32(math.Round(share*dx)),
		Y: a.at.Y + int32(math.Round(share*dy)),
	})
	t.across[key] = v
	return v
}
