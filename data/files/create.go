package files

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"gridatlas/geo"
	"gridatlas/geo/aside"
	"gridatlas/geo/crs"
	"gridatlas/geo/estimate"
	"gridatlas/geo/table"
)

// Writing says what goes into a file and how. The zero value is all of WGS84.
type Writing struct {
	// Layers that are written, in this order; none: all. Features of others are
	// passed over.
	Layers []geo.Layer
	// System of the coordinates.
	System crs.System
	// Public leaves out staff fields and features that are not for the public.
	Public bool
	// Attribution must stand with the data: who made it, under which licence. It
	// goes where the format has a place for such a text.
	Attribution string
	// Names writes names of fields and values of closed lists as the program has
	// them into tables for people (CSV, xlsx), which else have Chinese titles.
	Names bool
	// Encoding of the text of a Shapefile: UTF-8, which empty means too, or GBK.
	Encoding string
	// Mark begins the source of every feature, as 演示数据 of a made-up city does:
	// it is put before sources that do not begin with it. Empty: none.
	Mark string
	// Replace a file that is there already; otherwise fs.ErrExist.
	Replace bool
}

// Format is a kind of file by its usual ending.
type Format string

// The formats that are written; the closed list is AllFormats.
const (
	GeoJSON      Format = "geojson"  // a FeatureCollection of all layers
	GeoJSONLines Format = "geojsonl" // one feature a line
	GeoPackage   Format = "gpkg"     // a feature table a layer
	CSV          Format = "csv"      // a layer; several in a .zip
	Workbook     Format = "xlsx"     // a sheet a layer
	Shapefile    Format = "shp"      // a layer; several in a .zip
)

// AllFormats is the closed list of what Create writes.
var AllFormats = []Format{GeoJSON, GeoJSONLines, GeoPackage, CSV, Workbook, Shapefile}

// ErrUnsuited says that a format cannot hold what was asked for.
var ErrUnsuited = errors.New("the format does not suit")

// endings of files by format.
var endings = map[string]Format{
	".geojson": GeoJSON, ".json": GeoJSON, ".geojsonl": GeoJSONLines, ".ndjson": GeoJSONLines,
	".gpkg": GeoPackage, ".csv": CSV, ".xlsx": Workbook,
	".shp": Shapefile, ".zip": Shapefile,
}

// FormatOf tells the format of a file by its ending.
func FormatOf(path string) (Format, error) {
	format, ok := endings[strings.ToLower(filepath.Ext(path))]
	if !ok {
		return "", fmt.Errorf("%w: the ending of %s tells none; %v can be written", ErrUnsuited, path, AllFormats)
	}
	return format, nil
}

// Writer makes one file, or a set that belongs together, of features that come
// one after the other. All of it is written aside: under their names the files
// appear whole with Close, or not at all with Abort, one of which must be called.
// A Writer is not for several goroutines at once.
type Writer struct {
	writing Writing
	aside   aside.Files
	frame   table.Frame
	form    form
	layers  map[geo.Layer]*outLayer
	written Written
}

// Written says what a Writer made.
type Written struct {
	Files  []string
	Layers map[geo.Layer]int // features, by layer
	Notes  []string          // what the format could not hold, and more of interest
}

// outLayer is a layer with the fields that are written.
type outLayer struct {
	schema *geo.Schema
	fields []*geo.Field
	count  int
}

// form is how a format writes features.
type form interface {
	feature(layer *outLayer, f geo.Feature) error
	// end writes what is left. What it has to tell is noted.
	end(note func(format string, args ...any)) error
	// drop lets go of everything, after end or instead of it.
	drop()
}

// Create begins a file of that format at path.
func Create(path string, format Format, writing Writing) (*Writer, error) {
	w := &Writer{writing: writing, frame: table.Frame{System: writing.System}, aside: aside.Files{Replace: writing.Replace}, layers: map[geo.Layer]*outLayer{}}
	w.written.Layers = map[geo.Layer]int{}
	var layers []*outLayer
	for _, schema := range geo.Catalog() {
		if len(writing.Layers) > 0 && !slices.Contains(writing.Layers, schema.Layer) {
			continue
		}
		layer := &outLayer{schema: schema, fields: carried(schema, !writing.Public)}
		layers = append(layers, layer)
		w.layers[schema.Layer] = layer
	}
	var err error
	switch format {
	case GeoJSON, GeoJSONLines:
		w.form, err = newGeoJSONForm(path, &w.aside, format, writing)
	case GeoPackage:
		w.form, err = newGeoPackageForm(path, &w.aside, &w.frame, layers, writing)
	case CSV:
		w.form, err = newCSVForm(path, &w.aside, &w.frame, layers, writing)
	case Workbook:
		w.form, err = newWorkbookForm(path, &w.aside, &w.frame, writing)
	case Shapefile:
		w.form, err = newShapefileForm(path, &w.aside, &w.frame, layers, writing)
	default:
		err = fmt.Errorf("%w: %q is none of %v", ErrUnsuited, format, AllFormats)
	}
	if err != nil {
		w.aside.Abort()
		return nil, err
	}
	return w, nil
}

// Write adds a feature. Its shape and values stand as they are: what the format
// cannot hold is told by Close.
func (w *Writer) Write(f geo.Feature) error {
	layer := w.layers[f.Layer()]
	if layer == nil || w.writing.Public && !geo.ForPublic(f) {
		return nil
	}
	if w.writing.Public {
		f = estimate.Unmarked(f)
	}
	if source := f.Common().Source; !strings.HasPrefix(source, w.writing.Mark) {
		f = geo.Clone(f)
		if f.Common().Source = w.writing.Mark; source != "" {
			f.Common().Source += "；" + source
		}
	}
	err := w.form.feature(layer, f)
	if err == nil {
		err = w.frame.Fault
	}
	if err != nil {
		return fmt.Errorf("write %v: %w", geo.KeyOf(f), err)
	}
	layer.count++
	return nil
}

// Close puts the finished files into their places. After an error there are none.
func (w *Writer) Close() (Written, error) {
	defer w.Abort()
	err := w.form.end(func(format string, args ...any) {
		w.written.Notes = append(w.written.Notes, fmt.Sprintf(format, args...))
	})
	if err != nil {
		return Written{}, err
	}
	w.written.Files = w.aside.Paths()
	for name, layer := range w.layers {
		w.written.Layers[name] = layer.count
	}
	return w.written, w.aside.Commit()
}

// Abort removes what was written aside; after Close it does nothing.
func (w *Writer) Abort() {
	w.form.drop()
	w.aside.Abort()
}
