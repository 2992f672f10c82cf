package geo

import (
	"cmp"
	"iter"
	"slices"
)

// Point is a place on the lattice: X east and Y north in steps of 1e-7 degree
// of WGS84 longitude and latitude. Half a step is under 6 mm on the ground.
type Point struct{ X, Y int32 }

// Box is a closed rectangle on the lattice: its borders belong to it. The zero
// Box is the single point (0, 0); NoBox is the empty one.
type Box struct{ W, S, E, N int32 }

// NoBox contains nothing and grows to whatever is first added.
var NoBox = Box{W: 1<<31 - 1, S: 1<<31 - 1, E: -1 << 31, N: -1 << 31}

// World is the largest box a feature may lie in.
var World = Box{W: -180e7, S: -90e7, E: 180e7, N: 90e7}

// Empty reports whether the box contains no point.
func (b Box) Empty() bool { return b.W > b.E || b.S > b.N }

// With returns the smallest box that also contains p.
func (b Box) With(p Point) Box {
	return Box{min(b.W, p.X), min(b.S, p.Y), max(b.E, p.X), max(b.N, p.Y)}
}

// Union returns the smallest box that contains both.
func (b Box) Union(c Box) Box {
	return Box{min(b.W, c.W), min(b.S, c.S), max(b.E, c.E), max(b.N, c.N)}
}

// Intersects reports whether the two boxes share a point, borders included.
func (b Box) Intersects(c Box) bool {
	return b.W <= c.E && c.W <= b.E && b.S <= c.N && c.S <= b.N
}

// Covers reports whether c lies inside b, borders included.
func (b Box) Covers(c Box) bool {
	return b.W <= c.W && c.E <= b.E && b.S <= c.S && c.N <= b.N
}

// Holds reports whether p lies in b, borders included.
func (b Box) Holds(p Point) bool {
	return b.W <= p.X && p.X <= b.E && b.S <= p.Y && p.Y <= b.N
}

// Centre returns the lattice point in the middle, rounded down.
func (b Box) Centre() Point {
	return Point{
		X: int32((int64(b.W) + int64(b.E)) >> 1),
		Y: int32((int64(b.S) + int64(b.N)) >> 1),
	}
}

// Grown returns the box with dx and dy lattice steps more on each side, cut to
// the world. An empty box stays empty.
func (b Box) Grown(dx, dy int32) Box {
	if b.Empty() {
		return b
	}
	clamp := func(v int64, lo, hi int32) int32 { return int32(min(max(v, int64(lo)), int64(hi))) }
	return Box{
		W: clamp(int64(b.W)-int64(dx), World.W, World.E),
		S: clamp(int64(b.S)-int64(dy), World.S, World.N),
		E: clamp(int64(b.E)+int64(dx), World.W, World.E),
		N: clamp(int64(b.N)+int64(dy), World.S, World.N),
	}
}

// Kind is the dimension of a shape. A shape of several points, lines or
// polygons has the same kind as a single one.
type Kind uint8

// The kinds of geometry, in order of dimension.
const (
	NoShape Kind = iota // a record without a place, as an assignment
	Points
	Lines
	Polygons
)

// AllKinds is the closed list that functions over geometry are tested with.
var AllKinds = []Kind{NoShape, Points, Lines, Polygons}

func (k Kind) String() string { return [...]string{"none", "point", "line", "polygon"}[k] }

// Part is one point, line or ring of a shape. Rings are stored without the
// repeated closing corner; outer rings run counterclockwise, holes clockwise
// and after the outer ring they lie in.
type Part struct {
	Points []Point
	Hole   bool
}

// Shape is immutable geometry on the lattice: 8 bytes a corner in one slice.
// The zero Shape has no geometry. Shapes may be shared between goroutines.
type Shape struct {
	kind   Kind
	points []Point
	ends   []partEnd // nil: all points are one part
}

type partEnd struct {
	end  int32
	hole bool
}

