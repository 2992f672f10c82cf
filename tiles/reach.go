package tiles

import "gridatlas/geo/snapshot"

// Reaches reports whether a feature of the set lies in a tile or so near that it
// is drawn there, at whatever zoom it appears and whether it is in effect or not.
// Where none does, nothing appears in the tile, nor in a deeper one on its ground.
func (s *Set) Reaches(snap *snapshot.Snapshot, a Address) bool {
	for i := range s.rules {
		for range snap.Layer(s.rules[i].layer).Search(a.Box(s.rules[i].buffer)) {
			return true
		}
	}
	return false
}
