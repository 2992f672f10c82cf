package cql

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

type tokenKind uint8

const (
	endToken tokenKind = iota
	wordToken
	nameToken   // a name in double quotes
	textToken   // in single quotes
	numberToken // without sign
	symbolToken
)

type token struct {
	kind tokenKind
	text string // without quotes and escapes
	at   int
}

// is reports whether the token is a symbol or, in any case, a word that is not
// quoted. Words are asked for in lower case.
func (t token) is(text string) bool {
	return t.kind == symbolToken && t.text == text || t.kind == wordToken && strings.EqualFold(t.text, text)
}

func (t token) String() string {
	switch t.kind {
	case endToken:
		return "the end"
	case textToken:
		return "'" + t.text + "'"
	default:
		return t.text
	}
}

// lexer cuts text into tokens. The text is UTF-8.
type lexer struct {
	text string
	at   int
}

func (l *lexer) next() (token, error) {
	for l.at < len(l.text) {
		r, size := utf8.DecodeRuneInString(l.text[l.at:])
		if !unicode.IsSpace(r) {
			break
		}
		l.at += size
	}
	start := l.at
	if start == len(l.text) {
		return token{endToken, "", start}, nil
	}
	r, _ := utf8.DecodeRuneInString(l.text[start:])
	switch {
	case startsName(r):
		l.passWhile(func(r rune) bool { return startsName(r) || r == '.' || unicode.IsDigit(r) || unicode.Is(unicode.Mn, r) })
		return token{wordToken, l.text[start:l.at], start}, nil
	case r >= '0' && r <= '9' || r == '.' && l.digitAt(start+1):
		return l.number(), nil
	case r == '\'':
		return l.quoted()
	case r == '"':
		end := strings.IndexByte(l.text[start+1:], '"')
		if end < 0 {
			return token{}, faultAt(start, "the name has no closing quotation mark")
		}
		l.at += end + 2
		return token{nameToken, l.text[start+1 : start+1+end], start}, nil
	}
	for _, symbol := range []string{"<>", "<=", ">=", "..", "<", ">", "=", "(", ")", "[", "]", ",", "+", "-", "*", "/", "%", "^"} {
		if strings.HasPrefix(l.text[start:], symbol) {
			l.at += len(symbol)
			return token{symbolToken, symbol, start}, nil
		}
	}
	return token{}, faultAt(start, "%q does not belong in a filter", r)
}

func startsName(r rune) bool { return r == '_' || r == ':' || unicode.IsLetter(r) }

func (l *lexer) passWhile(belongs func(rune) bool) {
	for l.at < len(l.text) {
		r, size := utf8.DecodeRuneInString(l.text[l.at:])
		if !belongs(r) {
			return
		}
		l.at += size
	}
}

func (l *lexer) digitAt(i int) bool { return i < len(l.text) && l.text[i] >= '0' && l.text[i] <= '9' }

// number passes over digits, a fraction and an exponent.
func (l *lexer) number() token {
	start := l.at
	digits := func() {
		for l.digitAt(l.at) {
			l.at++
		}
	}
	digits()
	if l.at < len(l.text) && l.text[l.at] == '.' {
		l.at++
		digits()
	}
	if l.at < len(l.text) && (l.text[l.at] == 'e' || l.text[l.at] == 'E') {
		exponent := l.at + 1
		if exponent < len(l.text) && (l.text[exponent] == '+' || l.text[exponent] == '-') {
			exponent++
		}
		if l.digitAt(exponent) {
			l.at = exponent
			digits()
		}
	}
	return token{numberToken, l.text[start:l.at], start}
}

// quoted reads text in single quotes. A quote in it is doubled or follows a
// backslash; other backslashes stand for themselves.
func (l *lexer) quoted() (token, error) {
	start := l.at
	var text strings.Builder
	for i := start + 1; i < len(l.text); i++ {
		switch c := l.text[i]; {
		case c != '\'' && (c != '\\' || i+1 == len(l.text) || l.text[i+1] != '\''):
			text.WriteByte(c)
		case i+1 < len(l.text) && l.text[i+1] == '\'':
			text.WriteByte('\'')
			i++
		default:
			l.at = i + 1
			return token{textToken, text.String(), start}, nil
		}
	}
	return token{}, faultAt(start, "the text has no closing quotation mark")
}
