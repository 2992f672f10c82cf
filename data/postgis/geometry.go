package postgis

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"

	"gridatlas/geo"
	"gridatlas/geo/crs"
)

// The geometry types of well-known binary (OGC 06-103r4, table 7), and PostGIS's
// flags in the type word of its extended form.
const (
	wkbPoint = 1 + iota
	wkbLineString
	wkbPolygon
	wkbMultiPoint
	wkbMultiLineString
	wkbMultiPolygon

	ewkbSRID = 0x20000000
)

// checkShape names what PostGIS cannot hold: a line of one point, a ring of less
// than three corners, a hole without its outer ring. It looks at no coordinate;
// whether rings cross themselves is for geo/valid.
func checkShape(s geo.Shape) error {
	outer := false
	for part := range s.Parts() {
		switch n := len(part.Points); {
		case s.Kind() == geo.Points && n != 1:
			return fmt.Errorf("%d positions in one point", n)
		case s.Kind() == geo.Lines && n < 2:
			return errors.New("a line of one point")
		case s.Kind() == geo.Polygons && n < 3:
			return fmt.Errorf("a ring of %d corners", n)
		case part.Hole && !outer:
			return errors.New("a hole without its outer ring")
		}
		outer = true
	}
	return nil
}

// appendEWKB appends a shape that checkShape lets pass as PostGIS's extended
// well-known binary, little endian with SRID.
func appendEWKB(dst []byte, s geo.Shape) []byte {
	start := len(dst)
	dst = append(dst, 1) // little endian
	dst = binary.LittleEndian.AppendUint32(dst, 0)
	dst = binary.LittleEndian.AppendUint32(dst, crs.SRID)
	var single, members uint32
	switch s.Kind() {
	case geo.Points:
		single, members = wkbPoint, uint32(s.NumParts())
		for part := range s.Parts() {
			dst = appendMember(dst, members, single)
			dst = appendPoint(dst, part.Points[0])
		}
	case geo.Lines:
		single, members = wkbLineString, uint32(s.NumParts())
		for part := range s.Parts() {
			dst = appendMember(dst, members, single)
			dst = appendPoints(dst, part.Points, false)
		}
	case geo.Polygons:
		single, members = wkbPolygon, numPolygons(s)
		dst = appendPolygons(dst, s, members)
	}
	kind := single
	if members > 1 {
		kind += wkbMultiPoint - wkbPoint
	}
	binary.LittleEndian.PutUint32(dst[start+1:], kind|ewkbSRID)
	if members > 1 { // the count stands before the first member
		head := start + 9
		dst = append(dst, 0, 0, 0, 0)
		copy(dst[head+4:], dst[head:])
		binary.LittleEndian.PutUint32(dst[head:], members)
	}
	return dst
}

func numPolygons(s geo.Shape) uint32 {
	n := uint32(0)
	for part := range s.Parts() {
		if !part.Hole {
			n++
		}
	}
	return n
}

func appendPolygons(dst []byte, s geo.Shape, members uint32) []byte {
	var rings uint32
	var at int // where the ring count of the open polygon stands
	for part := range s.Parts() {
		if !part.Hole {
			dst = appendMember(dst, members, wkbPolygon)
			at, rings = len(dst), 0
			dst = append(dst, 0, 0, 0, 0)
		}
		rings++
		binary.LittleEndian.PutUint32(dst[at:], rings)
		dst = appendPoints(dst, part.Points, true)
	}
	return dst
}

// appendMember starts one geometry of a multi-geometry; a single one has no head
// of its own.
func appendMember(dst []byte, members, kind uint32) []byte {
	if members <= 1 {
		return dst
	}
	dst = append(dst, 1)
	return binary.LittleEndian.AppendUint32(dst, kind)
}

func appendPoints(dst []byte, points []geo.Point, closed bool) []byte {
	n := len(points)
	if closed {
		n++
	}
	dst = binary.LittleEndian.AppendUint32(dst, uint32(n))
	for _, p := range points {
		dst = appendPoint(dst, p)
	}
	if closed {
		dst = appendPoint(dst, points[0])
	}
	return dst
}

func appendPoint(dst []byte, p geo.Point) []byte {
	lon, lat := crs.ToDegrees(p)
	dst = binary.LittleEndian.AppendUint64(dst, math.Float64bits(lon))
	return binary.LittleEndian.AppendUint64(dst, math.Float64bits(lat))
}

// ewkbParser reads extended well-known binary in either byte order. It keeps its
// scratch memory from one shape to the next and so belongs to one goroutine. The
// zero value is ready.
type ewkbParser struct {
	rest   []byte
	order  binary.ByteOrder
	points []geo.Point
	parts  []geo.Part
	err    error
}

