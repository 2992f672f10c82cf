package files

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"
)

// dbfTable reads the attributes of a shapefile: a dBase III table. Layout: dBase
// table file structure as ESRI's shapefile description refers to it.
type dbfTable struct {
	in      stream
	text    charset
	records int
	size    int // bytes of a record, the deletion mark included
	begin   int64
	driver  byte // language driver id
	fields  []dbfField
	// passed names the columns whose type cannot be read, such as memos.
	passed []string
}

type dbfField struct {
	name string
	raw  []byte
	kind byte
	at   int // in the record
	size int
}

const (
	dbfHead       = 32
	dbfDescriptor = 32
	dbfEnd        = 0x0d // behind the descriptors
	dbfDeleted    = '*'
	dbfGBK        = 0x4d // language driver of code page 936
	dbfBig5       = 0x4f // of code page 950
)

// openDBF reads the heading and checks it against the size of the file. The
// encoding is the stated one, else of the .cpg file, else of the language driver,
// else a guess after reading all texts.
func openDBF(ctx context.Context, in stream, stated *charset, cpg string) (*dbfTable, error) {
	file, err := in.open()
	if err != nil {
		return nil, err
	}
	defer file.Close()
	t := &dbfTable{in: in}
	if err := t.head(bufio.NewReader(file)); err != nil {
		return nil, fmt.Errorf("read %s: %w", in.name, err)
	}
	if err := t.chooseText(ctx, stated, cpg); err != nil {
		return nil, fmt.Errorf("read %s: %w", in.name, err)
	}
	return t, nil
}

func (t *dbfTable) head(r io.Reader) error {
	head := make([]byte, dbfHead)
	if _, err := io.ReadFull(r, head); err != nil {
		return errors.New("it is too short for a dBase table")
	}
	records := binary.LittleEndian.Uint32(head[4:])
	t.begin = int64(binary.LittleEndian.Uint16(head[8:]))
	t.size = int(binary.LittleEndian.Uint16(head[10:]))
	t.driver = head[29]
	if t.begin < dbfHead+1 || t.size < 1 {
		return errors.New("it is no dBase table")
	}
	if need := t.begin + int64(records)*int64(t.size); need > t.in.size {
		return fmt.Errorf("it says that it has %d records of %d bytes, but it is only %d bytes long", records, t.size, t.in.size)
	}
	t.records = int(records)
	rest := make([]byte, t.begin-dbfHead)
	if _, err := io.ReadFull(r, rest); err != nil {
		return errors.New("its heading is cut short")
	}
	at := 1
	for ; len(rest) >= dbfDescriptor && rest[0] != dbfEnd; rest = rest[dbfDescriptor:] {
		f := dbfField{kind: rest[11], at: at, size: int(rest[16])}
		f.raw, _, _ = bytes.Cut(rest[:11], []byte{0})
		if f.kind == 'C' { // long texts put the high byte of their size here
			f.size |= int(rest[17]) << 8
		}
		at += f.size
		if at > t.size {
			return fmt.Errorf("its columns take more than the %d bytes of a record", t.size)
		}
		t.fields = append(t.fields, f)
	}
	return nil
}

func (t *dbfTable) chooseText(ctx context.Context, stated *charset, cpg string) error {
	switch cpg = strings.TrimSpace(cpg); {
	case stated != nil:
		t.text = *stated
	case cpg != "":
		c, ok := charsetNamed(cpg)
		if !ok {
			return fmt.Errorf("the encoding %q of its .cpg file is not known; state it", cpg)
		}
		t.text, t.text.how = c, "by its .cpg file"
	case t.driver == dbfGBK:
		t.text, t.text.how = charsetGB, "by its language driver"
	case t.driver == dbfBig5:
		t.text, t.text.how = charsetBig5, "by its language driver"
	default:
		if err := t.guessText(ctx); err != nil {
			return err
		}
	}
	heading := make([]string, len(t.fields))
	for i, f := range t.fields {
		var ok bool
		if heading[i], ok = t.text.cutText(f.raw); !ok {
			return fmt.Errorf("the name of column %d is not %s", i+1, t.text.name)
		}
		if !strings.ContainsRune("CNFLDI", rune(f.kind)) {
			t.passed = append(t.passed, heading[i])
		}
	}
	for i, name := range columnNames(heading) {
		t.fields[i].name = name
	}
	return nil
}

