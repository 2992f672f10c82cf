package crs

import (
	"math"

	"gridatlas/geo"
)

// ToOutline returns the metres from a point to the nearest place on the outline
// of a polygon, holes included; infinite for a shape without rings. It measures in
// local metres around the point, and is as exact as those (Local).
func ToOutline(shape geo.Shape, p geo.Point) float64 {
	local := NewLocal(p)
	least := math.Inf(1)
	for part := range shape.Parts() {
		for i, a := range part.Points {
			least = min(least, local.ToSegment(p, a, part.Points[(i+1)%len(part.Points)]))
		}
	}
	return least
}

// ToSegment returns the metres from p to the nearest place on the straight piece
// from a to b.
func (l Local) ToSegment(p, a, b geo.Point) float64 {
	px, py := l.XY(p)
	ax, ay := l.XY(a)
	bx, by := l.XY(b)
	dx, dy := bx-ax, by-ay
	share := 0.0
	if length := dx*dx + dy*dy; length > 0 {
		share = min(max(((px-ax)*dx+(py-ay)*dy)/length, 0), 1)
	}
	return math.Hypot(ax+share*dx-px, ay+share*dy-py)
}
