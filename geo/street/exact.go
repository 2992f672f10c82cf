package street

import (
	"math"

	"gridatlas/geo"
	"gridatlas/geo/crs"
)

func sign(v int64) int {
	switch {
	case v > 0:
		return 1
	case v < 0:
		return -1
	}
	return 0
}

// within reports whether p, known to lie on the line through a and b, lies
// between them.
func within(a, b, p geo.Point) bool {
	return p.X >= min(a.X, b.X) && p.X <= max(a.X, b.X) && p.Y >= min(a.Y, b.Y) && p.Y <= max(a.Y, b.Y)
}

// on reports whether p lies on the segment from a to b, ends included.
func on(a, b, p geo.Point) bool { return geo.Cross(a, b, p) == 0 && within(a, b, p) }

// crosses reports whether the segments p-q and a-b share a point. Exact.
func crosses(p, q, a, b geo.Point) bool {
	if max(p.X, q.X) < min(a.X, b.X) || max(a.X, b.X) < min(p.X, q.X) ||
		max(p.Y, q.Y) < min(a.Y, b.Y) || max(a.Y, b.Y) < min(p.Y, q.Y) {
		return false
	}
	a1, b1 := sign(geo.Cross(p, q, a)), sign(geo.Cross(p, q, b))
	p1, q1 := sign(geo.Cross(a, b, p)), sign(geo.Cross(a, b, q))
	// With overlapping boxes, collinear segments share a point.
	return a1*b1 <= 0 && p1*q1 <= 0
}

// obstructs reports whether the wall a-b stands in the way from p to q: whether
// it meets the way anywhere but at an end of the way. Standing at a wall is no
// crossing, passing over the end of one is. Exact.
func obstructs(p, q, a, b geo.Point) bool {
	return crosses(p, q, a, b) && !on(a, b, p) && !on(a, b, q)
}

// meet returns the lattice points nearest to where segments p-q and a-b meet:
// none, one, or the two ends of what they share.
func meet(p, q, a, b geo.Point) []geo.Point {
	if !crosses(p, q, a, b) {
		return nil
	}
	ta, tb := geo.Cross(p, q, a), geo.Cross(p, q, b)
	if ta == 0 && tb == 0 {
		var shared []geo.Point
		for _, end := range [2]geo.Point{a, b} {
			if within(p, q, end) {
				shared = append(shared, end)
			}
		}
		for _, end := range [2]geo.Point{p, q} {
			if within(a, b, end) {
				shared = append(shared, end)
			}
		}
		return shared
	}
	f := float64(ta) / (float64(ta) - float64(tb))
	return []geo.Point{{
		X: int32(math.Round(float64(a.X) + f*float64(int64(b.X)-int64(a.X)))),
		Y: int32(math.Round(float64(a.Y) + f*float64(int64(b.Y)-int64(a.Y)))),
	}}
}

// shareOn returns where on the segment a-b the point p is nearest to, as a share
// of the way from a.
func shareOn(p, a, b geo.Point) float64 {
	local := crs.NewLocal(p)
	share, _ := nearest(&local, p, a, b)
	return share
}

// rounded is the nearest whole number.
func rounded(v float64) int32 { return int32(math.Round(v)) }

// nearest returns where on the segment a-b the point p is nearest to, as a share
// of the way from a, and the square of the distance in metres.
func nearest(local *crs.Local, p, a, b geo.Point) (share, square float64) {
	px, py := local.XY(p)
	ax, ay := local.XY(a)
	bx, by := local.XY(b)
	dx, dy := bx-ax, by-ay
	if length := dx*dx + dy*dy; length > 0 {
		share = min(max(((px-ax)*dx+(py-ay)*dy)/length, 0), 1)
	}
	x, y := ax+share*dx-px, ay+share*dy-py
	return share, x*x + y*y
}
