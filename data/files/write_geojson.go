package files

import (
	"bufio"
	"fmt"
	"os"

	"gridatlas/geo"
	"gridatlas/geo/aside"
	"gridatlas/geo/crs"
	"gridatlas/geo/geojson"
)

// geojsonForm writes a FeatureCollection (RFC 7946) with a feature a line, or
// only those lines. Every feature carries its layer, so one file holds any.
type geojsonForm struct {
	out        *bufio.Writer
	collection bool
	line       []byte
	count      int
}

func newGeoJSONForm(path string, to *aside.Files, format Format, writing Writing) (form, error) {
	if writing.System != crs.WGS84 {
		return nil, fmt.Errorf("%w: GeoJSON is in WGS84 (RFC 7946), not in %s", ErrUnsuited, writing.System.Title())
	}
	file, err := to.Create(path)
	if err != nil {
		return nil, err
	}
	g := &geojsonForm{out: bufferedFile(file), collection: format == GeoJSON}
	if !g.collection {
		return g, nil
	}
	head := []byte(`{"type":"FeatureCollection",`)
	if writing.Attribution != "" {
		head = append(geojson.AppendString(append(head, `"attribution":`...), writing.Attribution), ',')
	}
	_, err = g.out.Write(append(head, `"features":[`...))
	return g, err
}

func bufferedFile(file *os.File) *bufio.Writer { return bufio.NewWriterSize(file, 1<<16) }

func (g *geojsonForm) feature(layer *outLayer, f geo.Feature) error {
	g.line = g.line[:0]
	if g.collection {
		if g.count > 0 {
			g.line = append(g.line, ',')
		}
		g.line = append(g.line, '\n')
	}
	g.line = geojson.AppendFeature(g.line, f, layer.fields)
	if !g.collection {
		g.line = append(g.line, '\n')
	}
	g.count++
	_, err := g.out.Write(g.line)
	return err
}

func (g *geojsonForm) end(func(string, ...any)) error {
	if g.collection {
		if _, err := g.out.WriteString("\n]}\n"); err != nil {
			return err
		}
	}
	return g.out.Flush()
}

func (g *geojsonForm) drop() {}
