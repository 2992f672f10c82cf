package walk_test

import (
	"testing"
	"unsafe"

	"gridatlas/geo"
	"gridatlas/geo/street"
	"gridatlas/geo/walk"
)

// BenchmarkBuild makes the network of the demo city from nothing and says what
// its arrays take.
func BenchmarkBuild(b *testing.B) {
	s := city(b, "demo")
	var n *street.Network
	for b.Loop() {
		n = street.Build(s, nil)
	}
	b.ReportMetric(bytesPerWay(n), "B/directed-edge")
	b.ReportMetric(float64(n.Nodes()), "nodes")
	b.ReportMetric(float64(len(n.Edges)), "edges")
}

// bytesPerWay is what a direction of an edge takes in memory beside its shape: the
// adjacency array, the edges with their boxes, and the nodes with their place,
// island and whether that is small.
func bytesPerWay(n *street.Network) float64 {
	const node = unsafe.Sizeof(geo.Point{}) + unsafe.Sizeof(int32(0)) + unsafe.Sizeof(false)
	bytes := uintptr(len(n.FirstOut))*unsafe.Sizeof(int32(0)) + uintptr(len(n.Links))*unsafe.Sizeof(street.Link{}) +
		uintptr(len(n.Edges))*(unsafe.Sizeof(street.Edge{})+unsafe.Sizeof(geo.Box{})) + uintptr(n.Nodes())*node
	return float64(bytes) / float64(2*len(n.Edges))
}

// BenchmarkPrepareDemo makes the map of the demo city from nothing, and after one
// edit of each kind.
func BenchmarkPrepareDemo(b *testing.B) {
	s := city(b, "demo")
	b.Run("from nothing", func(b *testing.B) {
		for b.Loop() {
			walk.Prepare(s, nil)
		}
	})
	m := walk.Prepare(s, nil)
	if err := m.Warm(b.Context(), noon); err != nil {
		b.Fatal(err)
	}
	take := func(layer geo.Layer, fits func(geo.Feature) bool) geo.Feature {
		for f := range s.Layer(layer).After(0) {
			if fits(f) {
				return geo.Clone(f)
			}
		}
		b.Skipf("no such %s", layer)
		return nil
	}
	any := func(geo.Feature) bool { return true }
	corner := func() geo.Point { return take(geo.Streets, any).Common().Shape.Points()[0] }
	near := func(dx, dy int32) geo.Shape {
		p := corner()
		return geo.LineShape([]geo.Point{p, {X: p.X + dx, Y: p.Y + dy}})
	}
	for _, edit := range []struct {
		name    string
		feature func() geo.Feature
	}{
		{"street added", func() geo.Feature {
			return &geo.Street{Base: geo.Base{ID: 1 << 40, Shape: near(5000, 5000)}, Class: "path", Foot: "yes"}
		}},
		{"street moved", func() geo.Feature {
			f := take(geo.Streets, any)
			points := append([]geo.Point(nil), f.Common().Shape.Points()...)
			points[len(points)-1].X += 500
			f.Common().Shape = geo.LineShape(points)
			return f
		}},
		{"wall added", func() geo.Feature {
			return &geo.Barrier{Base: geo.Base{ID: 1 << 40, Shape: near(3000, 100)}, Kind: "wall"}
		}},
		{"gate shut", func() geo.Feature {
			return &geo.Gate{Base: geo.Base{ID: 1 << 40, Shape: geo.PointShape(corner())}, Kind: "gate", Foot: "none"}
		}},
		{"gate hours", func() geo.Feature {
			f := take(geo.Gates, func(f geo.Feature) bool { return f.(*geo.Gate).Hours != "" }).(*geo.Gate)
			f.Hours = "Mo-Su 09:00-10:00"
			return f
		}},
		{"compound renamed", func() geo.Feature {
			f := take(geo.Compounds, any)
			f.Common().Name += "A"
			return f
		}},
		{"closure added", func() geo.Feature {
			return &geo.Closure{Base: geo.Base{ID: 1 << 40, Shape: near(3000, 3000)}}
		}},
		{"booth moved", func() geo.Feature {
			f := take(geo.Booths, any)
			f.Common().Shape = geo.PointShape(corner())
			return f
		}},
	} {
		b.Run(edit.name, func(b *testing.B) {
			head := s.Head()
			head.Revision++
			next := s.Advance(geo.Delta{Since: s.Head().Revision, Head: head, Changed: []geo.Feature{edit.feature()}})
			for b.Loop() {
				walk.Prepare(next, m)
			}
		})
	}
}
