package api

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"gridatlas/api/problem"
	"gridatlas/geo"
	"gridatlas/geo/crs"
	"gridatlas/geo/entry"
	"gridatlas/geo/geojson"
)

// Limits of what is entered.
const (
	maxFeature = 4 << 20 // bytes of one feature
	maxNesting = 16      // of arrays and objects; a MultiPolygon in a Feature has 6
)

const typeMergePatch = "application/merge-patch+json"

// readBody reads a body whole: JSON in UTF-8, of one of the media types, nested no
// deeper than anything that is entered here.
func readBody(w http.ResponseWriter, r *http.Request, mediaTypes ...string) ([]byte, error) {
	media, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if charset := params["charset"]; err != nil || !slices.Contains(mediaTypes, media) || charset != "" && !strings.EqualFold(charset, "utf-8") {
		accept := "Accept-Post"
		if r.Method == http.MethodPatch {
			accept = "Accept-Patch"
		}
		w.Header().Set(accept, strings.Join(mediaTypes, ", "))
		return nil, &problem.Problem{
			Name: "unsupported-media-type", Status: http.StatusUnsupportedMediaType,
			Detail: "the body is to be " + strings.Join(mediaTypes, " or "),
		}
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, badBody(err)
	}
	if i := invalidUTF8(body); i >= 0 {
		return nil, unreadable("the text is not UTF-8", int64(i))
	}
	if i := tooDeep(body); i >= 0 {
		return nil, unreadable(fmt.Sprintf("arrays and objects nest deeper than %d", maxNesting), int64(i))
	}
	return body, nil
}

// readPlaced is readBody with the coordinate system that positions in it are in.
func readPlaced(w http.ResponseWriter, r *http.Request, mediaTypes ...string) (crs.Reference, []byte, error) {
	in, err := contentCRS(r)
	if err != nil {
		return in, nil, err
	}
	body, err := readBody(w, r, mediaTypes...)
	return in, body, err
}

// contentCRS reads which coordinate system and order the positions of a body are in
// (OGC API Features part 4, draft): CRS84 when nothing is said.
func contentCRS(r *http.Request) (crs.Reference, error) {
	address := strings.Trim(r.Header.Get("Content-Crs"), "<> ")
	if address == "" {
		return crs.CRS84, nil
	}
	ref, ok := crs.ParseReference(address)
	if !ok || !slices.Contains(crs.References[:], ref) {
		return ref, &problem.Problem{
			Name: "unsupported-crs", Status: http.StatusBadRequest, Title: "Positions cannot be read in this coordinate system",
			Detail: fmt.Sprintf("Content-Crs: %q is none of %s", address, strings.Join(addresses(geo.NoBox), ", ")),
		}
	}
	return ref, nil
}

func unreadable(detail string, offset int64) *problem.Problem {
	return &problem.Problem{
		Name: "bad-body", Status: http.StatusBadRequest, Title: "The body cannot be read",
		Detail: detail, Members: map[string]any{"offset": offset},
	}
}

// invalidUTF8 returns where text stops being UTF-8, -1 for nowhere.
func invalidUTF8(text []byte) int {
	if utf8.Valid(text) {
		return -1
	}
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRune(text[i:])
		if r == utf8.RuneError && size == 1 {
			return i
		}
		i += size
	}
	return -1
}

// tooDeep returns where JSON nests deeper than it may, -1 for nowhere.
func tooDeep(text []byte) int {
	depth, inText := 0, false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case inText && c == '\\':
			i++
		case c == '"':
			inText = !inText
		case inText:
		case c == '{' || c == '[':
			if depth++; depth > maxNesting {
				return i
			}
		case c == '}' || c == ']':
			depth--
		}
	}
	return -1
}

// entered is a Feature of GeoJSON as somebody sends it, whole or in part. Members
// that are not known here are passed over.
type entered struct {
	in         crs.Reference // of the positions
	id         json.RawMessage
	geometry   json.RawMessage // nil: not given
	properties map[string]any  // nil: not given
}

// readFeature takes a Feature apart. A patch need not say that it is one.
func readFeature(text []byte, in crs.Reference, patch bool) (*entered, error) {
	var members map[string]json.RawMessage
	if err := decodeOne(json.NewDecoder(bytes.NewReader(text)), &members); err != nil {
		return nil, badBody(err)
	}
	kind := string(members["type"])
	if kind != `"Feature"` && (!patch || kind != "") {
		return nil, unreadable("its type is not Feature", 0)
	}
	e := &entered{in: in, id: members["id"], geometry: members["geometry"]}
	if raw := members["properties"]; raw != nil {
		decoder := json.NewDecoder(bytes.NewReader(raw))
		decoder.UseNumber()
		if err := decoder.Decode(&e.properties); err != nil {
			return nil, unreadable("its properties are not an object", 0)
		}
	}
	return e, nil
}

// fill writes what was entered into a feature and returns everything that cannot be
// written. Members that were not given stay as they are.
func (e *entered) fill(f geo.Feature) (faults []geo.Violation) {
	base := f.Common()
	fault := func(field, rule, format string, args ...any) {
		faults = append(faults, geo.Violation{Rule: rule, Layer: f.Layer(), ID: base.ID, Field: field, Detail: fmt.Sprintf(format, args...)})
	}
	if id := string(e.id); base.ID != 0 && id != "" && id != "null" && strings.Trim(id, `"`) != strconv.FormatInt(base.ID, 10) {
		fault("id", "id", "%s is not the id of this feature", id)
	}
	schema := geo.MustSchema(f.Layer())
	for _, name := range slices.Sorted(maps.Keys(e.properties)) {
		field, ok := schema.Field(name)
		if !ok {
			fault(name, "field_unknown", "%s have no such field", schema.Layer)
			continue
		}
		if err := entry.Set(field, f, e.properties[name], nil); err != nil {
			fault(name, "value", "%v", err)
		} else if err := entry.InRange(field, f); err != nil {
			fault(name, "range", "%v", err)
		}
	}
	switch {
	case e.geometry == nil:
	case string(e.geometry) == "null":
		base.Shape = geo.Shape{}
	default:
		shape, err := e.shape(base.Shape)
		if err != nil {
			fault(entry.Geometry, "geometry", "%v", err)
			var drawn *misdrawn
			if errors.As(err, &drawn) {
				faults[len(faults)-1].At = drawn.at
			}
			break
		}
		base.Shape = shape
	}
	return faults
}

// shape reads the geometry; what it does not say, as a patch may not, is that of
// the one before.
func (e *entered) shape(before geo.Shape) (geo.Shape, error) {
	var g geometry
	if !before.IsZero() {
		if err := json.Unmarshal(geojson.AppendGeometryIn(nil, before, positionIn(e.in)), &g); err != nil {
			return geo.Shape{}, fmt.Errorf("read a geometry of our own: %w", err)
		}
	}
	if json.Unmarshal(e.geometry, &g) != nil {
		return geo.Shape{}, misdraw("it is not an object with type and coordinates")
	}
	return g.shape(e.in.Place)
}

// fingerprint names what a request asks for.
func fingerprint(r *http.Request, body []byte) string {
	h := sha256.New()
	fmt.Fprintf(h, "%s %s %s %s\n", r.Method, r.URL.Path, r.Header.Get("If-Match"), r.Header.Get("Content-Crs"))
	h.Write(body)
	return hex.EncodeToString(h.Sum(nil))
}