// PointShape returns the shape of a single point.
func PointShape(p Point) Shape { return Shape{kind: Points, points: []Point{p}} }

// LineShape returns the shape of a single line. It keeps the slice.
func LineShape(points []Point) Shape { return Shape{kind: Lines, points: points} }

// PolygonShape returns the shape of one polygon: its outer ring and holes.
func PolygonShape(outer []Point, holes ...[]Point) Shape {
	parts := make([]Part, 0, 1+len(holes))
	parts = append(parts, Part{Points: outer})
	for _, hole := range holes {
		parts = append(parts, Part{Points: hole, Hole: true})
	}
	return MakeShape(Polygons, parts)
}

// MakeShape puts parts together. It copies the points, drops the closing corner
// of rings (all of them, if it is repeated) and turns rings the way Part says; it does not check that a polygon
// is valid (geo/valid does).
func MakeShape(kind Kind, parts []Part) Shape {
	total := 0
	for _, part := range parts {
		total += len(part.Points)
	}
	if kind == NoShape || total == 0 {
		return Shape{}
	}
	s := Shape{kind: kind, points: make([]Point, 0, total)}
	if len(parts) > 1 || parts[0].Hole {
		s.ends = make([]partEnd, 0, len(parts))
	}
	for _, part := range parts {
		start := len(s.points)
		s.points = append(s.points, part.Points...)
		if kind == Polygons {
			for n := len(s.points); n-start > 1 && s.points[start] == s.points[n-1]; n-- {
				s.points = s.points[:n-1]
			}
			ring := s.points[start:]
			if turn := ringTurn(ring); turn != 0 && (turn < 0) != part.Hole {
				slices.Reverse(ring)
			}
		}
		if s.ends != nil {
			s.ends = append(s.ends, partEnd{end: int32(len(s.points)), hole: part.Hole})
		}
	}
	return s
}

// Kind returns the dimension.
func (s Shape) Kind() Kind { return s.kind }

// IsZero reports whether there is no geometry; it also serves `omitzero`.
func (s Shape) IsZero() bool { return len(s.points) == 0 }

// Points returns every corner, part after part. The caller must not change it.
func (s Shape) Points() []Point { return s.points }

// NumParts returns the number of points, lines or rings.
func (s Shape) NumParts() int {
	if s.ends == nil {
		return min(len(s.points), 1)
	}
	return len(s.ends)
}

// Part returns the i-th part. The caller must not change its points.
func (s Shape) Part(i int) Part {
	if s.ends == nil {
		return Part{Points: s.points}
	}
	start := int32(0)
	if i > 0 {
		start = s.ends[i-1].end
	}
	return Part{Points: s.points[start:s.ends[i].end:s.ends[i].end], Hole: s.ends[i].hole}
}

// Parts walks over the parts in stored order.
func (s Shape) Parts() iter.Seq[Part] {
	return func(yield func(Part) bool) {
		for i := range s.NumParts() {
			if !yield(s.Part(i)) {
				return
			}
		}
	}
}

// Whole reports whether each part is one point, a line of two corners or more, or
// a ring of three or more, and holes follow a ring of their own. It looks at no
// coordinate; whether rings cross themselves is for geo/valid.
func (s Shape) Whole() bool {
	for i := range s.NumParts() {
		part, ok := s.Part(i), false
		switch s.kind {
		case Points:
			ok = len(part.Points) == 1 && !part.Hole
		case Lines:
			ok = len(part.Points) >= 2 && !part.Hole
		case Polygons:
			ok = len(part.Points) >= 3 && (i > 0 || !part.Hole)
		}
		if !ok {
			return false
		}
	}
	return true
}

// Box returns the smallest box around the shape; NoBox without geometry.
func (s Shape) Box() Box {
	box := NoBox
	for _, p := range s.points {
		box = box.With(p)
	}
	return box
}

