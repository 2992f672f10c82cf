package mvt

import "math"

// fullZoom is the zoom at which a tile unit is a world unit.
const fullZoom = 20

// grid rounds world coordinates to the units of a zoom.
type grid struct {
	half     int64
	up, down uint8
}

func gridOf(zoom uint8) grid {
	if zoom >= fullZoom {
		return grid{up: zoom - fullZoom}
	}
	down := fullZoom - zoom
	return grid{half: 1 << (down - 1), down: down}
}

// round returns a world coordinate in units of the zoom, halves up.
func (g grid) round(c uint32) int64 { return (int64(c)<<(g.up&63) + g.half) >> (g.down & 63) }

// world returns the world coordinate of a unit; of the far edge of the world, the
// last one before it, which rounds there again.
func (g grid) world(unit int64) uint32 { return clamp(unit << (g.down & 63) >> (g.up & 63)) }

func clamp(c int64) uint32 { return uint32(min(max(c, 0), math.MaxUint32)) }

// Round returns the place that a corner comes to at a zoom, in every tile of it.
func Round(p Point, zoom uint8) Point {
	g := gridOf(zoom)
	return Point{g.world(g.round(p.X)), g.world(g.round(p.Y))}
}

// tileGrid rounds world coordinates to units of a tile, from its upper left corner.
type tileGrid struct {
	grid
	left, top int64 // of the tile, in units from the corner of the world
}

// at returns a corner rounded to the nearest unit.
func (g *tileGrid) at(p Point) vertex { return vertex{g.round(p.X) - g.left, g.round(p.Y) - g.top} }

// floor returns the corner of the unit square that a place lies in.
func (g *tileGrid) floor(p Point) vertex {
	return vertex{int64(p.X)<<g.up>>g.down - g.left, int64(p.Y)<<g.up>>g.down - g.top}
}
