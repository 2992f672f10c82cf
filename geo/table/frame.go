package table

import (
	"fmt"
	"strconv"

	"gridatlas/geo"
	"gridatlas/geo/crs"
	"gridatlas/geo/geojson"
)

// Frame says where lattice points lie in the system that a file is written in. It
// is not for several goroutines at once.
type Frame struct {
	System crs.System
	// Fault is the first place that the system does not reach. Whoever writes looks
	// at it after each feature.
	Fault error
}

// isLattice reports whether coordinates are the degrees of the lattice itself.
func (f *Frame) isLattice() bool { return f.System == crs.WGS84 || f.System == crs.CGCS2000 }

// At returns the coordinates of a point, east or longitude first. Where there are
// none the fault is kept.
func (f *Frame) At(p geo.Point) (x, y float64) {
	lon, lat := crs.ToDegrees(p)
	if f.isLattice() {
		return lon, lat
	}
	x, y, err := f.System.FromWGS84(lon, lat)
	if err != nil && f.Fault == nil {
		f.Fault = err
	}
	return x, y
}

// AppendXY appends both coordinates with a blank between, in so many digits that
// the lattice point comes back: all of the lattice's, else 9 decimals of a degree
// or 4 of a metre, a tenth of a millimetre.
func (f *Frame) AppendXY(dst []byte, p geo.Point) []byte {
	if f.isLattice() {
		dst = append(geojson.AppendDegrees(dst, p.X), ' ')
		return geojson.AppendDegrees(dst, p.Y)
	}
	decimals := 4
	if f.System.Geographic() {
		decimals = 9
	}
	x, y := f.At(p)
	dst = append(strconv.AppendFloat(dst, x, 'f', decimals, 64), ' ')
	return strconv.AppendFloat(dst, y, 'f', decimals, 64)
}

// tag names the system at the end of a column's title, so that nobody takes the
// degrees of one for those of another.
func (f *Frame) tag() string {
	switch {
	case f.System == crs.WGS84:
		return "_wgs84"
	case f.System.EPSG() != 0:
		return fmt.Sprintf("_epsg%d", f.System.EPSG())
	case f.System.Geographic():
		return "_" + f.System.String()
	}
	return "_local"
}
