package mvt

// Mend returns the polygons of a shape as they are at a zoom, valid: the places
// that its rings, rounded, wind around more often than its holes do. Rings of a
// polygon touch in single corners at most. The corners are those of Round; it is
// equal in every tile and may be kept. The shape is empty when nothing is left.
func (m *Mender) Mend(s *Shape, zoom uint8) Shape {
	units := gridOf(min(zoom, fullZoom))
	m.load(&m.rings, s, units)
	m.mend(&m.rings)
	out := Shape{Corners: make([]Point, 0, len(m.rings.corners)), Box: NoBox}
	for i, p := range m.rings.parts {
		start := Offset(len(out.Corners))
		if p.hole {
			start |= Hole
		}
		out.Parts = append(out.Parts, start)
		for _, v := range m.rings.ring(i) {
			corner := Point{units.world(v.x), units.world(v.y)}
			out.Corners = append(out.Corners, corner)
			out.Box = out.Box.Extend(corner)
		}
	}
	if len(out.Parts) > 0 {
		out.Parts = append(out.Parts, Offset(len(out.Corners)))
	}
	return out
}

// mend replaces rings by valid ones: every outer ring, followed by its holes, is a
// polygon of its own.
func (m *Mender) mend(r *rings) {
	if err := m.noder.node(r); err != nil {
		r.reset() // rings that cross a million times, or are as wide as the world
		return
	}
	m.sweep.run(m.noder.edges, m.noder.nodes)
	m.tracer.trace(m.sweep.border)
	m.tracer.nest(r)
}
