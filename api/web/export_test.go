package web

import (
	"embed"
	"reflect"

	"gridatlas/geo/snapshot"
)

// Embedded is the bundle in the program.
func Embedded() embed.FS { return embedded }

// PagesMade is how many pages of places were rendered to be kept.
func (h *Handler) PagesMade() int {
	h.kept.mu.Lock()
	defer h.kept.mu.Unlock()
	return h.kept.made
}

// PagesKept is how many are held, and the bytes that they say they take and take.
func (h *Handler) PagesKept() (pages, said, taken int) {
	h.kept.mu.Lock()
	defer h.kept.mu.Unlock()
	for _, page := range h.kept.pages {
		taken += page.size()
	}
	return len(h.kept.pages), h.kept.bytes, taken
}

// FactsFollow returns the facts of the last of some snapshots as they are when each was
// looked at in turn, and as they are when it is looked at alone.
func FactsFollow(all []*snapshot.Snapshot) (followed, alone any, alike bool) {
	var last *cachedFacts
	for _, s := range all {
		last = gatherSince(s, last)
	}
	fresh := gatherSince(all[len(all)-1], nil)
	return last.facts, fresh.facts, reflect.DeepEqual(last, fresh)
}

// Sells are the kinds of facilities that do business.
var Sells = sells
