package match

import (
	"cmp"
	"slices"
	"strings"
	"unicode"

	"gridatlas/geo"
	"gridatlas/geo/pinyin"
)

// Bounds of what is looked up, so that any text is soon read.
const (
	maxName  = 60 // characters of a name that are compared; pinyin is long
	maxHits  = 64 // alternatives of one span
	maxFuzzy = 16 // characters of a name that is looked for with a fault
)

// cover finds the names that cover most of a text, long ones first, and replaces
// each by a mark. find gives the hits of a stretch, and how many characters after
// it belong to it.
func (x *Index) cover(r *reading, text []rune, find func(text []rune, i, j int) (hits []hit, more int)) []rune {
	type choice struct {
		value float64
		from  int // the start of the stretch that ends here; -1: none does
		hits  []hit
	}
	best := make([]choice, len(text)+1)
	for i := range best {
		best[i] = choice{value: -1, from: -1}
	}
	best[0].value = 0
	for i := range text {
		if best[i].value > best[i+1].value {
			best[i+1] = choice{value: best[i].value, from: -1}
		}
		if isMark(text[i]) || text[i] == gap {
			continue
		}
		for j := i + 2; j <= len(text) && j-i <= maxName && !isMark(text[j-1]) && text[j-1] != gap; j++ {
			hits, more := find(text, i, j)
			if len(hits) == 0 {
				continue
			}
			length := float64(j - i)
			value := best[i].value + length*length*hits[0].trust()
			if end := j + more; value > best[end].value {
				best[end] = choice{value, i, hits}
			}
		}
	}
	var out []rune
	for end := len(text); end > 0; {
		c := best[end]
		if c.from < 0 {
			end--
			out = append(out, text[end])
			continue
		}
		out = append(out, r.note(c.hits))
		end = c.from
	}
	slices.Reverse(out)
	return out
}

// coverJoined finds whole names with a fault in which a shorter name was read:
// 锦裕花园充掂车棚 holds 锦裕花园. The shorter one stays as a hint where to look.
func (x *Index) coverJoined(r *reading, text []rune) []rune {
	for i := 0; i < len(text); i++ {
		marks, strange := 0, 0
		var written []rune
		for j := i; j < len(text) && text[j] != gap; j++ {
			if isMark(text[j]) {
				marks++
				written = append(written, r.textOf(text[j])...)
			} else {
				strange++
				written = append(written, text[j])
			}
			if len(written) > maxFuzzy {
				break
			}
			if marks == 0 || strange == 0 || len(written) < 4 {
				continue
			}
			hits, _ := x.faultyAt(written, 0, len(written))
			hits = slices.DeleteFunc(hits, func(h hit) bool { return h.short })
			if len(hits) == 0 {
				continue
			}
			r.note(hits)
			out := append(slices.Clone(text[:i]), gap)
			for _, c := range text[i : j+1] {
				if isMark(c) {
					out = append(out, c, gap)
				}
			}
			return append(out, text[j+1:]...)
		}
	}
	return text
}

// writtenAt finds names as they are written.
func (x *Index) writtenAt(text []rune, i, j int) ([]hit, int) {
	forms := of(x.names.written, hash(text[i:j]))
	if len(forms) == 0 {
		return nil, 0
	}
	var hits []hit
	for _, f := range forms {
		if f.short == 0 {
			hits = append(hits, hit{entry: f.entry, how: exact, text: string(text[i:j])})
		}
	}
	if len(hits) > 0 {
		return hits[:min(len(hits), maxHits)], 0
	}
	if !stemStands(text, i, j) {
		return nil, 0
	}
	way, more := alias, 0
	for _, ends := range [][]string{compoundEnds, placeEnds, streetEnds} {
		for _, end := range ends {
			if n := len([]rune(end)); hasPrefix(text[j:], end) && n > more {
				way, more = swapped, n
			}
		}
	}
	for _, f := range forms {
		h := hit{entry: f.entry, how: way, short: true, text: string(text[i : j+more])}
		if x.entries[f.entry].feature.Layer() == geo.Places && more > 0 {
			h.how = alias // 西南关居委会 is 西南关社区
		}
		hits = append(hits, h)
	}
	return hits[:min(len(hits), maxHits)], more
}

