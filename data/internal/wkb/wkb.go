// Package wkb turns shapes into well-known binary and back without anything
// between: the form in which both stores keep geometry.
//
// The format is that of OGC 06-103r4, clause 8.2, in two dimensions. PostGIS
// keeps an extended form of it, whose type word may say that the number of the
// reference system follows; GeoPackage keeps it as it is, behind a header of its
// own (data/internal/geopackage). Written is little endian, read is either byte order.
//
// Coordinates are degrees of WGS84, lattice/1e7 as float64, which is exact both
// ways; a plain file may also be written in another system. Left out are heights and measures, curves and collections, none of which
// a shape can hold, and the question whether rings cross (geo/valid).
package wkb

import (
	"encoding/binary"
	"errors"
	"math"
	"slices"

	"gridatlas/geo"
	"gridatlas/geo/crs"
)

// Form is the dialect that a store keeps. The zero Form is plain well-known
// binary with single types where one part allows it.
type Form struct {
	// Extended is PostGIS's form: written with the reference system, read with
	// or without.
	Extended bool
	// Multi writes the type for several parts even when there is one, as a column
	// of one declared type wants it. Either is read.
	Multi bool
	// Position is where a lattice point lies in what is written; nil: its degrees.
	// Extended geometry and what is read are always in degrees.
	Position func(geo.Point) (x, y float64)
}

// The numbers of table 7: points, lines and polygons are 1, 2 and 3, as geo.Kind
// has them, and several of them are toMulti more.
const (
	toMulti = 3

	sridFlag = 0x20000000 // of the extended form

	bigEndian    = 0
	littleEndian = 1
)

// ErrEmpty says that there is no geometry, or none in one member of several.
var ErrEmpty = errors.New("empty geometry")

var errPart = errors.New("a part with too few corners, or a hole outside a polygon")

// Append appends a shape. The zero Shape is ErrEmpty; parts that are not whole
// (geo.Shape.Whole) are an error.
func Append(dst []byte, s geo.Shape, form Form) ([]byte, error) {
	switch {
	case s.IsZero():
		return dst, ErrEmpty
	case !s.Whole():
		return dst, errPart
	}
	single, extended := uint32(s.Kind()), form.Extended
	if n := members(s); n > 1 || form.Multi {
		dst = appendHead(dst, single+toMulti, extended)
		dst = appendCount(dst, n)
		extended = false // the members lie in the system of the whole
	}
	for i, n := 0, s.NumParts(); i < n; {
		dst = appendHead(dst, single, extended)
		last := i + 1
		if s.Kind() == geo.Polygons {
			for last < n && s.Part(last).Hole {
				last++
			}
			dst = appendCount(dst, last-i)
		}
		for ; i < last; i++ {
			dst = appendPart(dst, s.Kind(), s.Part(i).Points, form.Position)
		}
	}
	return dst, nil
}

// members counts the points, lines or polygons: all parts but holes.
func members(s geo.Shape) int {
	n := 0
	for i := range s.NumParts() {
		if !s.Part(i).Hole {
			n++
		}
	}
	return n
}

func appendHead(dst []byte, kind uint32, extended bool) []byte {
	dst = append(dst, littleEndian)
	if !extended {
		return binary.LittleEndian.AppendUint32(dst, kind)
	}
	dst = binary.LittleEndian.AppendUint32(dst, kind|sridFlag)
	return binary.LittleEndian.AppendUint32(dst, crs.SRID)
}

func appendCount(dst []byte, n int) []byte {
	return binary.LittleEndian.AppendUint32(dst, uint32(n))
}

// appendPart appends one point, or the corners of a line or ring behind their
// number; rings are closed.
func appendPart(dst []byte, kind geo.Kind, points []geo.Point, position func(geo.Point) (x, y float64)) []byte {
	switch kind {
	case geo.Lines:
		dst = appendCount(dst, len(points))
	case geo.Polygons:
		dst = appendCount(dst, len(points)+1)
	}
	dst = appendPoints(dst, points, position)
	if kind == geo.Polygons {
		dst = appendPoints(dst, points[:1], position)
	}
	return dst
}

func appendPoints(dst []byte, points []geo.Point, position func(geo.Point) (x, y float64)) []byte {
	dst = slices.Grow(dst, len(points)*pointBytes)
	for _, p := range points {
		var x, y float64
		if position == nil {
			x, y = crs.ToDegrees(p)
		} else {
			x, y = position(p)
		}
		dst = binary.LittleEndian.AppendUint64(dst, math.Float64bits(x))
		dst = binary.LittleEndian.AppendUint64(dst, math.Float64bits(y))
	}
	return dst
}
