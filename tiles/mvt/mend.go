package mvt

// mend replaces rings by valid ones around the places that they wind around more
// often than their holes do: every outer ring, followed by its holes, is a polygon
// of its own, and rings of a polygon touch in single corners at most.
func (m *Mender) mend(r *rings) {
	if err := m.noder.node(r); err != nil {
		r.reset() // rings that cross a million times, or are as wide as the world
		return
	}
	m.sweep.run(m.noder.edges, m.noder.nodes)
	m.tracer.trace(m.sweep.border)
	m.tracer.nest(r)
}
