// Package tiles cuts a snapshot into vector tiles: which layers make a set, what
// of them appears at which zoom, and the bytes of one tile in the Mapbox Vector
// Tile format 2.1, web mercator. It reads snapshots only, so a tile is of one
// revision; it knows nothing of HTTP and holds nothing that the public may not
// see.
//
// A layer is drawn once for all tiles: projected, put along a Hilbert curve in
// leaves that never change, its attributes encoded. A tile is cut out of that by
// package tiles/mvt. After an edit only the leaves that it touches are made anew.
// Borders of places, grids and blocks are simplified once for all areas that share
// them (tiles/arc); other corners are rounded to tile units, the same in every tile,
// and rings that cross or touch themselves after that are mended.
package tiles
