package files

import (
	"context"
	"encoding/xml"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"
)

// workbook is an open .xlsx file (ECMA-376, part 1, clause 18): plain cells of its
// sheets. Formulas count by the value that the spreadsheet last saw. Charts,
// notes and all the rest are left alone.
type workbook struct {
	archive  *archive
	sheets   []sheet
	shared   sharedStrings
	isDate   []bool // by style of a cell
	from1904 bool   // dates count from 1904, as on older Macs
}

type sheet struct{ name, relation, member string }

// openWorkbook reads what all sheets need: their list, the shared texts, which
// styles are dates.
func openWorkbook(ctx context.Context, a *archive) (*workbook, error) {
	w := &workbook{archive: a}
	for _, part := range []struct {
		name string
		read func(*xmlReader) error
		must bool
	}{
		{"xl/workbook.xml", w.readSheets, true},
		{"xl/_rels/workbook.xml.rels", w.readRelations, true},
		{"xl/sharedStrings.xml", w.shared.read, false},
		{"xl/styles.xml", w.readStyles, false},
	} {
		in, ok := a.member(part.name)
		if !ok && part.must {
			return nil, fmt.Errorf("the workbook has no %s", part.name)
		}
		if !ok {
			continue
		}
		r, err := openXML(ctx, in)
		if err != nil {
			return nil, err
		}
		err = part.read(r)
		r.Close()
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", part.name, err)
		}
	}
	return w, nil
}

func (w *workbook) readSheets(r *xmlReader) error {
	for {
		token, err := r.next()
		if err != nil {
			return ended(err)
		}
		e, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		switch e.Name.Local {
		case "workbookPr":
			date1904 := attribute(e, "date1904")
			w.from1904 = date1904 == "1" || date1904 == "true"
		case "sheet":
			// The id of the sheet has no name space, that of the relation has one.
			relation := ""
			for _, a := range e.Attr {
				if a.Name.Local == "id" && a.Name.Space != "" {
					relation = a.Value
				}
			}
			w.sheets = append(w.sheets, sheet{name: attribute(e, "name"), relation: relation})
		}
	}
}

func (w *workbook) readRelations(r *xmlReader) error {
	return r.elements("Relationship", func(e xml.StartElement) error {
		target := attribute(e, "Target")
		if strings.HasPrefix(target, "/") {
			target = strings.TrimPrefix(target, "/")
		} else {
			target = path.Join("xl", target)
		}
		for i := range w.sheets {
			if w.sheets[i].relation == attribute(e, "Id") {
				w.sheets[i].member = target
			}
		}
		return nil
	})
}

// readStyles finds which styles of cells show a number as a date.
func (w *workbook) readStyles(r *xmlReader) error {
	codes := map[string]string{}
	inCells := false
	for {
		token, err := r.next()
		if err != nil {
			return ended(err)
		}
		switch e := token.(type) {
		case xml.StartElement:
			switch e.Name.Local {
			case "numFmt":
				codes[attribute(e, "numFmtId")] = attribute(e, "formatCode")
			case "cellXfs":
				inCells = true
			case "xf":
				if inCells {
					id := attribute(e, "numFmtId")
					w.isDate = append(w.isDate, isDateFormat(id, codes[id]))
				}
			}
		case xml.EndElement:
			if e.Name.Local == "cellXfs" {
				inCells = false
			}
		}
	}
}

// isDateFormat knows the formats that are dates or times: those built in (14 to
// 22, 27 to 36, 45 to 47, 50 to 58, the middle and last ones Chinese and
// Japanese) and codes that name a day, year, month or hour outside of quotes and
// brackets.
func isDateFormat(id, code string) bool {
	if code == "" {
		n, err := strconv.Atoi(id)
		return err == nil && (n >= 14 && n <= 22 || n >= 27 && n <= 36 || n >= 45 && n <= 47 || n >= 50 && n <= 58)
	}
	quoted, bracketed := false, false
	for i := 0; i < len(code); i++ {
		switch c := code[i]; {
		case c == '\\' || c == '_' || c == '*':
			i++ // the next one stands for itself
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '[':
			bracketed = true
		case c == ']':
			bracketed = false
		case bracketed:
		case strings.IndexByte("ydmhYDMH", c) >= 0:
			return !strings.EqualFold(code, "General")
		}
	}
	return false
}

// sharedStrings are the texts that cells point to, in one piece of memory.
type sharedStrings struct {
	text []byte
	ends []uint32
}

const maxShared = 256 << 20 // bytes of all shared texts

func (s *sharedStrings) read(r *xmlReader) error {
	return r.elements("si", func(xml.StartElement) error {
		text, err := r.text("rPh") // how it is spoken, in Japanese files
		if err != nil {
			return err
		}
		if len(s.text)+len(text) > maxShared || len(s.ends) == maxShared/4 {
			return fmt.Errorf("the texts take more than %d MiB", maxShared>>20)
		}
		s.text = append(s.text, text...)
		s.ends = append(s.ends, uint32(len(s.text)))
		return nil
	})
}

func (s *sharedStrings) get(i int) (string, bool) {
	if i < 0 || i >= len(s.ends) {
		return "", false
	}
	start := uint32(0)
	if i > 0 {
		start = s.ends[i-1]
	}
	return string(s.text[start:s.ends[i]]), true
}

// tables makes a table of each sheet that has a heading.
func (w *workbook) tables(ctx context.Context, progress func(done int64)) ([]*Table, error) {
	var tables []*Table
	for _, sheet := range w.sheets {
		in, ok := w.archive.member(sheet.member)
		if !ok {
			continue // a sheet that is a chart
		}
		in.progress = progress
		t, err := w.table(ctx, sheet.name, in)
		if err != nil {
			return nil, fmt.Errorf("read sheet %q: %w", sheet.name, err)
		}
		if t != nil {
			tables = append(tables, t)
		}
	}
	return slices.Clip(tables), nil
}
