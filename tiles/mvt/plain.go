package mvt

// Plain reports whether rounding to the units of a zoom leaves lines or polygons as
// they are: all corners stay corners, outer rings turn clockwise on the map, and
// holes the other way. Shapes are less than 2^30 units wide.
func (m *Mender) Plain(t Type, s *Shape, zoom uint8) bool {
	units := tileGrid{grid: gridOf(min(zoom, fullZoom))}
	for i := range s.parts() {
		line := m.rings.corners[:0]
		for _, p := range s.part(i) {
			line = append(line, units.at(p))
		}
		m.rings.corners = line
		corners := len(line)
		switch t {
		case Lines:
			if corners < 2 || !bends(line) {
				return false
			}
		case Polygons:
			ring := tidy(line, false)
			if len(ring) != corners || corners == 0 || area2(ring) > 0 == s.Parts[i].IsHole() {
				return false
			}
		}
	}
	return true
}

// Near returns the geometry of one line or ring of which Box holds the box, that is
// Plain at the zoom and not flawed: that of Lines or Polygons, in half the time. Its
// corners are in offsets, x and y of each from the least corner of the box.
func (f *Frame) Near(t Type, box Box, offsets []uint16) []byte {
	f.begin()
	out, g := f.room(len(offsets)/2), f.units
	up, down := g.up&63, g.down&63
	left := int64(box.Min.X)<<up + g.half - g.left<<down
	top := int64(box.Min.Y)<<up + g.half - g.top<<down

	x := (left + int64(offsets[0])<<up) >> down
	y := (top + int64(offsets[1])<<up) >> down
	at := put(out, 0, command(moveTo, 1))
	at = put(out, at, zigzag(x))
	at = put(out, at, zigzag(y))
	at = put(out, at, command(lineTo, len(offsets)/2-1))
	for i := 3; i < len(offsets); i += 2 {
		nextX := (left + int64(offsets[i-1])<<up) >> down
		nextY := (top + int64(offsets[i])<<up) >> down
		at = put(out, at, zigzag(nextX-x))
		at = put(out, at, zigzag(nextY-y))
		x, y = nextX, nextY
	}
	if t == Polygons {
		at = put(out, at, command(closePath, 1))
	}
	f.out = out[:at]
	return f.out
}

// bends reports whether a line has no corner that is none.
func bends(line []vertex) bool {
	for i := range line[1:] {
		if line[i] == line[i+1] || i > 0 && straight(line[i-1], line[i], line[i+1]) {
			return false
		}
	}
	return true
}
