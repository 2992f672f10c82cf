package planar

import (
	"slices"

	"gridatlas/geo"
)

// Outline returns the union of faces as a valid shape: a polygon for each piece
// that hangs together by edges, in the order of the faces. Nodes that lie straight
// on a border stay.
func (a *Arrangement) Outline(faces []int32) geo.Shape {
	pieceOf := a.pieces(faces)
	inside := func(h Half) bool {
		_, ok := pieceOf[a.face[h]]
		return ok
	}
	var outers []geo.Part
	var holes [][]geo.Part
	done := map[Half]bool{} // only looked up
	for _, face := range faces {
		piece := pieceOf[face]
		for piece >= len(outers) {
			outers = append(outers, geo.Part{})
			holes = append(holes, nil)
		}
		for first := range a.Around(face) {
			if done[first] || inside(first.Twin()) {
				continue
			}
			var ring []int32
			for h := first; !done[h]; {
				done[h] = true
				ring = append(ring, a.from[h])
				// Around the end of h, over the edges inside, to the next border.
				for h = a.next[h]; inside(h.Twin()); {
					h = a.next[h.Twin()]
				}
			}
			for _, loop := range untie(ring) {
				points := make([]geo.Point, len(loop))
				for i, node := range loop {
					points[i] = a.points[node]
				}
				if geo.RingArea2(points) > 0 {
					outers[piece] = geo.Part{Points: points}
				} else {
					holes[piece] = append(holes[piece], geo.Part{Points: points, Hole: true})
				}
			}
		}
	}
	var parts []geo.Part
	for piece, outer := range outers {
		parts = append(append(parts, outer), holes[piece]...)
	}
	return geo.MakeShape(geo.Polygons, parts)
}

// pieces numbers the pieces in which faces hang together by edges, in the order
// in which they come first.
func (a *Arrangement) pieces(faces []int32) map[int32]int {
	const open = -1
	pieceOf := make(map[int32]int, len(faces))
	for _, face := range faces {
		pieceOf[face] = open
	}
	count := 0
	for _, first := range faces {
		if pieceOf[first] != open {
			continue
		}
		pieceOf[first] = count
		for stack := []int32{first}; len(stack) > 0; {
			face := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			for h := range a.Around(face) {
				other := a.face[h.Twin()]
				if piece, ok := pieceOf[other]; ok && piece == open {
					pieceOf[other] = count
					stack = append(stack, other)
				}
			}
		}
		count++
	}
	return pieceOf
}

// untie cuts a ring that comes back to a node into rings that do not.
func untie(ring []int32) [][]int32 {
	var loops [][]int32
	var open []int32
	place := make(map[int32]int, len(ring)) // in open; only looked up
	for _, node := range ring {
		if i, again := place[node]; again {
			loops = append(loops, slices.Clone(open[i:]))
			for _, n := range open[i:] {
				delete(place, n)
			}
			open = open[:i]
		}
		place[node] = len(open)
		open = append(open, node)
	}
	return append(loops, open)
}