// parse returns the shape. Positions are rounded to the lattice, which gives
// back exactly what appendEWKB wrote. Heights, measures, curves, collections,
// empty members and other reference systems are errors.
func (p *ewkbParser) parse(raw []byte) (geo.Shape, error) {
	p.rest, p.points, p.parts, p.err = raw, p.points[:0], p.parts[:0], nil
	kind := p.header()
	if kind&ewkbSRID != 0 {
		kind &^= ewkbSRID
		if srid := p.uint32(); srid != crs.SRID {
			p.fail("reference system %d, want %d", srid, crs.SRID)
		}
	}
	dimension := geo.Kind((kind-1)%3 + 1)
	switch {
	case p.err != nil:
	case kind >= wkbPoint && kind <= wkbPolygon:
		p.member(kind)
	case kind >= wkbMultiPoint && kind <= wkbMultiPolygon:
		single := kind - wkbMultiPoint + wkbPoint
		members := p.count(5)
		for range members {
			if got := p.header(); p.err == nil && got != single {
				p.fail("geometry type %d inside one of type %d", got, kind)
			}
			p.member(single)
			if p.err != nil {
				break
			}
		}
	default:
		p.fail("geometry type %#x cannot be kept", kind)
	}
	if p.err == nil && len(p.rest) != 0 {
		p.fail("%d bytes too many", len(p.rest))
	}
	if p.err == nil && len(p.parts) == 0 {
		p.fail("empty geometry")
	}
	if p.err != nil {
		return geo.Shape{}, fmt.Errorf("read %d bytes of geometry: %w", len(raw), p.err)
	}
	s := geo.MakeShape(dimension, p.parts)
	if err := checkShape(s); err != nil { // a ring that the lattice leaves nothing of
		return geo.Shape{}, fmt.Errorf("read %d bytes of geometry: %w", len(raw), err)
	}
	return s, nil
}

func (p *ewkbParser) member(kind uint32) {
	if p.err != nil {
		return
	}
	switch kind {
	case wkbPoint:
		p.part(1, false)
	case wkbLineString:
		n := p.count(16)
		if n < 2 {
			p.fail("a line of %d points", n)
		}
		p.part(n, false)
	case wkbPolygon:
		rings := p.count(4)
		if rings == 0 {
			p.fail("an empty polygon")
		}
		for i := range rings {
			n := p.count(16)
			if n < 4 {
				p.fail("a ring of %d positions", n)
			}
			p.part(n, i > 0)
			if p.err != nil {
				return
			}
			if ring := p.parts[len(p.parts)-1].Points; ring[0] != ring[n-1] {
				p.fail("a ring that is not closed")
			}
		}
	}
}

// part reads n positions as one part.
func (p *ewkbParser) part(n int, hole bool) {
	start := len(p.points)
	for range n {
		x, y := p.float64(), p.float64()
		if p.err != nil {
			return
		}
		at, err := crs.ToLattice(x, y)
		if err != nil {
			p.err = err
			return
		}
		p.points = append(p.points, at)
	}
	p.parts = append(p.parts, geo.Part{Points: p.points[start:len(p.points):len(p.points)], Hole: hole})
}

// header reads byte order and type.
func (p *ewkbParser) header() uint32 {
	if p.err != nil || len(p.rest) < 1 {
		p.fail("it ends early")
		return 0
	}
	switch p.rest[0] {
	case 0:
		p.order = binary.BigEndian
	case 1:
		p.order = binary.LittleEndian
	default:
		p.fail("byte order %d", p.rest[0])
		return 0
	}
	p.rest = p.rest[1:]
	return p.uint32()
}

// count reads a number of things of at least size bytes each, and refuses one
// that the rest cannot hold before anything is allocated for it.
func (p *ewkbParser) count(size int) int {
	n := int(p.uint32())
	if p.err == nil && n > len(p.rest)/size {
		p.fail("it ends early")
	}
	if p.err != nil {
		return 0
	}
	return n
}

func (p *ewkbParser) uint32() uint32 {
	if p.err != nil || len(p.rest) < 4 {
		p.fail("it ends early")
		return 0
	}
	v := p.order.Uint32(p.rest)
	p.rest = p.rest[4:]
	return v
}

func (p *ewkbParser) float64() float64 {
	if p.err != nil || len(p.rest) < 8 {
		p.fail("it ends early")
		return 0
	}
	v := math.Float64frombits(p.order.Uint64(p.rest))
	p.rest = p.rest[8:]
	return v
}

// fail keeps the first fault.
func (p *ewkbParser) fail(format string, args ...any) {
	if p.err == nil {
		p.err = fmt.Errorf(format, args...)
	}
}
