package mvt

import "math"

// Extent is the width of a tile in its own units.
const Extent = 4096

// MaxZoom is the deepest zoom of a Frame. There a tile unit is about 2 mm, a
// quarter of a world unit.
const MaxZoom = 22

// Point is a place in web mercator, the world 2^32 units wide: x to the east, y to
// the south, from the corner in the north-west.
type Point struct{ X, Y uint32 }

// World returns the world units nearest to a place in the unit square that is the
// world. What lies outside comes to its edge; what is no number, to zero.
func World(x, y float64) Point { return Point{worldUnit(x), worldUnit(y)} }

func worldUnit(share float64) uint32 {
	units := math.Floor(share*(1<<32) + 0.5)
	if !(units > 0) {
		return 0
	}
	return uint32(min(units, math.MaxUint32))
}

// Box is the smallest box around places, its sides included.
type Box struct{ Min, Max Point }

// NoBox holds nothing; Extend grows it.
var NoBox = Box{Min: Point{math.MaxUint32, math.MaxUint32}}

// Extend returns the smallest box that holds b and p.
func (b Box) Extend(p Point) Box {
	return Box{
		Point{min(b.Min.X, p.X), min(b.Min.Y, p.Y)},
		Point{max(b.Max.X, p.X), max(b.Max.Y, p.Y)},
	}
}

// Meets reports whether two boxes have a place in common.
func (b Box) Meets(c Box) bool {
	return b.Min.X <= c.Max.X && c.Min.X <= b.Max.X && b.Min.Y <= c.Max.Y && c.Min.Y <= b.Max.Y
}

// Holds reports whether all of c lies in b.
func (b Box) Holds(c Box) bool {
	return b.Min.X <= c.Min.X && c.Max.X <= b.Max.X && b.Min.Y <= c.Min.Y && c.Max.Y <= b.Max.Y
}

// Offset is where a part begins in an array of corners, with Hole added when the
// part is a hole.
type Offset uint32

// Hole marks the Offset of a ring that is a hole in the outer ring before it.
const Hole Offset = 1 << 31

// At returns the offset without the mark.
func (o Offset) At() int { return int(o &^ Hole) }

// IsHole reports whether the part that begins here is a hole.
func (o Offset) IsHole() bool { return o&Hole != 0 }

// Shape is a shape in flat arrays, which many shapes may share: part i has the
// corners from Parts[i] to Parts[i+1], so Parts has one entry more than there are
// parts. Rings do not repeat their first corner; holes come after their outer
// ring; which way a ring turns does not matter.
type Shape struct {
	Corners []Point
	Parts   []Offset
	// Box holds all corners. Sides of a tile that it does not cross are not
	// clipped against.
	Box Box
	// Flawed says that the polygons are not Simple at the zoom of the frame. They
	// are mended before they are cut, so alike in every tile.
	Flawed bool
}

// parts returns the number of parts.
func (s *Shape) parts() int { return max(len(s.Parts)-1, 0) }

// part returns the corners of a part.
func (s *Shape) part(i int) []Point { return s.Corners[s.Parts[i].At():s.Parts[i+1].At()] }
