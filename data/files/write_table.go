package files

import (
	"fmt"

	"gridatlas/geo"
	"gridatlas/geo/table"
)

// tableForm writes layers as tables for people. What a table looks like in bytes
// is for its sheets.
type tableForm struct {
	frame   *table.Frame
	sheets  sheets
	titles  bool
	current *outLayer
	layout  table.Layout
	cells   []any
	several int // features of which a table holds one point of several
}

// sheets takes tables, one after the other.
type sheets interface {
	// begin starts the table of a layer.
	begin(layer *outLayer, header []string) error
	// row takes cells as table.Layout makes them.
	row(cells []any) error
	end(note func(format string, args ...any)) error
	drop()
}

func (t *tableForm) begin(layer *outLayer) error {
	t.current = layer
	t.several += t.layout.Several
	t.layout = table.Layout{Schema: layer.schema, Fields: layer.fields, Frame: t.frame, Titles: t.titles}
	return t.sheets.begin(layer, t.layout.Header())
}

func (t *tableForm) feature(layer *outLayer, f geo.Feature) error {
	if t.current != layer {
		if layer.count > 0 {
			return fmt.Errorf("features of layer %s do not come together", layer.schema.Layer)
		}
		if err := t.begin(layer); err != nil {
			return err
		}
	}
	t.cells = t.layout.AppendRow(t.cells[:0], f)
	return t.sheets.row(t.cells)
}

func (t *tableForm) end(note func(string, ...any)) error {
	if several := t.several + t.layout.Several; several > 0 {
		note("%d features have several points, of which a table holds the first; .geojson and .gpkg hold all", several)
	}
	return t.sheets.end(note)
}

func (t *tableForm) drop() { t.sheets.drop() }
