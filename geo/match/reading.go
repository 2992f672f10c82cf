package match

import (
	"fmt"
	"regexp"
	"strings"

	"gridatlas/geo"
)

// reading is what a text says.
type reading struct {
	hits   []hit
	house  house
	spot   spot
	number string   // on the street: 健康街12号
	unread []string // characters that mean nothing to the map
}

// hit is an entry whose name stands in the text. Hits of one span are
// alternatives.
type hit struct {
	entry int32
	span  int
	how   how
	short bool   // by a shorter form of the name
	loose bool   // characters beside it were not understood
	text  string // as it is written
}

func (h hit) trust() float64 {
	if h.short {
		return trust[h.how][1]
	}
	return trust[h.how][0]
}

func (r *reading) of(x *Index, layer geo.Layer) []hit {
	var hits []hit
	for _, h := range r.hits {
		if x.entries[h.entry].feature.Layer() == layer {
			hits = append(hits, h)
		}
	}
	return hits
}

func (r *reading) streets(x *Index) []hit { return r.of(x, geo.Streets) }

// key is a described spot in the form that two descriptions are compared in.
func (r *reading) key() string {
	var entries []int32
	for _, h := range r.hits {
		entries = append(entries, h.entry)
	}
	return fmt.Sprint(entries, r.house, r.spot, r.unread)
}

// A span that was read is replaced by one rune of the private use area.
const (
	firstMark = '\uE000'
	lastMark  = '\uF8FF'
)

func isMark(r rune) bool { return r >= firstMark && r <= lastMark }

// doorNumber is a number on a street: after the street's mark or end.
var doorNumber = regexp.MustCompile(`([\x{E000}-\x{F8FF}]|路|街|巷|道|胡同)(` + number + `)(?:-[0-9]{1,3})?号(?:院|([^楼栋幢座#院])|$)`)

// read reads a text. whole says that the text is a building's number.
func (x *Index) read(text string, whole bool) *reading {
	r := &reading{}
	plain := normal(text)
	if whole {
		if r.house, plain = readHouse(plain, true); strings.TrimSpace(plain) == "" {
			return r
		}
	}
	runes := x.cover(r, []rune(plain), x.writtenAt)
	runes = x.cover(r, runes, x.spelledAt)
	runes = x.coverJoined(r, runes)
	runes = x.cover(r, runes, x.faultyAt)
	rest := spoken(string(runes))
	rest = r.readDoor(x, rest)
	if r.house.isZero() {
		r.house, rest = readHouse(rest, false)
	}
	r.spot, rest = readSpot(rest)
	runes = x.cover(r, []rune(rest), x.faultyAt)
	r.close(runes)
	return r
}

// close gathers what was not understood, and notes the names it stands beside.
func (r *reading) close(text []rune) {
	for i := 0; i < len(text); i++ {
		j := i
		for j < len(text) && !isMark(text[j]) && text[j] != gap && text[j] != '-' {
			j++
		}
		piece := string(text[i:j])
		if piece == "" || strings.HasSuffix(piece, "省") || noise[piece] {
			i = j
			continue
		}
		r.unread = append(r.unread, piece)
		if i > 0 {
			r.loosen(text[i-1])
		}
		if j < len(text) {
			r.loosen(text[j])
		}
		i = j
	}
}

// noise are words beside names that change nothing.
var noise = map[string]bool{"社区": true, "街道": true, "小区": true, "号": true, "的": true, "村": true, "处": true, "位于": true, "内": true, "里": true, "楼": true}

// loosen marks the hits of a span as beside something not understood.
func (r *reading) loosen(mark rune) {
	if !isMark(mark) {
		return
	}
	for i := range r.hits {
		if r.hits[i].span == int(mark-firstMark) {
			r.hits[i].loose = true
		}
	}
}

// textOf returns what stood where a mark is.
func (r *reading) textOf(mark rune) []rune {
	for _, h := range r.hits {
		if h.span == int(mark-firstMark) {
			return []rune(h.text)
		}
	}
	return nil
}

// note takes in the alternatives of a span and returns its mark.
func (r *reading) note(hits []hit) rune {
	span := len(r.hits) % (lastMark - firstMark)
	for _, h := range hits {
		h.span = span
		r.hits = append(r.hits, h)
	}
	return firstMark + rune(span)
}

// readDoor takes the number on a street out of the text. What looks like one
// after a compound's name is a building of it.
func (r *reading) readDoor(x *Index, text string) string {
	m := doorNumber.FindStringSubmatchIndex(text)
	if m == nil {
		return text
	}
	owner := []rune(text[m[2]:m[3]])[0]
	digits := numeral(text[m[4]:m[5]])
	end := m[1]
	if m[6] >= 0 {
		end = m[6]
	}
	rest := text[:m[3]] + string(gap) + text[end:]
	if !isMark(owner) {
		r.number = digits
		return rest
	}
	for _, h := range r.hits {
		if h.span != int(owner-firstMark) {
			continue
		}
		switch x.entries[h.entry].feature.Layer() {
		case geo.Streets:
			r.number = digits
			return rest
		case geo.Compounds:
			r.house = house{number: digits}
			return rest
		}
	}
	return text
}
