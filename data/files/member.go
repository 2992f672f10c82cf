package files

import (
	"bytes"
	"encoding/json"
	"unicode/utf8"
)

// The functions below take JSON apart that the decoder has checked already, so
// they look for ends only and judge nothing: encoding/json would go through each
// feature eight times.

// eachMember calls each for the members of an object, in order; false when raw
// is not an object.
func eachMember(raw []byte, each func(name string, value []byte)) bool {
	i := skipSpace(raw, 0)
	if i == len(raw) || raw[i] != '{' {
		return false
	}
	for i = skipSpace(raw, i+1); i < len(raw) && raw[i] == '"'; i = skipSpace(raw, i+1) {
		end := valueEnd(raw, i)
		name := textOf(raw[i:end])
		i = skipSpace(raw, end) // the colon
		i = skipSpace(raw, min(i+1, len(raw)))
		end = valueEnd(raw, i)
		each(name, raw[i:end])
		i = skipSpace(raw, end) // a comma or the end
		if i == len(raw) || raw[i] != ',' {
			break
		}
	}
	return true
}

func skipSpace(raw []byte, i int) int {
	for i < len(raw) && (raw[i] == ' ' || raw[i] == '\n' || raw[i] == '\t' || raw[i] == '\r') {
		i++
	}
	return i
}

// valueEnd returns the offset behind the value that begins at i.
func valueEnd(raw []byte, i int) int {
	depth := 0
	for ; i < len(raw); i++ {
		switch raw[i] {
		case '"':
			i = textEnd(raw, i) - 1
			if depth == 0 {
				return i + 1
			}
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth < 0 {
				return i // of a number or word in an object
			} else if depth == 0 {
				return i + 1
			}
		case ',', ' ', '\n', '\t', '\r':
			if depth == 0 {
				return i
			}
		}
	}
	return len(raw)
}

// textEnd returns the offset behind the string that begins at i.
func textEnd(raw []byte, i int) int {
	for i++; i < len(raw); i++ {
		switch raw[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(raw)
}

// textOf reads a JSON string.
func textOf(raw []byte) string {
	if len(raw) >= 2 && bytes.IndexByte(raw, '\\') < 0 && utf8.Valid(raw) {
		return string(raw[1 : len(raw)-1])
	}
	var text string
	_ = json.Unmarshal(raw, &text) // checked already
	return text
}

// valueOf reads a JSON value as geo.Field.Set wants it; numbers keep their text.
func valueOf(raw []byte) any {
	switch {
	case len(raw) == 0 || raw[0] == 'n':
		return nil
	case raw[0] == 't' || raw[0] == 'f':
		return raw[0] == 't'
	case raw[0] == '"':
		return textOf(raw)
	case raw[0] == '-' || raw[0] >= '0' && raw[0] <= '9':
		return json.Number(raw)
	}
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	var value any
	_ = decoder.Decode(&value) // checked already
	return value
}

// tooDeep reports whether the arrays and objects of a value nest deeper than most.
func tooDeep(raw []byte, most int) bool {
	if len(raw) == 0 || raw[0] != '{' && raw[0] != '[' {
		return false
	}
	depth := 0
	for i := 0; i < len(raw); i++ {
		switch raw[i] {
		case '"':
			i = textEnd(raw, i) - 1
		case '{', '[':
			if depth++; depth > most {
				return true
			}
		case '}', ']':
			depth--
		}
	}
	return false
}
