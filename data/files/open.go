package files

import (
	"bytes"
	"context"
	"errors"
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
	// Progress is told now and then how many bytes of the table were read.
	Progress func(done int64)
}

// File is an opened file with what it holds.
type File struct {
	Format string // as people call it: GeoJSON, CSV
	Tables []*Table

	close func() error // nil: nothing is held
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
	if len(names) == 0 {
		return nil, errors.New("there is no table in it")
	}
	if name == "" {
		return nil, fmt.Errorf("it holds %d tables, say which: %q", len(names), names)
	}
	return nil, fmt.Errorf("there is no table %q in it, only %q", name, names)
}

// The formats by their names.
const (
	formatGeoJSON    = "GeoJSON"
	formatCSV        = "CSV"
	formatShapefile  = "shapefile"
	formatXLSX       = "xlsx"
	formatKML        = "KML"
	formatGeoPackage = "GeoPackage"
	formatZip        = "zip" // of which the members decide
)

// Open recognises a file by its content, and by its name where any text would do,
// and finds its tables. It reads no rows yet, but all of a list or of the texts
// of a shapefile when it must find their encoding, and the shared texts of a
// workbook. Formats of which nothing is known here are left to ogr2ogr, where that
// is installed. Faults of the file are an error.
func Open(ctx context.Context, path string, opts Options) (*File, error) {
	in, err := fileStream(path, opts.Progress)
	if err != nil {
		return nil, err
	}
	if otherFormats[strings.ToLower(filepath.Ext(path))] != nil {
		return openOther(ctx, path)
	}
	head := make([]byte, 512)
	n, err := readSome(in, head)
	if err != nil {
		return nil, err
	}
	var t *Table
	format := formatOf(path, head[:n])
	switch format {
	case formatGeoJSON:
		t = geojsonTable(in)
	case formatKML:
		t = kmlTable(in)
	case formatCSV:
		t, err = csvTable(ctx, in, opts)
	case formatShapefile:
		var set *shapefile
		if set, err = shapefileBeside(path, opts.Progress); err == nil {
			t, err = set.table(ctx, opts)
		}
	case formatGeoPackage:
		return openGeoPackage(path)
	case formatZip:
		return openZip(ctx, path, opts)
	default:
		return nil, ErrFormat
	}
	if err != nil {
		return nil, err
	}
	return &File{Format: format, Tables: []*Table{t}}, nil
}

// ErrFormat says that a file is in none of the formats that can be read.
var ErrFormat = errors.New("its format is not known; known are GeoJSON, CSV, shapefile (also zipped), GeoPackage, xlsx, KML and KMZ, and by ogr2ogr GPX, DXF, MapInfo, file geodatabase, FlatGeobuf, GML, TopoJSON, ods and xls")

// formatOf recognises the format of a file by its first bytes, else by its name.
func formatOf(path string, head []byte) string {
	extension := strings.ToLower(filepath.Ext(path))
	text := bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")), "\x1e \t\r\n")
	switch {
	case bytes.HasPrefix(head, []byte("PK\x03\x04")):
		return formatZip
	case bytes.HasPrefix(head, []byte("SQLite format 3\x00")):
		return formatGeoPackage
	case bytes.HasPrefix(head, []byte{0, 0, shpCode >> 8, shpCode & 0xff}), extension == ".dbf":
		return formatShapefile
	case slices.Contains([]string{".csv", ".tsv", ".txt"}, extension):
		return formatCSV
	case extension == ".kml", bytes.HasPrefix(text, []byte("<")) && bytes.Contains(text, []byte("<kml")):
		return formatKML
	case slices.Contains([]string{".geojson", ".json", ".geojsonl", ".ndjson"}, extension), bytes.HasPrefix(text, []byte("{")):
		return formatGeoJSON
	}
	return ""
}

func openGeoPackage(path string) (*File, error) {
	p, err := openPackage(path)
	if err != nil {
		return nil, err
	}
	tables, err := p.tables()
	if err != nil {
		return nil, errors.Join(err, p.Close())
	}
	return &File{Format: formatGeoPackage, Tables: tables, close: p.Close}, nil
}

// openZip opens what may be zipped: a workbook, KML, shapefiles or lists.
func openZip(ctx context.Context, path string, opts Options) (*File, error) {
	a, err := openArchive(path)
	if err != nil {
		return nil, err
	}
	f := &File{close: a.Close}
	if err := f.fill(ctx, a, opts); err != nil {
		return nil, errors.Join(err, a.Close())
	}
	return f, nil
}

func (f *File) fill(ctx context.Context, a *archive, opts Options) error {
	if _, ok := a.member("xl/workbook.xml"); ok {
		f.Format = formatXLSX
		w, err := openWorkbook(ctx, a)
		if err != nil {
			return err
		}
		f.Tables, err = w.tables(ctx, opts.Progress)
		return err
	}
	if sets := shapefilesIn(a, opts.Progress); len(sets) > 0 {
		f.Format = formatShapefile
		for _, set := range sets {
			t, err := set.table(ctx, opts)
			if err != nil {
				return fmt.Errorf("%s: %w", set.name(), err)
			}
			f.Tables = append(f.Tables, t)
		}
		return nil
	}
	if maps := a.withEnding(".kml"); len(maps) > 0 {
		f.Format = formatKML
		for _, in := range maps {
			in.progress = opts.Progress
			f.Tables = append(f.Tables, kmlTable(in))
		}
		return nil
	}
	if lists := a.withEnding(".csv"); len(lists) > 0 {
		f.Format = formatCSV
		for _, in := range lists {
			in.progress = opts.Progress
			t, err := csvTable(ctx, in, opts)
			if err != nil {
				return fmt.Errorf("%s: %w", in.name, err)
			}
			f.Tables = append(f.Tables, t)
		}
		return nil
	}
	return errors.New("the archive holds no shapefile, workbook, list or KML")
}

// baseName is the name of a file without folders and ending.
func baseName(path string) string {
	name := filepath.Base(path)
	return strings.TrimSuffix(name, filepath.Ext(name))
}
