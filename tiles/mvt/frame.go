package mvt

// Frame is one tile and the buffer around it: it makes the geometry of features
// in it. Shapes are cut to the buffered tile, its border included, and rounded to
// whole units, halves up; corners that are none after that are dropped, and so are
// lines and rings of which nothing is left. A feature never changes its type. A
// Frame keeps its memory and, but for mending, allocates nothing once that has
// grown. One goroutine uses it at a time, and calls Reset first.
type Frame struct {
	// KeepStraight keeps corners that lie on a straight line. Shapes that share
	// borders keep every corner of theirs, so that no border has a corner on one
	// side alone: drawn, such a place may show a gap.
	KeepStraight bool

	units tileGrid
	clip  clipBox

	out    []byte // commands
	last   vertex // the cursor
	line   []vertex
	rings  rings
	spare  rings
	cut    clipper
	mender Mender
}

// vertex is a corner in units of the tile, from its upper left.
type vertex struct{ x, y int64 }

// Reset turns to a tile: zoom up to MaxZoom, column, row, and the width of the
// buffer around it in tile units, from 0 to Extent.
func (f *Frame) Reset(zoom uint8, column, row uint32, buffer int) {
	f.units = tileGrid{gridOf(zoom), int64(column) * Extent, int64(row) * Extent}
	f.clip = clipBox{-int64(buffer), Extent + int64(buffer)}
}

// Box returns the world units that come to lie in the buffered tile. A shape the
// box of which does not meet it has no geometry here.
func (f *Frame) Box() Box {
	g := f.units
	// The least coordinate that rounds to a unit, and the last one that does.
	first := func(unit int64) uint32 { return clamp((unit<<g.down - g.half + 1<<g.up - 1) >> g.up) }
	final := func(unit int64) uint32 { return clamp((unit<<g.down + max(g.half-1, 0)) >> g.up) }
	return Box{
		Point{first(g.left + f.clip.low), first(g.top + f.clip.low)},
		Point{final(g.left + f.clip.high), final(g.top + f.clip.high)},
	}
}

// crossed returns the sides of the clip box that a box reaches beyond, and false
// when nothing of it lies inside.
func (f *Frame) crossed(b Box) (sides side, ok bool) {
	low, high := f.units.at(b.Min), f.units.at(b.Max)
	if low.x > f.clip.high || low.y > f.clip.high || high.x < f.clip.low || high.y < f.clip.low {
		return 0, false
	}
	return f.clip.beyond(low) | f.clip.beyond(high), true
}

// begin starts the geometry of a feature.
func (f *Frame) begin() { f.out, f.last = f.out[:0], vertex{} }

// Points returns the geometry of the points of a shape that lie in the buffered
// tile, empty when none does. The bytes are good until the next geometry.
func (f *Frame) Points(s *Shape) []byte {
	f.begin()
	f.line = f.line[:0]
	for i := range s.parts() {
		for _, p := range s.part(i) {
			v := f.units.at(p)
			if f.clip.beyond(v) == 0 && (len(f.line) == 0 || f.line[len(f.line)-1] != v) {
				f.line = append(f.line, v)
			}
		}
	}
	f.points(f.line)
	return f.out
}

// Spot returns the geometry of one point in the one tile of its zoom that it lies
// in, and nothing in every other: for labels. It is rounded down, so it lies at
// most at Extent-1: web maps leave the label of a point at Extent to the tile
// beside it.
func (f *Frame) Spot(p Point) []byte {
	f.begin()
	v := f.units.floor(p)
	if v.x < 0 || v.y < 0 || v.x >= Extent || v.y >= Extent {
		return nil
	}
	f.line = append(f.line[:0], v)
	f.points(f.line)
	return f.out
}

// Lines returns the geometry of the lines of a shape, empty when nothing of it
// lies in the buffered tile. The bytes are good until the next geometry.
func (f *Frame) Lines(s *Shape) []byte {
	f.begin()
	sides, ok := f.crossed(s.Box)
	if !ok {
		return nil
	}
	for i := range s.parts() {
		if sides != 0 {
			f.cutLine(s.part(i))
			continue
		}
		f.line = f.line[:0]
		for _, p := range s.part(i) {
			f.extend(f.units.at(p))
		}
		f.path(f.line)
	}
	return f.out
}

