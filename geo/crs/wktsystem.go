package crs

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"unicode"
)

// SystemOfWKT reads the text of a .prj file: WKT1 of ESRI or OGC, and WKT2. What
// counts are the figures (ellipsoid, projection, meridian, false easting, units),
// not the name of the whole: a zone with the name of another is what its figures
// say. Xian 1980, Beijing 1954 and other datums are refused with a hint, as are
// figures that contradict the datum's name. A datum that is called
// unknown is taken to be what the ellipsoid says.
func SystemOfWKT(text string) (System, error) {
	root, err := parseWKT(text)
	if err != nil {
		return System{}, err
	}
	root = root.onTheGround()
	system, err := root.system()
	if err != nil {
		return System{}, fmt.Errorf("coordinate system %q: %w", shorten(root.title()), err)
	}
	return system, nil
}

// onTheGround takes the system of positions out of one that has heights beside
// it, or a shift to another.
func (n *wkt) onTheGround() *wkt {
	inner := n
	switch n.word {
	case "COMPD_CS", "COMPOUNDCRS":
		inner = n.child(append(geographicWords, projectedWords...)...)
	case "BOUNDCRS":
		if inner = n.child("SOURCECRS"); inner != nil {
			inner = inner.child(append(geographicWords, projectedWords...)...)
		}
	}
	if inner == nil {
		return n
	}
	return inner
}

var (
	geographicWords = []string{"GEOGCS", "GEOGCRS", "GEODCRS", "GEOGRAPHICCRS", "GEODETICCRS"}
	projectedWords  = []string{"PROJCS", "PROJCRS", "PROJECTEDCRS"}
)

func (n *wkt) system() (System, error) {
	switch {
	case slices.Contains(geographicWords, n.word):
		return n.geographic()
	case slices.Contains(projectedWords, n.word):
		return n.projected()
	}
	return System{}, fmt.Errorf("%s is no system of positions on the ground", n.word)
}

// geographic judges the degrees of a node and what they rest on.
func (n *wkt) geographic() (System, error) {
	datum := n.child("DATUM", "GEODETICDATUM", "ENSEMBLE", "TRF")
	ellipsoid := datum.child("SPHEROID", "ELLIPSOID")
	if ellipsoid == nil {
		return System{}, fmt.Errorf("no ellipsoid is named")
	}
	names := plainName(n.title() + " " + datum.title() + " " + ellipsoid.title())
	says := func(words ...string) bool {
		for _, word := range words {
			if strings.Contains(names, word) {
				return true
			}
		}
		return false
	}
	a, inverse := ellipsoid.number(0), ellipsoid.number(1)
	switch {
	case says("xian1980", "xian80", "西安"), isClose(a, 6378140) && isClose(inverse, 298.257):
		return System{}, fmt.Errorf("this is Xian 1980: %s", useControls)
	case says("beijing1954", "beijing54", "北京54", "北京1954", "krasov"), isClose(a, 6378245):
		return System{}, fmt.Errorf("this is Beijing 1954: %s", useControls)
	case says("gcj", "火星", "bd09", "baidu", "百度"):
		return System{}, fmt.Errorf("the name speaks of shifted degrees, which no description can hold; say gcj02 or bd09")
	}
	if prime := n.child("PRIMEM", "PRIMEMERIDIAN"); prime != nil && prime.number(0) != 0 {
		return System{}, fmt.Errorf("longitudes count from %q, not from Greenwich", shorten(prime.title()))
	}
	if shift := datum.child("TOWGS84"); shift != nil {
		for _, v := range shift.nums {
			if v != 0 {
				return System{}, fmt.Errorf("its datum is shifted from WGS84; convert the data first")
			}
		}
	}
	if unit := n.unit("ANGLEUNIT"); unit != nil && !isClose(unit.number(0), math.Pi/180) {
		return System{}, fmt.Errorf("unit %q is not the degree", shorten(unit.title()))
	}
	unnamed := says("unknown", "notspecified", "unnamed")
	switch {
	case !isClose(a, chinaSemiMajor):
	case isClose(inverse, chinaFlatInv) && (unnamed || says("china2000", "cgcs2000", "chinageodeticcoordinatesystem2000", "2000国家大地")):
		return CGCS2000, nil
	case isClose(inverse, 1/flattening) && (unnamed || says("wgs84", "wgs1984", "worldgeodeticsystem1984")):
		return WGS84, nil
	}
	return System{}, fmt.Errorf("datum %q on ellipsoid %q (%v, %v) is neither CGCS2000 nor WGS84; convert the data, or give control points", shorten(datum.title()), shorten(ellipsoid.title()), a, inverse)
}

