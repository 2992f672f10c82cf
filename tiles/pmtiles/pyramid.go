package pmtiles

import (
	"iter"

	"gridatlas/geo/snapshot"
	"gridatlas/tiles"
)

// inside walks over the tiles of one zoom, in the order of an archive, that can
// hold something: on whose ground, and on that of all tiles above, a feature of
// the set lies. It comes down from the one tile of the whole world and leaves out
// what is below empty ground, so it looks at little more than it gives.
func inside(s *snapshot.Snapshot, set *tiles.Set, zoom uint32) iter.Seq[tiles.Address] {
	return func(yield func(tiles.Address) bool) {
		var descend func(z uint32, position uint64) bool
		descend = func(z uint32, position uint64) bool {
			a := tileAt(z, position)
			switch {
			case !set.Reaches(s, a):
				return true
			case z == zoom:
				return yield(a)
			}
			for quarter := range uint64(4) {
				if !descend(z+1, position<<2|quarter) {
					return false
				}
			}
			return true
		}
		descend(0, 0)
	}
}