// stemStands reports whether a stem stands for itself in the text, and is no
// piece of another word: two characters are soon found anywhere.
func stemStands(text []rune, i, j int) bool {
	if i > 0 {
		last := text[i-1]
		if unicode.Is(unicode.Han, last) && !strings.ContainsRune("省市区县镇乡村道办处路街巷号", last) {
			return false
		}
	}
	if j == len(text) || !unicode.Is(unicode.Han, text[j]) {
		return true
	}
	if strings.ContainsRune("一二三四五六七八九十东南西北正大的甲乙丙丁", text[j]) {
		return true
	}
	for _, ends := range [][]string{compoundEnds, placeEnds, streetEnds} {
		for _, end := range ends {
			if hasPrefix(text[j:], end) {
				return true
			}
		}
	}
	return false
}

func hasPrefix(text []rune, word string) bool {
	k := 0
	for _, r := range word {
		if k == len(text) || text[k] != r {
			return false
		}
		k++
	}
	return true
}

// spelledAt finds names in pinyin, and by initials where a whole run of letters is
// them.
func (x *Index) spelledAt(text []rune, i, j int) ([]hit, int) {
	if !isLetter(text[i]) {
		return nil, 0
	}
	for _, r := range text[i:j] {
		if !isLetter(r) && !isDigit(r) {
			return nil, 0
		}
	}
	h := hash(text[i:j])
	var hits []hit
	if j-i >= 4 {
		hits = formsAs(of(x.names.sounds, h), sound, string(text[i:j]))
	}
	alone := (i == 0 || !isLetter(text[i-1])) && (j == len(text) || !isLetter(text[j]))
	if len(hits) == 0 && alone && j-i >= 3 {
		hits = formsAs(of(x.names.initials, h), initials, string(text[i:j]))
	}
	return hits, 0
}

// formsAs makes hits of forms, of whole names where there are any.
func formsAs(forms []form, way how, text string) []hit {
	var hits []hit
	for _, short := range []bool{false, true} {
		for _, f := range forms {
			if f.short > 0 == short && len(hits) < maxHits {
				hits = append(hits, hit{entry: f.entry, how: way, short: short, text: text})
			}
		}
	}
	return hits
}

// faultyAt finds names of the same sound in other characters, or with one
// character amiss.
func (x *Index) faultyAt(text []rune, i, j int) ([]hit, int) {
	if j-i > maxFuzzy || !unicode.Is(unicode.Han, text[i]) {
		return nil, 0
	}
	if j-i < 3 && !stemStands(text, i, j) {
		return nil, 0
	}
	written := string(text[i:j])
	var hits []hit
	for _, spelling := range pinyin.Spellings(written) {
		hits = append(hits, formsAs(of(x.names.sounds, hashText(spelling)), sound, written)...)
	}
	if len(hits) == 0 && j-i >= 3 {
		hits = x.amissAt(text[i:j])
	}
	if len(hits) == 0 {
		return nil, 0
	}
	slices.SortStableFunc(hits, func(a, b hit) int { return cmp.Compare(b.trust(), a.trust()) })
	return hits[:min(len(hits), maxHits)], 0
}

// amissAt finds names that differ in one character: both are equal without it, or
// one is the other without it.
func (x *Index) amissAt(text []rune) []hit {
	var hits []hit
	seen := map[int32]bool{}
	try := func(forms []form) {
		for _, f := range forms {
			name := []rune(x.entries[f.entry].forms[f.short])
			if !seen[f.entry] && len(hits) < maxHits && oneAmiss(text, name) {
				seen[f.entry] = true
				hits = append(hits, hit{entry: f.entry, how: amiss, short: f.short > 0 || len(name) < 4, text: string(text)})
			}
		}
	}
	try(of(x.names.typos, hash(text)))
	for k := range text {
		h := hashWithout(text, k)
		try(of(x.names.typos, h))
		if len(text) > 3 {
			try(of(x.names.written, h))
		}
	}
	return hits
}

// oneAmiss reports whether a written text differs from a name by one character
// that is another, missing or too many, or by two neighbours in the wrong order.
// Numbers are no slips of the pen, and one too many at either end is no part of
// the name.
func oneAmiss(written, name []rune) bool {
	first, last := 0, 0
	for first < min(len(written), len(name)) && written[first] == name[first] {
		first++
	}
	a, b := written[first:], name[first:]
	for last < min(len(a), len(b)) && a[len(a)-1-last] == b[len(b)-1-last] {
		last++
	}
	a, b = a[:len(a)-last], b[:len(b)-last]
	for _, r := range slices.Concat(a, b) {
		if !unicode.Is(unicode.Han, r) || strings.ContainsRune(numerals, r) {
			return false
		}
	}
	switch {
	case len(a) == 1 && len(b) == 0:
		return first > 0 && last > 0
	case len(a) <= 1 && len(b) == 1:
		return true
	}
	return len(a) == 2 && len(b) == 2 && a[0] == b[1] && a[1] == b[0]
}
