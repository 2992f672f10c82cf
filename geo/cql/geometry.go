package cql

import (
	"slices"
	"strings"

	"gridatlas/geo"
	"gridatlas/geo/relate"
)

// geometryForm says of a type of geometry how deep its positions nest in brackets
// of well-known text; arrays of GeoJSON nest as deep.
type geometryForm struct {
	kind  geo.Kind
	depth int
}

// geometries by their names in lower case.
var geometries = map[string]geometryForm{
	"point": {geo.Points, 1}, "multipoint": {geo.Points, 2},
	"linestring": {geo.Lines, 1}, "multilinestring": {geo.Lines, 2},
	"polygon": {geo.Polygons, 2}, "multipolygon": {geo.Polygons, 3},
}

// shapeReader puts the positions of a geometry together.
type shapeReader struct {
	*budget
	kind  geo.Kind
	parts []geo.Part
	open  []geo.Point // of the part that is being read
}

// add takes a position; a height does not matter.
func (r *shapeReader) add(numbers []float64, at int) error {
	if len(numbers) < 2 || len(numbers) > 3 {
		return faultAt(at, "a position has 2 or 3 numbers, not %d", len(numbers))
	}
	if r.vertices++; r.vertices > MaxVertices {
		return faultAt(at, "the geometries have more than %d positions", MaxVertices)
	}
	p, err := r.position(numbers[0], numbers[1])
	if err != nil {
		return faultAt(at, "%v", err)
	}
	r.open = append(r.open, p)
	return nil
}

// end closes a point, line or ring; hole says that others of its polygon came
// before.
func (r *shapeReader) end(hole bool, at int) error {
	count, points := len(r.open), slices.Compact(r.open)
	r.open = nil
	switch {
	case r.kind == geo.Points && count != 1:
		return faultAt(at, "a point has one position, not %d", count)
	case r.kind == geo.Lines && len(points) < 2:
		return faultAt(at, "a line has at least two positions that differ")
	case r.kind == geo.Polygons && len(points) < 4:
		return faultAt(at, "a ring has at least four positions")
	case r.kind == geo.Polygons && points[0] != points[len(points)-1]:
		return faultAt(at, "the ring does not end where it begins")
	}
	r.parts = append(r.parts, geo.Part{Points: points, Hole: hole})
	return nil
}

func (r *shapeReader) literal(at int) (Expr, error) {
	shape := geo.MakeShape(r.kind, r.parts)
	if shape.IsZero() {
		return nil, faultAt(at, "the geometry is empty")
	}
	if err := relate.Check(shape); err != nil {
		return nil, faultAt(at, "the polygon is not valid: %v", err)
	}
	return &Literal{shape, at}, nil
}

// boxLiteral makes the geometry of a bbox of four numbers, or six with heights. One
// that crosses 180 degrees, west above east, becomes two; one without width is a
// line or a point.
func (b *budget) boxLiteral(numbers []float64, at int) (Expr, error) {
	switch len(numbers) {
	case 4:
	case 6:
		numbers = []float64{numbers[0], numbers[1], numbers[3], numbers[4]}
	default:
		return nil, faultAt(at, "a bbox has 4 or 6 numbers, not %d", len(numbers))
	}
	var corners []geo.Point
	for _, i := range [4][2]int{{0, 1}, {2, 1}, {2, 3}, {0, 3}} {
		p, err := b.position(numbers[i[0]], numbers[i[1]])
		if err != nil {
			return nil, faultAt(at, "%v", err)
		}
		corners = append(corners, p)
	}
	first, last := corners[0], corners[2]
	if first.Y > last.Y {
		return nil, faultAt(at, "the bbox ends south of where it begins")
	}
	if first.X > last.X {
		east := box(geo.Box{W: first.X, S: first.Y, E: geo.World.E, N: last.Y})
		west := box(geo.Box{W: geo.World.W, S: first.Y, E: last.X, N: last.Y})
		return &Literal{join(east, west), at}, nil
	}
	if first.X == last.X || first.Y == last.Y {
		return &Literal{box(geo.NoBox.With(first).With(last)), at}, nil
	}
	return &Literal{geo.PolygonShape(corners), at}, nil
}

// box returns the shape of a box.
func box(b geo.Box) geo.Shape {
	sw, ne := geo.Point{X: b.W, Y: b.S}, geo.Point{X: b.E, Y: b.N}
	switch {
	case sw == ne:
		return geo.PointShape(sw)
	case sw.X == ne.X || sw.Y == ne.Y:
		return geo.LineShape([]geo.Point{sw, ne})
	}
	return geo.PolygonShape([]geo.Point{sw, {X: b.E, Y: b.S}, ne, {X: b.W, Y: b.N}})
}

