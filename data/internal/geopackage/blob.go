package geopackage

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"

	"gridatlas/data/internal/wkb"
	"gridatlas/geo"
	"gridatlas/geo/crs"
)

// The GeoPackage geometry blob: "GP", version 0, flags, srs id, envelope, then
// well-known binary (OGC 12-128r17 clause 2.1.3). We write little endian with an
// envelope of x and y; a reader of ours takes what the standard allows in two
// dimensions.
const (
	blobVersion   = 0
	flagLittle    = 1 << 0
	flagEmpty     = 1 << 4
	flagExtended  = 1 << 5
	envelopeXY    = 1 << 1
	headSize      = 8
	envelopeBytes = 32
)

// Sides are the sides of a box in the order of envelopes and RTree columns:
// least and greatest x, least and greatest y.
type Sides [4]float64

// NoSides are those of nothing and grow to whatever is first added.
var NoSides = Sides{math.Inf(1), math.Inf(-1), math.Inf(1), math.Inf(-1)}

// With returns the sides of the smallest box that also contains a position.
func (s Sides) With(x, y float64) Sides {
	return Sides{min(s[0], x), max(s[1], x), min(s[2], y), max(s[3], y)}
}

// Union returns the sides of the smallest box that contains both.
func (s Sides) Union(t Sides) Sides {
	return Sides{min(s[0], t[0]), max(s[1], t[1]), min(s[2], t[2]), max(s[3], t[3])}
}

// SidesOf gives the sides of a box in degrees.
func SidesOf(b geo.Box) (sides Sides) {
	for i, v := range [4]int32{b.W, b.E, b.S, b.N} {
		sides[i] = float64(v) / crs.PerDegree
	}
	return sides
}

var errBlob = errors.New("not a GeoPackage geometry")

// AppendBlob appends the blob of a shape that has geometry, in degrees. With
// multi the geometry is of the type for several parts even when it has one, as
// layers with a single declared type want it.
func AppendBlob(dst []byte, s geo.Shape, multi bool) ([]byte, error) {
	dst = appendHead(dst, crs.SRID, SidesOf(s.Box()))
	return wkb.Append(dst, s, wkb.Form{Multi: multi})
}

// AppendBlobIn is AppendBlob in another reference system: its number in
// gpkg_spatial_ref_sys and where it has a lattice point. It returns the sides of
// the shape there.
func AppendBlobIn(dst []byte, s geo.Shape, multi bool, srs int32, position func(geo.Point) (x, y float64)) ([]byte, Sides, error) {
	start := len(dst)
	dst = appendHead(dst, srs, Sides{})
	sides := NoSides
	dst, err := wkb.Append(dst, s, wkb.Form{Multi: multi, Position: func(p geo.Point) (x, y float64) {
		x, y = position(p)
		sides = sides.With(x, y)
		return x, y
	}})
	if err == nil {
		appendHead(dst[:start], srs, sides)
	}
	return dst, sides, err
}

func appendHead(dst []byte, srs int32, sides Sides) []byte {
	dst = append(dst, 'G', 'P', blobVersion, flagLittle|envelopeXY)
	dst = binary.LittleEndian.AppendUint32(dst, uint32(srs))
	for _, side := range sides {
		dst = binary.LittleEndian.AppendUint64(dst, math.Float64bits(side))
	}
	return dst
}

// ParseBlob reads the shape of a blob in degrees. Coordinates are rounded to the
// lattice; those that we wrote come back exactly. An empty geometry is the zero
// Shape, and empty members are passed over.
func ParseBlob(blob []byte) (geo.Shape, error) {
	body, srs, err := BlobBody(blob)
	if err == nil && srs != crs.SRID {
		err = fmt.Errorf("%w in EPSG:%d", errBlob, crs.SRID)
	}
	if err != nil || body == nil {
		return geo.Shape{}, err
	}
	shape, err := wkb.Parse(body, wkb.Form{})
	if err != nil && !errors.Is(err, wkb.ErrEmpty) {
		return geo.Shape{}, fmt.Errorf("%w: %w", errBlob, err)
	}
	return shape, nil
}

// BlobBody returns the WKB of a blob, nil when the flag says that it is empty,
// and the number of its reference system in gpkg_spatial_ref_sys.
func BlobBody(blob []byte) (body []byte, srs int32, err error) {
	if len(blob) < headSize || blob[0] != 'G' || blob[1] != 'P' || blob[2] != blobVersion {
		return nil, 0, errBlob
	}
	flags := blob[3]
	if flags&flagExtended != 0 {
		return nil, 0, fmt.Errorf("%w of a standard type", errBlob)
	}
	sizes := [8]int{0, 32, 48, 48, 64, -1, -1, -1} // by envelope kind: none, xy, xyz, xym, xyzm
	size := sizes[flags>>1&7]
	if size < 0 || len(blob) < headSize+size {
		return nil, 0, fmt.Errorf("%w: its envelope is cut short", errBlob)
	}
	order := binary.ByteOrder(binary.BigEndian)
	if flags&flagLittle != 0 {
		order = binary.LittleEndian
	}
	srs = int32(order.Uint32(blob[4:]))
	if flags&flagEmpty != 0 {
		return nil, srs, nil
	}
	return blob[headSize+size:], srs, nil
}
