package walk

import (
	"fmt"
	"math"
	"testing"

	"gridatlas/geo"
	"gridatlas/geo/crs"
	"gridatlas/geo/street"
)

// Truth is what an outline is held against: the snapping rule and the search,
// asked point by point.
type Truth struct {
	m   *Map
	now *situation
	s   *search
}

// Truth searches as a circle does.
func (m *Map) Truth(t testing.TB, q Query) *Truth {
	t.Helper()
	now := m.now(q.At)
	s, _, err := m.begin(t.Context(), &q, now, int64(q.Minutes[len(q.Minutes)-1])*60_000)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.release)
	s.arrivals(now.places, unreached-1)
	return &Truth{m: m, now: now, s: s}
}

func (t *Truth) at(foot street.Foot) float64 {
	ms, _, _ := t.s.reach(foot.Edge, foot.MM)
	if ms == unreached {
		return math.Inf(1)
	}
	return float64(ms) + float64(t.s.legMS(t.s.start.Leg)) + float64(t.s.legMS(foot.Leg))
}

// Ground returns the milliseconds to a ground point; infinite beyond the
// longest of the minutes, and where no street is joined.
func (t *Truth) Ground(p geo.Point) float64 {
	foot, ok := t.m.net.Snap(p, t.now.closed)
	if !ok {
		return math.Inf(1)
	}
	return t.at(foot)
}

// Place returns the milliseconds to a place through the best of its entrances.
func (t *Truth) Place(f geo.Feature) float64 {
	least := math.Inf(1)
	if i, ok := t.m.places.find(geo.Key{Layer: f.Layer(), ID: f.Common().ID}); ok {
		for _, way := range t.now.places.at(int32(i)).ways {
			least = min(least, t.at(way.foot))
		}
	}
	return least
}

// Joins reports whether a point joins the network.
func (m *Map) Joins(p geo.Point) bool {
	_, ok := m.net.Snap(p, nil)
	return ok
}

// NearRaised reports whether a bridge, a tunnel or a street on another level
// lies within so many metres.
func (m *Map) NearRaised(p geo.Point, metres float64) bool {
	local := crs.NewLocal(p)
	box := geo.NoBox.With(p).Grown(local.Steps(metres))
	for i := range m.net.Edges {
		if !m.net.Edges[i].Raised || !m.net.EdgeBox(int32(i)).Intersects(box) {
			continue
		}
		shape := m.net.Shape(int32(i))
		for k := range len(shape) - 1 {
			if local.ToSegment(p, shape[k], shape[k+1]) <= metres {
				return true
			}
		}
	}
	return false
}

// Mesh says how many poles are corners of the mesh, how many are not, and how
// many triangles there are.
func (m *Map) Mesh() string {
	mesh := m.places.mesh
	return fmt.Sprintf("%d poles, %d left out, %d triangles in %d cells", len(mesh.poles), mesh.leftOut, len(mesh.triangles), len(mesh.cells))
}

// TwinPole reports whether the pole of a building lies within a foot of that of
// another.
func (m *Map) TwinPole(b *geo.Building) bool {
	i, _ := m.places.find(geo.KeyOf(b))
	at := m.places.list[i].pole
	for k, other := range m.places.mesh.at {
		if k != i-m.places.buildings && crs.Distance(at, other) < 0.3 {
			return true
		}
	}
	return false
}
