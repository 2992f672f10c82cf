package files

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"
	"unicode/utf8"

	"gridatlas/geo"
	"gridatlas/geo/crs"
	"gridatlas/geo/hours"
)

// Limits of one GeoJSON feature and of what surrounds the features.
const (
	maxMember     = 64 << 20 // bytes of a feature
	maxProperties = 1 << 20  // bytes of its properties
	maxCorners    = 1_000_000
	maxMembers    = 1000 // members of the collection beside the features
)

// Options say how to read. The zero value is strict.
type Options struct {
	// Repair mends broken polygons (geo/valid) and closes open rings; each is
	// reported. Otherwise they are refused.
	Repair bool
	// Report, if set, is filled while reading.
	Report *Report
	// Progress is told now and then how many bytes were read.
	Progress func(done int64)
}

// ReadGeoJSON reads a FeatureCollection, a Feature, or any number of them one
// after the other (newline-delimited GeoJSON), feature by feature. Every feature
// comes either as such, clean by geo.CheckFields and geo/valid, without id, or as
// a fault; faults that are Fatal are the last. The schema is that of
// features that name no layer. A member `layer` of the feature, or else of its
// collection (before its features), goes first; a name that is no layer is
// refused.
//
// A code that an earlier feature of the layer has, and a booth's number, is a
// fault of the later one.
//
// Properties go to the fields of their name, or of their Chinese or English
// title; values of closed lists may be given by title too. Positions are
// longitude and latitude in WGS84.
func ReadGeoJSON(ctx context.Context, r io.Reader, schema *geo.Schema, opts Options) iter.Seq2[geo.Feature, *RowFault] {
	return func(yield func(geo.Feature, *RowFault) bool) {
		if opts.Report == nil {
			opts.Report = &Report{}
		}
		src := &source{ctx: ctx, reader: r, progress: opts.Progress}
		reader := &geojsonReader{
			source: src, decoder: json.NewDecoder(src), schema: schema, opts: opts, yield: yield,
			columns: map[geo.Layer]map[string]*geo.Field{}, codes: codes{},
		}
		reader.run()
	}
}

type geojsonReader struct {
	source  *source
	decoder *json.Decoder
	schema  *geo.Schema // of features that name no layer: the collection's, else the caller's; nil: none
	opts    Options
	yield   func(geo.Feature, *RowFault) bool
	count   int
	columns map[geo.Layer]map[string]*geo.Field
	codes   codes // of the features given so far
}

// errStop says that the caller wants no more.
var errStop = errors.New("stopped by the caller")

func (r *geojsonReader) run() {
	given := r.schema
	for documents := 0; ; documents++ {
		r.source.within(r.decoder.InputOffset(), maxMember)
		err := r.document()
		if errors.Is(err, io.EOF) {
			if documents == 0 {
				r.fatal(errors.New("the file is empty"))
			}
			return
		}
		if errors.Is(err, errStop) {
			return
		}
		if err != nil {
			r.fatal(err)
			return
		}
		r.schema = given
	}
}

func (r *geojsonReader) fatal(err error) {
	if r.source.stopped != nil {
		err = r.source.stopped
	}
	behind, err := r.syntaxFault(err)
	offset := r.decoder.InputOffset() + behind
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		err = errors.New("the file ends too early")
	}
	r.yield(nil, &RowFault{Line: r.source.line(offset), Byte: offset, Reason: err.Error(), Fatal: true})
}

// syntaxFault finds how far behind the last good token a syntax error lies. The
// decoder does not tell, so what it holds is read again. The second byte of a GBK
// character may be a backslash, so such a file may fail here first.
func (r *geojsonReader) syntaxFault(err error) (behind int64, reason error) {
	var syntax, again *json.SyntaxError
	if !errors.As(err, &syntax) {
		return 0, err
	}
	var rest bytes.Buffer
	if _, fault := rest.ReadFrom(r.decoder.Buffered()); fault != nil {
		return 0, err
	}
	var value json.RawMessage
	if !errors.As(json.Unmarshal(rest.Bytes(), &value), &again) || again.Error() != syntax.Error() {
		return 0, err
	}
	behind = again.Offset - 1
	if !utf8.Valid(rest.Bytes()[:behind]) {
		err = fmt.Errorf("%w; %s", err, guessGBK)
	}
	return behind, err
}

