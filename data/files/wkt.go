package files

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"gridatlas/geo"
)

// wktTypes says how deep the positions of a type nest in brackets.
var wktTypes = map[string]struct {
	kind  geo.Kind
	depth int
}{
	"POINT": {geo.Points, 1}, "MULTIPOINT": {geo.Points, 2},
	"LINESTRING": {geo.Lines, 1}, "MULTILINESTRING": {geo.Lines, 2},
	"POLYGON": {geo.Polygons, 2}, "MULTIPOLYGON": {geo.Polygons, 3},
}

var errWKT = errors.New("it is not well-known text of a point, line or polygon")

// wkt reads well-known text (OGC 06-103r4) into g. EMPTY is no geometry; heights
// and measures are dropped and counted.
func (g *Geometry) wkt(text string) error {
	p := wktParser{rest: strings.TrimSpace(text), into: g}
	form, ok := wktTypes[strings.ToUpper(p.word())]
	if !ok {
		return errWKT
	}
	switch word := strings.ToUpper(p.word()); word {
	case "EMPTY":
		return nil
	case "", "Z", "M", "ZM":
		if word = strings.ToUpper(p.word()); word == "EMPTY" {
			return nil
		} else if word != "" {
			return errWKT
		}
	default:
		return errWKT
	}
	g.Kind = form.kind
	if err := p.nested(form.depth, 0); err != nil {
		return err
	}
	if p.rest != "" {
		return errWKT
	}
	return nil
}

type wktParser struct {
	rest string
	into *Geometry
}

// nested reads brackets of a depth, the i-th of those around them.
func (p *wktParser) nested(depth, i int) error {
	if depth == 1 && p.into.Kind == geo.Points && !strings.HasPrefix(p.rest, "(") { // MULTIPOINT(1 2, 3 4)
		if err := p.position(); err != nil {
			return err
		}
		return p.into.endPart(false)
	}
	if !p.take('(') {
		return errWKT
	}
	for n := 0; ; n++ {
		var err error
		if depth == 1 {
			err = p.position()
		} else {
			err = p.nested(depth-1, n)
		}
		if err != nil {
			return err
		}
		if p.take(')') {
			break
		}
		if !p.take(',') {
			return errWKT
		}
	}
	if depth > 1 {
		return nil
	}
	if p.into.Kind == geo.Points && len(p.into.Points)-p.into.partStart() != 1 {
		return errWKT
	}
	return p.into.endPart(p.into.Kind == geo.Polygons && i > 0)
}

func (p *wktParser) position() error {
	var xy [2]float64
	n := 0
	for ; ; n++ {
		text := p.number()
		if text == "" {
			break
		}
		v, err := strconv.ParseFloat(text, 64)
		if err != nil {
			return fmt.Errorf("%q is not a coordinate", text)
		}
		if n < len(xy) {
			xy[n] = v
		}
	}
	if n < 2 || n > 4 {
		return errWKT
	}
	if n > 2 {
		p.into.Heights++
	}
	return p.into.add(xy[0], xy[1])
}

func (p *wktParser) number() string {
	return p.while(func(r rune) bool { return strings.ContainsRune("+-.0123456789eE", r) })
}

func (p *wktParser) word() string {
	return p.while(func(r rune) bool { return r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' })
}

// while takes the characters that belong, and the blanks behind them.
func (p *wktParser) while(belongs func(rune) bool) string {
	end := strings.IndexFunc(p.rest, func(r rune) bool { return !belongs(r) })
	if end < 0 {
		end = len(p.rest)
	}
	text := p.rest[:end]
	p.rest = strings.TrimLeft(p.rest[end:], " \t\r\n")
	return text
}

func (p *wktParser) take(c byte) bool {
	if p.rest == "" || p.rest[0] != c {
		return false
	}
	p.rest = strings.TrimLeft(p.rest[1:], " \t\r\n")
	return true
}
