// Package files reads and writes the formats that people bring data in and take
// it away with.
//
// Open turns a file of any format into tables of rows, as they stand in it;
// Features turns the rows of a table into features of a layer by a mapping of
// columns to fields and by the coordinate system of their positions. Readers
// stream, so a file may be larger than memory, and check everything: a row that
// does not fit its layer is refused with its number, its line, the field and the
// reason, and the reader goes on to find all the others. A row that fits but does
// not say where it lies is told apart from both. Whether anything is imported when
// some are refused is the caller's decision.
//
// Create begins a file that features are written into one after the other,
// without being held: it stands aside until it is whole. What a format cannot
// hold is refused or told. Open and Features read every such file again.
package files