// join puts two shapes of one kind together, of others it keeps the one of higher
// dimension.
func join(a, b geo.Shape) geo.Shape {
	if a.Kind() != b.Kind() {
		if a.Kind() > b.Kind() {
			return a
		}
		return b
	}
	return geo.MakeShape(a.Kind(), slices.Concat(slices.Collect(a.Parts()), slices.Collect(b.Parts())))
}

// geometry reads well-known text after the name of the type.
func (p *textParser) geometry(form geometryForm, at int) (Expr, error) {
	r := &shapeReader{budget: &p.budget, kind: form.kind}
	if err := p.nested(r, form.depth, 0); err != nil {
		return nil, err
	}
	return r.literal(at)
}

// nested reads brackets of a depth, the i-th of those around them from 1.
func (p *textParser) nested(r *shapeReader, depth, i int) error {
	at := p.now.at
	if depth == 1 && i > 0 && r.kind == geo.Points && !p.now.is("(") { // MULTIPOINT(1 2, 3 4)
		if err := p.coordinates(r); err != nil {
			return err
		}
		return r.end(false, at)
	}
	n := 0
	_, err := p.separated("(", ")", func() (Expr, error) {
		if n++; depth == 1 {
			return nil, p.coordinates(r)
		}
		return nil, p.nested(r, depth-1, n)
	})
	if err != nil || depth > 1 {
		return err
	}
	return r.end(r.kind == geo.Polygons && i > 1, at)
}

func (p *textParser) coordinates(r *shapeReader) error {
	at := p.now.at
	var numbers []float64
	for len(numbers) == 0 || p.now.kind == numberToken || p.now.is("-") || p.now.is("+") {
		n, err := p.number()
		if err != nil {
			return err
		}
		numbers = append(numbers, n)
	}
	return r.add(numbers, at)
}

func (p *textParser) bbox(at int) (Expr, error) {
	var numbers []float64
	_, err := p.separated("(", ")", func() (Expr, error) {
		n, err := p.number()
		numbers = append(numbers, n)
		return nil, err
	})
	if err != nil {
		return nil, err
	}
	return p.boxLiteral(numbers, at)
}

// geometry reads a geometry of GeoJSON.
func (p *jsonParser) geometry(at int, members map[string]jsonValue, depth int) (Expr, error) {
	name, _ := members["type"].text()
	if isCollection(name) {
		return p.collection(at, members, depth)
	}
	form, ok := geometries[strings.ToLower(name)]
	if !ok {
		return nil, faultAt(members["type"].at, "a geometry of type %q is not supported", name)
	}
	r := &shapeReader{budget: &p.budget, kind: form.kind}
	levels := form.depth // of arrays above the positions
	if form.kind == geo.Points {
		levels--
	}
	coordinates, ok := members["coordinates"]
	if !ok {
		return nil, faultAt(at, "the geometry has no coordinates")
	}
	if err := r.coordinates(coordinates, levels, 0); err != nil {
		return nil, err
	}
	return r.literal(at)
}

// coordinates reads arrays that nest to positions, the i-th of those around them
// from 0.
func (r *shapeReader) coordinates(v jsonValue, levels, i int) error {
	if levels == 0 {
		if err := r.jsonPosition(v); err != nil {
			return err
		}
		return r.end(false, v.at)
	}
	list, ok := v.value.([]jsonValue)
	if !ok {
		return faultAt(v.at, "the coordinates do not nest as the type wants")
	}
	for j, item := range list {
		var err error
		if levels == 1 && r.kind != geo.Points {
			err = r.jsonPosition(item)
		} else {
			err = r.coordinates(item, levels-1, j)
		}
		if err != nil {
			return err
		}
	}
	if levels > 1 || r.kind == geo.Points {
		return nil
	}
	return r.end(r.kind == geo.Polygons && i > 0, v.at)
}

func (r *shapeReader) jsonPosition(v jsonValue) error {
	numbers, err := numbersOf(v)
	if err != nil {
		return err
	}
	return r.add(numbers, v.at)
}

func numbersOf(v jsonValue) ([]float64, error) {
	list, ok := v.value.([]jsonValue)
	if !ok {
		return nil, faultAt(v.at, "an array of numbers is expected")
	}
	numbers := make([]float64, len(list))
	for i, item := range list {
		if numbers[i], ok = item.value.(float64); !ok {
			return nil, faultAt(item.at, "this is no number")
		}
	}
	return numbers, nil
}
