package street

import (
	"gridatlas/geo"
)

// area answers whether a polygon covers a point, for many points: its border is
// sorted into strips from south to north, and a point looks at its strip alone.
// The answers are those of geo.Shape.Covers. Shapes of other kinds cover nothing.
type area struct {
	box    geo.Box
	high   int64 // lattice steps of a strip
	strips [][]wall
}

// maxStrips bounds the memory of an area: a border is listed once a strip.
const maxStrips = 256

func newArea(shape geo.Shape) *area {
	a := &area{box: shape.Box()}
	if shape.Kind() != geo.Polygons {
		return a
	}
	walls := appendWalls(nil, shape)
	strips := min(len(walls)/4+1, maxStrips)
	a.high = (int64(a.box.N)-int64(a.box.S))/int64(strips) + 1
	a.strips = make([][]wall, strips)
	for _, w := range walls {
		low, high := min(w.a.Y, w.b.Y), max(w.a.Y, w.b.Y)
		for k := a.strip(low); k <= a.strip(high); k++ {
			a.strips[k] = append(a.strips[k], w)
		}
	}
	return a
}

func (a *area) strip(y int32) int64 { return (int64(y) - int64(a.box.S)) / a.high }

// covers reports whether a point lies inside or on the border. Exact.
func (a *area) covers(p geo.Point) bool {
	if a.strips == nil || !a.box.Holds(p) {
		return false
	}
	inside := false
	for _, w := range a.strips[a.strip(p.Y)] {
		if on(w.a, w.b, p) {
			return true
		}
		if (w.a.Y > p.Y) != (w.b.Y > p.Y) && (geo.Cross(w.a, w.b, p) > 0) == (w.b.Y > w.a.Y) {
			inside = !inside
		}
	}
	return inside
}
