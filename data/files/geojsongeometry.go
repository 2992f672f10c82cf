package files

import (
	"errors"
	"fmt"
	"strconv"

	"gridatlas/geo"
)

// geometryTypes says how deep the coordinates of a type nest above positions.
var geometryTypes = map[string]struct {
	kind  geo.Kind
	depth int
}{
	"Point": {geo.Points, 0}, "MultiPoint": {geo.Points, 1},
	"LineString": {geo.Lines, 1}, "MultiLineString": {geo.Lines, 2},
	"Polygon": {geo.Polygons, 2}, "MultiPolygon": {geo.Polygons, 3},
}

// geoJSON reads a GeoJSON geometry object into g.
func (g *Geometry) geoJSON(raw []byte) error {
	if raw == nil || string(raw) == "null" {
		return nil
	}
	var name string
	var coordinates []byte
	isObject := eachMember(raw, func(member string, value []byte) {
		switch member {
		case "type":
			name = asString(value)
		case "coordinates":
			coordinates = value
		}
	})
	if !isObject {
		return errors.New("its geometry is not an object")
	}
	form, ok := geometryTypes[name]
	if !ok {
		return fmt.Errorf("a geometry of type %q cannot be stored", name)
	}
	g.Kind = form.kind
	p := coordinateParser{text: coordinates, into: g}
	return p.parse(form.depth)
}

// coordinateParser reads nested arrays of positions into a geometry. The text is
// JSON already checked by the decoder.
type coordinateParser struct {
	text []byte
	at   int
	into *Geometry
}

func (p *coordinateParser) parse(depth int) error {
	switch depth {
	case 0: // Point
		return p.onePart()
	case 1:
		if p.into.Kind == geo.Points { // MultiPoint
			return p.array(func(int) error { return p.onePart() })
		}
		return p.listPart(false)
	case 2:
		return p.array(func(i int) error { return p.listPart(p.into.Kind == geo.Polygons && i > 0) })
	default:
		return p.array(func(int) error { return p.parse(depth - 1) })
	}
}

// onePart reads the position of a point.
func (p *coordinateParser) onePart() error {
	if err := p.position(); err != nil {
		return err
	}
	return p.into.endPart(false)
}

// listPart reads the positions of a line or ring.
func (p *coordinateParser) listPart(hole bool) error {
	if err := p.array(func(int) error { return p.position() }); err != nil {
		return err
	}
	return p.into.endPart(hole)
}

func (p *coordinateParser) position() error {
	var xy [2]float64
	count := 0
	err := p.array(func(i int) error {
		v, err := p.number()
		if i < len(xy) {
			xy[i] = v
		}
		count++
		return err
	})
	if err != nil {
		return err
	}
	if count < 2 {
		return fmt.Errorf("a position needs longitude and latitude, not %d numbers", count)
	}
	if count > 2 {
		p.into.Heights++
	}
	return p.into.add(xy[0], xy[1])
}

var errCoordinates = errors.New("its coordinates do not nest as its type wants")

// array reads [a, b, ...] and calls each for every item, to read it.
func (p *coordinateParser) array(each func(i int) error) error {
	if !p.take('[') {
		return errCoordinates
	}
	if p.take(']') {
		return nil
	}
	for i := 0; ; i++ {
		if err := each(i); err != nil {
			return err
		}
		if p.take(']') {
			return nil
		}
		if !p.take(',') {
			return errCoordinates
		}
	}
}

// take passes over white space and then over c, if it comes next.
func (p *coordinateParser) take(c byte) bool {
	for p.at < len(p.text) && (p.text[p.at] == ' ' || p.text[p.at] == '\n' || p.text[p.at] == '\t' || p.text[p.at] == '\r') {
		p.at++
	}
	if p.at < len(p.text) && p.text[p.at] == c {
		p.at++
		return true
	}
	return false
}

func (p *coordinateParser) number() (float64, error) {
	p.take(0) // white space only: no JSON holds a zero byte
	start := p.at
	for p.at < len(p.text) && (p.text[p.at] >= '0' && p.text[p.at] <= '9' || p.text[p.at] == '-' || p.text[p.at] == '+' ||
		p.text[p.at] == '.' || p.text[p.at] == 'e' || p.text[p.at] == 'E') {
		p.at++
	}
	if start == p.at {
		return 0, errCoordinates
	}
	v, err := strconv.ParseFloat(string(p.text[start:p.at]), 64)
	if err != nil {
		return 0, fmt.Errorf("%q is not a coordinate", p.text[start:p.at])
	}
	return v, nil
}
