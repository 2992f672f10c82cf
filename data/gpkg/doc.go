// Package gpkg keeps one city in one GeoPackage file: the embedded default
// store. ogrinfo and QGIS read the file as it is; writing goes through Apply
// alone, and triggers say so to anybody else.
//
// The format is GeoPackage 1.3 (OGC 12-128r17) with its RTree and Schema
// extensions, the RTree's triggers as corrected in 1.4; the journal is SQLite's
// WAL with synchronous FULL, so a commit that was answered survives a crash. Every
// layer of the catalog is a table of typed columns; what GeoPackage has no place
// for (head, log, history, counters, records) lies in tables with the prefix
// gridatlas_, which are no contents of the package.
//
// What is deleted or written over is made zeros in the file (secure_delete), so that a
// record can be forgotten; the journal beside the file may hold it until the file is
// closed or the journal begins anew.
//
// Two kinds of change to the tables are told apart. The tables of gridatlas and
// of GeoPackage are migrated by numbered SQL files (goose). The layer tables
// follow the catalog: a step after the migrations makes the tables and columns
// that are missing, so that a field is named in one place. Both happen in one
// transaction, so a start that is killed leaves the file as it was.
//
// A disk that is full or fails makes calls end with data.ErrFull or
// data.ErrUnavailable; what they began is undone and the store goes on. Making a
// new store there may leave a file without tables, in which the next start makes
// the store.
//
// Left out: answering map questions (geo/snapshot), geometric rules (geo/valid),
// and reading foreign GeoPackages (data/files).
package gpkg
