package files

import (
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"iter"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"

	"gridatlas/geo/entry"
)

// table reads a sheet. Its first filled row names the columns; a row of one
// cell above a wider one is a title and passed over. Nil when the sheet is empty.
func (w *workbook) table(ctx context.Context, name string, in stream) (*Table, error) {
	merged, err := mergedCells(ctx, in)
	if err != nil {
		return nil, err
	}
	t := &Table{Name: name}
	heading := 0
	s, err := w.openSheet(ctx, in, nil) // a title merged over all columns names none of them
	if err != nil {
		return nil, err
	}
	defer s.Close()
	for {
		found, err := s.next()
		if err != nil {
			return nil, err
		}
		if !found || heading > 0 && s.filled == 1 {
			break
		}
		if s.filled == 0 {
			continue
		}
		var names []string
		for _, c := range s.cells {
			names = append(names, entry.Text(c.value))
		}
		heading, t.Columns = s.row, columnNames(names)
		t.System = systemOfHeading(t.Columns)
		if s.filled > 1 {
			break
		}
	}
	if heading == 0 {
		return nil, nil
	}
	t.read = func(ctx context.Context, _ rowOptions) iter.Seq2[*Row, *RowFault] {
		return func(yield func(*Row, *RowFault) bool) {
			if err := w.rows(ctx, in, t, heading, merged, yield); err != nil {
				yield(nil, &RowFault{Reason: err.Error(), Fatal: true})
			}
		}
	}
	return t, nil
}

// rows gives the rows below the heading; blank ones are passed over.
func (w *workbook) rows(ctx context.Context, in stream, t *Table, heading int, merged []mergedRange, yield func(*Row, *RowFault) bool) error {
	s, err := w.openSheet(ctx, in, merged)
	if err != nil {
		return err
	}
	defer s.Close()
	var row Row
	for count := 0; ; {
		found, err := s.next()
		if err != nil || !found {
			return err
		}
		if s.row <= heading || s.filled == 0 {
			continue
		}
		count++
		row.reset(Place{Row: count, Line: s.row})
		var fault *RowFault
		for i, c := range s.cells {
			name := ""
			if i < len(t.Columns) {
				name = t.Columns[i]
			}
			if name == "" && c.value != nil {
				name = columnLetters(i)
			}
			if c.fault != "" && fault == nil {
				fault = &RowFault{Place: row.Place, Field: name, Reason: c.fault}
			}
			row.Values = append(row.Values, Value{name, c.value})
		}
		if !yield(&row, fault) {
			return nil
		}
	}
}

// sheetReader gives the cells of row after row.
type sheetReader struct {
	*xmlReader
	book   *workbook
	merged []mergedRange // by their first row
	under  []mergedRange // those that reach the row that is read

	row    int // its number in the sheet, from 1
	cells  []cell
	filled int // cells with a value of their own
}

type cell struct {
	value any
	fault string
}

func (w *workbook) openSheet(ctx context.Context, in stream, merged []mergedRange) (*sheetReader, error) {
	r, err := openXML(ctx, in)
	if err != nil {
		return nil, err
	}
	return &sheetReader{xmlReader: r, book: w, merged: merged}, nil
}

// next reads the next row; false behind the last.
func (s *sheetReader) next() (bool, error) {
	for {
		token, err := s.xmlReader.next()
		if err != nil {
			return false, ended(err)
		}
		if e, ok := token.(xml.StartElement); ok && e.Name.Local == "row" {
			return true, s.readRow(e)
		}
	}
}

func (s *sheetReader) readRow(e xml.StartElement) error {
	s.row++
	if text := attribute(e, "r"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < s.row {
			return fmt.Errorf("row %q does not follow row %d", text, s.row-1)
		}
		s.row = n
	}
	s.cells, s.filled = s.cells[:0], 0
	for {
		token, err := s.xmlReader.next()
		if err != nil {
			return inside(err)
		}
		switch t := token.(type) {
		case xml.EndElement:
			if t.Name.Local == "row" {
				return s.fillMerged()
			}
		case xml.StartElement:
			if t.Name.Local != "c" {
				continue
			}
			column := len(s.cells)
			if at := attribute(t, "r"); at != "" {
				if column = columnOf(at); column < len(s.cells) {
					return fmt.Errorf("cell %q of row %d does not follow the one before it", at, s.row)
				}
			}
			if column >= maxColumns {
				return fmt.Errorf("row %d has more than %d columns", s.row, maxColumns)
			}
			for len(s.cells) < column {
				s.cells = append(s.cells, cell{})
			}
			c, err := s.readCell(t)
			if err != nil {
				return err
			}
			if c.value != nil || c.fault != "" {
				s.filled++
			}
			s.cells = append(s.cells, c)
		}
	}
}

