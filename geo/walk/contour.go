package walk

import (
	"cmp"
	"math"
	"slices"

	"gridatlas/geo"
)

// contours traces the borders of all levels through a window by marching
// squares, row by row; see outline.go for the rules.
type contours struct {
	field  *field
	window *window
	levels []int64
	search *search
	places *view
	mesh   *mesh
	cellMS float64 // walking time from a sample to the next

	cut    []windowCell // cells in triangles that a border may pass, row by row
	traces []trace
}

// trace is the border of one level: vertices in the order met, each linked to
// the next with the inside on its left.
type trace struct {
	points []geo.Point
	next   []int32
	below  []int32            // by column: the vertex on the lower edge of the cell
	left   int32              // the vertex on the left edge of the cell
	across map[[2]int32]int32 // the vertices on sides of triangles; see cut.go
}

// The edges of a cell.
const (
	bottom = iota
	right
	top
	left
)

// borders lists, for each set of corners that lie inside (bit 0 south-west, then
// counterclockwise), the border pieces from edge to edge with the inside on the
// left. Saddles are listed as not joined; joined says how they are otherwise.
var (
	borders = [16][][2]uint8{
		1: {{bottom, left}}, 2: {{right, bottom}}, 4: {{top, right}}, 8: {{left, top}},
		3: {{right, left}}, 6: {{top, bottom}}, 12: {{left, right}}, 9: {{bottom, top}},
		7: {{top, left}}, 11: {{right, top}}, 13: {{bottom, right}}, 14: {{left, bottom}},
		5: {{bottom, left}, {top, right}}, 10: {{right, bottom}, {left, top}},
	}
	joined = map[int][][2]uint8{
		5: {{bottom, right}, {top, left}}, 10: {{left, bottom}, {right, top}},
	}
)

// shapes returns the polygons of all levels of a circle around an origin.
func (c *contours) shapes(origin geo.Point) []geo.Shape {
	c.traces = make([]trace, len(c.levels))
	w := c.window
	for k := range c.traces {
		c.traces[k].below = make([]int32, w.wide)
		c.traces[k].across = map[[2]int32]int32{}
	}
	c.cutCells()
	cut := c.cut
	for row := int32(0); row < w.high-1; row++ {
		for column := int32(0); column < w.wide-1; column++ {
			i := row*w.wide + column
			next := int32(math.MaxInt32)
			if len(cut) > 0 {
				next = cut[0].i
			}
			if i == next {
				c.triangles(column, row, cut[0])
				cut = cut[1:]
				continue
			}
			if column+8 < w.wide && i+8 <= next && w.quiet(i) {
				column += 7
				continue
			}
			a, b, d, e := w.class[i], w.class[i+1], w.class[i+w.wide], w.class[i+w.wide+1]
			for k := min(a, b, d, e); k < max(a, b, d, e); k++ {
				c.cell(int(k), column, row)
			}
		}
	}
	shapes := make([]geo.Shape, len(c.levels))
	simplifier := newSimplifier(c, origin)
	first := int32(0) // the nodes of a trace follow those of the trace before
	for k := range c.traces {
		shapes[k] = c.traces[k].polygons(simplifier, first)
		first += int32(len(c.traces[k].points))
	}
	return shapes
}

// cell adds the border pieces of one level in one cell. The vertices on its
// lower and left edges were made by the cells there.
func (c *contours) cell(k int, column, row int32) {
	w, t := c.window, &c.traces[k]
	sw := row*w.wide + column
	corners := [4]int32{sw, sw + 1, sw + w.wide + 1, sw + w.wide}
	inside := 0
	for bit, i := range corners {
		if int(w.class[i]) <= k {
			inside |= 1 << bit
		}
	}
	pieces := borders[inside]
	if inside == 5 || inside == 10 {
		sum := int64(0)
		for _, i := range corners {
			sum += int64(w.ms[i])
		}
		if 4*c.levels[k] >= sum {
			pieces = joined[inside]
		}
	}
	var vertex [4]int32
	vertex[bottom], vertex[left] = t.below[column], t.left
	is := func(bit int) bool { return inside>>bit&1 == 1 }
	if is(1) != is(2) {
		vertex[right] = t.add(c.vertex(k, corners[1], corners[2], column+1, row, false))
		t.left = vertex[right]
	}
	if is(3) != is(2) {
		vertex[top] = t.add(c.vertex(k, corners[3], corners[2], column, row+1, true))
		t.below[column] = vertex[top]
	}
	for _, piece := range pieces {
		t.next[vertex[piece[0]]] = vertex[piece[1]]
	}
}

