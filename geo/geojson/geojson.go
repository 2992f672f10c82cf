// Package geojson writes shapes and features as GeoJSON (RFC 7946) by appending
// to a byte slice: no intermediate objects, no reflection over corners, equal
// input gives equal bytes. Positions are longitude and latitude in degrees with
// at most 7 decimals, which is the lattice exactly; there is no crs and no bbox
// member. Reading GeoJSON is for data/files.
package geojson

import (
	"gridatlas/geo"
)

// Position appends the coordinates of a point as an array.
type Position func(dst []byte, p geo.Point) []byte

// AppendGeometry appends the geometry object of a shape, or null when there is
// none. Outer rings run counterclockwise and holes clockwise, as they do in a
// Shape; rings are closed. Shapes of several parts become Multi types.
func AppendGeometry(dst []byte, s geo.Shape) []byte {
	return AppendGeometryIn(dst, s, AppendPosition)
}

// AppendGeometryIn is AppendGeometry with positions in another system than RFC 7946
// has it.
func AppendGeometryIn(dst []byte, s geo.Shape, position Position) []byte {
	if s.IsZero() {
		return append(dst, "null"...)
	}
	switch s.Kind() {
	case geo.Points:
		return appendPoints(dst, s, position)
	case geo.Lines:
		return appendLines(dst, s, position)
	default:
		return appendPolygons(dst, s, position)
	}
}

func appendPoints(dst []byte, s geo.Shape, position Position) []byte {
	points := s.Points()
	if len(points) == 1 {
		dst = append(dst, `{"type":"Point","coordinates":`...)
		return append(position(dst, points[0]), '}')
	}
	dst = append(dst, `{"type":"MultiPoint","coordinates":`...)
	return append(appendPositions(dst, points, false, position), '}')
}

func appendLines(dst []byte, s geo.Shape, position Position) []byte {
	if s.NumParts() == 1 {
		dst = append(dst, `{"type":"LineString","coordinates":`...)
		return append(appendPositions(dst, s.Part(0).Points, false, position), '}')
	}
	dst = append(dst, `{"type":"MultiLineString","coordinates":[`...)
	for i := range s.NumParts() {
		dst = appendComma(dst, i)
		dst = appendPositions(dst, s.Part(i).Points, false, position)
	}
	return append(dst, ']', '}')
}

func appendPolygons(dst []byte, s geo.Shape, position Position) []byte {
	outer := 0
	for i := range s.NumParts() {
		if i == 0 || !s.Part(i).Hole {
			outer++
		}
	}
	if outer == 1 {
		dst = append(dst, `{"type":"Polygon","coordinates":[`...)
	} else {
		dst = append(dst, `{"type":"MultiPolygon","coordinates":[[`...)
	}
	for i := range s.NumParts() {
		part := s.Part(i)
		if i > 0 && !part.Hole {
			dst = append(dst, ']', ',', '[')
		} else {
			dst = appendComma(dst, i)
		}
		dst = appendPositions(dst, part.Points, true, position)
	}
	if outer > 1 {
		dst = append(dst, ']')
	}
	return append(dst, ']', '}')
}

func appendPositions(dst []byte, points []geo.Point, closed bool, position Position) []byte {
	dst = append(dst, '[')
	for i, p := range points {
		dst = appendComma(dst, i)
		dst = position(dst, p)
	}
	if closed && len(points) > 0 {
		dst = append(dst, ',')
		dst = position(dst, points[0])
	}
	return append(dst, ']')
}

func appendComma(dst []byte, i int) []byte {
	if i > 0 {
		return append(dst, ',')
	}
	return dst
}

// AppendPosition appends [lon,lat] in degrees.
func AppendPosition(dst []byte, p geo.Point) []byte {
	dst = append(dst, '[')
	dst = AppendDegrees(dst, p.X)
	dst = append(dst, ',')
	dst = AppendDegrees(dst, p.Y)
	return append(dst, ']')
}

// AppendDegrees appends lattice steps as decimal degrees, exact and without
// trailing zeros.
func AppendDegrees(dst []byte, steps int32) []byte {
	const perDegree = 10_000_000
	v := int64(steps)
	if v < 0 {
		dst = append(dst, '-')
		v = -v
	}
	whole, rest := v/perDegree, v%perDegree
	if whole >= 100 {
		dst = append(dst, byte('0'+whole/100))
	}
	if whole >= 10 {
		dst = append(dst, byte('0'+whole/10%10))
	}
	dst = append(dst, byte('0'+whole%10))
	if rest == 0 {
		return dst
	}
	dst = append(dst, '.')
	for unit := int64(perDegree / 10); rest > 0; unit /= 10 {
		dst = append(dst, byte('0'+rest/unit))
		rest %= unit
	}
	return dst
}
