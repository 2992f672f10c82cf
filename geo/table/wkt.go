package table

import (
	"gridatlas/geo"
)

// AppendWKT appends a shape as well-known text (OGC 06-103r4 clause 7); place
// appends the coordinates of a point with a blank between. No shape is empty text.
func AppendWKT(dst []byte, s geo.Shape, place func(dst []byte, p geo.Point) []byte) []byte {
	if s.IsZero() {
		return dst
	}
	members := 0
	for part := range s.Parts() {
		if !part.Hole {
			members++
		}
	}
	if members > 1 {
		dst = append(dst, "MULTI"...)
	}
	dst = append(dst, map[geo.Kind]string{geo.Points: "POINT ", geo.Lines: "LINESTRING ", geo.Polygons: "POLYGON "}[s.Kind()]...)
	if members > 1 {
		dst = append(dst, '(')
	}
	for i := range s.NumParts() {
		part := s.Part(i)
		polygon := s.Kind() == geo.Polygons
		if polygon && i > 0 && !part.Hole {
			dst = append(dst, ')')
		}
		if i > 0 {
			dst = append(dst, ',')
		}
		if polygon && (i == 0 || !part.Hole) {
			dst = append(dst, '(')
		}
		dst = append(dst, '(')
		for j, p := range part.Points {
			if j > 0 {
				dst = append(dst, ',')
			}
			dst = place(dst, p)
		}
		if polygon {
			dst = place(append(dst, ','), part.Points[0])
		}
		dst = append(dst, ')')
	}
	if s.Kind() == geo.Polygons {
		dst = append(dst, ')')
	}
	if members > 1 {
		dst = append(dst, ')')
	}
	return dst
}
