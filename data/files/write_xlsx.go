package files

import (
	"archive/zip"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"gridatlas/geo/table"
)

// xlsxWriter writes a workbook (ECMA-376 part 1, SpreadsheetML in a zip) as plain
// as it can be: texts inline, numbers, a bold heading that stays in sight, lists
// to choose from. Sheets are written one after the other and never held.
type xlsxWriter struct {
	zip         *zip.Writer
	description string
	sheets      []xlsxSheet
	entry       io.Writer // of the last sheet; nil before the first
	line        []byte
	rows        int
}

// xlsxSheet is a sheet without its rows.
type xlsxSheet struct {
	name   string
	header []string
	choice map[int]string // by column: the range that lists what may stand there
	number map[int]bool   // columns for numbers, not texts
}

// Limits of the format.
const (
	maxSheetRows = 1_048_576
	maxCellText  = 32_767 // UTF-16 units
)

func newXLSXWriter(out io.Writer, description string) *xlsxWriter {
	return &xlsxWriter{zip: zip.NewWriter(out), description: description}
}

const (
	xmlHead   = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"
	xlsxMain  = `xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"`
	xlsxLinks = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
	xlsxParts = "application/vnd.openxmlformats-officedocument.spreadsheetml."
)

// The styles of cells: plain, and the bold one of headings, both as text ("@")
// so that what is typed there stays as typed; numbers are general.
const (
	styleGeneral = 0
	styleText    = 1
	styleHeading = 2
)

const xlsxStyles = xmlHead + `<styleSheet ` + xlsxMain + `>` +
	`<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts>` +
	`<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>` +
	`<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>` +
	`<cellXfs count="3"><xf/><xf numFmtId="49" applyNumberFormat="1"/><xf numFmtId="49" fontId="1" applyNumberFormat="1" applyFont="1"/></cellXfs>` +
	`</styleSheet>`

// sheet ends the sheet before and begins one with its heading.
func (x *xlsxWriter) sheet(s xlsxSheet) error {
	if err := x.endSheet(); err != nil {
		return err
	}
	s.name = sheetName(s.name)
	x.sheets = append(x.sheets, s)
	var err error
	if x.entry, err = zipEntry(x.zip, fmt.Sprintf("xl/worksheets/sheet%d.xml", len(x.sheets))); err != nil {
		return err
	}
	x.rows = 0
	x.line = append(x.line[:0], xmlHead+`<worksheet `+xlsxMain+`><sheetViews><sheetView workbookViewId="0">`+
		`<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><cols>`...)
	for i, title := range s.header {
		style := styleText
		if s.number[i] {
			style = styleGeneral
		}
		width := max(2*utf8.RuneCountInString(title)+2, 10)
		x.line = fmt.Appendf(x.line, `<col min="%d" max="%d" width="%d" customWidth="1" style="%d"/>`, i+1, i+1, width, style)
	}
	x.line = append(x.line, `</cols><sheetData>`...)
	cells := make([]any, len(s.header))
	for i, title := range s.header {
		cells[i] = title
	}
	x.appendRow(cells, styleHeading)
	_, err = x.entry.Write(x.line)
	return err
}

// row adds a row to the last sheet: nil, string, int64, float64, bool, Decimal
// or WKT, as table.Layout makes them.
func (x *xlsxWriter) row(cells []any) error {
	x.line = x.line[:0]
	x.appendRow(cells, styleText)
	_, err := x.entry.Write(x.line)
	return err
}

func (x *xlsxWriter) appendRow(cells []any, textStyle int64) {
	x.rows++
	x.line = append(x.line, `<row r="`...)
	x.line = strconv.AppendInt(x.line, int64(x.rows), 10)
	x.line = append(x.line, `">`...)
	for i, cell := range cells {
		var number []byte
		switch v := cell.(type) {
		case nil:
			continue
		case int64:
			number = strconv.AppendInt(nil, v, 10)
		case float64:
			number = strconv.AppendFloat(nil, v, 'g', -1, 64)
		case table.Decimal:
			number = []byte(v)
		default:
			text, isText := cell.(string)
			if !isText {
				text = table.Text(cell)
			}
			x.open(i, textStyle)
			x.line = append(x.line, ` t="inlineStr"><is><t xml:space="preserve">`...)
			x.line = appendXMLText(x.line, text)
			x.line = append(x.line, `</t></is></c>`...)
			continue
		}
		x.open(i, styleGeneral)
		x.line = append(append(append(x.line, `><v>`...), number...), `</v></c>`...)
	}
	x.line = append(x.line, `</row>`...)
}

func (x *xlsxWriter) open(column int, style int64) {
	x.line = append(x.line, `<c r="`...)
	x.line = append(x.line, columnLetters(column)...)
	x.line = strconv.AppendInt(x.line, int64(x.rows), 10)
	x.line = append(x.line, `" s="`...)
	x.line = strconv.AppendInt(x.line, style, 10)
	x.line = append(x.line, '"')
}

// columnLetters names a column from 0: A to Z, AA and on.
func columnLetters(i int) string {
	if i < 26 {
		return string(rune('A' + i))
	}
	return columnLetters(i/26-1) + string(rune('A'+i%26))
}

