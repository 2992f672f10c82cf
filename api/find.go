package api

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strings"

	"gridatlas/api/problem"
	"gridatlas/api/resident"
	"gridatlas/geo"
	"gridatlas/geo/crs"
	"gridatlas/geo/degrees"
)

// Limits of a search.
const (
	defaultFound = 10
	maxFound     = 50
	maxWords     = 8
	maxSearch    = 200 // bytes of q
)

// find answers /search: features by name, code or number, and coordinates.
func (s *server) find(w http.ResponseWriter, r *http.Request) error {
	q, err := readQuery(r, "q", "limit")
	if err != nil {
		return err
	}
	text := q.text("q")
	if len(text) > maxSearch {
		return problem.Parameter("q", "is longer than %d bytes", maxSearch)
	}
	words := strings.Fields(fold(text))
	if len(words) == 0 {
		return problem.Parameter("q", "is missing")
	}
	if len(words) > maxWords {
		return problem.Parameter("q", "has more than %d words", maxWords)
	}
	limit, err := q.integer("limit", 1, defaultFound)
	if err != nil {
		return err
	}
	snap, err := s.snapshot(w)
	if err != nil || unchanged(w, r, s.etag(snap), revalidate) {
		return err
	}
	index, err := s.search.of(r.Context(), snap)
	if err != nil {
		return err
	}
	hits, err := index.find(r.Context(), words, geo.InstantOf(s.Clock()), min(limit, maxFound))
	if err != nil {
		return err
	}
	o := object{}
	o.open()
	o.str("q", text)
	o.int("revision", snap.Head().Revision)
	if at, ok := position(text); ok {
		o.name("position")
		o.open()
		o.degrees("lon", at.X)
		o.degrees("lat", at.Y)
		o.close()
	}
	array(&o, "items", hits, o.hit)
	o.close()
	return write(w, typeJSON, o.text)
}

// Find returns what is found of the newest map by names, codes and numbers, as /search
// does; of a text that is too long to be a name, nothing.
func (h *Handler) Find(ctx context.Context, text string, limit int) ([]resident.Found, error) {
	snap, words := h.server.Live.Current(), strings.Fields(fold(text))
	if snap == nil || len(words) == 0 || len(words) > maxWords || len(text) > maxSearch {
		return nil, nil
	}
	index, err := h.server.search.of(ctx, snap)
	if err != nil {
		return nil, err
	}
	hits, err := index.find(ctx, words, geo.InstantOf(h.server.Clock()), min(limit, maxFound))
	if err != nil {
		return nil, err
	}
	found := make([]resident.Found, len(hits))
	for i, e := range hits {
		found[i] = resident.Found{Feature: e.feature, Title: e.title, Within: e.within}
	}
	return found, nil
}

func (o *object) hit(e *searchEntry) {
	base := e.feature.Common()
	schema := geo.MustSchema(e.feature.Layer())
	o.open()
	o.int("id", base.ID)
	o.str("layer", string(schema.Layer))
	o.kind(e.feature)
	o.code("code", base.Code)
	o.str("name", e.title)
	o.code("within", e.within)
	o.degrees("lon", e.at.X)
	o.degrees("lat", e.at.Y)
	o.box("bbox", e.box)
	o.close()
}

// find returns the best entries that have all the words: exact codes and numbers
// first, then names that begin with the words, then the rest, and at last names
// that begin so in pinyin or by its initials; places before streets before others;
// short names first. What is not in effect is not found.
func (x *searchIndex) find(ctx contextErr, words []string, at geo.Instant, limit int) ([]*searchEntry, error) {
	type match struct {
		entry *searchEntry
		grade int
	}
	var matches []match
	steps := 0
	whole := strings.Join(words, " ")
	for _, list := range x.lists {
		for i := range list {
			if steps++; steps%4096 == 0 && ctx.Err() != nil {
				return nil, ctx.Err()
			}
			entry := &list[i]
			if grade, ok := entry.grade(whole, words); ok && entry.feature.Common().InEffect(at) {
				matches = append(matches, match{entry, grade})
			}
		}
	}
	slices.SortFunc(matches, func(a, b match) int {
		return cmp.Or(
			cmp.Compare(a.grade, b.grade),
			cmp.Compare(a.entry.order, b.entry.order),
			cmp.Compare(len(a.entry.folded), len(b.entry.folded)),
			cmp.Compare(a.entry.folded, b.entry.folded),
			cmp.Compare(a.entry.feature.Common().ID, b.entry.feature.Common().ID),
		)
	})
	matches = matches[:min(len(matches), limit)]
	entries := make([]*searchEntry, len(matches))
	for i, m := range matches {
		entries[i] = m.entry
	}
	return entries, nil
}

// contextErr is the part of a context that a loop looks at.
type contextErr interface{ Err() error }

// grade says how well an entry fits, the smaller the better.
func (e *searchEntry) grade(whole string, words []string) (int, bool) {
	switch {
	case e.code == whole || e.number != "" && e.number == whole:
		return 0, true
	case e.folded == whole:
		return 1, true
	case strings.HasPrefix(e.folded, whole):
		return 2, true
	case strings.HasPrefix(e.code, whole) && len(whole) > 2:
		return 3, true
	}
	spoken := false
	for _, word := range words {
		inCode := len(word) > 2 && strings.Contains(e.code, word)
		if !inCode && !strings.Contains(e.folded, word) && !strings.Contains(e.context, word) {
			if !e.begins(word) {
				return 0, false
			}
			spoken = true
		}
	}
	if spoken {
		return 6, true
	}
	// Words of the name alone before those found in what it lies in.
	for _, word := range words {
		if !strings.Contains(e.folded, word) {
			return 5, true
		}
	}
	return 4, true
}

// begins reports whether the name begins with what was typed in pinyin (wudao) or
// its initials (wdm), two letters or more.
func (e *searchEntry) begins(word string) bool {
	return len(word) >= 2 && strings.Contains(e.sounds, "\n"+word)
}

// fold makes texts comparable: full-width letters, digits and signs become plain
// ones, capitals small.
func fold(text string) string {
	return strings.ToLower(strings.Map(func(r rune) rune {
		switch {
		case r >= 0xFF01 && r <= 0xFF5E:
			return r - 0xFEE0
		case r == 0x3000:
			return ' '
		}
		return r
	}, text))
}

// position reads typed degrees, of WGS 84 where no datum is named.
func position(text string) (geo.Point, bool) {
	typed, ok := degrees.Read(text, [4]float64{})
	if !ok {
		return geo.Point{}, false
	}
	lon, lat, err := typed.Datum.ToWGS84(typed.Lon, typed.Lat)
	if err != nil {
		return geo.Point{}, false
	}
	at, err := crs.ToLattice(lon, lat)
	return at, err == nil
}
