// Package geo holds the nouns of gridatlas: one typed struct a layer, the
// catalog read from those structs once, geometry on an integer lattice, change
// sets and revisions, and the kinds of errors. It reads no file, opens no
// network connection and speaks no SQL; conversions between coordinate systems
// are in geo/crs, the map that readers use is in geo/snapshot.
package geo
