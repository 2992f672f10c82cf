package files

import (
	"bufio"
	"encoding/binary"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"

	"gridatlas/geo"
	"gridatlas/geo/table"
)

// Limits of the table (dBase III): bytes of a text, and of a number.
const (
	dbfText254  = 254
	dbfNumber24 = 24
)

// dbfText is how text is written.
type dbfText struct {
	name     string // as .cpg has it
	driver   byte   // the language driver in the head, for programs that do not read .cpg
	encoding encoding.Encoding
}

// newDBFText knows UTF-8, which is the default, and GBK.
func newDBFText(name string) (dbfText, error) {
	switch strings.ToUpper(name) {
	case "", "UTF-8", "UTF8":
		return dbfText{name: "UTF-8"}, nil
	case "GBK":
		return dbfText{name: "GBK", driver: 0x4d, encoding: simplifiedchinese.GBK}, nil
	}
	return dbfText{}, fmt.Errorf("encoding %q is neither UTF-8 nor GBK", name)
}

// encode returns the bytes of a text, how many characters the encoding has not
// and were written as a question mark, and whether it was cut to what a column
// holds, between two characters.
func (t dbfText) encode(text string) (out string, foreign int, cut bool) {
	var b strings.Builder
	for _, r := range text {
		char := string(r)
		if t.encoding != nil && r >= utf8.RuneSelf {
			var err error
			if char, err = t.encoding.NewEncoder().String(char); err != nil {
				char = "?"
				foreign++
			}
		}
		if b.Len()+len(char) > dbfText254 {
			return b.String(), foreign, true
		}
		b.WriteString(char)
	}
	return b.String(), foreign, false
}

// dbfSpool keeps the rows of a table in a file as they come, since the widths of
// columns stand before the rows and are known at the end.
type dbfSpool struct {
	layer   *outLayer
	text    dbfText
	file    *os.File
	out     *bufio.Writer
	columns []dbfColumn
	count   uint32
	length  []byte
}

type dbfColumn struct {
	field    *geo.Field
	kind     byte
	width    int // of texts and whole numbers so far
	whole    int // digits before the point, with the sign
	decimals int
	cut      int // texts
	foreign  int // characters
}

func newDBFSpool(file *os.File, layer *outLayer, text dbfText) *dbfSpool {
	t := &dbfSpool{layer: layer, text: text, file: file, out: bufferedFile(file)}
	for _, field := range layer.fields {
		column := dbfColumn{field: field, kind: 'C', width: 1}
		switch field.Type {
		case geo.Integer:
			column.kind = 'N'
		case geo.Number:
			column.kind, column.decimals, column.whole = 'N', 1, 1
		case geo.Boolean, geo.Flag:
			column.kind = 'L'
		case geo.Day:
			column.kind, column.width = 'D', 8
		}
		t.columns = append(t.columns, column)
	}
	return t
}

func (t *dbfSpool) add(f geo.Feature) error {
	t.count++
	for i := range t.columns {
		c := &t.columns[i]
		cell := c.cell(table.Cell(c.field, f, false), t.text)
		t.length = binary.AppendUvarint(t.length[:0], uint64(len(cell)))
		if _, err := t.out.Write(t.length); err != nil {
			return err
		}
		if _, err := t.out.WriteString(cell); err != nil {
			return err
		}
	}
	return nil
}

// cell is a value as the table has it, without the blanks around; it widens the
// column.
func (c *dbfColumn) cell(value any, text dbfText) string {
	switch v := value.(type) {
	case nil:
		return ""
	case bool:
		if v {
			return "T"
		}
		return "F"
	case int64:
		cell := strconv.FormatInt(v, 10)
		c.width = max(c.width, len(cell))
		return cell
	case float64:
		cell := string(table.AppendNumber(nil, v))
		whole, decimals, _ := strings.Cut(cell, ".")
		c.whole, c.decimals = max(c.whole, len(whole)), max(c.decimals, len(decimals))
		return cell
	case string:
		if c.kind == 'D' {
			return strings.ReplaceAll(v, "-", "")
		}
		cell, foreign, cut := text.encode(v)
		c.width = max(c.width, len(cell))
		c.foreign += foreign
		if cut {
			c.cut++
		}
		return cell
	}
	panic(fmt.Sprintf("no cell for %T", value))
}

// settle ends the width of a column.
func (c *dbfColumn) settle() {
	if c.field.Type == geo.Number {
		c.whole = min(c.whole, dbfNumber24)
		c.decimals = max(0, min(c.decimals, dbfNumber24-1-c.whole))
		c.width = c.whole + 1 + c.decimals
	}
}

