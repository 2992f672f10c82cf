// Package numbering gives booths that have no number yet the next one of the county
// they lie in. It works on a snapshot and writes nothing; which numbers were given
// before, also to booths that are gone, its caller says.
package numbering
