package files

import (
	"fmt"
	"strconv"

	"gridatlas/geo"
	"gridatlas/geo/geojson"
)

// tableForm writes layers as tables for people: a column of longitude and one of
// latitude for features that are one point, a column of well-known text for
// others, then the fields. What a table looks like in bytes is for its sheets.
type tableForm struct {
	sheets  sheets
	titles  bool
	current *outLayer
	cells   []any
	wkt     []byte
	several int // features of several points in a layer that has no column for them
}

// sheets takes tables, one after the other.
type sheets interface {
	// begin starts the table of a layer.
	begin(layer *outLayer, header []string) error
	// row takes nil, string, int64, float64, bool, decimal or shapeText.
	row(cells []any) error
	end(note func(format string, args ...any)) error
	drop()
}

// decimal is a number by its digits, as a coordinate that is exact in them.
type decimal string

// shapeText is well-known text.
type shapeText string

func decimalDegrees(steps int32) decimal { return decimal(geojson.AppendDegrees(nil, steps)) }

// pointColumns reports whether features of a layer may be points, and whether
// they may be something that only well-known text can say.
func pointColumns(schema *geo.Schema) (lonLat, wkt bool) {
	for _, kind := range schema.Kinds {
		lonLat = lonLat || kind == geo.Points
		wkt = wkt || kind == geo.Lines || kind == geo.Polygons
	}
	return lonLat, wkt
}

// headerOf names the columns of a layer.
func headerOf(layer *outLayer, titles bool) (header []string) {
	lonLat, wkt := pointColumns(layer.schema)
	for _, field := range layer.fields {
		header = append(header, titleOf(field, titles))
	}
	switch {
	case lonLat && titles:
		header = append(header, "经度", "纬度")
	case lonLat:
		header = append(header, "lon", "lat")
	}
	if wkt {
		header = append(header, "WKT")
	}
	return header
}

func (t *tableForm) feature(layer *outLayer, f geo.Feature) error {
	if t.current != layer {
		if layer.count > 0 {
			return fmt.Errorf("features of layer %s do not come together", layer.schema.Layer)
		}
		t.current = layer
		if err := t.sheets.begin(layer, headerOf(layer, t.titles)); err != nil {
			return err
		}
	}
	t.cells = t.cells[:0]
	for _, field := range layer.fields {
		t.cells = append(t.cells, cellOf(field, f, t.titles))
	}
	t.place(layer.schema, f.Common().Shape)
	return t.sheets.row(t.cells)
}

// place appends the cells that say where a feature lies.
func (t *tableForm) place(schema *geo.Schema, shape geo.Shape) {
	lonLat, wkt := pointColumns(schema)
	single := shape.Kind() == geo.Points && (shape.NumParts() == 1 || !wkt)
	if single && shape.NumParts() > 1 {
		t.several++
	}
	if lonLat && single {
		at := shape.Points()[0]
		t.cells = append(t.cells, decimalDegrees(at.X), decimalDegrees(at.Y))
	} else if lonLat {
		t.cells = append(t.cells, nil, nil)
	}
	if wkt && !single {
		t.wkt = appendWKT(t.wkt[:0], shape, appendLonLat)
		t.cells = append(t.cells, shapeText(t.wkt))
	} else if wkt {
		t.cells = append(t.cells, nil)
	}
}

func appendLonLat(dst []byte, p geo.Point) []byte {
	dst = append(geojson.AppendDegrees(dst, p.X), ' ')
	return geojson.AppendDegrees(dst, p.Y)
}

func (t *tableForm) end(note func(string, ...any)) error {
	if t.several > 0 {
		note("%d features have several points, of which a table holds the first; .geojson and .gpkg hold all", t.several)
	}
	return t.sheets.end(note)
}

func (t *tableForm) drop() { t.sheets.drop() }

// appendNumber appends the shortest decimal that reads back as v, never in the
// form 1e21.
func appendNumber(dst []byte, v float64) []byte { return strconv.AppendFloat(dst, v, 'f', -1, 64) }
