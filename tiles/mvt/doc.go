// Package mvt writes and reads vector tiles: the bytes of the Mapbox Vector Tile
// specification 2.1, and the integer geometry in them. It knows nothing of layers
// of a city, nor of degrees.
//
// Corners come as web mercator with the world as 2^32 units. The origin of a tile
// is a whole number of its own units away from that of the world, so where a
// corner lies after rounding follows from the corner and the zoom alone, and is
// the same in every tile. Frame cuts and rounds shapes and makes their geometry;
// Writer puts features, keys and values together; Mender tells which polygons
// rounding makes cross or touch themselves, and Frame parts those; Decode is a
// strict reader, for checks.
//
// Polygons are clipped one side at a time: where the rings cross a side, the
// places in between are joined two by two along it, so a concave ring comes out
// as several rings of its own and not as one with doubled edges along the border,
// as with Sutherland and Hodgman, "Reentrant polygon clipping" (1974). Polygons that
// rounding spoilt are noded by geo/planar and traced anew around the ground that
// their rings wind around.
package mvt
