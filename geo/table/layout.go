package table

import (
	"strings"

	"gridatlas/geo"
)

// Layout says which columns the table of a layer has, and makes the rows of
// features. It is not for several goroutines at once.
type Layout struct {
	Schema *geo.Schema
	Fields []*geo.Field
	Frame  *Frame
	// Titles names columns and the values of closed lists in Chinese; otherwise they
	// have the names that programs know.
	Titles bool
	// IDs puts the id of the store before all else.
	IDs bool
	// Several counts the features of several points in a layer that has no column for
	// them: the table holds the first.
	Several int

	text []byte
}

// PlaceColumns reports whether features of a layer may be points, and whether they
// may be something that only well-known text can say.
func PlaceColumns(schema *geo.Schema) (lonLat, wkt bool) {
	for _, kind := range schema.Kinds {
		lonLat = lonLat || kind == geo.Points
		wkt = wkt || kind == geo.Lines || kind == geo.Polygons
	}
	return lonLat, wkt
}

// Header names the columns.
func (l *Layout) Header() (header []string) {
	if l.IDs {
		header = append(header, "id")
	}
	for _, field := range l.Fields {
		if l.Titles {
			header = append(header, field.Zh)
		} else {
			header = append(header, field.Name)
		}
	}
	lonLat, wkt := PlaceColumns(l.Schema)
	tag := l.Frame.tag()
	switch {
	case lonLat && l.Titles && l.Frame.System.Geographic():
		header = append(header, "经度"+tag, "纬度"+tag)
	case lonLat && l.Frame.System.Geographic():
		header = append(header, "lon"+tag, "lat"+tag)
	case lonLat:
		header = append(header, "x"+tag, "y"+tag)
	}
	if wkt {
		header = append(header, "WKT"+tag)
	}
	return header
}

// AppendRow appends a cell a column: nil, string, int64, float64, bool, Decimal or
// WKT.
func (l *Layout) AppendRow(cells []any, f geo.Feature) []any {
	if l.IDs {
		cells = append(cells, f.Common().ID)
	}
	for _, field := range l.Fields {
		cells = append(cells, Cell(field, f, l.Titles))
	}
	return l.appendPlace(cells, f.Common().Shape)
}

// appendPlace appends the cells that say where a feature lies.
func (l *Layout) appendPlace(cells []any, shape geo.Shape) []any {
	lonLat, wkt := PlaceColumns(l.Schema)
	single := shape.Kind() == geo.Points && (shape.NumParts() == 1 || !wkt)
	if single && shape.NumParts() > 1 {
		l.Several++
	}
	if lonLat && single {
		l.text = l.Frame.AppendXY(l.text[:0], shape.Points()[0])
		x, y, _ := strings.Cut(string(l.text), " ")
		cells = append(cells, Decimal(x), Decimal(y))
	} else if lonLat {
		cells = append(cells, nil, nil)
	}
	if wkt && !single {
		l.text = AppendWKT(l.text[:0], shape, l.Frame.AppendXY)
		cells = append(cells, WKT(l.text))
	} else if wkt {
		cells = append(cells, nil)
	}
	return cells
}