// Equal reports whether both shapes have the same parts, corner by corner.
func (s Shape) Equal(t Shape) bool {
	if s.kind != t.kind || !slices.Equal(s.points, t.points) || s.NumParts() != t.NumParts() {
		return false
	}
	return (s.ends == nil && t.ends == nil) || slices.Equal(s.ends, t.ends)
}

// Covers reports whether the point lies in a polygon shape; a point on the
// border counts as inside. Shapes of other kinds cover nothing.
func (s Shape) Covers(p Point) bool {
	if s.kind != Polygons {
		return false
	}
	inside := false
	for part := range s.Parts() {
		switch RingSide(part.Points, p) {
		case OnBorder:
			return true
		case Inside:
			inside = !inside
		}
	}
	return inside
}

// Side says where a point lies against a ring.
type Side int8

// The three answers of RingSide.
const (
	Outside Side = iota
	OnBorder
	Inside
)

// RingSide decides exactly, in integers, where p lies against an unclosed ring.
func RingSide(ring []Point, p Point) Side {
	inside := false
	n := len(ring)
	for i, j := 0, n-1; i < n; j, i = i, i+1 {
		a, b := ring[j], ring[i]
		if (a.Y > p.Y) == (b.Y > p.Y) && a.Y != p.Y && b.Y != p.Y {
			continue
		}
		turn := Turn(a, b, p)
		if turn == 0 && p.X >= min(a.X, b.X) && p.X <= max(a.X, b.X) && p.Y >= min(a.Y, b.Y) && p.Y <= max(a.Y, b.Y) {
			return OnBorder
		}
		if (a.Y > p.Y) != (b.Y > p.Y) && (turn > 0) == (b.Y > a.Y) {
			inside = !inside
		}
	}
	if inside {
		return Inside
	}
	return Outside
}

// Cross is twice the signed area of the triangle a, b, c: positive when c lies
// left of the line from a to b. Exact for points less than 107 degrees apart; Turn is everywhere.
func Cross(a, b, c Point) int64 {
	return (int64(b.X)-int64(a.X))*(int64(c.Y)-int64(a.Y)) - (int64(b.Y)-int64(a.Y))*(int64(c.X)-int64(a.X))
}

// Turn is +1 when c lies left of the line from a to b, -1 right, 0 on it. In the
// world each product is below 2^63, so they are compared and not subtracted: exact
// at any distance.
func Turn(a, b, c Point) int {
	return cmp.Compare(
		(int64(b.X)-int64(a.X))*(int64(c.Y)-int64(a.Y)),
		(int64(b.Y)-int64(a.Y))*(int64(c.X)-int64(a.X)))
}

// ringTurn is +1 when an unclosed ring runs counterclockwise, -1 clockwise, 0 when
// it has no area.
func ringTurn(ring []Point) int {
	if len(ring) < 3 {
		return 0
	}
	box := NoBox
	for _, p := range ring {
		box = box.With(p)
	}
	// Twice the area is at most twice that of the box. Where that fits, the sum of
	// integers is right though parts of it may wrap.
	if (float64(box.E)-float64(box.W))*(float64(box.N)-float64(box.S)) < 1<<61 {
		return cmp.Compare(RingArea2(ring), 0)
	}
	// A ring around much of the world: degrees are fine enough.
	sum := 0.0
	for i, p := range ring {
		q := ring[(i+1)%len(ring)]
		sum += float64(p.X)*float64(q.Y) - float64(q.X)*float64(p.Y)
	}
	return cmp.Compare(sum, 0)
}

// RingArea2 is twice the signed area of an unclosed ring in square lattice
// steps: positive when it runs counterclockwise.
func RingArea2(ring []Point) int64 {
	if len(ring) < 3 {
		return 0
	}
	var sum int64
	for i := 1; i+1 < len(ring); i++ {
		sum += Cross(ring[0], ring[i], ring[i+1])
	}
	return sum
}
