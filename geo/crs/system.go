package crs

import (
	"fmt"
	"math"
)

// System is a coordinate system in which somebody brings or wants data. The zero
// System is WGS84. Systems are compared with ==, except local ones, which equal
// only themselves; all methods may be called from any number of goroutines.
//
// Whatever a standard says about the order of its axes, x is always east or
// longitude and y is always north or latitude. Numbers in the other order are
// an error in every system but web mercator and the degrees of places where both
// orders are on earth, and the error says that they look swapped.
type System struct {
	kind  kind
	zone  zone   // of transverse Mercator
	local *local // of a local system
}

type kind uint8

const (
	wgs84 kind = iota
	cgcs2000
	webMercator
	gcj02
	bd09
	transverse
	byControl
)

// The systems without a zone. CGCS2000 degrees are taken as WGS84: both follow
// ITRF, and what lies between them (the drift of the plates since the year 2000,
// some decimetres) is below the accuracy of a city map. PROJ does the same.
var (
	WGS84       = System{}                  // EPSG:4326
	CGCS2000    = System{kind: cgcs2000}    // EPSG:4490
	WebMercator = System{kind: webMercator} // EPSG:3857
	GCJ02       = System{kind: gcj02}       // AMap, Tencent, WeChat (火星坐标)
	BD09        = System{kind: bd09}        // Baidu, degrees
)

// Zone returns the 3-degree Gauss-Krueger zone of CGCS2000 whose central meridian
// lies nearest to a longitude: 4549 for 119.1 or, numbered, 4528, whose eastings
// carry the zone number 40 in front. Meridians run from 75 to 135 degrees.
func Zone(lon float64, numbered bool) System {
	meridian := min(max(math.Round(lon/3)*3, firstMeridian), lastMeridian)
	z := zone{meridian: meridian, easting: 500_000, scale: 1}
	if numbered {
		z.easting += meridian / 3 * 1e6
	}
	return System{kind: transverse, zone: z}
}

// EPSG returns the code of the system, 0 when it has none.
func (s System) EPSG() int {
	switch s.kind {
	case wgs84:
		return 4326
	case cgcs2000:
		return 4490
	case webMercator:
		return 3857
	case transverse:
		return s.zone.epsg()
	}
	return 0
}

// String returns the text that ParseSystem reads: EPSG:4549, gcj02, bd09; for a
// zone without a code its WKT. A local system is described, which cannot be read.
func (s System) String() string {
	switch {
	case s.EPSG() != 0:
		return fmt.Sprintf("EPSG:%d", s.EPSG())
	case s.kind == gcj02:
		return "gcj02"
	case s.kind == bd09:
		return "bd09"
	case s.kind == byControl:
		return s.local.String()
	}
	return s.WKT()
}

// Title says for people what the system is.
func (s System) Title() string {
	switch s.kind {
	case wgs84:
		return "WGS84, degrees"
	case cgcs2000:
		return "CGCS2000, degrees"
	case webMercator:
		return "web mercator, metres"
	case gcj02:
		return "GCJ-02, the shifted degrees of AMap and Tencent"
	case bd09:
		return "BD-09, the shifted degrees of Baidu"
	case byControl:
		return s.local.String()
	}
	return s.zone.title()
}

// Geographic reports whether coordinates are degrees; otherwise they are metres.
func (s System) Geographic() bool {
	return s.kind != transverse && s.kind != webMercator && s.kind != byControl
}

// ToWGS84 returns the longitude and latitude of a place in the system. Numbers
// that are no place in it (not finite, out of the world, more than 3 degrees from
// the central meridian of a zone, another zone number) are an error that says what
// they look like.
func (s System) ToWGS84(x, y float64) (lon, lat float64, err error) {
	lon, lat, ok := s.toDegrees(x, y)
	if !ok {
		return 0, 0, s.misfit(x, y)
	}
	return lon, lat, nil
}

func (s System) toDegrees(x, y float64) (lon, lat float64, ok bool) {
	switch {
	case !isFinite(x) || !isFinite(y):
		return 0, 0, false
	case s.kind == transverse:
		return s.zone.toDegrees(x, y)
	case s.kind == byControl:
		return s.local.toDegrees(x, y)
	case s.kind == webMercator:
		return x / mercatorRadius * 180 / math.Pi, mercatorLat(y / mercatorRadius), math.Abs(x) <= mercatorEnd && math.Abs(y) <= mercatorEnd
	case !inWorld(x, y):
		return 0, 0, false
	case s.kind == gcj02:
		lon, lat = fromGCJ(x, y)
		return lon, lat, true
	case s.kind == bd09:
		lon, lat = fromBD(x, y)
		return lon, lat, true
	}
	return x, y, true
}

// FromWGS84 returns the coordinates in the system of a longitude and latitude.
// Places that the system does not reach are an error.
func (s System) FromWGS84(lon, lat float64) (x, y float64, err error) {
	if !inWorld(lon, lat) { // NaN too
		return 0, 0, WGS84.misfit(lon, lat)
	}
	ok := true
	switch s.kind {
	case transverse:
		x, y, ok = s.zone.fromDegrees(lon, lat)
	case byControl:
		x, y, ok = s.local.fromDegrees(lon, lat)
	case webMercator:
		x, y = lon*math.Pi/180*mercatorRadius, mercatorY(lat)*mercatorRadius
		ok = math.Abs(lat) <= MaxLat
	case gcj02:
		x, y = toGCJ(lon, lat)
	case bd09:
		x, y = toBD(lon, lat)
	default:
		x, y = lon, lat
	}
	if !ok {
		return 0, 0, s.outOfReach(lon, lat)
	}
	return x, y, nil
}

func isFinite(v float64) bool { return v-v == 0 }

func inWorld(lon, lat float64) bool {
	return lon >= -180 && lon <= 180 && lat >= -90 && lat <= 90
}
