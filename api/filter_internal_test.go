package api

import (
	"math/rand/v2"
	"testing"

	"gridatlas/geo"
	"gridatlas/geo/seedtest"
)

// meets against a slow plain twin on a small lattice.
func TestMeetsAgainstEveryPoint(t *testing.T) {
	r := seedtest.New(t)
	for range 20_000 {
		shape := smallShape(r)
		x, y := int32(r.IntN(13)), int32(r.IntN(13))
		box := geo.Box{W: x, S: y, E: x + int32(r.IntN(6)), N: y + int32(r.IntN(6))}
		if got, want := meets(shape, box), meetsSlowly(shape, box); got != want {
			t.Fatalf("%v and %v: got %v", shape.Points(), box, got)
		}
	}
}

func smallShape(r *rand.Rand) geo.Shape {
	random := func() geo.Point { return geo.Point{X: int32(r.IntN(16)), Y: int32(r.IntN(16))} }
	switch r.IntN(3) {
	case 0:
		return geo.PointShape(random())
	case 1:
		points := make([]geo.Point, 2+r.IntN(3))
		for i := range points {
			points[i] = random()
		}
		return geo.LineShape(points)
	}
	x, y := int32(r.IntN(8)), int32(r.IntN(8))
	square := func(x, y, side int32) []geo.Point {
		return []geo.Point{{X: x, Y: y}, {X: x + side, Y: y}, {X: x + side, Y: y + side}, {X: x, Y: y + side}}
	}
	if r.IntN(2) == 0 {
		return geo.PolygonShape(square(x, y, 8), square(x+2, y+2, 4))
	}
	return geo.PolygonShape([]geo.Point{{X: x, Y: y}, {X: x + 7, Y: y + 1 + int32(r.IntN(5))}, {X: x + int32(r.IntN(5)), Y: y + 8}})
}

// meetsSlowly asks the area for each lattice point of the box, and clips each
// piece of line.
func meetsSlowly(s geo.Shape, box geo.Box) bool {
	for x := box.W; x <= box.E; x++ {
		for y := box.S; y <= box.N; y++ {
			p := geo.Point{X: x, Y: y}
			if s.Covers(p) {
				return true
			}
			for _, q := range s.Points() {
				if p == q {
					return true
				}
			}
		}
	}
	if s.Kind() == geo.Points {
		return false
	}
	for part := range s.Parts() {
		for i := range part.Points {
			if i+1 == len(part.Points) && s.Kind() == geo.Lines {
				break
			}
			if segmentMeets(part.Points[i], part.Points[(i+1)%len(part.Points)], box) {
				return true
			}
		}
	}
	return false
}

// segmentMeets clips the piece a + t(b-a) by its parameter (Liang and Barsky):
// from the latest entry to the earliest exit, in exact fractions.
func segmentMeets(a, b geo.Point, box geo.Box) bool {
	type fraction struct{ num, den int64 }
	less := func(p, q fraction) bool { return p.num*q.den < q.num*p.den }
	enter, leave := fraction{0, 1}, fraction{1, 1}
	side := func(from, step, lo, hi int64) bool { // lo <= from + t*step <= hi
		if step == 0 {
			return lo <= from && from <= hi
		}
		first, last := fraction{lo - from, step}, fraction{hi - from, step}
		if step < 0 {
			first, last = fraction{from - hi, -step}, fraction{from - lo, -step}
		}
		if less(enter, first) {
			enter = first
		}
		if less(last, leave) {
			leave = last
		}
		return true
	}
	return side(int64(a.X), int64(b.X)-int64(a.X), int64(box.W), int64(box.E)) &&
		side(int64(a.Y), int64(b.Y)-int64(a.Y), int64(box.S), int64(box.N)) && !less(leave, enter)
}
