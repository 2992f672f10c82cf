// Package geopackage is what the store (data/gpkg) and plain GeoPackage files
// (data/files) have in common: the tables that the standard asks for (OGC
// 12-128r17), the geometry blob, layers as feature tables with titles and closed
// lists, the packed RTree, and one connection of SQLite with the driver's own
// calls. What a store needs besides (versions, history, audit) is not here.
package geopackage
