package gpkg

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"

	"gridatlas/geo"
	"gridatlas/geo/crs"
)

// The GeoPackage geometry blob: "GP", version 0, flags, srs id, envelope, ISO
// WKB (OGC 12-128r17 clause 2.1.3). We write little endian with an envelope of
// x and y; a reader of ours takes what the standard allows in two dimensions.
const (
	blobVersion   = 0
	flagLittle    = 1 << 0
	flagEmpty     = 1 << 4
	flagExtended  = 1 << 5
	envelopeXY    = 1 << 1
	headSize      = 8
	envelopeBytes = 32
)

// Geometry types of ISO WKB in two dimensions; those of several parts are 3 more.
const (
	wkbPoint   = 1
	wkbLine    = 2
	wkbPolygon = 3
	wkbMulti   = 3
)

// degreesOf gives the sides of a box in the order of envelopes and RTree columns.
func degreesOf(b geo.Box) (sides [4]float64) {
	for i, v := range [4]int32{b.W, b.E, b.S, b.N} {
		sides[i] = float64(v) / crs.PerDegree
	}
	return sides
}

var errBlob = errors.New("not a GeoPackage geometry")

// appendBlob appends the blob of a shape that has geometry. With multi the
// geometry is of the type for several parts even when it has one, as layers
// with a single declared type want it.
func appendBlob(dst []byte, s geo.Shape, multi bool) []byte {
	box := s.Box()
	dst = append(dst, 'G', 'P', blobVersion, flagLittle|envelopeXY)
	dst = binary.LittleEndian.AppendUint32(dst, crs.SRID)
	for _, v := range [4]int32{box.W, box.E, box.S, box.N} {
		dst = appendDegrees(dst, v)
	}
	return appendWKB(dst, s, multi)
}

func appendDegrees(dst []byte, v int32) []byte {
	return binary.LittleEndian.AppendUint64(dst, math.Float64bits(float64(v)/crs.PerDegree))
}

func appendType(dst []byte, kind uint32) []byte {
	return binary.LittleEndian.AppendUint32(append(dst, 1), kind)
}

func appendPoints(dst []byte, points []geo.Point) []byte {
	for _, p := range points {
		dst = appendDegrees(appendDegrees(dst, p.X), p.Y)
	}
	return dst
}

func appendWKB(dst []byte, s geo.Shape, multi bool) []byte {
	n := s.NumParts()
	single := uint32(s.Kind()) // the kinds are numbered as WKB numbers its single types
	elements := n
	if s.Kind() == geo.Polygons {
		elements = 0
		for part := range s.Parts() {
			if !part.Hole {
				elements++
			}
		}
	}
	if multi || elements != 1 {
		dst = appendType(dst, single+wkbMulti)
		dst = binary.LittleEndian.AppendUint32(dst, uint32(elements))
	}
	for i := 0; i < n; {
		dst = appendType(dst, single)
		switch s.Kind() {
		case geo.Points:
			dst = appendPoints(dst, s.Part(i).Points)
			i++
		case geo.Lines:
			points := s.Part(i).Points
			dst = binary.LittleEndian.AppendUint32(dst, uint32(len(points)))
			dst = appendPoints(dst, points)
			i++
		default:
			rings := 1
			for i+rings < n && s.Part(i+rings).Hole {
				rings++
			}
			dst = binary.LittleEndian.AppendUint32(dst, uint32(rings))
			for ; rings > 0; rings-- {
				points := s.Part(i).Points
				dst = binary.LittleEndian.AppendUint32(dst, uint32(len(points)+1))
				dst = appendPoints(dst, points)
				dst = appendPoints(dst, points[:1])
				i++
			}
		}
	}
	return dst
}

// parseBlob reads the shape of a blob. Coordinates are rounded to the lattice;
// those that we wrote come back exactly. An empty geometry is the zero Shape.
func parseBlob(blob []byte) (geo.Shape, error) {
	body, err := blobBody(blob)
	if err != nil || body == nil {
		return geo.Shape{}, err
	}
	r := wkbReader{rest: body}
	kind, parts, err := r.geometry(0)
	if err != nil {
		return geo.Shape{}, err
	}
	if len(r.rest) != 0 {
		return geo.Shape{}, fmt.Errorf("%w: %d bytes behind its end", errBlob, len(r.rest))
	}
	return geo.MakeShape(kind, parts), nil
}

