package planar

import "gridatlas/geo"

// given remembers the rings as they came, to give them back with their nodes.
type given struct {
	shapes  []geo.Shape
	sides   [][]side // by shape: part after part, as its corners
	chains  [][]int32
	points  func(node int32) geo.Point
	corners int32 // nodes below are corners of polygons, the others crossings
}

// side is an edge of a ring: which chain it became, and whether it runs along it.
type side struct {
	chain int32
	along bool
}

// read numbers corners and edges; an edge that several rings share is one.
func (g *given) read(n *noder, shapes []geo.Shape) (edges [][2]int32) {
	g.shapes = shapes
	g.sides = make([][]side, len(shapes))
	numbers := map[[2]int32]int32{} // only looked up
	for i, s := range shapes {
		if s.Kind() != geo.Polygons {
			continue
		}
		for part := range s.Parts() {
			before := n.node(part.Points[len(part.Points)-1])
			for _, p := range part.Points {
				node := n.node(p)
				key := [2]int32{min(before, node), max(before, node)}
				number, known := numbers[key]
				if !known {
					number = int32(len(edges))
					numbers[key] = number
					edges = append(edges, key)
				}
				g.sides[i] = append(g.sides[i], side{number, before < node})
				before = node
			}
		}
	}
	g.corners = int32(len(n.points))
	g.points = func(node int32) geo.Point { return n.points[node] }
	return edges
}

// uses lists for every piece of every ring the polygon on its side. Outer rings
// run counterclockwise and holes clockwise, so a polygon lies left of its rings.
func (g *given) uses() []use {
	var all []use
	for i, sides := range g.sides {
		for _, s := range sides {
			chain := g.chains[s.chain]
			for j := 1; j < len(chain); j++ {
				from, to := chain[j-1], chain[j]
				if !s.along {
					from, to = to, from
				}
				all = append(all, useOf(from, to, int32(i)))
			}
		}
	}
	return all
}

// Noded returns a polygon as it was given, with the nodes that lie on its edges.
// A part of it that is thinner than the lattice comes out folded.
func (a *Arrangement) Noded(shape int) geo.Shape {
	g := &a.given
	if g.shapes[shape].Kind() != geo.Polygons {
		return g.shapes[shape]
	}
	var parts []geo.Part
	sides := g.sides[shape]
	for part := range g.shapes[shape].Parts() {
		n := len(part.Points)
		// A side ends in its corner: the ring starts with its first corner when
		// the nodes of the first side come last.
		points := make([]geo.Point, 0, n)
		points = append(points, part.Points[0])
		for i := 1; i <= n; i++ {
			points = append(points, g.between(sides[i%n])...)
			if i < n {
				points = append(points, part.Points[i])
			}
		}
		sides = sides[n:]
		parts = append(parts, geo.Part{Points: points, Hole: part.Hole})
	}
	return geo.MakeShape(geo.Polygons, parts)
}

// between returns the nodes on a side, without its ends, in the ring's order.
func (g *given) between(s side) []geo.Point {
	chain := g.chains[s.chain]
	points := make([]geo.Point, 0, len(chain)-2)
	for i := 1; i+1 < len(chain); i++ {
		node := chain[i]
		if !s.along {
			node = chain[len(chain)-1-i]
		}
		points = append(points, g.points(node))
	}
	return points
}

// Missing returns the corners, of other polygons or its own, that lie on edges of a
// polygon that lack them, side by side in the order of its rings.
func (a *Arrangement) Missing(shape int) (corners []geo.Point) {
	g := &a.given
	for _, s := range g.sides[shape] {
		chain := g.chains[s.chain]
		for _, node := range chain[1 : len(chain)-1] {
			if node < g.corners {
				corners = append(corners, g.points(node))
			}
		}
	}
	return corners
}
