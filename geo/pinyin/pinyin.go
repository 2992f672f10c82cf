// Package pinyin gives the sounds of Chinese names, so that a name is found by
// how it is said: wudaomiao and wdm find 五道庙. Readings come from the table of
// github.com/mozillazg/go-pinyin, without tones; characters with several readings
// are told apart by a small table of this package, made for names of places.
package pinyin

import (
	"slices"
	"strings"

	dict "github.com/mozillazg/go-pinyin"
)

// maxSpellings bounds how often a name with several polyphones is spelled.
const maxSpellings = 8

// Readings returns how a character is said, the likeliest in names first, in
// letters a to z without tones (ü is v). A letter or digit of ASCII reads as
// itself in small letters. Nothing for characters without a reading.
func Readings(r rune) []string {
	switch {
	case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
		return []string{string(r)}
	case r >= 'A' && r <= 'Z':
		return []string{string(r + 'a' - 'A')}
	}
	if several, ok := polyphones[r]; ok {
		return several
	}
	first, _, _ := strings.Cut(dict.PinyinDict[int(r)], ",")
	if first == "" {
		return nil
	}
	return []string{toneless.Replace(first)}
}

// Spellings returns the whole pinyin of a name without gaps, the likeliest first
// and at most eight. Characters without a reading are passed over; a name of such
// alone has no spelling.
func Spellings(name string) []string {
	return spell(name, func(reading string) string { return reading })
}

// Initials returns the first letters of the readings, as Spellings does.
func Initials(name string) []string {
	return spell(name, func(reading string) string { return reading[:1] })
}

func spell(name string, part func(string) string) []string {
	spellings := []string{""}
	runes := []rune(name)
	for i := range runes {
		var longer []string
		// The likeliest readings of all characters come first, and stay when the
		// bound cuts.
		for _, reading := range readingsAt(runes[i:]) {
			for _, before := range spellings {
				if next := before + part(reading); len(longer) < maxSpellings && !slices.Contains(longer, next) {
					longer = append(longer, next)
				}
			}
		}
		if len(longer) > 0 {
			spellings = longer
		}
	}
	if spellings[0] == "" {
		return nil
	}
	return spellings
}

// readingsAt returns the readings of the first character, where a word fixes them
// that one alone.
func readingsAt(runes []rune) []string {
	for _, w := range words {
		if hasPrefix(runes, w.at) {
			return []string{w.reading}
		}
	}
	return Readings(runes[0])
}

func hasPrefix(runes []rune, word string) bool {
	i := 0
	for _, r := range word {
		if i == len(runes) || runes[i] != r {
			return false
		}
		i++
	}
	return true
}

// toneless takes the tone marks away.
var toneless = strings.NewReplacer(
	"ā", "a", "á", "a", "ǎ", "a", "à", "a",
	"ē", "e", "é", "e", "ě", "e", "è", "e", "ê", "e",
	"ī", "i", "í", "i", "ǐ", "i", "ì", "i",
	"ō", "o", "ó", "o", "ǒ", "o", "ò", "o",
	"ū", "u", "ú", "u", "ǔ", "u", "ù", "u",
	"ǖ", "v", "ǘ", "v", "ǚ", "v", "ǜ", "v", "ü", "v",
	"ń", "n", "ň", "n", "ǹ", "n", "ḿ", "m",
	"\u0304", "", "\u0301", "", "\u030c", "", "\u0300", "", "\u0302", "", "ế", "e", "ề", "e",
)
