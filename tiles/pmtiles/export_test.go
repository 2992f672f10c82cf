package pmtiles

import "testing"

// TileAt gives tests the inverse of position.
var TileAt = tileAt

// Directories makes the directories of entries given as numbers.
func Directories(t testing.TB, of []struct{ ID, Offset, Length, Run uint64 }, size int) (root, leaves []byte) {
	t.Helper()
	entries := make([]entry, len(of))
	for i, e := range of {
		entries[i] = entry{e.ID, e.Offset, uint32(e.Length), uint32(e.Run)}
	}
	root, leaves, err := directories(entries, size)
	if err != nil {
		t.Fatal(err)
	}
	return root, leaves
}
