// Package files reads and writes the formats that people bring data in and take
// it away with: GeoJSON so far (RFC 7946, also one feature a line). Readers
// stream, so a file may be larger than memory, and check everything: a feature
// that does not fit its layer is refused with its number, its line, the field
// and the reason, and the reader goes on to find all the others. Whether
// anything is imported when some are refused is the caller's decision.
package files