// blobBody returns the WKB of a blob, nil when the flag says that it is empty.
func blobBody(blob []byte) ([]byte, error) {
	if len(blob) < headSize || blob[0] != 'G' || blob[1] != 'P' || blob[2] != blobVersion {
		return nil, errBlob
	}
	flags := blob[3]
	if flags&flagExtended != 0 {
		return nil, fmt.Errorf("%w of a standard type", errBlob)
	}
	sizes := [8]int{0, 32, 48, 48, 64, -1, -1, -1} // by envelope kind: none, xy, xyz, xym, xyzm
	size := sizes[flags>>1&7]
	if size < 0 || len(blob) < headSize+size {
		return nil, fmt.Errorf("%w: its envelope is cut short", errBlob)
	}
	order := binary.ByteOrder(binary.BigEndian)
	if flags&flagLittle != 0 {
		order = binary.LittleEndian
	}
	if srs := order.Uint32(blob[4:]); srs != crs.SRID {
		return nil, fmt.Errorf("%w in EPSG:%d", errBlob, crs.SRID)
	}
	if flags&flagEmpty != 0 {
		return nil, nil
	}
	return blob[headSize+size:], nil
}

type wkbReader struct {
	rest  []byte
	order binary.ByteOrder
}

func (r *wkbReader) uint32() (uint32, error) {
	if len(r.rest) < 4 {
		return 0, fmt.Errorf("%w: it is cut short", errBlob)
	}
	v := r.order.Uint32(r.rest)
	r.rest = r.rest[4:]
	return v, nil
}

// geometry reads one geometry; inside names the only element type that may
// stand here, 0 any.
func (r *wkbReader) geometry(inside uint32) (geo.Kind, []geo.Part, error) {
	if len(r.rest) < 1 || r.rest[0] > 1 {
		return 0, nil, fmt.Errorf("%w: no byte order", errBlob)
	}
	r.order = binary.BigEndian
	if r.rest[0] == 1 {
		r.order = binary.LittleEndian
	}
	r.rest = r.rest[1:]
	kind, err := r.uint32()
	if err != nil {
		return 0, nil, err
	}
	if inside != 0 && kind != inside {
		return 0, nil, fmt.Errorf("%w: type %d within several of type %d", errBlob, kind, inside)
	}
	switch kind {
	case wkbPoint:
		points, err := r.points(1)
		return geo.Points, []geo.Part{{Points: points}}, err
	case wkbLine:
		points, err := r.counted()
		return geo.Lines, []geo.Part{{Points: points}}, err
	case wkbPolygon:
		parts, err := r.rings()
		return geo.Polygons, parts, err
	case wkbPoint + wkbMulti, wkbLine + wkbMulti, wkbPolygon + wkbMulti:
		return r.several(kind - wkbMulti)
	}
	return 0, nil, fmt.Errorf("%w of a type we keep: type %d", errBlob, kind)
}

func (r *wkbReader) several(single uint32) (geo.Kind, []geo.Part, error) {
	n, err := r.uint32()
	if err != nil {
		return 0, nil, err
	}
	var all []geo.Part
	for range n {
		_, parts, err := r.geometry(single)
		if err != nil {
			return 0, nil, err
		}
		if all == nil {
			all = parts
		} else {
			all = append(all, parts...)
		}
	}
	return geo.Kind(single), all, nil
}

func (r *wkbReader) rings() ([]geo.Part, error) {
	n, err := r.uint32()
	if err != nil {
		return nil, err
	}
	if uint64(n)*4 > uint64(len(r.rest)) {
		return nil, fmt.Errorf("%w: %d rings in %d bytes", errBlob, n, len(r.rest))
	}
	parts := make([]geo.Part, 0, n)
	for i := range n {
		points, err := r.counted()
		if err != nil {
			return nil, err
		}
		parts = append(parts, geo.Part{Points: points, Hole: i > 0})
	}
	return parts, nil
}

func (r *wkbReader) counted() ([]geo.Point, error) {
	n, err := r.uint32()
	if err != nil {
		return nil, err
	}
	return r.points(n)
}

func (r *wkbReader) points(n uint32) ([]geo.Point, error) {
	if uint64(n)*16 > uint64(len(r.rest)) {
		return nil, fmt.Errorf("%w: %d corners in %d bytes", errBlob, n, len(r.rest))
	}
	points := make([]geo.Point, n)
	for i := range points {
		lon := math.Float64frombits(r.order.Uint64(r.rest))
		lat := math.Float64frombits(r.order.Uint64(r.rest[8:]))
		r.rest = r.rest[16:]
		p, err := crs.ToLattice(lon, lat)
		if err != nil {
			return nil, err
		}
		points[i] = p
	}
	return points, nil
}