func (t *trace) add(p geo.Point) int32 {
	t.points = append(t.points, p)
	t.next = append(t.next, -1)
	return int32(len(t.points) - 1)
}

// vertex returns where a level crosses the grid edge from sample i, at a column
// and row, to sample j, one column east or one row north of it.
func (c *contours) vertex(k int, i, j, column, row int32, east bool) geo.Point {
	w, f := c.window, c.field
	// For three levels these are the tried numbers: 0.06 apart, the middle of a
	// jump at 0.44, 0.50, 0.56.
	apart := 0.18 / float64(len(c.levels))
	var share float64
	if w.ms[i] < w.ms[j] {
		share = c.crossing(k, w.ms[i], w.ms[j], c.cellMS, apart)
	} else {
		share = 1 - c.crossing(k, w.ms[j], w.ms[i], c.cellMS, apart)
	}
	p := f.point(w.column+column, w.row+row)
	if east {
		p.X += int32(math.Round(share * float64(f.dx)))
	} else {
		p.Y += int32(math.Round(share * float64(f.dy)))
	}
	return p
}

// crossing returns where level k lies between a corner reached in time and one
// that is not, as a share of the way from the first, which takes so long. The
// levels are that share of the way apart, at least.
func (c *contours) crossing(k int, early, late uint32, wayMS, apart float64) float64 {
	level := float64(c.levels[k])
	n := float64(len(c.levels))
	least, most := apart*float64(k+1), 1-apart*(n-float64(k))
	var share float64
	if late != unreached && float64(late-early) <= 1.42*wayMS {
		share = (level - float64(early)) / float64(late-early)
	} else {
		share = 0.5 + apart*(float64(k)-(n-1)/2)
		if fromEarly := (level - float64(early)) / wayMS; fromEarly < share {
			share = fromEarly
		} else if fromLate := 1 - (float64(late)-level)/wayMS; late != unreached && fromLate > share {
			share = fromLate
		}
	}
	return min(max(share, least), most)
}

// ring is a closed border with its signed area: holes are negative.
type ring struct {
	points []geo.Point
	area   int64
	box    geo.Box
}

// polygons follows the links into rings, simplifies them, and puts each hole
// behind the smallest outer ring around it.
func (t *trace) polygons(s *simplifier, first int32) geo.Shape {
	var outer, holes []ring
	var corners []int32
	for start := range t.next {
		if t.next[start] < 0 {
			continue
		}
		corners = corners[:0]
		for v := int32(start); t.next[v] >= 0; {
			corners = append(corners, first+v)
			v, t.next[v] = t.next[v], -1
		}
		r := ring{points: s.ring(corners), box: geo.NoBox}
		r.area = geo.RingArea2(r.points)
		for _, p := range r.points {
			r.box = r.box.With(p)
		}
		if r.area > 0 {
			outer = append(outer, r)
		} else {
			holes = append(holes, r)
		}
	}
	slices.SortStableFunc(outer, func(a, b ring) int { return cmp.Compare(a.area, b.area) })
	inside := make([][]ring, len(outer))
	for _, hole := range holes {
		for i := range outer { // the smallest first
			if outer[i].box.Covers(hole.box) && geo.RingSide(outer[i].points, hole.points[0]) == geo.Inside {
				inside[i] = append(inside[i], hole)
				break
			}
		}
	}
	var parts []geo.Part
	for i := len(outer) - 1; i >= 0; i-- { // the largest first
		parts = append(parts, geo.Part{Points: outer[i].points})
		for _, hole := range inside[i] {
			parts = append(parts, geo.Part{Points: hole.points, Hole: true})
		}
	}
	return geo.MakeShape(geo.Polygons, parts)
}