// document reads one outer object; io.EOF when there is none left.
func (r *geojsonReader) document() error {
	token, err := r.decoder.Token()
	if err != nil {
		return err
	}
	if token != json.Delim('{') {
		return fmt.Errorf("a GeoJSON object is wanted, not %v", token)
	}
	start := r.decoder.InputOffset() - 1
	members := map[string]json.RawMessage{}
	collection := false
	var unknown error // the layer is none, which a Feature says of itself in give
	for r.decoder.More() {
		token, err := r.decoder.Token()
		if err != nil {
			return inside(err)
		}
		name, _ := token.(string) // keys are strings
		r.source.within(r.decoder.InputOffset(), maxMember)
		if name == "features" {
			collection = true
			if unknown != nil {
				return unknown
			}
			if err := r.features(); err != nil {
				return inside(err)
			}
			continue
		}
		var raw json.RawMessage
		if err := r.decoder.Decode(&raw); err != nil {
			return inside(err)
		}
		if len(members) == maxMembers {
			return fmt.Errorf("an object has more than %d members", maxMembers)
		}
		members[name] = raw
		switch name {
		case "crs":
			if err := checkCRS(raw); err != nil {
				return err
			}
		case "layer":
			if text := asString(members["type"]); text != "Feature" && isGiven(raw) {
				r.schema, unknown = schemaNamed(raw)
			}
		}
	}
	if _, err := r.decoder.Token(); err != nil {
		return inside(err)
	}
	switch kind := asString(members["type"]); {
	case collection && (kind == "FeatureCollection" || kind == ""):
		return nil
	case kind == "Feature":
		return r.give(start, &rawFeature{members["type"], members["layer"], members["geometry"], members["properties"]})
	case kind == "FeatureCollection":
		return errors.New("the FeatureCollection has no features")
	default:
		return fmt.Errorf("the type %q is neither a Feature nor a FeatureCollection", kind)
	}
}

