package geo

import (
	"encoding/binary"
	"fmt"
)

// ShapeReader reads what AppendShape wrote, shape after shape, and lays their
// corners one behind the other into one piece of memory: a city's shapes would
// otherwise be a million allocations. The zero value is ready; it is not safe for
// use by several goroutines, the shapes it gives are.
type ShapeReader struct {
	corners []Point
}

// Reserve makes room for so many corners, so that the next shapes lie together.
func (r *ShapeReader) Reserve(corners int) { r.corners = make([]Point, 0, corners) }

// Next reads the shape at the front of raw and returns what follows it. Parts are
// taken as they stand: ParseShape also turns rings.
func (r *ShapeReader) Next(raw []byte) (s Shape, rest []byte, err error) {
	bad := func() (Shape, []byte, error) {
		return Shape{}, nil, fmt.Errorf("%d bytes do not begin with a shape", len(raw))
	}
	if len(raw) == 0 || raw[0] > byte(Polygons) {
		return bad()
	}
	s.kind, rest = Kind(raw[0]), raw[1:]
	numParts, n := binary.Uvarint(rest)
	if n <= 0 || numParts > uint64(len(rest)) {
		return bad()
	}
	rest = rest[n:]
	if numParts == 0 {
		return Shape{}, rest, nil
	}
	start := len(r.corners)
	var x, y int64
	for i := range numParts {
		size, n := binary.Uvarint(rest)
		if n <= 0 || size>>1 > uint64(len(rest)-n)/2 {
			return bad()
		}
		rest = rest[n:]
		hole := size&1 == 1
		if i == 0 && (numParts > 1 || hole) {
			s.ends = make([]partEnd, 0, numParts)
		}
		for range size >> 1 {
			dx, n := binary.Varint(rest)
			if n <= 0 {
				return bad()
			}
			dy, m := binary.Varint(rest[n:])
			if m <= 0 {
				return bad()
			}
			rest = rest[n+m:]
			x, y = x+dx, y+dy
			p := Point{int32(x), int32(y)}
			if int64(p.X) != x || int64(p.Y) != y {
				return bad()
			}
			r.corners = append(r.corners, p)
		}
		if s.ends != nil {
			s.ends = append(s.ends, partEnd{end: int32(len(r.corners) - start), hole: hole})
		}
	}
	s.points = r.corners[start:len(r.corners):len(r.corners)]
	if s.kind == NoShape || len(s.points) == 0 {
		return Shape{}, rest, nil
	}
	return s, rest, nil
}

// ParseShape reads what AppendShape wrote; anything else is an error.
func ParseShape(raw []byte) (Shape, error) {
	var r ShapeReader
	s, rest, err := r.Next(raw)
	if err == nil && len(rest) != 0 {
		err = fmt.Errorf("%d bytes are more than a shape", len(raw))
	}
	if err != nil {
		return Shape{}, err
	}
	parts := make([]Part, 0, s.NumParts())
	for part := range s.Parts() {
		parts = append(parts, part)
	}
	return MakeShape(s.kind, parts), nil
}
