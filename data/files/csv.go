package files

import (
	"bufio"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/transform"

	"gridatlas/geo/table"
)

// Limits of a list.
const (
	maxColumns = 2000
	maxRecord  = 16 << 20 // bytes of one row, quoted line ends and all, or of one piece of XML
)

// csvTable reads a list of comma-, semicolon- or tab-separated values (RFC 4180)
// whose first row names the columns. What stands in the cells is taken as it is:
// formulas too, which only matter to a spreadsheet.
func csvTable(ctx context.Context, in stream, opts Options) (*Table, error) {
	stated, err := charsetStated(opts.Encoding)
	if err != nil {
		return nil, err
	}
	var text charset
	if stated != nil {
		text = *stated
	} else if text, err = charsetOf(ctx, in); err != nil {
		return nil, err
	}
	t := &Table{Name: baseName(in.name), Encoding: text.String()}
	c := &csvReader{in: in, text: text}
	// The heading, to know the columns and what parts them.
	if err := c.begin(ctx); err != nil {
		return nil, err
	}
	defer c.file.Close()
	t.Columns = c.columns
	t.System = systemOfHeading(c.columns)
	t.read = func(ctx context.Context, _ rowOptions) iter.Seq2[*Row, *RowFault] {
		return func(yield func(*Row, *RowFault) bool) {
			again := csvReader{in: in, text: text}
			if err := again.begin(ctx); err != nil {
				yield(nil, &RowFault{Reason: err.Error(), Fatal: true})
				return
			}
			defer again.file.Close()
			again.rows(yield)
		}
	}
	return t, nil
}

type csvReader struct {
	in      stream
	text    charset
	file    io.ReadCloser
	held    *heldReader
	reader  *csv.Reader
	columns []string
	row     Row
	count   int
}

// begin opens the file and reads the heading: the first row that is not blank.
func (c *csvReader) begin(ctx context.Context) error {
	file, err := c.in.open()
	if err != nil {
		return err
	}
	c.file = file
	c.held = &heldReader{ctx: ctx, reader: file, progress: c.in.progress, what: "one row is larger than 16 MiB; is a quote not closed?"}
	var text io.Reader = c.held
	if !c.text.isUTF8() {
		text = transform.NewReader(text, c.text.decode.NewDecoder())
	}
	c.held.within(maxRecord)
	buffered := bufio.NewReaderSize(text, 1<<16)
	if mark, err := buffered.Peek(3); err == nil && string(mark) == "\ufeff" {
		_, _ = buffered.Discard(3)
	}
	heading, err := buffered.Peek(1 << 15) // less at the end of a short file
	if err != nil && !errors.Is(err, io.EOF) {
		return errors.Join(err, file.Close())
	}
	c.reader = csv.NewReader(buffered)
	c.reader.Comma = delimiterOf(string(heading))
	c.reader.FieldsPerRecord = -1
	c.reader.ReuseRecord = true
	for {
		record, err := c.reader.Read()
		if errors.Is(err, io.EOF) {
			err = errors.New("the file is empty")
		}
		if err == nil && len(record) > maxColumns {
			err = fmt.Errorf("the heading has %d columns, more than %d", len(record), maxColumns)
		}
		if err != nil {
			return errors.Join(fmt.Errorf("read the heading: %w", err), file.Close())
		}
		if !slices.ContainsFunc(record, func(cell string) bool { return strings.TrimSpace(cell) != "" }) {
			continue
		}
		c.columns = columnNames(record)
		if !utf8.ValidString(strings.Join(c.columns, "")) {
			return errors.Join(errors.New("read the heading: "+guessGBK), file.Close())
		}
		return nil
	}
}

// delimiterOf returns what parts the names of the heading: the one of comma,
// semicolon and tab that stands in it most often, outside of quotes.
func delimiterOf(text string) rune {
	text = strings.TrimLeft(text, "\r\n")
	counts := map[rune]int{}
	quoted := false
heading:
	for _, r := range text {
		switch {
		case r == '"':
			quoted = !quoted
		case !quoted && (r == '\n' || r == '\r'):
			break heading
		case !quoted:
			counts[r]++
		}
	}
	best := ','
	for _, r := range []rune{';', '\t'} {
		if counts[r] > counts[best] {
			best = r
		}
	}
	return best
}

func (c *csvReader) rows(yield func(*Row, *RowFault) bool) {
	for {
		c.held.within(maxRecord)
		record, err := c.reader.Read()
		if errors.Is(err, io.EOF) {
			return
		}
		var syntax *csv.ParseError
		if err != nil && !errors.As(err, &syntax) {
			line := 0
			if c.count > 0 {
				line = c.row.Line + 1
			}
			yield(nil, &RowFault{Place: Place{Line: line}, Reason: err.Error(), Fatal: true})
			return
		}
		c.count++
		place := Place{Row: c.count}
		if err != nil {
			place.Line = syntax.StartLine
			c.row.reset(place)
			if !yield(&c.row, &RowFault{Place: place, Reason: fmt.Sprintf("%v (at line %d, character %d)", syntax.Err, syntax.Line, syntax.Column)}) {
				return
			}
			continue
		}
		place.Line, _ = c.reader.FieldPos(0)
		c.row.reset(place)
		fault := c.fill(record)
		if fault == nil && c.row.isBlank() {
			c.count--
			continue
		}
		if !yield(&c.row, fault) {
			return
		}
	}
}

// fill takes the cells of a record. Empty cells behind the last column, as some
// spreadsheets write them, do no harm.
func (c *csvReader) fill(record []string) *RowFault {
	for len(record) > len(c.columns) && strings.TrimSpace(record[len(record)-1]) == "" {
		record = record[:len(record)-1]
	}
	var fault *RowFault
	for i, cell := range record[:min(len(record), len(c.columns))] {
		var value any
		if cell != "" {
			value = table.UnquoteFormula(cell)
		}
		if fault == nil && (!utf8.ValidString(cell) || !c.text.isUTF8() && strings.ContainsRune(cell, utf8.RuneError)) {
			fault = &RowFault{Place: c.row.Place, Field: c.columns[i], Reason: "the text is not " + c.text.name}
		}
		c.row.Values = append(c.row.Values, Value{c.columns[i], value})
	}
	if fault == nil && len(record) != len(c.columns) && !c.row.isBlank() {
		fault = &RowFault{Place: c.row.Place, Reason: fmt.Sprintf("it has %d cells, the heading has %d", len(record), len(c.columns))}
	}
	return fault
}