// guessText takes UTF-8 when every text is, else GB18030.
func (t *dbfTable) guessText(ctx context.Context) error {
	r, err := t.open(ctx)
	if err != nil {
		return err
	}
	defer r.file.Close()
	isUTF8 := true
	for _, f := range t.fields {
		_, ok := charsetUTF8.cutText(f.raw)
		isUTF8 = isUTF8 && ok
	}
	for isUTF8 {
		record, err := r.next()
		if err != nil {
			return err
		}
		if record == nil {
			break
		}
		for _, f := range t.fields {
			if f.kind != 'C' {
				continue
			}
			if _, ok := charsetUTF8.cutText(trimDBF(record[f.at : f.at+f.size])); !ok {
				isUTF8 = false
			}
		}
	}
	t.text = charsetUTF8
	if !isUTF8 {
		t.text, t.text.how = charsetGB, "guessed: it is not UTF-8"
	}
	return nil
}

// cutText decodes the text of a column of fixed width, which may have cut its
// last character in two.
func (c charset) cutText(raw []byte) (string, bool) {
	for cut := range min(utf8.UTFMax, len(raw)+1) {
		if text, ok := c.wholeText(raw[:len(raw)-cut]); ok {
			return text, true
		}
	}
	return "", false
}

func (c charset) wholeText(raw []byte) (string, bool) {
	if c.isUTF8() {
		return string(raw), utf8.Valid(raw)
	}
	for _, b := range raw {
		if b >= utf8.RuneSelf {
			text, err := c.decode.NewDecoder().Bytes(raw)
			return string(text), err == nil && !bytes.ContainsRune(text, utf8.RuneError)
		}
	}
	return string(raw), true
}

// trimDBF takes off the blanks and NULs that fill a column.
func trimDBF(raw []byte) []byte {
	if end := bytes.IndexByte(raw, 0); end >= 0 {
		raw = raw[:end]
	}
	return bytes.TrimSpace(raw)
}

// dbfReader gives record after record.
type dbfReader struct {
	ctx   context.Context
	table *dbfTable
	file  io.ReadCloser
	in    *bufio.Reader
	count int
	buf   []byte
}

func (t *dbfTable) open(ctx context.Context) (*dbfReader, error) {
	file, err := t.in.open()
	if err != nil {
		return nil, err
	}
	r := &dbfReader{ctx: ctx, table: t, file: file, in: bufio.NewReaderSize(file, 1<<16), buf: make([]byte, t.size)}
	if _, err := r.in.Discard(int(t.begin)); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return r, nil
}

// next returns the next record, nil behind the last. It is good until the next one.
func (r *dbfReader) next() ([]byte, error) {
	if r.count == r.table.records {
		return nil, nil
	}
	if r.count&1023 == 0 {
		if err := r.ctx.Err(); err != nil {
			return nil, err
		}
	}
	r.count++
	if _, err := io.ReadFull(r.in, r.buf); err != nil {
		return nil, fmt.Errorf("read record %d of %s: %w", r.count, r.table.in.name, err)
	}
	return r.buf, nil
}

// fill puts the values of a record into a row.
func (t *dbfTable) fill(row *Row, record []byte) *RowFault {
	for i := range t.fields {
		f := &t.fields[i]
		value, ok := t.value(f, record[f.at:f.at+f.size])
		if !ok {
			return &RowFault{Field: f.name, Reason: "the text is not " + t.text.name}
		}
		row.Values = append(row.Values, Value{f.name, value})
	}
	return nil
}

// value reads a column; false when a text is not of the encoding.
func (t *dbfTable) value(f *dbfField, raw []byte) (value any, ok bool) {
	switch f.kind {
	case 'C':
		text, ok := t.text.cutText(trimDBF(raw))
		if text == "" {
			return nil, ok
		}
		return text, ok
	case 'N', 'F':
		return dbfNumber(string(trimDBF(raw))), true
	case 'L':
		switch raw := trimDBF(raw); {
		case len(raw) != 1:
		case strings.ContainsRune("YyTt", rune(raw[0])):
			return true, true
		case strings.ContainsRune("NnFf", rune(raw[0])):
			return false, true
		}
	case 'D':
		if day := string(trimDBF(raw)); len(day) == 8 && day != "00000000" {
			return day[:4] + "-" + day[4:6] + "-" + day[6:], true
		}
	case 'I':
		if len(raw) == 4 {
			return json.Number(strconv.Itoa(int(int32(binary.LittleEndian.Uint32(raw))))), true
		}
	}
	return nil, true
}

// dbfNumber takes a number without the zeros that fill its decimals: a code in a
// column of numbers stands as 370702001.000. Stars are a number too wide for its
// column.
func dbfNumber(text string) any {
	if _, err := strconv.ParseFloat(text, 64); err != nil {
		if strings.Trim(text, "*") == "" {
			return nil
		}
		return text // the field that it goes to says what is wrong
	}
	if strings.Contains(text, ".") && !strings.ContainsAny(text, "eE") {
		text = strings.TrimSuffix(strings.TrimRight(text, "0"), ".")
	}
	return json.Number(text)
}
