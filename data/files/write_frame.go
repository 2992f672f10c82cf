package files

import (
	"fmt"
	"strconv"
	"strings"

	"gridatlas/geo"
	"gridatlas/geo/crs"
	"gridatlas/geo/geojson"
)

// frame says where lattice points lie in the system that a file is written in.
type frame struct {
	system crs.System
	fault  error // the first place that the system does not reach
}

// isLattice reports whether coordinates are the degrees of the lattice itself.
func (f *frame) isLattice() bool { return f.system == crs.WGS84 || f.system == crs.CGCS2000 }

// at returns the coordinates of a point. Where there are none the fault is kept:
// the Writer looks at it after each feature.
func (f *frame) at(p geo.Point) (x, y float64) {
	lon, lat := crs.ToDegrees(p)
	if f.isLattice() {
		return lon, lat
	}
	x, y, err := f.system.FromWGS84(lon, lat)
	if err != nil && f.fault == nil {
		f.fault = err
	}
	return x, y
}

// appendXY appends both with sep between, in so many digits that the lattice
// point comes back: all of the lattice's, else 9 decimals of a degree or 4 of a
// metre, a tenth of a millimetre.
func (f *frame) appendXY(dst []byte, p geo.Point, sep byte) []byte {
	if f.isLattice() {
		dst = append(geojson.AppendDegrees(dst, p.X), sep)
		return geojson.AppendDegrees(dst, p.Y)
	}
	decimals := 4
	if f.system.Geographic() {
		decimals = 9
	}
	x, y := f.at(p)
	dst = append(strconv.AppendFloat(dst, x, 'f', decimals, 64), sep)
	return strconv.AppendFloat(dst, y, 'f', decimals, 64)
}

// tag names the system at the end of a column's title, so that nobody takes the
// degrees of one for those of another.
func (f *frame) tag() string {
	switch {
	case f.system == crs.WGS84:
		return "_wgs84"
	case f.system.EPSG() != 0:
		return fmt.Sprintf("_epsg%d", f.system.EPSG())
	case f.system.Geographic():
		return "_" + f.system.String()
	}
	return "_local"
}

// describable is an error for systems that a format cannot name: a file that says
// nothing of them would be taken for another.
func (f *frame) describable(format Format) error {
	if f.system.EPSG() == 0 {
		return fmt.Errorf("%w: a %s file cannot say that it is in %s; .csv and .xlsx can", ErrUnsuited, format, f.system.Title())
	}
	return nil
}

// systemOfHeading returns the system that columns of coordinates name by such a
// tag, as lon_gcj02 does; nil when none does or two differ.
func systemOfHeading(columns []string) (found System) {
	for _, column := range columns {
		_, system := cutTag(column)
		if system == nil {
			continue
		}
		if found != nil && found != system {
			return nil
		}
		found = system
	}
	return found
}

// cutTag parts x_epsg4549 into x and the system; a nil system when the name of a
// column is not of that kind.
func cutTag(column string) (name string, system System) {
	name, tag, ok := strings.Cut(strings.ToLower(strings.TrimSpace(column)), "_")
	switch name {
	case "经度":
		name = targetLon
	case "纬度":
		name = targetLat
	case targetLon, targetLat, "x", "y", targetWKT:
	default:
		return "", nil
	}
	known, err := crs.ParseSystem(strings.Replace(tag, "epsg", "epsg:", 1))
	if !ok || err != nil {
		return "", nil
	}
	return name, known
}
