// Package source keeps lists that come again: a department's list of booths each
// quarter, a vendor's points each month. It remembers how a source maps to a
// layer and what each of its rows said last time, works out what the next
// delivery changes, and never writes over a field that somebody edited by hand
// since.
//
// Three values decide about each field of a row: what the source said last time
// (given), what was then stored for it (held, which differs where a border was
// mended or an edit was kept), and what stands now. What the source did not
// change stays as it stands; what it changed is taken, unless somebody edited it
// meanwhile: then the edit is kept and listed.
//
// Reading files is data/files' affair; what is stored here are records of the
// store (geo.RecordTable), written in the change set that writes the features.
package source
