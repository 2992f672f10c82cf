package cql

import (
	"unicode"
	"unicode/utf8"

	"gridatlas/geo"
)

// like compiles a comparison with a pattern.
func (c *compiler) like(call *Call) (test, error) {
	v, err := c.value(call.Args[0])
	if err != nil {
		return nil, err
	}
	if v.kind != textKind {
		return nil, faultAt(call.Args[0].Pos(), "like needs a text, not %s", v.kind)
	}
	pattern, fold := call.Args[1], false
	for {
		inner, ok := pattern.(*Call)
		if !ok || inner.Op != "casei" {
			break
		}
		pattern, fold = inner.Args[0], true
	}
	literal, _ := pattern.(*Literal)
	if literal == nil {
		return nil, faultAt(pattern.Pos(), "a pattern is a text in quotes")
	}
	text, ok := literal.Value.(string)
	if !ok {
		return nil, faultAt(pattern.Pos(), "a pattern is a text in quotes")
	}
	if fold {
		text = foldCase(text)
	}
	p, ok := readPattern(text)
	if !ok {
		return nil, faultAt(pattern.Pos(), "the pattern ends with a backslash that escapes nothing")
	}
	return func(f geo.Feature) truth {
		text, ok := v.text(f)
		if !ok {
			return unknown
		}
		return truthOf(matches(p, text))
	}, nil
}

// The wildcards of a pattern; no rune has these numbers.
const (
	anyRun  rune = -1 // % stands for any text
	anyRune rune = -2 // _ stands for one character
)

// readPattern cuts a pattern into characters and wildcards. A backslash makes the
// next character stand for itself.
func readPattern(text string) (pattern []rune, ok bool) {
	escaped := false
	for _, r := range text {
		switch {
		case escaped:
			escaped = false
		case r == '\\':
			escaped = true
			continue
		case r == '%':
			r = anyRun
		case r == '_':
			r = anyRune
		}
		pattern = append(pattern, r)
	}
	return pattern, !escaped
}

// matches goes through the text once for each %: where the rest does not match, the
// last % takes one character more. Earlier ones need not be tried again.
func matches(pattern []rune, text string) bool {
	p, at := 0, 0
	star, mark := -1, 0 // the last % and where what it stands for ends
	for at < len(text) {
		r, size := utf8.DecodeRuneInString(text[at:])
		switch {
		case p < len(pattern) && pattern[p] == anyRun:
			star, mark = p, at
			p++
		case p < len(pattern) && (pattern[p] == r || pattern[p] == anyRune):
			p++
			at += size
		case star >= 0:
			_, size = utf8.DecodeRuneInString(text[mark:])
			mark += size
			p, at = star+1, mark
		default:
			return false
		}
	}
	for p < len(pattern) && pattern[p] == anyRun {
		p++
	}
	return p == len(pattern)
}

// foldCase compiles CASEI.
func (c *compiler) foldCase(call *Call) (value, error) {
	v, err := c.value(call.Args[0])
	if err != nil {
		return value{}, err
	}
	if v.kind != textKind {
		return value{}, faultAt(call.Args[0].Pos(), "casei needs a text, not %s", v.kind)
	}
	return value{kind: textKind, text: func(f geo.Feature) (string, bool) {
		text, ok := v.text(f)
		return foldCase(text), ok
	}}, nil
}

// foldCase gives all spellings of a text that differ in case the same form, by the
// simple case folding of Unicode: character by character, so ß is not ss.
func foldCase(text string) string {
	plain := true
	for i := 0; i < len(text) && plain; i++ {
		plain = text[i] < utf8.RuneSelf && (text[i] < 'A' || text[i] > 'Z')
	}
	if plain {
		return text
	}
	folded := make([]rune, 0, len(text))
	for _, r := range text {
		folded = append(folded, foldRune(r))
	}
	return string(folded)
}

// foldRune is the lower case of the first of the characters that differ from r in
// case alone.
func foldRune(r rune) rune {
	first := r
	for next := unicode.SimpleFold(r); next != r; next = unicode.SimpleFold(next) {
		first = min(first, next)
	}
	return unicode.ToLower(first)
}