// unit returns the unit of a system, which WKT2 may name at each axis; nil when
// none is named, then it is the degree or the metre.
func (n *wkt) unit(word string) *wkt {
	if unit := n.child("UNIT", word); unit != nil {
		return unit
	}
	return n.child("AXIS").child("UNIT", word)
}

// projected judges a plane system.
func (n *wkt) projected() (System, error) {
	base := n.child(append([]string{"BASEGEOGCRS", "BASEGEODCRS"}, geographicWords...)...)
	if base == nil {
		return System{}, fmt.Errorf("no geographic system is named")
	}
	if _, err := base.geographic(); err != nil {
		return System{}, err
	}
	if unit := n.unit("LENGTHUNIT"); unit != nil && unit.number(0) != 1 {
		return System{}, fmt.Errorf("unit %q is not the metre", shorten(unit.title()))
	}
	holder := n
	if conversion := n.child("CONVERSION"); conversion != nil {
		holder = conversion
	}
	method := holder.child("PROJECTION", "METHOD").title()
	switch plainName(method) {
	case "gausskruger", "gausskrueger", "transversemercator":
		return holder.transverse()
	case "mercatorauxiliarysphere", "popularvisualisationpseudomercator":
		return holder.webMercator()
	case "mercator1sp": // OGC WKT1 cannot say that the sphere is meant, but for these two
		code, extension := n.child("AUTHORITY"), n.child("EXTENSION")
		if code != nil && slices.Equal(code.texts, []string{"EPSG", "3857"}) ||
			extension != nil && strings.Contains(strings.Join(extension.texts, " "), "nadgrids=@null") {
			return holder.webMercator()
		}
	}
	return System{}, fmt.Errorf("projection %q is not known here; convert the data to EPSG:4490", shorten(method))
}

func (n *wkt) transverse() (System, error) {
	var z zone
	err := n.parameters(map[string]*float64{
		"centralmeridian": &z.meridian, "longitudeofnaturalorigin": &z.meridian, "longitudeoforigin": &z.meridian,
		"falseeasting": &z.easting, "falsenorthing": &z.northing,
		"scalefactor": &z.scale, "scalefactoratnaturalorigin": &z.scale,
	})
	if z.scale == 0 {
		z.scale = 1
	}
	switch {
	case err != nil:
		return System{}, err
	case z.meridian < -180 || z.meridian > 180 || z.scale < 0.99 || z.scale > 1.01 || math.Abs(z.easting) > 1e8 || math.Abs(z.northing) > 1e7:
		return System{}, fmt.Errorf("meridian %v, scale %v, false easting %v or false northing %v is out of range", z.meridian, z.scale, z.easting, z.northing)
	}
	return System{kind: transverse, zone: z}, nil
}

func (n *wkt) webMercator() (System, error) {
	var scale float64
	if err := n.parameters(map[string]*float64{"scalefactor": &scale}); err != nil {
		return System{}, err
	}
	if scale != 0 && scale != 1 {
		return System{}, fmt.Errorf("web mercator of scale %v", scale)
	}
	return WebMercator, nil
}

// parameters reads the parameters of a projection into variables; those without
// a variable must be zero, as the latitude of the origin.
func (n *wkt) parameters(into map[string]*float64) error {
	for _, p := range n.nodes {
		if p.word != "PARAMETER" {
			continue
		}
		name, value := p.title(), p.number(0)
		if unit := p.child("ANGLEUNIT"); unit != nil && !isClose(unit.number(0), math.Pi/180) {
			return fmt.Errorf("parameter %q is not in degrees", shorten(name))
		}
		if unit := p.child("LENGTHUNIT"); unit != nil && unit.number(0) != 1 {
			return fmt.Errorf("parameter %q is not in metres", shorten(name))
		}
		if variable := into[plainName(name)]; variable != nil && isFinite(value) {
			*variable = value
		} else if value != 0 { // NaN too
			return fmt.Errorf("parameter %q = %v is not known here", shorten(name), value)
		}
	}
	return nil
}

// plainName leaves lower case letters and digits of a name.
func plainName(name string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, name)
}

// isClose compares figures that were written with 9 digits or more.
func isClose(a, b float64) bool { return math.Abs(a-b) <= 1e-9*math.Abs(b) }
