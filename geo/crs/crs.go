// Package crs knows the coordinate systems: the lattice on which everything is
// kept, degrees, web mercator for tiles, local metres for lengths and areas, and
// the systems in which people bring data (System): zones of CGCS2000, GCJ-02,
// BD-09, a city's own by control points. It is the only place that names an EPSG
// number. It leaves geometry checks to geo/valid, and which system a file without
// a word about it is in to geo/datum.
package crs

import (
	"fmt"
	"math"

	"gridatlas/geo"
)

// SRID is the EPSG code of what both stores keep: WGS84 longitude, latitude.
const SRID = 4326

// PerDegree is the number of lattice steps in a degree.
const PerDegree = 1e7

// Axes of the WGS84 ellipsoid in metres (EPSG:7030).
const (
	semiMajor    = 6378137.0
	flattening   = 1 / 298.257223563
	eccentricity = flattening * (2 - flattening) // first eccentricity squared
)

// ToLattice rounds degrees to the nearest lattice point. Coordinates that are
// not finite or outside the world are an error.
func ToLattice(lon, lat float64) (geo.Point, error) {
	if !(lon >= -180 && lon <= 180 && lat >= -90 && lat <= 90) {
		return geo.Point{}, fmt.Errorf("position %v, %v lies outside the world", lon, lat)
	}
	return geo.Point{X: int32(math.Round(lon * PerDegree)), Y: int32(math.Round(lat * PerDegree))}, nil
}

// At is ToLattice for positions known to lie in the world; others are cut to it.
func At(lon, lat float64) geo.Point {
	p, err := ToLattice(min(max(lon, -180), 180), min(max(lat, -90), 90))
	if err != nil { // NaN
		return geo.Point{}
	}
	return p
}

// ToDegrees returns longitude and latitude; ToLattice gives p back exactly.
func ToDegrees(p geo.Point) (lon, lat float64) {
	return float64(p.X) / PerDegree, float64(p.Y) / PerDegree
}

// Local measures in metres around one latitude: x east, y north, from an origin
// on the lattice. South of 55 degrees north, places within 10 km of the origin
// have their distance from it right to 1 in 2,000, and from each other to 1 in
// 400; use Distance and Length for what is stored or shown.
type Local struct {
	origin     geo.Point
	perX, perY float64 // metres a lattice step
}

// NewLocal returns the local metres around p.
func NewLocal(p geo.Point) Local {
	_, lat := ToDegrees(p)
	perX, perY := metresPerStep(lat)
	return Local{origin: p, perX: perX, perY: perY}
}

// metresPerStep returns the length of a lattice step east and north at a
// latitude on the ellipsoid, by the radii of curvature.
func metresPerStep(lat float64) (x, y float64) {
	sin, cos := math.Sincos(lat * math.Pi / 180)
	w := 1 - eccentricity*sin*sin
	step := math.Pi / 180 / PerDegree
	return step * cos * semiMajor / math.Sqrt(w), step * semiMajor * (1 - eccentricity) / (w * math.Sqrt(w))
}

// XY returns metres east and north of the origin.
func (l Local) XY(p geo.Point) (x, y float64) {
	return float64(int64(p.X)-int64(l.origin.X)) * l.perX, float64(int64(p.Y)-int64(l.origin.Y)) * l.perY
}

// Point returns the lattice point nearest to metres east and north.
func (l Local) Point(x, y float64) geo.Point {
	return geo.Point{
		X: l.origin.X + int32(math.Round(x/l.perX)),
		Y: l.origin.Y + int32(math.Round(y/l.perY)),
	}
}

// Steps returns how many lattice steps a length takes east and north, rounded up.
func (l Local) Steps(metres float64) (dx, dy int32) {
	return int32(math.Ceil(metres / l.perX)), int32(math.Ceil(metres / l.perY))
}

// Distance returns the metres between two points, on the ellipsoid at their
// middle latitude: right to 1 in 10^6 for distances up to 10 km.
func Distance(a, b geo.Point) float64 {
	_, lat := ToDegrees(geo.Point{Y: int32((int64(a.Y) + int64(b.Y)) / 2)})
	perX, perY := metresPerStep(lat)
	return math.Hypot(float64(int64(b.X)-int64(a.X))*perX, float64(int64(b.Y)-int64(a.Y))*perY)
}

// Length returns the metres along a line.
func Length(line []geo.Point) float64 {
	total := 0.0
	for i := 1; i < len(line); i++ {
		total += Distance(line[i-1], line[i])
	}
	return total
}

// Area returns the square metres of a polygon shape, holes taken out; zero for
// other kinds. Edges are straight in longitude and latitude. Right to 1 in
// 50,000 for shapes up to 50 km across: what a square lattice step measures is
// taken at the latitude of the centroid, so only the second order is left out.
func Area(s geo.Shape) float64 {
	if s.Kind() != geo.Polygons {
		return 0
	}
	box := s.Box()
	middle := box.Centre().Y
	var area2 int64
	var moment float64            // six times the first moment about the middle
	for part := range s.Parts() { // holes run clockwise: negative
		ring := part.Points
		for i := 1; i+1 < len(ring); i++ {
			triangle := geo.Cross(ring[0], ring[i], ring[i+1])
			area2 += triangle
			height := int64(ring[0].Y) + int64(ring[i].Y) + int64(ring[i+1].Y) - 3*int64(middle)
			moment += float64(triangle) * float64(height)
		}
	}
	if area2 == 0 {
		return 0
	}
	centroid := float64(middle) + moment/(3*float64(area2))
	// A polygon that crosses itself may have it anywhere.
	centroid = min(max(centroid, float64(box.S)), float64(box.N))
	perX, perY := metresPerStep(centroid / PerDegree)
	return float64(area2) / 2 * perX * perY
}
