package find

import (
	"slices"
	"strings"
)

// gram is a character, or two that stand side by side.
type gram [2]rune

// sound is one way to type an entry's name in letters.
type sound struct {
	letters string
	entry   uint32
}

// pack notes where the texts of the entries have what: all that has a word has each
// pair of the word's characters.
func (b *base) pack() {
	b.grams = map[gram][]uint32{}
	for i := range b.entries {
		e := &b.entries[i]
		for _, text := range []string{e.folded, e.context, e.code, e.number} {
			before := rune(0)
			for _, r := range text {
				b.note(gram{r}, uint32(i))
				if before != 0 {
					b.note(gram{before, r}, uint32(i))
				}
				before = r
			}
		}
		for _, letters := range e.sounds {
			b.sounds = append(b.sounds, sound{letters, uint32(i)})
		}
	}
	slices.SortFunc(b.sounds, func(a, b sound) int { return strings.Compare(a.letters, b.letters) })
}

func (b *base) note(g gram, entry uint32) {
	if list := b.grams[g]; len(list) == 0 || list[len(list)-1] != entry {
		b.grams[g] = append(list, entry)
	}
}

// candidates gives the entries that may have all the words, in order: none that has
// them is missing.
func (b *base) candidates(words []string) []uint32 {
	var all []uint32
	for i, word := range words {
		having := b.having(word)
		if i == 0 {
			all = having
		} else {
			all = common(all, having)
		}
		if len(all) == 0 {
			return nil
		}
	}
	return all
}

// having gives the entries that may have one word in their texts, or begin with it by
// sound.
func (b *base) having(word string) []uint32 {
	runes := []rune(word)
	if len(runes) == 1 {
		return b.grams[gram{runes[0]}]
	}
	lists := make([][]uint32, len(runes)-1)
	for i := range lists {
		lists[i] = b.grams[gram{runes[i], runes[i+1]}]
	}
	slices.SortFunc(lists, func(a, b []uint32) int { return len(a) - len(b) })
	found := lists[0]
	for _, list := range lists[1:] {
		found = common(found, list)
	}
	start, _ := slices.BinarySearchFunc(b.sounds, word, func(s sound, word string) int { return strings.Compare(s.letters, word) })
	end := start
	for end < len(b.sounds) && strings.HasPrefix(b.sounds[end].letters, word) {
		end++
	}
	if start == end {
		return found
	}
	found = slices.Clone(found)
	for _, s := range b.sounds[start:end] {
		found = append(found, s.entry)
	}
	slices.Sort(found)
	return slices.Compact(found)
}

// common gives what two lists in order share. A short list is looked up in a long one.
func common(short, long []uint32) []uint32 {
	if len(short) > len(long) {
		short, long = long, short
	}
	shared := make([]uint32, 0, len(short))
	if len(short) < len(long)/16 {
		for _, entry := range short {
			i, found := slices.BinarySearch(long, entry)
			if found {
				shared = append(shared, entry)
			}
			long = long[i:]
		}
		return shared
	}
	for len(short) > 0 && len(long) > 0 {
		switch {
		case short[0] < long[0]:
			short = short[1:]
		case short[0] > long[0]:
			long = long[1:]
		default:
			shared = append(shared, short[0])
			short, long = short[1:], long[1:]
		}
	}
	return shared
}
