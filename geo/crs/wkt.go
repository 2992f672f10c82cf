package crs

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// wkt is a node of the bracket text in which .prj files describe a system: WKT1
// (OGC 01-009, and as ESRI writes it) and WKT2 (ISO 19162).
type wkt struct {
	word  string // in upper case
	texts []string
	nums  []float64
	nodes []*wkt
}

// Limits of a stranger's text; a compound system of WKT2 with all its usages
// stays below a tenth of both.
const (
	longestWKT = 64 << 10
	deepestWKT = 32
)

type wktReader struct {
	text string
	at   int
}

func parseWKT(text string) (*wkt, error) {
	if len(text) > longestWKT {
		return nil, fmt.Errorf("a coordinate system described in %d bytes; at most %d are read", len(text), longestWKT)
	}
	// Some writers put a mark in front and a zero byte at the end.
	r := &wktReader{text: strings.TrimRight(strings.TrimPrefix(text, "\ufeff"), "\x00 \t\r\n")}
	node, err := r.node(r.name(), 0)
	if err == nil && r.at < len(r.text) {
		err = r.fault("text after the end")
	}
	return node, err
}

func (r *wktReader) fault(what string) error {
	return fmt.Errorf("description of the coordinate system: %s at byte %d", what, r.at+1)
}

func (r *wktReader) blanks() {
	for r.at < len(r.text) && strings.IndexByte(" \t\r\n", r.text[r.at]) >= 0 {
		r.at++
	}
}

func (r *wktReader) next() byte {
	r.blanks()
	if r.at == len(r.text) {
		return 0
	}
	return r.text[r.at]
}

func (r *wktReader) name() string {
	r.blanks()
	start := r.at
	for r.at < len(r.text) {
		c := r.text[r.at] | 0x20
		if (c < 'a' || c > 'z') && c != '_'|0x20 && (r.text[r.at] < '0' || r.text[r.at] > '9') {
			break
		}
		r.at++
	}
	return strings.ToUpper(r.text[start:r.at])
}

// node reads what follows a word: its arguments in brackets.
func (r *wktReader) node(word string, depth int) (*wkt, error) {
	open := r.next()
	if word == "" || open != '[' && open != '(' {
		return nil, r.fault("no WORD[")
	}
	if depth > deepestWKT {
		return nil, r.fault("too many brackets inside each other")
	}
	r.at++
	n := &wkt{word: word}
	for {
		switch c := r.next(); {
		case c == '"':
			text, err := r.quoted()
			if err != nil {
				return nil, err
			}
			n.texts = append(n.texts, text)
		case c == '-' || c == '+' || c == '.' || c >= '0' && c <= '9':
			start := r.at
			for r.at < len(r.text) && strings.IndexByte("+-.0123456789eE", r.text[r.at]) >= 0 {
				r.at++
			}
			v, err := strconv.ParseFloat(r.text[start:r.at], 64)
			if err != nil || !isFinite(v) {
				r.at = start
				return nil, r.fault("no number")
			}
			n.nums = append(n.nums, v)
		default:
			word := r.name()
			if after := r.next(); word != "" && after != '[' && after != '(' {
				break // a bare word, as the direction of an axis
			}
			inner, err := r.node(word, depth+1)
			if err != nil {
				return nil, err
			}
			n.nodes = append(n.nodes, inner)
		}
		switch r.next() {
		case ',':
			r.at++
		case ']', ')':
			r.at++
			return n, nil
		default:
			return nil, r.fault("neither comma nor closing bracket")
		}
	}
}

func (r *wktReader) quoted() (string, error) {
	var b strings.Builder
	for i := r.at + 1; i < len(r.text); i++ {
		if r.text[i] != '"' {
			b.WriteByte(r.text[i])
			continue
		}
		if i+1 < len(r.text) && r.text[i+1] == '"' {
			b.WriteByte('"')
			i++
			continue
		}
		r.at = i + 1
		return b.String(), nil
	}
	return "", r.fault("a text without end")
}

// child returns the first node with one of the words, or nil.
func (n *wkt) child(words ...string) *wkt {
	if n == nil {
		return nil
	}
	for _, word := range words {
		for _, inner := range n.nodes {
			if inner.word == word {
				return inner
			}
		}
	}
	return nil
}

// title is the first text of a node, its name.
func (n *wkt) title() string {
	if n == nil || len(n.texts) == 0 {
		return ""
	}
	return n.texts[0]
}

// number is one of the numbers of a node, or NaN.
func (n *wkt) number(i int) float64 {
	if n == nil || i >= len(n.nums) {
		return math.NaN()
	}
	return n.nums[i]
}