// readCell reads one cell: its value, not its formula.
func (s *sheetReader) readCell(e xml.StartElement) (cell, error) {
	kind, style := attribute(e, "t"), attribute(e, "s")
	text := ""
	for depth := s.depth; ; {
		token, err := s.xmlReader.next()
		if err != nil {
			return cell{}, inside(err)
		}
		switch t := token.(type) {
		case xml.EndElement:
			if s.depth < depth {
				return s.book.cell(kind, style, text), nil
			}
		case xml.StartElement:
			if t.Name.Local == "v" || t.Name.Local == "is" {
				if text, err = s.text("rPh"); err != nil {
					return cell{}, err
				}
			}
		}
	}
}

// cell makes a value of what stands in a cell, by its type and style.
func (w *workbook) cell(kind, style, text string) cell {
	switch kind {
	case "s":
		i, err := strconv.Atoi(strings.TrimSpace(text))
		shared, ok := w.shared.get(i)
		if err != nil || !ok {
			return cell{fault: fmt.Sprintf("the cell points to text %q, which is not there", text)}
		}
		return textCell(shared)
	case "inlineStr", "str", "d":
		return textCell(text)
	case "b":
		return cell{value: strings.TrimSpace(text) == "1"}
	case "e":
		return cell{fault: fmt.Sprintf("the cell holds the error %s", text)}
	}
	if text = strings.TrimSpace(text); text == "" {
		return cell{}
	}
	number, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsInf(number, 0) || math.IsNaN(number) {
		return cell{fault: fmt.Sprintf("%q is not a number", text)}
	}
	if i, err := strconv.Atoi(style); err == nil && i >= 0 && i < len(w.isDate) && w.isDate[i] {
		return w.date(number)
	}
	// Spreadsheets write 17 digits: 0.1 stands as 0.10000000000000001.
	return cell{value: plainNumber(number)}
}

// escapedInSheet is how a character stands that XML cannot hold (ECMA-376 part 1,
// clause 22.9.2.19, ST_Xstring).
var escapedInSheet = regexp.MustCompile(`_x[0-9A-Fa-f]{4}_`)

func textCell(text string) cell {
	text = escapedInSheet.ReplaceAllStringFunc(text, func(escape string) string {
		code, _ := strconv.ParseUint(escape[2:6], 16, 16) // four digits by the pattern
		return string(rune(code))
	})
	if text == "" {
		return cell{}
	}
	return cell{value: text}
}

// date returns the day of a serial number: days since 1899-12-30, which makes up
// for the 29 February 1900 that spreadsheets count; a time of day without a day
// is 15:04.
func (w *workbook) date(serial float64) cell {
	const last = 2958465 // 9999-12-31
	if serial < 0 || serial > last {
		return cell{fault: fmt.Sprintf("%v is not a date", serial)}
	}
	if serial < 1 {
		return cell{value: time.Time{}.Add(time.Duration(math.Round(serial*24*60)) * time.Minute).Format("15:04")}
	}
	first := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)
	switch {
	case w.from1904:
		first = time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC)
	case serial < 60:
		first = first.AddDate(0, 0, 1)
	}
	return cell{value: first.AddDate(0, 0, int(serial)).Format(time.DateOnly)}
}

// columnOf returns the column of a cell such as AB12, from 0.
func columnOf(at string) int {
	n := 0
	for _, c := range at {
		if c < 'A' || c > 'Z' || n > maxColumns {
			break
		}
		n = n*26 + int(c-'A') + 1
	}
	return n - 1
}

// ended takes the end of a file as no error.
func ended(err error) error {
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}
