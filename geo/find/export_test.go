package find

import "gridatlas/geo"

// Titles gives the titles of all entries of the base.
func (x *Index) Titles() []string {
	titles := make([]string, len(x.base.entries))
	for i := range titles {
		titles[i] = x.base.entries[i].Title
	}
	return titles
}

// Scan is Find without an index: it looks at every entry.
func (x *Index) Scan(words []string, at geo.Instant, limit int) []*Entry {
	if len(words) == 0 {
		return nil
	}
	phrase := words[0]
	for _, word := range words[1:] {
		phrase += " " + word
	}
	q := query{words: words, phrase: phrase, at: at, limit: limit}
	for i := range x.base.entries {
		if !x.isGone(i) {
			q.consider(&x.base.entries[i])
		}
	}
	for _, e := range x.added {
		q.consider(e)
	}
	var entries []*Entry
	for _, m := range q.best {
		entries = append(entries, m.entry)
	}
	return entries
}
