package crs

import (
	"fmt"
	"math"
	"strings"
)

// misfit is the error for numbers that are no place in the system. It names what
// they look like.
func (s System) misfit(x, y float64) error {
	text := fmt.Sprintf("%s, %s is no place in %s", number(x), number(y), s.name())
	if hint := s.hint(x, y); hint != "" {
		text += ": " + hint
	}
	return fmt.Errorf("%s", text)
}

// outOfReach is the error for a place on earth that the system does not reach.
func (s System) outOfReach(lon, lat float64) error {
	text := fmt.Sprintf("%s, %s", number(lon), number(lat))
	switch s.kind {
	case transverse:
		text += fmt.Sprintf(" lies %.1f degrees from the central meridian %v E of %s", math.Abs(lon-s.zone.meridian), s.zone.meridian, s.name())
		if nearest := Zone(lon, s.zone.number() != 0); inChina(lon, lat) && nearest != s {
			text += fmt.Sprintf("; the zone there is %v", nearest)
		}
	case byControl:
		text += fmt.Sprintf(" lies %.0f km from the control points of the %s", s.local.distance(lon, lat)/1000, s.name())
	default:
		text += " is not reached by " + s.name()
	}
	return fmt.Errorf("%s", text)
}

// name is the code or name without the text of a WKT.
func (s System) name() string {
	if s.kind == transverse && s.EPSG() == 0 {
		return s.Title()
	}
	return s.String()
}

// hint says what numbers look like that are no place in the system; empty when
// they look like nothing.
func (s System) hint(x, y float64) string {
	const swapped = "x and y look swapped (x is the longitude or easting)"
	if !isFinite(x) || !isFinite(y) {
		return "not finite"
	}
	if lon, lat, ok := s.toDegrees(y, x); ok && (inChina(lon, lat) || s.kind == byControl) {
		return swapped
	}
	if text := s.looks(x, y); text != "" {
		return text
	}
	if text := s.looks(y, x); text != "" {
		return swapped + ", and " + text
	}
	switch s.kind {
	case transverse:
		return fmt.Sprintf("too far from the central meridian %v E or from the equator", s.zone.meridian)
	case byControl:
		return fmt.Sprintf("more than %.0f km from its control points", s.local.reach/1000)
	}
	return "outside the world"
}

// looks names the systems in which numbers would be a place in China, of those
// that can be told by their size; empty when there is none.
func (s System) looks(x, y float64) string {
	if inChina(x, y) && !s.Geographic() {
		return fmt.Sprintf("these look like degrees: %v, %v or %v?", WGS84, GCJ02, BD09)
	}
	zoneNumber := math.Floor(x / 1e6)
	easting := x - zoneNumber*1e6
	// Within 3 degrees of a meridian; 14.5 to 53.7 degrees north.
	if easting >= 160_000 && easting <= 840_000 && y >= 1_600_000 && y <= 5_950_000 {
		switch {
		case zoneNumber >= firstMeridian/3 && zoneNumber <= lastMeridian/3:
			return fmt.Sprintf("easting %s has a zone number: %v?", number(x), Zone(zoneNumber*3, true))
		case zoneNumber == 0 && s.kind == transverse && s.zone.number() != 0:
			return fmt.Sprintf("easting %s has no zone number: %v?", number(x), Zone(s.zone.meridian, false))
		case zoneNumber == 0 && s.kind != transverse:
			return fmt.Sprintf("easting %s and northing %s of a Gauss-Krueger zone, EPSG:4534 to 4554?", number(x), number(y))
		}
	}
	if s.kind != webMercator {
		if lon, lat, ok := WebMercator.toDegrees(x, y); ok && inChina(lon, lat) && x > 1e6 {
			return fmt.Sprintf("these look like metres of web mercator: %v?", WebMercator)
		}
	}
	return ""
}

// inChina is a plain box around the country.
func inChina(lon, lat float64) bool { return lon >= 73 && lon <= 136 && lat >= 3 && lat <= 54 }

// number writes coordinates as people do, without exponents or endless decimals.
func number(v float64) string {
	if math.Abs(v) >= 1e12 || !isFinite(v) {
		return fmt.Sprint(v)
	}
	text := strings.TrimRight(fmt.Sprintf("%.7f", v), "0")
	return strings.TrimSuffix(text, ".")
}
