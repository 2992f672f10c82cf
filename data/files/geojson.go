package files

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"
	"unicode/utf8"

	"gridatlas/geo"
	"gridatlas/geo/crs"
)

// Limits of one GeoJSON feature and of what surrounds the features.
const (
	maxMember     = 64 << 20 // bytes of a feature
	maxProperties = 1 << 20  // bytes of its properties
	maxMembers    = 1000     // members of the collection beside the features
	maxDepth      = 32       // of arrays and objects in a property
)

const unitFeature = "feature"

// geojsonTable reads a FeatureCollection, a Feature, or any number of them one
// after the other (newline-delimited GeoJSON), feature by feature. A member
// `layer` of a feature, or else of its collection (before its features), names
// the layer; a name that is none is refused. Positions are longitude and
// latitude in WGS84 (RFC 7946), unless the caller says otherwise.
func geojsonTable(in stream) *Table {
	read := func(ctx context.Context, want rowOptions) iter.Seq2[*Row, *RowFault] {
		return func(yield func(*Row, *RowFault) bool) {
			file, err := in.open()
			if err != nil {
				yield(nil, &RowFault{Reason: err.Error(), Fatal: true})
				return
			}
			defer file.Close()
			src := &source{ctx: ctx, reader: file, progress: in.progress}
			reader := &geojsonReader{source: src, decoder: json.NewDecoder(src), anySystem: want.system != nil, yield: yield, names: map[string]string{}}
			reader.run()
		}
	}
	return &Table{Name: baseName(in.name), System: crs.WGS84, read: read}
}

type geojsonReader struct {
	source    *source
	decoder   *json.Decoder
	anySystem bool      // the caller knows better than the member `crs`
	layer     geo.Layer // of features that name none: the collection's
	yield     func(*Row, *RowFault) bool
	row       Row
	count     int
	names     map[string]string // one copy of each property's name
}

// errStop says that the caller wants no more.
var errStop = errors.New("stopped by the caller")

func (r *geojsonReader) run() {
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
		r.layer = ""
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
	place := Place{Unit: unitFeature, Line: r.source.line(offset), Byte: offset}
	r.yield(nil, &RowFault{Place: place, Reason: err.Error(), Fatal: true})
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
			if err := checkCRS(raw); err != nil && !r.anySystem {
				return err
			}
		case "layer":
			if text := asString(members["type"]); text != "Feature" && isGiven(raw) {
				r.layer, unknown = layerNamed(raw)
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
	r.row.reset(Place{Unit: unitFeature, Row: r.count, Line: r.source.line(start), Byte: start})
	if err := r.feature(raw); err != nil {
		if !r.yield(&r.row, faultOf(err).at(r.row.Place)) {
			return errStop
		}
		return nil
	}
	if !r.yield(&r.row, nil) {
		return errStop
	}
	return nil
}

func (r *geojsonReader) feature(raw *rawFeature) error {
	if kind := asString(raw.kind); kind != "Feature" {
		return fmt.Errorf("it is not a Feature (type %q)", kind)
	}
	r.row.Layer = r.layer
	if isGiven(raw.layer) {
		var err error
		if r.row.Layer, err = layerNamed(raw.layer); err != nil {
			return err
		}
	}
	if err := r.properties(raw.properties); err != nil {
		return err
	}
	return r.row.Geometry.geoJSON(raw.geometry)
}

// properties puts each property into the row.
func (r *geojsonReader) properties(raw []byte) error {
	if len(raw) > maxProperties {
		return fmt.Errorf("its properties take %d bytes, more than %d", len(raw), maxProperties)
	}
	if !isGiven(raw) {
		return nil
	}
	if !utf8.Valid(raw) {
		return notUTF8(raw)
	}
	var fault error
	ok := eachMember(raw, func(name string, value []byte) {
		if tooDeep(value, maxDepth) {
			fault = &RowFault{Field: name, Reason: fmt.Sprintf("its arrays and objects nest deeper than %d", maxDepth)}
			return
		}
		r.row.Values = append(r.row.Values, Value{r.oneCopy(name), valueOf(value)})
	})
	if !ok {
		return errors.New("its properties are not an object")
	}
	return fault
}

// oneCopy lets the names of a file be held once, not once a feature.
func (r *geojsonReader) oneCopy(name string) string {
	const most = 1000
	if known, ok := r.names[name]; ok {
		return known
	}
	if len(r.names) < most {
		r.names[name] = name
	}
	return name
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

// isGiven reports whether a member is there and not null.
func isGiven(raw []byte) bool { return raw != nil && string(raw) != "null" }

func layerNamed(raw []byte) (geo.Layer, error) {
	layer := geo.Layer(asString(raw))
	if _, ok := geo.SchemaOf(layer); !ok {
		return "", fmt.Errorf("there is no layer %q", layer)
	}
	return layer, nil
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
	return fmt.Errorf("coordinates are in %q; GeoJSON must be in WGS84 longitude and latitude (CRS84), unless the system is stated", name)
}

func asString(raw []byte) string {
	if len(raw) > 0 && raw[0] == '"' {
		return textOf(raw)
	}
	return string(raw)
}
