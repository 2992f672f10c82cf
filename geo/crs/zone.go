package crs

import (
	"fmt"
	"math"
)

// zone is a transverse Mercator projection of CGCS2000, in metres.
type zone struct {
	meridian float64 // degrees east
	easting  float64 // x of the meridian
	northing float64 // y of the equator
	scale    float64 // on the meridian
}

// The 3-degree zones of CGCS2000: number n has the central meridian 3n. EPSG
// counts them up from the west twice, with the number in the easting and without.
const (
	firstMeridian, lastMeridian = 75.0, 135.0
	firstNumbered, firstPlain   = 4513, 4534
)

func (z zone) epsg() int {
	index := (z.meridian - firstMeridian) / 3
	if z.scale != 1 || z.northing != 0 || index != math.Trunc(index) || z.meridian < firstMeridian || z.meridian > lastMeridian {
		return 0
	}
	switch z.easting {
	case 500_000:
		return firstPlain + int(index)
	case 500_000 + z.meridian/3*1e6:
		return firstNumbered + int(index)
	}
	return 0
}

// zoneOfEPSG is the inverse of epsg.
func zoneOfEPSG(code int) (System, bool) {
	const last = int((lastMeridian - firstMeridian) / 3)
	if i := code - firstNumbered; i >= 0 && i <= last {
		return Zone(firstMeridian+3*float64(i), true), true
	}
	if i := code - firstPlain; i >= 0 && i <= last {
		return Zone(firstMeridian+3*float64(i), false), true
	}
	return System{}, false
}

// number returns the zone number that eastings of a coded zone carry, or 0.
func (z zone) number() int {
	if z.epsg() == 0 || z.easting < 1e6 {
		return 0
	}
	return int(z.easting / 1e6)
}

func (z zone) title() string {
	what := "transverse Mercator"
	if z.epsg() != 0 {
		what = "3-degree Gauss-Krueger"
	}
	text := fmt.Sprintf("CGCS2000 %s, central meridian %v E", what, z.meridian)
	switch {
	case z.number() != 0:
		text += fmt.Sprintf(", zone number %d in the easting", z.number())
	case z.epsg() == 0:
		text += fmt.Sprintf(", false easting %v, false northing %v, scale %v", z.easting, z.northing, z.scale)
	}
	return text
}

// reach is how many degrees from its meridian a zone is taken: twice the half
// width of a 3-degree zone, which leaves room for a city across a border of zones
// and refuses what lies in the zone after the next; zones of a survey's own choice
// may be 6 degrees wide, and have a third more.
func (z zone) reach() float64 {
	if z.epsg() != 0 {
		return 3
	}
	return 4
}

// The north end of what a zone is used for. China ends at 53.6 degrees.
const zoneNorth = 60.0

func (z zone) fromDegrees(lon, lat float64) (x, y float64, ok bool) {
	dLon := lon - z.meridian
	if math.Abs(dLon) > z.reach() || lat < 0 || lat > zoneNorth {
		return 0, 0, false
	}
	east, north := project(dLon, lat)
	return z.easting + east*z.scale, z.northing + north*z.scale, true
}

func (z zone) toDegrees(x, y float64) (lon, lat float64, ok bool) {
	east, north := (x-z.easting)/z.scale, (y-z.northing)/z.scale
	// 4 degrees are 446 km on the equator; 60 degrees north are 6,654 km from it.
	if math.Abs(east) > 450_000 || north < -1 || north > 6_700_000 {
		return 0, 0, false
	}
	dLon, lat := unproject(east, north)
	// A place on the border may come back from metres by a rounding error outside.
	const rounding = 1e-9
	ok = math.Abs(dLon) <= z.reach()+rounding && lat >= -rounding && lat <= zoneNorth+rounding
	return z.meridian + dLon, lat, ok
}
