package gpkg

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
func appendBlob(dst []byte, s geo.Shape, multi bool) ([]byte, error) {
	dst = append(dst, 'G', 'P', blobVersion, flagLittle|envelopeXY)
	dst = binary.LittleEndian.AppendUint32(dst, crs.SRID)
	for _, side := range degreesOf(s.Box()) {
		dst = binary.LittleEndian.AppendUint64(dst, math.Float64bits(side))
	}
	return wkb.Append(dst, s, wkb.Form{Multi: multi})
}

// parseBlob reads the shape of a blob. Coordinates are rounded to the lattice;
// those that we wrote come back exactly. An empty geometry is the zero Shape,
// and empty members are passed over.
func parseBlob(blob []byte) (geo.Shape, error) {
	body, err := blobBody(blob)
	if err != nil || body == nil {
		return geo.Shape{}, err
	}
	shape, err := wkb.Parse(body, wkb.Form{})
	if err != nil && !errors.Is(err, wkb.ErrEmpty) {
		return geo.Shape{}, fmt.Errorf("%w: %w", errBlob, err)
	}
	return shape, nil
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
