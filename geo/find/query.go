package find

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"gridatlas/geo"
)

// Bounds of a question, so that any text is soon answered.
const (
	MaxText  = 200 // bytes
	MaxWords = 8
)

// Words parts a text into the words that are looked for, folded.
func Words(text string) []string { return strings.Fields(Fold(text)) }

// Find returns the best entries that have all the words, at most limit: exact codes
// and numbers first, then names that begin with the words, then the rest, and at last
// names that begin so in pinyin or by its initials; places before streets before
// others; short names first. What is not in effect at the instant is not found. No
// words find nothing. The error is that of ctx.
func (x *Index) Find(ctx context.Context, words []string, at geo.Instant, limit int) ([]*Entry, error) {
	if len(words) == 0 || limit < 1 {
		return nil, nil
	}
	q := query{words: words, phrase: strings.Join(words, " "), at: at, limit: limit}
	for i, candidate := range x.base.candidates(words) {
		if i%4096 == 4095 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if !x.isGone(int(candidate)) {
			q.consider(&x.base.entries[candidate])
		}
	}
	for _, e := range x.added {
		q.consider(e)
	}
	entries := make([]*Entry, len(q.best))
	for i, m := range q.best {
		entries[i] = m.entry
	}
	return entries, ctx.Err()
}

// query is one question with the best answers so far, best first.
type query struct {
	words  []string
	phrase string // the words with single spaces between
	at     geo.Instant
	limit  int
	best   []match
}

type match struct {
	entry *Entry
	grade int
}

func (q *query) consider(e *Entry) {
	grade, ok := e.grade(q.phrase, q.words)
	if !ok || !e.Feature.Common().InEffect(q.at) {
		return
	}
	m := match{e, grade}
	full := len(q.best) == q.limit
	if full && compare(q.best[q.limit-1], m) < 0 {
		return
	}
	if full {
		q.best = q.best[:q.limit-1]
	}
	i, _ := slices.BinarySearchFunc(q.best, m, compare)
	q.best = slices.Insert(q.best, i, m)
}

// compare is the order of answers; no two entries of one map are equal in it.
func compare(a, b match) int {
	return cmp.Or(
		cmp.Compare(a.grade, b.grade),
		cmp.Compare(a.entry.source, b.entry.source),
		cmp.Compare(len(a.entry.folded), len(b.entry.folded)),
		cmp.Compare(a.entry.folded, b.entry.folded),
		cmp.Compare(a.entry.Feature.Common().ID, b.entry.Feature.Common().ID),
	)
}

// grade says how well an entry fits, the smaller the better.
func (e *Entry) grade(phrase string, words []string) (int, bool) {
	switch {
	case e.code == phrase || e.number != "" && e.number == phrase:
		return 0, true
	case e.folded == phrase:
		return 1, true
	case strings.HasPrefix(e.folded, phrase):
		return 2, true
	case strings.HasPrefix(e.code, phrase) && len(phrase) > 2:
		return 3, true
	}
	spoken, within := false, false
	for _, word := range words {
		switch {
		case strings.Contains(e.folded, word):
		case len(word) > 2 && strings.Contains(e.code, word), strings.Contains(e.context, word):
			within = true
		case e.begins(word):
			spoken = true
		default:
			return 0, false
		}
	}
	switch {
	case spoken:
		return 6, true
	case within: // names alone before what they lie in
		return 5, true
	}
	return 4, true
}

// begins reports whether the name begins with what was typed in pinyin (wudao) or
// its initials (wdm), two letters or more.
func (e *Entry) begins(word string) bool {
	return len(word) >= 2 && slices.ContainsFunc(e.sounds, func(s string) bool { return strings.HasPrefix(s, word) })
}
