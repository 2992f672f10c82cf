package table

import (
	"encoding/csv"
	"io"
	"strconv"
	"strings"
)

// ByteOrderMark stands before a table in UTF-8: by it Excel knows the encoding.
const ByteOrderMark = "\ufeff"

// CSV writes comma-separated values (RFC 4180): UTF-8 behind a byte order mark, a
// heading, texts that no spreadsheet takes for a formula. It is not for several
// goroutines at once.
type CSV struct {
	lines  *csv.Writer
	record []string
}

// NewCSV begins a table with its heading.
func NewCSV(out io.Writer, header []string) (*CSV, error) {
	if _, err := io.WriteString(out, ByteOrderMark); err != nil {
		return nil, err
	}
	c := &CSV{lines: csv.NewWriter(out)}
	return c, c.lines.Write(header)
}

// Row writes a row of cells as Layout makes them.
func (c *CSV) Row(cells []any) error {
	c.record = c.record[:0]
	for _, cell := range cells {
		c.record = append(c.record, Text(cell))
	}
	return c.lines.Write(c.record)
}

// Flush writes what is still held.
func (c *CSV) Flush() error {
	c.lines.Flush()
	return c.lines.Error()
}

// Text is a cell as a text that no spreadsheet runs; empty for none.
func Text(cell any) string {
	switch v := cell.(type) {
	case string:
		return QuoteFormula(v)
	case Decimal:
		return string(v)
	case WKT:
		return string(v)
	case int64:
		return strconv.FormatInt(v, 10)
	case float64:
		return string(AppendNumber(nil, v))
	case bool:
		if v {
			return Yes
		}
		return No
	}
	return ""
}

// formulaStarts begin a cell that a spreadsheet may take for a formula, and so
// run when somebody opens the file (OWASP ASVS 1.2.10).
const formulaStarts = "=+-@\t\r\x00"

// QuoteFormula puts an apostrophe before a text that begins like a formula, and
// before one that looks as if this had been done: UnquoteFormula takes exactly
// that one away again.
func QuoteFormula(text string) string {
	if rest := strings.TrimLeft(text, "'"); rest != "" && strings.IndexByte(formulaStarts, rest[0]) >= 0 {
		return "'" + text
	}
	return text
}

// UnquoteFormula gives back what QuoteFormula was given.
func UnquoteFormula(cell string) string {
	if text, quoted := strings.CutPrefix(cell, "'"); quoted && QuoteFormula(text) != text {
		return text
	}
	return cell
}