// extend adds a corner to the line, unless it is none. Where the line turns back
// on itself, the turning point stays.
func (f *Frame) extend(v vertex) {
	n := len(f.line)
	if n > 0 && f.line[n-1] == v {
		return
	}
	if n > 1 && !f.KeepStraight && straight(f.line[n-2], f.line[n-1], v) {
		f.line[n-1] = v
		return
	}
	f.line = append(f.line, v)
}

// cutLine makes the pieces of a line that lie in the clip box.
func (f *Frame) cutLine(line []Point) {
	f.line = f.line[:0]
	if len(line) == 0 {
		return
	}
	a := f.units.at(line[0])
	for _, p := range line[1:] {
		b := f.units.at(p)
		from, to := f.clip.beyond(a), f.clip.beyond(b)
		start, end := a, b
		inside := from&to == 0
		if inside && from != 0 {
			f.path(f.line)
			f.line = f.line[:0]
			start, inside = f.border(a, b)
		}
		if inside && to != 0 {
			end, inside = f.border(b, a)
		}
		if inside {
			f.extend(start)
			f.extend(end)
		}
		if to != 0 {
			f.path(f.line)
			f.line = f.line[:0]
		}
		a = b
	}
	f.path(f.line)
}

// border returns where the way from a to b comes to the border of the clip box;
// false when it passes the box. a lies beyond a side that b does not lie beyond.
func (f *Frame) border(a, b vertex) (vertex, bool) {
	if a.x < f.clip.low || a.x > f.clip.high {
		x := min(max(a.x, f.clip.low), f.clip.high)
		v := vertex{x, between(a.x, a.y, b.x, b.y, x)}
		if v.y >= f.clip.low && v.y <= f.clip.high {
			return v, true
		}
	}
	if a.y < f.clip.low || a.y > f.clip.high {
		y := min(max(a.y, f.clip.low), f.clip.high)
		v := vertex{between(a.y, a.x, b.y, b.x, y), y}
		return v, v.x >= f.clip.low && v.x <= f.clip.high
	}
	return vertex{}, false
}

// Polygons returns the geometry of the polygons of a shape, empty when nothing of
// it lies in the buffered tile. The bytes are good until the next geometry.
//
// They are valid when the shape is Simple at the zoom or says that it is Flawed.
// Rings without area are dropped, an outer one with its holes. Outer rings have a
// positive area in the axes of the tile, holes a negative one. Of flawed polygons
// stays what their rings, rounded, wind around more often than their holes do.
func (f *Frame) Polygons(s *Shape) []byte {
	f.begin()
	sides, ok := f.crossed(s.Box)
	if !ok {
		return nil
	}
	if sides == 0 && !s.Flawed {
		f.wholePolygons(s)
		return f.out
	}
	if s.Flawed {
		f.rings.load(s, &f.units, f.clip.grown(mendMargin))
		f.mender.mend(&f.rings)
	} else {
		f.rings.load(s, &f.units, f.clip)
	}
	for one := west; one <= south; one <<= 1 {
		if sides&one != 0 {
			f.rings, f.spare = f.spare, f.rings
			f.cut.side(&f.rings, &f.spare, f.clip.inward(one))
		}
	}
	f.rings.tidy(f.KeepStraight)
	if sides != 0 && !f.mender.simple(&f.rings) {
		f.mender.mend(&f.rings)
		f.rings.tidy(f.KeepStraight)
	}
	f.polygons(&f.rings)
	return f.out
}

// mendMargin is how far around the clip box, in units, the sides of flawed polygons
// are seen when they are mended, so that tiles side by side mend alike: an edge
// moves by a unit or two, and no other edge that it may move is farther away.
const mendMargin = 16

// wholePolygons makes the geometry of polygons that lie in the clip box.
func (f *Frame) wholePolygons(s *Shape) {
	dropped := true // the outer ring of the holes that come now
	for i := range s.parts() {
		hole := s.Parts[i].IsHole()
		if hole && dropped {
			continue
		}
		f.line = f.line[:0]
		for _, p := range s.part(i) {
			f.line = append(f.line, f.units.at(p))
		}
		ring := tidy(f.line, f.KeepStraight)
		area := area2(ring)
		if !hole {
			dropped = area == 0
		}
		if area != 0 {
			f.ring(ring, area > 0 == hole)
		}
	}
}
