package crs

import (
	"math"

	"gridatlas/geo"
)

// MaxLat is the latitude at which web mercator (EPSG:3857) ends.
const MaxLat = 85.0511287798066

// Web mercator in metres uses a sphere; its square ends at mercatorEnd.
const (
	mercatorRadius = 6378137.0
	mercatorEnd    = math.Pi * mercatorRadius
)

// mercatorY returns the height over the equator in radii of the sphere.
func mercatorY(lat float64) float64 { return math.Log(math.Tan(math.Pi/4 + lat*math.Pi/360)) }

// mercatorLat is the inverse of mercatorY.
func mercatorLat(y float64) float64 { return math.Atan(math.Sinh(y)) * 180 / math.Pi }

// Mercator returns the place in web mercator with the world as the unit square:
// x from west to east, y from north to south. Latitudes beyond MaxLat are cut.
func Mercator(p geo.Point) (x, y float64) {
	lon, lat := ToDegrees(p)
	lat = min(max(lat, -MaxLat), MaxLat)
	return lon/360 + 0.5, 0.5 - mercatorY(lat)/(2*math.Pi)
}

// World returns the place in web mercator with the world 2^32 units wide, the grid
// on which tiles of all zooms are rounded: x from west to east, y from north to
// south, the eastern and southern ends cut to the last unit. A unit is at most
// 9.4 mm; east to west it is finer than the lattice, so that no two meridians of
// the lattice fall together.
func World(p geo.Point) (x, y uint32) {
	const last = 1<<32 - 1
	// The world is 36e8 lattice steps wide, so the product fits 64 bits.
	x = uint32(min((uint64(int64(p.X)+180*PerDegree)<<32+180*PerDegree)/(360*PerDegree), last))
	_, unit := Mercator(p)
	return x, uint32(min(math.Floor(unit*(1<<32)+0.5), last))
}

// FromMercator is the inverse of Mercator, rounded to the lattice.
func FromMercator(x, y float64) geo.Point {
	return At((x-0.5)*360, mercatorLat((0.5-y)*2*math.Pi))
}

// TileBox returns the lattice box of a web mercator tile: column x, row y from
// the top.
func TileBox(z, x, y uint32) geo.Box {
	n := math.Exp2(float64(z))
	nw := FromMercator(float64(x)/n, float64(y)/n)
	se := FromMercator(float64(x+1)/n, float64(y+1)/n)
	return geo.Box{W: nw.X, N: nw.Y, E: se.X, S: se.Y}
}
