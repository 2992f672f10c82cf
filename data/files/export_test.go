package files

import (
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
