package crs

import (
	"math"
	"strconv"
	"strings"

	"gridatlas/geo"
)

// Reference is a System together with the order in which a pair of numbers stands,
// as an address of the OGC names both: EPSG has degrees of latitude first, and
// metres north before metres east in the zones of CGCS2000. The zero Reference is
// none; CRS84 is the usual one.
type Reference struct {
	address    string
	System     System
	NorthFirst bool // latitude or metres north come before the other
}

// CRS84 is WGS84 with longitude first: what GeoJSON is in when nothing is said.
var CRS84 = References[0]

// References are what features can be asked for in. The zone is that of 120 E,
// which eastern Shandong lies in.
var References = [...]Reference{
	{address: "http://www.opengis.net/def/crs/OGC/1.3/CRS84"},
	epsgReference(WGS84),
	epsgReference(CGCS2000),
	epsgReference(Zone(120, false)), // 4549
	epsgReference(WebMercator),
}

// epsgAddress is the beginning of the addresses of systems that EPSG numbers.
const epsgAddress = "http://www.opengis.net/def/crs/EPSG/0/"

func epsgReference(s System) Reference {
	// EPSG has metres east first in web mercator alone.
	return Reference{address: epsgAddress + strconv.Itoa(s.EPSG()), System: s, NorthFirst: s != WebMercator}
}

// ParseReference finds a reference by its address: one of References, or another zone
// of CGCS2000.
func ParseReference(address string) (Reference, bool) {
	if address == CRS84.address {
		return CRS84, true
	}
	code, ok := strings.CutPrefix(address, epsgAddress)
	number, err := strconv.Atoi(code)
	if !ok || err != nil || strconv.Itoa(number) != code {
		return Reference{}, false
	}
	system, err := systemOfEPSG(number)
	if err != nil || system.EPSG() != number {
		return Reference{}, false
	}
	return epsgReference(system), true
}

// Place returns the place of two numbers that stand in the order of the reference,
// rounded to the lattice. The error says that they are no place.
func (r Reference) Place(first, second float64) (geo.Point, error) {
	if r.NorthFirst {
		first, second = second, first
	}
	lon, lat, err := r.System.ToWGS84(first, second)
	if err != nil {
		return geo.Point{}, err
	}
	return ToLattice(lon, lat)
}

// String returns the address.
func (r Reference) String() string { return r.address }

// Reaches reports whether every place of a box has coordinates in the system; the
// empty box has.
func (s System) Reaches(box geo.Box) bool {
	if box.Empty() {
		return true
	}
	// What a system reaches is a rectangle of longitude and latitude.
	for _, p := range [2]geo.Point{{X: box.W, Y: box.S}, {X: box.E, Y: box.N}} {
		if _, _, err := s.FromWGS84(ToDegrees(p)); err != nil {
			return false
		}
	}
	return true
}

// Window is a rectangle, with its borders, in the plane of a Reference of metres.
// What is a rectangle there is none on the lattice, so shapes are laid into the
// plane.
type Window struct {
	system System
	box    geo.Box // in centimetres
}

// perMetre is how many steps of a Window a metre has. A step is no coarser than one
// of the lattice, and 214 km more than half the web mercator world fit an int32.
const perMetre = 100

// NewWindow returns the rectangle between metres west and east, south and north.
// Parts beyond what the plane is used for are cut off.
// The reference is one of References: eastings with a zone number do not fit.
func NewWindow(r Reference, w, s, e, n float64) Window {
	steps := func(v float64) int32 { return int32(math.Round(min(max(v*perMetre, math.MinInt32), math.MaxInt32))) }
	return Window{system: r.System, box: geo.Box{W: steps(w), S: steps(s), E: steps(e), N: steps(n)}}
}

// Around returns a box of the lattice in which everything lies that can meet the
// window; false when the window reaches to where the system has no places.
func (w Window) Around() (geo.Box, bool) {
	middle := w.box.W
	if w.system.kind == transverse {
		// Parallels are curves that are flattest at the meridian, and the northern
		// border reaches farthest north there.
		middle = min(max(int32(w.system.zone.easting*perMetre), w.box.W), w.box.E)
	}
	box := geo.NoBox
	for _, p := range [5]geo.Point{
		{X: w.box.W, Y: w.box.S}, {X: w.box.E, Y: w.box.S}, {X: w.box.E, Y: w.box.N}, {X: w.box.W, Y: w.box.N}, {X: middle, Y: w.box.N},
	} {
		lon, lat, err := w.system.ToWGS84(float64(p.X)/perMetre, float64(p.Y)/perMetre)
		if err != nil {
			return geo.NoBox, false
		}
		box = box.With(At(lon, lat))
	}
	// Places and the window are rounded, each by half a step.
	return box.Grown(2, 2), true
}

// Lay returns a shape of the lattice in steps of the plane, with the rectangle it
// is to be compared with; false when the system does not reach all of it. Edges are
// straight on the lattice; in the plane of a zone one of 1 km bends by up to 1.5 cm in
// the latitude of Weifang.
func (w Window) Lay(shape geo.Shape) (laid geo.Shape, window geo.Box, ok bool) {
	parts := make([]geo.Part, 0, shape.NumParts())
	for part := range shape.Parts() {
		points := make([]geo.Point, len(part.Points))
		for i, p := range part.Points {
			x, y, err := w.system.FromWGS84(ToDegrees(p))
			if err != nil {
				return geo.Shape{}, w.box, false
			}
			points[i] = geo.Point{X: int32(math.Round(x * perMetre)), Y: int32(math.Round(y * perMetre))}
		}
		parts = append(parts, geo.Part{Points: points, Hole: part.Hole})
	}
	return geo.MakeShape(shape.Kind(), parts), w.box, true
}
