// Package tiles cuts a snapshot into vector tiles: which layers make a set, what
// of them appears at which zoom, and the bytes of one tile in the Mapbox Vector
// Tile format 2.1, web mercator. It reads snapshots only, so a tile is of one
// revision; it knows nothing of HTTP and holds nothing that the public may not
// see.
//
// Encoding goes through orb's encoding/mvt. Clipping is Sutherland-Hodgman a
// ring, so a concave ring may keep edges along the border of the clip box; they
// lie in the buffer, outside what is drawn. Corners are rounded to tile units
// and nothing else is simplified: neighbours that share a border share it in
// every tile.
package tiles
