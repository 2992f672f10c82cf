package files

import (
	"archive/zip"
	"bufio"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"time"

	"gridatlas/geo/aside"
	"gridatlas/geo/table"
)

// csvSheets writes comma-separated values: a file holds one layer, a zip has a file
// each.
type csvSheets struct {
	out   *bufio.Writer
	zip   *zip.Writer // nil: out is the one table
	table *table.CSV
}

func newCSVForm(path string, to *aside.Files, frame *table.Frame, layers []*outLayer, writing Writing) (form, error) {
	zipped := strings.EqualFold(filepath.Ext(path), ".zip")
	if !zipped && len(layers) != 1 {
		return nil, fmt.Errorf("%w: a CSV file holds one layer; choose it, or write a .zip", ErrUnsuited)
	}
	file, err := to.Create(path)
	if err != nil {
		return nil, err
	}
	c := &csvSheets{out: bufferedFile(file)}
	t := &tableForm{frame: frame, sheets: c, titles: !writing.Names}
	if zipped {
		c.zip = zip.NewWriter(c.out)
		return t, c.zip.SetComment(writing.Attribution)
	}
	// The heading is there even if no feature comes.
	return t, t.begin(layers[0])
}

func (c *csvSheets) begin(layer *outLayer, header []string) error {
	var out io.Writer = c.out
	if c.zip != nil {
		if err := c.flush(); err != nil {
			return err
		}
		var err error
		if out, err = zipEntry(c.zip, string(layer.schema.Layer)+".csv"); err != nil {
			return err
		}
	}
	var err error
	c.table, err = table.NewCSV(out, header)
	return err
}

// zipEntry begins a file in a zip, dated now.
func zipEntry(z *zip.Writer, name string) (io.Writer, error) {
	return z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: time.Now()})
}

func (c *csvSheets) row(cells []any) error { return c.table.Row(cells) }

func (c *csvSheets) flush() error {
	if c.table == nil {
		return nil
	}
	return c.table.Flush()
}

func (c *csvSheets) end(func(string, ...any)) error {
	if err := c.flush(); err != nil {
		return err
	}
	if c.zip != nil {
		if err := c.zip.Close(); err != nil {
			return err
		}
	}
	return c.out.Flush()
}

func (c *csvSheets) drop() {}