// appendXMLText escapes text for XML. Characters that XML cannot hold are written
// as _x0001_, as spreadsheets do, and text that looks so is told apart from it
// (ECMA-376 part 1, clause 22.9.2.19, ST_Xstring).
func appendXMLText(dst []byte, text string) []byte {
	for i, r := range text {
		switch {
		case r == '&':
			dst = append(dst, "&amp;"...)
		case r == '<':
			dst = append(dst, "&lt;"...)
		case r == '>':
			dst = append(dst, "&gt;"...)
		case r == '"':
			dst = append(dst, "&quot;"...)
		case r < ' ' && r != '\t' && r != '\n', r == 0xfffe, r == 0xffff:
			dst = fmt.Appendf(dst, "_x%04X_", r)
		case r == '_' && looksEscaped(text[i:]):
			dst = append(dst, "_x005F_"...)
		default:
			dst = utf8.AppendRune(dst, r)
		}
	}
	return dst
}

func looksEscaped(text string) bool {
	if len(text) < 7 || text[1] != 'x' || text[6] != '_' {
		return false
	}
	_, err := strconv.ParseUint(text[2:6], 16, 32)
	return err == nil
}

func (x *xlsxWriter) endSheet() error {
	if x.entry == nil {
		return nil
	}
	s := x.sheets[len(x.sheets)-1]
	x.line = append(x.line[:0], `</sheetData>`...)
	if len(s.choice) > 0 {
		x.line = fmt.Appendf(x.line, `<dataValidations count="%d">`, len(s.choice))
		for i := range s.header {
			if from := s.choice[i]; from != "" {
				letters := columnLetters(i)
				x.line = fmt.Appendf(x.line, `<dataValidation type="list" allowBlank="1" showErrorMessage="1" sqref="%s2:%s%d"><formula1>`, letters, letters, maxSheetRows)
				x.line = append(appendXMLText(x.line, from), `</formula1></dataValidation>`...)
			}
		}
		x.line = append(x.line, `</dataValidations>`...)
	}
	x.line = append(x.line, `</worksheet>`...)
	_, err := x.entry.Write(x.line)
	return err
}

// close ends the workbook: its table of contents comes last.
func (x *xlsxWriter) close() error {
	if len(x.sheets) == 0 { // a workbook has a sheet
		if err := x.sheet(xlsxSheet{name: "Sheet1"}); err != nil {
			return err
		}
	}
	if err := x.endSheet(); err != nil {
		return err
	}
	var types, sheets, links strings.Builder
	for i, s := range x.sheets {
		fmt.Fprintf(&types, `<Override PartName="/xl/worksheets/sheet%d.xml" ContentType="%sworksheet+xml"/>`, i+1, xlsxParts)
		fmt.Fprintf(&sheets, `<sheet name="%s" sheetId="%d" r:id="rId%d"/>`, appendXMLText(nil, s.name), i+1, i+1)
		fmt.Fprintf(&links, `<Relationship Id="rId%d" Type="%s/worksheet" Target="worksheets/sheet%d.xml"/>`, i+1, xlsxLinks, i+1)
	}
	const packages = "http://schemas.openxmlformats.org/package/2006/"
	for _, part := range []struct{ name, text string }{
		{"xl/styles.xml", xlsxStyles},
		{"xl/workbook.xml", xmlHead + `<workbook ` + xlsxMain + ` xmlns:r="` + xlsxLinks + `"><sheets>` + sheets.String() + `</sheets></workbook>`},
		{"xl/_rels/workbook.xml.rels", xmlHead + `<Relationships xmlns="` + packages + `relationships">` + links.String() +
			fmt.Sprintf(`<Relationship Id="rId%d" Type="%s/styles" Target="styles.xml"/></Relationships>`, len(x.sheets)+1, xlsxLinks)},
		{"docProps/core.xml", xmlHead + `<cp:coreProperties xmlns:cp="` + packages + `metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:description>` +
			string(appendXMLText(nil, x.description)) + `</dc:description></cp:coreProperties>`},
		{"_rels/.rels", xmlHead + `<Relationships xmlns="` + packages + `relationships">` +
			`<Relationship Id="rId1" Type="` + xlsxLinks + `/officeDocument" Target="xl/workbook.xml"/>` +
			`<Relationship Id="rId2" Type="` + packages + `relationships/metadata/core-properties" Target="docProps/core.xml"/></Relationships>`},
		{"[Content_Types].xml", xmlHead + `<Types xmlns="` + packages + `content-types">` +
			`<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>` +
			`<Override PartName="/xl/workbook.xml" ContentType="` + xlsxParts + `sheet.main+xml"/><Override PartName="/xl/styles.xml" ContentType="` + xlsxParts + `styles+xml"/>` +
			`<Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/>` + types.String() + `</Types>`},
	} {
		entry, err := zipEntry(x.zip, part.name)
		if err != nil {
			return err
		}
		if _, err := io.WriteString(entry, part.text); err != nil {
			return err
		}
	}
	return x.zip.Close()
}
