package files

import (
	"errors"
	"fmt"
	"strconv"

	"gridatlas/geo"
	"gridatlas/geo/crs"
	"gridatlas/geo/valid"
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

// shape reads a geometry object, and mends it when asked to.
func (r *geojsonReader) shape(schema *geo.Schema, raw []byte, where RowFault) (geo.Shape, error) {
	if raw == nil || string(raw) == "null" {
		return geo.Shape{}, nil
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
		return geo.Shape{}, errors.New("its geometry is not an object")
	}
	form, ok := geometryTypes[name]
	if !ok {
		return geo.Shape{}, fmt.Errorf("a geometry of type %q cannot be stored", name)
	}
	if !schema.Allows(form.kind) {
		return geo.Shape{}, fmt.Errorf("a %s is not allowed in layer %s, only %v", name, schema.Layer, schema.Kinds)
	}
	p := coordinateParser{text: coordinates, kind: form.kind, closeRings: r.opts.Repair}
	if err := p.parse(form.depth); err != nil {
		return geo.Shape{}, err
	}
	r.opts.Report.Heights += p.heights
	shape := geo.MakeShape(form.kind, p.parts)
	faults := valid.Check(shape)
	if len(faults) == 0 && !p.closedOne {
		return shape, nil
	}
	var fault RowFault
	if len(faults) > 0 {
		fault = RowFault{Reason: fmt.Sprintf("%s (%s)", faults[0].Detail, faults[0].Rule), At: &faults[0].At}
	} else {
		fault = RowFault{Reason: "a ring was not closed"}
	}
	if !r.opts.Repair {
		return geo.Shape{}, &fault
	}
	mended, _, err := valid.Repair(shape)
	if err != nil {
		fault.Reason += ", " + err.Error()
		return geo.Shape{}, &fault
	}
	where.Reason, where.At = fault.Reason, fault.At
	r.opts.Report.Mended = append(r.opts.Report.Mended, where)
	return mended, nil
}

// coordinateParser reads nested arrays of positions straight into lattice
// points. The text is JSON already checked by the decoder.
type coordinateParser struct {
	text       []byte
	at         int
	kind       geo.Kind
	closeRings bool

	parts     []geo.Part
	corners   int
	heights   int
	closedOne bool // a ring was closed that was not
}

func (p *coordinateParser) parse(depth int) error {
	switch depth {
	case 0: // Point
		return p.positions(p.one, false)
	case 1:
		if p.kind == geo.Points { // MultiPoint
			return p.array(func(int) error { return p.positions(p.one, false) })
		}
		return p.positions(p.list, false)
	case 2:
		return p.array(func(i int) error { return p.positions(p.list, p.kind == geo.Polygons && i > 0) })
	default:
		return p.array(func(int) error { return p.parse(depth - 1) })
	}
}

// positions reads one part.
func (p *coordinateParser) positions(read func() ([]geo.Point, error), hole bool) error {
	points, err := read()
	if err != nil {
		return err
	}
	if len(points) == 0 {
		return errors.New("a part of its geometry has no positions")
	}
	if n := len(points); p.kind == geo.Polygons && points[0] != points[n-1] {
		if !p.closeRings {
			at := points[n-1]
			return &RowFault{Reason: fmt.Sprintf("ring %d is not closed", len(p.parts)+1), At: &at}
		}
		p.closedOne = true
	}
	kept := points[:1] // equal neighbours after rounding are one corner
	for _, q := range points[1:] {
		if q != kept[len(kept)-1] {
			kept = append(kept, q)
		}
	}
	p.parts = append(p.parts, geo.Part{Points: kept, Hole: hole})
	return nil
}

func (p *coordinateParser) one() ([]geo.Point, error) {
	point, err := p.position()
	return []geo.Point{point}, err
}

func (p *coordinateParser) list() ([]geo.Point, error) {
	var points []geo.Point
	err := p.array(func(int) error {
		point, err := p.position()
		points = append(points, point)
		return err
	})
	return points, err
}

func (p *coordinateParser) position() (geo.Point, error) {
	if p.corners++; p.corners > maxCorners {
		return geo.Point{}, fmt.Errorf("it has more than %d positions", maxCorners)
	}
	var lonLat [2]float64
	count := 0
	err := p.array(func(i int) error {
		v, err := p.number()
		if i < len(lonLat) {
			lonLat[i] = v
		}
		count++
		return err
	})
	if err != nil {
		return geo.Point{}, err
	}
	if count < 2 {
		return geo.Point{}, fmt.Errorf("a position needs longitude and latitude, not %d numbers", count)
	}
	if count > 2 {
		p.heights++
	}
	point, err := crs.ToLattice(lonLat[0], lonLat[1])
	if err != nil {
		return geo.Point{}, fmt.Errorf("%w%s", err, hintOutside(lonLat[0], lonLat[1]))
	}
	return point, nil
}

// hintOutside guesses why a position lies outside the world.
func hintOutside(x, y float64) string {
	if _, err := crs.ToLattice(y, x); err == nil {
		return "; longitude comes first in GeoJSON: the two look swapped"
	}
	if x > 1000 || y > 1000 || x < -1000 || y < -1000 {
		return "; these look like metres of a projection, GeoJSON wants degrees"
	}
	return ""
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