// inside tells the end of the file inside of an object from its end after it.
func inside(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

func (r *geojsonReader) features() error {
	token, err := r.decoder.Token()
	if err != nil {
		return err
	}
	if token != json.Delim('[') {
		return errors.New("`features` is not an array")
	}
	for r.decoder.More() {
		r.source.within(r.decoder.InputOffset(), maxMember)
		var raw json.RawMessage
		if err := r.decoder.Decode(&raw); err != nil {
			return err
		}
		start := r.decoder.InputOffset() - int64(len(raw))
		var f rawFeature
		if !eachMember(raw, f.set) {
			f.kind = []byte(`"no object"`)
		}
		if err := r.give(start, &f); err != nil {
			return err
		}
	}
	_, err = r.decoder.Token()
	return err
}

// rawFeature holds the members of a feature as they stand in the file.
type rawFeature struct{ kind, layer, geometry, properties []byte }

func (f *rawFeature) set(name string, value []byte) {
	switch name {
	case "type":
		f.kind = value
	case "layer":
		f.layer = value
	case "geometry":
		f.geometry = value
	case "properties":
		f.properties = value
	}
}

// give hands the feature or its fault to the caller.
func (r *geojsonReader) give(start int64, raw *rawFeature) error {
	r.count++
	where := RowFault{Feature: r.count, Line: r.source.line(start), Byte: start}
	feature, err := r.feature(raw, where)
	if err == nil {
		r.opts.Report.Features++
		if !r.yield(feature, nil) {
			return errStop
		}
		return nil
	}
	r.opts.Report.Refused++
	fault := where
	var inner *RowFault
	if errors.As(err, &inner) {
		fault.Field, fault.Reason, fault.At = inner.Field, inner.Reason, inner.At
	} else {
		fault.Reason = err.Error()
	}
	if !r.yield(nil, &fault) {
		return errStop
	}
	return nil
}

func (r *geojsonReader) feature(raw *rawFeature, where RowFault) (geo.Feature, error) {
	if kind := asString(raw.kind); kind != "Feature" {
		return nil, fmt.Errorf("it is not a Feature (type %q)", kind)
	}
	schema := r.schema
	if isGiven(raw.layer) {
		var err error
		if schema, err = schemaNamed(raw.layer); err != nil {
			return nil, err
		}
	}
	if schema == nil {
		return nil, errors.New("its layer is not known: name it, or give the file a member `layer` before its features")
	}
	feature := schema.New()
	if err := r.properties(schema, feature, raw.properties); err != nil {
		return nil, err
	}
	shape, err := r.shape(schema, raw.geometry, where)
	if err != nil {
		return nil, err
	}
	feature.Common().Shape = shape
	if fault := geo.CheckFields(feature); fault != nil {
		return nil, &RowFault{Field: fault.Field, Reason: fault.Detail, At: fault.At}
	}
	if fault := r.codes.take(feature, schema, where.Feature); fault != nil {
		return nil, fault
	}
	return feature, nil
}

// properties writes each property into the field it is named after.
func (r *geojsonReader) properties(schema *geo.Schema, feature geo.Feature, raw []byte) error {
	if len(raw) > maxProperties {
		return fmt.Errorf("its properties take %d bytes, more than %d", len(raw), maxProperties)
	}
	if !isGiven(raw) {
		return nil
	}
	if !utf8.Valid(raw) {
		return notUTF8(raw)
	}
	columns := r.columnsOf(schema)
	from := map[*geo.Field]string{}
	var fault *RowFault
	ok := eachMember(raw, func(name string, value []byte) {
		field := columns[name]
		if field == nil {
			field = columns[strings.ToLower(strings.TrimSpace(name))]
		}
		if field == nil {
			r.opts.Report.unknown(name)
			return
		}
		other, twice := from[field]
		from[field] = name
		if fault != nil {
			return // the first one counts
		}
		if twice && other != name {
			fault = &RowFault{Field: field.Name, Reason: fmt.Sprintf("given twice, as %q and as %q", other, name)}
		} else if err := setField(field, feature, valueOf(value)); err != nil {
			fault = &RowFault{Field: field.Name, Reason: err.Error()}
		}
	})
	if !ok {
		return errors.New("its properties are not an object")
	}
	if fault != nil {
		return fault
	}
	return nil
}

// guessGBK is said of bytes that are not UTF-8: spreadsheets and older GIS
// programs on Chinese Windows write GBK unless told otherwise.
const guessGBK = "the text is not UTF-8; is the file GBK?"

// notUTF8 names the first property whose value is not UTF-8, or says that a name
// is not. Read as JSON, each bad byte would turn into U+FFFD and be stored.
func notUTF8(raw []byte) *RowFault {
	fault := &RowFault{Reason: guessGBK}
	eachMember(raw, func(name string, value []byte) {
		if fault.Field == "" && !utf8.Valid(value) && !strings.ContainsRune(name, utf8.RuneError) {
			fault.Field = name
		}
	})
	return fault
}

func setField(field *geo.Field, feature geo.Feature, value any) error {
	switch v := value.(type) {
	case map[string]any:
		return errors.New("an object is not a value")
	case bool:
		if field.Type != geo.Boolean && field.Type != geo.Flag {
			return fmt.Errorf("%v is not of type %s", v, field.Type)
		}
	case []any:
		if field.Type != geo.List {
			return fmt.Errorf("a list is not of type %s", field.Type)
		}
	}
	if err := field.Set(feature, value); err != nil {
		return errors.New(strings.TrimPrefix(err.Error(), field.Name+": "))
	}
	if text, ok := field.Pointer(feature).(*geo.Hours); ok {
		_, err := hours.Parse(*text) // what cannot be read answers nobody who asks what is open
		return err
	}
	if field.Terms == nil {
		return nil
	}
	// Values of closed lists may be given by their titles.
	values := slices.Clone(field.Values(feature))
	for i, text := range values {
		if _, ok := field.Term(text); ok {
			continue
		}
		for _, term := range field.Terms {
			if text == term.Zh || strings.EqualFold(text, term.En) {
				values[i] = term.Value
			}
		}
	}
	if field.Type == geo.List {
		return field.Set(feature, values)
	}
	if len(values) == 1 {
		return field.Set(feature, values[0])
	}
	return nil
}

// columnsOf finds fields by name, else by Chinese, else by English title; all in
// lower case.
func (r *geojsonReader) columnsOf(schema *geo.Schema) map[string]*geo.Field {
	if columns, known := r.columns[schema.Layer]; known {
		return columns
	}
	columns := map[string]*geo.Field{}
	for _, title := range []func(*geo.Field) string{
		func(f *geo.Field) string { return f.Name },
		func(f *geo.Field) string { return f.Zh },
		func(f *geo.Field) string { return f.En },
	} {
		for i := range schema.Fields {
			field := &schema.Fields[i]
			if key := strings.ToLower(title(field)); columns[key] == nil {
				columns[key] = field
			}
		}
	}
	r.columns[schema.Layer] = columns
	return columns
}

// isGiven reports whether a member is there and not null.
func isGiven(raw []byte) bool { return raw != nil && string(raw) != "null" }

func schemaNamed(raw []byte) (*geo.Schema, error) {
	name := asString(raw)
	schema, ok := geo.SchemaOf(geo.Layer(name))
	if !ok {
		return nil, fmt.Errorf("there is no layer %q", name)
	}
	return schema, nil
}

// checkCRS refuses coordinates that are not WGS84 degrees. The member is from
// the older GeoJSON of 2008; RFC 7946 allows nothing but WGS84.
func checkCRS(raw json.RawMessage) error {
	if string(raw) == "null" {
		return nil
	}
	var member struct{ Properties struct{ Name string } }
	if err := json.Unmarshal(raw, &member); err != nil {
		return errors.New("the crs member cannot be read")
	}
	name := member.Properties.Name
	last := name[strings.LastIndexByte(name, ':')+1:]
	if last == "CRS84" || last == fmt.Sprint(crs.SRID) {
		return nil
	}
	return fmt.Errorf("coordinates are in %q; GeoJSON must be in WGS84 longitude and latitude (CRS84)", name)
}

func asString(raw []byte) string {
	if len(raw) > 0 && raw[0] == '"' {
		return textOf(raw)
	}
	return string(raw)
}
