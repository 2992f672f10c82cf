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

// bends reports whether a line has no corner that is none.
func bends(line []vertex) bool {
	for i := range line[1:] {
		if line[i] == line[i+1] || i > 0 && straight(line[i-1], line[i], line[i+1]) {
			return false
		}
	}
	return true
}
