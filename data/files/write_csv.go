package files

import (
	"archive/zip"
	"bufio"
	"encoding/csv"
	"fmt"
	"io"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"gridatlas/geo/aside"
)

// csvSheets writes comma-separated values (RFC 4180): UTF-8 behind a byte order
// mark, by which Excel knows it, a heading, texts that no spreadsheet takes for a
// formula. A file holds one layer; a zip has a file each.
type csvSheets struct {
	out    *bufio.Writer
	zip    *zip.Writer // nil: out is the one table
	csv    *csv.Writer
	record []string
}

const byteOrderMark = "\ufeff"

func newCSVForm(path string, to *aside.Files, frame *frame, layers []*outLayer, writing Writing) (form, error) {
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
	t.current = layers[0]
	return t, c.begin(layers[0], t.headerOf(layers[0]))
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
	if _, err := io.WriteString(out, byteOrderMark); err != nil {
		return err
	}
	c.csv = csv.NewWriter(out)
	return c.csv.Write(header)
}

// zipEntry begins a file in a zip, dated now.
func zipEntry(z *zip.Writer, name string) (io.Writer, error) {
	return z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: time.Now()})
}

func (c *csvSheets) row(cells []any) error {
	c.record = c.record[:0]
	for _, cell := range cells {
		c.record = append(c.record, csvText(cell))
	}
	return c.csv.Write(c.record)
}

func csvText(cell any) string {
	switch v := cell.(type) {
	case string:
		return quoteFormula(v)
	case decimal:
		return string(v)
	case shapeText:
		return string(v)
	case int64:
		return strconv.FormatInt(v, 10)
	case float64:
		return string(appendNumber(nil, v))
	case bool:
		if v {
			return yes
		}
		return no
	}
	return ""
}

// formulaStarts begin a cell that a spreadsheet may take for a formula, and so
// run when somebody opens the file (OWASP ASVS 1.2.10).
const formulaStarts = "=+-@\t\r\x00"

// quoteFormula puts an apostrophe before a text that begins like a formula, and
// before one that looks as if this had been done: unquoteFormula takes exactly
// that one away again.
func quoteFormula(text string) string {
	if rest := strings.TrimLeft(text, "'"); rest != "" && strings.IndexByte(formulaStarts, rest[0]) >= 0 {
		return "'" + text
	}
	return text
}

// unquoteFormula gives back what quoteFormula was given.
func unquoteFormula(cell string) string {
	if text, quoted := strings.CutPrefix(cell, "'"); quoted && quoteFormula(text) != text {
		return text
	}
	return cell
}

func (c *csvSheets) flush() error {
	if c.csv == nil {
		return nil
	}
	c.csv.Flush()
	return c.csv.Error()
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
