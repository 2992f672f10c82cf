package files

import (
	"bytes"
	"context"
	"io"
)

// GeoJSONTable is the table of what a reader gives, for tests without a file.
func GeoJSONTable(open func() io.Reader) *Table {
	return geojsonTable(memory("memory.geojson", open))
}

// CSVTable is the same of a list.
func CSVTable(open func() io.Reader, opts Options) (*Table, error) {
	return csvTable(context.Background(), memory("memory.csv", open), opts)
}

func memory(name string, open func() io.Reader) stream {
	return stream{name: name, open: func() (io.ReadCloser, error) { return io.NopCloser(open()), nil }}
}

// KMLTable is the same of KML.
func KMLTable(open func() io.Reader) *Table { return kmlTable(memory("memory.kml", open)) }

// FromWKB reads a geometry of well-known binary, in a GeoPackage blob or bare.
func (g *Geometry) FromWKB(raw []byte) error  { return g.wkb(raw) }
func (g *Geometry) FromBlob(raw []byte) error { return g.blob(raw) }

// FromSHP reads the content of a record of a shapefile.
func (g *Geometry) FromSHP(raw []byte) error { return g.shp(raw) }

// DBFTable is a table of attributes alone.
func DBFTable(raw []byte) (*Table, error) {
	set := &shapefile{dbf: bytesStream("memory.dbf", raw)}
	return set.table(context.Background(), Options{})
}

// ShapefileTable is a shapefile of two files.
func ShapefileTable(shp, dbf []byte) (*Table, error) {
	set := &shapefile{shp: bytesStream("memory.shp", shp), dbf: bytesStream("memory.dbf", dbf)}
	return set.table(context.Background(), Options{})
}

func bytesStream(name string, raw []byte) *stream {
	in := memory(name, func() io.Reader { return bytes.NewReader(raw) })
	in.size = int64(len(raw))
	return &in
}

// SheetTable is a sheet of a workbook with two shared texts, whose cells of style
// 1 are dates; nil when it is empty.
func SheetTable(raw []byte) (*Table, error) {
	w := &workbook{isDate: []bool{false, true}, shared: sharedStrings{text: []byte("name值"), ends: []uint32{4, 7}}}
	return w.table(context.Background(), "sheet", *bytesStream("sheet.xml", raw))
}
