// Package pmtiles writes all tiles of a set into one archive in the format
// PMTiles, version 3 (github.com/protomaps/PMTiles, spec/v3/spec.md): a file that
// any web server which answers range requests can hand out, without a program
// behind it.
//
// Writer knows the form of an archive: numbers of tiles along Hilbert curves,
// directories, equal tiles kept once. Build fills one from a snapshot on all
// cores, and asks only for tiles on whose ground something lies.
//
// An archive is written in one pass. What a reader fetches first, the header and
// the root directory, lies in the first 16 KiB, which are filled in last; tiles
// follow, then the description and the leaf directories. The specification lets
// sections stand in any order, and a copy of all tiles is spared.
//
// There is no reader: the program itself serves tiles from the map in memory.
package pmtiles
