package walk

import (
	"fmt"
	"slices"
)

// Differs says where two maps of one snapshot join the network differently; empty
// when nowhere. It makes all of both fields.
func (m *Map) Differs(o *Map) string {
	if len(m.places.list) != len(o.places.list) || !slices.Equal(m.places.first, o.places.first) ||
		!slices.Equal(m.places.stops, o.places.stops) || !slices.Equal(m.places.mesh.triangles, o.places.mesh.triangles) {
		return "the places stand on other edges"
	}
	for i := range m.places.list {
		a, b := &m.places.list[i], &o.places.list[i]
		if a.feature != b.feature || a.pole != b.pole || !slices.Equal(a.ways, b.ways) {
			return fmt.Sprintf("%s %d joins at %v, not at %v", a.layer, a.feature.Common().ID, a.ways, b.ways)
		}
	}
	f, g := m.field, o.field
	if f.corner != g.corner || f.dx != g.dx || f.dy != g.dy || f.cols != g.cols || f.rows != g.rows {
		return "the fields lie differently"
	}
	for row := range f.rows {
		for column := range f.cols {
			a, b := f.block(column, row), g.block(column, row)
			if (a == nothing) != (b == nothing) {
				return fmt.Sprintf("block %d, %d is not in both", column, row)
			}
			if a == nothing {
				continue
			}
			for i, x := range a.samples {
				y := b.samples[i]
				if (x.edge == noEdge) != (y.edge == noEdge) || x.place != y.place || x.leg != y.leg ||
					x.edge != noEdge && a.edges[x.edge] != b.edges[y.edge] {
					return fmt.Sprintf("sample %d of block %d, %d joins elsewhere", i, column, row)
				}
			}
		}
	}
	return ""
}

// Blocks is the number of blocks of the field that are made.
func (m *Map) Blocks() (n int) {
	m.field.each(func(int32, int32, *block) { n++ })
	return n
}

// ForgetPublished drops the figures of public sums that the map keeps.
func (m *Map) ForgetPublished() { m.published = newPublished() }
