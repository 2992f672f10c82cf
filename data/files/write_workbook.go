package files

import (
	"bufio"
	"fmt"
	"strings"

	"gridatlas/geo/aside"
	"gridatlas/geo/table"
)

// workbookSheets writes a layer a sheet. Texts are texts, whatever they look
// like: long codes keep their digits and nothing is a formula.
type workbookSheets struct {
	out  *bufio.Writer
	book *xlsxWriter
	rows int

	cut, shapeless int // texts and shapes that are longer than a cell
}

func newWorkbookForm(path string, to *aside.Files, frame *table.Frame, writing Writing) (form, error) {
	file, err := to.Create(path)
	if err != nil {
		return nil, err
	}
	out := bufferedFile(file)
	book := &workbookSheets{out: out, book: newXLSXWriter(out, writing.Attribution)}
	return &tableForm{frame: frame, sheets: book, titles: !writing.Names}, nil
}

func (w *workbookSheets) begin(layer *outLayer, header []string) error {
	w.rows = 0
	return w.book.sheet(xlsxSheet{name: layer.schema.Zh, header: header})
}

func (w *workbookSheets) row(cells []any) error {
	if w.rows++; w.rows >= maxSheetRows {
		return fmt.Errorf("a sheet holds %d rows and not more; write .csv or .gpkg", maxSheetRows)
	}
	for i, cell := range cells {
		switch v := cell.(type) {
		case string:
			if short := cutUnits(v, maxCellText); short != v {
				cells[i] = short
				w.cut++
			}
		case table.WKT:
			if len(v) > maxCellText { // some of a shape is worse than none
				cells[i] = nil
				w.shapeless++
			}
		}
	}
	return w.book.row(cells)
}

// cutUnits cuts a text to n UTF-16 units, in which spreadsheets count.
func cutUnits(text string, n int) string {
	if len(text) <= n {
		return text
	}
	for i, r := range text {
		if r > 0xffff {
			n--
		}
		if n--; n < 0 {
			return text[:i]
		}
	}
	return text
}

func (w *workbookSheets) end(note func(string, ...any)) error {
	if w.cut > 0 {
		note("%d texts are longer than the %d characters that a cell holds and were cut", w.cut, maxCellText)
	}
	if w.shapeless > 0 {
		note("%d shapes are longer than the %d characters that a cell holds and were left out; .gpkg holds them", w.shapeless, maxCellText)
	}
	if err := w.book.close(); err != nil {
		return err
	}
	return w.out.Flush()
}

func (w *workbookSheets) drop() {}

// sheetName takes what the format does not allow out of a name.
func sheetName(name string) string {
	name = strings.Map(func(r rune) rune {
		if strings.ContainsRune(`[]:*?/\'`, r) {
			return ' '
		}
		return r
	}, name)
	return cutUnits(name, 31)
}