// append appends a cell, filled up to the width of the column.
func (c *dbfColumn) append(dst []byte, cell string) ([]byte, error) {
	if c.field.Type == geo.Number && cell != "" {
		number, err := strconv.ParseFloat(cell, 64)
		if err != nil {
			return nil, err
		}
		whole, decimals, _ := strings.Cut(cell, ".")
		if len(decimals) > c.decimals {
			cell = strconv.FormatFloat(number, 'f', c.decimals, 64)
		} else {
			cell = whole + "." + decimals + strings.Repeat("0", c.decimals-len(decimals))
		}
		if len(cell) > c.width {
			return nil, fmt.Errorf("field %s: the number %v is too large for a Shapefile; write .gpkg", c.field.Name, number)
		}
	}
	blanks := strings.Repeat(" ", c.width-len(cell))
	if c.kind == 'N' {
		return append(append(dst, blanks...), cell...), nil
	}
	return append(append(dst, cell...), blanks...), nil
}

// write makes the table of the rows that were kept.
func (t *dbfSpool) write(w io.Writer, note func(string, ...any)) error {
	rowSize := 1
	for i := range t.columns {
		c := &t.columns[i]
		c.settle()
		rowSize += c.width
		if c.cut > 0 {
			note("%s.%s: %d texts are longer than %d bytes and were cut", t.layer.schema.Layer, c.field.Name, c.cut, dbfText254)
		}
		if c.foreign > 0 {
			note("%s.%s: %d characters that %s has not were written as ?", t.layer.schema.Layer, c.field.Name, c.foreign, t.text.name)
		}
	}
	headSize := 32*(1+len(t.columns)) + 1
	if int64(headSize)+int64(rowSize)*int64(t.count) > shapefileLimit {
		return errTooLarge(t.layer)
	}
	if _, err := w.Write(t.head(headSize, rowSize)); err != nil {
		return err
	}
	if err := t.out.Flush(); err != nil {
		return err
	}
	if _, err := t.file.Seek(0, io.SeekStart); err != nil {
		return err
	}
	in := bufio.NewReaderSize(t.file, 1<<16)
	var row []byte
	var cell [1 << 10]byte // numbers of 300 digits, before they are refused
	for range t.count {
		row = append(row[:0], ' ')
		for i := range t.columns {
			n, err := binary.ReadUvarint(in)
			if err != nil {
				return err
			}
			if _, err := io.ReadFull(in, cell[:n]); err != nil {
				return err
			}
			if row, err = t.columns[i].append(row, string(cell[:n])); err != nil {
				return err
			}
		}
		if _, err := w.Write(row); err != nil {
			return err
		}
	}
	_, err := w.Write([]byte{0x1a})
	return err
}

func (t *dbfSpool) head(headSize, rowSize int) []byte {
	now := time.Now()
	head := []byte{3, byte(now.Year() - 1900), byte(now.Month()), byte(now.Day())}
	head = binary.LittleEndian.AppendUint32(head, t.count)
	head = binary.LittleEndian.AppendUint16(head, uint16(headSize))
	head = binary.LittleEndian.AppendUint16(head, uint16(rowSize))
	head = append(head, make([]byte, 20)...)
	head[29] = t.text.driver
	short := shortNames(t.layer.schema)
	for _, c := range t.columns {
		column := make([]byte, 32)
		copy(column, short[c.field.Name])
		column[11] = c.kind
		column[16] = byte(c.width)
		if c.field.Type == geo.Number {
			column[17] = byte(c.decimals)
		}
		head = append(head, column...)
	}
	return append(head, 0x0d)
}

// writeFieldNames tells what the short names of columns mean.
func writeFieldNames(w io.Writer, layer *outLayer, attribution string) error {
	lines := csv.NewWriter(w)
	err := writeText(w, table.ByteOrderMark)
	if attribution != "" {
		err = errors.Join(err, writeText(w, attribution+"\n"))
	}
	err = errors.Join(err, lines.Write([]string{"列名", "字段", "标题", "单位", "取值"}))
	short := shortNames(layer.schema)
	for _, field := range layer.fields {
		err = errors.Join(err, lines.Write([]string{short[field.Name], field.Name, field.Zh, field.Unit, termsText(field)}))
	}
	lines.Flush()
	return errors.Join(err, lines.Error())
}

// termsText lists the allowed values of a field with their titles.
func termsText(field *geo.Field) string {
	var texts []string
	for _, term := range field.Terms {
		texts = append(texts, term.Value+" "+term.Zh)
	}
	return strings.Join(texts, table.ListSeparator)
}
