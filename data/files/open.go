package files

import (
	"bytes"
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
)

// Options say how to open a file.
type Options struct {
	// Encoding of text, for files that do not say or say it wrongly: one of
	// Encodings. Empty: by the file.
	Encoding string
	// Progress is told now and then how many bytes of the file were read.
	Progress func(done int64)
}

// File is an opened file with what it holds.
type File struct {
	Format string // as people call it: GeoJSON, CSV
	Tables []*Table

	close func() error
}

// Close frees what the file holds. Its tables are not to be read any more.
func (f *File) Close() error {
	if f.close == nil {
		return nil
	}
	return f.close()
}

// Table returns the table of a name; the only one, if the name is empty. Of a
// workbook that is the first sheet.
func (f *File) Table(name string) (*Table, error) {
	if name == "" && (len(f.Tables) == 1 || f.Format == formatXLSX && len(f.Tables) > 0) {
		return f.Tables[0], nil
	}
	var names []string
	for _, t := range f.Tables {
		if t.Name == name {
			return t, nil
		}
		names = append(names, t.Name)
	}
	if name == "" {
		return nil, fmt.Errorf("it holds %d tables, say which: %q", len(names), names)
	}
	return nil, fmt.Errorf("there is no table %q in it, only %q", name, names)
}

// The formats by their names.
const (
	formatGeoJSON = "GeoJSON"
	formatCSV     = "CSV"
	formatXLSX    = "xlsx"
)

// Open recognises a file by its content, and by its name where any text would do,
// and finds its tables. It reads no rows yet; the encoding of a list is found by
// reading all of it.
func Open(ctx context.Context, path string, opts Options) (*File, error) {
	in, err := fileStream(path, opts.Progress)
	if err != nil {
		return nil, err
	}
	head := make([]byte, 512)
	n, err := readSome(in, head)
	if err != nil {
		return nil, err
	}
	switch format := formatOf(path, head[:n]); format {
	case formatGeoJSON:
		return &File{Format: format, Tables: []*Table{geojsonTable(in)}}, nil
	case formatCSV:
		t, err := csvTable(ctx, in, opts)
		if err != nil {
			return nil, err
		}
		return &File{Format: format, Tables: []*Table{t}}, nil
	}
	return nil, ErrFormat
}

// ErrFormat says that a file is in none of the formats that can be read.
var ErrFormat = fmt.Errorf("its format is not known: %s", Formats)

// Formats is what can be read, for people.
const Formats = "GeoJSON and CSV are"

// formatOf recognises the format of a file by its name and its first bytes.
func formatOf(path string, head []byte) string {
	extension := strings.ToLower(filepath.Ext(path))
	switch {
	case slices.Contains([]string{".csv", ".tsv", ".txt"}, extension):
		return formatCSV
	case slices.Contains([]string{".geojson", ".json", ".geojsonl", ".ndjson"}, extension), looksJSON(head):
		return formatGeoJSON
	}
	return ""
}

func looksJSON(head []byte) bool {
	head = bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")), "\x1e \t\r\n")
	return len(head) > 0 && head[0] == '{'
}

// baseName is the name of a file without folders and ending.
func baseName(path string) string {
	name := filepath.Base(path)
	return strings.TrimSuffix(name, filepath.Ext(name))
}
