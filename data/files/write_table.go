package files

import (
	"fmt"
	"strconv"
	"strings"

	"gridatlas/geo"
)

// tableForm writes layers as tables for people: a column of longitude and one of
// latitude for features that are one point, a column of well-known text for
// others, then the fields. What a table looks like in bytes is for its sheets.
type tableForm struct {
	frame   *frame
	sheets  sheets
	titles  bool
	current *outLayer
	cells   []any
	text    []byte
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
func (t *tableForm) headerOf(layer *outLayer) (header []string) {
	lonLat, wkt := pointColumns(layer.schema)
	tag := t.frame.tag()
	for _, field := range layer.fields {
		header = append(header, titleOf(field, t.titles))
	}
	switch {
	case lonLat && t.titles && t.frame.system.Geographic():
		header = append(header, "经度"+tag, "纬度"+tag)
	case lonLat && t.frame.system.Geographic():
		header = append(header, targetLon+tag, targetLat+tag)
	case lonLat:
		header = append(header, "x"+tag, "y"+tag)
	}
	if wkt {
		header = append(header, "WKT"+tag)
	}
	return header
}

func (t *tableForm) feature(layer *outLayer, f geo.Feature) error {
	if t.current != layer {
		if layer.count > 0 {
			return fmt.Errorf("features of layer %s do not come together", layer.schema.Layer)
		}
		t.current = layer
		if err := t.sheets.begin(layer, t.headerOf(layer)); err != nil {
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
		t.text = t.frame.appendXY(t.text[:0], shape.Points()[0], ' ')
		x, y, _ := strings.Cut(string(t.text), " ")
		t.cells = append(t.cells, decimal(x), decimal(y))
	} else if lonLat {
		t.cells = append(t.cells, nil, nil)
	}
	if wkt && !single {
		t.text = appendWKT(t.text[:0], shape, t.frame)
		t.cells = append(t.cells, shapeText(t.text))
	} else if wkt {
		t.cells = append(t.cells, nil)
	}
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
